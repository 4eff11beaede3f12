"""Trees of seven kinds, and the forest."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import numpy as np

from models.training import palette
from models.training.forms import Placing, union
from models.training.geometry import Point, Points, closed
from models.training.shapes import Thing
from models.training.things import paints
from models.training.things.spot import HAZE, Spot, add_mass, add_snow_cap, band_across, box, gathered, skyline


def _add_trunk(thing: Thing, place: Placing, half: float, top: float) -> None:
    """A trunk that widens at its foot."""
    outline = [
        (-half * 1.7, 0.0),
        (-half, 0.08),
        (-half * 0.8, top),
        (half * 0.8, top),
        (half, 0.08),
        (half * 1.7, 0.0),
    ]
    thing.add(place.points(outline), paints.TRUNK, HAZE, 0.1, outlined=True)


def _draw_trunk(thing: Thing, rng: random.Random, place: Placing, half: float, top: float) -> None:
    """One line or two, as people do."""
    if rng.random() < 0.65:
        thing.draw(place.points([(-half, top), (-half, 0)]), place.points([(half, top), (half, 0)]))
    else:
        thing.draw(place.points([(0, top), (0, 0)]))


def pine(rng: random.Random, spot: Spot) -> Thing:
    thing, place, side = Thing("pine", spot.y), spot.place(), spot.side
    half, foot = rng.uniform(0.25, 0.32), 0.13
    thing.add(place.points(box(-0.045, 0, 0.045, 0.3)), paints.TRUNK, HAZE, 0.1, outlined=True)
    tiers: list[tuple[float, float, float]] = []
    for tier in range(3):
        low, reach = foot + 0.25 * tier, half * (1 - 0.26 * tier)
        high = 1.0 if tier == 2 else low + 0.44
        bend = low + (high - low) * 0.36
        outline = [(0, high), (reach * 0.5, bend), (reach, low), (0, low - 0.025), (-reach, low), (-reach * 0.5, bend)]
        colour = paints.PINE * (0.94 + 0.1 * tier)
        thing.add(place.points(outline), colour, HAZE, 0.08, outlined=True)
        s = side * reach
        thing.add(place.points([(0, high), (s * 0.5, bend), (s, low), (s * 0.24, low - 0.01)]), colour * 1.42, HAZE, 0)
        if spot.season == "winter":
            hem = high - (high - low) * 0.5
            cap = [
                (0, high),
                (reach * 0.42, hem),
                (reach * 0.18, hem + 0.05),
                (0, hem - 0.03),
                (-reach * 0.18, hem + 0.05),
            ]
            thing.add(place.points([*cap, (-reach * 0.42, hem)]), palette.SNOW, HAZE, 0)
        tiers.append((low, high, reach))
    whole = place.points([(0, 1), (half, foot), (-half, foot)])
    if rng.random() < 0.5:
        thing.draw(closed(whole))
    else:
        right: list[Point] = [(0, 1.0)]
        for low, _, reach in reversed(tiers):
            right += [(reach, low), (reach * 0.45, low)]
        thing.draw(place.points([*right, *((-u, v) for u, v in reversed(right))]))
    _draw_trunk(thing, rng, place, 0.045, foot)
    thing.hide(whole)
    return thing


def round_tree(rng: random.Random, spot: Spot) -> Thing:
    thing, place = Thing("round", spot.y), spot.place(rng.choice([-1, 1]))
    wide = rng.uniform(0.3, 0.38)
    _add_trunk(thing, place, 0.055, 0.5)
    crown = union(
        place.oval(0, 0.66, wide * 0.86, 0.33),
        place.oval(-wide * 0.56, 0.56, wide * 0.5, 0.19),
        place.oval(wide * 0.58, 0.6, wide * 0.5, 0.2),
        place.oval(-wide * 0.3, 0.78, wide * 0.56, 0.2),
        place.oval(wide * 0.34, 0.8, wide * 0.5, 0.19),
    )
    colour = paints.CROWN[spot.season]
    add_mass(thing, crown, colour, spot.side, spot.height_px * 0.07)
    if spot.season == "winter":
        add_snow_cap(thing, crown, spot.height_px * 0.07)
    for u, v in ((-0.36, 0.62), (0.1, 0.74), (0.36, 0.56)):
        thing.add(place.oval(u * wide * 1.4, v, wide * 0.2, 0.045), colour * 0.82, HAZE, 0)
    _draw_crown(thing, rng, place, crown, (0, 0.66, wide, 0.34))
    _draw_trunk(thing, rng, place, 0.055, 0.34)
    return thing


def _draw_crown(
    thing: Thing, rng: random.Random, place: Placing, crown: Points, oval: tuple[float, float, float, float]
) -> None:
    """Its outline or a plain oval."""
    thing.draw(closed(crown if rng.random() < 0.5 else place.oval(*oval)))
    thing.hide(crown)


def poplar(rng: random.Random, spot: Spot) -> Thing:
    thing, place = Thing("poplar", spot.y), spot.place()
    half = rng.uniform(0.12, 0.16)
    _add_trunk(thing, place, 0.035, 0.3)
    crown = place.curve(
        [
            (0, 1),
            (half * 0.55, 0.82),
            (half, 0.45),
            (half * 0.7, 0.18),
            (0, 0.1),
            (-half * 0.7, 0.18),
            (-half, 0.45),
            (-half * 0.55, 0.82),
        ]
    )
    colour = paints.POPLAR[spot.season]
    add_mass(thing, crown, colour, spot.side, spot.height_px * 0.05)
    if spot.season == "winter":
        add_snow_cap(thing, crown, spot.height_px * 0.06)
    _draw_crown(thing, rng, place, crown, (0, 0.55, half, 0.45))
    _draw_trunk(thing, rng, place, 0.035, 0.1)
    return thing


def birch(rng: random.Random, spot: Spot) -> Thing:
    """A white trunk with dark marks under a light crown."""
    thing, place = Thing("birch", spot.y), spot.place(rng.choice([-1, 1]))
    wide = rng.uniform(0.2, 0.25)
    crown = union(
        place.oval(0, 0.72, wide * 0.8, 0.27),
        place.oval(-wide * 0.6, 0.56, wide * 0.5, 0.16),
        place.oval(wide * 0.62, 0.62, wide * 0.46, 0.17),
    )
    add_mass(thing, crown, paints.BIRCH[spot.season], spot.side, spot.height_px * 0.06)
    if spot.season == "winter":
        add_snow_cap(thing, crown, spot.height_px * 0.06)
    trunk = place.points([(-0.045, 0), (-0.028, 0.3), (-0.012, 0.74), (0.012, 0.74), (0.032, 0.3), (0.048, 0)])
    thing.add(trunk, paints.BARK, HAZE, 0.04, outlined=True)
    for v, s in ((0.08, 1), (0.18, -1), (0.29, 1), (0.4, -1), (0.52, 1)):
        mark = [(s * 0.04, v), (s * 0.04, v + 0.03), (-s * 0.008, v + 0.018)]
        thing.add(place.points(mark), paints.BARK_MARK, HAZE, 0)
    _draw_crown(thing, rng, place, crown, (0, 0.69, wide, 0.3))
    thing.draw(place.points([(-0.04, 0.44), (-0.045, 0)]), place.points([(0.04, 0.44), (0.048, 0)]))
    thing.draw(*(place.points([(-0.03, v), (0.02, v)]) for v in (0.12, 0.24, 0.36)))
    thing.hide(trunk)
    return thing


def willow(rng: random.Random, spot: Spot) -> Thing:
    """A dome whose twigs hang to the ground."""
    thing, place = Thing("willow", spot.y), spot.place(rng.choice([-1, 1]))
    wide = rng.uniform(0.42, 0.5)
    _add_trunk(thing, place, 0.06, 0.6)
    hangs = ((-0.92, 0.16), (-0.56, 0.1), (-0.2, 0.3), (0.2, 0.26), (0.56, 0.08), (0.92, 0.18))
    outline: list[Point] = [
        (-wide, 0.5),
        (-wide * 0.8, 0.82),
        (-wide * 0.3, 0.98),
        (wide * 0.3, 0.98),
        (wide * 0.8, 0.82),
    ]
    outline.append((wide, 0.5))
    for u, v in reversed(hangs):
        outline += [
            (u * wide + 0.035, v + 0.05),
            (u * wide, v),
            (u * wide - 0.04, v + 0.05),
            (u * wide - 0.07, v + 0.18),
        ]
    crown = place.curve(outline)
    colour = paints.WILLOW[spot.season]
    add_mass(thing, crown, colour, spot.side, spot.height_px * 0.06)
    if spot.season == "winter":
        add_snow_cap(thing, crown, spot.height_px * 0.06)
    for u, low in hangs[1:5]:
        strand = place.ribbon(
            [(u * wide * 0.5, 0.82), (u * wide * 0.85, 0.6), (u * wide, low + 0.1)], (0.012, 0.016, 0.01)
        )
        thing.add(strand, colour * 0.76, HAZE, 0)
    thing.draw(
        place.line(
            [(-wide, 0.16), (-wide, 0.5), (-wide * 0.6, 0.9), (0, 1), (wide * 0.6, 0.9), (wide, 0.5), (wide, 0.16)]
        )
    )
    thing.draw(*(place.line([(u * wide * 0.5, 0.85), (u * wide * 0.9, 0.6), (u * wide, low)]) for u, low in hangs[1:5]))
    _draw_trunk(thing, rng, place, 0.06, 0.3)
    thing.hide(crown)
    return thing


def palm(rng: random.Random, spot: Spot) -> Thing:
    thing, place = Thing("palm", spot.y), spot.place(rng.choice([-1, 1]))
    lean = rng.uniform(0.04, 0.16)
    top = (lean, 0.74)
    stem = [(0.0, 0.0), (lean * 0.25, 0.3), top]
    trunk = place.ribbon(stem, (0.05, 0.034, 0.028))
    thing.add(trunk, paints.PALM_TRUNK, HAZE, 0.1, outlined=True)
    for v in (0.14, 0.28, 0.42, 0.56):
        u = float(np.interp(v, (0, 0.3, 0.74), (0, lean * 0.25, lean)))
        ring = [(u - 0.04, v), (u + 0.04, v + 0.014), (u + 0.04, v + 0.03), (u - 0.04, v + 0.016)]
        thing.add(place.points(ring), paints.PALM_TRUNK * 0.72, HAZE, 0)
    fronds = ((-2.9, 0.36), (-0.25, 0.36), (2.75, 0.4), (0.4, 0.4), (2.1, 0.34), (1.05, 0.34))
    hidden = [trunk]
    for index, (angle, length) in enumerate(fronds):
        tip = (top[0] + length * math.cos(angle), top[1] + length * 0.72 * math.sin(angle) - 0.1)
        arch = (top[0] + length * 0.56 * math.cos(angle), top[1] + length * 0.6 * math.sin(angle) + 0.07)
        frond = place.curve([top, (arch[0], arch[1] + 0.045), tip, (arch[0], arch[1] - 0.05)])
        thing.add(frond, paints.PALM * (0.8 + 0.09 * index), HAZE, 0.06, outlined=True)
        thing.draw(place.line([top, arch, tip]))
        hidden.append(frond)
    for s in (-1, 1):
        thing.add(place.oval(top[0] + s * 0.03, top[1] - 0.02, 0.03, 0.03), paints.TRUNK, HAZE, 0.1, outlined=True)
    thing.draw(place.line([(u - 0.04, v) for u, v in stem]), place.line([(u + 0.04, v) for u, v in stem]))
    thing.hide(*hidden)
    return thing


def bare_tree(rng: random.Random, spot: Spot) -> Thing:
    """Nothing but branches."""
    thing, place = Thing("bare tree", spot.y), spot.place(rng.choice([-1, 1]))
    spread = rng.uniform(0.85, 1.1)
    branches = (
        ([(0, 0), (0.01, 0.3), (-0.01, 0.6), (0.03, 1.0)], (0.06, 0.045, 0.03, 0.008)),
        ([(0, 0.32), (-0.16, 0.5), (-0.34, 0.78)], (0.034, 0.026, 0.007)),
        ([(0, 0.38), (0.16, 0.54), (0.36, 0.74)], (0.034, 0.026, 0.007)),
        ([(-0.16, 0.5), (-0.32, 0.53), (-0.42, 0.6)], (0.02, 0.016, 0.006)),
        ([(0.15, 0.53), (0.18, 0.72), (0.2, 0.9)], (0.02, 0.016, 0.006)),
        ([(-0.01, 0.6), (-0.12, 0.76), (-0.16, 0.92)], (0.022, 0.016, 0.006)),
    )
    lines = [[(u * spread, v) for u, v in line] for line, _ in branches]
    limbs = [place.ribbon(line, halves) for line, (_, halves) in zip(lines, branches, strict=True)]
    whole = union(limbs[0], *limbs[1:])
    thing.add(whole, paints.BRANCH, HAZE, 0.1, outlined=True)
    if spot.season == "winter":
        add_snow_cap(thing, whole, spot.height_px * 0.014)
    thing.draw(*(place.line(line) for line in lines[1:]))
    thing.draw(*(place.line([(u + s * 0.04 * (1 - v), v) for u, v in lines[0]]) for s in (-1, 1)))
    thing.hide(whole)
    return thing


Plant = Callable[[random.Random, Spot], Thing]

TREES: Final = MappingProxyType(
    {
        "pine": pine,
        "tree": round_tree,
        "poplar": poplar,
        "birch": birch,
        "willow": willow,
        "palm": palm,
        "bare tree": bare_tree,
    }
)
"""Each kind of tree by the fact that says it."""


def forest(rng: random.Random, plant: Plant, spots: list[Spot]) -> Thing:
    """Trees of one kind as one mass, the farthest first."""
    ordered = sorted(spots, key=lambda spot: spot.y)
    return gathered("forest", ordered[-1].y, (plant(rng, spot) for spot in ordered))


def forest_edge(rng: random.Random, horizon: float, season: str) -> Thing:
    """The rim of a forest in the distance: a dark band with a bumpy top."""
    thing = Thing("forest", horizon)
    tall, keys = rng.uniform(26, 44), []
    for index in range(-1, 13):
        x = index * 24.0
        keys += [(x, horizon - tall * (1.0 if index % 2 else 0.84)), (x + 12, horizon - tall * 0.64)]
    ridge = skyline(keys)
    outline = band_across(ridge, horizon + 20)
    thing.add(outline, paints.PINE if season == "winter" else paints.PINE * 1.2, 0.22, 0.0, outlined=True)
    thing.draw(ridge)
    thing.hide(outline)
    return thing
