"""Thin lines between the pixels of the document, from 800 % up. GUI thread only; holds no state.

Plain line drawing takes a third of a second on a 4K screen. An upright grid is a strip of columns, repeated, and one
rectangle a row (5 ms); a turned one is a picture of one pixel's corner, repeated under the view's transform (50 ms).
"""

from __future__ import annotations

from math import ceil

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QTransform

from app.canvas_view.viewport import Viewport
from canvas.geometry import Rect

FROM_ZOOM = 8.0
#: A dark line beside a light one: one of them is seen on any colour.
_ALPHA = 60
_DARK, _LIGHT = QColor(0, 0, 0, _ALPHA), QColor(255, 255, 255, _ALPHA)
#: The same as premultiplied ARGB words.
_DARK_WORD, _LIGHT_WORD = _ALPHA << 24, _ALPHA * 0x01010101
_STRIP_PX = 8


def paint_pixel_grid(painter: QPainter, view: Viewport, document: Rect) -> None:
    """The grid over what is seen of `document`; nothing below `FROM_ZOOM`."""
    part = view.visible() & document
    if view.zoom < FROM_ZOOM or not part:
        return
    painter.save()
    if view.rotation_deg % 90.0:
        _paint_turned(painter, view, part)
    else:
        _paint_upright(painter, view, part)
    painter.restore()


def _paint_upright(painter: QPainter, view: Viewport, part: Rect) -> None:
    ratio = view.pixel_ratio
    m11, m12, m21, m22, dx, dy = view.matrix()
    xs, ys = np.arange(part.x0, part.x1 + 1), np.arange(part.y0, part.y1 + 1)
    lying = abs(m12) > abs(m11)  # turned by a quarter: the document's columns are rows of the view
    columns = _device((m21 * ys if lying else m11 * xs) + dx, ratio)
    rows = _device((m12 * xs if lying else m22 * ys) + dy, ratio)
    area = QRect(int(columns[0]), int(rows[0]), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    area.moveTo(int(columns.min()), int(rows.min()))
    strip = np.zeros((_STRIP_PX, area.width() + 1), np.uint32)
    at = columns - area.left()
    strip[:, at] = _DARK_WORD
    strip[:, at + 1] = _LIGHT_WORD
    image = QImage(strip.data, strip.shape[1], _STRIP_PX, strip.strides[0], QImage.Format.Format_ARGB32_Premultiplied)
    painter.scale(1 / ratio, 1 / ratio)
    painter.setBrushOrigin(area.topLeft())
    painter.fillRect(area, QBrush(image))
    for y in rows.tolist():
        painter.fillRect(area.left(), y, area.width(), 1, _DARK)
        painter.fillRect(area.left(), y + 1, area.width(), 1, _LIGHT)


def _device(logical: npt.NDArray[np.floating], ratio: float) -> npt.NDArray[np.int64]:
    nearest: npt.NDArray[np.int64] = np.floor(logical * ratio + 0.5).astype(np.int64)
    return nearest


def _paint_turned(painter: QPainter, view: Viewport, part: Rect) -> None:
    side = ceil(view.zoom)
    corner = np.zeros((side, side), np.uint32)
    corner[1, :] = corner[:, 1] = _LIGHT_WORD
    corner[0, :] = corner[:, 0] = _DARK_WORD
    image = QImage(corner.data, side, side, corner.strides[0], QImage.Format.Format_ARGB32_Premultiplied)
    brush = QBrush(image)
    brush.setTransform(QTransform.fromScale(1 / side, 1 / side))
    painter.setTransform(QTransform(*view.matrix()), combine=True)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setBrushOrigin(QPointF(0, 0))
    painter.fillRect(QRectF(part.x0, part.y0, part.width, part.height), brush)
