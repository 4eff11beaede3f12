"""The painter is what the model knows; these tests say what its pictures, sketches, poses and captions promise."""

from __future__ import annotations

import random

import cv2
import numpy as np

from models.training.captions import SAYINGS, WORD, caption, vocabulary
from models.training.compose import compose
from models.training.geometry import SIZE
from models.training.measures import line_recall
from models.training.painter import paint
from models.training.palette import SEASONS, STYLES, TIMES
from models.training.pose import COLOURS, pose_map
from models.training.sketch import sketch

SEEDS = range(24)


def test_same_seed_same_picture() -> None:
    assert np.array_equal(paint(compose(3)), paint(compose(3)))
    assert np.array_equal(sketch(compose(3), 5), sketch(compose(3), 5))


def test_style_changes_the_paint_and_not_the_composition() -> None:
    flat, ink = compose(11, "flat"), compose(11, "ink")
    assert flat.tags == ink.tags
    assert np.array_equal(sketch(flat, 0), sketch(ink, 0))
    assert not np.array_equal(paint(flat), paint(ink))


def test_scenes_are_varied() -> None:
    scenes = [compose(seed) for seed in range(150)]
    assert {scene.style for scene in scenes} == set(STYLES)
    assert {scene.time for scene in scenes} == set(TIMES)
    assert {scene.season for scene in scenes} == set(SEASONS)
    assert {fact for scene in scenes for fact, *_ in scene.tags} >= {"tree", "house", "boat", "sun", "lake", "person"}
    assert sum(bool(scene.people) for scene in scenes) >= 0.35 * len(scenes)


def test_every_fact_has_a_saying_and_every_word_is_in_the_vocabulary() -> None:
    words = set(vocabulary())
    for seed in range(150):
        scene = compose(seed)
        assert all(fact in SAYINGS for fact, *_ in scene.tags)
        said = WORD.findall(caption(scene, random.Random(seed)))
        assert set(said) <= words


def test_a_caption_can_leave_the_look_to_a_reference() -> None:
    for seed in SEEDS:
        scene = compose(seed)
        look = {word for name in (scene.style, scene.time) for saying in SAYINGS[name] for word in WORD.findall(saying)}
        look -= {"green", "drawing"}
        assert not look & set(WORD.findall(caption(scene, random.Random(0), says_look=False)))


def test_sketches_lie_on_the_pictures_edges() -> None:
    """Lines match their own picture far better than another's."""
    scenes = [compose(seed) for seed in SEEDS]
    pictures, lines = [paint(scene) for scene in scenes], [sketch(scene, 0) // 128 for scene in scenes]
    own = [line_recall(a, b) for a, b in zip(pictures, lines, strict=True)]
    other = [line_recall(a, b) for a, b in zip(pictures, lines[1:] + lines[:1], strict=True)]
    assert np.mean([v for v in own if v is not None]) > 0.5
    assert np.mean([v for v in own if v is not None]) > 1.7 * np.mean([v for v in other if v is not None])


def test_joints_lie_on_their_figure() -> None:
    """Without its people a picture changes at its joints."""
    seen = 0
    for seed in range(36):
        scene = compose(seed)
        if not scene.people:
            continue
        with_people = paint(scene)
        scene.near = [thing for thing in scene.near if thing.name not in ("figure", "face")]
        changed = cv2.dilate((with_people != paint(scene)).any(axis=2).astype(np.uint8), np.ones((5, 5), np.uint8))
        for joints in scene.people:
            inside = [(int(x), int(y)) for x, y, is_seen in joints if is_seen and 0 <= x < SIZE and 0 <= y < SIZE]
            hits = [changed[y, x] for x, y in inside]
            if len(hits) > 8:
                seen += 1
                assert np.mean(hits) > 0.7
    assert seen >= 8


def test_pose_map_has_a_joint_in_its_own_colour() -> None:
    joints = np.zeros((18, 3), np.float32)
    joints[:, 0], joints[:, 1], joints[:, 2] = np.arange(18) * 12 + 20, 128 + 40 * (np.arange(18) % 2), 1
    drawn = pose_map([joints])
    assert drawn.shape == (SIZE, SIZE, 3)
    last_drawn = COLOURS[17]
    assert np.abs(drawn[int(joints[17, 1]), int(joints[17, 0])].astype(int) - last_drawn).max() < 40
    assert not pose_map([]).any()


def test_hidden_joints_are_not_drawn() -> None:
    joints = np.full((18, 3), 128, np.float32)
    joints[:, 2] = 0
    assert not pose_map([joints]).any()
