"""How the pointer looks over the canvas, by the name that a tool gives. GUI thread only."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QPainter, QPixmap

from app.icons import ICON_PX, icon
from app.tools.tool import Cursor

_SHAPES: Mapping[Cursor, Qt.CursorShape] = MappingProxyType({
    "brush": Qt.CursorShape.CrossCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "arrow": Qt.CursorShape.ArrowCursor,
    "hand": Qt.CursorShape.OpenHandCursor,
    "zoom": Qt.CursorShape.CrossCursor,
    "move": Qt.CursorShape.SizeAllCursor,
    "grip": Qt.CursorShape.PointingHandCursor,
})  # fmt: skip
#: Room around a drawn cursor for its light edge.
_EDGE_PX = 1


def cursor_of(name: Cursor, ratio: float) -> QCursor:
    """The system's cursor of that name, else the icon of that name. `ratio`: device pixels to a logical one."""
    if name in _SHAPES:
        return QCursor(_SHAPES[name])
    side = ICON_PX + 2 * _EDGE_PX
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        # Black with a white edge, so that it is seen on any picture.
        light, dark = icon(name, "#ffffff", ICON_PX, ratio), icon(name, "#000000", ICON_PX, ratio)
        for dx in (0, _EDGE_PX, 2 * _EDGE_PX):
            for dy in (0, _EDGE_PX, 2 * _EDGE_PX):
                painter.drawPixmap(QPointF(dx, dy), light)
        painter.drawPixmap(QPointF(_EDGE_PX, _EDGE_PX), dark)
    return QCursor(pixmap)
