"""Animals: the one that is said is in the picture, large, in its colour, where the sketch has it."""

from __future__ import annotations

import functools
import random

import numpy as np
import pytest

from models.training import palette
from models.training.animals import coats
from models.training.captions import SAYINGS, WORD, caption, vocabulary
from models.training.compose import FAMILIES
from models.training.conditions import KINDS, object_masks
from models.training.geometry import SIZE
from models.training.painter import paint
from models.training.scenes.animals import compose_animals
from models.training.shapes import Scene
from models.training.sketch import line_art

SEEDS = range(60)
COATS = {"cat": coats.CATS, "dog": coats.DOGS, "horse": coats.HORSES, "bird": coats.BIRDS, "fish": coats.FISHES}


@functools.cache
def animal(seed: int) -> Scene:
    season, time = palette.SEASONS[seed % len(palette.SEASONS)], palette.TIMES[seed % len(palette.TIMES)]
    scene = Scene(seed, "flat", time, season, 1 if seed % 2 else -1, 130.0, family="animals")
    compose_animals(scene, random.Random(seed))
    return scene


def coat_of(scene: Scene) -> str:
    return next(details[0] for fact, *details in scene.tags if fact == scene.subject)


def test_animals_are_among_the_families() -> None:
    assert FAMILIES["animals"][0] > 0


def test_every_animal_comes_up_in_every_pose_and_coat() -> None:
    said = {
        (scene.subject, *next(tag[1:] for tag in scene.tags if tag[0] == scene.subject))
        for scene in map(animal, range(400))
    }
    for kind, colours in COATS.items():
        assert {coat for subject, coat, *_ in said if subject == kind} == set(colours)
    actions = {(subject, *doing) for subject, _, *doing in said}
    assert {("cat", "sitting"), ("cat", "walking"), ("cat", "lying"), ("cat",), ("horse", "galloping")} <= actions
    assert {("dog", "standing"), ("bird", "perched"), ("bird", "flying"), ("fish", "swimming")} <= actions


def test_the_animal_is_large_and_in_the_picture() -> None:
    for seed in SEEDS:
        scene = animal(seed)
        mask = object_masks(scene)[scene.subject]
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert max(np.ptp(rows), np.ptp(columns)) >= 90
        assert mask.mean() > 0.04
        if "portrait" not in {fact for fact, *_ in scene.tags} and scene.subject != "fish":
            assert columns[0] > 0
            assert columns[-1] < SIZE - 1


@pytest.mark.parametrize("kind", COATS)
def test_an_animal_has_the_colour_that_is_said(kind: str) -> None:
    """By day the mean colour of most animals is nearest to the coat that is said."""
    right = []
    for seed in range(0, 400, len(palette.TIMES)):
        scene = animal(seed)
        if scene.subject != kind or scene.weather != "clear":
            continue
        pixels = paint(scene)[object_masks(scene)[kind]] / 255
        fur = {name: np.abs(pixels - coat.fur).sum(axis=1) for name, coat in COATS[kind].items()}
        votes = np.argmin(np.stack(list(fur.values())), axis=0)
        right.append(list(fur)[np.bincount(votes).argmax()] == coat_of(scene))
    assert len(right) >= 5
    assert np.mean(right) >= 0.6


def test_all_that_is_said_can_be_said_and_has_a_class() -> None:
    words = set(vocabulary())
    for seed in SEEDS:
        scene = animal(seed)
        assert all(fact in SAYINGS for fact, *_ in scene.tags)
        assert {thing.name for thing in (*scene.far, *scene.near)} <= set(KINDS)
        assert set(WORD.findall(caption(scene, random.Random(seed)))) <= words


def test_what_a_person_would_scribble_lies_on_the_animal() -> None:
    for seed in SEEDS:
        scene = animal(seed)
        thing = next(thing for thing in scene.near if thing.name == scene.subject)
        drawn = np.concatenate(thing.symbol)
        painted = np.concatenate([part.points for part in thing.parts])
        assert (np.abs(drawn.clip(0, SIZE).min(axis=0) - painted.clip(0, SIZE).min(axis=0)) < 34).all()
        assert (np.abs(drawn.clip(0, SIZE).max(axis=0) - painted.clip(0, SIZE).max(axis=0)) < 34).all()


def test_careful_line_art_has_the_animal() -> None:
    for seed in range(12):
        scene = animal(seed)
        assert (line_art(scene)[object_masks(scene)[scene.subject]] > 127).sum() > 150
