"""Options of the gradient tool. GUI thread only."""

from __future__ import annotations

from typing import cast

from app.session import Session
from app.theme import Theme
from app.tool_options.controls import OptionRow
from app.tools.gradient import GradientTool
from app.tools.toolbox import Toolbox
from app.widgets.combo import Choice

_SHAPES = (
    Choice("linear", "Linear", tip="Straight across, from where you press to where you lift"),
    Choice("radial", "Radial", tip="Around where you press, as far as where you lift"),
    Choice("reflected", "Reflected", tip="To both sides of where you press"),
    Choice("angle", "Angle", tip="Once around where you press"),
)
_ENDS = (
    Choice("background", "To background colour"),
    Choice("transparent", "To transparent"),
)


class GradientOptionRow(OptionRow):
    def __init__(self, _session: Session, toolbox: Toolbox, theme: Theme) -> None:
        super().__init__(theme, cast(GradientTool, toolbox.tool("gradient")).options)
        self.combo("Shape", "shape", _SHAPES, 104, "How colour runs about the line that is dragged")
        self.combo("Colours", "ends", _ENDS, 164, "What the foreground colour changes to")
        self.switch("Reverse", "reversed", "The other way round")
        self.share("Opacity", "opacity", "How opaque the gradient is laid on")
        self.finish()
