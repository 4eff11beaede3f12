"""The brush editor: what is set there is in the hand at once, and what is in the hand is shown there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.brush_presets import BrushLibrary
from app.brush_shelf import BrushShelf
from app.dialogs.brush_editor import BrushEditor
from app.dialogs.brush_page import BrushPageView
from app.dialogs.brush_pages import PAGES, Number, page_of
from app.panels.brush_preview import BrushPreview
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from app.widgets.dynamics_matrix import DynamicsMatrix
from app.widgets.name_editor import NameField
from app.widgets.picture_chooser import PictureChooser
from canvas import edits, kernels
from canvas.brush import Brush, BrushMode, Input, Parameter, StabiliserKind
from canvas.curves import LINEAR


@pytest.fixture
def shelf(tmp_path: Path) -> BrushShelf:
    session = Session(edits.new_document(64, 64))
    return BrushShelf(session, Toolbox(session), BrushLibrary(tmp_path / "brushes"))


@pytest.fixture
def editor(shelf: BrushShelf, theme: Theme, qtbot: QtBot) -> Iterator[BrushEditor]:
    kernels.warm()
    made = BrushEditor(shelf._session, shelf, theme)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def brush(editor: BrushEditor) -> Brush:
    return editor._session.settings.brush


def page(editor: BrushEditor, title: str) -> BrushPageView:
    index = next(i for i, page in enumerate(PAGES) if page.title == title)
    editor.show_page(index)
    return editor.views[index]


def test_every_parameter_that_can_be_driven_has_a_page() -> None:
    assert {page.parameter for page in PAGES if page.parameter is not None} == set(Parameter)


@pytest.mark.parametrize("number", [part for page in PAGES for part in page.parts if isinstance(part, Number)],
                         ids=lambda number: number.field)  # fmt: skip
def test_both_ends_of_every_slider_are_possible(editor: BrushEditor, number: Number) -> None:
    index = next(i for i, page in enumerate(PAGES) if number in page.parts)
    editor.show_page(index)
    for end in (number.scale.low, number.scale.high):
        editor.views[index].sliders[number.field].changed.emit(end)
        assert getattr(brush(editor), number.field) * number.shown == pytest.approx(end)
    assert number.scale.low <= number.default * number.shown <= number.scale.high


def test_ticking_an_input_shows_its_curve_and_bending_that_changes_the_brush(editor: BrushEditor, qtbot: QtBot) -> None:
    view = page(editor, "Flow")
    assert not view.curves[Input.TILT].isVisible()
    view.drivers[Input.TILT].click()
    assert view.curves[Input.TILT].isVisible()
    curve = view.curves[Input.TILT]
    qtbot.mouseClick(curve, Qt.MouseButton.LeftButton, pos=curve.place(0.5, 0.9).toPoint())
    bent = brush(editor).curve(Parameter.FLOW, Input.TILT)
    assert bent is not None
    assert bent[1] == pytest.approx((0.5, 0.9), abs=0.01)
    view.drivers[Input.TILT].click()
    assert brush(editor).curve(Parameter.FLOW, Input.TILT) is None
    view.drivers[Input.TILT].click()
    assert brush(editor).curve(Parameter.FLOW, Input.TILT) == bent  # unticking by mistake loses nothing


def test_a_driver_never_begins_with_a_brush_that_leaves_no_mark_upright(editor: BrushEditor) -> None:
    view = page(editor, "Size")
    view.drivers[Input.TILT].click()
    curve = brush(editor).curve(Parameter.SIZE, Input.TILT)
    assert curve is not None
    assert curve[0][1] > 0.1


def test_the_overview_leads_to_the_curve_and_makes_one_where_there_is_none(editor: BrushEditor) -> None:
    matrix = page(editor, "Overview").findChild(DynamicsMatrix)
    matrix.picked.emit(Parameter.SCATTER, Input.RANDOM)
    assert brush(editor).curve(Parameter.SCATTER, Input.RANDOM) == LINEAR
    assert editor.pages.currentIndex() == page_of(Parameter.SCATTER) == editor.list.index
    assert editor.views[editor.pages.currentIndex()].curves[Input.RANDOM].isVisible()
    bent = ((0.0, 0.2), (1.0, 0.8))
    editor._session.set_brush(brush(editor).driven(Parameter.SCATTER, Input.RANDOM, bent))
    matrix.picked.emit(Parameter.SCATTER, Input.RANDOM)
    assert brush(editor).curve(Parameter.SCATTER, Input.RANDOM) == bent


def test_it_follows_the_brush_in_the_hand(editor: BrushEditor, shelf: BrushShelf) -> None:
    view = page(editor, "Size")
    shelf.choose("Airbrush")
    assert editor.name.text() == "Airbrush"
    assert view.sliders["size_px"].value == 160
    shelf._session.set_brush(replace(brush(editor), size_px=90.0))
    assert view.sliders["size_px"].value == 90
    assert editor.note.text() == "changed"
    editor.reset.click()
    assert (view.sliders["size_px"].value, editor.note.text()) == (160, "")


def test_tips_and_textures_are_chosen_by_their_pictures(editor: BrushEditor) -> None:
    tips = page(editor, "Shape").findChild(PictureChooser)
    tips.row.clicked.emit(tips._keys.index("leaf"))
    assert brush(editor).tip == "leaf"
    view = page(editor, "Texture")
    textures = view.findChild(PictureChooser)
    assert not view.sliders["texture_strength"].isEnabled()
    textures.row.clicked.emit(textures._keys.index("linen"))
    assert brush(editor).texture == "linen"
    assert view.sliders["texture_strength"].isEnabled()


def test_the_stabiliser_shows_what_its_kind_has(editor: BrushEditor) -> None:
    view = page(editor, "Stabiliser")
    for kind, shown in (
        (StabiliserKind.NONE, set()),
        (StabiliserKind.WEIGHTED, {"strength"}),
        (StabiliserKind.STRING, {"string_px"}),
    ):
        editor._session.set_brush(replace(brush(editor), stabiliser=replace(brush(editor).stabiliser, kind=kind)))
        assert {name for name, slider in view.sliders.items() if slider.isVisible()} == shown


def test_a_tick_for_hard_pixels_means_no_smoothing(editor: BrushEditor) -> None:
    check = page(editor, "Shape").switches["antialias"]
    assert not check.isChecked()
    check.click()
    assert not brush(editor).antialias


def test_saving_and_saving_as_new(editor: BrushEditor, shelf: BrushShelf, qtbot: QtBot) -> None:
    page(editor, "Size").sliders["size_px"].changed.emit(77.0)
    editor.save.click()
    assert shelf.preset is not None
    assert shelf.preset.size_px == 77.0
    editor.save_as.click()
    field = editor.findChild(NameField)
    field.selectAll()
    qtbot.keyClicks(field, "Fat ink")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert editor.isVisible()
    assert editor.name.text() == "Fat ink"


def test_a_closed_editor_hears_of_nothing(editor: BrushEditor) -> None:
    editor.close()
    shown = editor.name.text()
    editor._session.set_brush(replace(brush(editor), name="Other", mode=BrushMode.ERASE))
    assert editor.name.text() == shown


class Later(Executor):
    """Draws when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, lambda: fn(*args, **kwargs)))
        return future

    def draw(self) -> None:
        future, do = self.waiting.pop(0)
        future.set_result(do())


def test_the_preview_skips_to_the_newest_brush(shelf: BrushShelf, theme: Theme, qtbot: QtBot) -> None:
    kernels.warm()
    later = Later()
    preview = BrushPreview(shelf, theme, later)
    qtbot.addWidget(preview)
    preview.resize(200, 116)
    for size in (10.0, 20.0, 30.0, 40.0):
        preview.show_brush(replace(shelf.brush, size_px=size))
        preview.collect()
    assert len(later.waiting) == 1
    later.draw()
    preview.collect()
    assert not preview.is_drawn
    later.draw()
    preview.collect()
    assert preview.is_drawn
    assert not later.waiting
    assert not preview._collecting.isActive()
