"""Landscapes: each a named composition of one large subject and at most a few things beside it."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from models.training import palette
from models.training.scenes.setting import (
    Bank,
    add_all,
    add_birds,
    add_boats,
    add_clouds,
    add_disc,
    add_distance,
    add_ground,
    add_hills,
    add_mountains,
    add_sky,
    add_stars,
    add_water,
    add_weather,
    spot_at,
)
from models.training.shapes import Scene, Thing
from models.training.things import buildings, land, paints, plants, sky, street, trees
from models.training.things.trees import TREES

COUNTRY_TREES: Final = tuple(kind for kind in TREES if kind != "palm")
FOREST_TREES: Final = MappingProxyType({"pines": trees.pine, "trees": trees.round_tree, "birches": trees.birch})
KIND_OF_FACT: Final = MappingProxyType({"tree": "round"})
"""What a fact's `Thing.name` is where they differ."""

Composition = Callable[[Scene, random.Random], None]


def compose_landscape(scene: Scene, rng: random.Random) -> None:
    """One of the compositions below."""
    names = list(COMPOSITIONS)
    name = rng.choices(names, [COMPOSITIONS[name][0] for name in names])[0]
    COMPOSITIONS[name][1](scene, rng)


def _country(scene: Scene, rng: random.Random, low: float = 128, high: float = 176) -> Bank:
    """Sky, distance and plain ground."""
    scene.horizon = rng.uniform(low, high)
    add_sky(scene, rng)
    add_distance(scene, rng)
    add_birds(scene, rng)
    return add_ground(scene, rng, scene.horizon + 2)


def _aside(scene: Scene, rng: random.Random) -> float:
    """A place for the subject, away from the sun."""
    return 128 - scene.light_side * rng.uniform(-6, 44)


def _across_from(x: float, rng: random.Random, gap_px: float) -> float:
    """A place for a lesser thing, on the emptier side of the subject."""
    return x + gap_px + rng.uniform(0, 24) if x < 128 else x - gap_px - rng.uniform(0, 24)


def _tree(scene: Scene, rng: random.Random, fact: str, x: float, y: float, height_px: float) -> Thing:
    scene.tags.append((fact,))
    return TREES[fact](rng, spot_at(scene, x, y, height_px))


def _companion(scene: Scene, rng: random.Random, x: float, y: float) -> list[Thing]:
    """Nothing, or one lesser thing beside a building."""
    kind = rng.choice(("", "", "tree", "tree", "bush", "rock"))
    if kind == "tree":
        return [_tree(scene, rng, rng.choice(COUNTRY_TREES), x, y - 4, rng.uniform(90, 130))]
    if kind:
        scene.tags.append((kind,))
        make = plants.bush if kind == "bush" else land.rock
        return [make(rng, spot_at(scene, x, y + 6, rng.uniform(34, 48)))]
    return []


def compose_mountains(scene: Scene, rng: random.Random) -> None:
    scene.horizon, scene.subject = rng.uniform(150, 190), "mountains"
    add_sky(scene, rng)
    add_mountains(scene, rng, scene.horizon * rng.uniform(0.6, 0.8))
    if rng.random() < 0.4:
        add_water(scene, rng, rng.uniform(226, 238), "lake")
        add_ground(scene, rng, scene.water[1] if scene.water else 232.0)
    else:
        add_ground(scene, rng, scene.horizon + 2)
        if rng.random() < 0.5:
            x = 128 + rng.choice([-1, 1]) * rng.uniform(60, 92)
            add_all(scene, [_tree(scene, rng, "pine", x, rng.uniform(222, 240), rng.uniform(80, 110))])


def compose_hills(scene: Scene, rng: random.Random) -> None:
    scene.horizon, scene.subject = rng.uniform(170, 196), "hills"
    add_sky(scene, rng)
    add_hills(scene, rng, rng.uniform(56, 90))
    add_ground(scene, rng, scene.horizon + 4)
    if rng.random() < 0.5:
        fact = rng.choice(("tree", "poplar", "pine"))
        add_all(scene, [_tree(scene, rng, fact, _aside(scene, rng), rng.uniform(214, 236), rng.uniform(80, 110))])


def compose_tree(scene: Scene, rng: random.Random) -> None:
    """One large tree, now and then a second of its kind."""
    _country(scene, rng)
    fact = rng.choice(COUNTRY_TREES)
    scene.subject = KIND_OF_FACT.get(fact, fact)
    x, y, tall = _aside(scene, rng), rng.uniform(214, 242), rng.uniform(140, 190)
    standing = [_tree(scene, rng, fact, x, y, tall)]
    if rng.random() < 0.3:
        standing += _companion_rock(scene, rng, _across_from(x, rng, 88), y + 6)
    add_all(scene, standing)


