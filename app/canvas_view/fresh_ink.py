"""Fresh ink: what was painted since the snapshot that the shown result was made from. No Qt; any thread.

Such ink has to be seen at once, over the result, as if it had been laid on it. The picture before and after a stroke of
colour C obeys `now = coverage * C + (1 - coverage) * before`. With the artist's last colours for C, coverage follows
from the projection of `now - before` onto `C - before`; where that explains the pixel, the ink alone is shown. Where it
does not (erased, moved, another blend mode), coverage is guessed from the difference, measured against the largest one
nearby, and the new picture itself is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.tiles import Pixels8

#: What is left unexplained may be this much, of 255: two roundings to 8 bits, and the mean over a mip pixel.
EXPLAINED = 4.0
#: How far around a pixel the strongest difference is looked for, as the side of a square in pixels.
NEAR_PX = 9
#: Differences below this, of 255, are never guessed to be full coverage; those up to NOTHING are rounding.
FULL_AT_LEAST, NOTHING = 40, 2

Rgb: TypeAlias = tuple[int, int, int]

_NEAR = np.ones((NEAR_PX, NEAR_PX), np.uint8)
_CLEAR = (0, 0, 0, 0)


def fresh_ink(before: Pixels8, now: Pixels8, inks: Sequence[Rgb], paper: Rgb | None) -> Pixels8 | None:
    """What to lay over the result for one tile, premultiplied RGBA uint8 (h, w, 4); None when nothing is new.

    `before`, `now`: premultiplied RGBA of the same shape. `inks`: the colours painted with, the likeliest first.
    `paper`: the colour that stands for transparency, so that what was erased is seen as erased; None leaves it clear.
    """
    if before is now:
        return None
    r, g, b, a = cv2.split(cv2.absdiff(before, now))
    strongest = np.asarray(cv2.max(cv2.max(r, g), cv2.max(b, a)), np.uint8)
    if int(strongest.max()) <= NOTHING:
        return None
    near = np.asarray(cv2.dilate(strongest, _NEAR), np.uint8)
    out = np.zeros(now.shape, np.uint8)
    colours = np.array([(*ink, 255) for ink in inks], np.float64).reshape(-1, 4)
    under = _CLEAR if paper is None else (*paper, 1)
    lay_over(out, before, now, strongest[..., None], near[..., None], colours, *under)
    return out


def _explain(
    before: tuple[float, float, float, float],
    now: tuple[float, float, float, float],
    inks: npt.NDArray[np.float64],
    i: int,
    j: int,
) -> tuple[float, float]:
    """Shares of inks i and j (the same: of one ink) that turn one pixel into the other; (-1, -1) when none do.

    Two strokes on top of each other are linear in their shares too, so least squares finds both.
    """
    ii, jj, ij, si, sj = 0.0, 0.0, 0.0, 0.0, 0.0
    for c in range(4):
        step = now[c] - before[c]
        wi, wj = inks[i, c] - before[c], inks[j, c] - before[c]
        ii, jj, ij = ii + wi * wi, jj + wj * wj, ij + wi * wj
        si, sj = si + step * wi, sj + step * wj
    determinant = ii * jj - ij * ij
    if i == j or determinant < 1.0:
        a, b = si / max(1.0, ii), 0.0
    else:
        a, b = (si * jj - sj * ij) / determinant, (sj * ii - si * ij) / determinant
    a, b = min(1.0, max(0.0, a)), min(1.0, max(0.0, b))
    if a + b > 1.0:
        a, b = a / (a + b), b / (a + b)
    for c in range(4):
        rest = now[c] - before[c] - a * (inks[i, c] - before[c]) - b * (inks[j, c] - before[c])
        if abs(rest) > EXPLAINED:
            return -1.0, -1.0
    return a, b


@kernel("out8", "in8", "in8", "in8", "in8", "table", "int", "int", "int", "int", helpers=(_explain,))
def lay_over(
    out: Pixels8,
    before: Pixels8,
    now: Pixels8,
    strongest: Pixels8,
    near: Pixels8,
    inks: npt.NDArray[np.float64],
    red: int,
    green: int,
    blue: int,
    on_paper: int,
) -> None:
    """Write the fresh ink of a tile into `out`, which is zero. `strongest`, `near`: (h, w, 1), the largest difference
    of a pixel's channels and the largest of those near it. `inks`: rows of RGBA 0..255, the likeliest first."""
    height, width, _ = out.shape
    count = inks.shape[0]
    for y in range(height):
        for x in range(width):
            difference = int(strongest[y, x, 0])
            if difference <= NOTHING:
                continue
            i, j, a, b = 0, 0, -1.0, -1.0
            old = (float(before[y, x, 0]), float(before[y, x, 1]), float(before[y, x, 2]), float(before[y, x, 3]))
            new = (float(now[y, x, 0]), float(now[y, x, 1]), float(now[y, x, 2]), float(now[y, x, 3]))
            for apart in range(count):
                for first in range(count - apart):
                    if a < 0.0:
                        i, j = first, first + apart
                        a, b = _explain(old, new, inks, i, j)
            if a >= 0.0:
                for c in range(4):
                    out[y, x, c] = int(a * inks[i, c] + b * inks[j, c] + 0.5)
                continue
            weight = min(255, difference * 255 // max(int(near[y, x, 0]), FULL_AT_LEAST))
            paper = (255 - int(now[y, x, 3])) * on_paper
            out[y, x, 0] = ((int(now[y, x, 0]) * 255 + paper * red) // 255 * weight + 127) // 255
            out[y, x, 1] = ((int(now[y, x, 1]) * 255 + paper * green) // 255 * weight + 127) // 255
            out[y, x, 2] = ((int(now[y, x, 2]) * 255 + paper * blue) // 255 * weight + 127) // 255
            out[y, x, 3] = ((int(now[y, x, 3]) + paper) * weight + 127) // 255
