"""The merged picture of a document, a band of tile rows at a time: no second copy of its size, and several threads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from canvas.compositor import composite
from canvas.formats.planes import straight_rgba8
from canvas.formats.threads import in_threads
from canvas.geometry import Rect
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels8


def bands(rect: Rect) -> Iterator[Rect]:
    """`rect` from top to bottom in strips that end where rows of tiles end."""
    y = rect.y0
    while y < rect.y1:
        end = min((y // TILE_PX + 1) * TILE_PX, rect.y1)
        yield Rect(rect.x0, y, rect.x1, end)
        y = end


def picture_rgba8(state: DocumentState) -> Pixels8:
    """The whole merged picture, straight 8-bit RGBA (height, width, 4)."""
    out = np.empty((state.height, state.width, 4), np.uint8)
    for band, pixels in in_threads(lambda band: straight_rgba8(composite(state, band)), bands(state.rect)):
        out[band.y0 : band.y1] = pixels
    return out
