"""People: full figures in any pose of the skeleton, and portraits."""

from __future__ import annotations

import random
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from models.training.figures.body import Figure, headed_at, joints_of, paint_figure, standing_at
from models.training.figures.frame import add_form
from models.training.figures.look import BUILDS, GROWN_UP, WHO, Look, random_look
from models.training.figures.scribble import scribble_figure, scribble_portrait
from models.training.figures.skeleton import HEAD, HIP, RESTING, Pose, posed, random_pose
from models.training.geometry import SIZE, Colour, closed, limb
from models.training.palette import HAIR, NAMED, SKIN, mix, rgb
from models.training.scenes.setting import Bank, add_distance, add_sky, add_stars, add_water_and_ground
from models.training.shapes import Scene, Thing

WALL_NAMES = ("blue", "green", "yellow", "pink", "grey", "orange")
CREAM = rgb(255, 246, 230)
STOOL = rgb(156, 104, 66)
CROWN, MARGIN_PX = 1.9, 6.0
"""Half widths of the head up to the top of a hat or bun, and how far below the picture's edge that stays."""
UNSEEN = MappingProxyType(
    {
        "summer": frozenset(("green",)),
        "spring": frozenset(("green",)),
        "autumn": frozenset(("orange", "brown")),
        "winter": frozenset(("white",)),
        "night": frozenset(("black",)),
    }
)
"""Clothes that one would lose before the ground of a season, or the sky of an hour."""


def compose_people(scene: Scene, rng: random.Random) -> None:
    """A figure or two, large, before a simple country."""
    scene.horizon = rng.uniform(110, 180)
    scene.subject = "figure"
    add_sky(scene, rng)
    if rng.random() < 0.4:
        add_distance(scene, rng)
    bank = add_water_and_ground(scene, rng, "people")
    assert bank is not None
    scene.near += add_people(scene, rng, bank)


def add_people(scene: Scene, rng: random.Random, bank: Bank, small: bool = False) -> list[Thing]:
    """One or two people dressed alike (so that the caption's colours are certain), nearest last.

    `small` people stand anywhere on the bank; others are the picture's subject, away from the sun.
    """
    count = 1 if rng.random() < 0.8 else 2
    unseen = UNSEEN[scene.season] | UNSEEN.get(scene.time, frozenset())
    look = replace(random_look(rng, unseen, GROWN_UP if count == 2 else WHO), expression="smiling")
    made: list[Thing] = []
    for index in range(count):
        pose = random_pose(rng, BUILDS[look.build])
        tall = rng.uniform(60, 96) if small else rng.uniform(160, 235) * (0.84 if count == 2 else 1.0)
        tall *= 0.86 if look.build == "child" else 1.0
        x = (
            128 - scene.light_side * rng.uniform(-24, 44)
            if count == 1
            else rng.uniform(62, 82) + index * rng.uniform(108, 124)
        )
        y = bank.base_y(rng, x, 0.3, 0.95) if small else rng.uniform(max(bank.edge(x) + 8, 226), 250)
        made += _person(scene, rng, x, y, tall, pose, look)
        scene.tags.append((pose.action,))
    scene.tags.append((look.who if count == 1 else "two people", *look.details()))
    return sorted(made, key=lambda thing: thing.base_y)


def _person(scene: Scene, rng: random.Random, x: float, y: float, tall: float, pose: Pose, look: Look) -> list[Thing]:
    """The figure, behind it the stool it sits on; its joints go into the scene."""
    unit = tall / BUILDS[look.build].height
    figure = standing_at(x, y, unit, pose, look, scene.light_side)
    crown = figure.point(HEAD)[1] - CROWN * figure.head_place().unit_px
    if crown < MARGIN_PX:
        figure = standing_at(x, y, unit * (y - MARGIN_PX) / (y - crown), pose, look, scene.light_side)
    thing = paint_figure(figure, "figure", y)
    scribble_figure(thing, figure, rng)
    thing.hide(*[part.points for part in thing.parts if part.outlined])
    scene.people.append(joints_of(figure))
    return [_stool(figure, y), thing] if pose.action == "sitting" else [thing]


