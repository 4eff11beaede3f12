"""The city: a street of house fronts, or a skyline of towers."""

from __future__ import annotations

import random

from models.training import palette
from models.training.scenes.setting import add_all, add_sky, spot_at
from models.training.shapes import Scene, Thing
from models.training.things import land, paints, street

CAR_NAMES = ("red", "blue", "yellow", "white", "green")
KERB_Y, ROAD_Y = 206.0, 218.0


def compose_city(scene: Scene, rng: random.Random) -> None:
    """Seen from the front; the ground is pavement and road."""
    scene.horizon, scene.subject = rng.uniform(150, 180), "building"
    add_sky(scene, rng)
    if rng.random() < 0.6:
        _add_street(scene, rng)
    else:
        _add_skyline(scene, rng)


def _add_street(scene: Scene, rng: random.Random) -> None:
    """Two to four fronts wall to wall, before them a lamp or a car."""
    scene.near += [
        land.strip(
            "pavement", scene.horizon, KERB_Y + 12, palette.SNOW if scene.season == "winter" else paints.PAVEMENT
        ),
        land.strip("road", ROAD_Y, 270.0, paints.ASPHALT),
    ]
    count = rng.choice([2, 3, 3, 4])
    pitch = rng.uniform(62, 80) if count > 2 else rng.uniform(76, 96)
    left = 128 - pitch * count / 2 + rng.uniform(-8, 8)
    for index in range(count):
        tall = rng.uniform(104, 178)
        rows = max(1, min(3, round((tall - 46) / 42)))
        place = spot_at(scene, left + pitch * (index + 0.5), KERB_Y, tall)
        scene.near.append(street.building(rng, place, pitch * 0.5, rows))
    scene.tags += [("street",), ("buildings",)]
    before: list[Thing] = []
    if rng.random() < 0.5:
        before.append(street.street_lamp(spot_at(scene, rng.choice([28.0, 228.0]), KERB_Y + 10, rng.uniform(96, 120))))
        scene.tags.append(("lamp",))
    if rng.random() < 0.55:
        colour = rng.choice(CAR_NAMES)
        before.append(
            street.car(
                rng, spot_at(scene, 128 + rng.uniform(-44, 44), rng.uniform(242, 250), rng.uniform(46, 58)), colour
            )
        )
        scene.tags.append(("car", colour))
    add_all(scene, before)


def _add_skyline(scene: Scene, rng: random.Random) -> None:
    """Three to five towers over a road or over the water."""
    is_by_water = rng.random() < 0.4
    foot = scene.horizon + 14
    count = rng.choice([3, 4])
    pitch = 236 / count
    towers = [
        street.skyscraper(
            rng,
            spot_at(scene, 10 + pitch * (index + 0.5), foot + 2 * (index % 2), rng.uniform(90, foot - 24)),
            pitch * rng.uniform(0.34, 0.42),
        )
        for index in range(count)
    ]
    scene.tags += [("city",), ("buildings",)]
    if is_by_water:
        scene.far += towers
        scene.water = (foot, 300.0)
        scene.tags.append(("lake",))
        return
    scene.near.append(land.strip("road", foot + 20, 270.0, paints.ASPHALT))
    if scene.season == "winter":
        scene.near.append(land.strip("snow", foot - 6, foot + 26, palette.SNOW))
    else:
        scene.near.append(land.strip("grass", foot - 6, foot + 26, palette.GROUND[scene.season]))
    scene.near += towers
