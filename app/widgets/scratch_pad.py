"""A sheet to try pens on: it draws pressure as width, and tells what every event said. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import hypot, pi, sin
from typing import Literal, TypeAlias

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QImage,
    QInputDevice,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointerEvent,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.canvas_view.tablet import PEN_ECHO_S, time_of
from app.theme import Theme, text_font

Happening: TypeAlias = Literal["press", "move", "release"]

#: Width of a line at no and at full pressure.
THIN_PX, THICK_PX = 0.8, 18.0
#: Lines grow wider in steps of this length.
STEP_PX = 1.5
#: A sheet forgets its oldest strokes beyond so many points, so that drawing them all again stays quick.
MOST_POINTS = 20_000
_NAMES = {
    Qt.MouseButton.LeftButton: "tip",
    Qt.MouseButton.RightButton: "lower side (right)",
    Qt.MouseButton.MiddleButton: "upper side (middle)",
    Qt.MouseButton.BackButton: "third (back)",
    Qt.MouseButton.ForwardButton: "fourth (forward)",
}
_MOUSE_NAMES = _NAMES | {
    Qt.MouseButton.LeftButton: "left",
    Qt.MouseButton.RightButton: "right",
    Qt.MouseButton.MiddleButton: "middle",
}
_KINDS: dict[QEvent.Type, Happening] = {
    QEvent.Type.TabletPress: "press",
    QEvent.Type.TabletRelease: "release",
    QEvent.Type.MouseButtonPress: "press",
    QEvent.Type.MouseButtonDblClick: "press",
    QEvent.Type.MouseButtonRelease: "release",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """What one event said. `x`, `y`: logical pixels of the sheet. `pressure` 0..1, None for what cannot feel. `tilt`
    and `rotation`: degrees, None for what does not report them. `time_s`: on the clock of the device."""

    device: str
    kind: str
    pointer: str
    happening: Happening
    x: float
    y: float
    pressure: float | None
    tilt: tuple[float, float] | None
    rotation: float | None
    buttons: tuple[str, ...]
    capabilities: tuple[str, ...]
    time_s: float
    finger: int = 0


@dataclass(slots=True)
class _Line:
    pointer: str
    points: list[tuple[float, float, float]] = field(default_factory=list)  # x, y, pressure


class ScratchPad(QWidget):
    """`response`: from the pressure of the pen to that which is drawn. `sampled(Sample)` for every event.

    `invitation` is written on it while it is empty; with `shows_stroke` there is a stroke that swells and fades, too.
    """

    sampled = Signal(object)

    def __init__(
        self,
        theme: Theme,
        response: Callable[[float], float],
        invitation: str,
        *,
        shows_stroke: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._response, self._invitation = theme, response, invitation
        self._shows_stroke = shows_stroke
        self._lines: list[_Line] = []
        self._open: dict[int, _Line] = {}
        self._picture: QImage | None = None
        self._last_pen_s = float("-inf")
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 80)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Sheet to try the pen on")

    def sizeHint(self) -> QSize:
        return QSize(320, 110)

    def set_response(self, response: Callable[[float], float]) -> None:
        """Draw all that is there again, as if it had been pressed so."""
        self._response = response
        self._draw_again()

    def clear(self) -> None:
        self._lines, self._open = [], {}
        self._draw_again()

    # Events

    def tabletEvent(self, event: QTabletEvent) -> None:
        event.accept()
        self._last_pen_s = time_of(event)
        touches = bool(event.buttons() & Qt.MouseButton.LeftButton) or event.pressure() > 0.0
        self._take(_of_pen(event), touches=touches)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._mouse(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._mouse(event)

    def _mouse(self, event: QMouseEvent) -> None:
        made_up = event.source() != Qt.MouseEventSource.MouseEventNotSynthesized
        if not made_up and time_of(event) - self._last_pen_s >= PEN_ECHO_S:
            self._take(_of_mouse(event), touches=event.buttons() != Qt.MouseButton.NoButton)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            event.accept()
            for point in event.points():
                at = self.mapFromGlobal(point.globalPosition())
                self._take(_of_finger(event, point, at), touches=True)
            return True
        return super().event(event)

    def _take(self, sample: Sample, *, touches: bool) -> None:
        line = self._open.get(sample.finger)
        if sample.happening == "press" and line is None:
            line = self._open[sample.finger] = _Line(sample.pointer)
            self._lines.append(line)
        if line is not None:
            if sample.happening != "release":
                line.points.append((sample.x, sample.y, 1.0 if sample.pressure is None else sample.pressure))
                self._draw_last(line)
            if sample.happening == "release" or not touches:
                del self._open[sample.finger]
                self._forget_oldest()
        self.sampled.emit(sample)

    def _forget_oldest(self) -> None:
        while sum(len(line.points) for line in self._lines) > MOST_POINTS and len(self._lines) > 1:
            self._lines.pop(0)

    # Drawing

    def _draw_again(self) -> None:
        self._picture = None
        self.update()

    def _made_picture(self) -> QImage:
        if self._picture is None:
            ratio = self.devicePixelRatioF()
            picture = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
            picture.setDevicePixelRatio(ratio)
            picture.fill(self._theme.tokens.field)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for line in self._lines or self._shown_stroke():
                for index in range(len(line.points)):
                    self._draw_step(painter, line, index)
            painter.end()
            self._picture = picture
        return self._picture

    def _shown_stroke(self) -> tuple[_Line, ...]:
        """A stroke whose pressure rises evenly to its middle and falls again."""
        if not self._shows_stroke:
            return ()
        steps, (width, height) = 120, (self.width(), self.height())
        points = [
            (
                width * (0.08 + 0.84 * t),
                height * (0.45 - 0.16 * sin(2 * pi * t)),
                1.0 - abs(2.0 * t - 1.0),
            )
            for t in (step / steps for step in range(steps + 1))
        ]  # fmt: skip
        return (_Line("", points),)

    def _draw_last(self, line: _Line) -> None:
        if len(self._lines) == 1 and len(line.points) == 1:
            self._draw_again()  # what stood there while it was empty goes
            return
        painter = QPainter(self._made_picture())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_step(painter, line, len(line.points) - 1)
        painter.end()
        x, y, _ = line.points[-1]
        x0, y0, _ = line.points[-2] if len(line.points) > 1 else line.points[-1]
        box = QRectF(QPointF(x0, y0), QPointF(x, y)).normalized()
        self.update(box.adjusted(-THICK_PX, -THICK_PX, THICK_PX, THICK_PX).toAlignedRect())

    def _draw_step(self, painter: QPainter, line: _Line, index: int) -> None:
        """The line from the point before to this one, growing from the width of one to that of the other."""
        x, y, pressure = line.points[index]
        x0, y0, pressure0 = line.points[max(0, index - 1)]
        ink = self._ink(line.pointer)
        steps = max(1, round(hypot(x - x0, y - y0) / STEP_PX))
        for step in range(steps):
            a, b = step / steps, (step + 1) / steps
            pressed = self._response(pressure0 + (pressure - pressure0) * (a + b) / 2)
            width = THIN_PX + (THICK_PX - THIN_PX) * pressed
            painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            ends = (QPointF(x0 + (x - x0) * t, y0 + (y - y0) * t) for t in (a, b))
            painter.drawLine(*ends)

    def _ink(self, pointer: str) -> QColor:
        tokens = self._theme.tokens
        return {"Eraser": tokens.accent, "Finger": tokens.ready, "": tokens.text_disabled}.get(pointer, tokens.text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._draw_again()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawImage(0, 0, self._made_picture())
        if not self._lines:
            painter.setFont(text_font())
            painter.setPen(self._theme.tokens.text_dim)
            box = self.rect().adjusted(12, 8, -12, -8)
            place = Qt.AlignmentFlag.AlignBottom if self._shows_stroke else Qt.AlignmentFlag.AlignVCenter
            flags = place | Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box, int(flags), self._invitation)
        painter.setPen(self._theme.tokens.hairline)
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()


def device_capabilities(device: QInputDevice) -> tuple[str, ...]:
    """What a device says it reports, in words."""
    able = QInputDevice.Capability
    words = {
        able.Position: "position", able.Area: "area", able.Pressure: "pressure", able.Velocity: "speed",
        able.Hover: "hover", able.Rotation: "rotation", able.XTilt: "tilt\u00a0x", able.YTilt: "tilt\u00a0y",
        able.TangentialPressure: "wheel", able.ZPosition: "height", able.Scroll: "scrolling",
    }  # fmt: skip
    return tuple(word for capability, word in words.items() if device.hasCapability(capability))


def _pressed(buttons: Qt.MouseButton, names: dict[Qt.MouseButton, str]) -> tuple[str, ...]:
    return tuple(name for button, name in names.items() if buttons & button)


def _of_pen(event: QTabletEvent) -> Sample:
    device, able = event.pointingDevice(), QInputDevice.Capability
    feels, turns = device.hasCapability(able.Pressure), device.hasCapability(able.Rotation)
    tilts = device.hasCapability(able.XTilt) or device.hasCapability(able.YTilt)
    # Some drivers report tilt and rotation without announcing them.
    tilt = (event.xTilt(), event.yTilt())
    return _sample(
        event, event.position(),
        pressure=event.pressure() if feels else None,
        tilt=tilt if tilts or any(tilt) else None,
        rotation=event.rotation() if turns or event.rotation() else None,
        buttons=_pressed(event.buttons(), _NAMES),
    )  # fmt: skip


def _of_mouse(event: QMouseEvent) -> Sample:
    return _sample(event, event.position(), buttons=_pressed(event.buttons(), _MOUSE_NAMES))


def _of_finger(event: QTouchEvent, point: QEventPoint, at: QPointF) -> Sample:
    happening: Happening = "move"
    if point.state() == QEventPoint.State.Pressed:
        happening = "press"
    elif point.state() == QEventPoint.State.Released or event.type() == QEvent.Type.TouchCancel:
        happening = "release"
    feels = event.pointingDevice().hasCapability(QInputDevice.Capability.Pressure)
    return _sample(event, at, pressure=point.pressure() if feels else None, happening=happening, finger=point.id() + 1)


def _sample(
    event: QPointerEvent,
    at: QPointF,
    pressure: float | None = None,
    tilt: tuple[float, float] | None = None,
    rotation: float | None = None,
    buttons: tuple[str, ...] = (),
    happening: Happening | None = None,
    finger: int = 0,
) -> Sample:
    device, pointer = event.pointingDevice(), event.pointerType()
    return Sample(
        device=device.name() or "without a name",
        kind=_spaced(str(device.type().name)),
        pointer="Mouse" if pointer == QPointingDevice.PointerType.Generic else str(pointer.name),
        happening=happening or _KINDS.get(event.type(), "move"),
        x=at.x(),
        y=at.y(),
        pressure=pressure,
        tilt=tilt,
        rotation=rotation,
        buttons=buttons,
        capabilities=device_capabilities(device),
        time_s=time_of(event),  # type: ignore[arg-type]
        finger=finger,
    )


def _spaced(name: str) -> str:
    """ "TouchScreen" as "Touch screen"."""
    return "".join(f" {c.lower()}" if c.isupper() and i else c for i, c in enumerate(name))
