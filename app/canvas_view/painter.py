"""How the canvas is painted, from the back to the front, with plain QPainter calls. GUI thread only; holds no state."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QTransform

from app.canvas_view.result_picture import ResultPicture
from app.canvas_view.scene import Plane, Scene, Sheet
from app.canvas_view.skeletons import paint_figures
from app.canvas_view.viewport import Viewport
from app.theme import Tokens
from canvas.geometry import Rect
from canvas.pose import Figure
from canvas.tiles import Pixels8

CHECKER_PX = 8
#: Instruction lines over a result are softened to this; what was drawn since is not.
LINES_OVER_RESULT = 0.45
#: From this many device pixels per document pixel on, pixels are shown as squares.
SQUARES_FROM_ZOOM, SQUARES_WHEN_TURNED = 2.0, 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Showing:
    """What to paint. `result`: None shows the paint alone. `opacity`: of the result, `instructions`: of the lines,
    masks and figures that are no part of the picture; 0 hides them and fresh ink. `posing`: figures are being posed."""

    view: Viewport
    document: Rect
    scene: Scene
    result: ResultPicture | None
    opacity: float
    instructions: float
    figures: tuple[Figure, ...]
    posing: bool


def image_of(pixels: Pixels8) -> QImage:
    """A QImage that reads the memory of a premultiplied BGRA array; keep the array alive while it is used."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_ARGB32_Premultiplied)


def paint_canvas(painter: QPainter, showing: Showing, tokens: Tokens) -> None:
    """Checkerboard, picture, result, fresh ink, mask tint, instruction lines and figures, cut off at the document."""
    view, scene, result = showing.view, showing.scene, showing.result
    document = showing.document
    painter.save()
    upright = painter.transform()
    painter.setTransform(QTransform(*view.matrix()), combine=True)
    painter.setClipRect(
        QRectF(document.x0, document.y0, document.width, document.height), Qt.ClipOperation.IntersectClip
    )
    on_document = painter.transform()
    painter.setTransform(upright)
    _paint_checker(painter, view, document, tokens)
    painter.setTransform(on_document)
    squares = view.zoom >= (SQUARES_FROM_ZOOM if view.rotation_deg == 0 else SQUARES_WHEN_TURNED)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not squares)
    _paint_plane(painter, scene.picture)
    if result is not None:
        _paint_result(painter, result, showing.opacity)
        if scene.picture.fresh_keys and showing.instructions:
            _paint_sheet(painter, scene.picture.fresh)
    if showing.instructions:
        _paint_plane(painter, scene.reference)
        _paint_plane(painter, scene.masks)
        painter.setOpacity(showing.instructions)
        _paint_plane(painter, scene.lines)
        painter.setOpacity(1.0)
        if result is not None and scene.lines.fresh_keys:
            _paint_sheet(painter, scene.lines.fresh)
    painter.restore()
    painter.setOpacity(1.0 if showing.posing else showing.instructions)
    paint_figures(painter, view, showing.figures)
    painter.setOpacity(1.0)


def _paint_plane(painter: QPainter, plane: Plane) -> None:
    if not plane.empty:
        _paint_sheet(painter, plane.sheet)


def _paint_sheet(painter: QPainter, sheet: Sheet) -> None:
    if not sheet.pixels.size:
        return
    painter.save()
    painter.translate(*sheet.origin)
    painter.scale(1 << sheet.level, 1 << sheet.level)
    painter.drawImage(QPointF(0, 0), image_of(sheet.pixels))
    painter.restore()


def _paint_result(painter: QPainter, result: ResultPicture, opacity: float) -> None:
    painter.save()
    painter.setOpacity(opacity)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    rect = result.rect
    painter.drawImage(QRectF(rect.x0, rect.y0, rect.width, rect.height), image_of(result.pixels))
    painter.restore()


def _paint_checker(painter: QPainter, view: Viewport, document: Rect, tokens: Tokens) -> None:
    """Squares of constant size on the screen that stand still relative to the document's corner."""
    square = QImage(2 * CHECKER_PX, 2 * CHECKER_PX, QImage.Format.Format_RGB32)
    square.fill(tokens.checker_dark)
    with QPainter(square) as light:
        light.fillRect(0, 0, CHECKER_PX, CHECKER_PX, tokens.checker_light)
        light.fillRect(CHECKER_PX, CHECKER_PX, CHECKER_PX, CHECKER_PX, tokens.checker_light)
    x0, y0, x1, y1 = view.view_bounds(document)
    painter.setBrushOrigin(QPointF(round(x0), round(y0)))
    painter.fillRect(QRectF(x0, y0, x1 - x0, y1 - y0), QBrush(square))
