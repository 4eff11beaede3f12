"""Eraser: takes paint away from the active layer, with a brush of its own."""

from __future__ import annotations

from app.tools.stroke_tool import StrokeTool
from app.tools.tool import ToolSpec


class EraserTool(StrokeTool):
    label = "Erase"
    spec = ToolSpec("eraser", "Eraser", "eraser", "E", "paint", "brush", "Take paint away from the active layer.")
