"""Resampling under a transform: where each target pixel lies in the source, and the filtered colour there.

Coordinates are continuous: pixel i covers [i, i + 1), its centre is i + 0.5. A place is (u, v, stretch_u, stretch_v):
the point in the source, and by how much the filter is widened along each axis of the source so that shrinking does not
alias (1 where nothing shrinks). It is NaN where a target pixel shows nothing of the source.
"""

from __future__ import annotations

from math import ceil, floor, sqrt

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels

#: Weights of a filter are tabulated at this many places a unit of distance.
TABLE_STEPS = 512
#: Where nothing shrinks, the weights of all taps are tabulated for this many places between two pixel centres.
PHASES = 1024
#: Filters are not widened more than this; what shrinks more is read from a halved source.
MAX_STRETCH = 8.0
_MOST_TAPS = 64  # 2 * radius 3 * MAX_STRETCH, and room


@kernel("out32f", "table", "int", "int")
def project(where: npt.NDArray[np.float32], inverse: npt.NDArray[np.float64], x0: int, y0: int) -> None:
    """Fill `where` (h, w, 4) for the target pixels from (x0, y0) on. `inverse` (3, 3): target to source, projective."""
    height, width, _ = where.shape
    a, b, c = inverse[0, 0], inverse[0, 1], inverse[0, 2]
    d, e, f = inverse[1, 0], inverse[1, 1], inverse[1, 2]
    g, h, i = inverse[2, 0], inverse[2, 1], inverse[2, 2]
    for row in range(height):
        y = y0 + row + 0.5
        for column in range(width):
            x = x0 + column + 0.5
            depth = g * x + h * y + i
            if depth <= 1e-9:
                for c in range(4):
                    where[row, column, c] = np.float32(np.nan)
                continue
            per = 1.0 / depth
            u, v = (a * x + b * y + c) * per, (d * x + e * y + f) * per
            ux, uy = (a - u * g) * per, (b - u * h) * per
            vx, vy = (d - v * g) * per, (e - v * h) * per
            where[row, column, 0] = np.float32(u)
            where[row, column, 1] = np.float32(v)
            where[row, column, 2] = np.float32(max(1.0, sqrt(ux * ux + uy * uy)))
            where[row, column, 3] = np.float32(max(1.0, sqrt(vx * vx + vy * vy)))


def _draw_triangle(
    where: npt.NDArray[np.float32], corners: npt.NDArray[np.float64], p: int, q: int, r: int, x0: int, y0: int
) -> None:
    """Fill the places of the triangle between three rows of `corners`."""
    height, width, _ = where.shape
    px, py = corners[p, 0], corners[p, 1]
    qx, qy = corners[q, 0] - px, corners[q, 1] - py
    rx, ry = corners[r, 0] - px, corners[r, 1] - py
    area = qx * ry - qy * rx
    if area == 0.0:
        return
    pu, pv = corners[p, 2], corners[p, 3]
    qu, qv = corners[q, 2] - pu, corners[q, 3] - pv
    ru, rv = corners[r, 2] - pu, corners[r, 3] - pv
    ux, uy = (qu * ry - ru * qy) / area, (ru * qx - qu * rx) / area
    vx, vy = (qv * ry - rv * qy) / area, (rv * qx - qv * rx) / area
    stretch_u = max(1.0, sqrt(ux * ux + uy * uy))
    stretch_v = max(1.0, sqrt(vx * vx + vy * vy))
    low = max(0, floor(min(0.0, qy, ry) + py - y0 - 0.5))
    high = min(height, ceil(max(0.0, qy, ry) + py - y0 + 0.5))
    near = max(0, floor(min(0.0, qx, rx) + px - x0 - 0.5))
    far = min(width, ceil(max(0.0, qx, rx) + px - x0 + 0.5))
    for row in range(low, high):
        y = y0 + row + 0.5 - py
        for column in range(near, far):
            x = x0 + column + 0.5 - px
            s, t = (x * ry - y * rx) / area, (y * qx - x * qy) / area
            # A hair beyond the edges, so that rounding leaves no crack between two triangles.
            if s >= -1e-9 and t >= -1e-9 and s + t <= 1.0 + 1e-9:
                where[row, column, 0] = np.float32(pu + ux * x + uy * y)
                where[row, column, 1] = np.float32(pv + vx * x + vy * y)
                where[row, column, 2] = np.float32(stretch_u)
                where[row, column, 3] = np.float32(stretch_v)


