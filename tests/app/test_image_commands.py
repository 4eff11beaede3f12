"""The Image menu through its commands and forms, and the options of transform, move and crop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

import pytest
from desk import Desk as CanvasDesk
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.commands.command import Means
from app.commands.image import ImageCommands
from app.dialogs.canvas_size import CanvasSize
from app.dialogs.image_size import ImageSize, RotateImage
from app.dialogs.work_progress import WorkProgress
from app.long_edit import LongEdit
from app.session import Session
from app.theme import Theme
from app.tool_options.crop import CropOptionRow
from app.tool_options.transform import TransformOptionRow
from app.tools import carrying
from app.tools.free_transform import FreeTransform
from app.tools.pointer import PointerEvent
from app.tools.toolbox import Toolbox
from app.widgets.number_field import NumberField
from app.widgets.scale import Scale
from canvas import edits, fill
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.selection import rectangle
from canvas.state import DocumentState
from canvas.transform import Work


@dataclass
class Desk:
    """What stands for the window: forms are kept, the view is fitted by counting."""

    theme: Theme
    forms: list[QWidget] = field(default_factory=list)
    fitted: int = 0

    def show_form(self, build: Callable[[Theme, QWidget], QWidget]) -> None:
        form = build(self.theme, None)  # type: ignore[arg-type]
        self.forms.append(form)
        form.show()

    def fit(self) -> None:
        self.fitted += 1


class Bench:
    def __init__(self, theme: Theme) -> None:
        red = Layer("red", surface=fill.solid(Rect(20, 10, 80, 40), (1.0, 0.0, 0.0)))
        self.session = Session(DocumentState(200, 100, (red,)))
        self.toolbox = Toolbox(self.session)
        self.desk = Desk(theme)
        self.messages: list[str] = []
        self.session.message.connect(self.messages.append)
        self.commands = ImageCommands(
            Means(self.session, self.toolbox, self.desk, self.desk, None, None, None, None)  # type: ignore[arg-type]
        )

    @property
    def state(self) -> DocumentState:
        return self.session.document.state

    @property
    def labels(self) -> tuple[str, ...]:
        return self.session.document.undo_labels

    def bounds(self) -> Rect:
        layer = self.state.layers[0]
        assert isinstance(layer, Layer)
        return layer.surface.content_bounds()

    def select(self, rect: Rect) -> None:
        self.session.document.edit("Select", lambda s: edits.set_selection(s, rectangle(rect)))


@pytest.fixture
def bench(theme: Theme) -> Bench:
    return Bench(theme)


# The whole picture


def test_turning_the_image_is_one_step_and_shows_it_whole(bench: Bench) -> None:
    before = bench.state
    bench.commands.rotate_right()
    assert bench.state.rect.size == (100, 200)
    assert bench.bounds() == Rect(60, 20, 90, 80)
    assert bench.labels == ("Rotate image right",)
    assert bench.desk.fitted == 1
    bench.toolbox.undo()
    assert bench.state is before


def test_flipping_trimming_and_cropping(bench: Bench) -> None:
    bench.commands.flip_horizontal()
    assert bench.bounds() == Rect(120, 10, 180, 40)
    bench.commands.trim()
    assert bench.state.rect.size == (60, 30)
    bench.select(Rect(10, 10, 30, 20))
    bench.commands.crop_to_selection()
    assert bench.state.rect.size == (20, 10)
    assert bench.labels == ("Flip image", "Trim", "Select", "Crop to selection")


def test_what_is_not_possible_is_said_and_leaves_no_gesture(bench: Bench) -> None:
    bench.session.document.edit("Remove", lambda s: edits.remove(s, s.layers[0].id))
    bench.commands.trim()
    assert "empty" in bench.messages[-1]
    assert not bench.session.document.in_gesture
    assert bench.toolbox.interlude is None


def test_an_open_transform_is_applied_before_the_image_changes(bench: Bench) -> None:
    bench.toolbox.select("transform")
    shape = bench.toolbox.transforming.shape
    assert shape is not None
    bench.toolbox.transforming.set_shape(shape.moved(5, 0))
    bench.commands.rotate_half()
    assert bench.labels == ("Transform", "Rotate image by 180°")


def test_image_size_keeps_the_ratio_and_counts_in_percent_too(bench: Bench) -> None:
    bench.commands.image_size()
    (form,) = bench.desk.forms
    assert isinstance(form, ImageSize)
    width, height = form.sides.sliders
    width._choose(100)
    assert round(height.value) == 50
    form.sides.units.chosen.emit("%")
    assert width.value == pytest.approx(50)
    form.ratio.setChecked(False)
    height._choose(25)
    assert form.sides.size_px == (100, 25)
    form.ok.click()
    bench.toolbox.finish()
    assert bench.state.rect.size == (100, 25)
    assert bench.labels == ("Image size",)


def test_a_size_beyond_the_memory_cannot_be_chosen(bench: Bench) -> None:
    bench.commands.image_size()
    (form,) = bench.desk.forms
    assert isinstance(form, ImageSize)
    form._state = DocumentState(1, 1, bench.state.layers)
    form.sides.show_size(30_000, 30_000)
    form._show()
    assert not form.ok.isEnabled()
    assert "GB" in form.note.text()


def test_canvas_size_adds_room_around_the_anchor(bench: Bench) -> None:
    bench.commands.canvas_size()
    (form,) = bench.desk.forms
    assert isinstance(form, CanvasSize)
    form.sides.sliders[0]._choose(300)
    form.anchor.choose((2, 1))
    form.ok.click()
    bench.toolbox.finish()
    assert bench.state.rect.size == (300, 100)
    assert bench.bounds() == Rect(120, 10, 180, 40)


def test_rotating_by_an_angle_says_what_the_canvas_becomes(bench: Bench) -> None:
    bench.commands.rotate()
    (form,) = bench.desk.forms
    assert isinstance(form, RotateImage)
    form.angle._choose(90)
    assert "100 × 200" in form.note.text()
    form.ok.click()
    bench.toolbox.finish()
    assert bench.state.rect.size == (100, 200)


# Layers and selection


def test_layers_are_turned_and_mirrored_in_place(bench: Bench) -> None:
    before = bench.state
    bench.commands.turn_right()
    assert bench.bounds() == Rect(35, -5, 65, 55)
    for _ in range(3):
        bench.commands.turn_right()
    assert bench.bounds() == Rect(20, 10, 80, 40)
    bench.commands.mirror_across()
    bench.commands.mirror_down()
    assert len(bench.labels) == 6
    for _ in range(6):
        bench.toolbox.undo()
    assert bench.state is before


def test_transform_selection_takes_the_tool_to_the_selection(bench: Bench) -> None:
    bench.select(Rect(10, 10, 30, 20))
    bench.commands.transform_selection()
    shape = bench.toolbox.transforming.shape
    assert shape is not None
    assert shape.box == (10, 10, 30, 20)
    bench.toolbox.transforming.set_shape(shape.moved(5, 5))
    bench.toolbox.select("brush")
    assert bench.state.selection is not None
    assert bench.state.selection.content_bounds() == Rect(15, 15, 35, 25)


# Work that takes its time


def test_long_work_shows_its_progress_and_ends_as_one_step(bench: Bench, theme: Theme) -> None:
    go_on = Event()

    def slow(state: DocumentState, work: Work) -> DocumentState:
        work.expected_tiles = 2
        work.step()
        assert go_on.wait(5)
        return edits.rename(state, state.layers[0].id, "done")

    edit = LongEdit(bench.session, "Rename", slow)
    assert not edit.wait(0.0)
    note = WorkProgress(theme, edit)
    assert bench.session.document.in_gesture
    go_on.set()
    assert edit.wait(5)
    note._look()
    assert bench.state.layers[0].name == "done"
    assert bench.labels == ("Rename",)


def test_long_work_can_be_called_off(bench: Bench, theme: Theme) -> None:
    before, stopped = bench.state, Event()

    def endless(state: DocumentState, work: Work) -> DocumentState:
        try:
            while True:
                work.step()
        finally:
            stopped.set()

    edit = LongEdit(bench.session, "Endless", endless)
    ended: list[bool] = []
    edit.ended.connect(ended.append)
    note = WorkProgress(theme, edit)
    note.reject()
    assert stopped.wait(5)
    assert bench.state is before
    assert not bench.session.document.in_gesture
    assert ended == [False]


# Options


def test_numbers_are_typed_and_stepped(theme: Theme) -> None:
    numbers = NumberField("X", Scale(-1000, 1000, decimals=1), 76, "Left edge")
    typed: list[float] = []
    numbers.typed.connect(typed.append)
    numbers.show_value(12.0)
    numbers.setText("20,5")
    numbers.editingFinished.emit()
    QTest.keyClick(numbers, Qt.Key.Key_Up)
    QTest.keyClick(numbers, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert typed == [20.5, 21.5, 11.5]
    numbers.setText("nonsense")
    numbers.editingFinished.emit()
    assert numbers.text() == "11.5"
    numbers.show_value(None)
    assert not numbers.isEnabled()


def test_the_numbers_of_a_transform_are_shown_and_change_it(bench: Bench, theme: Theme) -> None:
    bench.toolbox.select("transform")
    row = TransformOptionRow(bench.session, bench.toolbox, theme)
    row.resize(1100, 38)
    row.show()
    assert [f.text() for f in (row.place_x, row.place_y, row.wide, row.high)] == ["50.0", "25.0", "60.0", "30.0"]
    assert not row.apply.isEnabled()
    row.even.setChecked(True)
    row.wide.typed.emit(120.0)
    assert bench.toolbox.transforming.shape == FreeTransform((20, 10, 80, 40), 50, 25, 2.0, 2.0)
    row.unit.click()
    assert row.high.text() == "200.0 %"
    row.angle.typed.emit(90.0)
    row.place_x.typed.emit(60.0)
    row.apply.click()
    assert bench.labels == ("Transform",)
    assert row.angle.text() == "0.0°"
    row.close()


def test_a_narrow_bar_spares_what_matters_least(bench: Bench, theme: Theme) -> None:
    bench.toolbox.select("transform")
    row = TransformOptionRow(bench.session, bench.toolbox, theme)
    row.resize(1100, 38)
    row.show()
    assert row.skew.isVisible()
    assert not row.grid.isVisible()
    row.resize(420, 38)
    assert not row.skew.isVisible()
    assert row.turns.isVisible()
    assert row.apply.isVisible()
    assert row._row.minimumSize().width() <= 420
    row.close()


def test_the_crop_is_typed_in_numbers(bench: Bench, theme: Theme) -> None:
    bench.toolbox.select("crop")
    row = CropOptionRow(bench.session, bench.toolbox, theme)
    row.resize(1100, 38)
    row.show()
    assert (row.wide.value, row.high.value) == (200, 100)
    bench.toolbox.press(PointerEvent(10, 10, button="left", view_x=10))
    bench.toolbox.release(PointerEvent(60, 60, button="left", view_x=60))
    assert row.apply.isEnabled()
    row.wide._choose(80)
    assert bench.toolbox.cropping.rect == Rect(10, 10, 90, 60)
    row.apply.click()
    assert bench.state.rect.size == (80, 50)
    row.close()


# On the canvas


def test_a_transform_by_hand_ends_with_enter_or_escape(desk: CanvasDesk) -> None:
    red = Layer("red", surface=fill.solid(Rect(100, 100, 160, 160), (1.0, 0.0, 0.0)))
    desk.session.add_node(red, "Add")
    before = desk.session.document.state
    desk.toolbox.select("transform")
    desk.stroke((130, 130), (140, 125), (150, 120))
    assert desk.seen(170, 120) == (255, 0, 0)
    desk.key(Qt.Key.Key_Escape)
    assert desk.session.document.state is before
    assert desk.seen(110, 150) == (255, 0, 0)
    desk.stroke((130, 130), (150, 120))
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_Return)
    assert desk.session.document.undo_labels[-1] == "Transform"
    assert desk.layer("red").surface.content_bounds() == Rect(121, 90, 181, 150)
    assert desk.messages == []


def test_a_draft_is_seen_where_the_pixels_will_be(desk: CanvasDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "LIVE_MOVED_TILES", 0)
    red = Layer("red", surface=fill.solid(Rect(100, 100, 160, 160), (1.0, 0.0, 0.0)))
    desk.session.add_node(red, "Add")
    desk.toolbox.select("move")
    desk.tablet(QEvent.Type.TabletPress, 130, 130)
    desk.tablet(QEvent.Type.TabletMove, 190, 150)
    assert desk.seen(215, 175) == (255, 0, 0)
    assert desk.seen(110, 110) == (255, 255, 255)
    desk.tablet(QEvent.Type.TabletRelease, 190, 150)
    assert desk.seen(215, 175) == (255, 0, 0)


def test_the_crop_dims_what_goes(desk: CanvasDesk) -> None:
    desk.toolbox.select("crop")
    desk.stroke((50, 50), (200, 200))
    assert desk.seen(20, 20)[0] < 200
    assert desk.seen(80, 70) == (255, 255, 255)
    desk.key(Qt.Key.Key_Return)
    assert desk.session.document.state.rect.size == (150, 150)
