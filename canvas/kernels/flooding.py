"""Areas of like colours: how far colours lie apart, a flood from tile to tile, closed gaps and soft edges."""

from __future__ import annotations

from typing import Any

import numpy as np

from canvas.kernels.compiling import Kernel, kernel
from canvas.tiles import ONE, Pixels, Pixels8

#: What a pixel of a flooded area holds, and what one does that another area has.
FLOODED, OTHER = 1, 2
#: The largest distance of two colours, and what stands for "not to be entered" where distances are kept.
FARTHEST, OUTSIDE = 254, 255


@kernel("out8", "in16", "int", "int", "int", "int")
def colour_distance(out: Pixels8, pixels: Pixels, red: int, green: int, blue: int, alpha: int) -> None:
    """How far each pixel's premultiplied colour is from the given one: the largest difference of a channel, 0..254."""
    height, width, _ = pixels.shape
    for y in range(height):
        o = out[y].reshape(width)
        p = pixels[y].reshape(width * 4)
        for x in range(width):
            far = max(
                max(abs(np.int32(p[4 * x]) - np.int32(red)), abs(np.int32(p[4 * x + 1]) - np.int32(green))),
                max(abs(np.int32(p[4 * x + 2]) - np.int32(blue)), abs(np.int32(p[4 * x + 3]) - np.int32(alpha))),
            )
            o[x] = np.uint8((far * np.int32(FARTHEST) + np.int32(ONE // 2)) >> np.int32(15))


@kernel("out8", "out8", "in8", "in8", "int", "int")
def flood(area: Pixels8, exits: Pixels8, distance: Pixels8, entries: Pixels8, seed: int, tolerance: int) -> int:
    """Flood on from the marked pixels over 4-neighbours whose `distance` is at most `tolerance`; how many were added.

    `area`, `distance`: (h, w, 1); `area` is FLOODED where the flood has been and gets what it reaches. `entries`:
    (4, n, 1) with n >= h, w: marks at the top, bottom, left and right edge that the flood comes in by; `seed`: the
    index y * w + x of a pixel to start from, -1 for none. `exits`, of the shape of `entries` and zero, gets marks
    where the flood has newly reached an edge.
    """
    height, width, _ = area.shape
    stack = np.empty(2 * height * width + 2 * (height + width) + 1, np.int32)
    top = 0
    if seed >= 0:
        stack[0] = seed
        top = 1
    for x in range(width):
        if entries[0, x, 0]:
            stack[top] = x
            top += 1
        if entries[1, x, 0]:
            stack[top] = (height - 1) * width + x
            top += 1
    for y in range(height):
        if entries[2, y, 0]:
            stack[top] = y * width
            top += 1
        if entries[3, y, 0]:
            stack[top] = y * width + width - 1
            top += 1
    added = 0
    while top > 0:
        top -= 1
        y = stack[top] // width
        x = stack[top] - y * width
        if area[y, x, 0] == FLOODED or distance[y, x, 0] > tolerance:
            continue
        left = x
        while left > 0 and area[y, left - 1, 0] != FLOODED and distance[y, left - 1, 0] <= tolerance:
            left -= 1
        right = x
        while right < width - 1 and area[y, right + 1, 0] != FLOODED and distance[y, right + 1, 0] <= tolerance:
            right += 1
        for i in range(left, right + 1):
            area[y, i, 0] = FLOODED
        added += right - left + 1
        if left == 0:
            exits[2, y, 0] = 1
        if right == width - 1:
            exits[3, y, 0] = 1
        if y == 0:
            exits[0, left : right + 1, 0] = 1
        if y == height - 1:
            exits[1, left : right + 1, 0] = 1
        for beside in (y - 1, y + 1):
            if beside < 0 or beside >= height:
                continue
            open_run = False
            for i in range(left, right + 1):
                free = area[beside, i, 0] != FLOODED and distance[beside, i, 0] <= tolerance
                if free and not open_run:
                    stack[top] = beside * width + i
                    top += 1
                open_run = free
    return added


@kernel("out8", "in8")
def share_out(area: Pixels8, free: Pixels8) -> None:
    """Give each pixel that is `free` (h, w, 1) and 0 in `area` to whichever of FLOODED and OTHER is nearer to it, by
    steps over free pixels; in place. What neither reaches stays 0."""
    height, width, _ = area.shape
    queue = np.empty(height * width, np.int32)
    end = 0
    for y in range(height):
        for x in range(width):
            if area[y, x, 0] != 0:
                for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                    v, u = y + dy, x + dx
                    if 0 <= v < height and 0 <= u < width and free[v, u, 0] and area[v, u, 0] == 0:
                        queue[end] = y * width + x
                        end += 1
                        break
    at = 0
    while at < end:
        y = queue[at] // width
        x = queue[at] - y * width
        at += 1
        for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            v, u = y + dy, x + dx
            if 0 <= v < height and 0 <= u < width and free[v, u, 0] and area[v, u, 0] == 0:
                area[v, u, 0] = area[y, x, 0]
                queue[end] = v * width + u
                end += 1


@kernel("out16", "in8", "in8")
def soften_edge(out: Pixels, area: Pixels8, distance: Pixels8) -> int:
    """Coverage of a flooded area with soft edges, into `out` (h, w, 1); 0 is returned when all of it is 0.

    `area`, `distance`: (h + 2, w + 2, 1), one pixel more on each side. A pixel beside the area is a mixture of its
    colour and the strongest other one nearby, as an anti-aliased line leaves it: it is covered by its share.
    """
    height, width, _ = out.shape
    any_covered = 0
    for y in range(height):
        for x in range(width):
            if area[y + 1, x + 1, 0] == FLOODED:
                out[y, x, 0] = ONE
                any_covered = 1
                continue
            out[y, x, 0] = 0
            own = int(distance[y + 1, x + 1, 0])
            if own == OUTSIDE:
                continue
            beside, strongest = False, own
            for v in range(y, y + 3):
                for u in range(x, x + 3):
                    if area[v, u, 0] == FLOODED:
                        beside = True
                    if distance[v, u, 0] != OUTSIDE:
                        strongest = max(strongest, int(distance[v, u, 0]))
            if beside and strongest > own:
                out[y, x, 0] = (strongest - own) * ONE // strongest
                any_covered = 1
    return any_covered


KERNELS: tuple[Kernel[Any, Any], ...] = (colour_distance, flood, share_out, soften_edge)
