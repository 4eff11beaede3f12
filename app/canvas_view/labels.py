"""The words on the canvas: the frame with its size, the age of the image, the keys for looking. Nothing else floats.

Painting only; GUI thread. Positions are logical pixels of the view.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from app.canvas_view.viewport import Viewport
from app.theme import TITLE_PX, text_font
from canvas.geometry import Rect

HEIGHT_PX = 20.0
PADDING_PX = 8.0
#: From a label to the edge it belongs to.
GAP_PX = 5.0
#: Labels of what is zoomed out of sight stay this far inside the view.
INSET_PX = 8.0
RADIUS_PX = 3.0


@dataclass(frozen=True, slots=True)
class LabelColours:
    text: QColor
    in_sync: QColor
    behind: QColor


#: Pairs of (text, is a key): the keys are set in bold.
KEYS = (
    ("hold ", False), ("` ", True), ("paint only   hold ", False), ("\\ ", True), ("side by side   ", False),
    ("Enter", True), (" keep as layer", False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text in a dark box whose top left is (x, y)."""

    runs: tuple[tuple[str, bool], ...]
    x: float
    y: float
    colour: QColor

    @property
    def box(self) -> QRectF:
        return QRectF(self.x, self.y, text_width(self.runs) + 2 * PADDING_PX, HEIGHT_PX)


def text_width(runs: tuple[tuple[str, bool], ...]) -> float:
    return sum(QFontMetricsF(_font(bold)).horizontalAdvance(text) for text, bold in runs)


def _font(bold: bool) -> QFont:
    return text_font(int(TITLE_PX), QFont.Weight.DemiBold if bold else QFont.Weight.Normal)


def frame_text(frame: Rect, document: Rect) -> str:
    where = "whole canvas" if frame == document else f"at {frame.x0}, {frame.y0}"
    return f"frame {frame.width} × {frame.height}, {where}"


def place_labels(view: Viewport, frame: Rect, document: Rect, age: str, colours: LabelColours) -> tuple[Label, ...]:
    """The labels around `frame`: its size top left, the age of the image top right, the keys below."""
    x0, y0, x1, y1 = view.view_bounds(frame)
    left, right = max(x0, INSET_PX), min(x1, view.width - INSET_PX)
    top = max(y0 - GAP_PX - HEIGHT_PX, INSET_PX)
    bottom = min(y1 + GAP_PX + 5.0, view.height - INSET_PX - HEIGHT_PX)
    labels = [Label(((frame_text(frame, document), False),), round(left), round(top), colours.text)]
    if age:
        runs = ((age, False),)
        x = max(right - text_width(runs) - 2 * PADDING_PX, labels[0].box.right() + INSET_PX)
        colour = colours.in_sync if age.startswith("in sync") else colours.behind
        labels.append(Label(runs, round(x), round(top), colour))
        labels.append(Label(KEYS, round(left), round(bottom), colours.text))
    return tuple(labels)


def paint_labels(painter: QPainter, labels: tuple[Label, ...], box: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for label in labels:
        area = label.box
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(box)
        painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)
        painter.setPen(label.colour)
        x = area.left() + PADDING_PX
        for text, bold in label.runs:
            font = _font(bold)
            metrics = QFontMetricsF(font)
            painter.setFont(font)
            painter.drawText(QPointF(x, area.center().y() + metrics.capHeight() / 2), text)
            x += metrics.horizontalAdvance(text)


def paint_frame(painter: QPainter, view: Viewport, frame: Rect) -> None:
    """A thin dashed line around the frame, light on dark so that it is seen on every picture."""
    outline = outline_of(view, frame)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(QColor(40, 40, 40))
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawPolygon(outline)
    pen = QPen(QColor(235, 235, 235), 1.0, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([3.0, 2.0])
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawPolygon(outline)


def outline_of(view: Viewport, rect: Rect) -> QPolygonF:
    """The corners of a document rectangle in the view, half a pixel out so that the line lies beside the picture."""
    corners = ((rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1))
    return QPolygonF([QPointF(*view.to_view(*corner)) for corner in corners])
