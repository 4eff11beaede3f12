"""Smudging: a brush that carries paint along, dab by dab, each on what the one before left."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.kernels.dab_table import (
    FLOW,
    HEIGHT,
    KEEP,
    LEFT,
    RATE,
    RED,
    START,
    TOP,
    WIDTH,
    Table,
    X,
    Y,
)
from canvas.tiles import ONE, Pixels

Carried = npt.NDArray[np.float32]
Line = npt.NDArray[np.float32]
Row = npt.NDArray[np.uint16]


def _drag(
    pixels: Row, carried: Line, own: Line, share: Line, first: int, last: int, keep: np.float32, rate: np.float32
) -> None:
    """Carry paint through the values `first` to `last` of a row, and lay it there by `share`."""
    half = np.float32(0.5)
    row, load, colour, shares = pixels[first:last], carried[first:last], own[first:last], share[first:last]
    for i in range(row.shape[0]):
        here = np.float32(row[i])
        held = here + (load[i] - here) * keep
        load[i] = held
        laid = held + (colour[i] - held) * rate
        row[i] = np.uint16(np.int32(here + (laid - here) * shares[i] + half))


def _drag_apart(
    pixels: Row, source: Row, carried: Line, own: Line, share: Line, first: int, last: int,
    keep: np.float32, rate: np.float32,
) -> None:  # fmt: skip
    """The same with paint that is taken up from another row, and laid on both."""
    half = np.float32(0.5)
    row, seen, load = pixels[first:last], source[first:last], carried[first:last]
    colour, shares = own[first:last], share[first:last]
    for i in range(row.shape[0]):
        here, there = np.float32(seen[i]), np.float32(row[i])
        held = here + (load[i] - here) * keep
        load[i] = held
        laid = held + (colour[i] - held) * rate
        seen[i] = np.uint16(np.int32(here + (laid - here) * shares[i] + half))
        row[i] = np.uint16(np.int32(there + (laid - there) * shares[i] + half))


def _keep_alpha(row: Row, before: Row, share: Line, laid: Line) -> None:
    """Recolour `row`, four channels a pixel, from what it was `before` towards the straight colour of `laid`.

    Where nothing was there is nothing to recolour, and paint that barely is there counts for little.
    """
    one, half = np.float32(ONE), np.float32(0.5)
    for x in range(row.shape[0] // 4):
        alpha, paint = np.float32(before[4 * x + 3]), laid[4 * x + 3]
        row[4 * x + 3] = before[4 * x + 3]
        for c in range(3):
            was = np.float32(before[4 * x + c])
            new = (
                was
                if paint <= np.float32(0.0)
                else was + (laid[4 * x + c] * alpha / paint - was) * (share[4 * x] * paint / one)
            )
            row[4 * x + c] = min(np.uint16(np.int32(new + half)), before[4 * x + 3])


@kernel(
    "out16", "out16", "out32f", "out64f", "in16", "table", "table", "in16", "int", "int", "int",
    helpers=(_drag, _drag_apart, _keep_alpha),
)  # fmt: skip
def smudge(
    pixels: Pixels, source: Pixels, carried: Carried, held: Table, stamps: Pixels, dabs: Table, boxes: Table,
    selection: Pixels, x0: int, y0: int, atop: int,
) -> None:  # fmt: skip
    """Draw smudging `dabs` on `pixels` (h, w, channels), whose top left is (x0, y0) and which hold all their boxes.

    Every dab keeps the share `keep` of what is carried, takes up the rest from `source`, mixes in the share `rate` of
    its own colour and lays that through its stamp times flow over `pixels`. `source` is `pixels` itself, or what is
    seen there, which is then painted on as well. `carried` (side, side, channels), whose middle is the dab's pixel,
    and `held`, one row with the part of it (x0, y0, x1, y1) that holds paint, belong to the stroke; zeros at its start.
    With one channel the colour's red is its value. `selection` limits as in `apply_stroke`. `atop`: alpha stays.
    """
    width, channels, side = pixels.shape[1], pixels.shape[2], carried.shape[0]
    flat = stamps.reshape(stamps.shape[2])
    one, never = np.float32(ONE), np.float32(0.0)
    apart = pixels.ctypes.data != source.ctypes.data
    for i in range(dabs.shape[0]):
        dab = dabs[i]
        w, h = int(boxes[i, WIDTH]), int(boxes[i, HEIGHT])
        left, top, start = int(boxes[i, LEFT]), int(boxes[i, TOP]), int(boxes[i, START])
        # Where the box lies in `carried`.
        cx, cy = left + side // 2 - int(np.floor(dab[X])), top + side // 2 - int(np.floor(dab[Y]))
        # The columns of the box that carry paint already; the others take it up here.
        first = channels * min(max(int(held[0, 0]) - cx, 0), w)
        last = max(first, channels * min(max(int(held[0, 2]) - cx, 0), w))
        end = channels * w
        keep, rate = np.float32(dab[KEEP]), np.float32(dab[RATE])
        flow = np.float32(dab[FLOW]) / one
        share, own, laid, before = (
            np.empty(end, np.float32), np.empty(end, np.float32), np.empty(end, np.float32), np.empty(end, np.uint16)
        )  # fmt: skip
        for x in range(w):
            for c in range(channels):
                own[channels * x + c] = dab[RED + c] * ONE if c < 3 else one
        for row in range(h):
            y = top + row - y0
            at = channels * (left - x0)
            p = pixels[y].reshape(width * channels)[at : at + end]
            s = source[y].reshape(width * channels)[at : at + end]
            load = carried[cy + row].reshape(side * channels)[channels * cx : channels * cx + end]
            for x in range(w):
                m = np.float32(flat[start + row * w + x]) * flow
                if selection.shape[0] > 0:
                    m *= np.float32(selection[y, left - x0 + x, 0]) / one
                for c in range(channels):
                    share[channels * x + c] = m
            a, b = first, last
            if cy + row < int(held[0, 1]) or cy + row >= int(held[0, 3]):
                a = b = 0
            if atop:
                for k in range(end):
                    before[k] = p[k]
            for part in range(3):
                low, high = (0, a, b)[part], (a, b, end)[part]
                kept = keep if part == 1 else never
                if apart:
                    _drag_apart(p, s, load, own, share, low, high, kept, rate)
                else:
                    _drag(p, load, own, share, low, high, kept, rate)
            if atop:
                for k in range(end):
                    laid[k] = load[k] + (own[k] - load[k]) * rate
                _keep_alpha(p, before, share, laid)
        held[0, 0], held[0, 1], held[0, 2], held[0, 3] = cx, cy, cx + w, cy + h
