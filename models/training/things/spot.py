"""Where a thing stands and in which light, and the surfaces that things are built of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.training import palette
from models.training.forms import Placing, outside, spline
from models.training.geometry import Colour, Point, Points, as_points
from models.training.palette import mix
from models.training.shapes import Thing

HAZE = 0.03
"""The distance of what stands near."""
OUTSIDE_PX = 40.0
WARM_LIGHT = palette.rgb(255, 246, 214)


@dataclass(frozen=True)
class Spot:
    """The foot of a thing (pixels), its height (pixels), and what it looks like there and then."""

    x: float
    y: float
    height_px: float
    season: str
    time: str
    side: int
    """Where the light comes from: -1 left, 1 right."""

    @property
    def is_dark(self) -> bool:
        return self.time == "night"

    def place(self, facing: int = 1) -> Placing:
        """One unit is the thing's height."""
        return Placing(self.x, self.y, self.height_px, facing)


def box(left: float, bottom: float, right: float, top: float) -> list[Point]:
    """A rectangle in units, v upwards."""
    return [(left, bottom), (left, top), (right, top), (right, bottom)]


def add_mass(thing: Thing, outline: Points, colour: Colour, side: int, depth_px: float, haze: float = HAZE) -> None:
    """A rounded, traced mass in three tones: its colour, a shade away from the light, a bright rim towards it."""
    thing.add(outline, colour, haze, 0.06, outlined=True)
    towards = np.array((side * depth_px, -depth_px * 0.8), np.float32)
    for piece in outside(outline, outline + towards):
        thing.add(piece, colour * 0.74, haze, 0.0)
    for piece in outside(outline, outline - towards * 0.6):
        thing.add(piece, mix(colour * 1.06, WARM_LIGHT, 0.24), haze, 0.0)


def add_snow_cap(thing: Thing, outline: Points, depth_px: float, haze: float = HAZE) -> None:
    """Snow lying on the upper edges of a mass."""
    for piece in outside(outline, outline + np.array((0, depth_px), np.float32)):
        thing.add(piece, palette.SNOW, haze, 0.0)


def band_across(ys: Sequence[Point] | Points, bottom: float) -> Points:
    """What lies below a line from the left edge to the right one, going on beyond both, out of a shadow's reach."""
    line = as_points(ys)
    aside = np.array((OUTSIDE_PX, 0), np.float32)
    right, left = line[-1] + aside, line[0] - aside
    return np.concatenate([[left], line, [right], as_points([(right[0], bottom), (left[0], bottom)])]).astype(
        np.float32
    )


def skyline(keys: Sequence[Point]) -> Points:
    """The smooth line through a few keys, from left to right."""
    return spline(keys, is_closed=False)


def gathered(name: str, base_y: float, things: Iterable[Thing]) -> Thing:
    """Several things as one: trees become a forest."""
    whole = Thing(name, base_y)
    for thing in things:
        whole.parts += thing.parts
        whole.symbol += thing.symbol
        whole.hides += thing.hides
    return whole
