"""Selections pixel by pixel: the exact coverage of polygons, and the edge of an area as closed paths."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import Kernel, kernel
from canvas.tiles import ONE, Pixels, Pixels8


@kernel("out16", "table", "int", "int")
def cover_polygon(out: Pixels, points: npt.NDArray[np.float64], x0: int, y0: int) -> None:
    """Write into `out` (h, w, 1), whose top left is (x0, y0), how much of each pixel lies inside a closed path.

    `points`: rows of (x, y), none further left or right than `out` reaches; rows above and below are cut off. Each
    edge adds the area to its right, signed by its direction, and the sum along a row is how often the path winds
    around a pixel: whatever it winds around is inside (the non-zero rule). The sums are those of font rasterisers
    (after Raph Levien's font-rs); they are exact, not sampled.
    """
    height, width, _ = out.shape
    area = np.zeros((height, width + 2), np.float64)
    count = points.shape[0]
    for i in range(count):
        j = i + 1 if i + 1 < count else 0
        ax, ay, bx, by = points[i, 0] - x0, points[i, 1] - y0, points[j, 0] - x0, points[j, 1] - y0
        sign = 1.0
        if ay > by:
            ax, ay, bx, by, sign = bx, by, ax, ay, -1.0
        if by <= 0.0 or ay >= height or by - ay < 1e-9:  # level: no area, and a slope without bounds
            continue
        slope = (bx - ax) / (by - ay)
        if ay < 0.0:
            ax, ay = ax - ay * slope, 0.0
        x, y, end = ax, ay, min(by, float(height))
        for row in range(floor(ay), ceil(end)):
            y_next = min(row + 1.0, end)
            share = (y_next - y) * sign
            x_next = x + slope * (y_next - y)
            left = min(max(min(x, x_next), 0.0), float(width))
            right = min(max(max(x, x_next), 0.0), float(width))
            x, y = x_next, y_next
            first, last = floor(left), ceil(right)
            if last <= first + 1:
                middle = 0.5 * (left + right) - first
                area[row, first] += share * (1.0 - middle)
                area[row, first + 1] += share * middle
                continue
            per_px = 1.0 / (right - left)
            begins, ends = left - first, right - last + 1.0
            in_first = 0.5 * per_px * (1.0 - begins) * (1.0 - begins)
            in_last = 0.5 * per_px * ends * ends
            area[row, first] += share * in_first
            if last == first + 2:
                area[row, first + 1] += share * (1.0 - in_first - in_last)
            else:
                up_to_second = per_px * (1.5 - begins)
                area[row, first + 1] += share * (up_to_second - in_first)
                for column in range(first + 2, last - 1):
                    area[row, column] += share * per_px
                area[row, last - 1] += share * (1.0 - up_to_second - (last - first - 3) * per_px - in_last)
            area[row, last] += share * in_last
    for row in range(height):
        wound = 0.0
        for column in range(width):
            wound += area[row, column]
            out[row, column, 0] = int(min(abs(wound), 1.0) * ONE + 0.5)


@kernel("in8", "int")
def trace_edges(inside: Pixels8, most_points: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The closed paths along the edges between pixels that are 0 and pixels that are not, in `inside` (h, w, 1).

    Returns corners, rows of (x, y), of all paths one after the other, and the index at which each path begins; both
    empty when there would be more than `most_points`. A path keeps what is inside on its right, so that outer edges
    run clockwise and holes against the clock; pixels that touch at a corner only are apart.
    """
    height, width, _ = inside.shape
    corners = np.empty((1024, 2), np.int32)
    starts = np.empty(64, np.int32)
    seen = np.zeros((height, width), np.uint8)  # edges on top of a pixel that were gone along
    count, paths = 0, 0
    for top in range(height):
        for left in range(width):
            if inside[top, left, 0] == 0 or seen[top, left] or (top > 0 and inside[top - 1, left, 0]):
                continue
            if paths == starts.shape[0]:
                longer = np.empty(2 * paths, np.int32)
                for i in range(paths):
                    longer[i] = starts[i]
                starts = longer
            starts[paths] = count
            paths += 1
            x, y, heading = left, top, 0  # east, south, west, north
            while heading != 0 or not (y < height and x < width and seen[y, x]):
                if heading == 0:
                    seen[y, x] = 1
                    x += 1
                elif heading == 1:
                    y += 1
                elif heading == 2:
                    x -= 1
                else:
                    y -= 1
                # The pixels ahead, on the right and on the left of the way.
                rx, ry = x - (1 if heading in (1, 2) else 0), y - (1 if heading in (2, 3) else 0)
                lx, ly = x - (1 if heading in (2, 3) else 0), y - (1 if heading in (0, 3) else 0)
                right = 0 <= rx < width and 0 <= ry < height and inside[ry, rx, 0] != 0
                turn = 0
                if not right:
                    turn = 1
                elif 0 <= lx < width and 0 <= ly < height and inside[ly, lx, 0] != 0:
                    turn = 3
                if turn:
                    if count == most_points:
                        return corners[:0], starts[:0]
                    if count == corners.shape[0]:
                        more = np.empty((2 * count, 2), np.int32)
                        for i in range(count):
                            more[i, 0], more[i, 1] = corners[i, 0], corners[i, 1]
                        corners = more
                    corners[count, 0], corners[count, 1] = x, y
                    count += 1
                    heading = (heading + turn) % 4
    return corners[:count], starts[:paths]


KERNELS: tuple[Kernel[Any, Any], ...] = (cover_polygon, trace_edges)
