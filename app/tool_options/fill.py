"""Options of the fill tool. GUI thread only."""

from __future__ import annotations

from typing import cast

from app.session import Session
from app.theme import Theme
from app.tool_options.controls import OptionRow
from app.tool_options.selection import GAP_PX, GROW_PX, REFERENCES
from app.tools.fill import FillTool
from app.tools.toolbox import Toolbox


class FillOptionRow(OptionRow):
    def __init__(self, _session: Session, toolbox: Toolbox, theme: Theme) -> None:
        super().__init__(theme, cast(FillTool, toolbox.tool("fill")).options)
        self.share("Tolerance", "tolerance", "How different a colour may be and still be filled")
        self.slider("Close gaps", "gap_px", GAP_PX, "Colour does not go through gaps in a line narrower than this")
        self.slider("Grow", "grow_px", GROW_PX, "How far colour spreads under the lines around an area")
        self.share("Opacity", "opacity", "How opaque the colour is laid on")
        self.combo("Colours of", "reference", REFERENCES, 104, "Where the fill sees the lines that hold it")
        self.switch("Contiguous", "contiguous", "Only what hangs together with the place that is clicked")
        self.switch("Anti-alias", "antialias", "Pixels at the edge are filled in part, so that the edge is smooth")
        self.switch("Erase", "how", "Takes paint away instead of laying it on; so does the pen's other end",
                    on="erase", off="paint")  # fmt: skip
        self.finish()
