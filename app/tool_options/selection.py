"""Options of the selection tools. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from PySide6.QtWidgets import QWidget

from app.session import Session
from app.theme import Theme
from app.tool_options.controls import OptionRow
from app.tools.selection_tool import SelectionOptions
from app.tools.toolbox import Toolbox
from app.widgets.combo import Choice
from app.widgets.scale import Scale

REFERENCES = (
    Choice("layer", "Active layer", tip="Colours are those of the active layer alone"),
    Choice("picture", "All layers", tip="Colours are those of the picture of all visible layers"),
)
GAP_PX = Scale(0, 64, unit=" px")
GROW_PX = Scale(-32, 32, unit=" px")
_FEATHER_PX = Scale(0, 250, 0.5, unit=" px")
_STYLES = (
    Choice("free", "Any size"),
    Choice("ratio", "Fixed ratio"),
    Choice("size", "Fixed size"),
)
_MODES = (
    ("replace", "mode-replace", "New selection"),
    ("add", "mode-add", "Add to the selection (Shift)"),
    ("subtract", "mode-subtract", "Subtract from the selection (Alt)"),
    ("intersect", "mode-intersect", "Intersect with the selection (Shift+Alt)"),
)
_SIDE = Scale(1, 30_000, unit="", curve="log")


class SelectionOptionRow(OptionRow):
    """`extra` adds what only some of the tools have."""

    def __init__(
        self, extra: Callable[[SelectionOptionRow], None], _session: Session, toolbox: Toolbox, theme: Theme
    ) -> None:
        super().__init__(theme, toolbox.selecting)
        self.modes = self.icons("mode", _MODES)
        extra(self)
        self.finish()


def _box(row: SelectionOptionRow) -> None:
    _soft(row)
    row.combo("Size", "style", _STYLES, 108, "Whether the box is of any size, of a ratio, or of a size in pixels")
    width = row.slider("Width", "width", _SIDE, "Width in pixels, or its part of the ratio")
    height = row.slider("Height", "height", _SIDE, "Height in pixels, or its part of the ratio")

    def show(options: SelectionOptions) -> None:
        for slider in (width, height):
            slider.setVisible(options.style != "free")

    row.shows(show)


def _soft(row: SelectionOptionRow) -> None:
    row.slider("Feather", "feather_px", _FEATHER_PX, "How softly the edge of a new selection fades")
    _antialias(row)


def _antialias(row: SelectionOptionRow) -> None:
    row.switch("Anti-alias", "antialias", "Pixels at the edge are selected in part, so that the edge is smooth")


def _wand(row: SelectionOptionRow) -> None:
    row.share("Tolerance", "tolerance", "How different a colour may be and still be selected")
    row.slider("Close gaps", "gap_px", GAP_PX, "The selection does not go through gaps in a line narrower than this")
    row.slider("Grow", "grow_px", GROW_PX, "How far the selection spreads beyond the area, or stays inside it")
    row.combo("Colours of", "reference", REFERENCES, 104, "Where the colours are looked at")
    row.switch("Contiguous", "contiguous", "Only what hangs together with the place that is clicked")
    _antialias(row)


def _colour(row: SelectionOptionRow) -> None:
    row.share("Tolerance", "tolerance", "How different a colour may be and still be selected in full")
    row.share("Fuzziness", "fuzziness", "Over how much more difference the selection fades out")
    row.combo("Colours of", "reference", REFERENCES, 104, "Where the colours are looked at")


#: By tool id.
BUILDERS: Mapping[str, Callable[[Session, Toolbox, Theme], QWidget]] = MappingProxyType({
    "select-rectangle": partial(SelectionOptionRow, _box),
    "select-ellipse": partial(SelectionOptionRow, _box),
    "select-lasso": partial(SelectionOptionRow, _soft),
    "select-polygon": partial(SelectionOptionRow, _soft),
    "select-wand": partial(SelectionOptionRow, _wand),
    "select-colour": partial(SelectionOptionRow, _colour),
})  # fmt: skip
