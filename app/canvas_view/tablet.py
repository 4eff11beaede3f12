"""From Qt's tablet, mouse and touch events to `PointerEvent`. GUI thread only; knows nothing about tools.

Every event becomes one point: nothing is compressed, nothing is dropped, except mouse events that a pen caused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent

from app.canvas_view.viewport import Point, Viewport
from app.tools.pointer import Button, Modifier, Pointer, PointerEvent

#: After a pen event, mouse events are the driver's echo of it for so long.
PEN_ECHO_S = 0.25

_BUTTONS: dict[Qt.MouseButton, Button] = {
    Qt.MouseButton.LeftButton: "left",
    Qt.MouseButton.RightButton: "right",
    Qt.MouseButton.MiddleButton: "middle",
}


def configure_input() -> None:
    """Have Qt deliver every tablet and mouse event. Call before the QApplication is made."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressTabletEvents, False)


def modifiers_of(keys: Qt.KeyboardModifier) -> Modifier:
    found = Modifier.NONE
    if keys & Qt.KeyboardModifier.ShiftModifier:
        found |= Modifier.SHIFT
    if keys & Qt.KeyboardModifier.ControlModifier:
        found |= Modifier.CTRL
    if keys & Qt.KeyboardModifier.AltModifier:
        found |= Modifier.ALT
    return found


def _button(button: Qt.MouseButton, buttons: Qt.MouseButton) -> Button:
    """The button of a press or release, else the one that is held."""
    if button in _BUTTONS:
        return _BUTTONS[button]
    return next((name for held, name in _BUTTONS.items() if buttons & held), "none")


class PointerInput:
    """Remembers what one event alone does not say: the last pressure, and when a pen was last near."""

    def __init__(self) -> None:
        self._pressure = 0.0
        self._last_pen_s = float("-inf")
        self.pen_seen = False

    def from_tablet(self, event: QTabletEvent, view: Viewport) -> PointerEvent:
        """Drivers report pressure 0 on single samples and on lift-off: while the pen touches, the last one holds."""
        now_s = self._time(event)
        self._last_pen_s = now_s
        self.pen_seen = True
        kind = event.type()
        pressure = event.pressure()
        if not event.pointingDevice().hasCapability(QInputDevice.Capability.Pressure):
            pressure = 1.0
        if kind == QEvent.Type.TabletPress:
            self._pressure = pressure
        elif pressure <= 0.0:
            pressure = self._pressure
        else:
            self._pressure = pressure
        eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        return _event(
            event.position(),
            view,
            "eraser" if eraser else "pen",
            _button(event.button(), event.buttons()),
            modifiers_of(event.modifiers()),
            now_s,
            pressure=min(1.0, max(0.0, pressure)),
            tilt=(event.xTilt(), event.yTilt()),
        )

    def from_mouse(self, event: QMouseEvent, view: Viewport) -> PointerEvent | None:
        """None for an event that echoes the pen."""
        now_s = self._time(event)
        if event.source() != Qt.MouseEventSource.MouseEventNotSynthesized or now_s - self._last_pen_s < PEN_ECHO_S:
            return None
        button = _button(event.button(), event.buttons())
        return _event(event.position(), view, "mouse", button, modifiers_of(event.modifiers()), now_s)

    def from_touch(self, point: QEventPoint, keys: Qt.KeyboardModifier, view: Viewport) -> PointerEvent:
        pressure = point.pressure() or 1.0
        time_s = point.timestamp() / 1000.0 or perf_counter()
        return _event(point.position(), view, "touch", "left", modifiers_of(keys), time_s, pressure=pressure)

    @staticmethod
    def _time(event: QTabletEvent | QMouseEvent) -> float:
        """The device's clock in seconds, ours where it has none."""
        return event.timestamp() / 1000.0 or perf_counter()


def _event(
    at: QPointF,
    view: Viewport,
    pointer: Pointer,
    button: Button,
    modifiers: Modifier,
    time_s: float,
    pressure: float = 1.0,
    tilt: tuple[float, float] = (0.0, 0.0),
) -> PointerEvent:
    x, y = view.to_document(at.x(), at.y())
    return PointerEvent(
        x, y, pressure, tilt[0], tilt[1], time_s, button, modifiers, pointer, at.x(), at.y(), view.scale
    )


@dataclass(frozen=True, slots=True)
class Pinch:
    """Two fingers on the view: their middle and their distance in logical pixels."""

    middle: Point
    span_px: float

    @staticmethod
    def of(points: Sequence[QEventPoint]) -> Pinch:
        a, b = points[0].position(), points[1].position()
        return Pinch(((a.x() + b.x()) / 2, (a.y() + b.y()) / 2), max(1.0, hypot(a.x() - b.x(), a.y() - b.y())))


def pinched(view: Viewport, before: Pinch, now: Pinch) -> Viewport:
    """The view after two fingers moved: the picture follows them."""
    moved = view.panned(now.middle[0] - before.middle[0], now.middle[1] - before.middle[1])
    return moved.zoomed(now.span_px / before.span_px, *now.middle)
