"""Filling with one colour: whole layers share one tile as far as they can. Pure functions on surfaces; no Qt."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from canvas import kernels
from canvas.geometry import Rect
from canvas.kernels.strokes import ERASE, PAINT, PAINT_ATOP
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey, tile_rect

Colour: TypeAlias = tuple[float, float, float]
"""Straight red, green, blue, 0..1."""

_NO_SELECTION = np.zeros((0, 0, 1), np.uint16)


def solid(rect: Rect, colour: Colour) -> Surface:
    """Opaque `colour` in `rect` and nothing elsewhere. Tiles that look alike are one object."""
    premultiplied = np.array([*(round(min(max(c, 0.0), 1.0) * ONE) for c in colour), ONE], np.uint16)
    made: dict[Rect, Pixels] = {}
    tiles: dict[TileKey, Pixels] = {}
    for key in rect.tile_keys(TILE_PX):
        t = tile_rect(key)
        part = (t & rect).moved(-t.x0, -t.y0)
        tile = made.get(part)
        if tile is None:
            tile = np.zeros((TILE_PX, TILE_PX, 4), np.uint16)
            tile[part.y0 : part.y1, part.x0 : part.x1] = premultiplied
            tile.flags.writeable = False
            made[part] = tile
        tiles[key] = tile
    return Surface(tiles)


def filled(surface: Surface, rect: Rect, colour: Colour, selection: Surface | None) -> Surface:
    """`surface` with `colour` over it in `rect`, as far as it is selected."""
    return _covered(surface, rect, colour, selection, PAINT)


def recoloured(surface: Surface, rect: Rect, colour: Colour, selection: Surface | None) -> Surface:
    """`surface` in `colour` in `rect`, as far as it is selected, its alpha unchanged."""
    return _covered(surface, rect, colour, selection, PAINT_ATOP)


def cleared(surface: Surface, rect: Rect, selection: Surface | None) -> Surface:
    """`surface` made transparent in `rect`, as far as it is selected."""
    return _covered(surface, rect, (0.0, 0.0, 0.0), selection, ERASE).trimmed()


def _covered(surface: Surface, rect: Rect, colour: Colour, selection: Surface | None, mode: int) -> Surface:
    cover = solid(rect, colour)
    red, green, blue = (round(min(max(c, 0.0), 1.0) * ONE) for c in colour)
    edit = surface.edit()
    for key, tile in cover.tiles.items():
        base = surface.tiles.get(key)
        if base is None and mode != PAINT:
            continue
        limit = _NO_SELECTION if selection is None else selection.tiles.get(key)
        if limit is None:
            continue
        whole = selection is None and tile_rect(key) & rect == tile_rect(key)
        if mode == PAINT and selection is None and (base is None or whole):
            edit.put(key, tile)
            continue
        if base is None:
            base = np.zeros_like(tile)
        out = np.empty_like(tile)
        mask = np.ascontiguousarray(tile[..., 3:])
        kernels.apply_stroke(out, base, mask, limit, red, green, blue, ONE, mode)
        edit.put(key, out)
    return edit.freeze()
