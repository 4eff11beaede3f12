"""Gradients between two colours, dithered so that 8 bits show no bands."""

from __future__ import annotations

from math import atan2, floor, pi
from typing import Any

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import Kernel, kernel
from canvas.tiles import ONE, Pixels

LINEAR, RADIAL, REFLECTED, ANGLE = 0, 1, 2, 3


@kernel("out16", "int", "int", "table", "int")
def gradient(out: Pixels, x0: int, y0: int, plan: npt.NDArray[np.float64], shape: int) -> None:
    """Write premultiplied pixels into `out` (h, w, 4), whose top left is the document pixel (x0, y0).

    `plan`: (3, 4): the line (ax, ay, bx, by), then the straight RGBA, 0..1, at its two ends. Along LINEAR and
    REFLECTED colours change with the way along the line, along RADIAL with the distance from a in parts of its length,
    along ANGLE with the angle at a, clockwise from the line.

    Where a channel changes it gets even noise of one step of 8 bits, which rounding to 8 bits turns into the right
    mixture of two neighbouring values. The noise belongs to the pixel: the same line gives the same pixels.
    """
    height, width, _ = out.shape
    ax, ay = plan[0, 0], plan[0, 1]
    dx, dy = plan[0, 2] - ax, plan[0, 3] - ay
    length2 = dx * dx + dy * dy
    turn = atan2(dy, dx)
    way = np.empty(width, np.float32)
    start = plan[1].astype(np.float32)
    change = (plan[2] - plan[1]).astype(np.float32)
    step = np.float32(1.0 / 255.0 / 256.0)
    noisy = np.zeros(4, np.float32)
    for c in range(4):
        if change[c] != np.float32(0.0):
            noisy[c] = step
    zero, one, half = np.float32(0.0), np.float32(1.0), np.float32(0.5)
    full, centre = np.float32(ONE), np.float32(127.5)
    for y in range(height):
        v = y0 + y + 0.5 - ay
        left = x0 + 0.5 - ax
        if shape in (LINEAR, REFLECTED):
            along, per_px = np.float32((left * dx + v * dy) / length2), np.float32(dx / length2)
            for x in range(width):
                way[x] = along + np.float32(np.int32(x)) * per_px
            if shape == REFLECTED:
                for x in range(width):
                    way[x] = abs(way[x])
        elif shape == RADIAL:
            vv, u0, scale = np.float32(v * v), np.float32(left), np.float32(1.0 / np.sqrt(length2))
            for x in range(width):
                u = u0 + np.float32(np.int32(x))
                way[x] = np.sqrt(u * u + vv) * scale
        else:
            for x in range(width):
                share = (atan2(v, left + x) - turn) / (2.0 * pi)
                way[x] = np.float32(share - floor(share))
        row = out[y].reshape(width * 4)
        seed = np.uint32(np.uint32(y0 + y) * np.uint32(0x85EBCA77))
        for x in range(width):
            # Comparisons rather than min and max, which keep NaN apart and so are not vectorised.
            t = way[x]
            between = one if t > zero else zero
            between = between if t < one else zero
            t = zero if t < zero else t
            t = one if t > one else t
            h = np.uint32(np.uint32(np.uint32(x0 + x) * np.uint32(0x9E3779B1)) ^ seed)
            h = np.uint32((h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D))
            h = np.uint32((h ^ (h >> np.uint32(12))) * np.uint32(0x297A2D39))
            h = np.uint32(h ^ (h >> np.uint32(15)))
            noise = (np.float32(np.int32((h >> np.uint32(24)) & np.uint32(255))) - centre) * between
            a = start[3] + change[3] * t + noise * noisy[3]
            a = zero if a < zero else a
            a = one if a > one else a
            a = a * full
            row[4 * x + 3] = np.uint16(np.int32(a + half))
            for c in range(3):
                bits = np.int32((h >> np.uint32(8 * c)) & np.uint32(255))
                value = start[c] + change[c] * t + (np.float32(bits) - centre) * between * noisy[c]
                value = zero if value < zero else value
                value = one if value > one else value
                row[4 * x + c] = np.uint16(np.int32(value * a + half))


KERNELS: tuple[Kernel[Any, Any], ...] = (gradient,)
