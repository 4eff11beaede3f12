"""Loops over the pixels of a PNG, compiled: straight to premultiplied and back, and the filters of a band by itself.

All release the GIL; any thread. `png_filters` has the filters of whole pictures, and undoes all.
"""

from __future__ import annotations

from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels, Pixels8

Pixels16: TypeAlias = npt.NDArray[np.uint16]
"""Straight 16-bit values, 0..65535."""
Straight: TypeAlias = Pixels8 | Pixels16
"""Straight pixels (height, width, channels), 0..255 or 0..65535; channels: grey, grey and alpha, RGB or RGBA."""


def lay_straight(straight: Straight, tile: Pixels, start: int, tile_x: int, tile_y: int) -> int:
    """`premultiply8` or `premultiply16`, as the values want it."""
    if straight.dtype == np.uint8:
        return premultiply8(cast("Pixels8", straight), tile, start, tile_x, tile_y)
    return premultiply16(cast("Pixels16", straight), tile, start, tile_x, tile_y)


@kernel("in16", "out8")
def straight8(pixels: Pixels, out: Pixels8) -> None:
    """`canvas.tiles.to_rgba8`, bit for bit."""
    count = pixels.shape[0] * pixels.shape[1]
    source, to = pixels.reshape(count * 4), out.reshape(count * 4)
    for i in range(count):
        alpha = np.int32(source[4 * i + 3])
        # c * 255 + alpha / 2 < 2**24 and c <= alpha: the division in single precision floors exactly.
        divisor = np.float32(alpha if alpha > 0 else 1)
        half = alpha >> 1
        red = np.int32(np.float32(np.int32(source[4 * i]) * 255 + half) / divisor)
        green = np.int32(np.float32(np.int32(source[4 * i + 1]) * 255 + half) / divisor)
        blue = np.int32(np.float32(np.int32(source[4 * i + 2]) * 255 + half) / divisor)
        to[4 * i] = np.uint8(red if red < 255 else 255)
        to[4 * i + 1] = np.uint8(green if green < 255 else 255)
        to[4 * i + 2] = np.uint8(blue if blue < 255 else 255)
        to[4 * i + 3] = np.uint8((alpha * 255 + (ONE >> 1)) >> 15)


