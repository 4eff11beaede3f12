"""What brush, eraser, smudge and mask tool share: a stroke as one gesture of the document. No Qt, no clock.

With Shift held when the pen touches, the stroke is a straight line: a click draws it from the end of the last stroke,
a drag from where the pen touched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import hypot

from app.session import Session
from app.tools.painting import Painting
from app.tools.pointer import Modifier, PointerEvent
from app.tools.shapes import Circle, Outline, Shape
from app.tools.targets import active_id
from app.tools.tool import Tool
from canvas.brush import UNSTEADIED, Brush, BrushMode, StrokePoint
from canvas.document import Document
from canvas.edits import EditError
from canvas.paint_target import Target
from canvas.state import DocumentState
from canvas.stroke import Stroke

#: A pen that has gone farther on the screen than this no longer clicks, it drags.
CLICK_PX = 6.0
#: A straight line is drawn as if the pen had gone this fast, in document pixels a second.
_LINE_SPEED_PX_S = 1000.0


@dataclass(slots=True)
class _Line:
    """A straight line under way. `pressed`: where the pen touched; `start`: where the line begins."""

    pressed: PointerEvent
    start: tuple[float, float]
    pressure: float


@dataclass(slots=True)
class _Open:
    """The stroke under way, and the points that came since the last display frame."""

    document: Document
    before: DocumentState
    begin: Callable[[Brush], Stroke]
    brush: Brush
    stroke: Stroke
    points: list[StrokePoint] = field(default_factory=list)
    line: _Line | None = None


class StrokeTool(Tool):
    """Every point of the pen is kept until `flush`, which draws all of them in one go; none is dropped.

    `brush` gives the brush that this tool paints with now. Subclasses say what a stroke goes to.
    """

    label = "Stroke"

    def __init__(self, session: Session, painting: Painting, brush: Callable[[], Brush]) -> None:
        self._session = session
        self._painting = painting
        self._brush = brush
        self._open: _Open | None = None
        self._at: PointerEvent | None = None

    def target(self) -> Target:
        """What to paint on. Raises EditError when there is nothing."""
        plane = self._session.plane
        return Target(self._session.active if plane == "selection" else active_id(self._session), plane)

    def brush(self) -> Brush:
        """The brush as this tool uses it."""
        return self._brush()

    @property
    def all_layers(self) -> bool:
        """A smudging brush picks up what is seen, not only what is on its layer."""
        return False

    def press(self, event: PointerEvent) -> None:
        self._at = event
        if event.button != "left":
            return
        document, brush = self._session.document, self.brush()
        straight = bool(event.modifiers & Modifier.SHIFT)
        if straight:
            brush = replace(brush, stabiliser=UNSTEADIED)
        try:
            target = self.target()
            begin = self._beginning(document.state, target, event.scale)
            stroke = begin(brush)
        except EditError as reason:
            self._session.message.emit(str(reason))
            return
        opened = _Open(document, document.state, begin, brush, stroke)
        document.begin(self.label)
        if straight:
            start = self._painting.last_end or (event.x, event.y)
            opened.line = _Line(event, start, event.pressure)
        self._open = opened
        self.move(event)

    def _beginning(self, state: DocumentState, target: Target, scale: float) -> Callable[[Brush], Stroke]:
        colour, all_layers = self._session.settings.colour, self.all_layers
        images, symmetry = self._painting.images, self._painting.symmetry.value

        def begin(brush: Brush) -> Stroke:
            return Stroke(
                state, target, brush, colour, images=images, symmetry=symmetry, scale=scale, all_layers=all_layers
            )

        return begin

    def move(self, event: PointerEvent) -> None:
        self._at = event
        opened = self._open
        if opened is None:
            return
        if opened.line is None:
            opened.points.append(_point(event))
        else:
            _stretch(opened.line, event)
            opened.points = _along(opened.line, event)

    def hover(self, event: PointerEvent) -> None:
        self._at = event

    def leave(self) -> None:
        self._at = None

    def flush(self) -> None:
        opened = self._open
        if opened is None or not opened.points:
            return
        points, opened.points = opened.points, []
        if opened.line is None:
            opened.stroke.add(points)
            opened.document.update(opened.stroke.freeze())
        else:
            # The line as it is now takes the place of the one that was shown.
            opened.document.update(_whole(opened, points))

    @property
    def restless(self) -> bool:
        return self._open is not None and self._open.line is None and self._open.stroke.restless

    def rest(self, seconds: float) -> None:
        if self._open is not None and self._open.line is None:
            self._open.stroke.rest(seconds)
            self._open.document.update(self._open.stroke.freeze())

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        opened, self._open = self._open, None
        if opened is None:
            return
        if opened.line is None:
            opened.stroke.add(opened.points)
            opened.document.update(opened.stroke.finish())
        elif opened.points:
            opened.document.update(_whole(opened, opened.points))
        opened.document.commit()
        if self._at is not None:
            self._painting.last_end = self._at.x, self._at.y
        if opened.brush.mode is BrushMode.PAINT and opened.document.state is not opened.before:
            self._session.colour_used.emit(self._session.settings.colour)
        self._session.gesture_ended()

    def cancel(self) -> None:
        opened, self._open = self._open, None
        if opened is not None and opened.document.in_gesture:
            opened.document.rollback()
            self._session.gesture_ended()

    def overlay(self) -> tuple[Shape, ...]:
        axes = self._painting.axes()
        if self._at is None:
            return axes
        here = self._at.x, self._at.y
        shown: tuple[Shape, ...] = (*axes, Circle(*here, self.brush().size_px / 2))
        last = self._painting.last_end
        if self._open is None and last is not None and self._at.modifiers & Modifier.SHIFT:
            return (*shown, Outline((last, here), closed=False))
        return shown


def _point(event: PointerEvent) -> StrokePoint:
    return StrokePoint(event.x, event.y, event.pressure, event.tilt_x, event.tilt_y, event.time_s)


def _stretch(line: _Line, event: PointerEvent) -> None:
    pressed = line.pressed
    line.pressure = max(line.pressure, event.pressure)
    if hypot(event.view_x - pressed.view_x, event.view_y - pressed.view_y) > CLICK_PX:
        line.start = pressed.x, pressed.y


def _along(line: _Line, event: PointerEvent) -> list[StrokePoint]:
    """The line as points of a pen that went along it evenly."""
    x, y = line.start
    # The end of a click is where the pen touched: lifting it moves it a little.
    end = event if line.start == (line.pressed.x, line.pressed.y) else line.pressed
    seconds = hypot(end.x - x, end.y - y) / _LINE_SPEED_PX_S
    pressed = line.pressed
    first = StrokePoint(x, y, line.pressure, pressed.tilt_x, pressed.tilt_y, 0.0)
    return [first, replace(first, x=end.x, y=end.y, time_s=seconds)]


def _whole(opened: _Open, points: list[StrokePoint]) -> DocumentState:
    stroke = opened.begin(opened.brush)
    stroke.add(points)
    return stroke.finish()
