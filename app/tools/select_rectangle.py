"""Rectangle selection, and what it shares with the ellipse: a box that is dragged open."""

from __future__ import annotations

from math import ceil, floor

from app import selection_intents
from app.session import Session
from app.tools.options import Held
from app.tools.pointer import Modifier, PointerEvent
from app.tools.selection_edge import SelectionEdge
from app.tools.selection_tool import SelectionOptions, SelectionTool, far_from
from app.tools.shapes import Marquee, Shape
from app.tools.tool import ToolSpec
from canvas import selection
from canvas.geometry import EMPTY, Rect
from canvas.tiles import Surface


class BoxSelectionTool(SelectionTool):
    """Drags a box open; Shift makes it square, Alt keeps the start in its middle. A click deselects."""

    def __init__(self, session: Session, edge: SelectionEdge, options: Held[SelectionOptions]) -> None:
        super().__init__(session, edge, options)
        self._start: PointerEvent | None = None
        self._box = EMPTY

    def shape(self, box: Rect) -> Surface:
        """The selection that a box makes."""
        raise NotImplementedError

    def outline(self, box: Rect) -> Shape:
        """How it is shown while it is dragged."""
        raise NotImplementedError

    def begin(self, event: PointerEvent) -> None:
        self._start = event
        self._box = box_between(event, event, self.options.value, Modifier.NONE)

    def drag(self, event: PointerEvent) -> None:
        if self._start is not None:
            self._box = box_between(self._start, event, self.options.value, self.shaping(event))

    def end(self) -> None:
        start, box = self._start, self._box
        self.abandon()
        if start is None:
            return
        if box:
            self.apply(self.shape(box))
        elif self._mode == "replace" and self._session.document.state.selection is not None:
            selection_intents.select_none(self._session)

    def abandon(self) -> None:
        self._start, self._box = None, EMPTY

    def click(self, event: PointerEvent) -> None:
        if self.options.value.style == "size":
            self.begin(event)
            self.end()
        else:
            super().click(event)

    def overlay(self) -> tuple[Shape, ...]:
        return (self.outline(self._box),) if self._box else ()


class RectangleSelectionTool(BoxSelectionTool):
    spec = ToolSpec(
        "select-rectangle", "Rectangle selection", "select-rect", "S", "select", "cross",
        "Drag to select a rectangle: only there is painted. Shift adds or makes a square, Alt subtracts.", "select",
    )  # fmt: skip

    def shape(self, box: Rect) -> Surface:
        return selection.rectangle(box & self._session.document.state.rect)

    def outline(self, box: Rect) -> Shape:
        return Marquee(box)


def box_between(start: PointerEvent, now: PointerEvent, options: SelectionOptions, keys: Modifier) -> Rect:
    """The box in whole pixels that a drag opens; empty when the pointer has hardly moved."""
    if options.style == "size":
        x, y = floor(now.x), floor(now.y)
        return Rect(x, y, x + max(1, round(options.width)), y + max(1, round(options.height)))
    if not far_from(start, now):
        return EMPTY
    dx, dy = now.x - start.x, now.y - start.y
    ratio = options.width / options.height if options.style == "ratio" else 1.0
    if options.style == "ratio" or keys & Modifier.SHIFT:
        width = max(abs(dx), abs(dy) * ratio)
        dx, dy = (width if dx >= 0 else -width), (width / ratio if dy >= 0 else -width / ratio)
    x0, y0 = (start.x - dx, start.y - dy) if keys & Modifier.ALT else (start.x, start.y)
    x1, y1 = start.x + dx, start.y + dy
    return Rect(*_edges(x0, y0, x1, y1))


def _edges(x0: float, y0: float, x1: float, y1: float) -> tuple[int, int, int, int]:
    """The nearest edges of pixels; at least one pixel."""
    left, right = _span(min(x0, x1), max(x0, x1))
    top, bottom = _span(min(y0, y1), max(y0, y1))
    return left, top, right, bottom


def _span(low: float, high: float) -> tuple[int, int]:
    first, last = floor(low + 0.5), floor(high + 0.5)
    return (first, last) if last > first else (floor(low), max(floor(low) + 1, ceil(high)))