def _companion_rock(scene: Scene, rng: random.Random, x: float, y: float) -> list[Thing]:
    scene.tags.append(("rock",))
    return [land.rock(rng, spot_at(scene, x, y, rng.uniform(34, 52)))]


def compose_forest(scene: Scene, rng: random.Random) -> None:
    """A wall of four to six trees of one kind, sometimes a path into it."""
    scene.horizon, scene.subject = rng.uniform(140, 176), "forest"
    add_sky(scene, rng)
    add_ground(scene, rng, scene.horizon + 2)
    fact = rng.choice(tuple(FOREST_TREES))
    count = rng.choice([4, 5, 6])
    step = 256 / count
    spots = [
        spot_at(
            scene,
            step * (index + 0.5) + rng.uniform(-5, 5),
            scene.horizon + (26 if index % 2 else 48),
            rng.uniform(118, 142) if index % 2 else rng.uniform(124, 156),
        )
        for index in range(count)
    ]
    scene.tags += [("forest",), (fact,)]
    if rng.random() < 0.35:
        scene.near.append(land.path(rng, 128 + rng.uniform(-30, 30), scene.horizon + 30, scene.season))
        scene.tags.append(("path",))
    scene.near.append(trees.forest(rng, FOREST_TREES[fact], spots))


def compose_field(scene: Scene, rng: random.Random) -> None:
    scene.horizon, scene.subject = rng.uniform(124, 156), "field"
    add_sky(scene, rng)
    add_distance(scene, rng)
    scene.tags.append(("field",))
    scene.near.append(land.field(rng, scene.horizon + 2, scene.season))
    x = _aside(scene, rng)
    kind = rng.choice(("", "tree", "windmill", "house"))
    if kind == "tree":
        add_all(scene, [_tree(scene, rng, rng.choice(("tree", "poplar")), x, scene.horizon + 24, rng.uniform(84, 116))])
    elif kind == "windmill":
        add_all(scene, [buildings.windmill(rng, spot_at(scene, x, scene.horizon + 22, rng.uniform(100, 124)))])
        scene.tags.append(("windmill",))
    elif kind == "house":
        add_all(scene, [_house(scene, rng, x, scene.horizon + 26, rng.uniform(70, 90), rng.choice(palette.ROOF_NAMES))])


def compose_desert(scene: Scene, rng: random.Random) -> None:
    """Dunes; one cactus or palm large before them."""
    scene.season = "summer"
    scene.horizon, scene.subject = rng.uniform(150, 184), "dunes"
    add_stars(scene)
    add_disc(scene, rng, rng.uniform(20, 32))
    scene.tags.append(("desert",))
    scene.far.append(land.dunes(rng, scene.horizon, 0, rng.uniform(44, 70), scene.light_side))
    add_ground(scene, rng, scene.horizon + 8, "desert", paints.SAND * 1.04)
    kind = rng.choice(("", "cactus", "cactus", "palm"))
    x, y = _aside(scene, rng), rng.uniform(216, 240)
    if kind == "cactus":
        scene.subject = kind
        scene.tags.append((kind,))
        add_all(scene, [plants.cactus(rng, spot_at(scene, x, y, rng.uniform(110, 160)))])
    elif kind == "palm":
        scene.subject = kind
        add_all(scene, [_tree(scene, rng, kind, x, y, rng.uniform(150, 190))])


def compose_coast(scene: Scene, rng: random.Random) -> None:
    """Sea before a beach, with a palm, a lighthouse or a boat."""
    scene.horizon, scene.subject = rng.uniform(104, 140), "beach"
    add_sky(scene, rng)
    level = rng.uniform(184, 204)
    add_water(scene, rng, level, "sea")
    is_snowy = scene.season == "winter"
    scene.tags.append(("coast",) if is_snowy else ("beach",))
    add_ground(scene, rng, level, "beach", palette.SNOW if is_snowy else paints.BEACH)
    kind = rng.choice(("lighthouse", "boat") if is_snowy else ("lighthouse", "boat", "palm", "palm", "rock"))
    x = _aside(scene, rng)
    if kind == "boat":
        add_boats(scene, rng, (rng.uniform(74, 100),))
    elif kind == "palm":
        scene.subject = kind
        add_all(scene, [_tree(scene, rng, kind, x, rng.uniform(222, 242), rng.uniform(160, 196))])
    elif kind == "lighthouse":
        scene.subject = kind
        scene.tags.append((kind,))
        add_all(scene, [buildings.lighthouse(rng, spot_at(scene, x, level + 14, rng.uniform(130, 168)))])
    else:
        add_all(scene, _companion_rock(scene, rng, x, level + 24))


