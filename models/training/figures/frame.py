"""A Placing that also leans, and forms that spare what is too small to see: what heads and bodies are drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.training import forms
from models.training.forms import Placing, spline, turned
from models.training.geometry import Colour, Point, Points, as_points, ellipse
from models.training.shapes import Thing

SHADED_PX, RIM_PX = 1.2, 3.2
"""A form whose shade reaches less far in has none; below the second it has no bright rim."""
SHADE = 0.24
SMALL_PX = 30.0
"""Curves smaller than this need fewer points."""


@dataclass(frozen=True)
class Frame(Placing):
    """`tilt` radians towards image right, about the placing's own point."""

    tilt: float = 0.0

    def points(self, points: Sequence[Point] | Points) -> Points:
        upright = as_points(points) * np.array((self.facing * self.unit_px, -self.unit_px), np.float32)
        return np.asarray(turned(upright, self.tilt) + np.array((self.x, self.y), np.float32), np.float32)

    def curve(self, points: Sequence[Point] | Points) -> Points:
        return self.points(spline(points, is_closed=True, steps=4 if self.unit_px < SMALL_PX else 6))

    def oval(self, u: float, v: float, ru: float, rv: float, turn: float = 0.0) -> Points:
        count = 14 if max(ru, rv) * self.unit_px < SMALL_PX else 28
        return self.points(turned(ellipse(0, 0, ru, rv, count), turn) + np.array((u, v), np.float32))


def mirrored(half: Sequence[Point]) -> list[Point]:
    """A closed outline from its right half, given from the top to the bottom."""
    return [*half, *((-u, v) for u, v in reversed(half) if abs(u) > 1e-6)]


def add_form(thing: Thing, outline: Points, colour: Colour, side: int, depth_px: float, contrast: float = 1.0) -> None:
    """As `forms.add_form`, in fewer tones where they would be too fine."""
    if depth_px >= RIM_PX:
        forms.add_form(thing, outline, colour, side, depth_px, contrast)
        return
    thing.add(outline, colour, 0.0, 0.05, outlined=True, named=True)
    if depth_px >= SHADED_PX:
        shifted = outline + np.array((side * depth_px, -depth_px * 0.75), np.float32)
        for piece in forms.outside(outline, shifted):
            thing.add(piece, colour * (1 - SHADE * contrast), 0.0, 0.03, named=True)
