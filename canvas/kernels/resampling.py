"""From fixed-point tiles to the 8-bit pixels that screens and the engine take, at the same or a smaller scale."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels, Pixels8


@kernel("out8", "in16", "int")
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
    shift = 15 + 2 * level
    half = 1 << (shift - 1)
    for y in range(height):
        for x in range(width):
            r, g, b, a = 0, 0, 0, 0
            for v in range(y * side, y * side + side):
                for u in range(x * side, x * side + side):
                    r += src[v, u, 0]
                    g += src[v, u, 1]
                    b += src[v, u, 2]
                    a += src[v, u, 3]
            out[y, x, 0] = (r * 255 + half) >> shift
            out[y, x, 1] = (g * 255 + half) >> shift
            out[y, x, 2] = (b * 255 + half) >> shift
            out[y, x, 3] = (a * 255 + half) >> shift


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
