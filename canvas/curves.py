"""Curves through points, from 0..1 to 0..1: how pressure drives a brush, how tones are shifted. Pure arithmetic."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Curve: TypeAlias = tuple[tuple[float, float], ...]
"""At least two points (x, y), x rising, all within 0..1. Left of the first and right of the last it stays level."""

LINEAR: Curve = ((0.0, 0.0), (1.0, 1.0))


def checked(curve: Curve) -> Curve:
    """The curve itself. Raises ValueError when it is none."""
    if len(curve) < 2 or any(not 0.0 <= v <= 1.0 for point in curve for v in point):
        raise ValueError(f"a curve has at least two points within 0 and 1, not {curve}")
    if any(b[0] <= a[0] for a, b in pairwise(curve)):
        raise ValueError(f"the points of a curve go from left to right, unlike {curve}")
    return curve


def evaluated(curve: Curve, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The curve at `x`: piecewise cubic, without overshoot between points (Fritsch and Butland 1984).

    >>> evaluated(((0.0, 0.0), (0.5, 1.0), (1.0, 1.0)), [0.0, 0.5, 0.75, 1.0]).tolist()
    [0.0, 1.0, 1.0, 1.0]
    """
    px, py = (np.array(axis, np.float64) for axis in zip(*curve, strict=True))
    at = np.clip(np.asarray(x, np.float64), px[0], px[-1])
    h, d = np.diff(px), np.diff(py) / np.diff(px)
    slopes = np.empty(len(px))
    if len(px) == 2:
        slopes[:] = d[0]
    else:
        weight = (1.0 + h[1:] / (h[:-1] + h[1:])) / 3.0
        same = d[:-1] * d[1:] > 0.0
        mean = np.where(same, weight * d[1:] + (1.0 - weight) * d[:-1], 1.0)
        slopes[1:-1] = np.where(same, d[:-1] * d[1:] / mean, 0.0)
        for end, a, b, ha, hb in ((0, d[0], d[1], h[0], h[1]), (-1, d[-1], d[-2], h[-1], h[-2])):
            slope = ((2.0 * ha + hb) * a - ha * b) / (ha + hb)
            slopes[end] = 0.0 if slope * a <= 0.0 else (3.0 * a if a * b < 0.0 and abs(slope) > 3.0 * abs(a) else slope)
    i = np.clip(np.searchsorted(px, at, side="right") - 1, 0, len(h) - 1)
    t = (at - px[i]) / h[i]
    rise = py[i + 1] - py[i]
    m0, m1 = slopes[i] * h[i], slopes[i + 1] * h[i]
    value = py[i] + t * (m0 + t * (3.0 * rise - 2.0 * m0 - m1 + t * (m0 + m1 - 2.0 * rise)))
    return np.clip(value, 0.0, 1.0)


def table(curve: Curve, size: int = 256) -> npt.NDArray[np.float64]:
    """The curve at `size` even steps from 0 to 1."""
    return evaluated(curve, np.linspace(0.0, 1.0, size))
