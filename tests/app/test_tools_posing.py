"""Posing figures: what a hand takes hold of and what follows it."""

from __future__ import annotations

from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.posing import Grip, followers, grip_at, joint_toggled, limb_moved, limb_turned, standing_in
from canvas.geometry import Rect
from canvas.pose import JOINT_NAMES, LIMBS, PARENTS, Figure

JOINT = {name: i for i, name in enumerate(JOINT_NAMES)}
FIGURE = Figure.standing(100, 100, 200)


@pytest.mark.parametrize(
    ("joint", "names"),
    [
        ("right shoulder", {"right shoulder", "right elbow", "right wrist"}),
        ("left hip", {"left hip", "left knee", "left ankle"}),
        ("nose", {"nose", "right eye", "left eye", "right ear", "left ear"}),
        ("right wrist", {"right wrist"}),
        ("neck", set(JOINT_NAMES)),
    ],
)
def test_what_hangs_on_a_joint_follows_it(joint: str, names: set[str]) -> None:
    assert {JOINT_NAMES[i] for i in followers(JOINT[joint])} == names


@given(st.integers(0, 17), st.floats(-300, 300), st.floats(-300, 300))
def test_turning_a_limb_keeps_every_length(joint: int, x: float, y: float) -> None:
    turned = limb_turned(FIGURE, joint, x, y)
    for a, b in LIMBS:
        before = dist((FIGURE.joints[a].x, FIGURE.joints[a].y), (FIGURE.joints[b].x, FIGURE.joints[b].y))
        after = dist((turned.joints[a].x, turned.joints[a].y), (turned.joints[b].x, turned.joints[b].y))
        assert after == pytest.approx(before, abs=1e-6)


def test_turning_points_the_limb_at_the_hand_and_leaves_the_rest() -> None:
    elbow, shoulder = JOINT["right elbow"], JOINT["right shoulder"]
    pivot = FIGURE.joints[shoulder]
    turned = limb_turned(FIGURE, elbow, pivot.x - 500, pivot.y)
    assert turned.joints[elbow].y == pytest.approx(pivot.y)
    assert turned.joints[elbow].x < pivot.x
    assert turned.joints[shoulder] == pivot
    assert turned.joints[JOINT["left knee"]] == FIGURE.joints[JOINT["left knee"]]


def test_moving_a_limb_takes_along_what_hangs_on_it() -> None:
    moved = limb_moved(FIGURE, JOINT["left knee"], 10, -5)
    ankle = FIGURE.joints[JOINT["left ankle"]]
    assert (moved.joints[JOINT["left ankle"]].x, moved.joints[JOINT["left ankle"]].y) == (ankle.x + 10, ankle.y - 5)
    assert moved.joints[JOINT["left hip"]] == FIGURE.joints[JOINT["left hip"]]


@pytest.mark.parametrize("y", [-1000.0, 256.0, 1000.0])
def test_a_new_figure_is_sized_to_the_frame_and_stands_inside_it(y: float) -> None:
    frame = Rect(0, 0, 640, 512)
    box = standing_in(frame, 320, y).bounds()
    assert frame.contains(box)
    assert 0.75 * frame.height <= box.height <= 0.85 * frame.height


def test_a_new_figure_fits_the_width_of_a_narrow_frame() -> None:
    frame = Rect(0, 0, 100, 1000)
    assert frame.contains(standing_in(frame, 50, 500).bounds())


def test_a_joint_is_taken_before_a_limb_and_a_limb_before_the_body() -> None:
    knee, hip = FIGURE.joints[JOINT["left knee"]], FIGURE.joints[JOINT["left hip"]]
    assert grip_at([FIGURE], knee.x + 3, knee.y, 8) == Grip(0, "joint", JOINT["left knee"])
    between = ((knee.x + hip.x) / 2, (knee.y + hip.y) / 2)
    assert grip_at([FIGURE], between[0] + 1, between[1], 8) == Grip(0, "limb", JOINT["left knee"])
    box = FIGURE.bounds()
    assert grip_at([FIGURE], box.x0, box.y1 - 1, 4) == Grip(0, "body")
    assert grip_at([FIGURE], box.x1 + 50, box.y1 + 50, 8) is None


def test_of_figures_that_overlap_the_top_one_is_taken() -> None:
    knee = FIGURE.joints[JOINT["left knee"]]
    assert grip_at([FIGURE, FIGURE], knee.x, knee.y, 8) == Grip(1, "joint", JOINT["left knee"])


def test_a_hidden_joint_can_be_brought_back() -> None:
    hidden = joint_toggled(FIGURE, 4)
    assert not hidden.joints[4].visible
    assert joint_toggled(hidden, 4) == FIGURE


def test_every_limb_is_named_by_the_joint_that_hangs_on_the_other() -> None:
    assert all(PARENTS[outer] == inner for inner, outer in LIMBS)