@kernel("in16", "out16")
def straight16(pixels: Pixels, out: Pixels16) -> None:
    """Premultiplied fixed point as straight values 0..65535, which `premultiply16` takes back without a loss."""
    count = pixels.shape[0] * pixels.shape[1]
    source, to = pixels.reshape(count * 4), out.reshape(count * 4)
    for i in range(count):
        alpha = np.uint32(source[4 * i + 3])
        divisor = max(alpha, np.uint32(1))
        half = alpha >> np.uint32(1)
        for c in range(3):
            to[4 * i + c] = min((np.uint32(source[4 * i + c]) * np.uint32(65535) + half) // divisor, np.uint32(65535))
        to[4 * i + 3] = (alpha * np.uint32(65535) + np.uint32(ONE >> 1)) >> np.uint32(15)


@kernel("in8", "out16", "int", "int", "int")
def premultiply8(straight: Pixels8, tile: Pixels, start: int, tile_x: int, tile_y: int) -> int:
    """Columns from `start` on of straight 8-bit rows as pixels of `tile` from (tile_x, tile_y) on, as many as fit.

    `straight` (rows, width, 1 to 4): grey, grey and alpha, RGB, or RGBA. As `canvas.tiles.from_rgba8`, bit for bit.
    Returns 0 where all is transparent, and leaves the tile as it came; else 1.
    """
    channels = straight.shape[2]
    width = min(tile.shape[1] - tile_x, straight.shape[1] - start)
    has_alpha = channels % 2 == 0
    if has_alpha:
        most = np.uint8(0)
        for y in range(straight.shape[0]):
            for x in range(width):
                most |= straight[y, start + x, channels - 1]
        if most == 0:
            return 0
    one, half, white = np.uint32(ONE), np.uint32(127), np.uint32(255)
    for y in range(straight.shape[0]):
        row = straight[y, start : start + width].reshape(width * channels)
        to = tile[tile_y + y, tile_x : tile_x + width].reshape(width * 4)
        if channels == 4:
            for x in range(width):
                share = (np.uint32(row[4 * x + 3]) * one + half) // white
                to[4 * x] = np.uint16((np.uint32(row[4 * x]) * share + half) // white)
                to[4 * x + 1] = np.uint16((np.uint32(row[4 * x + 1]) * share + half) // white)
                to[4 * x + 2] = np.uint16((np.uint32(row[4 * x + 2]) * share + half) // white)
                to[4 * x + 3] = np.uint16(share)
        else:
            second, third = (1, 2) if channels == 3 else (0, 0)
            for x in range(width):
                alpha = np.uint32(row[channels * x + channels - 1]) if has_alpha else white
                share = (alpha * one + half) // white
                to[4 * x] = np.uint16((np.uint32(row[channels * x]) * share + half) // white)
                to[4 * x + 1] = np.uint16((np.uint32(row[channels * x + second]) * share + half) // white)
                to[4 * x + 2] = np.uint16((np.uint32(row[channels * x + third]) * share + half) // white)
                to[4 * x + 3] = np.uint16(share)
    return 1


@kernel("in16", "out16", "int", "int", "int")
def premultiply16(straight: Pixels16, tile: Pixels, start: int, tile_x: int, tile_y: int) -> int:
    """`premultiply8` for values 0..65535."""
    channels = straight.shape[2]
    width = min(tile.shape[1] - tile_x, straight.shape[1] - start)
    has_alpha = channels % 2 == 0
    if has_alpha:
        most = np.uint16(0)
        for y in range(straight.shape[0]):
            for x in range(width):
                most |= straight[y, start + x, channels - 1]
        if most == 0:
            return 0
    one, half, white = np.uint32(ONE), np.uint32(32767), np.uint32(65535)
    second, third = (1, 2) if channels >= 3 else (0, 0)
    for y in range(straight.shape[0]):
        row = straight[y, start : start + width].reshape(width * channels)
        to = tile[tile_y + y, tile_x : tile_x + width].reshape(width * 4)
        for x in range(width):
            alpha = np.uint32(row[channels * x + channels - 1]) if has_alpha else white
            share = (alpha * one + half) // white
            to[4 * x] = np.uint16((np.uint32(row[channels * x]) * share + half) // white)
            to[4 * x + 1] = np.uint16((np.uint32(row[channels * x + second]) * share + half) // white)
            to[4 * x + 2] = np.uint16((np.uint32(row[channels * x + third]) * share + half) // white)
            to[4 * x + 3] = np.uint16(share)
    return 1


@kernel("in8", "out8", "int")
def filter_rows(rows: Pixels8, out: Pixels8, pixel_bytes: int) -> None:
    """Each row (1, rows, bytes) filtered by Sub or Up, whichever leaves the smaller differences; the first by Sub.

    So nothing before these rows is needed. `out` (1, rows, 1 + bytes): the number of the filter, and the row.
    """
    count, width = rows.shape[1], rows.shape[2]
    for y in range(count):
        row, to = rows[0, y], out[0, y, 1:]
        left = row[: width - pixel_bytes]
        here, after = row[pixel_bytes:], to[pixel_bytes:]
        for x in range(pixel_bytes):
            to[x] = row[x]
        by_left = np.uint64(0)
        for x in range(width - pixel_bytes):
            difference = np.uint8(here[x] - left[x])
            after[x] = difference
            by_left += np.uint64(min(difference, np.uint8(256 - np.int64(difference))))
        out[0, y, 0] = 1
        if y == 0:
            continue
        above = rows[0, y - 1]
        by_above = np.uint64(0)
        for x in range(width):
            difference = np.uint8(row[x] - above[x])
            by_above += np.uint64(min(difference, np.uint8(256 - np.int64(difference))))
        if by_above < by_left:
            for x in range(width):
                to[x] = np.uint8(row[x] - above[x])
            out[0, y, 0] = 2
