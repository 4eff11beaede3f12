"""`Bar`: how the quiet bars below the canvas look: a line above, a dot that says how much it matters. GUI thread."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.theme import MARGIN_PX, Theme

_DOT_PX = 7


class Bar(QWidget):
    """`dot`: the theme's colour of it. `dot_y`: how far from the top it is, in the middle when None."""

    def __init__(
        self, theme: Theme, dot: Literal["accent", "waiting", "broken"], dot_y: int | None = None,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._theme, self._dot, self._dot_y = theme, dot, dot_y

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tokens.raised)
        painter.fillRect(0, 0, self.width(), 1, tokens.hairline)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush({"accent": tokens.accent, "waiting": tokens.waiting, "broken": tokens.broken}[self._dot])
        y = (self.height() - _DOT_PX) // 2 + 1 if self._dot_y is None else self._dot_y
        painter.drawEllipse(MARGIN_PX, y, _DOT_PX, _DOT_PX)
        painter.end()
