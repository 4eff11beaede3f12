"""What is not selected, as a picture to be tinted while the selection is painted on. No Qt; the GUI thread's.

Answers like `canvas.projection.Projection`, so that the canvas keeps it up to date tile by tile.
"""

from __future__ import annotations

import numpy as np

from canvas import kernels
from canvas.blend_modes import BlendMode
from canvas.compositor import BlendLayer, Program
from canvas.layers import LayerId
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Pixels8, Surface, TileKey


class Unselected:
    """`shown`: the selection is being painted on; set it before `update`. Without a selection there is no tint."""

    def __init__(self) -> None:
        self.shown = False
        self._selection: Surface | None = None

    @property
    def program(self) -> Program:
        """Of one operation, to be run by `unselected`; empty when all is selected."""
        if self._selection is None:
            return ()
        return (BlendLayer(LayerId("selection"), self._selection, BlendMode.NORMAL, ONE, None, False),)

    def update(self, state: DocumentState, active: LayerId | None) -> set[TileKey]:
        old, self._selection = self._selection, state.selection if self.shown else None
        if old is not None and self._selection is not None:
            return old.changed_tiles(self._selection)
        return set() if old is self._selection else set(state.rect.tile_keys(TILE_PX))

    def composed(self, key: TileKey) -> Pixels | None:
        return unselected(self.program, key)

    def has(self, _key: TileKey) -> bool:
        return False

    def keep(self, key: TileKey, tile: Pixels | None) -> None:
        """Nothing is kept."""

    def cached_bytes(self) -> int:
        return 0

    def tile_rgba8(self, key: TileKey, level: int = 0) -> Pixels8:
        """Black, as opaque as it is not selected, at 1 / 2**level of the size."""
        side = TILE_PX >> level
        out = np.zeros((side, side, 4), np.uint8)
        tile = self.composed(key)
        if tile is not None:
            kernels.to_premultiplied8(out, tile, level)
        return out


def unselected(program: Program, key: TileKey) -> Pixels | None:
    """Black, as opaque as `key` is not selected; `program` is that of `Unselected`. Any thread."""
    if not program:
        return None
    (op,) = program
    assert isinstance(op, BlendLayer)
    pixels = np.zeros((TILE_PX, TILE_PX, 4), np.uint16)
    chosen = op.surface.tiles.get(key)
    pixels[..., 3:] = ONE if chosen is None else ONE - chosen
    return pixels
