"""Pictures as other programs hold them, turned into surfaces a tile at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.formats.planes import premultiplied
from canvas.geometry import Rect
from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, TILE_PX, Pixels, Pixels8, Surface, TileKey, tile_rect

Pixels16: TypeAlias = npt.NDArray[np.uint16]
"""Straight 16-bit values, 0..65535, shape (height, width, channels)."""
Rgba: TypeAlias = Pixels8 | Pixels16
"""Straight RGBA (h, w, 4), uint8 or uint16, all of its range used."""
Samples: TypeAlias = Pixels8 | Pixels16
"""Straight pixels (h, w, channels), uint8 or uint16: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA."""


def surface_from_rgba8(straight: Pixels8, x: int = 0, y: int = 0) -> Surface:
    """A surface with straight 8-bit RGBA (h, w, 4) at (x, y). Opaque values come back exact from the picture."""
    return Surface(tiles_of(straight, x, y))


def tiles_of(straight: Rgba, x: int = 0, y: int = 0) -> Mapping[TileKey, Pixels]:
    """The tiles of a surface with `straight` at (x, y), without those that are transparent."""
    rect = Rect(x, y, x + straight.shape[1], y + straight.shape[0])
    tiles: dict[TileKey, Pixels] = {}
    for key in rect.tile_keys(TILE_PX):
        t = tile_rect(key)
        part = t & rect
        source = straight[part.y0 - y : part.y1 - y, part.x0 - x : part.x1 - x]
        if not source[..., 3].any():
            continue
        tile = np.zeros((TILE_PX, TILE_PX, 4), np.uint16)
        own = premultiplied(source.view(np.uint8)) if source.itemsize == 1 else premultiplied16(source.view(np.uint16))
        tile[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0] = own
        tile.flags.writeable = False
        tiles[key] = tile
    return tiles


def as_8_bits(pixels: Samples) -> Pixels8:
    """Each value rounded to the nearest of 8 bits."""
    if pixels.itemsize == 1:
        return pixels.view(np.uint8)
    return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def as_16_bits(pixels: Samples) -> Pixels16:
    return pixels.view(np.uint16) if pixels.itemsize == 2 else pixels.astype(np.uint16) * np.uint16(257)


def premultiplied16(straight: Pixels16) -> Pixels:
    """Straight 16-bit RGBA (h, w, 4) as pixels of a tile, each value rounded once."""
    out = np.empty(straight.shape, np.uint16)
    _premultiply(np.ascontiguousarray(straight), out)
    return out


def straight_rgba16(pixels: Pixels) -> Pixels16:
    """Pixels of tiles (h, w, 4) as straight 16-bit RGBA; transparent ones are black.

    A tile has fewer steps than 16 bits: `premultiplied16` of the result gives every value back. Of the two or three
    values that would do so, it is 257 times an 8-bit one where there is such a one, so that pictures that came with 8
    bits keep their colours exactly; else the nearest to the value of the tile.
    """
    out = np.empty(pixels.shape, np.uint16)
    _straighten(np.ascontiguousarray(pixels), out)
    return out


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


@kernel("in16", "out16")
def _premultiply(straight: Pixels16, out: Pixels) -> None:
    one, half, white = np.uint32(ONE), np.uint32(32767), np.uint32(65535)
    height, width = straight.shape[:2]
    for y in range(height):
        for x in range(width):
            alpha = (np.uint32(straight[y, x, 3]) * one + half) // white
            for c in range(3):
                out[y, x, c] = (np.uint32(straight[y, x, c]) * alpha + half) // white
            out[y, x, 3] = alpha


def _deep(value: np.int32, whole: np.int32) -> np.uint16:
    octet = np.int32(np.float32(value * np.int32(255) + (whole >> 1)) / np.float32(whole))
    if (octet * whole + np.int32(127)) // np.int32(255) == value:
        return np.uint16(octet * np.int32(257))
    return np.uint16((np.int64(value) * np.int64(65535) + np.int64(whole >> 1)) // np.int64(whole))


@kernel("in16", "out16", helpers=(_deep,))
def _straighten(pixels: Pixels, out: Pixels16) -> None:
    height, width = pixels.shape[:2]
    for y in range(height):
        for x in range(width):
            alpha = np.int32(pixels[y, x, 3])
            whole = max(alpha, np.int32(1))
            for c in range(3):
                out[y, x, c] = _deep(min(np.int32(pixels[y, x, c]), alpha), whole)
            out[y, x, 3] = _deep(alpha, np.int32(ONE))
