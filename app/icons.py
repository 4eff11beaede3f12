"""Our own line icons: SVG files of one stroke width in `resources/icons`, tinted when drawn. GUI thread only."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources

#: The side of the square that every icon is drawn in.
ICON_PX = 18


@lru_cache(maxsize=256)
def icon(name: str, colour: str, size_px: int, ratio: float) -> QPixmap:
    """The icon `resources/icons/<name>.svg` in `colour` (#rrggbb), for a screen of `ratio` device pixels to one.

    Raises FileNotFoundError when there is no such icon.
    """
    text = resources.path("icons", f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
    pixmap = QPixmap(round(size_px * ratio), round(size_px * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(text.encode()).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return pixmap


def paint_icon(painter: QPainter, name: str, centre: QPointF, colour: QColor, size_px: int = ICON_PX) -> None:
    """Draw an icon around `centre`, on whole pixels."""
    device = painter.device()
    pixmap = icon(name, colour.name(), size_px, device.devicePixelRatio() if device else 1.0)
    painter.drawPixmap(QPointF(round(centre.x() - size_px / 2), round(centre.y() - size_px / 2)), pixmap)
