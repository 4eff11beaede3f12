"""Brush: paints with the artist's colour on the active layer."""

from __future__ import annotations

from app.tools.stroke_tool import StrokeTool
from app.tools.tool import ToolSpec


class BrushTool(StrokeTool):
    label = "Brush stroke"
    spec = ToolSpec(
        "brush", "Brush", "brush", "B", "paint", "brush",
        "Paint on the active layer. Hold Ctrl to pick a colour; the pen's other end erases.",
    )  # fmt: skip
