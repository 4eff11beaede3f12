"""The pen's side buttons and its two ends, the brush palette, and the pen that is lifted away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desk import Desk
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from app.pen_settings import PRESETS, ButtonDeed
from app.tools.shapes import Circle
from canvas.brush import Input, Parameter

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE, PLAIN = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
PRESS, MOVE, RELEASE = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease
WHITE, RED = (255, 255, 255), (255, 0, 0)


def pen(
    desk: Desk,
    kind: QEvent.Type,
    x: float,
    y: float,
    button: Qt.MouseButton = NONE,
    held: Qt.MouseButton = NONE,
    pressure: float = 0.0,
    device: QPointingDevice | None = None,
) -> None:
    at = QPointF(*desk.view.viewport.to_view(x, y))
    event = QTabletEvent(kind, device or desk.pen, at, at, pressure, 0, 0, 0, 0, 0, PLAIN, button, held)
    QApplication.sendEvent(desk.view, event)


def proximity(kind: QEvent.Type, device: QPointingDevice) -> None:
    at = QPointF(0, 0)
    QApplication.sendEvent(
        QApplication.instance(), QTabletEvent(kind, device, at, at, 0, 0, 0, 0, 0, 0, PLAIN, NONE, NONE)
    )


def side_button_drag(desk: Desk, button: Qt.MouseButton, *, touching: bool) -> None:
    """A side button is pressed, the pen goes on 40 pixels, with its tip on the tablet or above it."""
    pressure = 0.6 if touching else 0.0
    pen(desk, PRESS, 100, 128, button, button, pressure)
    pen(desk, MOVE, 120, 128, NONE, button, pressure)
    pen(desk, MOVE, 140, 128, NONE, button, pressure)
    pen(desk, RELEASE, 140, 128, button, NONE)


@pytest.fixture
def broad(desk: Desk) -> Desk:
    brush = desk.session.settings.brush
    desk.session.set_brush(replace(brush, size_px=30.0, hardness=1.0, dynamics=()))
    desk.session.set_colour((1.0, 0.0, 0.0))
    return desk


@pytest.fixture
def palettes(desk: Desk) -> list[QPoint]:
    heard: list[QPoint] = []
    desk.view.palette_wanted.connect(heard.append)
    return heard


class TestSideButtons:
    def test_the_lower_one_asks_for_the_brush_palette_where_the_pen_is(
        self, broad: Desk, palettes: list[QPoint]
    ) -> None:
        side_button_drag(broad, RIGHT, touching=False)
        assert palettes == [QPoint(*(round(v) for v in broad.view.viewport.to_view(100, 128)))]
        assert broad.session.document.undo_labels == ()

    @pytest.mark.parametrize("touching", [False, True])
    def test_the_upper_one_moves_the_canvas(self, broad: Desk, touching: bool) -> None:
        x, y = broad.view.viewport.centre
        side_button_drag(broad, MIDDLE, touching=touching)
        # The picture follows the pen, so the second step begins where the first has left it.
        assert broad.view.viewport.centre[0] < x - 19
        assert broad.view.viewport.centre[1] == pytest.approx(y)
        assert broad.session.document.undo_labels == ()

    def test_the_tip_that_touches_while_the_canvas_is_moved_paints_nothing(self, broad: Desk) -> None:
        pen(broad, PRESS, 100, 128, MIDDLE, MIDDLE)
        pen(broad, PRESS, 100, 128, LEFT, LEFT | MIDDLE, 0.5)
        pen(broad, MOVE, 150, 128, NONE, LEFT | MIDDLE, 0.5)
        pen(broad, RELEASE, 150, 128, LEFT, MIDDLE)
        moved = broad.view.viewport.centre
        pen(broad, MOVE, 90, 128, NONE, MIDDLE)
        assert broad.view.viewport.centre != moved  # the side button is still held
        pen(broad, RELEASE, 90, 128, MIDDLE, NONE)
        assert broad.session.document.undo_labels == ()
        assert not broad.toolbox.in_gesture

    def test_a_side_button_in_the_middle_of_a_stroke_changes_nothing(self, broad: Desk, palettes: list[QPoint]) -> None:
        pen(broad, PRESS, 60, 128, LEFT, LEFT, 0.8)
        pen(broad, PRESS, 100, 128, RIGHT, LEFT | RIGHT, 0.8)
        pen(broad, MOVE, 130, 128, NONE, LEFT | RIGHT, 0.8)
        pen(broad, RELEASE, 130, 128, RIGHT, LEFT, 0.8)
        pen(broad, MOVE, 200, 128, NONE, LEFT, 0.8)
        pen(broad, RELEASE, 200, 128, LEFT, NONE)
        assert palettes == []
        assert broad.session.document.undo_labels == ("Brush stroke",)
        assert broad.seen(180, 128) == RED

    def test_it_can_pick_a_colour(self, broad: Desk) -> None:
        broad.stroke((60, 128), (200, 128))
        broad.session.set_colour((0.0, 0.0, 1.0))
        broad.toolbox.pen.set(lower_button="picker")
        pen(broad, PRESS, 100, 128, RIGHT, RIGHT)
        assert broad.toolbox.active_id == "picker"
        pen(broad, RELEASE, 100, 128, RIGHT, NONE)
        assert broad.session.settings.colour == pytest.approx((1.0, 0.0, 0.0))
        assert broad.toolbox.active_id == "brush"

    @pytest.mark.parametrize("tells_of_tip", [True, False])
    def test_it_can_erase_while_it_is_held(self, broad: Desk, tells_of_tip: bool) -> None:
        broad.stroke((60, 128), (200, 128))
        broad.toolbox.pen.set(lower_button="erase")
        if tells_of_tip:
            pen(broad, PRESS, 128, 60, RIGHT, RIGHT)
            pen(broad, PRESS, 128, 80, LEFT, LEFT | RIGHT, 1.0)
            pen(broad, MOVE, 128, 180, NONE, LEFT | RIGHT, 1.0)
            pen(broad, RELEASE, 128, 180, LEFT, RIGHT)
            pen(broad, RELEASE, 128, 180, RIGHT, NONE)
        else:  # the driver reports the side button in the tip's place
            pen(broad, PRESS, 128, 80, RIGHT, RIGHT, 1.0)
            pen(broad, MOVE, 128, 180, NONE, RIGHT, 1.0)
            pen(broad, RELEASE, 128, 180, RIGHT, NONE)
        assert broad.seen(128, 128) == WHITE
        assert broad.seen(80, 128) == RED
        assert broad.toolbox.active_id == "brush"

    def test_it_can_undo(self, broad: Desk) -> None:
        broad.toolbox.pen.set(upper_button="undo")
        broad.stroke((60, 128), (200, 128))
        side_button_drag(broad, MIDDLE, touching=False)
        assert broad.session.document.undo_labels == ()

    @pytest.mark.parametrize("touching", [False, True])
    def test_it_can_do_nothing(self, broad: Desk, palettes: list[QPoint], touching: bool) -> None:
        nothing: ButtonDeed = "nothing"
        broad.toolbox.pen.set(lower_button=nothing)
        centre = broad.view.viewport.centre
        side_button_drag(broad, RIGHT, touching=touching)
        assert (palettes, broad.session.document.undo_labels) == ([], ())
        assert broad.view.viewport.centre == centre


class TestPalette:
    def right_click(self, desk: Desk, keys: Qt.KeyboardModifier = PLAIN) -> None:
        at = QPointF(200, 200)
        for kind, held in ((QEvent.Type.MouseButtonPress, RIGHT), (QEvent.Type.MouseButtonRelease, NONE)):
            event = QMouseEvent(kind, at, QPointF(700, 500), RIGHT, held, keys)
            event.setTimestamp(10**9)
            QApplication.sendEvent(desk.view, event)

    @pytest.mark.parametrize("tool", ["brush", "eraser", "smudge", "mask"])
    def test_a_right_click_asks_for_it_while_painting(self, desk: Desk, palettes: list[QPoint], tool: str) -> None:
        desk.toolbox.select(tool)
        self.right_click(desk)
        assert palettes == [QPoint(700, 500)]

    @pytest.mark.parametrize("tool", ["picker", "pose", "fill", "zoom"])
    def test_other_tools_keep_their_right_click(self, desk: Desk, palettes: list[QPoint], tool: str) -> None:
        desk.toolbox.select(tool)
        gestures = desk.toolbox.gestures
        self.right_click(desk)
        assert palettes == []
        assert desk.toolbox.gestures == gestures + 1

    @pytest.mark.parametrize("keys", [Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier])
    def test_with_a_key_the_right_button_means_something_else(
        self, desk: Desk, palettes: list[QPoint], keys: Qt.KeyboardModifier
    ) -> None:
        self.right_click(desk, keys)
        assert palettes == []


class TestNearness:
    def outline(self, desk: Desk) -> bool:
        desk.view.flush()
        return any(isinstance(shape, Circle) for shape in desk.view._shapes)

    def test_the_outline_goes_when_the_pen_is_lifted_away(self, desk: Desk) -> None:
        pen(desk, MOVE, 128, 128)
        assert self.outline(desk)
        proximity(QEvent.Type.TabletLeaveProximity, desk.pen)
        assert not self.outline(desk)
        pen(desk, MOVE, 130, 128)
        assert self.outline(desk)

    def test_the_eraser_is_in_the_hand_while_its_end_is_near(self, desk: Desk) -> None:
        shown: list[str] = []
        desk.toolbox.changed.connect(lambda: shown.append(desk.toolbox.active_id))
        proximity(QEvent.Type.TabletEnterProximity, desk.eraser)
        pen(desk, MOVE, 128, 128, device=desk.eraser)
        proximity(QEvent.Type.TabletLeaveProximity, desk.eraser)
        proximity(QEvent.Type.TabletEnterProximity, desk.pen)
        assert shown == ["eraser", "brush"]

    def test_a_driver_that_tells_of_no_nearness_is_understood_by_its_events(self, desk: Desk) -> None:
        pen(desk, MOVE, 128, 128, device=desk.eraser)
        assert desk.toolbox.active_id == "eraser"
        pen(desk, MOVE, 128, 128)
        assert desk.toolbox.active_id == "brush"
        pen(desk, MOVE, 128, 128, device=desk.eraser)
        desk.mouse(QEvent.Type.MouseMove, 10, 10, NONE, NONE)
        assert desk.toolbox.active_id == "brush"

    def test_two_views_share_the_pen(self, desk: Desk) -> None:
        twin = desk.view.twin()
        proximity(QEvent.Type.TabletEnterProximity, desk.eraser)
        proximity(QEvent.Type.TabletLeaveProximity, desk.eraser)
        assert desk.toolbox.active_id == "brush"
        twin.dispose()
        twin.deleteLater()

    def test_a_transform_that_is_open_stays_open_when_the_pen_is_turned_over(self, broad: Desk) -> None:
        broad.stroke((60, 128), (200, 128))
        broad.toolbox.select("transform")
        pen(broad, PRESS, 128, 128, LEFT, LEFT, 1.0)
        pen(broad, MOVE, 140, 150, NONE, LEFT, 1.0)
        pen(broad, RELEASE, 140, 150, LEFT, NONE)
        assert broad.toolbox.pending
        proximity(QEvent.Type.TabletEnterProximity, broad.eraser)
        assert broad.toolbox.active_id == "transform"
        broad.stroke((100, 100), (120, 120), device=broad.eraser)
        broad.toolbox.dismiss()
        assert broad.session.document.undo_labels == ("Brush stroke",)

    def test_a_stroke_whose_end_was_never_told_ends_when_the_pen_leaves(self, broad: Desk) -> None:
        pen(broad, PRESS, 60, 128, LEFT, LEFT, 1.0)
        pen(broad, MOVE, 200, 128, NONE, LEFT, 1.0)
        proximity(QEvent.Type.TabletLeaveProximity, broad.pen)
        assert not broad.toolbox.in_gesture
        assert broad.session.document.undo_labels == ("Brush stroke",)
        assert broad.seen(190, 128) == RED

    def test_a_mouse_stroke_is_not_ended_by_a_pen_that_leaves(self, broad: Desk) -> None:
        pen(broad, MOVE, 128, 128)
        broad.mouse(QEvent.Type.MouseButtonPress, 100, 200, LEFT, LEFT)
        proximity(QEvent.Type.TabletLeaveProximity, broad.pen)
        assert broad.toolbox.in_gesture
        broad.mouse(QEvent.Type.MouseButtonRelease, 100, 200, LEFT, NONE)


def test_the_curve_reaches_the_paint(broad: Desk) -> None:
    """Half the pressure with a firm curve paints a thin line where the straight one paints a broad one."""
    brush = broad.session.settings.brush
    broad.session.set_brush(brush.driven(Parameter.SIZE, Input.PRESSURE, ((0.0, 0.0), (1.0, 1.0))))
    widths = []
    for curve in (PRESETS["Linear"], PRESETS["Firm"]):
        broad.toolbox.pen.set(curve=curve)
        before = broad.session.document.state
        pen(broad, PRESS, 60, 128, LEFT, LEFT, 0.5)
        pen(broad, MOVE, 200, 128, NONE, LEFT, 0.5)
        pen(broad, RELEASE, 200, 128, LEFT, NONE)
        widths.append(height_of_paint(broad))
        broad.toolbox.undo()
        assert broad.session.document.state is before
    assert widths[1] < 0.6 * widths[0]


def height_of_paint(desk: Desk) -> int:
    """How high the paint stands on its layer."""
    return desk.layer("Paint").surface.content_bounds().height
