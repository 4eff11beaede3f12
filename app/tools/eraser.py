"""Eraser: takes paint away from the active layer, with a brush of its own."""

from __future__ import annotations

from dataclasses import replace

from app.tools.stroke_tool import StrokeTool
from app.tools.tool import ToolSpec
from canvas.brush import Brush, BrushMode


class EraserTool(StrokeTool):
    """Erases, whatever the brush was made for."""

    label = "Erase"
    spec = ToolSpec(
        "eraser", "Eraser", "eraser", "E", "paint", "brush",
        "Take paint away from the active layer. Hold Shift for a straight line.",
    )  # fmt: skip

    def brush(self) -> Brush:
        return replace(self._brush(), mode=BrushMode.ERASE)
