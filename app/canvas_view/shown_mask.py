"""A layer mask in place of the picture: white where it shows, black where it hides. No Qt; the GUI thread's."""

from __future__ import annotations

import numpy as np

from app.canvas_view.uncached import Uncached
from canvas.blend_modes import BlendMode
from canvas.compositor import BlendLayer, Program
from canvas.layers import LayerId, LayerMask
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, TileKey


class ShownMask(Uncached):
    """`of`: the node whose mask is shown, None for the picture; set it before `update`."""

    def __init__(self) -> None:
        self.of: LayerId | None = None
        self._mask: LayerMask | None = None

    @property
    def program(self) -> Program:
        """Of one operation, to be run by `greys`; empty without a mask."""
        if self.of is None or self._mask is None:
            return ()
        return (BlendLayer(self.of, self._mask.surface, BlendMode.NORMAL, ONE, self._mask, False),)

    def update(self, state: DocumentState, active: LayerId | None) -> set[TileKey]:
        """Take over a newer state; returns the tiles that may look different now."""
        old = self._mask
        self._mask = state.find(self.of).mask if self.of is not None and state.has(self.of) else None
        if old is not None and self._mask is not None and old.outside == self._mask.outside:
            return old.surface.changed_tiles(self._mask.surface)
        return set() if old is self._mask else set(state.rect.tile_keys(TILE_PX))

    def composed(self, key: TileKey) -> Pixels | None:
        return greys(self.program, key)


def greys(program: Program, key: TileKey) -> Pixels | None:
    """Opaque grey, as light as the mask shows at `key`; `program` is that of `ShownMask`. Any thread."""
    if not program:
        return None
    (op,) = program
    assert isinstance(op, BlendLayer)
    assert op.mask is not None
    values = op.mask.surface.tiles.get(key)
    pixels = np.full((TILE_PX, TILE_PX, 4), ONE, np.uint16)
    pixels[..., :3] = op.mask.outside if values is None else values
    return pixels
