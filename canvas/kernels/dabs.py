"""The brush on tiles: dabs into a stroke mask of one channel, and the finished mask onto the pixels of a layer."""

from __future__ import annotations

from math import ceil, floor, sqrt

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels

#: Modes of `apply_stroke`.
PAINT, ERASE, PAINT_ATOP = 0, 1, 2


def _profile(
    line: npt.NDArray[np.float32], left: float, dy: float, edge: float, slope: float, height: np.float32
) -> None:
    """Add a row through a dab to `line`: samples at dx = left, left + 1, ... and `dy` from its centre."""
    x0, yy, end, steep = np.float32(left), np.float32(dy * dy), np.float32(edge), np.float32(slope)
    zero, one, three = np.float32(0.0), np.float32(1.0), np.float32(3.0)
    for x in range(line.shape[0]):
        dx = np.float32(np.int32(x)) + x0
        t = (end - np.sqrt(dx * dx + yy)) * steep
        # Comparisons rather than min and max, which keep NaN apart and so are not vectorised.
        t = zero if t < zero else t
        t = one if t > one else t
        line[x] += height * (t * t * (three - t - t))


def _raise_to(row: npt.NDArray[np.uint16], line: npt.NDArray[np.float32], flow: np.float32) -> int:
    """Move `row` by the share `flow` up towards `line`; 0 when nothing changed."""
    changed = np.uint16(0)
    zero, half = np.float32(0.0), np.float32(0.5)
    for x in range(row.shape[0]):
        old = np.float32(row[x])
        rise = line[x] - old
        rise = zero if rise < zero else rise
        new = np.uint16(np.int32(old + rise * flow + half))
        changed |= new ^ row[x]
        row[x] = new
    return int(changed)


@kernel("out16", "table", "int", "int", helpers=(_profile, _raise_to))
def rasterise(mask: Pixels, dabs: npt.NDArray[np.float64], x0: int, y0: int) -> int:
    """Draw `dabs`, rows of (x, y, radius, hardness, flow, cap), into `mask` (h, w, 1) whose top left is (x0, y0).

    The value of a dab falls from `cap` inside to 0 at its radius by a smoothstep over (1 - hardness) of the radius,
    but never over less than a pixel, which antialiases hard edges; under 3 px of radius it is the mean of 4x4 samples.
    A dab moves the mask by the share `flow` towards that value and never down: with flow 1 a stroke is the maximum of
    its dabs, so that neither spacing nor going over it twice darkens its edge. x, y, radius in document pixels,
    hardness, flow and cap 0..1. Returns 0 when no pixel changed.
    """
    height, width, _ = mask.shape
    values = np.empty(width, np.float32)
    changed = 0
    for i in range(dabs.shape[0]):
        radius, hardness, flow = dabs[i, 2], dabs[i, 3], np.float32(dabs[i, 4])
        cap = np.float32(dabs[i, 5] * ONE)
        cx, cy = dabs[i, 0] - x0, dabs[i, 1] - y0
        samples = 1 if radius >= 3.0 else 4
        fall = (1.0 - hardness) * radius
        ramp = max(1.0 / samples, fall)
        edge, slope = radius + (ramp - fall) / 2.0, 1.0 / ramp
        reach = edge + 0.5  # the outermost sample of a pixel lies less than that from its centre
        for y in range(max(0, floor(cy - reach)), min(height, ceil(cy + reach))):
            dy = y + 0.5 - cy
            room = reach * reach - dy * dy
            if room <= 0.0:
                continue
            half_width = sqrt(room) + 0.5
            first, last = max(0, floor(cx - half_width)), min(width, ceil(cx + half_width))
            if last <= first:
                continue
            line = values[: last - first]
            line[:] = np.float32(0.0)
            if samples == 1:
                _profile(line, first + 0.5 - cx, dy, edge, slope, cap)
            else:
                for sub_y in range(4):
                    for sub_x in range(4):
                        left = first + sub_x * 0.25 + 0.125 - cx
                        _profile(line, left, dy + sub_y * 0.25 - 0.375, edge, slope, cap * np.float32(0.0625))
            changed += _raise_to(mask[y].reshape(width)[first:last], line, flow)
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
    half, shift, one = np.uint32(1 << 14), np.uint32(15), np.uint32(ONE)
    cover = np.empty(width, np.uint16)
    colour = np.zeros(4, np.uint32)
    if mode != ERASE:
        colour[0], colour[1], colour[2], colour[3] = red, green, blue, ONE
    for y in range(height):
        m = mask[y].reshape(width)
        for x in range(width):
            cover[x] = np.uint16((np.uint32(m[x]) * np.uint32(opacity) + half) >> shift)
        if selection.shape[0] > 0:
            selected = selection[y].reshape(width)
            for x in range(width):
                cover[x] = np.uint16((np.uint32(cover[x]) * np.uint32(selected[x]) + half) >> shift)
        o = out[y].reshape(width * 4)
        b = base[y].reshape(width * 4)
        for x in range(width):
            a = np.uint32(cover[x])
            rest = one - a
            if mode == PAINT_ATOP:
                a = (a * np.uint32(b[4 * x + 3]) + half) >> shift
            for c in range(4):
                total = colour[c] * a + np.uint32(b[4 * x + c]) * rest + half
                o[4 * x + c] = np.uint16(total >> shift)
        if mode == PAINT_ATOP:
            for x in range(width):
                alpha = b[4 * x + 3]
                for c in range(3):
                    o[4 * x + c] = min(o[4 * x + c], alpha)
                o[4 * x + 3] = alpha
