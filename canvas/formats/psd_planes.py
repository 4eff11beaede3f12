"""What a PSD's channels hold, of one band of rows at a time: straight colour, alpha, masks, of 8 or 16 bits.

Values come from tiles without a copy between. 0..255 of 8 bits are 257 times as much in 16, whatever way they went:
what a document of 8 bits held is exact in a file of 16. Any thread.
"""

from __future__ import annotations

from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt

from canvas.compositor import Program, run
from canvas.formats.colour_profiles import from_srgb, in_effect_srgb
from canvas.formats.options import Depth
from canvas.geometry import Rect
from canvas.kernels.compiling import kernel
from canvas.layers import LayerMask
from canvas.tiles import ONE, TILE_PX, Pixels, Pixels8, Surface, TileKey, tile_rect

Planes: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
"""Shape (channels, height, width), values 0..255 or 0..65535. Of four, the last one is alpha."""

_ALPHA = 3


def layer_planes(surface: Surface, band: Rect, depth: Depth) -> Planes:
    """Straight red, green, blue, and alpha."""
    planes = _cleared(4, band, depth)
    for key in band.tile_keys(TILE_PX):
        tile = surface.tiles.get(key)
        if tile is not None:
            _lay(tile, key, band, planes)
    return planes


def picture_planes(program: Program, band: Rect, depth: Depth) -> Planes:
    """The same of what a program composes."""
    planes = _cleared(4, band, depth)
    for key in band.tile_keys(TILE_PX):
        (tile,) = run(program, key)
        if tile is not None:
            _lay(tile, key, band, planes)
    return planes


def mask_planes(mask: LayerMask, band: Rect, depth: Depth) -> Planes:
    """One plane: how much the mask lets through."""
    values = np.full((1, band.height, band.width), mask.outside, np.uint16)
    for key in band.tile_keys(TILE_PX):
        tile = mask.surface.tiles.get(key)
        if tile is not None:
            t = tile_rect(key)
            part = t & band
            values[0, part.y0 - band.y0 : part.y1 - band.y0, part.x0 - band.x0 : part.x1 - band.x0] = tile[
                part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0, 0
            ]
    wide = values.astype(np.uint32)
    eight = (wide * 255 + ONE // 2) // ONE
    if depth == 8:
        return eight.astype(np.uint8)
    exact = (eight * ONE + 127) // 255 == wide
    return np.where(exact, eight * 257, (wide * 65535 + ONE // 2) // ONE).astype(np.uint16)


def converted(planes: Planes, profile: bytes) -> Planes:
    """Four planes of sRGB in the colours of `profile`."""
    if in_effect_srgb(profile):
        return planes
    # The type is that of 8 bits; 16 go the same way.
    rgba = from_srgb(cast(Pixels8, np.ascontiguousarray(planes.transpose(1, 2, 0))), profile)
    return planes if rgba is None else np.ascontiguousarray(rgba.transpose(2, 0, 1))


def on_white(planes: Planes) -> Planes:
    """Photoshop's convention for the merged picture, which readers undo: its colours lie on white."""
    full = np.uint32(np.iinfo(planes.dtype).max)
    alpha = planes[_ALPHA].astype(np.uint32)
    if alpha.min(initial=full) < full:
        planes[:_ALPHA] = (planes[:_ALPHA] * alpha + full * (full - alpha) + full // 2) // full
    return planes


def octets(planes: Planes) -> Pixels8:
    """The rows as PackBits takes them: bytes, of 16-bit values the higher one first."""
    return cast(Pixels8, planes) if planes.dtype == np.uint8 else planes.astype(">u2").view(np.uint8)


def _cleared(channels: int, band: Rect, depth: Depth) -> Planes:
    shape = (channels, band.height, band.width)
    return np.zeros(shape, np.uint8) if depth == 8 else np.zeros(shape, np.uint16)


def _lay(tile: Pixels, key: TileKey, band: Rect, planes: Planes) -> None:
    t = tile_rect(key)
    part = t & band
    place = (part.x0 - t.x0, part.y0 - t.y0, part.width, part.height, part.x0 - band.x0, part.y0 - band.y0)
    if planes.dtype == np.uint8:
        _straight8(tile, cast(Pixels8, planes), *place)
    else:
        _straight16(tile, cast(Pixels, planes), *place)


# Kernels: a part of a tile, from (x0, y0) on, to (to_x, to_y) of the planes.


@kernel("in16", "out8", "int", "int", "int", "int", "int", "int")
def _straight8(tile: Pixels, planes: Pixels8, x0: int, y0: int, width: int, height: int, to_x: int, to_y: int) -> None:
    """As `canvas.tiles.to_rgba8`, bit for bit."""
    highest, twice = np.int32(255), np.int32(15)
    for y in range(height):
        # Slices from 0 on: the compiler then makes vector code of the loop.
        row = tile[y0 + y].reshape(TILE_PX * 4)[4 * x0 : 4 * (x0 + width)]
        red, green = planes[0, to_y + y, to_x : to_x + width], planes[1, to_y + y, to_x : to_x + width]
        blue, cover = planes[2, to_y + y, to_x : to_x + width], planes[3, to_y + y, to_x : to_x + width]
        for x in range(width):
            alpha = np.int32(row[4 * x + 3])
            # c * 255 + alpha / 2 < 2**24 and c <= alpha: the division in single precision floors exactly.
            divisor, half = np.float32(max(alpha, np.int32(1))), alpha >> 1
            r = np.int32(np.float32(np.int32(row[4 * x]) * highest + half) / divisor)
            g = np.int32(np.float32(np.int32(row[4 * x + 1]) * highest + half) / divisor)
            b = np.int32(np.float32(np.int32(row[4 * x + 2]) * highest + half) / divisor)
            red[x] = np.uint8(min(r, highest))
            green[x] = np.uint8(min(g, highest))
            blue[x] = np.uint8(min(b, highest))
            cover[x] = np.uint8((alpha * highest + np.int32(ONE >> 1)) >> twice)


def _deep(value: np.int32, whole: np.int32) -> np.uint16:
    """`value` / `whole` of 65535, rounded; 257 times the 8-bit value where it stands for one."""
    octet = np.int32(np.float32(value * np.int32(255) + (whole >> 1)) / np.float32(whole))
    exact = (octet * whole + np.int32(127)) // np.int32(255) == value
    # Both are below 2**31: double precision floors exactly.
    fine = np.int32((np.float64(value) * 65535.0 + np.float64(whole >> 1)) / np.float64(whole))
    return np.uint16(octet * np.int32(257) if exact else fine)


@kernel("in16", "out16", "int", "int", "int", "int", "int", "int", helpers=(_deep,))
def _straight16(tile: Pixels, planes: Pixels, x0: int, y0: int, width: int, height: int, to_x: int, to_y: int) -> None:
    """Straight 16-bit colour and alpha; black where nothing is."""
    for y in range(height):
        row = tile[y0 + y].reshape(TILE_PX * 4)[4 * x0 : 4 * (x0 + width)]
        red, green = planes[0, to_y + y, to_x : to_x + width], planes[1, to_y + y, to_x : to_x + width]
        blue, cover = planes[2, to_y + y, to_x : to_x + width], planes[3, to_y + y, to_x : to_x + width]
        for x in range(width):
            alpha = np.int32(row[4 * x + 3])
            whole = max(alpha, np.int32(1))
            red[x] = _deep(np.int32(row[4 * x]), whole)
            green[x] = _deep(np.int32(row[4 * x + 1]), whole)
            blue[x] = _deep(np.int32(row[4 * x + 2]), whole)
            cover[x] = _deep(alpha, np.int32(ONE))
