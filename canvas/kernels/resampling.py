"""From fixed-point tiles to the 8-bit pixels that screens and the engine take, at the same or a smaller scale."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels, Pixels8


def _sum_rows(sums: npt.NDArray[np.uint32], src: Pixels, y0: int, count: int) -> None:
    """The sums of `count` rows from `y0` on, channel by channel."""
    n = len(sums)
    first = src[y0].reshape(n)
    for i in range(n):
        sums[i] = first[i]
    for y in range(y0 + 1, y0 + count):
        row = src[y].reshape(n)
        for i in range(n):
            sums[i] += np.uint32(row[i])


def _sum_columns(sums: npt.NDArray[np.uint32], channels: int, level: int) -> None:
    """Add up 2**level neighbours of a row, in place, by adding up pairs `level` times."""
    n = len(sums)
    for _ in range(level):
        n //= 2
        if channels == 4:
            for x in range(n // 4):
                r, g = sums[8 * x] + sums[8 * x + 4], sums[8 * x + 1] + sums[8 * x + 5]
                b, a = sums[8 * x + 2] + sums[8 * x + 6], sums[8 * x + 3] + sums[8 * x + 7]
                sums[4 * x], sums[4 * x + 1], sums[4 * x + 2], sums[4 * x + 3] = r, g, b, a
        else:
            for x in range(n):
                sums[x] = sums[2 * x] + sums[2 * x + 1]


@kernel("out8", "in16", "int", helpers=(_sum_rows, _sum_columns))
def to_premultiplied8(out: Pixels8, src: Pixels, level: int) -> None:
    """Premultiplied 8-bit RGBA at 1 / 2**level of the size: each pixel of `out` is the mean of a block of `src`."""
    height, width, _ = out.shape
    if level == 0:
        for y in range(height):
            o = out[y].reshape(width * 4)
            s = src[y].reshape(width * 4)
            for i in range(width * 4):
                o[i] = np.uint8((np.uint32(s[i]) * np.uint32(255) + np.uint32(1 << 14)) >> np.uint32(15))
        return
    side = 1 << level
    shift, half = np.uint32(15 + 2 * level), np.uint32(1 << (14 + 2 * level))
    sums = np.empty(src.shape[1] * 4, np.uint32)
    for y in range(height):
        _sum_rows(sums, src, y * side, side)
        _sum_columns(sums, 4, level)
        o = out[y].reshape(width * 4)
        for i in range(width * 4):
            o[i] = np.uint8(np.uint32(np.uint32(sums[i] * np.uint32(255)) + half) >> shift)


@kernel("out16", "in16", "int", "int", "int", helpers=(_sum_rows, _sum_columns))
def shrink_into(out: Pixels, src: Pixels, x0: int, y0: int, level: int) -> None:
    """Write the means of the blocks of `src`, 2**level pixels a side, into `out` from (x0, y0) on."""
    height, width, channels = src.shape
    side = 1 << level
    shift, half = np.uint32(2 * level), np.uint32((1 << 2 * level) >> 1)
    count = width // side * channels
    sums = np.empty(width * channels, np.uint32)
    for y in range(height // side):
        _sum_rows(sums, src, y * side, side)
        _sum_columns(sums, channels, level)
        o = out[y0 + y, x0 : x0 + width // side].reshape(count)
        for i in range(count):
            o[i] = np.uint16(np.uint32(sums[i] + half) >> shift)


@kernel("out32f", "in16", "int", "int", "int", "int", "float", "float")
def add_area(
    out: npt.NDArray[np.float32], src: Pixels, dx: int, dy: int, i0: int, j0: int, scale_x: float, scale_y: float
) -> None:
    """Add to each pixel of `out` the share of `src` that lies in it; summed over all tiles this is the area mean.

    Cell (i, j) of the whole grid covers [i, i+1) * scale_x by [j, j+1) * scale_y (scales >= 1) of a plane in which the
    top left of `src` lies at (dx, dy). `out` holds the cells from (i0, j0) on; what sticks out of it is left away.
    """
    height, width, _ = out.shape
    rows, columns, _ = src.shape
    norm = 1.0 / (scale_x * scale_y)
    for j in range(height):
        top, bottom = (j0 + j) * scale_y - dy, (j0 + j + 1) * scale_y - dy
        for i in range(width):
            left, right = (i0 + i) * scale_x - dx, (i0 + i + 1) * scale_x - dx
            r, g, b, a = 0.0, 0.0, 0.0, 0.0
            for v in range(max(0, floor(top)), min(rows, ceil(bottom))):
                row_weight = min(bottom, v + 1.0) - max(top, float(v))
                for u in range(max(0, floor(left)), min(columns, ceil(right))):
                    weight = row_weight * (min(right, u + 1.0) - max(left, float(u)))
                    r += weight * src[v, u, 0]
                    g += weight * src[v, u, 1]
                    b += weight * src[v, u, 2]
                    a += weight * src[v, u, 3]
            out[j, i, 0] += np.float32(r * norm)
            out[j, i, 1] += np.float32(g * norm)
            out[j, i, 2] += np.float32(b * norm)
            out[j, i, 3] += np.float32(a * norm)


@kernel("out8", "in32f")
def to_straight8(out: Pixels8, src: npt.NDArray[np.float32]) -> None:
    """Straight 8-bit RGBA from premultiplied values 0..ONE; for whole numbers the same as `tiles.to_rgba8`."""
    height, width, _ = out.shape
    for y in range(height):
        for x in range(width):
            alpha = min(int(src[y, x, 3] + np.float32(0.5)), ONE)
            safe = max(alpha, 1)
            for c in range(3):
                colour = int(src[y, x, c] + np.float32(0.5))
                out[y, x, c] = min((colour * 255 + safe // 2) // safe, 255)
            out[y, x, 3] = (alpha * 255 + (ONE >> 1)) >> 15
