"""Smudge: drags the paint that is there along with the pen, with a brush of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.session import Session
from app.tools.options import Held
from app.tools.painting import Painting
from app.tools.stroke_tool import StrokeTool
from app.tools.tool import ToolSpec
from canvas.brush import Brush, BrushMode

#: How long paint is dragged by a brush that was not made for it.
_SMUDGE = 0.8


@dataclass(frozen=True, slots=True)
class SmudgeOptions:
    """`all_layers`: paint is picked up from everything that is seen, and put down on the active layer."""

    all_layers: bool = False


class SmudgeTool(StrokeTool):
    """Smudges, whatever the brush was made for."""

    label = "Smudge"
    spec = ToolSpec(
        "smudge", "Smudge", "smudge", "U", "paint", "brush",
        "Drag paint along with the pen. Hold Shift for a straight line.",
    )  # fmt: skip

    def __init__(self, session: Session, painting: Painting, brush: Callable[[], Brush]) -> None:
        super().__init__(session, painting, brush)
        self.options = Held(SmudgeOptions())

    @property
    def all_layers(self) -> bool:
        return self.options.value.all_layers

    def brush(self) -> Brush:
        brush = self._brush()
        if brush.mode is BrushMode.SMUDGE:
            return brush
        return replace(brush, mode=BrushMode.SMUDGE, smudge=brush.smudge or _SMUDGE)
