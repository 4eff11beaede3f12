"""Animals: one, large, where it lives."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.training.animals import bird, cat, coats, dog, fish, horse
from models.training.animals.coats import Coat
from models.training.forms import Placing
from models.training.geometry import SIZE, ellipse
from models.training.palette import NAMED, mix, rgb
from models.training.scenes.setting import add_clouds, add_disc, add_distance, add_ground, add_stars, add_weather
from models.training.shapes import Scene, Thing

Standing = Callable[[Placing, Coat, int], Thing]

DEEP, SHALLOW = rgb(28, 96, 150), rgb(112, 196, 214)
SAND, WEED = rgb(236, 208, 150), rgb(60, 150, 92)
BARK = rgb(128, 88, 60)
CREAM = rgb(250, 242, 226)
WALLS: Final = ("blue", "green", "yellow", "pink")


@dataclass(frozen=True)
class Pose:
    """How a kind of animal is drawn, what that is called (empty: nothing to say) and the size in pixels of a unit."""

    draw: Standing
    action: str
    unit_px: tuple[float, float]


@dataclass(frozen=True)
class Kind:
    coats: MappingProxyType[str, Coat]
    poses: tuple[Pose, ...]
    portrait: Standing
    portrait_px: tuple[float, float]
    middle: tuple[float, float]
    """Where a portrait's placing is: sideways against the way it faces, and down, in pixels."""


KINDS: Final = MappingProxyType(
    {
        "cat": Kind(
            coats.CATS,
            (
                Pose(cat.sitting_cat, "sitting", (140, 185)),
                Pose(cat.walking_cat, "walking", (120, 150)),
                Pose(cat.lying_cat, "lying", (120, 150)),
            ),
            cat.cat_portrait,
            (62, 80),
            (0, 120),
        ),
        "dog": Kind(
            coats.DOGS,
            (
                Pose(dog.sitting_dog, "sitting", (140, 185)),
                Pose(dog.standing_dog, "standing", (120, 155)),
                Pose(dog.lying_dog, "lying", (120, 150)),
            ),
            dog.dog_portrait,
            (62, 80),
            (0, 116),
        ),
        "horse": Kind(
            coats.HORSES,
            (
                Pose(horse.standing_horse, "standing", (120, 160)),
                Pose(horse.galloping_horse, "galloping", (110, 140)),
            ),
            horse.horse_portrait,
            (104, 128),
            (16, 118),
        ),
    }
)


def compose_animals(scene: Scene, rng: random.Random) -> None:
    """A cat, a dog or a horse on the ground or as a portrait, a bird on a branch or in the air, a fish in the water."""
    scene.subject = rng.choices(("cat", "dog", "horse", "bird", "fish"), (3, 3, 2, 2, 1.6))[0]
    facing = rng.choice((-1, 1))
    if scene.subject == "fish":
        _compose_fish(scene, rng, facing)
    elif scene.subject == "bird":
        _compose_bird(scene, rng, facing)
    elif rng.random() < 0.3:
        _compose_portrait(scene, rng, KINDS[scene.subject], facing)
    else:
        _compose_standing(scene, rng, KINDS[scene.subject], facing)


def _seen(scene: Scene, coats_of_kind: MappingProxyType[str, Coat]) -> list[str]:
    """Coats that stand out: no white ones in the snow, no black ones at night."""
    hidden = {"white"} if scene.season == "winter" else set()
    hidden |= {"black"} if scene.time == "night" else set()
    return [name for name in coats_of_kind if name not in hidden]


def _country(scene: Scene, rng: random.Random) -> None:
    scene.horizon = rng.uniform(120, 176)
    add_weather(scene, rng)
    add_stars(scene)
    if scene.weather == "clear" and rng.random() < 0.5:
        add_disc(scene, rng, rng.uniform(14, 24))
    add_clouds(scene, rng, rng.choice((0, 0, 1)))
    add_distance(scene, rng)
    add_ground(scene, rng, scene.horizon + 2)


def _compose_standing(scene: Scene, rng: random.Random, kind: Kind, facing: int) -> None:
    _country(scene, rng)
    coat, pose = rng.choice(_seen(scene, kind.coats)), rng.choice(kind.poses)
    place = Placing(128 + rng.uniform(-18, 18), rng.uniform(224, 240), rng.uniform(*pose.unit_px), facing)
    thing = _fitted(pose.draw, place, kind.coats[coat], scene.light_side)
    scene.near.append(thing)
    scene.tags.append((scene.subject, coat, pose.action))


def _fitted(draw: Standing, place: Placing, coat: Coat, side: int) -> Thing:
    """Drawn in the middle of the picture, smaller where it would not fit in."""
    thing = draw(place, coat, side)
    xs = [float(x) for part in thing.parts for x in (part.points[:, 0].min(), part.points[:, 0].max())]
    shrunk = min(1.0, (SIZE - 20) / (max(xs) - min(xs)))
    x = place.x + ((128 - (max(xs) + min(xs)) / 2) + (place.x - 128) * 0.5) * shrunk
    return draw(Placing(x, place.y, place.unit_px * shrunk, place.facing), coat, side)


