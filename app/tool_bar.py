"""The tools at the left, in their groups; the one in the hand is marked."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import groupby

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.actions import key_text
from app.theme import Theme
from app.tools.tool import ToolSpec
from app.tools.toolbox import Toolbox
from app.widgets.buttons import TOOL_PX, IconButton

WIDTH_PX = 44


class ToolBar(QWidget):
    """`keys(tool)`: the keys of a tool in the scheme in use."""

    def __init__(self, toolbox: Toolbox, theme: Theme, keys: Callable[[ToolSpec], tuple[str, ...]]) -> None:
        super().__init__()
        self.setObjectName("tools")
        self.setFixedWidth(WIDTH_PX)
        self._toolbox = toolbox
        self._keys = keys
        self.buttons: dict[str, IconButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(3)
        for number, (_, specs) in enumerate(groupby(toolbox.tools, lambda spec: spec.group)):
            if number:
                column.addWidget(_Line(theme))
            for spec in specs:
                button = IconButton(theme, spec.icon, spec.label, TOOL_PX)
                button.setCheckable(True)
                button.clicked.connect(lambda _on=False, tool=spec.id: self._select(tool))
                self.buttons[spec.id] = button
                column.addWidget(button)
        column.addStretch(1)
        toolbox.changed.connect(self._show)
        self.show_keys()
        self._show()

    def show_keys(self) -> None:
        """Renew the tips after another scheme of keys was chosen."""
        for spec in self._toolbox.tools:
            keys = key_text(self._keys(spec))
            title = f"{spec.label} ({keys})" if keys else spec.label
            self.buttons[spec.id].setToolTip(f"<p><b>{escape(title)}.</b> {escape(spec.hint)}</p>")

    def _select(self, tool_id: str) -> None:
        self._toolbox.select(tool_id)
        self._show()

    def _show(self) -> None:
        for tool_id, button in self.buttons.items():
            button.setChecked(tool_id == self._toolbox.active_id)


class _Line(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(9)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 4, self.width(), 1), self._theme.tokens.hairline)
        painter.end()