def _stool(figure: Figure, ground_y: float) -> Thing:
    """What who sits is sitting on."""
    unit, (x, hip_y) = figure.unit, figure.point(HIP)
    stool, seat_y, half = Thing("chair", ground_y), hip_y + 0.28 * unit, 0.72 * unit * max(1.0, figure.build.width)
    for s in (-1, 1):
        foot = limb(
            (x + s * half * 0.7, seat_y), (x + s * half * 0.86, ground_y - 0.08 * unit), 0.11 * unit, 0.08 * unit
        )
        add_form(stool, foot, STOOL * 0.8, figure.side, unit * 0.05)
    seat = limb((x - half * 0.86, seat_y), (x + half * 0.86, seat_y), 0.15 * unit, 0.15 * unit)
    add_form(stool, seat, STOOL, figure.side, unit * 0.06)
    stool.draw(closed(seat), *([(x + s * half * 0.7, seat_y), (x + s * half * 0.86, ground_y)] for s in (-1, 1)))
    stool.hide(seat)
    return stool


def compose_portrait(scene: Scene, rng: random.Random) -> None:
    """Head and shoulders, or a half figure, filling the picture before a wall or a plain country under a plain sky."""
    scene.subject = "face"
    look = random_look(rng)
    if rng.random() < 0.6:
        name = rng.choice(_contrasting_walls(look))
        scene.horizon = 230.0
        scene.far.append(_wall(name))
        scene.tags.append(("wall", name))
    else:
        scene.horizon = rng.uniform(150, 205)
        add_stars(scene)
        add_water_and_ground(scene, rng, "people")
    build = BUILDS[look.build]
    is_close = rng.random() < 0.6
    facing = rng.choices(("front", "left", "right"), (10, 1, 1))[0]
    pose = posed(rng, build, facing, RESTING if is_close or facing != "front" or rng.random() < 0.6 else "waving")
    half_width = rng.uniform(54, 74) if is_close else rng.uniform(32, 42)
    unit = half_width / build.head
    above = 1.9 if look.hat or look.hair_style == "bun" else 1.5
    y = max(half_width * above + rng.uniform(4, 16), rng.uniform(96, 116) if is_close else 0.0)
    figure = headed_at(128 + rng.uniform(-16, 16), y, unit, pose, look, scene.light_side)
    thing = paint_figure(figure, "face", 262.0)
    scribble_portrait(thing, figure)
    thing.hide(*[part.points for part in thing.parts if part.outlined])
    scene.near.append(thing)
    scene.people.append(joints_of(figure))
    doing = ("waving",) if pose.action == "waving" else ()
    aside = ("in profile",) if figure.view == "side" else ()
    worn = [detail for detail in look.details() if detail != look.lower_detail]
    scene.tags += [("portrait",), (look.who, look.expression, *worn, *doing, *aside)]


def _wall_colour(name: str) -> Colour:
    return mix(NAMED[name], CREAM, 0.5)


def _contrasting_walls(look: Look) -> list[str]:
    """Walls before which skin, hair and clothes stand out."""
    worn = (SKIN[look.skin], HAIR[look.hair], NAMED[look.colour])
    return [name for name in WALL_NAMES if all(float(np.abs(_wall_colour(name) - c).sum()) > 0.36 for c in worn)]


def _wall(name: str) -> Thing:
    wall = Thing("wall", 0.0)
    corners = [(-2, -2), (SIZE + 2, -2), (SIZE + 2, SIZE + 1), (-2, SIZE + 1)]
    wall.add(corners, _wall_colour(name), 0.0, 0.08, named=True)
    wall.hide(wall.parts[0].points)
    return wall
