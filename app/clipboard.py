"""The clipboard: pixels to and from other programs, and to oneself without loss. GUI thread only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

import numpy as np
from PySide6.QtGui import QGuiApplication, QImage

from canvas.tiles import Surface, from_rgba8, to_rgba8

#: Says which of our copies it is, so that pasting takes the pixels of 16 bits and their place.
_OWN = "underdraw-copy"


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Pixels to paste. `placed`: they know their place in the document; else their top left is (0, 0)."""

    surface: Surface
    placed: bool


class Clipboard(Protocol):
    def put(self, surface: Surface) -> None:
        """Offer the pixels of a surface, which has some, to all programs."""

    def take(self) -> Clip | None:
        """What can be pasted now; None when it is no picture."""


class QtClipboard:
    """The clipboard of the desktop."""

    def __init__(self) -> None:
        self._own: tuple[str, Surface] | None = None

    def put(self, surface: Surface) -> None:
        pixels = np.ascontiguousarray(to_rgba8(surface.read(surface.content_bounds())))
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()
        token = uuid4().hex
        image.setText(_OWN, token)
        self._own = token, surface
        # As an image, not as a QMimeData of Python's: that one would outlive the interpreter and take the exit down.
        QGuiApplication.clipboard().setImage(image)

    def take(self) -> Clip | None:
        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData()
        if data is None:
            return None
        image = clipboard.image() if data.hasImage() else QImage()
        if image.isNull():
            return None
        if self._own is not None and image.text(_OWN) == self._own[0]:
            return Clip(self._own[1], placed=True)
        image = image.convertToFormat(QImage.Format.Format_RGBA8888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        pixels = rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)
        return Clip(Surface.from_pixels(from_rgba8(pixels)), placed=False)
