"""How the canvas is painted, from the back to the front, with plain QPainter calls. GUI thread only; holds no state."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPolygonF, QTransform

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
    painter.save()
    opaque = is_opaque(showing)
    if not opaque:
        _paint_checker(painter, showing.view, showing.document, tokens)
    painter.setTransform(QTransform(*showing.view.matrix()), combine=True)
    unscaled = showing.view.zoom == 1.0 and showing.view.rotation_deg == 0.0
    for stratum in strata(showing):
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth(showing, stratum))
        painter.setOpacity(stratum.opacity)
        # Qt copies unscaled pixels that hide all below; scaled ones it samples faster as translucent ones.
        image = image_of(stratum.pixels, _OPAQUE if opaque and unscaled else _TRANSLUCENT)
        opaque = False
        # Cut off by what is taken of the image: a clip that is turned would make painting twice as slow.
        whole, seen = stratum.rect, stratum.rect & showing.document
        kx, ky = image.width() / whole.width, image.height() / whole.height
        part = QRectF((seen.x0 - whole.x0) * kx, (seen.y0 - whole.y0) * ky, seen.width * kx, seen.height * ky)
        painter.drawImage(_rectangle(seen), image, part)
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
    x0, y0, _, _ = view.view_bounds(document)
    painter.setBrushOrigin(QPointF(round(x0), round(y0)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(square))
    corners = (
        (document.x0, document.y0),
        (document.x1, document.y0),
        (document.x1, document.y1),
        (document.x0, document.y1),
    )
    painter.drawConvexPolygon(QPolygonF([QPointF(*view.to_view(*corner)) for corner in corners]))
