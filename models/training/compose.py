"""From a seed to a Scene: what stands where. No pixels here."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from models.training import palette, things
from models.training.figure import Clothes, person, random_clothes, random_pose
from models.training.geometry import SIZE, Colour, Points, closed, ellipse
from models.training.palette import mix
from models.training.shapes import Disc, Scene, Thing

FOCUSES = ("landscape", "close-up", "people")


def compose(seed: int, style: str | None = None) -> Scene:
    """The scene of a seed. `style` overrides the drawn one without changing anything else."""
    rng = random.Random(seed)
    scene = Scene(
        seed=seed,
        style=rng.choice(palette.STYLES),
        time=rng.choices(palette.TIMES, [3, 2.0, 1.4, 1.8, 1.1])[0],
        season=rng.choices(palette.SEASONS, [3, 1.2, 1.6, 1.4])[0],
        light_side=rng.choice([-1, 1]),
        horizon=rng.uniform(92, 168),
    )
    scene.style = style or scene.style
    focus = rng.choices(FOCUSES, [3.4, 2.4, 4.2])[0]
    if focus == "people":
        scene.horizon = rng.uniform(100, 190)
    _add_sky(scene, rng)
    _add_distance(scene, rng)
    bank = _add_water_and_ground(scene, rng, focus)
    if bank is not None:
        _add_objects(scene, rng, focus, bank)
    _add_boats(scene, rng, focus)
    if rng.random() < 0.25 and scene.time != "night":
        flock = rng.uniform(40, 216), rng.uniform(24, scene.horizon * 0.6)
        for _ in range(rng.randint(2, 6)):
            scene.birds.append((flock[0] + rng.uniform(-34, 34), flock[1] + rng.uniform(-14, 14), rng.uniform(3.5, 8)))
        scene.tags.append(("birds",))
    return scene


def _add_sky(scene: Scene, rng: random.Random) -> None:
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


def _add_distance(scene: Scene, rng: random.Random) -> None:
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
class _Bank:
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


def _ground(ys: Points, colour: Colour, haze: float) -> Thing:
    thing = Thing("ground", 0)
    outline = np.concatenate([ys, np.array([(270, 270), (-14, 270)], np.float32)])
    thing.add(outline, colour, haze, 0.16, outlined=True)
    thing.draw(ys)
    thing.hide(outline)
    return thing


def _add_water_and_ground(scene: Scene, rng: random.Random, focus: str) -> _Bank | None:
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
    scene.near.append(_ground(line, palette.GROUND[scene.season], 0.08))
    return _Bank(edge, SIZE - level)


def _add_objects(scene: Scene, rng: random.Random, focus: str, bank: _Bank) -> None:
    season, side = scene.season, scene.light_side
    standing: list[Thing] = []
    close = rng.choice(["house", "pine", "round", "poplar", "rock"]) if focus == "close-up" else ""

    def size(y: float, base: float) -> float:
        return base * (0.55 + 0.75 * max(0.0, min(1.0, (y - 90) / 150)))

    def tall(kind: str, low: float, high: float, y: float) -> float:
        return rng.uniform(110, 190) if kind == close else size(y, rng.uniform(low, high))

    if close == "house" or rng.random() < (0.15 if focus == "people" else 0.4):
        roof = rng.choice(palette.ROOF_NAMES)
        x = bank.free_x(rng, 130 if close == "house" else 56)
        y = bank.base_y(rng, x, 0.3, 0.9) if close == "house" else bank.base_y(rng, x, 0.02, 0.4)
        height = rng.uniform(90, 150) if close == "house" else size(y, rng.uniform(46, 72))
        standing.append(things.house(rng, x, y, height, 0.05, season, side, scene.time, roof))
        scene.tags.append(("house",) if season == "winter" else ("house", f"{roof} roof"))
        if rng.random() < 0.35:
            standing.append(_path(rng, x, y - 0.1, season))
            scene.tags.append(("path",))
    for kind, paint in (("pine", things.pine), ("round", things.round_tree), ("poplar", things.poplar)):
        if kind != close and rng.random() >= {"landscape": 0.42, "close-up": 0.22, "people": 0.16}[focus]:
            continue
        count = rng.choice([1, 1, 2]) if kind == close or focus == "people" else rng.choice([1, 1, 2, 3, 4])
        for _ in range(count):
            x = bank.free_x(rng, 70 if kind == close else 26)
            y = bank.base_y(rng, x, 0.0, 0.6)
            standing.append(paint(rng, x, y, tall(kind, 52, 112, y), 0.05, season, side))
        name = {"pine": "pine", "round": "tree", "poplar": "poplar"}[kind]
        scene.tags.append((name if count == 1 else name + "s",))
    if close == "rock" or rng.random() < 0.14:
        x = bank.free_x(rng, 60)
        y = bank.base_y(rng, x, 0.1, 0.9)
        standing.append(
            things.rock(rng, x, y, rng.uniform(60, 150) if close == "rock" else rng.uniform(16, 44), 0.03, side)
        )
        scene.tags.append(("rock",))
    standing.sort(key=lambda thing: thing.base_y)
    if focus == "people":
        standing += _people(scene, rng, bank)
    elif rng.random() < 0.12:
        standing += _people(scene, rng, bank, small=True)
        standing.sort(key=lambda thing: thing.base_y)
    scene.near += standing


def _people(scene: Scene, rng: random.Random, bank: _Bank, small: bool = False) -> list[Thing]:
    """One or two people dressed alike (so that the caption's colours are certain), nearest last."""
    count = 1 if rng.random() < 0.76 else 2
    clothes = random_clothes(rng)
    made: list[Thing] = []
    for index in range(count):
        is_large = not small and rng.random() < 0.8
        height = rng.uniform(105, 225) * (0.8 if count == 2 else 1.0) if is_large else rng.uniform(48, 105)
        x = rng.uniform(60, 196) if count == 1 else rng.uniform(45, 105) + index * 105
        y = rng.uniform(max(bank.edge(x) + 4, 214), 250) if is_large else bank.base_y(rng, x, 0.3, 0.95)
        pose = random_pose(rng)
        thing, joints = person(rng, x, y, height, 0.0, pose, clothes)
        made.append(thing)
        scene.people.append(joints)
        scene.tags.append((pose.action,))
    scene.tags.append(_described(clothes, count))
    return sorted(made, key=lambda thing: thing.base_y)


def _described(clothes: Clothes, count: int) -> tuple[str, ...]:
    who = ("person" if clothes.trousers else "woman") if count == 1 else "two people"
    worn = (
        (f"{clothes.top} dress",)
        if clothes.trousers is None
        else (f"{clothes.top} shirt", f"{clothes.trousers} trousers")
    )
    return (who, *worn, f"{clothes.skin} skin", f"{clothes.hair} hair")


def _path(rng: random.Random, start_x: float, start_y: float, season: str) -> Thing:
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


def _add_boats(scene: Scene, rng: random.Random, focus: str) -> None:
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


def disc_outline(disc: Disc) -> Points:
    return closed(ellipse(disc.x, disc.y, disc.radius_px, disc.radius_px))
