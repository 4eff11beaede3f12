"""The outdoor setting a scene stands in: sky, distance, water, ground and the bank that things stand on."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from models.training import palette, things
from models.training.geometry import SIZE, Colour, Points
from models.training.palette import mix
from models.training.shapes import Disc, Scene, Thing


def add_sky(scene: Scene, rng: random.Random) -> None:
    time, horizon = scene.time, scene.horizon
    if time == "night" and rng.random() < 0.8:
        scene.stars = [
            (rng.uniform(0, SIZE), rng.uniform(0, horizon * 0.85), rng.choice([0.7, 0.9, 1.3])) for _ in range(26)
        ]
        scene.tags.append(("stars",))
    if rng.random() < (0.35 if time == "misty" else 0.75):
        radius = rng.uniform(9, 26) * (1.25 if time in ("sunset", "dawn") else 1.0)
        height = (
            rng.uniform(22, horizon * 0.6) if time in ("day", "night") else rng.uniform(horizon * 0.35, horizon * 0.9)
        )
        scene.disc = Disc(
            128 + scene.light_side * rng.uniform(10, 106), height, radius, time == "night" and rng.random() < 0.5
        )
        scene.tags.append(("crescent moon" if scene.disc.crescent else "moon",) if time == "night" else ("sun",))
    count = rng.choice([0, 0, 1, 2, 3]) if time != "night" else rng.choice([0, 0, 0, 1])
    for _ in range(count):
        scene.sky.append(
            things.cloud(
                rng, rng.uniform(10, 246), rng.uniform(16, horizon * 0.62), rng.uniform(30, 78), time, scene.light_side
            )
        )
    if count:
        scene.tags.append(("clouds",))


def add_distance(scene: Scene, rng: random.Random) -> None:
    if rng.random() < 0.55:
        ridges = rng.choice([1, 1, 2])
        for order in range(ridges):
            haze = 0.78 - 0.3 * order if ridges == 2 else 0.6
            amplitude = rng.uniform(0.28, 0.62) * scene.horizon * (1.0 if order == 0 else 0.62)
            scene.far.append(things.mountains(rng, scene.horizon, haze, amplitude, scene.season, scene.light_side))
        scene.tags.append(("mountains",))
    ridges = rng.choice([0, 1, 1, 2]) if scene.far else rng.choice([1, 2, 2, 3])
    scene.far += [things.hills(rng, scene.horizon, order, scene.season) for order in range(ridges)]
    if ridges:
        scene.tags.append(("hills",))


@dataclass
class Bank:
    """The near ground: its upper edge and where something already stands."""

    edge: Callable[[float], float]
    room_px: float
    taken: list[tuple[float, float]] = field(default_factory=list)

    def free_x(self, rng: random.Random, width_px: float) -> float:
        x = 128.0
        for _ in range(12):
            x = rng.uniform(20, 236)
            if all(abs(x - other) > (width_px + width) * 0.5 for other, width in self.taken):
                break
        self.taken.append((x, width_px))
        return x

    def base_y(self, rng: random.Random, x: float, nearest: float, farthest: float) -> float:
        return self.edge(x) + max(self.room_px, 8.0) * rng.uniform(nearest, farthest) * 0.8 + 2


def ground(ys: Points, colour: Colour, haze: float) -> Thing:
    thing = Thing("ground", 0)
    outline = np.concatenate([ys, np.array([(270, 270), (-14, 270)], np.float32)])
    thing.add(outline, colour, haze, 0.16, outlined=True)
    thing.draw(ys)
    thing.hide(outline)
    return thing


def add_water_and_ground(scene: Scene, rng: random.Random, focus: str) -> Bank | None:
    level = scene.horizon + rng.uniform(-2, 8)
    has_water = rng.random() < (0.36 if focus == "people" else 0.5)
    if has_water:
        top = scene.horizon + rng.uniform(2, 10)
        is_open = focus != "people" and rng.random() < 0.35
        level = 300.0 if is_open else rng.uniform(top + 30, 228)
        scene.water = (top, level)
        scene.tags.append(("sea",) if is_open or not scene.far else ("lake",))
    if level > 260:
        return None
    amplitude, pace, phase = rng.uniform(2, 9), rng.uniform(0.016, 0.04), rng.random() * 6

    def edge(x: float) -> float:
        return level - amplitude * math.sin(x * pace + phase)

    xs = np.arange(-14, 272, 7.0)
    line = np.stack([xs, np.array([edge(float(x)) for x in xs])], 1).astype(np.float32)
    scene.near.append(ground(line, palette.GROUND[scene.season], 0.08))
    return Bank(edge, SIZE - level)


def path(rng: random.Random, start_x: float, start_y: float, season: str) -> Thing:
    thing = Thing("path", start_y)
    t = np.linspace(0, 1, 9)
    end_x, swing = 128 + rng.uniform(-70, 70), rng.uniform(-26, 26)
    middle, ys = start_x * (1 - t) + end_x * t + swing * np.sin(t * 5), start_y + (262 - start_y) * t
    half = 3 + 17 * t**1.4
    left, right = (
        np.stack([middle - half, ys], 1).astype(np.float32),
        np.stack([middle + half, ys], 1).astype(np.float32),
    )
    outline = np.concatenate([left, right[::-1]])
    thing.add(outline, mix(palette.PATH, palette.SNOW, 0.7 if season == "winter" else 0.0), 0.05, 0.0, outlined=True)
    thing.draw(left, right)
    thing.hide(outline)
    return thing


def add_boats(scene: Scene, rng: random.Random, focus: str) -> None:
    if scene.water is None:
        return
    top, bottom = scene.water[0], min(scene.water[1], SIZE) - 4
    if bottom < top + 14 or rng.random() > (0.25 if focus == "people" else 0.55):
        return
    count = 1 if rng.random() < 0.75 else 2
    hull = rng.choice(palette.HULL_NAMES)
    for _ in range(count):
        y = rng.uniform(top + 8, bottom)
        height = (
            rng.uniform(95, 160) if focus == "close-up" and count == 1 else (y - top + 26) * rng.uniform(0.55, 0.95)
        )
        scene.afloat.append(things.boat(rng, rng.uniform(34, 222), y, height, 0.1, hull))
    scene.tags.append(("boat" if count == 1 else "boats", f"{hull} hull"))


def add_birds(scene: Scene, rng: random.Random) -> None:
    """Sometimes a flock in the sky; never at night."""
    if rng.random() < 0.25 and scene.time != "night":
        flock = rng.uniform(40, 216), rng.uniform(24, scene.horizon * 0.6)
        for _ in range(rng.randint(2, 6)):
            scene.birds.append((flock[0] + rng.uniform(-34, 34), flock[1] + rng.uniform(-14, 14), rng.uniform(3.5, 8)))
        scene.tags.append(("birds",))
