"""The outdoor setting a scene stands in: weather, sky, distance, water, ground and the bank that things stand on."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from models.training import palette
from models.training.geometry import SIZE, Colour, Points
from models.training.shapes import Disc, Scene, Thing
from models.training.things import boats, land, sky, trees
from models.training.things.spot import Spot

BOW_TIMES = ("day", "dawn", "sunset")


def spot_at(scene: Scene, x: float, y: float, height_px: float) -> Spot:
    return Spot(x, y, height_px, scene.season, scene.time, scene.light_side)


def add_sky(scene: Scene, rng: random.Random) -> None:
    """Weather, then stars, sun or moon and clouds where the weather shows them."""
    add_weather(scene, rng)
    add_stars(scene)
    is_overcast = scene.weather in ("rain", "snowfall")
    if not is_overcast and rng.random() < (0.4 if scene.time == "misty" else 0.75):
        add_disc(scene, rng, rng.uniform(14, 28))
    add_clouds(scene, rng, 2 if is_overcast else rng.choice([0, 0, 1, 1, 2]))


def add_weather(scene: Scene, rng: random.Random) -> None:
    """Mostly clear; snow falls in winter only, and no rain at night, when nothing could be seen."""
    roll = rng.random()
    if roll < 0.1 and scene.season == "winter":
        scene.weather = "snowfall"
    elif roll < 0.1 and scene.time != "night":
        scene.weather = "rain"
    elif 0.1 <= roll < 0.15 and scene.time in BOW_TIMES:
        scene.weather = "rainbow"


def add_stars(scene: Scene) -> None:
    if scene.time == "night" and scene.weather == "clear":
        scene.stars = list(sky.star_places(scene.horizon))
        scene.tags.append(("stars",))


def add_disc(scene: Scene, rng: random.Random, radius_px: float) -> None:
    """Sun or moon on the side the light comes from; low in the sky when it rises or sets."""
    low, high = (0.3, 0.62) if scene.time in ("day", "night") else (0.5, 0.86)
    y = max(radius_px + 8, scene.horizon * rng.uniform(low, high))
    is_crescent = scene.time == "night" and rng.random() < 0.5
    scene.disc = Disc(128 + scene.light_side * rng.uniform(30, 92), y, radius_px, is_crescent)
    scene.tags.append(("crescent moon" if is_crescent else "moon",) if scene.time == "night" else ("sun",))


def add_clouds(scene: Scene, rng: random.Random, count: int) -> None:
    """Large ones, the first on the side that the sun leaves free."""
    for index in range(count):
        aside = -scene.light_side if index % 2 == 0 else scene.light_side
        x, width = 128 + aside * rng.uniform(40, 96), rng.uniform(64, 104)
        y = rng.uniform(22, max(30.0, scene.horizon * 0.5))
        if scene.disc is None or math.hypot(x - scene.disc.x, y - scene.disc.y) > scene.disc.radius_px + width * 0.4:
            scene.sky.append(sky.cloud(rng, x, y, width, scene.time, scene.light_side))
    if scene.sky:
        scene.tags.append(("clouds",) if len(scene.sky) > 1 else ("cloud",))


def add_distance(scene: Scene, rng: random.Random) -> None:
    """Mountains, hills, the edge of a forest, or nothing."""
    kind = rng.choice(("mountains", "mountains", "hills", "hills", "forest", ""))
    if kind == "mountains":
        add_mountains(scene, rng, rng.uniform(0.35, 0.6) * scene.horizon)
    elif kind == "hills":
        add_hills(scene, rng, rng.uniform(20, 44))
    elif kind == "forest":
        scene.far.append(trees.forest_edge(rng, scene.horizon, scene.season))
        scene.tags.append(("forest",))


def add_mountains(scene: Scene, rng: random.Random, tall_px: float) -> None:
    count = rng.choice([1, 2, 3])
    scene.far.append(land.mountains(rng, scene.horizon, tall_px, count, scene.season, scene.light_side))
    scene.tags.append(("mountains",) if count > 1 else ("mountain",))


def add_hills(scene: Scene, rng: random.Random, tall_px: float) -> None:
    for order, share in enumerate((1.0, 0.5)):
        scene.far.append(land.hills(rng, scene.horizon, order, tall_px * share, scene.season))
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


def add_water_and_ground(scene: Scene, rng: random.Random, focus: str) -> Bank | None:
    """Ground of the season before the horizon, or beyond it a lake or the sea; None where water is all there is.

    Before people (`focus`) there is always a bank.
    """
    if rng.random() >= (0.3 if focus == "people" else 0.5):
        return add_ground(scene, rng, scene.horizon + rng.uniform(-2, 6))
    is_open = focus != "people" and rng.random() < 0.35
    level = 300.0 if is_open else rng.uniform(scene.horizon + 40, 228)
    add_water(scene, rng, level, "sea" if is_open or not scene.far else "lake")
    return None if is_open else add_ground(scene, rng, level)


def add_water(scene: Scene, rng: random.Random, lower: float, fact: str) -> None:
    scene.water = (scene.horizon + rng.uniform(1, 4), lower)
    scene.tags.append((fact,))


def add_ground(
    scene: Scene, rng: random.Random, level: float, kind: str = "ground", colour: Colour | None = None
) -> Bank:
    """The near ground below `level`, its edge gently waved."""
    swing, phase = rng.uniform(1, 5), rng.random() * 6

    def edge(x: float) -> float:
        return level - swing * math.sin(x * 0.02 + phase)

    xs = np.arange(-14, 272, 7.0)
    line: Points = np.stack([xs, np.array([edge(float(x)) for x in xs])], 1).astype(np.float32)
    scene.near.append(land.ground(line, palette.GROUND[scene.season] if colour is None else colour, kind=kind))
    return Bank(edge, SIZE - level)


def add_boats(scene: Scene, rng: random.Random, heights_px: tuple[float, ...]) -> None:
    """Boats on the water side by side, their hulls of one named colour; the first is the nearest."""
    assert scene.water is not None
    hull = rng.choice(palette.HULL_NAMES)
    top, bottom = scene.water[0], min(scene.water[1] - 6, 246.0)
    places = {1: (0.0,), 2: (-62.0, 66.0)}[len(heights_px)]
    turn = rng.choice([-1, 1])
    for index, (aside, height_px) in enumerate(zip(places, heights_px, strict=True)):
        near = 0.9 - 0.5 * index
        y = top + max(bottom - top, 8.0) * rng.uniform(near - 0.25, near)
        x = 128 + turn * aside + rng.uniform(-22, 22)
        scene.afloat.append(boats.boat(rng, spot_at(scene, x, y, height_px), hull))
    scene.tags.append(("boat" if len(heights_px) == 1 else "boats", f"{hull} hull"))


def add_birds(scene: Scene, rng: random.Random) -> None:
    """Sometimes a few large birds in the sky; never at night or in the rain."""
    if rng.random() < 0.12 and scene.time != "night" and scene.weather == "clear":
        x, y = 128 - scene.light_side * rng.uniform(10, 70), rng.uniform(24, max(26.0, scene.horizon * 0.4))
        for index in range(3):
            scene.birds.append((x + (index - 1) * 30, y + (10 if index == 1 else 0), 10.0))
        scene.tags.append(("birds",))


def add_all(scene: Scene, things: list[Thing]) -> None:
    """Put things on the near ground, the nearest last."""
    scene.near += sorted(things, key=lambda thing: thing.base_y)
