"""From Qt's tablet, mouse and touch events to `PointerEvent`. GUI thread only; knows nothing about tools.

Every event becomes one point: nothing is compressed, nothing is dropped, except mouse events that a pen caused.
"""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent, QTouchEvent

from app.canvas_view.viewport import Viewport
from app.pen_settings import PenSettings, response
from app.tools.options import Held
from app.tools.pointer import Button, Modifier, Pointer, PointerEvent

#: After a pen event, mouse events are the driver's echo of it for so long.
PEN_ECHO_S = 0.25
#: A hand that holds the pen rests on the screen: for so long after a pen event, what touches is the hand.
PALM_S = 0.5

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


def time_of(event: QTabletEvent | QMouseEvent | QTouchEvent) -> float:
    """The device's clock in seconds, ours where it has none."""
    return event.timestamp() / 1000.0 or perf_counter()


def _button(button: Qt.MouseButton, buttons: Qt.MouseButton) -> Button:
    """The button of a press or release, else the one that is held."""
    if button in _BUTTONS:
        return _BUTTONS[button]
    return next((name for held, name in _BUTTONS.items() if buttons & held), "none")


class PointerInput:
    """Remembers what one event alone does not say: the last pressure, and when a pen was last near.

    `pen`: its curve bends every pressure once, here.
    """

    def __init__(self, pen: Held[PenSettings]) -> None:
        self._pressure = 0.0
        self._last_pen_s = float("-inf")
        self._pen = pen
        self._curve = pen.value.curve
        self._response = response(self._curve)

    def is_palm(self, time_s: float) -> bool:
        """A touch at that moment of the device's clock is the hand that holds the pen."""
        return abs(time_s - self._last_pen_s) < PALM_S

    def from_tablet(self, event: QTabletEvent, view: Viewport) -> PointerEvent:
        """Drivers report pressure 0 on single samples and on lift-off: while the pen touches, the last one holds."""
        now_s = time_of(event)
        self._last_pen_s = now_s
        kind = event.type()
        pressure = min(1.0, max(0.0, event.pressure()))
        if kind == QEvent.Type.TabletPress or pressure > 0.0:
            self._pressure = pressure
        if self._pen.value.curve is not self._curve:
            self._curve = self._pen.value.curve
            self._response = response(self._curve)
        feels = event.pointingDevice().hasCapability(QInputDevice.Capability.Pressure)
        eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        return _event(
            event.position(),
            view,
            "eraser" if eraser else "pen",
            _button(event.button(), event.buttons()),
            modifiers_of(event.modifiers()),
            now_s,
            pressure=self._response(self._pressure) if feels else 1.0,
            tilt=(event.xTilt(), event.yTilt()),
        )

    def from_mouse(self, event: QMouseEvent, view: Viewport) -> PointerEvent | None:
        """None for an event that echoes the pen."""
        now_s = time_of(event)
        if event.source() != Qt.MouseEventSource.MouseEventNotSynthesized or now_s - self._last_pen_s < PEN_ECHO_S:
            return None
        button = _button(event.button(), event.buttons())
        return _event(event.position(), view, "mouse", button, modifiers_of(event.modifiers()), now_s)

    @staticmethod
    def from_finger(at: QPointF, event: QTouchEvent, view: Viewport) -> PointerEvent:
        """A finger at a place in the view. It presses fully: touch screens measure its area, if anything."""
        return _event(at, view, "touch", "left", modifiers_of(event.modifiers()), time_of(event))


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
