"""`Overview`: a small picture of the whole document, brought up to date in slices of idle time. GUI thread; no Qt.

It composes with a small cache of its own, so that it neither waits for the canvas nor takes memory from it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log2

import numpy as np

from app.canvas_view.plane import to_bgra
from canvas.geometry import Rect
from canvas.projection import MAX_LEVEL, Projection
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels8, TileKey

#: The longer side of the picture is at most this, except for documents beyond 16 times of it.
SIDE_PX = 512
_BUDGET_BYTES = 16 << 20


def level_of(document: Rect) -> int:
    """The mip level (each halves the side) at which a document is at most `SIDE_PX` long."""
    side = max(document.width, document.height, 1)
    return min(MAX_LEVEL, max(0, ceil(log2(side / SIDE_PX))))


class Overview:
    """`pixels`: premultiplied BGRA of whole tiles at 1 / 2**level of their size; the document lies at its top left."""

    def __init__(self) -> None:
        self._projection = Projection("picture", budget_bytes=_BUDGET_BYTES)
        self._state: DocumentState | None = None
        self._pending: dict[TileKey, None] = {}
        self.level = 0
        self.pixels: Pixels8 = np.zeros((0, 0, 4), np.uint8)

    @property
    def pending(self) -> bool:
        return bool(self._pending)

    def take(self, state: DocumentState) -> None:
        """A newer state; what it changed waits for `work`."""
        if state is self._state:
            return
        resized = self._state is None or self._state.rect != state.rect
        self._state = state
        dirty = self._projection.update(state, None)
        if resized:
            self.level = level_of(state.rect)
            side = TILE_PX >> self.level
            columns, rows = -(-state.width // TILE_PX), -(-state.height // TILE_PX)
            self.pixels = np.zeros((rows * side, columns * side, 4), np.uint8)
            self._pending = dict.fromkeys(state.rect.tile_keys(TILE_PX))
        else:
            inside = set(state.rect.tile_keys(TILE_PX))
            self._pending |= dict.fromkeys(key for key in dirty if key in inside)

    def work(self, may_go_on: Callable[[], bool]) -> None:
        """Compose waiting tiles, one at least, while `may_go_on()`."""
        side = TILE_PX >> self.level
        while self._pending:
            key = next(iter(self._pending))
            del self._pending[key]
            x, y = key[0] * side, key[1] * side
            self.pixels[y : y + side, x : x + side] = to_bgra(self._projection.tile_rgba8(key, self.level))
            if not may_go_on():
                return
