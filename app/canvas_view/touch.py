"""Fingers on the canvas: two move, magnify and turn the view, two or three that only tap undo and redo. GUI thread.

One finger paints until a pen has been seen; from then on it moves the view, and a hand that rests beside the pen does
nothing. What one finger began is taken back when a second one follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import atan2, degrees, hypot
from typing import Literal, Protocol, TypeAlias

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEventPoint, QTouchEvent

from app.canvas_view.tablet import PointerInput, time_of
from app.canvas_view.turning import Turning
from app.canvas_view.viewport import Point, Viewport
from app.tools.pointer import PointerEvent
from app.tools.toolbox import Toolbox

#: Fingers that are lifted within this time have tapped, ...
TAP_S = 0.25
#: ... if none of them moved farther than this; the view stays where it is until one has. Logical pixels.
TAP_PX = 8.0

#: The first finger of several is waited for: what one finger does begins so long after it touched, or when it moves.
HESITATION_S = 0.08

Doing: TypeAlias = Literal["paints", "looks", "nothing"]
"""What the fingers that are down do."""


@dataclass(frozen=True, slots=True)
class Pinch:
    """Two fingers on the view: their middle, their distance in logical pixels and their direction in degrees."""

    middle: Point
    span_px: float
    angle_deg: float = 0.0

    @staticmethod
    def of(a: QPointF, b: QPointF) -> Pinch:
        dx, dy = b.x() - a.x(), b.y() - a.y()
        return Pinch(((a.x() + b.x()) / 2, (a.y() + b.y()) / 2), max(1.0, hypot(dx, dy)), degrees(atan2(dy, dx)))


def pinched(view: Viewport, before: Pinch, now: Pinch, turning: Turning) -> Viewport:
    """The view after two fingers moved: the picture follows them, drawn upright when it is nearly so."""
    moved = view.panned(now.middle[0] - before.middle[0], now.middle[1] - before.middle[1])
    by = (now.angle_deg - before.angle_deg + 180.0) % 360.0 - 180.0
    angle = turning.turned(view.rotation_deg, by)
    return moved.zoomed(now.span_px / before.span_px, *now.middle).turned_to(angle, *now.middle)


class TouchedView(Protocol):
    """What fingers ask of a view."""

    @property
    def viewport(self) -> Viewport: ...
    def set_viewport(self, viewport: Viewport) -> None: ...
    def pan(self, dx: float, dy: float) -> None: ...
    def mapFromGlobal(self, at: QPointF, /) -> QPointF: ...


class Brushwork(Protocol):
    """Where the points of a painting finger go."""

    def press(self, point: PointerEvent) -> None: ...
    def move(self, point: PointerEvent, *, touches: bool) -> None: ...
    def release(self, point: PointerEvent) -> None: ...


class TouchInput:
    """`pen_seen`: a pen is in use."""

    def __init__(
        self,
        view: TouchedView,
        toolbox: Toolbox,
        points: PointerInput,
        brushwork: Brushwork,
        pen_seen: Callable[[], bool],
    ) -> None:
        self._view, self._toolbox, self._points, self._brushwork = view, toolbox, points, brushwork
        self._pen_seen = pen_seen
        self._turning = Turning()
        self._doing: Doing = "nothing"
        self._began_s = 0.0
        self._most = 0  # fingers at once
        self._moved = False
        self._starts: dict[int, QPointF] = {}
        self._before: dict[int, QPointF] = {}
        self._waiting: list[PointerEvent] = []
        self._pressed = False

    def take(self, event: QTouchEvent) -> None:
        """Every touch event of the view."""
        event.accept()
        if event.type() == QEvent.Type.TouchCancel:
            self.give_up()
            return
        down = {
            point.id(): self._view.mapFromGlobal(point.globalPosition())
            for point in event.points()
            if point.state() != QEventPoint.State.Released
        }
        if event.type() == QEvent.Type.TouchBegin:
            self._begin(event)
        for finger, at in down.items():
            start = self._starts.setdefault(finger, at)
            self._moved = self._moved or hypot(at.x() - start.x(), at.y() - start.y()) > TAP_PX
        self._most = max(self._most, len(down))
        if self._doing == "paints":
            self._paint(event, down)
        elif self._doing == "looks" and self._moved:
            self._look(down)
        if not down:
            self._end(event)
        self._before = down

    def give_up(self) -> None:
        """A pen has come, or the system has taken the fingers over: what they began never was."""
        self._take_back()
        self._doing = "nothing"

    def _take_back(self) -> None:
        if self._pressed:
            self._toolbox.cancel()
        self._waiting, self._pressed = [], False

    def _begin(self, event: QTouchEvent) -> None:
        self._starts, self._before = {}, {}
        self._began_s, self._most, self._moved = time_of(event), 0, False
        self._waiting, self._pressed = [], False
        # A gesture that is open belongs to a pen or a mouse.
        palm = self._toolbox.in_gesture or self._points.is_palm(self._began_s)
        self._doing = "nothing" if palm else "looks" if self._pen_seen() else "paints"

    def _paint(self, event: QTouchEvent, down: Mapping[int, QPointF]) -> None:
        if len(down) > 1:
            self._take_back()
            self._doing = "looks"
            return
        at = self._view.mapFromGlobal(event.points()[0].globalPosition())
        point = self._points.from_finger(at, event, self._view.viewport)
        self._waiting.append(point)
        if down and not self._moved and time_of(event) - self._began_s < HESITATION_S:
            return
        for waiting in self._waiting:
            if self._pressed:
                self._brushwork.move(waiting, touches=True)
            else:
                self._brushwork.press(waiting)
                self._pressed = True
        self._waiting = []
        if not down:
            self._brushwork.release(point)
            self._pressed = False

    def _look(self, down: Mapping[int, QPointF]) -> None:
        """The picture follows; a finger that came or went moves nothing by that."""
        if down.keys() != self._before.keys():
            return
        before, now = list(self._before.values()), list(down.values())
        if len(down) >= 2:
            pinches = Pinch.of(*before[:2]), Pinch.of(*now[:2])
            self._view.set_viewport(pinched(self._view.viewport, *pinches, self._turning))
        elif self._most == 1:
            self._view.pan(now[0].x() - before[0].x(), now[0].y() - before[0].y())

    def _end(self, event: QTouchEvent) -> None:
        tapped = self._doing == "looks" and not self._moved and time_of(event) - self._began_s < TAP_S
        self._doing = "nothing"
        if tapped and self._most == 2:
            self._toolbox.undo()
        elif tapped and self._most == 3:
            self._toolbox.redo()