def compose_sea(scene: Scene, rng: random.Random) -> None:
    """One large boat on open water, or two."""
    scene.horizon, scene.subject = rng.uniform(116, 160), "boat"
    add_sky(scene, rng)
    add_birds(scene, rng)
    if rng.random() < 0.3:
        add_mountains(scene, rng, scene.horizon * rng.uniform(0.3, 0.5))
    add_water(scene, rng, 300.0, "sea")
    is_one = rng.random() < 0.75
    add_boats(scene, rng, (rng.uniform(120, 170),) if is_one else (rng.uniform(104, 124), rng.uniform(70, 90)))


def compose_lake(scene: Scene, rng: random.Random) -> None:
    """Still water that mirrors what stands beyond it."""
    scene.horizon, scene.subject = rng.uniform(116, 144), "mountains"
    add_sky(scene, rng)
    kind = rng.choice(("mountains", "forest", "hills"))
    scene.subject = kind
    if kind == "mountains":
        add_mountains(scene, rng, scene.horizon * rng.uniform(0.5, 0.7))
    elif kind == "hills":
        add_hills(scene, rng, rng.uniform(44, 64))
    else:
        scene.far.append(trees.forest_edge(rng, scene.horizon, scene.season))
        scene.tags.append(("forest",))
    level = rng.uniform(206, 226)
    add_water(scene, rng, level, "lake")
    add_ground(scene, rng, level)
    kind = rng.choice(("", "boat", "tree"))
    if kind == "boat":
        scene.subject = "boat"
        add_boats(scene, rng, (rng.uniform(84, 110),))
    elif kind == "tree":
        fact = rng.choice(("willow", "birch", "pine"))
        scene.subject = fact
        x = 128 + rng.choice([-1, 1]) * rng.uniform(40, 76)
        add_all(scene, [_tree(scene, rng, fact, x, level + 20, rng.uniform(130, 170))])


def compose_river(scene: Scene, rng: random.Random) -> None:
    """A river winding towards the viewer, sometimes under a bridge."""
    bank = _country(scene, rng, 112, 146)
    scene.subject = "river"
    x = 128 + rng.uniform(-40, 40)
    scene.near.append(land.river(rng, x, bank.edge(x) + 1, scene.season))
    scene.tags.append(("river",))
    if rng.random() < 0.5:
        side = rng.choice([-1, 1])
        fact = rng.choice(("tree", "pine", "willow", "poplar"))
        add_all(scene, [_tree(scene, rng, fact, 128 + side * rng.uniform(88, 98), 214, rng.uniform(110, 140))])


def compose_bridge(scene: Scene, rng: random.Random) -> None:
    """A stone bridge over a river that runs across."""
    scene.horizon, scene.subject = rng.uniform(112, 140), "bridge"
    add_sky(scene, rng)
    add_distance(scene, rng)
    add_ground(scene, rng, scene.horizon + 2)
    scene.near.append(land.band(192.0, 236.0, paints.ICE if scene.season == "winter" else paints.RIVER))
    scene.tags += [("bridge",), ("river",)]
    add_all(scene, [buildings.bridge(rng, spot_at(scene, 128, 216, rng.uniform(74, 100)), rng.uniform(108, 124))])


def _house(scene: Scene, rng: random.Random, x: float, y: float, height_px: float, roof: str) -> Thing:
    scene.tags.append(("house", f"{roof} roof"))
    return buildings.house(rng, spot_at(scene, x, y, height_px), roof)


def compose_house(scene: Scene, rng: random.Random) -> None:
    """One large house, with a path, a tree or a fence."""
    _country(scene, rng)
    scene.subject = "house"
    x, y, tall = _aside(scene, rng), rng.uniform(206, 226), rng.uniform(110, 150)
    x += 12 if x < 128 else -12
    standing = [_house(scene, rng, x, y, tall, rng.choice(palette.ROOF_NAMES))]
    extra = rng.choice(("", "path", "fence", "beside", "beside"))
    if extra == "path":
        standing.append(land.path(rng, x, y, scene.season, tall * 0.07))
        scene.tags.append(("path",))
    elif extra == "fence":
        standing.append(buildings.fence(spot_at(scene, 128, 246, rng.uniform(34, 44)), -6, 262))
        scene.tags.append(("fence",))
    elif extra == "beside":
        standing += _companion(scene, rng, _across_from(x, rng, tall * 0.5 + 46), y)
    add_all(scene, standing)


