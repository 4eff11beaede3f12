"""Pose figures and what the active tool shows: lines and handles of constant size over the canvas. GUI thread only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import atan2, degrees, hypot

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from app.canvas_view.labels import outline_of
from app.canvas_view.viewport import Viewport
from app.tools.shapes import Ants, Circle, Grip, Handle, Marquee, Outline, PickedColour, Picture, Shade, Shape
from canvas.pose import COLOURS, LIMBS, Figure

LIMB_HALF_WIDTH_PX = 3.5
JOINT_RADIUS_PX = 3.5
HANDLE_RADIUS_PX = 5.0
HOT_RADIUS_PX = 7.0
GRIP_PX = 7.0
SHADE = QColor(20, 20, 20, 150)
PICKED_RADIUS_PX, PICKED_WIDTH_PX = 38.0, 14.0


def paint_figures(painter: QPainter, view: Viewport, figures: Sequence[Figure]) -> None:
    """The skeletons as OpenPose draws them: tapered limbs at 0.6 of their colour, joints as discs."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for figure in figures:
        points = [view.to_view(j.x, j.y) if j.visible else None for j in figure.joints]
        for colour, (a, b) in zip(COLOURS, LIMBS, strict=False):
            start, end = points[a], points[b]
            if start is None or end is None:
                continue
            painter.save()
            painter.translate((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
            painter.rotate(degrees(atan2(end[1] - start[1], end[0] - start[0])))
            painter.setBrush(QColor(*(int(c * 0.6) for c in colour)))
            half_length = hypot(end[0] - start[0], end[1] - start[1]) / 2
            painter.drawEllipse(QPointF(0, 0), half_length, LIMB_HALF_WIDTH_PX)
            painter.restore()
        for colour, point in zip(COLOURS, points, strict=True):
            if point is not None:
                painter.setBrush(QColor(*colour))
                painter.drawEllipse(QPointF(*point), JOINT_RADIUS_PX, JOINT_RADIUS_PX)


def paint_shapes(painter: QPainter, view: Viewport, shapes: Iterable[Shape]) -> None:
    """Brush outlines, boxes and handles, each readable on light and dark."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for shape in shapes:
        match shape:
            case Circle(x, y, radius):
                painter.setBrush(Qt.BrushStyle.NoBrush)
                centre, r = QPointF(*view.to_view(x, y)), max(1.5, radius * view.scale)
                painter.setPen(QPen(QColor(0, 0, 0, 150), 1.0))
                painter.drawEllipse(centre, r + 0.5, r + 0.5)
                painter.setPen(QPen(QColor(255, 255, 255, 190), 1.0))
                painter.drawEllipse(centre, r - 0.5, r - 0.5)
            case Outline(points, closed, dashed):
                outline = QPolygonF([QPointF(*view.to_view(x, y)) for x, y in points])
                _paint_line(painter, outline, closed=closed, dashed=dashed)
            case Grip(x, y, hot):
                side = GRIP_PX + 2.0 if hot else GRIP_PX
                left, top = (c - side / 2 for c in view.to_view(x, y))
                painter.setPen(QPen(QColor(20, 20, 20, 200), 1.0))
                painter.setBrush(QColor(255, 255, 255) if hot else QColor(235, 235, 235))
                painter.drawRect(QRectF(left, top, side, side))
            case Ants():
                pass  # `marching_ants` draws them: they move
            case PickedColour(x, y, new, old):
                _paint_picked(painter, QPointF(*view.to_view(x, y)), QColor(*new), QColor(*old))
            case Picture():
                _paint_picture(painter, view, shape)
            case Shade(rect, around):
                shade = QPainterPath()
                for edge in (around, rect & around):
                    shade.addPolygon(outline_of(view, edge))
                    shade.closeSubpath()
                painter.fillPath(shade, SHADE)
            case Marquee(rect):
                _paint_line(painter, outline_of(view, rect), closed=True, dashed=True)
            case Handle(x, y, colour, hot, faint):
                radius = HOT_RADIUS_PX if hot else HANDLE_RADIUS_PX
                painter.setBrush(QColor(*colour, 60 if faint else 255))
                painter.setPen(QPen(QColor(255, 255, 255, 120 if faint else 235), 2.0 if hot else 1.25))
                painter.drawEllipse(QPointF(*view.to_view(x, y)), radius, radius)


def picked_box(view: Viewport, shape: PickedColour) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 in view coordinates of what the ring of a picked colour covers."""
    (x, y), reach = view.to_view(shape.x, shape.y), PICKED_RADIUS_PX + PICKED_WIDTH_PX / 2 + 3.0
    return x - reach, y - reach, x + reach, y + reach


def _paint_picked(painter: QPainter, centre: QPointF, new: QColor, old: QColor) -> None:
    """Grey around the colours, so that their neighbours in the picture do not change how they look."""
    radius = PICKED_RADIUS_PX
    ring = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(128, 128, 128), PICKED_WIDTH_PX + 5.0))
    painter.drawEllipse(ring)
    for colour, start_deg in ((new, 0), (old, 180)):
        painter.setPen(QPen(colour, PICKED_WIDTH_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(ring, start_deg * 16, 180 * 16)


def _paint_picture(painter: QPainter, view: Viewport, picture: Picture) -> None:
    height, width = picture.pixels.shape[:2]
    if not picture.rect:
        return
    pixels = np.ascontiguousarray(picture.pixels)
    image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_ARGB32_Premultiplied)
    painter.save()
    painter.setTransform(QTransform(*view.matrix()), combine=True)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.zoom < 2.0)
    rect = picture.rect
    painter.drawImage(QRectF(rect.x0, rect.y0, rect.width, rect.height), image)
    painter.restore()


def _paint_line(painter: QPainter, line: QPolygonF, *, closed: bool, dashed: bool) -> None:
    """Dark under light, so that it is seen on any picture."""
    draw = painter.drawPolygon if closed else painter.drawPolyline
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(20, 20, 20, 170), 1.0 if dashed else 3.0))
    draw(line)
    pen = QPen(QColor(255, 255, 255, 220), 1.0)
    if dashed:
        pen.setDashPattern([4.0, 4.0])
    painter.setPen(pen)
    draw(line)
