"""A Placing that also leans: what heads and bodies are drawn in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.training.forms import Placing, turned
from models.training.geometry import Point, Points, as_points


@dataclass(frozen=True)
class Frame(Placing):
    """`tilt` radians towards image right, about the placing's own point."""

    tilt: float = 0.0

    def points(self, points: Sequence[Point] | Points) -> Points:
        upright = as_points(points) * np.array((self.facing * self.unit_px, -self.unit_px), np.float32)
        return np.asarray(turned(upright, self.tilt) + np.array((self.x, self.y), np.float32), np.float32)


def mirrored(half: Sequence[Point]) -> list[Point]:
    """A closed outline from its right half, given from the top to the bottom."""
    return [*half, *((-u, v) for u, v in reversed(half) if abs(u) > 1e-6)]
