"""People in the open: one or two figures in any pose of the skeleton."""

from __future__ import annotations

import random

from models.training.figure import Clothes, person, random_clothes, random_pose
from models.training.scenes.setting import Bank, add_birds, add_distance, add_sky, add_water_and_ground
from models.training.shapes import Scene, Thing


def compose_people(scene: Scene, rng: random.Random) -> None:
    """A figure or two, large, before a simple country."""
    scene.horizon = rng.uniform(100, 190)
    add_sky(scene, rng)
    add_distance(scene, rng)
    bank = add_water_and_ground(scene, rng, "people")
    if bank is not None:
        scene.near += add_people(scene, rng, bank)
    add_birds(scene, rng)


def add_people(scene: Scene, rng: random.Random, bank: Bank, small: bool = False) -> list[Thing]:
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
    scene.tags.append(described(clothes, count))
    return sorted(made, key=lambda thing: thing.base_y)


def described(clothes: Clothes, count: int) -> tuple[str, ...]:
    who = ("person" if clothes.trousers else "woman") if count == 1 else "two people"
    worn = (
        (f"{clothes.top} dress",)
        if clothes.trousers is None
        else (f"{clothes.top} shirt", f"{clothes.trousers} trousers")
    )
    return (who, *worn, f"{clothes.skin} skin", f"{clothes.hair} hair")
