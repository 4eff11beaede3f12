"""Selecting, filling and copying by menu and key, in the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.canvas_view.view import CanvasView
from app.dialogs.select_amount import SelectionForm
from app.main_window import MainWindow
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits, selection
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.tiles import ONE, Surface


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[MainWindow]:
    session = Session(edits.new_document(128, 128))
    toolbox = Toolbox(session)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made = MainWindow(session, toolbox, CanvasView(session, toolbox, theme), theme, (), settings)
    red = Surface.from_pixels(np.tile(np.array([ONE, 0, 0, ONE], np.uint16), (40, 40, 1)), 10, 10)
    paint = session.document.state.layers[1].id
    session.document.edit("Paint", lambda state: edits.set_pixels(state, paint, red))
    session.activate(paint)
    made.show()
    qtbot.waitExposed(made)
    yield made
    session._saved_state = session.document.state  # closing asks about nothing
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)


def order(window: MainWindow, *commands: str) -> None:
    for command in commands:
        window.actions_[command].trigger()


def chosen(window: MainWindow) -> Rect:
    found = window._session.document.state.selection
    return Rect(0, 0, 0, 0) if found is None else found.content_bounds()


def pages(window: MainWindow) -> list[SelectionForm]:
    return [page for page in window._pages if isinstance(page, SelectionForm)]


def test_all_none_reselect_and_invert(window: MainWindow) -> None:
    order(window, "select.opaque")
    assert chosen(window) == Rect(10, 10, 50, 50)
    order(window, "select.none", "select.reselect")
    assert chosen(window) == Rect(10, 10, 50, 50)
    order(window, "select.invert")
    assert chosen(window) == Rect(0, 0, 128, 128)
    order(window, "select.all")
    assert window._session.document.undo_labels[-1] == "Select all"


def test_without_a_selection_the_menu_says_so(window: MainWindow) -> None:
    for command in ("select.invert", "select.grow", "select.reselect"):
        order(window, command)
        assert not pages(window)
    assert window._session.document.undo_labels == ("Paint",)


def test_growing_by_the_form_and_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    order(window, "select.opaque", "select.grow")
    (form,) = pages(window)
    form.sliders[0].set_value(6)
    assert form.focusWidget() is form.accept_button
    qtbot.mouseClick(form.accept_button, Qt.MouseButton.LeftButton)
    assert chosen(window) == Rect(4, 4, 56, 56)
    order(window, "select.shrink")
    pages(window)[-1].reject()
    assert chosen(window) == Rect(4, 4, 56, 56)


def test_the_quick_mask_and_the_edge_are_switches(window: MainWindow) -> None:
    order(window, "select.opaque", "select.quick_mask")
    assert window._session.plane == "selection"
    window.actions_.refresh()
    assert window.actions_["select.quick_mask"].isChecked()
    order(window, "select.quick_mask", "select.show_edge")
    window.actions_.refresh()
    assert not window.actions_["select.quick_mask"].isChecked()
    assert not window.actions_["select.show_edge"].isChecked()


def test_cut_and_paste_keep_the_picture(window: MainWindow) -> None:
    box = selection.rectangle(Rect(0, 0, 30, 128))
    window._session.document.edit("Select", lambda state: edits.set_selection(state, box))
    order(window, "edit.cut", "edit.paste")
    state = window._session.document.state
    pasted = state.find(window._session.active)  # type: ignore[arg-type]
    assert isinstance(pasted, Layer)
    assert pasted.surface.content_bounds() == Rect(10, 10, 30, 50)
    paint = next(node for node in state.layers if node.name == "Paint")
    assert isinstance(paint, Layer)
    assert paint.surface.content_bounds() == Rect(30, 10, 50, 50)


def test_the_selection_becomes_a_layer_mask(window: MainWindow) -> None:
    order(window, "select.opaque", "select.to_mask")
    node = window._session.active_node
    assert node is not None
    assert node.mask is not None
    assert node.mask.surface.content_bounds() == Rect(10, 10, 50, 50)
    assert window._session.plane == "pixels"


def test_tools_have_options_in_the_bar_and_a_family_button(window: MainWindow) -> None:
    for tool in ("select-rectangle", "select-wand", "select-colour", "select-lasso", "fill", "gradient"):
        window._toolbox.select(tool)
        shown = window.options._left.currentWidget()
        assert shown is not window.options.hint
        assert shown.minimumSizeHint().width() < 860
