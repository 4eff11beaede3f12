"""Changing the whole document: everything follows, ids stay, and what needs no new pixels loses none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas import fill, image_size
from canvas.compositor import composite
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask
from canvas.pose import Figure
from canvas.roles import Control, InpaintMask, Pose, Reference
from canvas.selection import rectangle
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface
from canvas.transform import Interpolation

RED = (1.0, 0.0, 0.0)


def everything(width=300, height=200):
    """A document with a bit of all: layers beyond the canvas, roles, masks of both kinds, joints, a selection."""
    rng = np.random.default_rng(1)
    pixels = np.full((70, 90, 4), ONE, np.uint16)
    pixels[..., :3] = rng.integers(0, ONE, (70, 90, 3))
    hidden = rectangle(Rect(20, 20, 90, 60))
    hole = rectangle(Rect(0, 0, 128, 128)).edit()
    hole.writable((0, 0))[30:70, 50:90] = 0
    layers = (
        Layer("background", surface=fill.solid(Rect(0, 0, width, height), (1, 1, 1))),
        Group(
            "group",
            children=(Layer("paint", surface=Surface.from_pixels(pixels, -30, 20), mask=LayerMask(hidden, 0)),),
            mask=LayerMask(hole.freeze(), ONE),
        ),
        Layer("lines", surface=Surface.from_pixels(pixels, 250, 150), role=Control("scribble")),
        Layer("mask", surface=fill.solid(Rect(50, 60, 90, 100), RED), role=InpaintMask()),
        Layer("reference", surface=fill.solid(Rect(0, 0, 20, 20), RED), role=Reference(), visible=False),
        Layer("pose", role=Pose((Figure.standing(100, 100, 150),))),
    )
    return DocumentState(width, height, layers, rectangle(Rect(30, 40, 130, 90)))


def planes(state):
    """All pixels of a document: each surface, and what it is where it has no tile."""
    if state.selection is not None:
        yield state.selection, 0
    for node in state.walk():
        if isinstance(node, Layer):
            yield node.surface, 0
        if node.mask is not None:
            yield node.mask.surface, node.mask.outside


def seen(surface, outside, area):
    present = Surface({key: np.full((128, 128, 1), ONE, np.uint16) for key in surface.tiles}, 1)
    return np.where(present.read(area) > 0, surface.read(area), outside)


def assert_same_pixels(a, b):
    assert (a.width, a.height) == (b.width, b.height)
    assert [n.id for n in a.walk()] == [n.id for n in b.walk()]
    for (one, outside), (other, other_outside) in zip(planes(a), planes(b), strict=True):
        area = one.tile_bounds() | other.tile_bounds()
        np.testing.assert_array_equal(seen(one, outside, area), seen(other, other_outside, area))
    for one, other in zip(a.walk(), b.walk(), strict=True):
        if isinstance(one.role, Pose):
            for p, q in zip(one.role.figures, other.role.figures, strict=True):
                np.testing.assert_allclose([(j.x, j.y) for j in p.joints], [(j.x, j.y) for j in q.joints])


def test_four_quarter_turns_are_the_document_bit_for_bit():
    state = turned = everything()
    for _ in range(4):
        turned = image_size.turned_quarters(turned, 1)
    assert_same_pixels(turned, state)
    assert_same_pixels(image_size.turned_quarters(turned, -1), image_size.turned_quarters(state, 3))
    assert image_size.turned_quarters(state, 4) is state


@pytest.mark.parametrize("axis", ["horizontal", "vertical"])
def test_two_flips_are_the_document_bit_for_bit(axis):
    state = everything()
    once = image_size.flipped(state, axis)
    assert_same_pixels(image_size.flipped(once, axis), state)
    expected = composite(state, state.rect)[:, ::-1] if axis == "horizontal" else composite(state, state.rect)[::-1]
    np.testing.assert_array_equal(composite(once, once.rect), expected)


def test_a_quarter_turn_turns_the_picture():
    state = everything()
    turned = image_size.turned_quarters(state, 1)
    np.testing.assert_array_equal(composite(turned, turned.rect), np.rot90(composite(state, state.rect), -1))


@settings(max_examples=15, deadline=None)
@given(st.integers(-200, 200), st.integers(-200, 200), st.integers(1, 500), st.integers(1, 500))
def test_cropping_shows_that_part_and_there_and_back_is_the_same(x, y, width, height):
    state = everything()
    rect = Rect(x, y, x + width, y + height)
    cropped = image_size.cropped(state, rect)
    np.testing.assert_array_equal(composite(cropped, cropped.rect), composite(state, rect))
    back = image_size.cropped(cropped, Rect(-x, -y, state.width - x, state.height - y))
    assert_same_pixels(back, state)


def test_cropping_can_delete_what_lies_outside():
    state = everything()
    rect = Rect(10, 10, 210, 110)
    kept, cut = image_size.cropped(state, rect), image_size.cropped(state, rect, "delete")
    np.testing.assert_array_equal(composite(cut, cut.rect), composite(kept, kept.rect))
    for node in cut.walk():
        if isinstance(node, Layer):
            assert cut.rect.contains(node.surface.content_bounds())
    assert not cut.rect.contains(next(n for n in kept.walk() if n.name == "paint").surface.content_bounds())


def test_deleting_what_lies_outside_the_present_canvas_is_a_step():
    state = everything()
    assert image_size.cropped(state, state.rect) is state
    assert image_size.cropped(state, state.rect, "delete") is not state


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [((0, 0), (0, 0)), ((1, 1), (-50, -25)), ((2, 2), (-100, -50)), ((2, 0), (-100, 0))],
)
def test_the_anchor_says_where_room_is_added(anchor, expected):
    rect = image_size.canvas_rect(everything(), 400, 250, anchor)
    assert (rect.x0, rect.y0) == expected
    assert rect.size == (400, 250)


def test_scaling_takes_everything_along():
    state = everything()
    small = image_size.scaled(state, 150, 100, Interpolation.BICUBIC)
    assert small.rect == Rect(0, 0, 150, 100)
    by_name = {node.name: node for node in small.walk()}
    assert by_name["paint"].surface.content_bounds().x0 <= -15
    assert by_name["paint"].mask.surface.content_bounds().x0 in (9, 10)
    assert by_name["group"].mask.outside == ONE
    assert by_name["mask"].surface.content_bounds().size[0] in range(20, 23)
    joint, before = by_name["pose"].role.figures[0].joints[0], state.layers[-1].role.figures[0].joints[0]
    assert (joint.x, joint.y) == pytest.approx((before.x / 2, before.y / 2))
    assert small.selection.content_bounds().width in range(50, 53)
    mean = composite(state, state.rect).astype(float).reshape(100, 2, 150, 2, 4).mean((1, 3))
    seen = composite(small, small.rect)
    assert np.abs(seen[3:-3, 3:-3] - mean[3:-3, 3:-3]).mean() < 4 * ONE / 255


def test_scaling_to_the_present_size_is_no_step():
    state = everything()
    assert image_size.scaled(state, 300, 200, Interpolation.LANCZOS) is state


def test_turning_by_an_angle_grows_the_canvas_around_the_picture():
    state = everything()
    turned = image_size.turned(state, 30, Interpolation.BILINEAR)
    assert turned.rect.size == image_size.turned_size(state, 30)
    assert turned.width == pytest.approx(300 * np.cos(np.pi / 6) + 200 * 0.5, abs=1)
    middle = composite(turned, turned.rect)[turned.height // 2, turned.width // 2]
    assert int(middle[3]) == ONE
    assert_same_pixels(image_size.turned(state, 180, Interpolation.BILINEAR), image_size.turned_quarters(state, 2))


def test_cropping_to_the_selection_selects_everything():
    cropped = image_size.cropped_to_selection(everything())
    assert cropped.rect.size == (100, 50)
    assert cropped.selection is None
    with pytest.raises(EditError, match="Nothing is selected"):
        image_size.cropped_to_selection(cropped)


def test_trimming_finds_what_is_visible_of_the_picture():
    state = everything()
    bare = replace(state, layers=state.layers[1:])
    assert image_size.picture_bounds(state) == state.rect
    assert image_size.picture_bounds(bare) == Rect(20, 20, 60, 60)
    with pytest.raises(EditError, match="empty"):
        image_size.picture_bounds(replace(state, layers=()))


@pytest.mark.parametrize("size", [(0, 10), (10, 30_001)])
def test_a_size_that_no_canvas_can_have_is_refused(size):
    with pytest.raises(EditError, match="30"):
        image_size.scaled(everything(), *size, Interpolation.BILINEAR)
    with pytest.raises(EditError, match="30"):
        image_size.cropped(everything(), Rect(0, 0, *size))
