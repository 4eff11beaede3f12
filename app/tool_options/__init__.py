"""What the options bar shows for a tool: one module a tool or family, found by the tool's id. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtWidgets import QWidget

from app.session import Session
from app.theme import Theme
from app.tool_options import selection
from app.tool_options.crop import CropOptionRow
from app.tool_options.fill import FillOptionRow
from app.tool_options.gradient import GradientOptionRow
from app.tool_options.move import MoveOptionRow
from app.tool_options.picker import PickerOptionsBar
from app.tool_options.transform import TransformOptionRow
from app.tools.toolbox import Toolbox

#: Tools that paint with a brush of their own: they share `brush.BrushOptions`.
BRUSH_TOOLS = ("brush", "eraser", "smudge", "mask", "symmetry-axes")

#: By tool id. A tool without options shows its hint.
BUILDERS: Mapping[str, Callable[[Session, Toolbox, Theme], QWidget]] = MappingProxyType({
    "picker": PickerOptionsBar, "fill": FillOptionRow, "gradient": GradientOptionRow, **selection.BUILDERS,
    "move": MoveOptionRow, "transform": TransformOptionRow, "crop": CropOptionRow,
})  # fmt: skip
