"""Widgets of tones: a histogram with markers to drag, and a ramp from black to white with its own. GUI thread only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import RADIUS_PX, Theme

#: Half the width of a marker: the ends of the scale lie so far within the widget.
_SIDE_PX = 6.0
_MARKER_PX = 9.0
_GRASP_PX = 12.0


class ToneMarkers(QWidget):
    """Markers 0..1 below a strip that heirs paint. `moved(index, tone)` is emitted for what the artist does.

    `inks`: the tones that the markers are filled with, 0 black to 1 white; as many as there are markers.
    """

    moved = Signal(int, float)

    def __init__(self, theme: Theme, inks: Sequence[float], height_px: int) -> None:
        super().__init__()
        self._theme = theme
        self._inks = tuple(inks)
        self._tones: tuple[float, ...] = tuple(inks)
        self._held: int | None = None
        self.setFixedHeight(height_px)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def set_tones(self, tones: Sequence[float]) -> None:
        """Where the markers stand."""
        if tuple(tones) != self._tones:
            self._tones = tuple(tones)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(256 + int(2 * _SIDE_PX), self.height())

    def strip(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_SIDE_PX, 0, -_SIDE_PX, -_MARKER_PX)

    def x_of(self, tone: float) -> float:
        strip = self.strip()
        return strip.left() + tone * strip.width()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        distances = [(abs(self.x_of(tone) - x), index) for index, tone in enumerate(self._tones)]
        # Of markers in one place the one that can move this way: the last towards the right, the first to the left.
        nearest = min(distance for distance, _ in distances)
        near = [index for distance, index in distances if distance <= nearest + 0.5]
        self._held = near[-1] if x >= self.x_of(self._tones[near[-1]]) else near[0]
        if nearest > _GRASP_PX:
            self._move(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._move(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = None

    def _move(self, x: float) -> None:
        assert self._held is not None
        strip = self.strip()
        self.moved.emit(self._held, min(1.0, max(0.0, (x - strip.left()) / strip.width())))

    def paint_strip(self, painter: QPainter, strip: QRectF) -> None:
        """What the markers stand below."""

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strip = self.strip()
        shape = QPainterPath()
        shape.addRoundedRect(strip, RADIUS_PX, RADIUS_PX)
        painter.save()
        painter.setClipPath(shape)
        painter.fillPath(shape, tokens.field)
        self.paint_strip(painter, strip)
        painter.restore()
        painter.setPen(QPen(tokens.text, 1))
        for ink, tone in zip(self._inks, self._tones, strict=True):
            x, top = self.x_of(tone), strip.bottom() + 0.5
            grey = round(ink * 255)
            painter.setBrush(QColor(grey, grey, grey))
            painter.drawPolygon(
                QPolygonF(
                    [QPointF(x, top), QPointF(x + 4.5, top + _MARKER_PX - 1), QPointF(x - 4.5, top + _MARKER_PX - 1)]
                )
            )
        painter.end()


class HistogramBar(ToneMarkers):
    """Markers below how often each of 256 tones occurs."""

    def __init__(self, theme: Theme, inks: Sequence[float], height_px: int = 96) -> None:
        super().__init__(theme, inks, height_px)
        self._heights: npt.NDArray[np.float64] | None = None
        self.setAccessibleName("Histogram")

    def set_counts(self, counts: npt.NDArray[np.float64] | None) -> None:
        """`counts`: 256 numbers, None for nothing."""
        if counts is None:
            self._heights = None
        else:
            # What lies at the very ends, empty paper say, must not flatten the rest.
            highest = max(float(counts[1:-1].max()), float(counts.max()) / 8, 1e-9)
            self._heights = np.minimum(counts / highest, 1.0)
        self.update()

    def paint_strip(self, painter: QPainter, strip: QRectF) -> None:
        if self._heights is None:
            return
        hills = QPolygonF([strip.bottomLeft()])
        for index, height in enumerate(self._heights):
            hills.append(QPointF(self.x_of(index / 255), strip.bottom() - 1 - height * (strip.height() - 4)))
        hills.append(strip.bottomRight())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.text_dim)
        painter.drawPolygon(hills)


class ToneRamp(ToneMarkers):
    """Markers below all tones from black to white."""

    def __init__(self, theme: Theme, inks: Sequence[float], height_px: int = 22) -> None:
        super().__init__(theme, inks, height_px)
        self.setAccessibleName("Tones")

    def paint_strip(self, painter: QPainter, strip: QRectF) -> None:
        for x in range(int(strip.left()), int(strip.right()) + 1):
            grey = min(255, max(0, round((x - strip.left()) / strip.width() * 255)))
            painter.fillRect(QRectF(x, strip.top(), 1, strip.height()), QColor(grey, grey, grey))
