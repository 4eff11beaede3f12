"""The brush on tiles: dabs into a stroke mask of one channel, and the finished mask onto the pixels of a layer."""

from __future__ import annotations

from math import ceil, floor, sqrt

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels

#: Modes of `apply_stroke`.
PAINT, ERASE, PAINT_ATOP = 0, 1, 2


@kernel("out16", "table", "int", "int")
def rasterise(mask: Pixels, dabs: npt.NDArray[np.float64], x0: int, y0: int) -> int:
    """Draw `dabs`, rows of (x, y, radius, hardness, flow, cap), into `mask` (h, w, 1) whose top left is (x0, y0).

    The value of a dab falls from `cap` inside to 0 at its radius by a smoothstep over (1 - hardness) of the radius,
    but never over less than a pixel, which antialiases hard edges; under 3 px of radius it is the mean of 4x4 samples.
    A dab moves the mask by the share `flow` towards that value and never down: with flow 1 a stroke is the maximum of
    its dabs, so that neither spacing nor going over it twice darkens its edge. x, y, radius in document pixels,
    hardness, flow and cap 0..1. Returns how many pixels changed.
    """
    height, width, _ = mask.shape
    changed = 0
    for i in range(dabs.shape[0]):
        radius, hardness, cap = dabs[i, 2], dabs[i, 3], dabs[i, 5] * ONE
        cx, cy = dabs[i, 0] - x0, dabs[i, 1] - y0
        samples = 1 if radius >= 3.0 else 4
        edge = radius + 0.5 / samples
        slope = np.float32(1.0 / max(1.0 / samples, (1.0 - hardness) * radius))
        edge_f, cap_f, flow_f = np.float32(edge), np.float32(cap), np.float32(dabs[i, 4])
        reach = edge + 0.5  # a pixel centre in the first row may lie half a pixel off
        for y in range(max(0, floor(cy - reach)), min(height, ceil(cy + reach))):
            dy = np.float32(y + 0.5 - cy)
            room = reach * reach - dy * dy
            if room <= 0.0:
                continue
            half_width = sqrt(room) + 0.5
            first, last = max(0, floor(cx - half_width)), min(width, ceil(cx + half_width))
            if samples == 1:
                for x in range(first, last):
                    dx = np.float32(x + 0.5 - cx)
                    t = (edge_f - np.sqrt(dx * dx + dy * dy)) * slope
                    t = min(max(t, np.float32(0.0)), np.float32(1.0))
                    value = cap_f * (t * t * (np.float32(3.0) - t - t))
                    old = np.float32(mask[y, x, 0])
                    new = np.uint16(old + max(np.float32(0.0), value - old) * flow_f + np.float32(0.5))
                    changed += new != mask[y, x, 0]
                    mask[y, x, 0] = new
            else:
                for x in range(first, last):
                    total = np.float32(0.0)
                    for sub_y in range(4):
                        for sub_x in range(4):
                            dx = np.float32(x + sub_x * 0.25 + 0.125 - cx)
                            sy = np.float32(y + sub_y * 0.25 + 0.125 - cy)
                            t = (edge_f - np.sqrt(dx * dx + sy * sy)) * slope
                            t = min(max(t, np.float32(0.0)), np.float32(1.0))
                            total += t * t * (np.float32(3.0) - t - t)
                    value = cap_f * total * np.float32(1.0 / 16.0)
                    old = np.float32(mask[y, x, 0])
                    new = np.uint16(old + max(np.float32(0.0), value - old) * flow_f + np.float32(0.5))
                    changed += new != mask[y, x, 0]
                    mask[y, x, 0] = new
    return changed


@kernel("out16", "in16", "in16", "in16", "int", "int", "int", "int", "int")
def apply_stroke(
    out: Pixels, base: Pixels, mask: Pixels, selection: Pixels, red: int, green: int, blue: int, opacity: int, mode: int
) -> None:
    """`out` = `base` after a stroke: straight colour (0..ONE) through `mask` (h, w, 1) times `opacity`.

    `selection`: (h, w, 1) limits the stroke, (0, 0, 1) does not. `mode`: PAINT, ERASE, or PAINT_ATOP, which keeps the
    alpha of `base`. `out` must not be `base`. Where mask or selection is 0, `out` equals `base` bit for bit.
    """
    height, width, _ = out.shape
    limited = selection.shape[0] > 0
    half = np.uint32(1 << 14)
    shift = np.uint32(15)
    for y in range(height):
        for x in range(width):
            a = (np.uint32(mask[y, x, 0]) * np.uint32(opacity) + half) >> shift
            if limited:
                a = (np.uint32(a) * np.uint32(selection[y, x, 0]) + half) >> shift
            cover = np.uint32(a)
            rest = np.uint32(ONE) - cover
            full = np.uint32(ONE)
            if mode == ERASE:
                full = np.uint32(0)
            elif mode == PAINT_ATOP:
                full = np.uint32(base[y, x, 3])
            r = (np.uint32(red) * full + half) >> shift
            g = (np.uint32(green) * full + half) >> shift
            b = (np.uint32(blue) * full + half) >> shift
            out[y, x, 0] = np.uint16((np.uint32(r) * cover + np.uint32(base[y, x, 0]) * rest + half) >> shift)
            out[y, x, 1] = np.uint16((np.uint32(g) * cover + np.uint32(base[y, x, 1]) * rest + half) >> shift)
            out[y, x, 2] = np.uint16((np.uint32(b) * cover + np.uint32(base[y, x, 2]) * rest + half) >> shift)
            out[y, x, 3] = np.uint16((full * cover + np.uint32(base[y, x, 3]) * rest + half) >> shift)
