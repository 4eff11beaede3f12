"""What the options bar shows for a tool: one module a tool or family, found by the tool's id. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtWidgets import QWidget

from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox

#: Tools that paint with a brush of their own: they share `brush.BrushOptions`.
BRUSH_TOOLS = ("brush", "eraser", "mask")

#: By tool id. A tool without options shows its hint.
BUILDERS: Mapping[str, Callable[[Session, Toolbox, Theme], QWidget]] = MappingProxyType({})