def compose_village(scene: Scene, rng: random.Random) -> None:
    """Two or three houses under roofs of one colour, or houses around a church."""
    _country(scene, rng, 128, 156)
    scene.subject = "house"
    roof = rng.choice(palette.ROOF_NAMES)
    standing = []
    if rng.random() < 0.35:
        standing.append(
            buildings.church(rng, spot_at(scene, 128 + rng.uniform(-14, 14), 192, rng.uniform(120, 140)), roof)
        )
        scene.tags.append(("church", f"{roof} roof"))
        places = [(46.0, 226.0), (210.0, 228.0)]
    else:
        places = rng.choice(([(66.0, 206.0), (186.0, 224.0)], [(44.0, 218.0), (128.0, 196.0), (212.0, 222.0)]))
    for x, y in places:
        place = spot_at(scene, x + rng.uniform(-6, 6), y, rng.uniform(74, 92) * (1.16 if len(places) == 2 else 0.9))
        standing.append(buildings.house(rng, place, roof))
    scene.tags += [("village",), ("house", f"{roof} roof")]
    add_all(scene, standing)


def compose_landmark(scene: Scene, rng: random.Random) -> None:
    """Castle, tower, windmill, lighthouse or church alone against the sky."""
    _country(scene, rng, 140, 180)
    kind = rng.choice((*buildings.LANDMARKS, "castle", "church"))
    scene.subject = kind
    x, y, tall = _aside(scene, rng), rng.uniform(206, 228), rng.uniform(140, 178)
    if kind == "church":
        roof = rng.choice(palette.ROOF_NAMES)
        made = buildings.church(rng, spot_at(scene, 128 + rng.uniform(-12, 12), y, tall), roof)
        scene.tags.append((kind, f"{roof} roof"))
    else:
        x = 128 + (x - 128) * 0.3 if kind == "castle" else x
        made = buildings.LANDMARKS[kind](rng, spot_at(scene, x, y, tall))
        scene.tags.append((kind,))
    add_all(scene, [made])


def compose_flower(scene: Scene, rng: random.Random) -> None:
    """One to three blooms from near."""
    _plain(scene, rng)
    scene.subject, petals = "flower", rng.choice(plants.PETAL_NAMES)
    count = rng.choice([1, 1, 2, 3])
    if count == 1:
        spots = [(128 + rng.uniform(-24, 24), 262.0, rng.uniform(180, 220))]
    else:
        spots = [
            (256 * (i + 0.5) / count + rng.uniform(-6, 6), 262.0 + 6 * (i % 2), rng.uniform(140, 176))
            for i in range(count)
        ]
    shape = rng.random()
    standing = [plants.flower(random.Random(shape), spot_at(scene, *place), petals) for place in spots]
    scene.tags += [("flower" if count == 1 else "flowers", f"{petals} petals"), ("close-up",)]
    add_all(scene, standing)


def _plain(scene: Scene, rng: random.Random) -> None:
    """Sky over low ground, nothing in the distance; no frost on what blooms."""
    if scene.season == "winter":
        scene.season = "spring"
    scene.horizon = rng.uniform(168, 200)
    add_weather(scene, rng)
    add_stars(scene)
    if scene.weather == "clear" and rng.random() < 0.5:
        add_disc(scene, rng, rng.uniform(14, 22))
    add_ground(scene, rng, scene.horizon)


def compose_meadow(scene: Scene, rng: random.Random) -> None:
    """Rows of flowers that grow smaller towards the horizon."""
    if scene.season == "winter":
        scene.season = "summer"
    _country(scene, rng, 124, 150)
    scene.subject, petals = "flowers", rng.choice(plants.PETAL_NAMES)
    spots = []
    for row, (y, tall, count) in enumerate(((198.0, 44.0, 5), (258.0, 76.0, 4))):
        for index in range(count):
            x = 256 * (index + (0.5 if row else 0.4)) / count
            spots.append(spot_at(scene, x, y + 6 * (index % 2), tall * rng.uniform(0.92, 1.08)))
    scene.near.append(plants.flowers(rng, spots, petals))
    scene.tags += [("field",), ("flowers", f"{petals} petals")]


