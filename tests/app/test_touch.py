"""Fingers on the canvas: one paints, two look, taps undo and redo; a palm beside the pen does nothing."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

import pytest
from desk import Desk
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QInputDevice, QPointingDevice, QTouchEvent
from PySide6.QtWidgets import QApplication

from app.canvas_view.touch import Pinch, pinched
from app.canvas_view.turning import Turning
from app.canvas_view.viewport import Viewport

PRESSED, UPDATED, RELEASED = QEventPoint.State.Pressed, QEventPoint.State.Updated, QEventPoint.State.Released
Place = tuple[float, float]


class Fingers:
    """Fingers on a view, by number; every call is one event, some time after the last."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.ms = 50_000_000
        self.down: dict[int, Place] = {}
        self.screen = QPointingDevice(
            "test screen", 9, QInputDevice.DeviceType.TouchScreen, QPointingDevice.PointerType.Finger,
            QInputDevice.Capability.Position, 10, 0,
        )  # fmt: skip

    def put(self, *fingers: tuple[int, Place], after_ms: int = 20) -> None:
        """Lay fingers on, or move those that are there."""
        first = not self.down
        states = {number: UPDATED if number in self.down else PRESSED for number, _ in fingers}
        self.down |= dict(fingers)
        kind = QEvent.Type.TouchBegin if first else QEvent.Type.TouchUpdate
        self._send(kind, {number: states.get(number, UPDATED) for number in self.down}, after_ms)

    def lift(self, *numbers: int, after_ms: int = 20) -> None:
        left = len(self.down) > len(numbers)
        kind = QEvent.Type.TouchUpdate if left else QEvent.Type.TouchEnd
        self._send(kind, {number: RELEASED if number in numbers else UPDATED for number in self.down}, after_ms)
        for number in numbers:
            del self.down[number]

    def cancel(self) -> None:
        self.down = {}
        self._send(QEvent.Type.TouchCancel, {}, 20)

    def _send(self, kind: QEvent.Type, states: dict[int, QEventPoint.State], after_ms: int) -> None:
        self.ms += after_ms
        points = []
        for number, state in states.items():
            at = QPointF(*self.down[number])
            points.append(QEventPoint(number, state, at, self.desk.view.mapToGlobal(at)))
        event = QTouchEvent(kind, self.screen, Qt.KeyboardModifier.NoModifier, points)
        event.setTimestamp(self.ms)
        QApplication.sendEvent(self.desk.view, event)

    def tap(self, count: int, lifted_after_ms: int = 40) -> None:
        for number in range(count):
            self.put((number, (150.0 + 40 * number, 200.0)), after_ms=15)
        for number in range(count):
            self.lift(number, after_ms=lifted_after_ms if number == 0 else 5)


@pytest.fixture
def fingers(desk: Desk) -> Fingers:
    brush = desk.session.settings.brush
    desk.session.set_brush(replace(brush, size_px=30.0, hardness=1.0, dynamics=()))
    desk.session.set_colour((1.0, 0.0, 0.0))
    return Fingers(desk)


def strokes(fingers: Fingers) -> tuple[str, ...]:
    labels: tuple[str, ...] = fingers.desk.session.document.undo_labels
    return labels


def paint(fingers: Fingers) -> None:
    fingers.put((0, (120.0, 200.0)), after_ms=1000)
    fingers.put((0, (200.0, 200.0)))
    fingers.put((0, (260.0, 200.0)))
    fingers.lift(0)


def test_one_finger_paints_from_where_it_touched(fingers: Fingers) -> None:
    paint(fingers)
    assert strokes(fingers) == ("Brush stroke",)
    for x in (125, 200, 255):
        assert fingers.desk.seen_in_view(x, 200) == (255, 0, 0)


def test_a_finger_that_rests_paints_a_dot_when_it_is_lifted(fingers: Fingers) -> None:
    fingers.put((0, (200.0, 200.0)))
    fingers.lift(0)
    assert fingers.desk.seen_in_view(200, 200) == (255, 0, 0)


def test_a_second_finger_takes_back_what_the_first_began(fingers: Fingers) -> None:
    before = fingers.desk.session.document.state
    fingers.put((0, (120.0, 200.0)))
    fingers.put((0, (180.0, 200.0)))
    fingers.desk.view.flush()
    fingers.put((1, (250.0, 250.0)))
    fingers.lift(0, 1)
    assert fingers.desk.session.document.state is before
    assert strokes(fingers) == ()


def test_two_fingers_move_magnify_and_turn_the_picture_under_them(fingers: Fingers) -> None:
    view = fingers.desk.view
    fingers.put((0, (150.0, 200.0)), (1, (250.0, 200.0)))
    fingers.put((0, (130.0, 200.0)), (1, (270.0, 200.0)))  # beyond a tap
    under = [view.viewport.to_document(*fingers.down[n]) for n in (0, 1)]
    centre, half, angle = (210.0, 180.0), 100.0, radians(30)
    ends = [(centre[0] + s * half * cos(angle), centre[1] + s * half * sin(angle)) for s in (-1, 1)]
    fingers.put((0, ends[0]), (1, ends[1]))
    for number in (0, 1):
        assert view.viewport.to_view(*under[number]) == pytest.approx(ends[number], abs=0.01)
    assert view.viewport.rotation_deg == pytest.approx(30)


