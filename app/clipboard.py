"""The clipboard: pictures to and from other programs, and pixels to oneself without loss. GUI thread only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import numpy as np
from PySide6.QtGui import QGuiApplication, QImage

from canvas.tiles import Surface, to_rgba8

#: Says which of our copies it is, so that pasting takes the pixels of 16 bits and their place.
_OWN = "underdraw-copy"


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Pixels to paste. `placed`: they know their place in the document; else their top left is (0, 0). `recipe`: how
    they were made, where the picture says so. `size`: with what is transparent around them; None for no more."""

    surface: Surface
    placed: bool
    recipe: str | None = None
    size: tuple[int, int] | None = None


class Clipboard(Protocol):
    def put(self, surface: Surface, recipe: str | None = None) -> None:
        """Offer the pixels of a surface, which has some, to all programs. `recipe`: how they were made."""

    def take(self) -> Clip | None:
        """What can be pasted now; None when it is no picture."""

    def files(self) -> tuple[Path, ...]:
        """The files that were copied in a file manager."""


class QtClipboard:
    """The clipboard of the desktop."""

    def __init__(self) -> None:
        self._own: tuple[str, Clip] | None = None

    def put(self, surface: Surface, recipe: str | None = None) -> None:
        pixels = np.ascontiguousarray(to_rgba8(surface.read(surface.content_bounds())))
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()
        token = uuid4().hex
        image.setText(_OWN, token)
        self._own = token, Clip(surface, placed=True, recipe=recipe)
        # As an image, not as a QMimeData of Python's: that one would outlive the interpreter and take the exit down.
        # Qt offers it as PNG with its transparency, and in the formats of the platform.
        QGuiApplication.clipboard().setImage(image)

    def take(self) -> Clip | None:
        from app.mime_pictures import picture_in  # readers of pictures are not needed before the first paste

        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData()
        if data is None:
            return None
        if self._own is not None and data.hasImage() and clipboard.image().text(_OWN) == self._own[0]:
            return self._own[1]
        found = picture_in(data)
        if found is None or not found.surface.content_bounds():
            return None
        return Clip(found.surface, placed=False, recipe=found.recipe, size=(found.width, found.height))

    def files(self) -> tuple[Path, ...]:
        from app.mime_pictures import local_files

        data = QGuiApplication.clipboard().mimeData()
        return () if data is None else local_files(data)
