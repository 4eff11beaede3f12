"""Pictures as other programs hold them, turned into surfaces a tile at a time."""

from __future__ import annotations

import numpy as np

from canvas.formats.planes import premultiplied
from canvas.geometry import Rect
from canvas.tiles import TILE_PX, Pixels, Pixels8, Surface, TileKey, tile_rect


def surface_from_rgba8(straight: Pixels8, x: int = 0, y: int = 0) -> Surface:
    """A surface with straight 8-bit RGBA (h, w, 4) at (x, y). Opaque values come back exact from the picture."""
    rect = Rect(x, y, x + straight.shape[1], y + straight.shape[0])
    tiles: dict[TileKey, Pixels] = {}
    for key in rect.tile_keys(TILE_PX):
        t = tile_rect(key)
        part = t & rect
        source = straight[part.y0 - y : part.y1 - y, part.x0 - x : part.x1 - x]
        if not source[..., 3].any():
            continue
        tile = np.zeros((TILE_PX, TILE_PX, 4), np.uint16)
        tile[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0] = premultiplied(source)
        tile.flags.writeable = False
        tiles[key] = tile
    return Surface(tiles)


def mask_surface(values: Pixels, x: int, y: int, outside: int) -> Surface:
    """A one-channel surface holding `values` (h, w, 1) at (x, y), and `outside` around them.

    `Surface.from_pixels` will not do where `outside` is ONE: it leaves out tiles of zeros, which hide there.
    """
    rect = Rect(x, y, x + values.shape[1], y + values.shape[0])
    tiles: dict[TileKey, Pixels] = {}
    for key in rect.tile_keys(TILE_PX):
        t = tile_rect(key)
        part = t & rect
        tile = np.full((TILE_PX, TILE_PX, 1), outside, np.uint16)
        tile[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0] = values[
            part.y0 - y : part.y1 - y, part.x0 - x : part.x1 - x
        ]
        if (tile != outside).any():
            tile.flags.writeable = False
            tiles[key] = tile
    return Surface(tiles, channels=1)
