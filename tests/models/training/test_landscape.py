"""Landscapes and cities: each subject is large, seen, said, coloured on the map and where its scribble lies."""

from __future__ import annotations

import functools
import random

import numpy as np
import pytest
from numpy.typing import NDArray

from models.training import palette
from models.training.captions import SAYINGS
from models.training.conditions import KINDS, object_masks
from models.training.geometry import SIZE
from models.training.painter import paint
from models.training.scenes.city import compose_city
from models.training.scenes.landscape import COMPOSITIONS
from models.training.scenes.setting import spot_at
from models.training.shapes import Scene, Thing
from models.training.things import buildings, plants, street, trees

SCENES_EACH = 6
LIGHT_HOURS = ("day", "dawn", "sunset")


def _blank(seed: int, time: str = "day", season: str = "summer") -> Scene:
    return Scene(seed=seed, style="flat", time=time, season=season, light_side=1 if seed % 2 else -1, horizon=140.0)


@functools.cache
def _scenes(name: str) -> tuple[Scene, ...]:
    made = []
    for seed in range(SCENES_EACH):
        scene = _blank(seed, palette.TIMES[seed % 5], palette.SEASONS[seed % 4])
        scene.family = "city" if name == "city" else "landscape"
        (compose_city if name == "city" else COMPOSITIONS[name][1])(scene, random.Random(seed))
        made.append(scene)
    return tuple(made)


NAMES = (*COMPOSITIONS, "city")


def _things(scene: Scene) -> list[Thing]:
    return [*scene.sky, *scene.far, *scene.afloat, *scene.near]


def _extent(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """Width and height of what is seen."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


@pytest.mark.parametrize("name", NAMES)
def test_the_subject_is_large_and_seen(name: str) -> None:
    for scene in _scenes(name):
        if not scene.subject:
            assert scene.weather == "rainbow"
            continue
        seen = object_masks(scene)[scene.subject]
        assert max(_extent(seen)) >= 60, scene.subject
        assert seen.sum() >= (400 if scene.subject == "star" else 1200), scene.subject


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_is_said_and_every_kind_has_its_colour(name: str) -> None:
    for scene in _scenes(name):
        assert scene.tags or scene.weather != "clear"
        assert all(fact in SAYINGS for fact, *_ in scene.tags)
        assert all(thing.name in KINDS for thing in _things(scene))


@pytest.mark.parametrize("name", NAMES)
def test_few_things_stand_in_a_scene(name: str) -> None:
    for scene in _scenes(name):
        assert len(scene.near) + len(scene.afloat) <= 9
        assert len(scene.sky) <= 5


@pytest.mark.parametrize("name", NAMES)
def test_scribbles_lie_on_their_things(name: str) -> None:
    """A symbol stays within a few pixels of what is painted, and spans most of it."""
    for scene in _scenes(name):
        for thing in _things(scene):
            painted = np.concatenate([part.points for part in thing.parts])
            drawn = np.concatenate(thing.symbol)
            low, high = painted.min(axis=0), painted.max(axis=0)
            assert (drawn >= low - 6).all(), thing.name
            assert (drawn <= high + 6).all(), thing.name
            if thing.name not in ("pavement", "road", "snow", "grass"):
                seen = np.clip(high, 0, SIZE) - np.clip(low, 0, SIZE)
                spans = np.clip(drawn.max(axis=0), 0, SIZE) - np.clip(drawn.min(axis=0), 0, SIZE)
                assert float(np.max(spans / np.maximum(seen, 1))) > 0.6, thing.name


STANDING = {
    **trees.TREES,
    **buildings.LANDMARKS,
    "cactus": plants.cactus,
    "mushroom": plants.mushroom,
    "bush": plants.bush,
    "snowman": street.snowman,
}


@pytest.mark.parametrize("kind", STANDING)
@pytest.mark.parametrize("season", palette.SEASONS)
def test_a_thing_is_as_tall_as_its_spot_and_stands_out_from_the_sky(kind: str, season: str) -> None:
    scene = _blank(1, season=season)
    scene.horizon = 250.0
    empty = paint(scene)
    thing = STANDING[kind](random.Random(3), spot_at(scene, 128, 230, 150))
    points = np.concatenate([part.points for part in thing.parts if part.outlined])
    assert 0.85 * 150 <= 230 - points[:, 1].min() <= 1.2 * 150
    assert points[:, 1].max() <= 230 + 4
    scene.near.append(thing)
    change = np.abs(paint(scene).astype(int) - empty).sum(axis=2)
    inside = object_masks(scene)[thing.name]
    assert np.mean(change[inside] > 60) > 0.65


@pytest.mark.parametrize("season", palette.SEASONS)
@pytest.mark.parametrize("time", LIGHT_HOURS)
def test_a_house_shows_its_named_roof_against_sky_and_ground(time: str, season: str) -> None:
    scene = _blank(2, time, season)
    for roof in palette.ROOF_NAMES:
        house = buildings.house(random.Random(1), spot_at(scene, 128, 220, 140), roof)
        assert sum(part.named for part in house.parts) >= 2
        wall = next(part for part in house.parts if part.outlined and not part.named and np.ptp(part.points[:, 0]) > 80)
        assert abs(palette.luminance(wall.colour) - palette.luminance(palette.GROUND[season])) > 0.12


def test_landscapes_offer_what_newcomers_ask_for() -> None:
    said = {fact for name in NAMES for scene in _scenes(name) for fact, *_ in scene.tags}
    assert said >= {"mountains", "hills", "forest", "field", "desert", "sea", "lake", "river", "village", "street"}
    assert said >= {"sun", "stars", "clouds", "house", "boat", "bridge", "fence", "rock", "path"}


def test_stars_hang_at_the_same_places_every_night() -> None:
    scenes = [scene for name in NAMES for scene in _scenes(name) if scene.stars]
    fixed = {(x, y) for scene in scenes for x, y, _ in scene.stars}
    assert len(scenes) >= 3
    assert len(fixed) <= max(len(scene.stars) for scene in scenes)
