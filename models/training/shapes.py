"""What a scene is made of: flat polygons with a colour, grouped into things that a person could also scribble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.training.geometry import Colour, Point, Points, as_points

INDOORS = frozenset(("still_life", "still life", "interior"))
"""Families whose background is a wall and whose nights are lit by a lamp."""


@dataclass
class Part:
    """One filled polygon.

    `haze` 0..1 is its distance; `shade` the strength of its vertical gradient (negative: fades into the horizon);
    `outlined` parts are the ones a careful sketch traces; `glows` parts ignore the light; `named` parts have a colour
    the caption says, so ink keeps a tint of it.
    """

    points: Points
    colour: Colour
    haze: float
    shade: float = 0.08
    outlined: bool = False
    glows: bool = False
    named: bool = False


@dataclass
class Thing:
    """An object of the scene: what is painted, the symbol a person would draw for it, and what it hides behind it."""

    name: str
    base_y: float
    parts: list[Part] = field(default_factory=list)
    symbol: list[Points] = field(default_factory=list)
    hides: list[Points] = field(default_factory=list)

    def add(
        self,
        points: Sequence[Point] | Points,
        colour: Colour,
        haze: float,
        shade: float = 0.08,
        outlined: bool = False,
        glows: bool = False,
        named: bool = False,
    ) -> None:
        self.parts.append(Part(as_points(points), colour, haze, shade, outlined, glows, named))

    def draw(self, *lines: Sequence[Point] | Points) -> None:
        """Add strokes to the symbol."""
        self.symbol += [as_points(line) for line in lines]

    def hide(self, *outlines: Sequence[Point] | Points) -> None:
        self.hides += [as_points(outline) for outline in outlines]


@dataclass(frozen=True)
class Disc:
    """Sun or moon."""

    x: float
    y: float
    radius_px: float
    crescent: bool


@dataclass
class Scene:
    """A composed picture before any pixel; the same scene can be painted in any style and sketched in any hand."""

    seed: int
    style: str
    time: str
    season: str
    light_side: int
    """-1: light from the left; 1: from the right."""
    horizon: float
    """Where the ground meets the sky, or the table the wall, in pixels from above."""
    family: str = "landscape"
    weather: str = "clear"
    """One of palette.WEATHERS."""
    subject: str = ""
    """The main object's kind (`Thing.name`); empty where nothing is the main thing."""
    disc: Disc | None = None
    stars: list[tuple[float, float, float]] = field(default_factory=list)
    sky: list[Thing] = field(default_factory=list)
    far: list[Thing] = field(default_factory=list)
    water: tuple[float, float] | None = None
    """Upper edge and lower edge in pixels."""
    afloat: list[Thing] = field(default_factory=list)
    near: list[Thing] = field(default_factory=list)
    birds: list[tuple[float, float, float]] = field(default_factory=list)
    people: list[NDArray[np.float32]] = field(default_factory=list)
    """Each (18, 3): x, y in pixels and 1 where the joint is visible, OpenPose order."""
    tags: list[tuple[str, ...]] = field(default_factory=list)
    """Facts to say: each is a tuple whose first item is the fact and whose others are its synonyms' extras."""
