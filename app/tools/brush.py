"""Brush: paints with the artist's colour on the active layer, its mask or the selection; or erases, when told to."""

from __future__ import annotations

from dataclasses import replace

from app.tools.stroke_tool import StrokeTool
from app.tools.tool import ToolSpec
from canvas.brush import Brush, BrushMode


class BrushTool(StrokeTool):
    label = "Brush stroke"
    spec = ToolSpec(
        "brush", "Brush", "brush", "B", "paint", "brush",
        "Paint on the active layer. Hold Ctrl to pick a colour, Shift for a straight line; the pen's other end erases.",
    )  # fmt: skip

    def brush(self) -> Brush:
        brush = self._brush()
        return replace(brush, mode=BrushMode.ERASE) if self._painting.erasing.value.with_brush else brush
