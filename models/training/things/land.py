"""The land itself: mountains, hills, dunes, ground, path, river, field, rock."""

from __future__ import annotations

import math
import random

import numpy as np

from models.training import palette
from models.training.forms import within
from models.training.geometry import Colour, Point, Points, as_points, closed, ragged
from models.training.palette import mix
from models.training.shapes import Thing
from models.training.things import paints
from models.training.things.spot import HAZE, Spot, add_snow_cap, band_across, skyline

PEAK_HAZE = 0.32


def mountains(rng: random.Random, horizon: float, tall: float, count: int, season: str, side: int) -> Thing:
    """`count` snow-capped peaks, the highest `tall` pixels above the horizon: a lit and a shaded face each."""
    thing, base = Thing("mountains", horizon), horizon + 16
    shares = [1.0, *(rng.uniform(0.58, 0.86) for _ in range(count - 1))]
    rng.shuffle(shares)
    step = 256 / count
    peaks = [
        (step * (index + 0.5) + rng.uniform(-0.2, 0.2) * step, horizon - tall * share)
        for index, share in enumerate(shares)
    ]
    keys: list[Point] = [(-14, horizon - tall * rng.uniform(0.06, 0.24))]
    for index, peak in enumerate(peaks):
        if index:
            keys.append(((peak[0] + peaks[index - 1][0]) / 2, horizon - tall * rng.uniform(0.22, 0.36)))
        keys.append(peak)
    keys.append((270, horizon - tall * rng.uniform(0.06, 0.24)))
    ridge = ragged(rng, keys, 0.045, 3)
    outline = band_across(ridge, base)
    thing.add(outline, palette.MOUNTAIN * 1.1, PEAK_HAZE, 0.0, outlined=True)
    for index, (px, py) in enumerate(peaks):
        foot = keys[2 * index + (2 if side < 0 else 0)][0]
        falling = [point for point in ridge if min(px, foot) <= point[0] <= max(px, foot)]
        falling.sort(key=lambda point: abs(point[0] - px))
        drop = base - py
        crest = [
            (px + side * drop * 0.06, py + drop * 0.4),
            (px - side * drop * 0.04, py + drop * 0.66),
            (px + side * drop * 0.05, base),
        ]
        thing.add([(px, py), *crest, (foot, base), *reversed(falling)], palette.MOUNTAIN * 0.66, PEAK_HAZE, 0.0)
        snow = (horizon - py) * (0.62 if season == "winter" else 0.36)
        top = sorted(p for p in ridge if abs(p[0] - px) < step * 0.5 and p[1] < py + snow)
        if len(top) > 2:
            left, right = top[0][0], top[-1][0]
            hem = [(right + (left - right) * i / 6, py + snow * (1.12 if i % 2 else 0.7)) for i in range(1, 6)]
            cap = as_points([*top, *hem])
            thing.add(cap, palette.SNOW, PEAK_HAZE * 0.4, 0.0)
            ahead, away = px + side * (right - left) * 0.04, px - side * 300
            lee = as_points([(px, py - 9), (ahead, base), (away, base), (away, py - 9)])
            for piece in within(cap, lee):
                thing.add(piece, mix(palette.SNOW, palette.MOUNTAIN, 0.34), PEAK_HAZE * 0.4, 0.0)
    thing.draw(ridge if rng.random() < 0.35 else keys)
    thing.hide(outline)
    return thing


def hills(rng: random.Random, horizon: float, order: int, tall: float, season: str) -> Thing:
    """A rolling ridge, `tall` pixels high; `order` 0 is the farthest."""
    thing = Thing("hills", horizon)
    phase, waves = rng.random(), rng.choice([1.0, 1.5, 2.0])
    keys = []
    for index in range(9):
        x = -14 + index * 35.5
        keys.append((x, horizon + 6 - tall * (0.62 + 0.38 * math.sin((x / 256 * waves + phase) * 2 * math.pi))))
    ridge = skyline(keys)
    outline = band_across(ridge, horizon + 24)
    colour = mix(palette.GROUND[season] * (0.74 + 0.1 * order), palette.MOUNTAIN, 0.3 if season == "winter" else 0.08)
    thing.add(outline, colour, 0.34 - 0.16 * order, 0.0, outlined=True)
    thing.draw(ridge)
    thing.hide(outline)
    return thing


