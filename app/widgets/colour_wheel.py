"""A ring of hues around a square of saturation and value.

Colours are straight sRGB, each channel 0..1. The wheel remembers the hue and saturation of greys and black, which
have none of their own, so that the handles stay where the artist left them.
"""

from __future__ import annotations

from colorsys import hsv_to_rgb
from functools import lru_cache
from math import atan2, cos, hypot, pi, sin, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.colours import Colour, Hsv, hsv_of

#: Width of the ring as a share of the wheel's side, and the gap between the square's corners and the ring.
_RING = 0.125
_GAP_PX = 3.0


def to_qcolor(colour: Colour) -> QColor:
    return QColor.fromRgbF(*colour)


class ColourWheel(QWidget):
    """`changed(colour)` while the artist drags, never for `set_colour`."""

    changed = Signal(tuple)

    def __init__(self, side_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hsv = (0.0, 0.0, 0.0)
        self._grip: Literal["ring", "square"] | None = None
        self.setFixedSize(side_px, side_px)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Colour wheel")

    @property
    def colour(self) -> Colour:
        return hsv_to_rgb(*self._hsv)

    @property
    def hsv(self) -> Hsv:
        return self._hsv

    def set_hsv(self, hsv: Hsv) -> None:
        if hsv != self._hsv:
            self._hsv = hsv
            self.update()

    def set_colour(self, colour: Colour) -> None:
        self.set_hsv(hsv_of(colour, self._hsv))

    def _choose(self, hsv: Hsv) -> None:
        if hsv != self._hsv:
            self._hsv = hsv
            self.update()
            self.changed.emit(self.colour)

    # Measures

    def _radius(self) -> float:
        return self.width() / 2

    def _square(self) -> QRectF:
        half = (self._radius() - self.width() * _RING - _GAP_PX) / sqrt(2)
        half = int(half)
        return QRectF(self._radius() - half, self._radius() - half, 2 * half, 2 * half)

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x, y = event.position().x() - self._radius(), event.position().y() - self._radius()
        inner = self._radius() - self.width() * _RING
        if self._square().contains(event.position()):
            self._grip = "square"
        elif inner - 2 <= hypot(x, y) <= self._radius() + 2:
            self._grip = "ring"
        self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._follow(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    def _follow(self, at: QPointF) -> None:
        hue, saturation, value = self._hsv
        if self._grip == "ring":
            hue = _hue_at(at.x() - self._radius(), at.y() - self._radius())
        elif self._grip == "square":
            square = self._square()
            saturation = min(1.0, max(0.0, (at.x() - square.left()) / square.width()))
            value = 1.0 - min(1.0, max(0.0, (at.y() - square.top()) / square.height()))
        self._choose((hue, saturation, value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hue, saturation, value = self._hsv
        step = 0.02
        moves = {
            Qt.Key.Key_Left: (hue, max(0.0, saturation - step), value),
            Qt.Key.Key_Right: (hue, min(1.0, saturation + step), value),
            Qt.Key.Key_Down: (hue, saturation, max(0.0, value - step)),
            Qt.Key.Key_Up: (hue, saturation, min(1.0, value + step)),
            Qt.Key.Key_PageUp: ((hue + step) % 1.0, saturation, value),
            Qt.Key.Key_PageDown: ((hue - step) % 1.0, saturation, value),
        }
        moved = moves.get(Qt.Key(event.key()))
        if moved is None:
            event.ignore()
        else:
            self._choose(moved)

    # The look

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        hue, saturation, value = self._hsv
        ratio = self.devicePixelRatioF()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawImage(QRectF(self.rect()), _ring(round(self.width() * ratio)))
        square = self._square()
        painter.drawImage(square, _square_image(round(square.width() * ratio), hue))
        middle = self._radius() - self.width() * _RING / 2
        angle = pi / 2 - 2 * pi * hue
        on_ring = QPointF(self._radius() + middle * cos(angle), self._radius() - middle * sin(angle))
        in_square = QPointF(square.left() + saturation * square.width(), square.bottom() - value * square.height())
        for at in (on_ring, in_square):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor("#1d1d1d"), 3))
            painter.drawEllipse(at, 4.5, 4.5)
            painter.setPen(QPen(QColor("#ffffff"), 1.5))
            painter.drawEllipse(at, 4.5, 4.5)
        painter.end()


def _hue_at(x: float, y: float) -> float:
    """Red on top, then clockwise through yellow, as the ring is drawn; y grows down."""
    return (atan2(x, -y) / (2 * pi)) % 1.0


def _hues_to_rgb(hue: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Fully saturated sRGB (..., 3) of hues 0..1 (hexcone model, as in colorsys)."""
    offsets = np.array([5.0, 3.0, 1.0])
    k = (offsets + hue[..., None] * 6.0) % 6.0
    return 1.0 - np.clip(np.minimum(k, 4.0 - k), 0.0, 1.0)


@lru_cache(maxsize=4)
def _ring(side: int) -> QImage:
    radius = side / 2
    y, x = np.mgrid[0:side, 0:side] + 0.5 - radius
    distance = np.hypot(x, y)
    inner = radius - side * _RING
    alpha = np.clip(radius - distance, 0, 1) * np.clip(distance - inner, 0, 1)
    rgb = _hues_to_rgb((np.arctan2(x, -y) / (2 * pi)) % 1.0)
    pixels = np.empty((side, side, 4), np.uint8)
    pixels[..., :3] = np.rint(rgb * 255)
    pixels[..., 3] = np.rint(alpha * 255)
    return QImage(pixels.tobytes(), side, side, side * 4, QImage.Format.Format_RGBA8888).copy()


@lru_cache(maxsize=8)
def _square_image(side: int, hue: float) -> QImage:
    full = np.array(hsv_to_rgb(hue, 1.0, 1.0))
    saturation = np.linspace(0, 1, side)[None, :, None]
    value = np.linspace(1, 0, side)[:, None, None]
    pixels = np.rint((1 - saturation * (1 - full)) * value * 255).astype(np.uint8)
    return QImage(pixels.tobytes(), side, side, side * 3, QImage.Format.Format_RGB888).copy()
