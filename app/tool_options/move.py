"""Options of the move tool. GUI thread only."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from app.session import Session
from app.theme import Theme
from app.tool_options.fitting import FittingRow
from app.tools.toolbox import Toolbox

_KEYS = "Shift keeps to an axis, Alt moves a copy, arrow keys move by a pixel"


class MoveOptionRow(FittingRow):
    def __init__(self, _session: Session, toolbox: Toolbox, theme: Theme) -> None:
        super().__init__(theme, toolbox.moving.options)
        self.auto = self.switch(
            "Take layer under pointer", "auto_select",
            "A press takes the layer that is seen under the pointer; Ctrl does the opposite for one press",
        )  # fmt: skip
        keys = QLabel(_KEYS)
        keys.setProperty("dim", True)
        self._row.addWidget(keys)
        self.may_hide(keys)
        self.finish()
