"""Scribbles are rough and still tell where things are; line art is clean and complete."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.training.compose import compose
from models.training.geometry import SIZE, closed, ellipse
from models.training.measures import line_recall
from models.training.painter import paint
from models.training.shapes import Scene, Thing
from models.training.sketch import Hand, draw_hand, line_art, sketch

SEEDS = range(16)


def blob() -> Scene:
    """A lone disc that hides another one behind it."""
    made = Scene(0, "flat", "day", "summer", 1, 120.0)
    for x in (110.0, 150.0):
        thing, outline = Thing("blob", 200), ellipse(x, 128, 50, 50, 40)
        thing.add(outline, np.zeros(3, np.float32), 0.0, outlined=True)
        thing.draw(closed(outline))
        thing.hide(outline)
        made.near.append(thing)
    return made


def ink(drawn: NDArray[np.uint8]) -> float:
    return float((drawn > 127).mean())


def test_same_seed_same_sketch_and_another_seed_another_hand() -> None:
    assert np.array_equal(sketch(compose(3), 5), sketch(compose(3), 5))
    assert len({sketch(compose(3), seed).tobytes() for seed in range(6)}) == 6


def test_the_style_does_not_change_the_sketch() -> None:
    assert np.array_equal(sketch(compose(11, "flat"), 0), sketch(compose(11, "ink"), 0))


def test_sketches_of_all_hands_lie_on_the_pictures_edges() -> None:
    scenes = [compose(seed, "flat") for seed in SEEDS]
    pictures, lines = (
        [paint(scene) for scene in scenes],
        [sketch(scene, 7 + i) // 128 for i, scene in enumerate(scenes)],
    )
    own = [line_recall(a, b) for a, b in zip(pictures, lines, strict=True)]
    other = [line_recall(a, b) for a, b in zip(pictures, lines[1:] + lines[:1], strict=True)]
    assert np.mean([v for v in own if v is not None]) > 0.4
    assert np.mean([v for v in own if v is not None]) > 1.6 * np.mean([v for v in other if v is not None])


def test_hands_differ_as_peoples_do() -> None:
    hands = [draw_hand(random.Random(seed)) for seed in range(400)]
    widths = [hand.width_px for hand in hands]
    assert min(widths) < 1.8
    assert 6.5 < max(widths) <= 8
    assert 0.5 < np.mean([hand.draws_symbols for hand in hands]) < 0.7
    assert np.mean([hand == Hand(hand.width_px, hand.draws_symbols, wobble_px=0.3) for hand in hands]) > 0.15
    for flaw in ("overshoot_px", "gaps", "restates", "forgets", "shift_px"):
        assert 0.1 < np.mean([getattr(hand, flaw) > 0 for hand in hands]) < 0.7
    assert 0.03 < np.mean([hand.skips >= 0.5 for hand in hands]) < 0.15


def test_some_sketches_miss_half_of_their_lines() -> None:
    scene = compose(2)
    shares = [ink(sketch(scene, seed)) / ink(line_art(scene)) for seed in range(60)]
    assert 1 <= sum(share < 0.6 for share in shares) < 20


def test_the_main_thing_is_never_forgotten() -> None:
    scene = blob()
    scene.subject = "blob"
    shares = [ink(sketch(scene, seed)) / ink(line_art(scene)) for seed in range(60)]
    assert np.mean([share < 0.2 for share in shares]) < 0.1


def test_line_art_is_thin_complete_and_hides_what_is_behind() -> None:
    drawn = line_art(blob())
    assert drawn.shape == (SIZE, SIZE)
    assert drawn.dtype == np.uint8
    rim = ellipse(150, 128, 50, 50, 60).round().astype(int)
    assert (cv2.dilate(drawn, np.ones((3, 3), np.uint8))[rim[:, 1], rim[:, 0]] > 127).all()
    assert drawn[128, 160] == 0
    assert not drawn[120:136, 120:180].any()
    assert ink(drawn) < 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_line_art_lies_on_the_pictures_edges(seed: int) -> None:
    scene = compose(seed, "flat")
    recall = line_recall(paint(scene), line_art(scene) // 128)
    assert recall is None or recall > 0.4
