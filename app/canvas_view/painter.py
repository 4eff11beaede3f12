"""How the canvas is painted, from the back to the front, with plain QPainter calls. GUI thread only; holds no state."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QTransform

from app.canvas_view.showing import CHECKER_PX, Showing, is_opaque, is_smooth, strata
from app.canvas_view.skeletons import paint_figures
from app.canvas_view.viewport import Viewport
from app.theme import Tokens
from canvas.geometry import Rect
from canvas.tiles import Pixels8

_TRANSLUCENT, _OPAQUE = QImage.Format.Format_ARGB32_Premultiplied, QImage.Format.Format_RGB32


def image_of(pixels: Pixels8, format_: QImage.Format = _TRANSLUCENT) -> QImage:
    """A QImage that reads the memory of a premultiplied BGRA array; keep the array alive while it is used."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], format_)


def paint_canvas(painter: QPainter, showing: Showing, tokens: Tokens) -> None:
    """Checkerboard and all strata, cut off at the document."""
    view, document = showing.view, showing.document
    painter.save()
    upright = painter.transform()
    painter.setTransform(QTransform(*view.matrix()), combine=True)
    painter.setClipRect(_rectangle(document), Qt.ClipOperation.IntersectClip)
    on_document = painter.transform()
    opaque = is_opaque(showing)
    if not opaque:
        painter.setTransform(upright)
        _paint_checker(painter, view, document, tokens)
        painter.setTransform(on_document)
    for stratum in strata(showing):
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth(showing, stratum))
        painter.setOpacity(stratum.opacity)
        # Pixels that hide all below are copied, which is several times faster than blending them.
        image = image_of(stratum.pixels, _OPAQUE if opaque else _TRANSLUCENT)
        opaque = False
        rect = stratum.rect
        painter.setTransform(on_document)
        painter.translate(rect.x0, rect.y0)
        painter.scale(rect.width / image.width(), rect.height / image.height())
        painter.drawImage(QPointF(0, 0), image)
    painter.restore()


def paint_poses(painter: QPainter, showing: Showing) -> None:
    """The figures, above all pixels."""
    painter.setOpacity(1.0 if showing.posing else showing.instructions)
    paint_figures(painter, showing.view, showing.figures)
    painter.setOpacity(1.0)


def _rectangle(rect: Rect) -> QRectF:
    return QRectF(rect.x0, rect.y0, rect.width, rect.height)


def _paint_checker(painter: QPainter, view: Viewport, document: Rect, tokens: Tokens) -> None:
    """Squares of constant size on the screen that stand still relative to the document's corner."""
    square = QImage(2 * CHECKER_PX, 2 * CHECKER_PX, _OPAQUE)
    square.fill(tokens.checker_dark)
    with QPainter(square) as light:
        light.fillRect(0, 0, CHECKER_PX, CHECKER_PX, tokens.checker_light)
        light.fillRect(CHECKER_PX, CHECKER_PX, CHECKER_PX, CHECKER_PX, tokens.checker_light)
    x0, y0, x1, y1 = view.view_bounds(document)
    painter.setBrushOrigin(QPointF(round(x0), round(y0)))
    painter.fillRect(QRectF(x0, y0, x1 - x0, y1 - y0), QBrush(square))
