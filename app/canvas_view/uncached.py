"""`Uncached`: a picture for the canvas that is composed anew for each look. No Qt; the GUI thread's."""

from __future__ import annotations

import numpy as np

from canvas import kernels
from canvas.tiles import TILE_PX, Pixels, Pixels8, TileKey


class Uncached:
    """Answers like `canvas.projection.Projection`, without its caches: what it shows is quickly made."""

    def composed(self, key: TileKey) -> Pixels | None:
        """The tile, read-only; None where it is transparent."""
        raise NotImplementedError

    def has(self, _key: TileKey) -> bool:
        return False

    def keep(self, key: TileKey, tile: Pixels | None) -> None:
        """Nothing is kept."""

    def cached_bytes(self) -> int:
        return 0

    def tile_rgba8(self, key: TileKey, level: int = 0) -> Pixels8:
        """Premultiplied RGBA at 1 / 2**level of the size, side TILE_PX >> level."""
        side = TILE_PX >> level
        tile = self.composed(key)
        if tile is None:
            return np.zeros((side, side, 4), np.uint8)
        small = np.empty((side, side, 4), np.uint8)
        kernels.to_premultiplied8(small, tile, level)
        return small
