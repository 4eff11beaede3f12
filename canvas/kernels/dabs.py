"""The prints of a brush: every dab becomes a stamp, a small mask of 16 bits, and the stamps go onto the tiles of a
stroke. Tables are those of `dab_table`."""

from __future__ import annotations

from math import ceil, cos, floor, log2, sin, sqrt

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.kernels.dab_table import (
    ANGLE,
    BLUE,
    BOX_COLUMNS,
    CAP,
    FLIPPED,
    FLOW,
    GREEN,
    HARDNESS,
    HEIGHT,
    LEFT,
    RADIUS,
    RED,
    ROUNDNESS,
    START,
    TEXTURE,
    TOP,
    WIDTH,
    Table,
    X,
    Y,
)
from canvas.tiles import ONE, Pixels, Pixels8

Line = npt.NDArray[np.float32]

#: How a dab goes into the mask of a stroke: WASH raises it towards the dab's value, BUILD_UP lays it over the others.
WASH, BUILD_UP = 0, 1
#: Below this radius a pixel is the mean of 4 x 4 samples.
_FINE_PX = 3.0


def _reach(dab: Table, bitmap: bool) -> float:
    """No pixel whose centre is farther from the dab than this is touched."""
    return float(dab[RADIUS]) * (1.4142136 if bitmap else 1.0) + 1.0


def _span(dab: Table, y: int, reach: float, first: int, last: int) -> tuple[int, int]:
    """The columns from `first` to `last` that row `y` of a dab may touch; empty when the second is not larger."""
    dy = y + 0.5 - dab[Y]
    room = reach * reach - dy * dy
    if room <= 0.0:
        return first, first
    half = sqrt(room) + 0.5
    return max(first, floor(dab[X] - half)), min(last, ceil(dab[X] + half))


def _plain_row(out: npt.NDArray[np.uint16], left: float, dy: float, edge: float, slope: float, cap: float) -> None:
    """A row through a disc, without samples between: what most dabs are made of."""
    x0, yy, end, steep = np.float32(left), np.float32(dy * dy), np.float32(edge), np.float32(slope)
    zero, one, three, height, half = np.float32(0.0), np.float32(1.0), np.float32(3.0), np.float32(cap), np.float32(0.5)
    for x in range(out.shape[0]):
        dx = np.float32(np.int32(x)) + x0
        t = (end - np.sqrt(dx * dx + yy)) * steep
        # Comparisons rather than min and max, which keep NaN apart and so are not vectorised.
        t = zero if t < zero else t
        t = one if t > one else t
        out[x] = np.uint16(np.int32(height * (t * t * (three - t - t)) + half))


def _disc_line(line: Line, left: float, dy: float, edge: float, slope: float, height: np.float32) -> None:
    """Add a row through a disc to `line`: samples at dx = left, left + 1, ... and `dy` from its centre."""
    x0, yy, end, steep = np.float32(left), np.float32(dy * dy), np.float32(edge), np.float32(slope)
    zero, one, three = np.float32(0.0), np.float32(1.0), np.float32(3.0)
    for x in range(line.shape[0]):
        dx = np.float32(np.int32(x)) + x0
        t = (end - np.sqrt(dx * dx + yy)) * steep
        t = zero if t < zero else t
        t = one if t > one else t
        line[x] += height * (t * t * (three - t - t))


def _ellipse_line(
    line: Line, left: float, dy: float, radius: float, hardness: float, least: float,
    across: float, along: float, roundness: float, height: np.float32,
) -> None:  # fmt: skip
    """The same for an ellipse turned by (cos, sin) = (across, along). `least`: the narrowest ramp in pixels.

    Distance to the edge is measured along the long axis and divided by the gradient, so that a crisp edge is one pixel
    wide all around.
    """
    fall, narrow = (1.0 - hardness) * radius, 1.0 / roundness
    for x in range(line.shape[0]):
        dx = left + x
        u, v = dx * across + dy * along, (dy * across - dx * along) * narrow
        r = sqrt(u * u + v * v)
        gradient = sqrt(u * u + v * v * narrow * narrow) / r if r > 1e-6 else narrow
        ramp = max(fall, least * gradient)
        t = min(max((radius + (ramp - fall) / 2.0 - r) / ramp, 0.0), 1.0)
        line[x] += height * np.float32(t * t * (3.0 - 2.0 * t))


