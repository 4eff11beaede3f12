"""Layer masks: what they show, what becomes of them, and what they are as a selection."""

from dataclasses import replace

import numpy as np
import pixel_twins as twin
import pytest

from canvas import edits, layer_masks
from canvas.compositor import composite
from canvas.edits import EditError
from canvas.fill import solid
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerId, LayerMask
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

A = LayerId("a")


def soft_mask(outside=0):
    values = np.random.default_rng(3).integers(0, ONE + 1, (100, 150, 1)).astype(np.uint16)
    return LayerMask(Surface.from_pixels(values, 30, 20), outside)


@pytest.fixture
def state():
    return DocumentState(200, 150, (Layer("a", A, solid(Rect(0, 0, 200, 150), (1.0, 0.0, 0.0))),))


def alpha(state):
    return composite(state, state.rect)[..., 3]


def test_a_new_mask_shows_all_or_nothing_or_what_is_selected(state):
    assert (alpha(layer_masks.add(state, A, layer_masks.revealing())) == ONE).all()
    assert not alpha(layer_masks.add(state, A, layer_masks.hiding())).any()
    selection = Surface.from_pixels(np.full((20, 30, 1), ONE // 2, np.uint16), 110, 50)
    selected = edits.set_selection(state, selection)
    shown = layer_masks.add(selected, A, layer_masks.showing_selected(selected))
    np.testing.assert_array_equal(alpha(shown), selection.read(state.rect)[..., 0])
    hidden = layer_masks.add(selected, A, layer_masks.inverted(layer_masks.showing_selected(selected)))
    np.testing.assert_array_equal(alpha(hidden), ONE - selection.read(state.rect)[..., 0])


def test_inverting_twice_is_the_same_and_untouched_tiles_cost_nothing(state):
    mask = soft_mask()
    masked = layer_masks.add(state, A, mask)
    once = layer_masks.invert(masked, A)
    np.testing.assert_array_equal(alpha(once), ONE - alpha(masked))
    np.testing.assert_array_equal(alpha(layer_masks.invert(once, A)), alpha(masked))
    assert len(once.find(A).mask.surface.tiles) == len(mask.surface.tiles)


@pytest.mark.parametrize("outside", [0, ONE])
def test_applying_keeps_the_picture_and_takes_the_mask_away(state, outside):
    masked = layer_masks.add(state, A, soft_mask(outside))
    applied = layer_masks.apply(masked, A)
    assert applied.find(A).mask is None
    difference = np.abs(composite(masked, state.rect).astype(int) - composite(applied, state.rect))
    assert difference.max() < twin.STEP_8BIT / 2


def test_applying_a_mask_that_hides_all_leaves_no_tiles(state):
    applied = layer_masks.apply(layer_masks.add(state, A, layer_masks.hiding()), A)
    assert not applied.find(A).surface.tiles


def test_a_mask_that_is_off_hides_nothing_and_is_not_applied(state):
    off = layer_masks.set_enabled(layer_masks.add(state, A, layer_masks.hiding()), A, False)
    assert (alpha(off) == ONE).all()
    with pytest.raises(EditError, match="is off"):
        layer_masks.apply(off, A)
    assert not alpha(layer_masks.set_enabled(off, A, True)).any()


@pytest.mark.parametrize("outside", [0, ONE])
def test_as_a_selection_it_is_what_it_shows_within_the_document(state, outside):
    mask = soft_mask(outside)
    selection = layer_masks.as_selection(mask, state.rect)
    shown = alpha(layer_masks.add(state, A, mask))
    np.testing.assert_array_equal(selection.read(state.rect)[..., 0], shown)
    assert state.rect.contains(selection.content_bounds())


def test_what_cannot_be_says_why(state):
    masked = layer_masks.add(state, A, layer_masks.revealing())
    with pytest.raises(EditError, match="has a mask already"):
        layer_masks.add(masked, A, layer_masks.hiding())
    for act in (layer_masks.remove, layer_masks.apply, layer_masks.invert):
        with pytest.raises(EditError, match="“a” has no mask"):
            act(state, A)
        with pytest.raises(EditError, match="“a” is locked"):
            act(edits.set_locked(masked, A, True), A)
    with pytest.raises(EditError, match="Nothing is selected"):
        layer_masks.showing_selected(state)
    group = DocumentState(9, 9, (Group("g", A, mask=layer_masks.hiding()),))
    with pytest.raises(EditError, match="no pixels of its own"):
        layer_masks.apply(group, A)


def test_groups_have_masks_too(state):
    grouped = edits.group(state, [A], "g")
    group = grouped.layers[0].id
    assert not alpha(layer_masks.add(grouped, group, layer_masks.hiding())).any()
    assert alpha(replace(grouped)).any()