def _compose_portrait(scene: Scene, rng: random.Random, kind: Kind, facing: int) -> None:
    """Head and shoulders before a wall of a named colour or plain country."""
    coat = rng.choice(_seen(scene, kind.coats))
    if rng.random() < 0.5:
        name = rng.choice(WALLS)
        scene.horizon = 230.0
        wall = Thing("wall", 0.0)
        wall.add([(-2, -2), (SIZE + 2, -2), (SIZE + 2, SIZE + 1), (-2, SIZE + 1)], mix(NAMED[name], CREAM, 0.5), 0.0)
        wall.parts[0].named = True
        wall.hide(wall.parts[0].points)
        scene.far.append(wall)
        scene.tags.append(("wall", name))
    else:
        scene.horizon = rng.uniform(150, 205)
        add_stars(scene)
        add_ground(scene, rng, scene.horizon)
    aside, down = kind.middle
    place = Placing(128 - facing * aside + rng.uniform(-10, 10), down, rng.uniform(*kind.portrait_px), facing)
    scene.near.append(kind.portrait(place, kind.coats[coat], scene.light_side))
    scene.tags += [("portrait",), (scene.subject, coat)]


def _compose_bird(scene: Scene, rng: random.Random, facing: int) -> None:
    coat = rng.choice(_seen(scene, coats.BIRDS))
    how = rng.choices(("perched", "flying", "soaring"), (3, 1.5, 1))[0]
    if how == "perched":
        scene.horizon = rng.uniform(150, 200)
        add_weather(scene, rng)
        add_stars(scene)
        add_distance(scene, rng)
        add_ground(scene, rng, scene.horizon + 2)
        y = rng.uniform(196, 222)
        scene.near.append(_branch(y, facing))
        place = Placing(128 + rng.uniform(-20, 20), y - 6, rng.uniform(120, 156), facing)
        scene.near.append(bird.perched_bird(place, coats.BIRDS[coat], scene.light_side, y))
        scene.tags += [("bird", coat, "perched"), ("branch",)]
        return
    _country(scene, rng)
    draw, low, high = (bird.flying_bird, 130, 165) if how == "flying" else (bird.soaring_bird, 100, 118)
    place = Placing(128 + rng.uniform(-16, 16), rng.uniform(96, 124), rng.uniform(low, high), facing)
    scene.near.append(draw(place, coats.BIRDS[coat], scene.light_side, scene.horizon))
    scene.tags.append(("bird", coat, "flying"))


def _branch(y: float, facing: int) -> Thing:
    """From the side the bird looks at, with two leaves."""
    thing, place = Thing("branch", y), Placing(128, y, 128, facing)
    wood = place.ribbon([(1.15, -0.16), (0.6, -0.04), (0.0, 0.0), (-0.72, 0.07)], [0.1, 0.075, 0.06, 0.035])
    thing.add(wood, BARK, 0.0, 0.1, outlined=True)
    for u, v, turn in ((-0.66, 0.2, 2.2), (0.7, 0.16, 0.9)):
        thing.add(place.oval(u, v, 0.15, 0.07, turn), NAMED["green"], 0.0, 0.0, outlined=True)
    thing.draw(
        place.line([(1.0, -0.08), (0.6, 0.02), (-0.72, 0.1)]), place.line([(1.0, -0.22), (0.6, -0.1), (-0.72, 0.03)])
    )
    thing.hide(wood)
    return thing


def _compose_fish(scene: Scene, rng: random.Random, facing: int) -> None:
    """Under water: light above, sand below, two weeds, bubbles before its mouth."""
    coat = rng.choice([name for name in coats.FISHES if name != "blue" or scene.time != "night"])
    scene.horizon = 236.0
    scene.far.append(_sea(scene))
    x, y, unit = 128 + facing * -10 + rng.uniform(-10, 10), rng.uniform(104, 136), rng.uniform(118, 144)
    weeds = [_weed(rng, 128 + s * rng.uniform(84, 108)) for s in (-1, 1)]
    place = Placing(x, y, unit, facing)
    scene.near += [*weeds, fish.fish(place, coats.FISHES[coat], scene.light_side, coat == "orange", 236.0)]
    scene.near.append(_bubbles(x + facing * unit * 0.66, y - 6))
    scene.tags += [("fish", coat, "swimming"), ("underwater",)]


def _sea(scene: Scene) -> Thing:
    thing = Thing("water", 0.0)
    tone = {"night": 0.55, "sunset": 0.8, "dawn": 0.95, "misty": 0.9}.get(scene.time, 1.0)
    for top, bottom, depth in ((-2, 78, 0.0), (78, 158, 0.45), (158, SIZE + 2, 0.9)):
        band = [(-2, top), (SIZE + 2, top), (SIZE + 2, bottom), (-2, bottom)]
        thing.add(band, mix(SHALLOW, DEEP, depth) * tone, 0.0, 0.0)
    floor = ellipse(128, 292, 220, 60, 40)
    thing.add(floor, SAND * tone, 0.0, 0.0, outlined=True)
    thing.draw(ellipse(128, 292, 220, 60, 24, 3.67, 5.76))
    thing.hide(thing.parts[0].points)
    return thing


def _weed(rng: random.Random, x: float) -> Thing:
    thing, place = Thing("water plant", 240.0), Placing(x, 252, rng.uniform(90, 130))
    bend = [(0.0, 0.0), (0.1, 0.3), (-0.08, 0.62), (0.06, 1.0)]
    thing.add(place.ribbon(bend, [0.09, 0.09, 0.075, 0.03]), WEED, 0.0, 0.0, outlined=True)
    thing.draw(place.line(bend))
    return thing


def _bubbles(x: float, y: float) -> Thing:
    thing = Thing("bubbles", 236.0)
    for aside, up, radius in ((0, 0, 8.0), (8, 26, 6.0), (-4, 50, 10.0)):
        ring = ellipse(x + aside, y - up, radius, radius, 18)
        thing.add(ring, rgb(214, 240, 248), 0.0, 0.0, outlined=True)
        thing.draw(ellipse(x + aside, y - up, radius, radius, 14))
    return thing
