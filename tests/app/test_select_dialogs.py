"""Forms of the Select menu: the canvas shows what OK would do, Cancel leaves everything. The desktop's clipboard."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from app.clipboard import QtClipboard
from app.dialogs.colour_range import ColourRange
from app.dialogs.select_amount import Amount, SelectionForm
from app.session import Session
from app.theme import Theme
from app.tools.selection_edge import SelectionEdge
from app.tools.shapes import Ants
from app.widgets.scale import Scale
from canvas import edits, selection
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

BOX = Rect(50, 50, 100, 100)


class Table:
    def __init__(self) -> None:
        self.session = Session(edits.new_document(256, 256))
        self.session.document.edit("Select", lambda s: edits.set_selection(s, selection.rectangle(BOX)))
        self.edge = SelectionEdge(self.session)

    def shown(self) -> Rect:
        (ants,) = self.edge.overlay()
        assert isinstance(ants, Ants)
        (x0, y0), (x1, y1) = np.concatenate(ants.paths).min(0), np.concatenate(ants.paths).max(0)
        return Rect(int(x0), int(y0), int(x1), int(y1))

    def chosen(self) -> Rect:
        found = self.session.document.state.selection
        return Rect(0, 0, 0, 0) if found is None else found.content_bounds()


@pytest.fixture
def table() -> Table:
    return Table()


def grow(state: DocumentState, px: float) -> Surface:
    if state.selection is None:
        raise EditError("There is no selection")
    return selection.grown(state.selection, state.rect, round(px))


@pytest.fixture
def form(table: Table, theme: Theme) -> Iterator[SelectionForm]:
    amount = Amount("Grow by", Scale(-60, 60, unit=" px"), 4)
    made = SelectionForm(theme, table.session, table.edge, "Grow selection", (amount,), grow)
    made.show()
    yield made
    QApplication.sendPostedEvents()


def slide(form: SelectionForm, value: float) -> None:
    form.sliders[0].set_value(value)
    form.show_preview()


def test_the_edge_follows_the_slider_and_ok_makes_one_step(form: SelectionForm, table: Table) -> None:
    assert table.shown() == BOX.grown(4)
    slide(form, 10)
    assert table.shown() == BOX.grown(10)
    assert table.chosen() == BOX
    form.accept()
    assert table.chosen() == BOX.grown(10)
    assert table.shown() == BOX.grown(10)
    assert table.session.document.undo_labels == ("Select", "Grow selection")


def test_cancel_and_closing_leave_the_selection(form: SelectionForm, table: Table) -> None:
    slide(form, 10)
    form.close()
    assert table.chosen() == BOX
    assert table.shown() == BOX
    assert table.session.document.undo_labels == ("Select",)


def test_a_selection_that_would_be_empty_is_announced(form: SelectionForm, table: Table) -> None:
    slide(form, -30)
    assert form.note.text() == "No pixel would be selected."
    assert table.edge.overlay() == ()
    form.accept()
    assert table.session.document.state.selection is None


def test_an_undo_meanwhile_is_followed(form: SelectionForm, table: Table) -> None:
    table.session.undo()
    form.show_preview()
    assert "no selection" in form.note.text()
    assert not form.accept_button.isEnabled()
    table.session.redo()
    form.show_preview()
    assert form.accept_button.isEnabled()
    assert table.shown() == BOX.grown(4)


def test_another_document_ends_the_form(form: SelectionForm, table: Table) -> None:
    table.session.new(64, 64)
    assert not form.isVisible()
    assert table.edge.overlay() == ()


def test_the_colour_range_follows_the_colour_that_is_picked(table: Table, theme: Theme) -> None:
    red = Surface.from_pixels(np.tile(np.array([ONE, 0, 0, ONE], np.uint16), (40, 40, 1)), 20, 30)
    paint = table.session.document.state.layers[1].id
    table.session.document.edit("Paint", lambda s: edits.set_pixels(s, paint, red))
    form = ColourRange(theme, table.session, table.edge)
    form.show()
    table.session.set_colour((1.0, 0.0, 0.0))
    form.show_preview()
    assert table.shown() == Rect(20, 30, 60, 70)
    table.session.set_colour((1.0, 1.0, 1.0))
    form.show_preview()
    assert table.shown() == Rect(0, 0, 256, 256)
    form.accept()
    assert table.session.document.undo_labels[-1] == "Colour range"


# The clipboard


def test_own_pixels_come_back_without_loss_and_in_place(qapp: QApplication) -> None:
    clipboard = QtClipboard()
    rng = np.random.default_rng(1)
    alpha = rng.integers(1, ONE + 1, (30, 40, 1))
    pixels = np.concatenate([rng.integers(0, alpha + 1, (30, 40, 3)), alpha], -1).astype(np.uint16)
    surface = Surface.from_pixels(pixels, 100, 7)
    clipboard.put(surface)
    clip = clipboard.take()
    assert clip is not None
    assert clip.surface is surface
    assert clip.placed
    seen = QGuiApplication.clipboard().image()
    assert (seen.width(), seen.height()) == (40, 30)


def test_a_picture_of_another_program_is_taken_exactly(qapp: QApplication) -> None:
    clipboard = QtClipboard()
    clipboard.put(Surface.from_pixels(np.full((5, 5, 4), ONE, np.uint16)))
    image = QImage(3, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(10, 200, 30))
    image.setPixelColor(2, 1, QColor(0, 0, 0, 0))
    QGuiApplication.clipboard().setImage(image)
    clip = clipboard.take()
    assert clip is not None
    assert not clip.placed
    pixels = clip.surface.read(Rect(0, 0, 3, 2))
    assert pixels[0, 0].tolist() == [round(c / 255 * ONE) for c in (10, 200, 30)] + [ONE]
    assert not pixels[1, 2].any()


def test_words_on_the_clipboard_are_no_picture(qapp: QApplication) -> None:
    data = QMimeData()
    data.setText("hello")
    QGuiApplication.clipboard().setMimeData(data)
    assert QtClipboard().take() is None