def test_the_picture_stays_upright_when_fingers_turn_it_a_little(fingers: Fingers) -> None:
    view = fingers.desk.view
    fingers.put((0, (100.0, 200.0)), (1, (300.0, 200.0)))
    fingers.put((0, (60.0, 200.0)), (1, (340.0, 200.0)))
    fingers.put((0, (60.0, 196.0)), (1, (340.0, 204.0)))  # 1.6 degrees
    assert view.viewport.rotation_deg == 0.0
    fingers.put((0, (60.0, 180.0)), (1, (340.0, 220.0)))  # 8 degrees in all: out of it again
    assert view.viewport.rotation_deg == pytest.approx(8.13, abs=0.01)


def test_the_finger_that_stays_moves_nothing(fingers: Fingers) -> None:
    fingers.put((0, (150.0, 200.0)), (1, (250.0, 200.0)))
    fingers.put((0, (100.0, 200.0)))
    fingers.lift(1)
    before = fingers.desk.view.viewport
    fingers.put((0, (20.0, 20.0)))
    fingers.lift(0)
    assert fingers.desk.view.viewport == before
    assert strokes(fingers) == ()


def test_two_fingers_that_tap_undo_and_three_redo(fingers: Fingers) -> None:
    paint(fingers)
    view = fingers.desk.view.viewport
    fingers.tap(2)
    assert strokes(fingers) == ()
    fingers.tap(3)
    assert strokes(fingers) == ("Brush stroke",)
    assert fingers.desk.view.viewport == view


@pytest.mark.parametrize("tool", ["fill", "gradient", "select-rectangle", "mask"])
def test_a_tap_leaves_no_trace_of_the_tool_in_the_hand(fingers: Fingers, tool: str) -> None:
    paint(fingers)
    fingers.desk.toolbox.select(tool)
    fingers.tap(2)
    assert strokes(fingers) == ()
    fingers.tap(3)
    assert strokes(fingers) == ("Brush stroke",)


def test_fingers_that_stay_or_wander_have_not_tapped(fingers: Fingers) -> None:
    paint(fingers)
    fingers.tap(2, lifted_after_ms=400)
    fingers.put((0, (150.0, 200.0)), (1, (250.0, 200.0)))
    fingers.put((0, (150.0, 180.0)), (1, (250.0, 180.0)))
    fingers.lift(0, 1)
    fingers.tap(4)
    assert strokes(fingers) == ("Brush stroke",)


def test_a_pen_that_was_seen_makes_one_finger_move_the_view(fingers: Fingers) -> None:
    fingers.desk.tablet(QEvent.Type.TabletMove, 128, 128)
    x, y = fingers.desk.view.viewport.centre
    paint(fingers)
    assert strokes(fingers) == ()
    assert fingers.desk.view.viewport.centre == pytest.approx((x - 140, y))


def test_a_palm_beside_the_pen_does_nothing(fingers: Fingers) -> None:
    desk, before = fingers.desk, fingers.desk.view.viewport
    desk.tablet(QEvent.Type.TabletPress, 60, 128)
    desk.tablet(QEvent.Type.TabletMove, 100, 128)
    fingers.tap(2)
    fingers.put((0, (300.0, 300.0)))
    fingers.put((0, (350.0, 350.0)))
    desk.tablet(QEvent.Type.TabletMove, 200, 128)
    fingers.lift(0)
    desk.tablet(QEvent.Type.TabletRelease, 200, 128, pressure=0.0)
    assert strokes(fingers) == ("Brush stroke",)
    assert desk.view.viewport == before


@pytest.mark.parametrize("by_pen", [True, False])
def test_a_finger_stroke_is_taken_back_when_it_turns_out_to_be_the_palm(fingers: Fingers, by_pen: bool) -> None:
    before = fingers.desk.session.document.state
    fingers.put((0, (120.0, 200.0)))
    fingers.put((0, (180.0, 200.0)))
    fingers.desk.view.flush()
    if by_pen:
        fingers.desk.tablet(QEvent.Type.TabletMove, 200, 128)
        fingers.put((0, (190.0, 200.0)))
        fingers.lift(0)
    else:
        fingers.cancel()
    assert fingers.desk.session.document.state is before
    assert strokes(fingers) == ()


def test_a_pinch_keeps_what_is_under_both_fingers_in_a_mirrored_view_too() -> None:
    view = Viewport(400, 300, centre=(50, 60), zoom=2.0, mirrored=True, rotation_deg=20.0)
    before, now = (QPointF(100, 100), QPointF(180, 130)), (QPointF(120, 80), QPointF(200, 190))
    after = pinched(view, Pinch.of(*before), Pinch.of(*now), Turning())
    for a, b in zip(before, now, strict=True):
        assert after.to_view(*view.to_document(a.x(), a.y())) == pytest.approx((b.x(), b.y()), abs=0.01)
