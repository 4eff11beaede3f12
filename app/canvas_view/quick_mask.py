"""What is not selected, as a picture to be tinted while the selection is painted on. No Qt; the GUI thread's."""

from __future__ import annotations

import numpy as np

from app.canvas_view.uncached import Uncached
from canvas.blend_modes import BlendMode
from canvas.compositor import BlendLayer, Program
from canvas.layers import LayerId
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey


class Unselected(Uncached):
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
