"""Rectangle selection: drag to limit what is painted and filled; a click selects everything again."""

from __future__ import annotations

from math import ceil, floor

from app.session import Session
from app.tools.pointer import PointerEvent
from app.tools.shapes import Marquee, Shape
from app.tools.tool import Tool, ToolSpec
from canvas import edits, fill
from canvas.geometry import EMPTY, Rect
from canvas.tiles import Surface


class RectangleSelectionTool(Tool):
    spec = ToolSpec(
        "select-rectangle", "Rectangle selection", "select-rect", "S", "select", "cross",
        "Drag to select a rectangle: only there is painted. Click to select everything.",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self._session = session
        self._start: PointerEvent | None = None
        self._rect = EMPTY
        self._edge: tuple[Surface | None, Rect] = (None, EMPTY)

    def press(self, event: PointerEvent) -> None:
        if event.button == "left":
            self._start, self._rect = event, EMPTY

    def move(self, event: PointerEvent) -> None:
        if self._start is not None:
            self._rect = _between(self._start, event) & self._session.document.state.rect

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        if self._start is None:
            return
        self._start = None
        selection = rectangle(self._rect) if self._rect else None
        label = "Select rectangle" if selection is not None else "Select everything"
        self._session.document.edit(label, lambda state: edits.set_selection(state, selection))

    def cancel(self) -> None:
        self._start = None

    def overlay(self) -> tuple[Shape, ...]:
        """The rectangle being dragged, else the edge of the selection."""
        if self._start is not None:
            return (Marquee(self._rect),) if self._rect else ()
        selection = self._session.document.state.selection
        if selection is not self._edge[0]:
            self._edge = selection, EMPTY if selection is None else selection.content_bounds()
        return (Marquee(self._edge[1]),) if self._edge[1] else ()


def rectangle(rect: Rect) -> Surface:
    """The selection of a rectangle: one channel; tiles that look alike are one object."""
    solid = fill.solid(rect, edits.WHITE).tiles
    alpha = {id(tile): tile[..., 3:].copy() for tile in solid.values()}
    for tile in alpha.values():
        tile.flags.writeable = False
    return Surface({key: alpha[id(tile)] for key, tile in solid.items()}, channels=1)


def _between(a: PointerEvent, b: PointerEvent) -> Rect:
    """All pixels that the box from `a` to `b` touches, nothing when the pointer has hardly moved."""
    if abs(a.view_x - b.view_x) < 2 and abs(a.view_y - b.view_y) < 2:
        return EMPTY
    return Rect(floor(min(a.x, b.x)), floor(min(a.y, b.y)), ceil(max(a.x, b.x)), ceil(max(a.y, b.y)))
