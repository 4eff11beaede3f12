"""The merged picture of a document, a band of tile rows at a time so that no second full-size copy is made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from canvas.compositor import composite
from canvas.formats.planes import straight_rgba8
from canvas.geometry import Rect
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels8


def picture_bands(state: DocumentState) -> Iterator[tuple[Rect, Pixels8]]:
    """The merged picture from top to bottom: rectangles as wide as the document with their straight 8-bit RGBA."""
    for y in range(0, state.height, TILE_PX):
        rect = Rect(0, y, state.width, min(y + TILE_PX, state.height))
        yield rect, straight_rgba8(composite(state, rect))


def picture_rgba8(state: DocumentState) -> Pixels8:
    """The merged picture, straight 8-bit RGBA of shape (height, width, 4)."""
    out = np.empty((state.height, state.width, 4), np.uint8)
    for rect, band in picture_bands(state):
        out[rect.y0 : rect.y1] = band
    return out