def _bitmap_line(
    line: Line, left: float, dy: float, dab: Table, tips: Pixels8, levels: Table, level: int, height: np.float32
) -> None:
    """The same for a square bitmap, sampled bilinearly from the level that fits its size."""
    top, side = int(levels[level, 0]), int(levels[level, 1])
    scale = side / (2.0 * dab[RADIUS])
    across, along = cos(dab[ANGLE]), sin(dab[ANGLE])
    narrow, mirror = 1.0 / dab[ROUNDNESS], -1.0 if dab[FLIPPED] > 0.0 else 1.0
    share = height / np.float32(255.0)
    for x in range(line.shape[0]):
        dx = left + x
        u = (dx * across + dy * along) * mirror * scale + side / 2.0 - 0.5
        v = (dy * across - dx * along) * narrow * scale + side / 2.0 - 0.5
        if u <= -1.0 or v <= -1.0 or u >= side or v >= side:
            continue
        i, j = floor(u), floor(v)
        fu, fv = u - i, v - j
        total = 0.0
        for b in range(2):
            for a in range(2):
                if 0 <= i + a < side and 0 <= j + b < side:
                    weight = (fu if a else 1.0 - fu) * (fv if b else 1.0 - fv)
                    total += weight * tips[top + j + b, i + a, 0]
        line[x] += share * np.float32(total)


def _level(dab: Table, levels: Table) -> int:
    """The level whose texels are about as large as pixels."""
    texels = levels[0, 1] / (2.0 * dab[RADIUS])
    return int(min(max(floor(log2(max(texels, 1e-6)) + 0.5), 0), levels.shape[0] - 1))


def _whole_pixels(line: Line, height: np.float32) -> None:
    for x in range(line.shape[0]):
        line[x] = height if line[x] >= np.float32(0.5) * height else np.float32(0.0)


def _grained(line: Line, x0: int, y: int, depth: float, grain: Pixels8) -> None:
    """Let the grain, laid over the document again and again, shape a row of a dab that starts at (x0, y).

    A light touch reaches its heights only, a firm one most of its pits: v (1 + depth / 2) - depth (1 - height).
    """
    rows, columns, _ = grain.shape
    row = grain[y % rows].reshape(columns)
    deep, swell = np.float32(depth * ONE / 255.0), np.float32(1.0 + 0.5 * depth)
    zero, one = np.float32(0.0), np.float32(ONE)
    x = x0 % columns
    for i in range(line.shape[0]):
        value = line[i] * swell - deep * np.float32(255 - row[x])
        value = value if value > zero else zero
        line[i] = value if value < one else one
        x += 1
        if x == columns:
            x = 0


@kernel("table", "float", "int", "int", "int", "int")
def place_stamps(dabs: Table, corner: float, x0: int, y0: int, x1: int, y1: int) -> Table:
    """The boxes of dabs, one after the other in a buffer, as far as they lie in the rectangle; those that do not are 0
    wide and high. `corner`: how far a tip reaches, in radii."""
    boxes = np.zeros((dabs.shape[0], BOX_COLUMNS))
    start = 0.0
    for i in range(dabs.shape[0]):
        reach = dabs[i, RADIUS] * corner + 1.0
        left, right = max(x0, floor(dabs[i, X] - reach)), min(x1, ceil(dabs[i, X] + reach))
        top, bottom = max(y0, floor(dabs[i, Y] - reach)), min(y1, ceil(dabs[i, Y] + reach))
        boxes[i, START] = start
        if right > left and bottom > top:
            boxes[i, LEFT], boxes[i, TOP] = left, top
            boxes[i, WIDTH], boxes[i, HEIGHT] = right - left, bottom - top
            start += (right - left) * (bottom - top)
    return boxes