def dunes(rng: random.Random, horizon: float, order: int, tall: float, side: int) -> Thing:
    """Crescents of sand: a lit slope and one in shade under each crest; `order` 0 is the farthest."""
    thing, base = Thing("dunes", horizon), horizon + 30
    count = rng.choice([1, 2]) if order else 2
    colour = paints.SAND * (0.94 + 0.05 * order)
    haze = 0.2 - 0.1 * order
    step = 284 / count
    keys: list[Point] = []
    crests: list[Point] = []
    for index in range(count):
        x = -14 + step * (index + 0.5) + rng.uniform(-0.16, 0.16) * step
        crest = (x, horizon - tall * rng.uniform(0.7, 1.0))
        keys += [
            (-14 + step * index, horizon + tall * 0.05),
            ((x - 14 + step * index) / 2, horizon - tall * 0.32),
            crest,
        ]
        keys.append((x + (-14 + step * (index + 1) - x) * 0.55, horizon - tall * 0.3))
        crests.append(crest)
    keys.append((270, horizon + tall * 0.05))
    ridge = skyline(keys)
    outline = band_across(ridge, base)
    thing.add(outline, colour, haze, 0.0, outlined=True)
    for x, y in crests:
        lee = [(float(a), float(b)) for a, b in ridge if 0 <= (a - x) * -side <= step * 0.5]
        lee.sort(key=lambda point: abs(point[0] - x))
        spine = [
            (x, y),
            (x + side * tall * 0.12, y + tall * 0.4),
            (x - side * tall * 0.06, y + tall * 0.75),
            (x + side * tall * 0.1, base),
        ]
        thing.add(
            np.concatenate([skyline(spine), as_points([(lee[-1][0], base), *reversed(lee)])]), colour * 0.76, haze, 0.0
        )
        thing.draw(skyline(spine[:3]))
    thing.draw(ridge)
    thing.hide(outline)
    return thing


def ground(ys: Points, colour: Colour, haze: float = 0.04, kind: str = "ground") -> Thing:
    """The near ground below its upper edge; it grows lighter towards that edge."""
    thing = Thing(kind, 0)
    outline = band_across(ys, 270)
    thing.add(outline, colour, haze, 0.14, outlined=True)
    thing.draw(ys)
    thing.hide(outline)
    return thing


def path(rng: random.Random, start_x: float, start_y: float, season: str, half_px: float = 4.0) -> Thing:
    """From a door to the viewer."""
    colour = mix(palette.PATH, palette.SNOW * 0.8, 0.8) if season == "winter" else palette.PATH
    return _winding(rng, "path", (start_x, start_y), (half_px, 24.0), 1, mix(colour, paints.TRUNK, 0.12))


def river(rng: random.Random, x: float, y: float, season: str) -> Thing:
    """Winding from afar to the viewer, wide and bright."""
    return _winding(rng, "river", (x, y), (5.0, 74.0), 2, paints.ICE if season == "winter" else paints.RIVER)


def road(rng: random.Random, x: float, y: float) -> Thing:
    """Straight to the horizon, with dashes in its middle."""
    thing = Thing("road", y)
    foot = 128 + rng.uniform(-30, 30)
    outline = as_points([(x - 5, y), (x + 5, y), (foot + 84, 262), (foot - 84, 262)])
    thing.add(outline, paints.ASPHALT, HAZE, 0.0, outlined=True)
    for start, stop in ((0.1, 0.18), (0.3, 0.42), (0.58, 0.76)):
        dash = [
            (_along(x, foot, t) + s * (0.8 + 6 * t), y + (262 - y) * t)
            for t, s in ((start, -1), (start, 1), (stop, 1), (stop, -1))
        ]
        thing.add(dash, paints.MARKING, HAZE, 0)
    thing.draw(outline[[0, 3]], outline[[1, 2]])
    thing.draw(
        *(as_points([(_along(x, foot, t), y + (262 - y) * t) for t in dash]) for dash in ((0.3, 0.42), (0.58, 0.76)))
    )
    thing.hide(outline)
    return thing


def _along(start: float, stop: float, share: float) -> float:
    return start + (stop - start) * share


def _winding(
    rng: random.Random, kind: str, start: Point, halves_px: tuple[float, float], bends: int, colour: Colour
) -> Thing:
    """A band from `start` to the lower edge, widening as it comes nearer."""
    thing = Thing(kind, start[1])
    end, swing = 128 + rng.uniform(-50, 50), rng.choice([-1, 1]) * rng.uniform(20, 40)
    t = np.linspace(0, 1, 15)
    middle = start[0] + (end - start[0]) * t + swing * np.sin(t * math.pi * bends) * (0.4 + t)
    ys = start[1] + (264 - start[1]) * t**1.2
    half = halves_px[0] + (halves_px[1] - halves_px[0]) * t**1.5
    left, right = (
        np.stack([middle - half, ys], 1).astype(np.float32),
        np.stack([middle + half, ys], 1).astype(np.float32),
    )
    outline = np.concatenate([left, right[::-1]])
    thing.add(outline, colour, HAZE, 0.0, outlined=True)
    if kind == "river":
        for start_t, stop_t, aside in ((0.25, 0.5, -0.3), (0.5, 0.72, 0.3), (0.7, 0.92, -0.2)):
            part = (t >= start_t) & (t <= stop_t)
            line = np.stack([middle[part] + half[part] * aside, ys[part]], 1)
            wave = np.concatenate([line, (line + np.stack([half[part] * 0.16, half[part] * 0], 1))[::-1]]).astype(
                np.float32
            )
            thing.add(wave, mix(colour, palette.SNOW, 0.5), HAZE, 0)
    thing.draw(left, right)
    thing.hide(outline)
    return thing


