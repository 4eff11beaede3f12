"""A finished part of a stroke onto the pixels of a tile: through its mask, or as paint of several colours."""

from __future__ import annotations

import numpy as np

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels

#: Modes of `apply_stroke`.
PAINT, ERASE, PAINT_ATOP = 0, 1, 2


@kernel("out16", "in16", "in16", "in16", "int", "int", "int", "int", "int", "int", "int", "int", "int")
def apply_stroke_within(
    out: Pixels, base: Pixels, mask: Pixels, selection: Pixels, red: int, green: int, blue: int, opacity: int,
    mode: int, x0: int, y0: int, x1: int, y1: int,
) -> None:  # fmt: skip
    """`out` = `base` after a stroke: straight colour (0..ONE) through `mask` (h, w, 1) times `opacity`.

    Only in the rectangle (x0, y0, x1, y1) of the tile; the rest of `out` stays as it is. `selection`: (h, w, 1) limits
    the stroke, (0, 0, 1) does not. `mode`: PAINT, ERASE, or PAINT_ATOP, which keeps the alpha of `base`. `out` must not
    be `base`. Where mask or selection is 0, `out` equals `base` bit for bit.
    """
    half, shift, one = np.uint32(1 << 14), np.uint32(15), np.uint32(ONE)
    width, stride = x1 - x0, out.shape[1]
    # The same number for each of the four channels of a pixel, so that one plain loop does them all; written as four
    # times 16 bits at once.
    adds, keeps = np.empty(width, np.uint64), np.empty(width, np.uint64)
    add, keep, colour = adds.view(np.uint16), keeps.view(np.uint16), np.zeros(4 * width, np.uint16)
    two, four = np.uint64(16), np.uint64(32)
    if mode != ERASE:
        for x in range(width):
            colour[4 * x], colour[4 * x + 1], colour[4 * x + 2], colour[4 * x + 3] = red, green, blue, ONE
    cover, share = np.empty(width, np.uint16), np.uint32(opacity)
    for y in range(y0, y1):
        m = mask[y].reshape(stride)[x0:x1]
        o, b = out[y].reshape(stride * 4)[4 * x0 : 4 * x1], base[y].reshape(stride * 4)[4 * x0 : 4 * x1]
        for x in range(width):
            cover[x] = np.uint16((np.uint32(m[x]) * share + half) >> shift)
        if selection.shape[0] > 0:
            selected = selection[y].reshape(stride)[x0:x1]
            for x in range(width):
                cover[x] = np.uint16((np.uint32(cover[x]) * np.uint32(selected[x]) + half) >> shift)
        for x in range(width):
            a = np.uint64(cover[x])
            a |= a << two
            adds[x] = a | (a << four)
            rest = np.uint64(one) - np.uint64(cover[x])
            rest |= rest << two
            keeps[x] = rest | (rest << four)
        if mode == PAINT_ATOP:
            for i in range(4 * width):
                add[i] = np.uint16((np.uint32(add[i]) * np.uint32(b[i | 3]) + half) >> shift)
        for i in range(4 * width):
            total = np.uint32(colour[i]) * np.uint32(add[i]) + np.uint32(b[i]) * np.uint32(keep[i])
            o[i] = np.uint16((total + half) >> shift)
        if mode == PAINT_ATOP:
            for x in range(width):
                alpha = b[4 * x + 3]
                for c in range(3):
                    o[4 * x + c] = min(o[4 * x + c], alpha)
                o[4 * x + 3] = alpha


def apply_stroke(
    out: Pixels, base: Pixels, mask: Pixels, selection: Pixels, red: int, green: int, blue: int, opacity: int, mode: int
) -> None:
    """The same for the whole tile."""
    height, width, _ = out.shape
    apply_stroke_within(out, base, mask, selection, red, green, blue, opacity, mode, 0, 0, width, height)


@kernel("out16", "in16", "in16", "in16", "int", "int")
def apply_paint(out: Pixels, base: Pixels, paint: Pixels, selection: Pixels, opacity: int, mode: int) -> None:
    """The same for the whole tile, with premultiplied `paint` (h, w, 4) for a mask; `mode`: PAINT or PAINT_ATOP."""
    height, width, _ = out.shape
    half, shift, one = np.uint32(1 << 14), np.uint32(15), np.uint32(ONE)
    for y in range(height):
        for x in range(width):
            share = np.uint32(opacity)
            if selection.shape[0] > 0:
                share = (share * np.uint32(selection[y, x, 0]) + half) >> shift
            rest = one - ((np.uint32(paint[y, x, 3]) * share + half) >> shift)
            alpha = np.uint32(base[y, x, 3])
            if mode == PAINT_ATOP:
                share = (share * alpha + half) >> shift
            for c in range(4):
                total = ((np.uint32(paint[y, x, c]) * share + half) >> shift) + (
                    (np.uint32(base[y, x, c]) * rest + half) >> shift
                )
                out[y, x, c] = np.uint16(min(total, one))
            if mode == PAINT_ATOP:
                out[y, x, 3] = alpha
            for c in range(3):
                out[y, x, c] = min(out[y, x, c], out[y, x, 3])


@kernel("out16", "in16", "in16", "in16", "int", "int")
def apply_value(out: Pixels, base: Pixels, mask: Pixels, selection: Pixels, value: int, opacity: int) -> None:
    """`out` = `base`, both (h, w, 1), moved towards `value` by `mask` times `opacity` and `selection` as above."""
    height, width, _ = out.shape
    half, shift, one = np.uint32(1 << 14), np.uint32(15), np.uint32(ONE)
    for y in range(height):
        for x in range(width):
            a = (np.uint32(mask[y, x, 0]) * np.uint32(opacity) + half) >> shift
            if selection.shape[0] > 0:
                a = (a * np.uint32(selection[y, x, 0]) + half) >> shift
            total = np.uint32(value) * a + np.uint32(base[y, x, 0]) * (one - a) + half
            out[y, x, 0] = np.uint16(total >> shift)


@kernel("out16", "in16", "int")
def wet_edges(out: Pixels, mask: Pixels, depth: int) -> None:
    """`out` = `mask` (h, w, 1), made lighter by the share `depth` (0..ONE) where it is full, and darker at its edge."""
    height, width, _ = out.shape
    share = np.float32(depth / ONE)
    one, half, ridge = np.float32(ONE), np.float32(0.5), np.float32(0.5)
    for y in range(height):
        for x in range(width):
            m = np.float32(mask[y, x, 0]) / one
            # A ridge that is highest in the middle of the slope that the edge of a mask is.
            t = m / ridge if m < ridge else (np.float32(1.0) - m) / (np.float32(1.0) - ridge)
            edge = t * t * (np.float32(3.0) - t - t)
            out[y, x, 0] = np.uint16(np.int32((m + (edge - m) * share) * one + half))
