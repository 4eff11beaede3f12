"""Ellipse selection."""

from __future__ import annotations

from math import cos, pi, sin

from app.tools.select_rectangle import BoxSelectionTool
from app.tools.shapes import Outline, Shape
from app.tools.tool import ToolSpec
from canvas import selection
from canvas.geometry import Rect
from canvas.tiles import Surface

_CORNERS = 72


class EllipseSelectionTool(BoxSelectionTool):
    spec = ToolSpec(
        "select-ellipse", "Ellipse selection", "select-ellipse", "Shift+S", "select", "cross",
        "Drag to select an ellipse. Shift adds or makes a circle, Alt subtracts or starts in the middle.", "select",
    )  # fmt: skip

    def shape(self, box: Rect) -> Surface:
        return selection.ellipse(box.x0, box.y0, box.x1, box.y1, self._session.document.state.rect)

    def outline(self, box: Rect) -> Shape:
        angles = [2 * pi * i / _CORNERS for i in range(_CORNERS)]
        cx, cy = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        points = tuple((cx + box.width / 2 * cos(a), cy + box.height / 2 * sin(a)) for a in angles)
        return Outline(points, dashed=True)
