"""Symmetric strokes: every arm is the image of the first, in one stroke."""

from dataclasses import replace

import numpy as np
import pytest
from strokes import HARD, alpha, document, drawn, wiggle

from canvas.brush import BrushMode, StrokePoint
from canvas.brush_tips import BrushImages, Tip
from canvas.symmetry import Symmetry, SymmetryKind

LEFT = [replace(p, x=p.x / 2, y=p.y / 2) for p in wiggle()]


@pytest.mark.parametrize(
    ("kind", "images"),
    [
        (SymmetryKind.VERTICAL, [lambda a: a[:, ::-1]]),
        (SymmetryKind.HORIZONTAL, [lambda a: a[::-1]]),
        (SymmetryKind.BOTH, [lambda a: a[:, ::-1], lambda a: a[::-1]]),
    ],
)
def test_a_mirrored_stroke_is_its_own_image(kind, images):
    # The document is 300 px wide: its axis lies between two pixels.
    painted = alpha(drawn(document(), LEFT, symmetry=Symmetry(kind)))
    single = alpha(drawn(document(), LEFT))
    assert painted.sum() > 1.5 * single.sum()
    for image in images:
        assert np.abs(painted - image(painted)).max() < 0.01


def test_four_arms_are_quarter_turns_of_each_other():
    painted = alpha(drawn(document(), LEFT, symmetry=Symmetry(SymmetryKind.ROTATIONAL, arms=4)))
    assert np.abs(painted - np.rot90(painted)).max() < 0.01


def test_a_snowflake_mirrors_each_arm():
    painted = alpha(drawn(document(), LEFT, symmetry=Symmetry(SymmetryKind.SNOWFLAKE, arms=4)))
    assert np.abs(painted - np.rot90(painted)).max() < 0.01
    assert np.abs(painted - painted[:, ::-1]).max() < 0.01


def test_the_axis_can_lie_anywhere():
    painted = alpha(drawn(document(), [StrokePoint(40, 60)], symmetry=Symmetry(SymmetryKind.VERTICAL, x=100.0)))
    assert painted[60, 160] == 1.0
    assert painted[60, 40] == 1.0


def test_the_tip_is_mirrored_too():
    tip = BrushImages({"wedge": Tip(np.tril(np.full((24, 24), 255, np.uint8)))})
    stamp = replace(HARD, size_px=24, tip="wedge", rotation_deg=20)
    painted = alpha(
        drawn(document(), [StrokePoint(60, 60)], stamp, images=tip, symmetry=Symmetry(SymmetryKind.VERTICAL))
    )
    assert np.abs(painted - painted[:, ::-1]).max() < 0.01


def test_every_arm_smudges_what_it_meets_itself():
    before = document()
    for x in (60, 240):
        before = drawn(before, [StrokePoint(x, 60)], replace(HARD, size_px=30), (1, 0, 0) if x == 60 else (0, 0, 1))
    smudge = replace(HARD, size_px=30, mode=BrushMode.SMUDGE, smudge=0.9)
    points = [StrokePoint(60 + i, 60 + i, time_s=i / 240) for i in range(40)]
    after = drawn(before, points, smudge, symmetry=Symmetry(SymmetryKind.VERTICAL)).layers[0].surface
    pixels = after.read(before.rect)
    assert pixels[90, 90, 0] > 0
    assert pixels[90, 90, 2] == 0
    assert pixels[90, 210, 2] > 0
    assert pixels[90, 210, 0] == 0


@pytest.mark.parametrize("arms", [1, 0, 1000])
def test_arms_that_make_no_sense_are_refused(arms):
    with pytest.raises(ValueError, match="arms"):
        Symmetry(arms=arms)
