"""Still lifes: what is said stands on the table, large, where the sketch has it."""

from __future__ import annotations

import functools
import random

import numpy as np

from models.training import palette
from models.training.captions import SAYINGS, WORD, caption, vocabulary
from models.training.compose import FAMILIES
from models.training.conditions import KINDS, class_map, depth_map, object_masks
from models.training.geometry import SIZE
from models.training.painter import paint
from models.training.scenes.still_life import PLURAL, compose_still_life
from models.training.shapes import Scene
from models.training.sketch import line_art
from models.training.tabletop import flowers

SEEDS = range(40)
PLURALS = {many: one for one, many in (*PLURAL.items(), *flowers.PLURAL.items())}


@functools.cache
def still_life(seed: int, style: str = "flat", time: str = "day") -> Scene:
    scene = Scene(seed, style, time, "summer", 1 if seed % 2 else -1, 130.0, family="still life")
    compose_still_life(scene, random.Random(seed))
    return scene


def test_still_lifes_are_among_the_families() -> None:
    assert FAMILIES["still life"][0] > 0


def test_all_that_is_said_is_there_and_the_other_way_round() -> None:
    for seed in SEEDS:
        scene = still_life(seed)
        said = {PLURALS.get(fact, fact) for fact, *_ in scene.tags} - {"still life"}
        said = {"flower" if kind in flowers.HEADS else "tablecloth" if kind == "cloth" else kind for kind in said}
        assert said == {thing.name for thing in (*scene.far, *scene.near)}


def test_all_that_is_said_can_be_said_and_has_a_class() -> None:
    words = set(vocabulary())
    for seed in SEEDS:
        scene = still_life(seed)
        assert all(fact in SAYINGS for fact, *_ in scene.tags)
        assert {thing.name for thing in (*scene.far, *scene.near)} <= set(KINDS)
        assert set(WORD.findall(caption(scene, random.Random(seed)))) <= words


def test_every_kind_comes_up() -> None:
    seen = {fact for seed in range(160) for fact, *_ in still_life(seed).tags}
    assert seen >= {"apple", "pear", "orange", "lemon", "banana", "grapes", "cherries", "bowl", "bottle", "jug", "cup"}
    assert seen >= {"teapot", "candle", "book", "vase", "sunflower", "tulips", "rose", "daisies", "window", "curtain"}


def test_the_subject_is_large_and_in_the_picture() -> None:
    for seed in SEEDS:
        scene = still_life(seed)
        assert scene.subject in {thing.name for thing in scene.near}
        mask = object_masks(scene)[scene.subject]
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert max(np.ptp(rows), np.ptp(columns)) >= 80
        assert rows[0] > 0
        assert columns[0] > 0
        assert columns[-1] < SIZE - 1


def test_things_stand_on_the_table_before_the_wall() -> None:
    for seed in SEEDS:
        scene = still_life(seed)
        depth = depth_map(scene)
        assert all(scene.horizon < thing.base_y < SIZE for thing in scene.near)
        assert depth[-2].mean() > depth[2].mean() + 100
        masks = object_masks(scene)
        assert depth[masks[scene.subject]].mean() > depth[masks["wall"]].mean() + 20


def test_the_symbol_lies_where_the_thing_is_painted() -> None:
    for seed in SEEDS:
        for thing in still_life(seed).near:
            painted = np.concatenate([part.points for part in thing.parts])
            drawn = np.concatenate(thing.symbol)
            size = float(np.ptp(painted, axis=0).max())
            assert np.abs(painted.min(axis=0) - drawn.min(axis=0)).max() < 0.15 * size
            assert np.abs(painted.max(axis=0) - drawn.max(axis=0)).max() < 0.15 * size


def test_the_shadow_falls_away_from_the_light() -> None:
    """The table beside an object is darker on the far side of the light."""
    for seed in SEEDS:
        scene = still_life(seed)
        if len(scene.near) > 1:
            continue
        grey, masks = paint(scene).mean(axis=2), object_masks(scene)
        lying = masks.get("table", masks.get("tablecloth"))
        assert lying is not None
        columns = np.flatnonzero(masks[scene.subject].any(axis=0))
        foot = int(scene.near[0].base_y)
        rows = slice(foot - 8, foot + 2)
        left, right = slice(0, max(1, columns[0])), slice(columns[-1] + 1, SIZE)
        sides = [grey[rows, side][lying[rows, side]].mean() for side in (left, right)]
        assert sides[0 if scene.light_side > 0 else 1] < sides[1 if scene.light_side > 0 else 0]


def test_it_can_be_painted_in_every_style_by_every_light() -> None:
    for seed, style in enumerate(palette.STYLES):
        for time in palette.TIMES:
            picture = paint(still_life(seed, style, time))
            assert picture.shape == (SIZE, SIZE, 3)
            assert picture.std() > 15


def test_colours_keep_their_name_by_lamplight() -> None:
    """A red apple is red at night too."""
    apples = (seed for seed in range(160) if ("apple", "red") in still_life(seed).tags)
    scene = still_life(next(apples), "gouache", "night")
    red, green, blue = paint(scene)[object_masks(scene)["apple"]].mean(axis=0)
    assert red > 1.5 * max(green, blue)


def test_line_art_shows_the_objects() -> None:
    for seed in range(12):
        scene = still_life(seed)
        lines = line_art(scene)
        assert (lines > 128).mean() > 0.01
        assert set(np.unique(class_map(scene))) - {0}
