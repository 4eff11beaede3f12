"""Copy-on-write pixels: read-only tiles, the sparse `Surface` they make, and `SurfaceEdit`, the only writer.

Pixels are premultiplied RGBA in 16-bit fixed point with 1.0 = 2**15 (`ONE`), so that a product is a shift and soft
brushes do not band. A surface of one channel (layer masks, selections) uses the same tiles with a last axis of 1.
A `Surface` is an immutable value: share it freely between states and threads. A `SurfaceEdit` has one owner.

>>> edit = Surface.blank().edit()
>>> edit.writable((0, 0))[...] = ONE
>>> first = edit.freeze()
>>> edit.writable((0, 0))[...] = 0          # copies: what was frozen does not change
>>> int(first.tiles[0, 0].max()), int(edit.freeze().tiles[0, 0].max())
(32768, 0)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.geometry import EMPTY, Rect

#: Side of a tile in pixels. Chosen by tests/bench/tile_size.py; its figures stand in ARCHITECTURE.md.
TILE_PX = 128
#: The fixed-point value of 1.0.
ONE = 1 << 15

Pixels: TypeAlias = npt.NDArray[np.uint16]
"""Premultiplied fixed-point pixels, shape (height, width, channels), values 0..ONE, colour <= alpha."""
Pixels8: TypeAlias = npt.NDArray[np.uint8]
TileKey: TypeAlias = tuple[int, int]
"""(tx, ty): the tile whose top left pixel is (tx * TILE_PX, ty * TILE_PX). May be negative."""


def tile_rect(key: TileKey) -> Rect:
    x, y = key[0] * TILE_PX, key[1] * TILE_PX
    return Rect(x, y, x + TILE_PX, y + TILE_PX)


class Surface:
    """A sparse, unbounded, immutable map of tiles; a missing tile is transparent."""

    __slots__ = ("__weakref__", "channels", "tiles")

    def __init__(self, tiles: Mapping[TileKey, Pixels], channels: int = 4) -> None:
        self.tiles: Mapping[TileKey, Pixels] = MappingProxyType(dict(tiles))
        self.channels = channels

    @staticmethod
    def blank(channels: int = 4) -> Surface:
        return Surface({}, channels)

    @staticmethod
    def from_pixels(pixels: Pixels, x: int = 0, y: int = 0) -> Surface:
        """A surface holding `pixels` (h, w, channels) with its top left at (x, y); all-zero tiles are left out."""
        edit = SurfaceEdit(Surface.blank(pixels.shape[2]))
        edit.write(Rect(x, y, x + pixels.shape[1], y + pixels.shape[0]), pixels)
        return edit.freeze().trimmed()

    def edit(self) -> SurfaceEdit:
        return SurfaceEdit(self)

    def tile_bounds(self) -> Rect:
        """The rectangle around all tiles, tile-aligned; EMPTY when there are none."""
        if not self.tiles:
            return EMPTY
        xs = [k[0] for k in self.tiles]
        ys = [k[1] for k in self.tiles]
        return Rect(min(xs) * TILE_PX, min(ys) * TILE_PX, (max(xs) + 1) * TILE_PX, (max(ys) + 1) * TILE_PX)

    def content_bounds(self) -> Rect:
        """The smallest rectangle around all pixels whose last channel is not 0."""
        bounds = EMPTY
        for key, tile in self.tiles.items():
            if bounds.contains(tile_rect(key)):
                continue
            alpha = tile[..., -1]
            rows = np.flatnonzero(alpha.any(axis=1))
            if rows.size:
                cols = np.flatnonzero(alpha.any(axis=0))
                x, y = key[0] * TILE_PX, key[1] * TILE_PX
                bounds |= Rect(x + int(cols[0]), y + int(rows[0]), x + int(cols[-1]) + 1, y + int(rows[-1]) + 1)
        return bounds

    def read(self, rect: Rect) -> Pixels:
        """A fresh, writable copy of `rect`, shape (rect.height, rect.width, channels)."""
        out = np.zeros((rect.height, rect.width, self.channels), np.uint16)
        keys = list(rect.tile_keys(TILE_PX)) if rect.area < TILE_PX * TILE_PX * len(self.tiles) else list(self.tiles)
        for key in keys:
            tile = self.tiles.get(key)
            if tile is None:
                continue
            t = tile_rect(key)
            part = t & rect
            if part:
                out[part.y0 - rect.y0 : part.y1 - rect.y0, part.x0 - rect.x0 : part.x1 - rect.x0] = tile[
                    part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0
                ]
        return out

    def trimmed(self) -> Surface:
        """The same pixels without tiles that are entirely zero."""
        return Surface({k: t for k, t in self.tiles.items() if t.any()}, self.channels)

    def changed_tiles(self, other: Surface) -> set[TileKey]:
        """Keys whose tile is not the same object in both: by the sharing rule, all that may differ."""
        if self is other:
            return set()
        mine, theirs = self.tiles, other.tiles
        changed = {k for k, t in mine.items() if theirs.get(k) is not t}
        changed.update(k for k in theirs if k not in mine)
        return changed

    def byte_size(self) -> int:
        return len(self.tiles) * TILE_PX * TILE_PX * self.channels * 2


class SurfaceEdit:
    """The mutable twin of a `Surface`: copies a tile on its first write after each `freeze`.

    One owner at a time; not thread-safe. `dirty` is the rectangle of all tiles written since construction.
    """

    __slots__ = ("_base", "_owned", "_tiles", "channels", "touched")

    def __init__(self, base: Surface) -> None:
        self._base = base
        self._tiles: dict[TileKey, Pixels] = dict(base.tiles)
        self._owned: set[TileKey] = set()
        self.channels = base.channels
        self.touched: set[TileKey] = set()

    @property
    def base(self) -> Surface:
        """The surface this edit started from."""
        return self._base

    @property
    def dirty(self) -> Rect:
        rect = EMPTY
        for key in self.touched:
            rect |= tile_rect(key)
        return rect

    def peek(self, key: TileKey) -> Pixels | None:
        """The current tile, read only; None when it is transparent."""
        return self._tiles.get(key)

    def writable(self, key: TileKey) -> Pixels:
        """The tile at `key` for writing, shape (TILE_PX, TILE_PX, channels), created transparent when missing."""
        tile = self._tiles.get(key)
        if key not in self._owned:
            tile = np.zeros((TILE_PX, TILE_PX, self.channels), np.uint16) if tile is None else tile.copy()
            self._tiles[key] = tile
            self._owned.add(key)
            self.touched.add(key)
        assert tile is not None
        return tile

    def put(self, key: TileKey, tile: Pixels) -> None:
        """Make `tile`, shape (TILE_PX, TILE_PX, channels), the tile at `key`. It belongs to this edit from now on."""
        self._tiles[key] = tile
        self._owned.add(key)
        self.touched.add(key)

    def drop(self, key: TileKey) -> None:
        """Make the tile at `key` transparent."""
        if self._tiles.pop(key, None) is not None:
            self._owned.discard(key)
            self.touched.add(key)

    def write(self, rect: Rect, pixels: Pixels) -> None:
        """Replace `rect` by `pixels` of the same shape."""
        if pixels.shape != (rect.height, rect.width, self.channels):
            raise ValueError(f"pixels {pixels.shape} do not fit a rectangle of {rect.size}")
        for key in rect.tile_keys(TILE_PX):
            t = tile_rect(key)
            part = t & rect
            source = pixels[part.y0 - rect.y0 : part.y1 - rect.y0, part.x0 - rect.x0 : part.x1 - rect.x0]
            if key not in self._tiles and not source.any():
                continue
            self.writable(key)[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0] = source

    def freeze(self) -> Surface:
        """Publish the present pixels as a value; later writes copy again."""
        for key in self._owned:
            self._tiles[key].flags.writeable = False
        self._owned.clear()
        return Surface(self._tiles, self.channels)


def from_rgba8(straight: Pixels8) -> Pixels:
    """8-bit straight RGBA (h, w, 4) -> premultiplied fixed point. Opaque values come back exact by `to_rgba8`."""
    wide = straight.astype(np.uint32)
    alpha = (wide[..., 3:] * ONE + 127) // 255
    out = np.empty(straight.shape, np.uint16)
    out[..., :3] = (wide[..., :3] * alpha + 127) // 255
    out[..., 3:] = alpha
    return out


def to_rgba8(pixels: Pixels) -> Pixels8:
    """Premultiplied fixed point (h, w, 4) -> 8-bit straight RGBA, rounded to nearest."""
    wide = pixels.astype(np.uint32)
    alpha = wide[..., 3:]
    safe = np.maximum(alpha, 1)
    out = np.empty(pixels.shape, np.uint8)
    out[..., :3] = np.minimum((wide[..., :3] * 255 + safe // 2) // safe, 255)
    out[..., 3:] = (alpha * 255 + ONE // 2) >> 15
    return out