@kernel("table", "int")
def touched_tiles(boxes: Table, tile_px: int) -> Table:
    """The tiles that boxes lie on, and the rectangle of all that lies on each: rows of tx, ty, x0, y0, x1, y1."""
    out, count = np.empty((16, 6)), 0
    for i in range(boxes.shape[0]):
        left, top = int(boxes[i, LEFT]), int(boxes[i, TOP])
        right, bottom = left + int(boxes[i, WIDTH]), top + int(boxes[i, HEIGHT])
        if right <= left:
            continue
        for ty in range(top // tile_px, (bottom - 1) // tile_px + 1):
            for tx in range(left // tile_px, (right - 1) // tile_px + 1):
                row = 0
                while row < count and (out[row, 0] != tx or out[row, 1] != ty):
                    row += 1
                if row == out.shape[0]:
                    larger = np.empty((2 * row, 6))
                    for k in range(row):
                        for column in range(6):
                            larger[k, column] = out[k, column]
                    out = larger
                if row == count:
                    count += 1
                    out[row, 0], out[row, 1] = tx, ty
                    out[row, 2], out[row, 3], out[row, 4], out[row, 5] = right, bottom, left, top
                out[row, 2] = min(out[row, 2], max(left, tx * tile_px))
                out[row, 3] = min(out[row, 3], max(top, ty * tile_px))
                out[row, 4] = max(out[row, 4], min(right, (tx + 1) * tile_px))
                out[row, 5] = max(out[row, 5], min(bottom, (ty + 1) * tile_px))
    return out[:count]


@kernel(
    "out16", "table", "table", "in8", "table", "in8", "int",
    helpers=(_reach, _span, _plain_row, _disc_line, _ellipse_line, _bitmap_line, _level, _whole_pixels, _grained),
)  # fmt: skip
def shape_dabs(
    stamps: Pixels, dabs: Table, boxes: Table, tips: Pixels8, levels: Table, grain: Pixels8, whole: int
) -> None:
    """Fill the boxes of `dabs` in `stamps` (1, 1, n): 0..ONE times the dab's cap.

    A round dab falls from its cap inside to 0 at its radius by a smoothstep over (1 - hardness) of the radius, but
    never over less than a pixel, which antialiases hard edges; a short axis under 3 px of radius is sampled 4 x 4 times
    a pixel. With `levels` (rows of top and side in `tips`, (h, w, 1), the largest first) it is a bitmap instead.
    `grain`: (h, w, 1) or empty, shapes each dab by its `texture`. `whole`: no partial pixels.
    """
    flat = stamps.reshape(stamps.shape[2])
    bitmap = levels.shape[0] > 0
    for i in range(dabs.shape[0]):
        dab, box = dabs[i], boxes[i]
        width, height = int(box[WIDTH]), int(box[HEIGHT])
        left, top, start = int(box[LEFT]), int(box[TOP]), int(box[START])
        radius, roundness, hardness = dab[RADIUS], dab[ROUNDNESS], dab[HARDNESS]
        cap = np.float32(dab[CAP] * ONE)
        samples = 1 if whole or radius * roundness >= _FINE_PX or (bitmap and radius >= _FINE_PX) else 4
        share = cap / np.float32(samples * samples)
        fall = (1.0 - hardness) * radius
        ramp = max(1.0 / samples, fall)
        edge, slope = radius + (ramp - fall) / 2.0, 1.0 / ramp
        if whole:
            edge, slope = radius + 0.5e-3, 1e3
        across, along = cos(dab[ANGLE]), sin(dab[ANGLE])
        level = _level(dab, levels) if bitmap else 0
        reach = _reach(dab, bitmap)
        values = np.empty(width, np.float32)
        grained = grain.shape[0] > 0 and dab[TEXTURE] > 0.0
        plain = samples == 1 and not bitmap and roundness == 1.0 and not grained and not whole
        for row in range(height):
            y = top + row
            out = flat[start + row * width : start + (row + 1) * width]
            if plain:
                _plain_row(out, left + 0.5 - dab[X], y + 0.5 - dab[Y], edge, slope, dab[CAP] * ONE)
                continue
            first, last = _span(dab, y, reach, left, left + width)
            if last <= first:
                for x in range(width):
                    out[x] = 0
                continue
            line = values[: last - first]
            for x in range(last - first):
                line[x] = np.float32(0.0)
            for sub in range(samples * samples):
                at_x = first + (sub % samples + 0.5) / samples - dab[X]
                dy = y + (sub // samples + 0.5) / samples - dab[Y]
                if bitmap:
                    _bitmap_line(line, at_x, dy, dab, tips, levels, level, share)
                elif roundness < 1.0:
                    least = 1e-3 if whole else 1.0 / samples
                    _ellipse_line(line, at_x, dy, radius, hardness, least, across, along, roundness, share)
                else:
                    _disc_line(line, at_x, dy, edge, slope, share)
            if whole:
                _whole_pixels(line, cap)
            if grained:
                _grained(line, first, y, dab[TEXTURE], grain)
            for x in range(first - left):
                out[x] = 0
            for x in range(last - left, width):
                out[x] = 0
            for x in range(last - first):
                out[first - left + x] = np.uint16(np.int32(line[x] + np.float32(0.5)))


def _raise_to(row: npt.NDArray[np.uint16], stamp: npt.NDArray[np.uint16], flow: np.float32) -> int:
    """Move `row` by the share `flow` up towards `stamp`; 0 when nothing changed."""
    changed = np.uint16(0)
    zero, half = np.float32(0.0), np.float32(0.5)
    for x in range(row.shape[0]):
        old = np.float32(row[x])
        rise = np.float32(stamp[x]) - old
        rise = zero if rise < zero else rise
        new = np.uint16(np.int32(old + rise * flow + half))
        changed |= new ^ row[x]
        row[x] = new
    return int(changed)


def _lay_over(row: npt.NDArray[np.uint16], stamp: npt.NDArray[np.uint16], flow: np.float32) -> int:
    """Cover `row` with `stamp` times `flow`, as paint over paint; 0 when nothing changed."""
    changed = np.uint16(0)
    one, half = np.float32(ONE), np.float32(0.5)
    share = flow / one
    for x in range(row.shape[0]):
        old = np.float32(row[x])
        new = np.uint16(np.int32(old + (one - old) * np.float32(stamp[x]) * share + half))
        changed |= new ^ row[x]
        row[x] = new
    return int(changed)


@kernel("out16", "in16", "table", "table", "int", "int", "int", helpers=(_raise_to, _lay_over))
def lay_stamps(mask: Pixels, stamps: Pixels, dabs: Table, boxes: Table, x0: int, y0: int, rule: int) -> int:
    """Put the stamps of `dabs` into `mask` (h, w, 1), whose top left is (x0, y0).

    WASH: a dab moves the mask by its flow towards its stamp and never down: with flow 1 a stroke is the maximum of its
    dabs, so that neither spacing nor going over it twice darkens its edge. BUILD_UP: dabs cover each other. Returns 0
    when no pixel changed.
    """
    height, width, _ = mask.shape
    flat = stamps.reshape(stamps.shape[2])
    changed = 0
    for i in range(dabs.shape[0]):
        flow = np.float32(dabs[i, FLOW])
        side, start = int(boxes[i, WIDTH]), int(boxes[i, START])
        left, top = int(boxes[i, LEFT]) - x0, int(boxes[i, TOP]) - y0
        first, last = max(0, left), min(width, left + side)
        if last <= first:
            continue
        for y in range(max(0, top), min(height, top + int(boxes[i, HEIGHT]))):
            at = start + (y - top) * side - left
            row, stamp = mask[y].reshape(width)[first:last], flat[at + first : at + last]
            changed += _lay_over(row, stamp, flow) if rule == BUILD_UP else _raise_to(row, stamp, flow)
    return changed


@kernel("out16", "in16", "table", "table", "int", "int", "int")
def lay_coloured(paint: Pixels, stamps: Pixels, dabs: Table, boxes: Table, x0: int, y0: int, rule: int) -> int:
    """The same for dabs of several colours into premultiplied `paint` (h, w, 4).

    Alpha follows the rule as a mask does; the straight colour is what source-over makes of dab and paint, so that later
    dabs cover earlier ones where paint no longer piles up.
    """
    height, width, _ = paint.shape
    flat = stamps.reshape(stamps.shape[2])
    changed = 0
    colour = np.empty(3, np.float32)
    one, half = np.float32(ONE), np.float32(0.5)
    for i in range(dabs.shape[0]):
        flow = np.float32(dabs[i, FLOW]) / one
        colour[0], colour[1], colour[2] = dabs[i, RED], dabs[i, GREEN], dabs[i, BLUE]
        side, start = int(boxes[i, WIDTH]), int(boxes[i, START])
        left, top = int(boxes[i, LEFT]) - x0, int(boxes[i, TOP]) - y0
        first, last = max(0, left), min(width, left + side)
        for y in range(max(0, top), min(height, top + int(boxes[i, HEIGHT]))):
            at = start + (y - top) * side - left
            for x in range(first, last):
                value = flat[at + x]
                if value == 0:
                    continue
                cover, old = np.float32(value) * flow, np.float32(paint[y, x, 3]) / one
                over = cover + old * (np.float32(1.0) - cover)
                raised = max(old, old + (np.float32(value) / one - old) * flow * one)
                alpha = over if rule == BUILD_UP else raised
                limit = np.uint16(np.int32(alpha * one + half))
                # Of the straight colour `k` is the dab's; without paint below that is all of it.
                k = cover / over
                for c in range(3):
                    was = np.float32(paint[y, x, c]) / (old * one) if old > np.float32(0.0) else np.float32(0.0)
                    new = (was + (colour[c] - was) * k) * alpha * one + half
                    paint[y, x, c] = min(np.uint16(np.int32(new)), limit)
                paint[y, x, 3] = limit
                changed = 1
    return changed
