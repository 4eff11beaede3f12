"""What is made inside a mask meets the picture around it without an edge of another tone."""

from __future__ import annotations

import numpy as np
import pytest

from canvas.snapshot import Pixels8, Rect, Snapshot
from canvas.state import DocumentState
from inference.condition_set import Bytes, ConditionSet, Part, Placement
from inference.messages import Frame, Job
from inference.region import paste_alpha
from inference.result import Result
from inference.seams import tones_matched

SIDE = 256


@pytest.fixture
def picture() -> Bytes:
    """A soft slope of colours with the grain of a brush, without clipping."""
    ys, xs = np.mgrid[:SIDE, :SIDE] / SIDE
    slope = np.stack([80 + 80 * xs, 90 + 60 * ys, 170 - 70 * xs * ys], axis=2)
    return np.clip(slope + np.random.default_rng(1).normal(0, 4, slope.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def disc() -> Pixels8:
    ys, xs = np.mgrid[:SIDE, :SIDE]
    return np.where(np.hypot(ys - 120, xs - 140) < 70, np.uint8(255), np.uint8(0))


def drifted(picture: Bytes, drift: int | tuple[int, int, int]) -> Bytes:
    return np.clip(picture.astype(np.int16) + drift, 0, 255).astype(np.uint8)


def pasted(picture: Bytes, made: Bytes, alpha: Pixels8) -> Bytes:
    return np.where((alpha != 0)[..., None], made, picture)


def step_across(picture: Bytes, alpha: Pixels8) -> float:
    """How far the means of a ring of 4 px inside the border and one outside lie apart, over the channels."""
    inside = (alpha != 0) & (paste_alpha(alpha, 0, 4) < 255)
    outside = (paste_alpha(alpha, 4, 0) != 0) & (alpha == 0)
    return float(np.abs(picture[inside].mean(axis=0) - picture[outside].mean(axis=0)).max())


@pytest.mark.parametrize("drift", [(9, -6, 4), (-12, -12, -12), (0, 0, 15)])
def test_a_drift_of_tone_leaves_no_edge_and_no_patch(
    picture: Bytes, disc: Pixels8, drift: tuple[int, int, int]
) -> None:
    made = drifted(picture, drift)
    assert step_across(pasted(picture, made, disc), disc) > 3
    matched = tones_matched(made, picture, disc)
    assert step_across(pasted(picture, matched, disc), disc) < 2
    middle = np.s_[100:140, 120:160]
    away = matched[middle].astype(float).mean(axis=(0, 1)) - picture[middle].astype(float).mean(axis=(0, 1))
    assert np.abs(away).max() < 2


def test_the_grain_of_what_was_made_is_kept(picture: Bytes, disc: Pixels8) -> None:
    made = drifted(picture, 8)
    matched = tones_matched(made, picture, disc)
    inner = np.s_[90:150, 110:170]
    grain = np.diff(made[inner].astype(int), axis=1)
    assert np.abs(np.diff(matched[inner].astype(int), axis=1) - grain).mean() < 0.6


def test_what_was_painted_anew_on_purpose_keeps_its_colours(picture: Bytes, disc: Pixels8) -> None:
    made = np.full_like(picture, (220, 40, 30))
    matched = tones_matched(made, picture, disc)
    assert np.abs(matched.astype(int) - made.astype(int))[disc != 0].mean() < 3


def test_a_dark_thing_across_the_border_does_not_bleed_into_what_matches(picture: Bytes, disc: Pixels8) -> None:
    made = picture.copy()
    made[100:140] = 10
    matched = tones_matched(made, picture, disc)
    assert np.abs(matched[:90].astype(int) - picture[:90].astype(int)).max() <= 4
    assert matched[105:135].max() < 22


def test_only_what_the_mask_covers_is_touched(picture: Bytes, disc: Pixels8) -> None:
    made = np.full_like(picture, 128)
    outside = disc == 0
    np.testing.assert_array_equal(tones_matched(made, picture, disc)[outside], made[outside])


@pytest.mark.parametrize("everywhere", [0, 255])
def test_a_mask_without_a_border_changes_nothing(picture: Bytes, everywhere: int) -> None:
    made = np.full_like(picture, 120)
    np.testing.assert_array_equal(tones_matched(made, picture, np.full((SIDE, SIDE), everywhere, np.uint8)), made)


@pytest.mark.parametrize("shape", [(8, 8), (8, 512), (64, 24)])
def test_small_and_narrow_frames(shape: tuple[int, int]) -> None:
    base = np.full((*shape, 3), 100, np.uint8)
    alpha = np.zeros(shape, np.uint8)
    alpha[2:7, 2:7] = 255
    matched = tones_matched(np.full_like(base, 110), base, alpha)
    assert np.abs(matched[2:7, 2:7].astype(int) - 100).max() <= 1


@pytest.mark.parametrize("scale", [1, 2])
def test_a_masked_result_arrives_matched_at_any_document_size(picture: Bytes, disc: Pixels8, scale: int) -> None:
    alpha = np.kron(disc, np.ones((scale, scale), np.uint8))
    conditions = ConditionSet(
        "inpaint", "small", (SIDE, SIDE), "", "", 4, 0.3, 1.0, 7, base=Part.of(picture), mask=Part.of(disc)
    )
    rect = Rect(0, 0, SIDE * scale, SIDE * scale)
    snapshot = Snapshot(1, DocumentState(rect.width, rect.height))
    job = Job(1, 1, "settle", conditions, Placement(rect, Part.of(alpha)))
    made = drifted(picture, 12)
    shown = Result.of(job, Frame(1, made), snapshot).rgba()[::scale, ::scale, :3]
    assert step_across(pasted(picture, np.ascontiguousarray(shown), disc), disc) < 3


def test_without_a_mask_the_frame_is_left_as_it_is(picture: Bytes) -> None:
    conditions = ConditionSet("image", "small", (SIDE, SIDE), "", "", 4, 0.3, 1.0, 7, base=Part.of(picture))
    job = Job(1, 1, "settle", conditions, Placement(Rect(0, 0, SIDE, SIDE)))
    made = np.full_like(picture, 128)
    np.testing.assert_array_equal(Result.of(job, Frame(1, made), Snapshot(1, DocumentState(SIDE, SIDE))).pixels, made)
