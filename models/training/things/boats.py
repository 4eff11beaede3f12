"""What floats: a sailing boat."""

from __future__ import annotations

import random

from models.training import palette
from models.training.geometry import closed
from models.training.palette import NAMED, mix
from models.training.shapes import Thing
from models.training.things import paints
from models.training.things.spot import HAZE, Spot


def boat(rng: random.Random, spot: Spot, hull: str) -> Thing:
    """A hull of a named colour under a main and a fore sail."""
    thing, place, colour = Thing("boat", spot.y), spot.place(rng.choice([-1, 1])), NAMED[hull]
    wide = rng.uniform(0.42, 0.52)
    thing.add(place.points([(-0.018, 0.15), (-0.018, 1), (0.018, 1), (0.018, 0.15)]), paints.BRANCH, HAZE, 0)
    main = place.points([(0.03, 0.97), (wide * 0.6, 0.62), (wide * 0.86, 0.29), (0.03, 0.27)])
    fore = place.points([(-0.03, 0.9), (-wide * 0.42, 0.56), (-wide * 0.72, 0.29), (-0.03, 0.27)])
    thing.add(main, palette.SAIL, HAZE, 0.08, outlined=True)
    thing.add(fore, palette.SAIL * 0.84, HAZE, 0.08, outlined=True)
    body = place.points(
        [(-wide, 0.22), (wide, 0.22), (wide * 0.9, 0.1), (wide * 0.66, 0), (-wide * 0.64, 0), (-wide * 0.86, 0.1)]
    )
    thing.add(body, colour, HAZE, 0.16, outlined=True, named=True)
    rim = place.points([(-wide, 0.22), (wide, 0.22), (wide * 0.95, 0.165), (-wide * 0.95, 0.165)])
    thing.add(rim, mix(colour, palette.SAIL if hull != "white" else paints.IRON, 0.5), HAZE, 0, named=True)
    thing.draw(closed(body), place.points([(0, 1), (0, 0.22)]))
    thing.draw(place.points([(0, 0.97), (wide * 0.86, 0.28), (0, 0.28)]))
    if rng.random() < 0.7:
        thing.draw(place.points([(0, 0.9), (-wide * 0.72, 0.28), (0, 0.28)]))
    thing.hide(body, main, fore)
    return thing
