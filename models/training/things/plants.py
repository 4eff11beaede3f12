"""Small plants seen near: flowers, cactus, mushroom, bush."""

from __future__ import annotations

import math
import random

from models.training import palette
from models.training.forms import Placing, add_form, union
from models.training.geometry import closed
from models.training.palette import NAMED, rgb
from models.training.shapes import Thing
from models.training.things import paints
from models.training.things.spot import HAZE, Spot, add_mass, add_snow_cap, gathered

PETAL_NAMES = ("red", "orange", "yellow", "blue", "purple", "pink", "white")
HEART = rgb(250, 204, 70)
YELLOW_HEART = rgb(120, 72, 40)


def _add_stem(thing: Thing, place: Placing, lean: float) -> None:
    stem = place.ribbon([(0, 0), (lean * 0.4, 0.3), (lean, 0.7)], (0.022, 0.018, 0.016))
    thing.add(stem, paints.LEAF * 0.84, HAZE, 0.05, outlined=True)
    for s, v in ((-1, 0.1), (1, 0.2)):
        leaf = place.curve([(0, v), (s * 0.09, v + 0.13), (s * 0.26, v + 0.17), (s * 0.17, v + 0.03)])
        thing.add(leaf, paints.LEAF, HAZE, 0.12, outlined=True)
        thing.draw(closed(leaf))
    thing.draw(place.line([(0, 0), (lean * 0.4, 0.3), (lean, 0.6)]))


def flower(rng: random.Random, spot: Spot, petals: str) -> Thing:
    """One bloom on its stem: rays around a heart, or a tulip's cup."""
    thing, place = Thing("flower", spot.y), spot.place(rng.choice([-1, 1]))
    lean, colour = rng.uniform(-0.04, 0.06), NAMED[petals]
    _add_stem(thing, place, lean)
    head = place.inner(lean, 0.72, 0.28)
    if rng.random() < 0.65:
        count = rng.choice([6, 7, 8])
        for index in range(count):
            angle = math.pi * (0.5 + 2 * index / count)
            petal = head.oval(0.6 * math.cos(angle), 0.6 * math.sin(angle), 0.42, 0.68 * 2.1 / count + 0.06, angle)
            thing.add(petal, colour * (0.9 if index % 2 else 1.0), HAZE, 0.06, outlined=True, named=True)
            thing.draw(closed(petal))
        heart = head.oval(0, 0, 0.34, 0.34)
        thing.add(heart, YELLOW_HEART if petals in ("yellow", "orange") else HEART, HAZE, 0.1, outlined=True)
        thing.draw(closed(heart))
        thing.hide(head.oval(0, 0, 0.9, 0.9))
    else:
        cup = head.curve(
            [
                (0, -0.75),
                (0.6, -0.5),
                (0.68, 0.2),
                (0.62, 0.95),
                (0.32, 0.5),
                (0, 1.0),
                (-0.32, 0.5),
                (-0.62, 0.95),
                (-0.68, 0.2),
                (-0.6, -0.5),
            ]
        )
        add_form(thing, cup, colour, spot.side, head.unit_px * 0.2)
        middle = head.curve([(0, -0.7), (0.34, -0.1), (0, 0.98), (-0.34, -0.1)])
        thing.add(middle, colour * 0.84, HAZE, 0.04, outlined=True, named=True)
        thing.draw(head.points([(-0.62, 0.95), (-0.7, 0.1), (-0.4, -0.6), (0.4, -0.6), (0.7, 0.1), (0.62, 0.95)]))
        thing.draw(head.points([(-0.62, 0.95), (-0.32, 0.5), (0, 1), (0.32, 0.5), (0.62, 0.95)]))
        thing.hide(cup)
    return thing


def flowers(rng: random.Random, spots: list[Spot], petals: str) -> Thing:
    """A meadow's blooms, all of one kind and colour."""
    seed = rng.random()
    ordered = sorted(spots, key=lambda spot: spot.y)
    return gathered("flowers", ordered[-1].y, (flower(random.Random(seed), spot, petals) for spot in ordered))


def cactus(rng: random.Random, spot: Spot) -> Thing:
    thing, place = Thing("cactus", spot.y), spot.place(rng.choice([-1, 1]))
    low, high = rng.uniform(0.28, 0.38), rng.uniform(0.42, 0.54)
    body = place.line([(-0.1, 0), (-0.12, 0.5), (-0.1, 0.9), (0, 1), (0.1, 0.9), (0.12, 0.5), (0.1, 0)])
    arms = (
        [(0, low), (-0.24, low), (-0.29, low + 0.1), (-0.29, low + 0.34)],
        [(0, high), (0.22, high), (0.28, high + 0.08), (0.28, high + 0.26)],
    )
    limbs = [place.ribbon(arm, (0.06, 0.06, 0.065, 0.06)) for arm in arms]
    whole = union(body, *limbs)
    add_mass(thing, whole, paints.CACTUS, spot.side, spot.height_px * 0.05)
    for u in (-0.045, 0.045):
        rib = place.ribbon([(u, 0.06), (u * 1.2, 0.5), (u, 0.86)], (0.008, 0.01, 0.006))
        thing.add(rib, paints.CACTUS * 0.66, HAZE, 0)
    thing.draw(closed(whole))
    thing.hide(whole)
    return thing


def mushroom(rng: random.Random, spot: Spot) -> Thing:
    """Red with white spots."""
    thing, place = Thing("mushroom", spot.y), spot.place(rng.choice([-1, 1]))
    wide = rng.uniform(0.42, 0.52)
    stalk = place.line([(-0.16, 0), (-0.12, 0.3), (-0.13, 0.6), (0.13, 0.6), (0.12, 0.3), (0.16, 0)])
    add_mass(thing, stalk, paints.BARK, spot.side, spot.height_px * 0.04)
    cap = place.curve([(-wide, 0.5), (-wide * 0.8, 0.82), (0, 1.0), (wide * 0.8, 0.82), (wide, 0.5), (0, 0.42)])
    add_mass(thing, cap, NAMED["red"], spot.side, spot.height_px * 0.06)
    dots = [place.oval(u * wide, v, 0.07, 0.055) for u, v in ((-0.55, 0.64), (-0.08, 0.84), (0.1, 0.58), (0.58, 0.68))]
    for dot in dots:
        thing.add(dot, palette.SNOW, HAZE, 0)
    thing.draw(closed(cap), place.line([(-0.13, 0.46), (-0.12, 0.3), (-0.16, 0)]))
    thing.draw(place.line([(0.13, 0.46), (0.12, 0.3), (0.16, 0)]), *map(closed, dots))
    thing.hide(cap, stalk)
    return thing


def bush(rng: random.Random, spot: Spot) -> Thing:
    thing, place = Thing("bush", spot.y), spot.place(rng.choice([-1, 1]))
    wide = rng.uniform(0.75, 1.0)
    whole = union(
        place.oval(0, 0.48, wide * 0.56, 0.5),
        place.oval(-wide * 0.52, 0.34, wide * 0.42, 0.34),
        place.oval(wide * 0.54, 0.3, wide * 0.4, 0.3),
    )
    add_mass(thing, whole, paints.CROWN[spot.season], spot.side, spot.height_px * 0.14)
    if spot.season == "winter":
        add_snow_cap(thing, whole, spot.height_px * 0.12)
    thing.draw(closed(whole))
    thing.hide(whole)
    return thing
