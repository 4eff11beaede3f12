"""Holes as artists mask them: a disc, a box or a few dabs side by side, from a small thing to most of the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_DABS = 4


def draw_holes(rng: np.random.Generator, count: int, height: int, width: int) -> NDArray[np.bool_]:
    """(count, height, width), true in the hole."""
    ys, xs = np.mgrid[:height, :width] + 0.5
    holes = np.zeros((count, height, width), bool)
    for hole in holes:
        y, x = rng.uniform(0, height), rng.uniform(0, width)
        reach_y, reach_x = rng.uniform(0.1, 0.4, 2) * (height, width)
        if rng.random() < 0.3:
            hole |= (np.abs(ys - y) < reach_y) & (np.abs(xs - x) < reach_x)
        else:
            for _ in range(rng.integers(1, MOST_DABS + 1)):
                hole |= ((ys - y) / reach_y) ** 2 + ((xs - x) / reach_x) ** 2 < 1
                y, x = y + rng.uniform(-1, 1) * reach_y, x + rng.uniform(-1, 1) * reach_x
    return holes
