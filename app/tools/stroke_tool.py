"""What brush, eraser and mask tool share: a stroke as one gesture of the document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.session import Session
from app.tools.pointer import PointerEvent
from app.tools.shapes import Circle, Shape
from app.tools.targets import active_id
from app.tools.tool import Tool
from canvas.brush import Brush, StrokePoint
from canvas.document import Document
from canvas.edits import EditError
from canvas.layers import LayerId
from canvas.stroke import Stroke


@dataclass(slots=True)
class _Open:
    """The stroke under way, and the points that came since the last display frame."""

    document: Document
    stroke: Stroke
    points: list[StrokePoint] = field(default_factory=list)


class StrokeTool(Tool):
    """Every point of the pen is kept until `flush`, which rasterises all of them in one go; none is dropped.

    `brush` gives the brush that this tool paints with now. Subclasses say which layer a stroke goes to.
    """

    label = "Stroke"

    def __init__(self, session: Session, brush: Callable[[], Brush]) -> None:
        self._session = session
        self._brush = brush
        self._open: _Open | None = None
        self._at: tuple[float, float] | None = None

    def target(self) -> LayerId:
        """The layer to paint on. Raises EditError when there is none."""
        return active_id(self._session)

    def press(self, event: PointerEvent) -> None:
        if event.button != "left":
            return
        try:
            target = self.target()
            document = self._session.document
            stroke = Stroke(document.state, target, self._brush(), self._session.settings.colour)
        except EditError as reason:
            self._session.message.emit(str(reason))
            return
        document.begin(self.label)
        self._open = _Open(document, stroke)
        self.move(event)

    def move(self, event: PointerEvent) -> None:
        self._at = event.x, event.y
        if self._open is not None:
            self._open.points.append(_point(event))

    def hover(self, event: PointerEvent) -> None:
        self._at = event.x, event.y

    def leave(self) -> None:
        self._at = None

    def flush(self) -> None:
        if self._open is not None and self._open.points:
            points, self._open.points = self._open.points, []
            self._open.stroke.add(points)
            self._open.document.update(self._open.stroke.freeze())

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        opened, self._open = self._open, None
        if opened is not None:
            opened.stroke.add(opened.points)
            opened.document.update(opened.stroke.finish())
            opened.document.commit()
            self._session.gesture_ended()

    def cancel(self) -> None:
        opened, self._open = self._open, None
        if opened is not None and opened.document.in_gesture:
            opened.document.rollback()
            self._session.gesture_ended()

    def overlay(self) -> tuple[Shape, ...]:
        if self._at is None:
            return ()
        return (Circle(*self._at, self._brush().size_px / 2),)


def _point(event: PointerEvent) -> StrokePoint:
    return StrokePoint(event.x, event.y, event.pressure, event.tilt_x, event.tilt_y, event.time_s)