@kernel("out32f", "table", "int", "int", "int", "int", "int", helpers=(_draw_triangle,))
def draw_mesh(
    where: npt.NDArray[np.float32],
    corners: npt.NDArray[np.float64],
    columns: int,
    begin: int,
    end: int,
    x0: int,
    y0: int,
) -> None:
    """Fill `where` (h, w, 4), NaN before, for the target pixels from (x0, y0) on that a mesh of triangles covers.

    `corners`: rows of (x, y, u, v), target and source, row by row of a grid with `columns` in a row. Only the rows of
    cells from `begin` up to `end` are looked at. Within a triangle the source is affine in the target. Where
    the mesh lies over itself its outermost cells are at the bottom, and of the others the later one is seen.
    """
    height, width, _ = where.shape
    rows = corners.shape[0] // columns
    for inner in range(2):
        for j in range(begin, end):
            for i in range(columns - 1):
                outermost = i == 0 or j == 0 or i == columns - 2 or j == rows - 2
                if outermost == (inner == 1):
                    continue
                first = j * columns + i
                left, right, top, bottom = np.inf, -np.inf, np.inf, -np.inf
                for corner in (first, first + 1, first + columns, first + columns + 1):
                    left, right = min(left, corners[corner, 0]), max(right, corners[corner, 0])
                    top, bottom = min(top, corners[corner, 1]), max(bottom, corners[corner, 1])
                if right < x0 or bottom < y0 or left > x0 + width or top > y0 + height:
                    continue
                _draw_triangle(where, corners, first, first + 1, first + columns, x0, y0)
                _draw_triangle(where, corners, first + columns + 1, first + 1, first + columns, x0, y0)


@kernel("in32f")
def extent(where: npt.NDArray[np.float32]) -> tuple[float, float, float, float, float, float, float, float, int]:
    """The least and greatest u, v, stretch_u and stretch_v of `where` (h, w, 4); and how many places are not NaN."""
    height, width, _ = where.shape
    u0, v0, s0, t0 = np.inf, np.inf, np.inf, np.inf
    u1, v1, s1, t1 = -np.inf, -np.inf, -np.inf, -np.inf
    count = 0
    for row in range(height):
        for column in range(width):
            u, v = float(where[row, column, 0]), float(where[row, column, 1])
            if u != u:
                continue
            s, t = float(where[row, column, 2]), float(where[row, column, 3])
            u0, v0, s0, t0 = min(u0, u), min(v0, v), min(s0, s), min(t0, t)
            u1, v1, s1, t1 = max(u1, u), max(v1, v), max(s1, s), max(t1, t)
            count += 1
    return u0, u1, v0, v1, s0, s1, t0, t1, count


def _taps(
    weights: npt.NDArray[np.float32], table: npt.NDArray[np.float32], centre: float, stretch: float, radius: int
) -> tuple[int, int]:
    """Write the weights, summing to 1, of the pixels around `centre`; returns the first pixel and their number."""
    stretch = min(max(stretch, 1.0), MAX_STRETCH)
    reach = radius * stretch
    first, last = ceil(centre - 0.5 - reach), floor(centre - 0.5 + reach)
    count = last - first + 1
    per = TABLE_STEPS / stretch
    total = np.float32(0.0)
    for i in range(count):
        at = abs(first + i + 0.5 - centre) * per
        step = int(at)
        share = np.float32(at - step)
        weights[i] = table[step] + share * (table[step + 1] - table[step])
        total += weights[i]
    norm = np.float32(1.0) / total
    for i in range(count):
        weights[i] *= norm
    return first, count


