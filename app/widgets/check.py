"""A box to tick, with its text beside it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.icons import paint_icon
from app.theme import CONTROL_PX, Theme

_BOX_PX = 14.0
_GAP_PX = 6.0


class Check(QAbstractButton):
    """`clicked(on)` is emitted for what the artist does, never for `setChecked`."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(text)
        self.setCheckable(True)
        self.setFixedHeight(CONTROL_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(int(_BOX_PX + _GAP_PX + QFontMetricsF(self.font()).horizontalAdvance(self.text())) + 2, CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.5, (self.height() - _BOX_PX) / 2 + 0.5, _BOX_PX - 1, _BOX_PX - 1)
        edge = tokens.focus if self.hasFocus() or self.underMouse() else tokens.slider_fill
        painter.setPen(QPen(edge, 1))
        painter.setBrush(tokens.field)
        painter.drawRoundedRect(box, 2, 2)
        ink = tokens.text if self.isEnabled() else tokens.text_disabled
        if self.isChecked():
            paint_icon(painter, "check", box.center(), ink, int(_BOX_PX) - 2)
        painter.setPen(ink)
        baseline = (self.height() + QFontMetricsF(self.font()).capHeight()) / 2
        painter.drawText(QPointF(_BOX_PX + _GAP_PX, baseline), self.text())
        painter.end()
