"""Brush size by dragging: right and left change the diameter, up and down the hardness. Not on the tool bar: it is what
Alt with the right button does while a brush is in the hand."""

from __future__ import annotations

from dataclasses import replace

from app.session import Session
from app.tools.pointer import PointerEvent
from app.tools.shapes import Circle, Shape
from app.tools.tool import Tool, ToolSpec
from canvas.brush import MAX_SIZE_PX, Brush

#: Dragging so many logical pixels up or down goes from soft to hard.
_FULL_HARDNESS_PX = 300.0


class BrushSizeTool(Tool):
    spec = ToolSpec("brush-size", "Brush size", "brush", "", "paint", "arrow", "Drag to change the size of the brush.")

    def __init__(self, session: Session) -> None:
        self._session = session
        self._drag: tuple[PointerEvent, Brush] | None = None

    def press(self, event: PointerEvent) -> None:
        self._drag = event, self._session.settings.brush

    def move(self, event: PointerEvent) -> None:
        if self._drag is None:
            return
        start, brush = self._drag
        size = brush.size_px + (event.view_x - start.view_x) / event.scale
        hardness = brush.hardness + (start.view_y - event.view_y) / _FULL_HARDNESS_PX
        self._session.set_brush(
            replace(
                self._session.settings.brush,
                size_px=min(MAX_SIZE_PX, max(1.0, size)),
                hardness=min(1.0, max(0.0, hardness)),
            )
        )

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self._drag = None

    def finish(self) -> None:
        self._drag = None

    def cancel(self) -> None:
        """The brush is as it was."""
        if self._drag is not None:
            self._session.set_brush(self._drag[1])
            self._drag = None

    def overlay(self) -> tuple[Shape, ...]:
        if self._drag is None:
            return ()
        start, _ = self._drag
        return (Circle(start.x, start.y, self._session.settings.brush.size_px / 2),)