def compose_rock(scene: Scene, rng: random.Random) -> None:
    _country(scene, rng)
    scene.subject = "rock"
    scene.tags.append(("rock",))
    add_all(scene, [land.rock(rng, spot_at(scene, _aside(scene, rng), rng.uniform(216, 240), rng.uniform(80, 130)))])


def compose_fence(scene: Scene, rng: random.Random) -> None:
    """A fence across the meadow, a tree behind it."""
    _country(scene, rng)
    scene.subject = "fence"
    tall = rng.uniform(58, 80)
    standing = [buildings.fence(spot_at(scene, 128, rng.uniform(222, 240), tall), -8, 264)]
    if rng.random() < 0.7:
        standing.append(_tree(scene, rng, rng.choice(COUNTRY_TREES), _aside(scene, rng), 190, rng.uniform(110, 140)))
    scene.tags.append(("fence",))
    add_all(scene, standing)


def compose_small(scene: Scene, rng: random.Random) -> None:
    """A snowman in winter, a mushroom in every other season."""
    _country(scene, rng, 150, 180)
    kind = "snowman" if scene.season == "winter" else "mushroom"
    make = street.snowman if kind == "snowman" else plants.mushroom
    scene.subject = kind
    scene.tags.append((kind,))
    add_all(scene, [make(rng, spot_at(scene, _aside(scene, rng), rng.uniform(222, 244), rng.uniform(120, 170)))])


def compose_balloon(scene: Scene, rng: random.Random) -> None:
    scene.horizon, scene.subject = rng.uniform(190, 216), "balloon"
    add_weather(scene, rng)
    add_stars(scene)
    add_clouds(scene, rng, rng.choice([0, 1, 2]))
    add_distance(scene, rng)
    add_ground(scene, rng, scene.horizon + 2)
    colour = rng.choice(("red", "orange", "yellow", "blue", "purple", "green"))
    tall = rng.uniform(120, 156)
    x, y = 128 + rng.uniform(-44, 44), tall + rng.uniform(12, 26)
    scene.sky.append(sky.balloon(rng, spot_at(scene, x, y, tall), colour))
    scene.tags.append(("balloon", colour))


def compose_sky(scene: Scene, rng: random.Random) -> None:
    """The sky itself: a large sun or moon, drawn stars, clouds or a rainbow over a low horizon."""
    scene.horizon = rng.uniform(180, 212)
    kind = rng.choice(("disc", "disc", "clouds", "rainbow", "stars"))
    if kind == "stars":
        scene.time, scene.subject = "night", "star"
        scene.tags.append(("stars",))
        for index in range(rng.choice([3, 4, 5])):
            x, y = 40 + 46 * index + rng.uniform(-8, 8), (52, 104, 44, 112, 66)[index] + rng.uniform(-8, 8)
            scene.sky.append(sky.drawn_star(rng, x, y, rng.uniform(15, 24)))
    elif kind == "rainbow":
        scene.time = rng.choice(("day", "dawn", "sunset"))
        scene.weather = "rainbow"
        scene.tags.append(("rainbow",))
    elif kind == "clouds":
        scene.subject = "cloud"
        add_clouds(scene, rng, rng.choice([2, 3]))
    else:
        scene.subject = "moon" if scene.time == "night" else "sun"
        add_stars(scene)
        add_disc(scene, rng, rng.uniform(34, 50))
    ground = rng.choice(("hills", "sea", "plain"))
    if ground == "sea":
        add_water(scene, rng, 300.0, "sea")
        return
    if ground == "hills":
        add_hills(scene, rng, rng.uniform(24, 44))
    add_ground(scene, rng, scene.horizon + 2)


COMPOSITIONS: Final = MappingProxyType(
    {
        "mountains": (3.0, compose_mountains),
        "hills": (1.4, compose_hills),
        "tree": (5.0, compose_tree),
        "forest": (1.8, compose_forest),
        "field": (1.5, compose_field),
        "desert": (2.2, compose_desert),
        "coast": (2.2, compose_coast),
        "sea": (2.6, compose_sea),
        "lake": (2.4, compose_lake),
        "river": (1.8, compose_river),
        "bridge": (1.4, compose_bridge),
        "house": (5.0, compose_house),
        "village": (2.2, compose_village),
        "landmark": (4.0, compose_landmark),
        "flower": (2.4, compose_flower),
        "meadow": (1.2, compose_meadow),
        "rock": (1.0, compose_rock),
        "fence": (0.8, compose_fence),
        "snowman or mushroom": (1.6, compose_small),
        "balloon": (1.0, compose_balloon),
        "sky": (3.0, compose_sky),
    }
)
"""Each composition with how often it is drawn."""
