"""What is in the sky: clouds, drawn stars, a balloon. Sun and moon are the scene's disc."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import numpy as np

from models.training import palette
from models.training.forms import add_form, union
from models.training.geometry import SIZE, Points, closed, ellipse
from models.training.palette import NAMED, mix
from models.training.shapes import Thing
from models.training.things import paints
from models.training.things.spot import Spot

STAR_LATTICE_PX = 32


def cloud(rng: random.Random, x: float, y: float, width: float, time: str, side: int) -> Thing:
    """Round puffs on a flat base, the lower rim in shade."""
    thing = Thing("cloud", y)
    height, colour = width * rng.uniform(0.34, 0.44), palette.CLOUD[time]
    base, turn = y + height * 0.5, rng.choice([-1, 1])
    puffs = (
        (-0.3, 0.3, 0.2, 0.3),
        (-0.06, 0.56, 0.24, 0.44),
        (0.2, 0.4, 0.2, 0.38),
        (0.36, 0.2, 0.14, 0.2),
        (-0.42, 0.18, 0.12, 0.18),
    )
    ovals = [ellipse(x + turn * u * width, base - v * height, rx * width, ry * height) for u, v, rx, ry in puffs]
    whole = union(ovals[0], *ovals[1:])
    whole = np.stack([whole[:, 0], np.minimum(whole[:, 1], base)], 1).astype(np.float32)
    shadow = mix(colour, palette.SKY[time][0], 0.4)
    thing.add(whole, shadow, 0, 0, outlined=True, glows=True)
    lit = (whole - (x, base)) * (0.93, 0.8) + (x + side * width * 0.03, base - height * 0.17)
    thing.add(lit.astype(np.float32), colour, 0, 0, glows=True)
    thing.draw(closed(whole))
    thing.hide(whole)
    return thing


def _star_outline(x: float, y: float, radius_px: float, turn: float) -> Points:
    """A star of five points."""
    corners = [
        (x + r * math.sin(turn + k * math.pi / 5), y - r * math.cos(turn + k * math.pi / 5))
        for k, r in enumerate([radius_px, radius_px * 0.42] * 5)
    ]
    return np.array(corners, np.float32)


def drawn_star(rng: random.Random, x: float, y: float, radius_px: float) -> Thing:
    """Large and five-pointed, as people scribble it."""
    thing = Thing("star", y)
    outline = _star_outline(x, y, radius_px, rng.uniform(-0.2, 0.2))
    thing.add(outline, palette.LIT_WINDOW, 0, 0, outlined=True, glows=True)
    thing.draw(closed(outline))
    thing.hide(outline)
    return thing


def star_places(horizon: float) -> Iterator[tuple[float, float, float]]:
    """x, y and radius of small stars at fixed places of the sky, so that they can be learnt."""
    for row in range(int(horizon * 0.9) // STAR_LATTICE_PX + 1):
        for column in range(SIZE // STAR_LATTICE_PX):
            index = row * 5 + column * 3
            x, y = column * STAR_LATTICE_PX + 8 * (index % 4), row * STAR_LATTICE_PX + 8 * (index % 3) + 8
            if y < horizon * 0.9 and index % 5 != 1:
                yield float(x), float(y), (1.0, 1.5, 2.0)[index % 3]


def balloon(rng: random.Random, spot: Spot, colour: str) -> Thing:
    """A hot-air balloon in stripes of a named colour and cream, a basket under it."""
    thing, place = Thing("balloon", spot.y), spot.place(rng.choice([-1, 1]))
    wide = rng.uniform(0.36, 0.4)
    for s in (-1, 1):
        thing.add(
            place.points([(s * 0.09, 0.14), (s * 0.18, 0.36), (s * 0.15, 0.36), (s * 0.07, 0.14)]), paints.BRANCH, 0, 0
        )
        thing.draw(place.points([(s * 0.08, 0.14), (s * 0.17, 0.36)]))
    bag = place.curve(
        [
            (-0.12, 0.29),
            (-wide * 0.95, 0.55),
            (-wide * 0.86, 0.82),
            (0, 1),
            (wide * 0.86, 0.82),
            (wide * 0.95, 0.55),
            (0.12, 0.29),
        ]
    )
    add_form(thing, bag, NAMED[colour], spot.side, spot.height_px * 0.06)
    for u in (-0.62, 0.0, 0.62):
        stripe = [
            (u * 0.3 * wide, 0.3),
            (u * wide - 0.075, 0.62),
            (u * wide * 0.7 - 0.02, 0.93),
            (u * wide * 0.7 + 0.02, 0.93),
            (u * wide + 0.075, 0.62),
        ]
        thing.add(place.curve(stripe), palette.SAIL, 0, 0)
    basket = place.points([(-0.1, 0.15), (0.1, 0.15), (0.08, 0), (-0.08, 0)])
    thing.add(basket, paints.WOOD, 0, 0.1, outlined=True)
    thing.draw(closed(bag), closed(basket), place.line([(0, 0.28), (0, 0.62), (0, 1)]))
    thing.hide(bag, basket)
    return thing
