"""From pen, mouse and finger to pointer events."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from app.canvas_view.tablet import PALM_S, PEN_ECHO_S, PointerInput, configure_input
from app.canvas_view.viewport import Viewport
from app.pen_settings import PenSettings
from app.tools.options import Held
from app.tools.pointer import Modifier

VIEW = Viewport(400, 300, centre=(50, 60), zoom=2.0)
NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
POSITION, PRESSURE = QInputDevice.Capability.Position, QInputDevice.Capability.Pressure

pytestmark = pytest.mark.usefixtures("qapp")


def device(kind: QPointingDevice.PointerType, able: QInputDevice.Capability) -> QPointingDevice:
    return QPointingDevice("pen", 1, QInputDevice.DeviceType.Stylus, kind, able, 1, 2)


PEN = device(QPointingDevice.PointerType.Pen, POSITION | PRESSURE)


def tablet(kind: QEvent.Type, pressure: float, pen: QPointingDevice = PEN, ms: int = 1000) -> QTabletEvent:
    at = QPointF(220, 150)
    buttons = NONE if kind == QEvent.Type.TabletRelease else LEFT
    button = NONE if kind == QEvent.Type.TabletMove else LEFT
    event = QTabletEvent(kind, pen, at, at, pressure, 12, -7, 0, 0, 0, PLAIN, button, buttons)
    event.setTimestamp(ms)
    return event


def input_of_pen() -> PointerInput:
    return PointerInput(Held(PenSettings()))


def mouse(ms: int, keys: Qt.KeyboardModifier = PLAIN) -> QMouseEvent:
    event = QMouseEvent(QEvent.Type.MouseButtonPress, QPointF(200, 150), QPointF(200, 150), LEFT, LEFT, keys)
    event.setTimestamp(ms)
    return event


def test_a_pen_event_becomes_a_point_of_the_document() -> None:
    point = input_of_pen().from_tablet(tablet(QEvent.Type.TabletPress, 0.5), VIEW)
    assert (point.x, point.y) == pytest.approx((60, 60))
    assert point.pressure == pytest.approx(0.5, abs=1e-3)
    assert (point.tilt_x, point.tilt_y) == (12, -7)
    assert (point.pointer, point.button, point.time_s, point.scale) == ("pen", "left", 1.0, 2.0)


def test_pressure_zero_while_touching_holds_the_last_one() -> None:
    hand = input_of_pen()
    hand.from_tablet(tablet(QEvent.Type.TabletPress, 0.25), VIEW)
    for kind in (QEvent.Type.TabletMove, QEvent.Type.TabletRelease):
        assert hand.from_tablet(tablet(kind, 0.0), VIEW).pressure == pytest.approx(0.25, abs=1e-3)


def test_a_new_touch_forgets_the_pressure_of_the_last_one() -> None:
    hand = input_of_pen()
    hand.from_tablet(tablet(QEvent.Type.TabletPress, 1.0), VIEW)
    assert hand.from_tablet(tablet(QEvent.Type.TabletPress, 0.0), VIEW).pressure == 0.0


def test_a_pen_that_cannot_feel_presses_fully() -> None:
    numb = device(QPointingDevice.PointerType.Pen, POSITION)
    assert input_of_pen().from_tablet(tablet(QEvent.Type.TabletPress, 0.0, numb), VIEW).pressure == 1.0


def test_the_other_end_of_the_pen_is_the_eraser() -> None:
    other = device(QPointingDevice.PointerType.Eraser, POSITION | PRESSURE)
    assert input_of_pen().from_tablet(tablet(QEvent.Type.TabletPress, 0.5, other), VIEW).pointer == "eraser"


def test_mouse_events_that_echo_the_pen_are_ignored_and_later_ones_are_not() -> None:
    hand = input_of_pen()
    assert hand.from_mouse(mouse(900), VIEW) is not None
    hand.from_tablet(tablet(QEvent.Type.TabletPress, 0.5, ms=1000), VIEW)
    assert hand.from_mouse(mouse(1010), VIEW) is None
    assert hand.from_mouse(mouse(1001 + round(PEN_ECHO_S * 1000)), VIEW) is not None


def test_a_mouse_has_full_pressure_and_says_which_keys_are_held() -> None:
    keys = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    point = input_of_pen().from_mouse(mouse(1000, keys), VIEW)
    assert point is not None
    assert (point.pressure, point.pointer) == (1.0, "mouse")
    assert point.modifiers == Modifier.SHIFT | Modifier.CTRL


def test_the_curve_of_the_artist_bends_every_pressure_once_and_at_once() -> None:
    pen = Held(PenSettings())
    hand = PointerInput(pen)
    hand.from_tablet(tablet(QEvent.Type.TabletPress, 0.5), VIEW)
    pen.set(curve=((0.0, 0.2), (0.5, 0.9), (1.0, 1.0)))
    moved = hand.from_tablet(tablet(QEvent.Type.TabletMove, 0.5), VIEW)
    assert moved.pressure == pytest.approx(0.9, abs=1e-3)
    lifted = hand.from_tablet(tablet(QEvent.Type.TabletRelease, 0.0), VIEW)
    assert lifted.pressure == moved.pressure  # the held pressure is not bent a second time
    assert hand.from_tablet(tablet(QEvent.Type.TabletPress, 0.0), VIEW).pressure == pytest.approx(0.2)


def test_what_cannot_feel_is_not_bent() -> None:
    hand = PointerInput(Held(PenSettings(curve=((0.0, 0.0), (1.0, 0.5)))))
    numb = device(QPointingDevice.PointerType.Pen, POSITION)
    assert hand.from_tablet(tablet(QEvent.Type.TabletPress, 0.0, numb), VIEW).pressure == 1.0
    point = hand.from_mouse(mouse(90_000), VIEW)
    assert point is not None
    assert point.pressure == 1.0


def test_what_touches_just_after_the_pen_is_the_hand_that_holds_it() -> None:
    hand = input_of_pen()
    assert not hand.is_palm(1.0)
    hand.from_tablet(tablet(QEvent.Type.TabletMove, 0.0, ms=1000), VIEW)
    assert hand.is_palm(1.1)
    assert not hand.is_palm(1.0 + PALM_S)


@pytest.fixture
def _attributes(qapp: QApplication) -> Iterator[None]:
    names = (
        Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents,
        Qt.ApplicationAttribute.AA_CompressTabletEvents,
    )
    before = [QCoreApplication.testAttribute(name) for name in names]
    yield
    for name, value in zip(names, before, strict=True):
        QCoreApplication.setAttribute(name, value)


@pytest.mark.usefixtures("_attributes")
def test_qt_is_told_to_compress_no_events() -> None:
    configure_input()
    assert not QCoreApplication.testAttribute(Qt.ApplicationAttribute.AA_CompressTabletEvents)
    assert not QCoreApplication.testAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents)
