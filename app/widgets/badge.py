"""A small rounded word in quiet colours, such as the role of a layer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from app.theme import SMALL_PX, BadgeColours, text_font

HEIGHT_PX = 16
_PAD_PX = 7


def badge_width(word: str) -> int:
    return int(QFontMetricsF(text_font(SMALL_PX)).horizontalAdvance(word)) + 1 + 2 * _PAD_PX


def paint_badge(painter: QPainter, box: QRectF, word: str, colours: BadgeColours) -> None:
    """Draw `word` so that it fills `box`, which is `badge_width` wide and HEIGHT_PX high."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.fill)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setPen(colours.text)
    painter.setFont(text_font(SMALL_PX))
    painter.drawText(box.translated(0, -0.5), Qt.AlignmentFlag.AlignCenter, word)
    painter.restore()