@kernel("out16", "in16", "in32f", "in32f", "in32f", "int", "float", "float", "int", "int", helpers=(_taps,))
def resample(
    out: Pixels,
    src: Pixels,
    where: npt.NDArray[np.float32],
    table: npt.NDArray[np.float32],
    phases: npt.NDArray[np.float32],
    radius: int,
    shrink_x: float,
    shrink_y: float,
    x0: int,
    y0: int,
) -> None:
    """Write into `out` (h, w, 4) the filtered colour of `src` at the places of `where`; beyond `src` is transparent.

    `src` is the part from (x0, y0) on of a source that was shrunk by `shrink_x`, `shrink_y` <= 1.
    `table` (1, 1, radius * TABLE_STEPS + 3): the filter's weight by distance. `phases` (1, PHASES + 1, 2 * radius): the
    weights of the pixels around a place, by its way from one centre to the next. Overshoot is cut off, so that
    0 <= colour <= alpha <= ONE. Radius 0 takes the pixel that a place lies in.
    """
    height, width, _ = out.shape
    rows, columns, _ = src.shape
    across, down = np.empty(_MOST_TAPS, np.float32), np.empty(_MOST_TAPS, np.float32)
    tabulated = table[0, 0]
    margin = radius * MAX_STRETCH
    taps = 2 * radius
    for row in range(height):
        for column in range(width):
            out[row, column, 0] = out[row, column, 1] = out[row, column, 2] = out[row, column, 3] = 0
            u, v = where[row, column, 0] * shrink_x - x0, where[row, column, 1] * shrink_y - y0
            if not (u >= -margin and v >= -margin and u < columns + margin and v < rows + margin):
                continue
            if radius == 0:
                for c in range(4):
                    out[row, column, c] = src[floor(v), floor(u), c]
                continue
            red, green, blue, alpha = np.float32(0.0), np.float32(0.0), np.float32(0.0), np.float32(0.0)
            stretch_u, stretch_v = where[row, column, 2] * shrink_x, where[row, column, 3] * shrink_y
            i, j = floor(u - 0.5), floor(v - 0.5)
            left, top = i - radius + 1, j - radius + 1
            plain = max(stretch_u, stretch_v) < 1.0001
            if plain and left >= 0 and top >= 0 and left + taps <= columns and top + taps <= rows:
                of_x = phases[0, int((u - 0.5 - i) * PHASES + 0.5)]
                of_y = phases[0, int((v - 0.5 - j) * PHASES + 0.5)]
                for b in range(taps):
                    line = src[top + b]
                    for a in range(taps):
                        w, x = of_y[b] * of_x[a], left + a
                        red += w * np.float32(line[x, 0])
                        green += w * np.float32(line[x, 1])
                        blue += w * np.float32(line[x, 2])
                        alpha += w * np.float32(line[x, 3])
            else:
                left, wide = _taps(across, tabulated, u, stretch_u, radius)
                top, high = _taps(down, tabulated, v, stretch_v, radius)
                for b in range(max(0, -top), min(high, rows - top)):
                    line = src[top + b]
                    for a in range(max(0, -left), min(wide, columns - left)):
                        w, x = down[b] * across[a], left + a
                        red += w * np.float32(line[x, 0])
                        green += w * np.float32(line[x, 1])
                        blue += w * np.float32(line[x, 2])
                        alpha += w * np.float32(line[x, 3])
            opaque = min(max(int(alpha + np.float32(0.5)), 0), ONE)
            out[row, column, 0] = min(max(int(red + np.float32(0.5)), 0), opaque)
            out[row, column, 1] = min(max(int(green + np.float32(0.5)), 0), opaque)
            out[row, column, 2] = min(max(int(blue + np.float32(0.5)), 0), opaque)
            out[row, column, 3] = opaque


@kernel("out16", "in16", "in32f", "in32f", "int", "float", "float", "int", "int", helpers=(_taps,))
def resample_mask(
    out: Pixels,
    src: Pixels,
    where: npt.NDArray[np.float32],
    table: npt.NDArray[np.float32],
    radius: int,
    shrink_x: float,
    shrink_y: float,
    x0: int,
    y0: int,
) -> None:
    """`resample` for one channel: `out` (h, w, 1), `src` (h, w, 1)."""
    height, width, _ = out.shape
    rows, columns, _ = src.shape
    across, down = np.empty(_MOST_TAPS, np.float32), np.empty(_MOST_TAPS, np.float32)
    tabulated = table[0, 0]
    margin = radius * MAX_STRETCH
    for row in range(height):
        for column in range(width):
            out[row, column, 0] = 0
            u, v = where[row, column, 0] * shrink_x - x0, where[row, column, 1] * shrink_y - y0
            if not (u >= -margin and v >= -margin and u < columns + margin and v < rows + margin):
                continue
            if radius == 0:
                out[row, column, 0] = src[floor(v), floor(u), 0]
                continue
            left, wide = _taps(across, tabulated, u, where[row, column, 2] * shrink_x, radius)
            top, high = _taps(down, tabulated, v, where[row, column, 3] * shrink_y, radius)
            total = np.float32(0.0)
            for b in range(max(0, -top), min(high, rows - top)):
                line = np.float32(0.0)
                for a in range(max(0, -left), min(wide, columns - left)):
                    line += across[a] * np.float32(src[top + b, left + a, 0])
                total += down[b] * line
            out[row, column, 0] = min(max(int(total + np.float32(0.5)), 0), ONE)


@kernel("out16", "in16")
def halve_across(out: Pixels, src: Pixels) -> None:
    """`out` (h, w, channels): means of neighbours of `src` (h, 2 w, channels), rounded to nearest."""
    height, width, channels = out.shape
    for y in range(height):
        for x in range(width):
            for c in range(channels):
                out[y, x, c] = (np.uint32(src[y, 2 * x, c]) + np.uint32(src[y, 2 * x + 1, c]) + np.uint32(1)) >> 1


@kernel("out16", "in16")
def halve_down(out: Pixels, src: Pixels) -> None:
    """`out` (h, w, channels): means of neighbours of `src` (2 h, w, channels), rounded to nearest."""
    height, width, channels = out.shape
    for y in range(height):
        above = src[2 * y].reshape(width * channels)
        below = src[2 * y + 1].reshape(width * channels)
        line = out[y].reshape(width * channels)
        for x in range(width * channels):
            line[x] = (np.uint32(above[x]) + np.uint32(below[x]) + np.uint32(1)) >> 1


KERNELS = (project, draw_mesh, extent, resample, resample_mask, halve_across, halve_down)