def field(rng: random.Random, horizon: float, season: str) -> Thing:
    """Rows that meet on the horizon: grain, or ploughed earth."""
    thing, apex = Thing("field", horizon), 128 + rng.uniform(-70, 70)
    outline = band_across([(-14, horizon), (270, horizon)], 270)
    thing.add(outline, paints.GRAIN[season], HAZE, 0.1, outlined=True)
    thing.draw(as_points([(-5, horizon), (261, horizon)]))
    for index in range(-7, 8):
        foot = apex + index * 58
        row = as_points([(apex + index * 9, horizon), (apex + index * 9 + 4, horizon), (foot + 26, 270), (foot, 270)])
        thing.add(row, paints.FURROW[season], HAZE, 0)
        if index % 2 == 0:
            thing.draw(row[[0, 3]])
    thing.hide(outline)
    return thing


def rock(rng: random.Random, spot: Spot) -> Thing:
    """A block of any outline with a lit and a dark face: what teaches to follow a line that has no name."""
    thing, place, side = Thing("rock", spot.y), spot.place(), spot.side
    wide = rng.uniform(0.5, 0.85)
    crest = [
        (wide * (u + rng.uniform(-0.07, 0.07)), min(1.0, v * rng.uniform(0.88, 1.1)))
        for u, v in ((-0.98, 0.32), (-0.62, 0.76), (-0.06, 0.98), (0.5, 0.86), (0.96, 0.42))
    ]
    corners = [(-wide * 0.8, 0.0), *crest, (wide * 0.84, 0.0)]
    outline = place.points(corners)
    thing.add(outline, palette.ROCK, HAZE, 0.06, outlined=True)
    ordered = corners if side < 0 else corners[::-1]
    heart = (side * wide * 0.14, 0.52)
    thing.add(place.points([*ordered[2:5], heart]), palette.ROCK * 1.34, HAZE, 0)
    thing.add(place.points([*ordered[4:], (side * wide * 0.2, 0.0), heart]), palette.ROCK * 0.66, HAZE, 0)
    if spot.season == "winter":
        add_snow_cap(thing, outline, spot.height_px * 0.14)
    thing.draw(closed(outline) if rng.random() < 0.6 else place.line(corners))
    thing.hide(outline)
    return thing


def band(top: float, bottom: float, colour: Colour) -> Thing:
    """A river that runs across the picture."""
    thing = Thing("river", top)
    outline = as_points(
        [(-14, top), (60, top + 3), (160, top - 3), (270, top), (270, bottom), (150, bottom + 4), (-14, bottom)]
    )
    thing.add(outline, colour, HAZE, 0.05, outlined=True)
    for x, y, half in ((40, 0.3, 16), (208, 0.42, 18), (118, 0.72, 22), (190, 0.86, 14), (30, 0.8, 12)):
        level = top + (bottom - top) * y
        thing.add(
            [(x - half, level), (x, level - 2), (x + half, level), (x, level + 2)],
            mix(colour, palette.SNOW, 0.5),
            HAZE,
            0,
        )
    thing.draw(outline[:4], outline[4:])
    thing.hide(outline)
    return thing


def strip(kind: str, top: float, bottom: float, colour: Colour) -> Thing:
    """Flat ground between two levels, from edge to edge: pavement, road, grass."""
    thing = Thing(kind, top)
    edge = as_points([(-14, top), (270, top)])
    outline = band_across(edge, bottom)
    thing.add(outline, colour, HAZE, 0.05, outlined=True)
    if kind == "road":
        middle = top + (bottom - top) * 0.5
        for x in range(-8, 256, 64):
            thing.add(
                as_points([(x, middle - 3), (x + 36, middle - 3), (x + 32, middle + 3), (x - 4, middle + 3)]),
                paints.MARKING,
                HAZE,
                0,
            )
    thing.draw(edge)
    thing.hide(outline)
    return thing
