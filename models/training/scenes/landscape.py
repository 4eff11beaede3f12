"""Landscapes: what stands in the open country."""

from __future__ import annotations

import random

from models.training import palette, things
from models.training.scenes.people import add_people
from models.training.scenes.setting import (
    Bank,
    add_birds,
    add_boats,
    add_distance,
    add_sky,
    add_water_and_ground,
    path,
)
from models.training.shapes import Scene, Thing


def compose_landscape(scene: Scene, rng: random.Random) -> None:
    """Country with what stands in it; one time in three a close-up of one thing."""
    focus = rng.choices(("landscape", "close-up"), [3.4, 2.4])[0]
    add_sky(scene, rng)
    add_distance(scene, rng)
    bank = add_water_and_ground(scene, rng, focus)
    if bank is not None:
        _add_objects(scene, rng, focus, bank)
    add_boats(scene, rng, focus)
    add_birds(scene, rng)


def _add_objects(scene: Scene, rng: random.Random, focus: str, bank: Bank) -> None:
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
            standing.append(path(rng, x, y - 0.1, season))
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
        standing += add_people(scene, rng, bank)
    elif rng.random() < 0.12:
        standing += add_people(scene, rng, bank, small=True)
        standing.sort(key=lambda thing: thing.base_y)
    scene.near += standing
