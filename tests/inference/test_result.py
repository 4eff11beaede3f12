"""A result lies over the document exactly where it may, and knows how it was made."""

from __future__ import annotations

import json

import numpy as np
import pytest

from canvas.snapshot import Rect, Snapshot
from canvas.state import DocumentState
from inference.condition_set import Bytes, ConditionSet, ControlInput, Part, Placement, ReferenceInput
from inference.messages import Frame, Job
from inference.region import paste_alpha
from inference.result import Result, recipe_of

SNAPSHOT = Snapshot(5, DocumentState(300, 200))
GREY = Part.of(np.full((64, 96, 3), 128, np.uint8))


def conditions(**changes: object) -> ConditionSet:
    values: dict[str, object] = {
        "mode": "image", "model": "small", "size": (96, 64), "prompt": "un lac à l’aube", "negative": "fog",
        "steps": 4, "strength": 0.5, "guidance": 1.5, "seed": 7, "base": GREY,
    }  # fmt: skip
    return ConditionSet(**(values | changes))  # type: ignore[arg-type]


def result(pixels: Bytes, placement: Placement) -> Result:
    job = Job(3, SNAPSHOT.revision, "preview", conditions(), placement)
    return Result.of(job, Frame(3, pixels, {"total": 0.2}), SNAPSHOT)


def test_a_result_knows_its_canvas_purpose_and_timings() -> None:
    made = result(np.zeros((64, 96, 3), np.uint8), Placement(Rect(0, 0, 96, 64)))
    assert made.snapshot is SNAPSHOT
    assert made.purpose == "preview"
    assert made.timings_s["total"] == 0.2


def test_at_document_size_the_pixels_come_through_exactly() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)
    rgba = result(pixels, Placement(Rect(10, 20, 106, 84))).rgba()
    np.testing.assert_array_equal(rgba[..., :3], pixels)
    assert (rgba[..., 3] == 255).all()


@pytest.mark.parametrize("rect", [Rect(0, 0, 192, 128), Rect(5, 5, 53, 37), Rect(0, 0, 300, 40)])
def test_at_another_size_the_picture_fills_its_frame(rect: Rect) -> None:
    halves = np.zeros((64, 96, 3), np.uint8)
    halves[:, 48:] = (250, 100, 10)
    rgba = result(halves, Placement(rect)).rgba()
    assert rgba.shape == (rect.height, rect.width, 4)
    assert (rgba[:, : rect.width // 2 - 6, :3] == 0).all()
    assert (rgba[:, rect.width // 2 + 6 :, :3] == (250, 100, 10)).all()


def test_blending_a_masked_result_leaves_everything_else_bit_identical() -> None:
    rng = np.random.default_rng(2)
    document = rng.integers(0, 256, (200, 300, 3), np.uint8)
    mask = np.zeros((120, 160), np.uint8)
    mask[40:80, 50:110] = 255
    placement = Placement(Rect(30, 20, 190, 140), Part.of(paste_alpha(mask, 6, 5)))
    rgba = result(rng.integers(0, 256, (64, 96, 3), np.uint8), placement).rgba()

    composed = document.copy()
    r = placement.rect
    alpha = rgba[..., 3:].astype(np.float64) / 255
    under = document[r.y0 : r.y1, r.x0 : r.x1]
    composed[r.y0 : r.y1, r.x0 : r.x1] = np.rint(rgba[..., :3] * alpha + under * (1 - alpha))

    may_change = np.zeros((200, 300), bool)
    ys, xs = np.mgrid[0:200, 0:300]
    nearest_y, nearest_x = np.clip(ys, 60, 99), np.clip(xs, 80, 139)
    may_change[(ys - nearest_y) ** 2 + (xs - nearest_x) ** 2 <= 36] = True
    np.testing.assert_array_equal(composed[~may_change], document[~may_change])
    assert (rgba[60 - 20 + 10, 80 - 30 + 10, 3]) == 255


def test_the_recipe_says_everything_needed_to_make_the_image_again() -> None:
    made = conditions(
        controls=(ControlInput("scribble", "lines_binary", GREY, 0.8, 0.0, 0.9),),
        references=(ReferenceInput("style", GREY, 0.6),),
    )
    recipe = json.loads(recipe_of(made))
    assert recipe["prompt"] == "un lac à l’aube"
    assert (recipe["model"], recipe["seed"], recipe["steps"]) == ("small", 7, 4)
    assert (recipe["strength"], recipe["guidance"], recipe["size"]) == (0.5, 1.5, [96, 64])
    assert recipe["controls"] == [{"kind": "scribble", "weight": 0.8, "start": 0.0, "end": 0.9}]
    assert recipe["references"] == [{"kind": "style", "weight": 0.6}]
    assert set(recipe["digests"]) == {"base", "control.0.scribble", "reference.0.style"}
    assert recipe["digest"] == made.digest


def test_equal_conditions_have_equal_recipes() -> None:
    assert recipe_of(conditions()) == recipe_of(conditions(base=Part.of(GREY.pixels.copy())))
    assert recipe_of(conditions()) != recipe_of(conditions(seed=8))
