"""Fill, Photoshop's second opacity: another opacity in most modes, in eight a pull towards what changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pixel_twins as twin
import pytest

from canvas import edits, kernels, merging
from canvas.blend_modes import FILLS_APART, BlendMode
from canvas.compositor import composite
from canvas.filters.values import HueSaturation, Invert
from canvas.geometry import Rect
from canvas.layers import Adjustment, Group, Layer, LayerId, LayerMask
from canvas.projection import Projection
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface

SIDE = TILE_PX
RECT = Rect(0, 0, SIDE, SIDE)
APART = sorted(FILLS_APART)
OTHERS = [m for m in BlendMode if m not in FILLS_APART and m not in (BlendMode.PASS_THROUGH, BlendMode.DISSOLVE)]


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def layer(pixels, name="layer", **values):
    return Layer(name, surface=Surface.from_pixels(pixels), **values)


def picture(*nodes):
    return composite(DocumentState(SIDE, SIDE, nodes), RECT)


def one_colour(value):
    pixels = np.full((SIDE, SIDE, 4), ONE, np.uint16)
    pixels[..., :3] = round(value * ONE)
    return pixels


def test_the_special_modes_are_the_eight_that_photoshop_has():
    names = "COLOR_BURN LINEAR_BURN COLOR_DODGE LINEAR_DODGE VIVID_LIGHT LINEAR_LIGHT HARD_MIX DIFFERENCE"
    assert {mode.name for mode in FILLS_APART} == set(names.split())


@pytest.mark.parametrize("mode", APART, ids=lambda m: m.name)
@pytest.mark.parametrize("atop", [False, True], ids=["over", "atop"])
def test_the_kernel_equals_its_formula_to_within_half_a_step_of_8_bits(mode, atop, rng):
    dst, src = twin.random_pixels(rng), twin.random_pixels(rng)
    for opacity, fill in ((1.0, 0.5), (0.37, 0.8), (0.9, 0.1)):
        out = dst.copy()
        kernels.blend(out, src, round(opacity * ONE), round(fill * ONE), int(mode), int(atop), 0, 0)
        fill = round(fill * ONE) / ONE
        error = np.abs(out - twin.blend(dst, src, opacity, mode, atop, fill))
        jump = twin.on_a_jump(dst, src, mode) & (mode is not BlendMode.HARD_MIX)
        assert error[~jump].max() <= twin.STEP_8BIT / 2
        assert (out[..., :3] <= out[..., 3:]).all()
        assert out[..., 3].max() <= ONE


@pytest.mark.parametrize("mode", [*APART, *OTHERS], ids=lambda m: m.name)
def test_no_fill_is_no_layer(mode, rng):
    below = layer(twin.random_pixels(rng))
    above = layer(twin.random_pixels(rng), blend=mode, fill=0.0)
    np.testing.assert_array_equal(picture(below, above), picture(below))
    out = below.surface.tiles[0, 0].copy()
    if mode in FILLS_APART:
        kernels.blend(out, above.surface.tiles[0, 0], ONE, 0, int(mode), 0, 0, 0)
        assert np.abs(out.astype(int) - below.surface.tiles[0, 0]).max() <= 1


@pytest.mark.parametrize("mode", OTHERS, ids=lambda m: m.name)
def test_in_the_other_modes_fill_is_opacity(mode, rng):
    below, above = layer(twin.random_pixels(rng)), layer(twin.random_pixels(rng), blend=mode, opacity=0.8)
    once, twice = picture(below, replace(above, fill=0.5)), picture(below, replace(above, opacity=0.4))
    np.testing.assert_array_equal(once, twice)


@pytest.mark.parametrize("mode", APART, ids=lambda m: m.name)
def test_in_the_special_modes_it_is_not(mode, rng):
    below, above = layer(one_colour(0.55)), layer(one_colour(0.8), blend=mode)
    by_fill, by_opacity = picture(below, replace(above, fill=0.5)), picture(below, replace(above, opacity=0.5))
    # Where nothing is cut off, sums are the same either way.
    same = mode in (BlendMode.LINEAR_BURN, BlendMode.DIFFERENCE)
    assert (np.abs(by_fill.astype(int) - by_opacity).max() > ONE // 50) is not same


@pytest.mark.parametrize(
    ("mode", "backdrop", "source", "fill", "expected"),
    [
        (BlendMode.LINEAR_BURN, 0.5, 0.0, 0.25, 0.25),  # 0.5 + (1 - 0.25) - 1
        (BlendMode.LINEAR_DODGE, 0.25, 1.0, 0.5, 0.75),
        (BlendMode.LINEAR_LIGHT, 0.5, 1.0, 0.25, 0.75),
        (BlendMode.COLOR_DODGE, 0.25, 1.0, 0.5, 0.5),
        (BlendMode.COLOR_BURN, 0.75, 0.0, 0.5, 0.5),
        (BlendMode.VIVID_LIGHT, 0.25, 1.0, 0.5, 0.5),
        (BlendMode.DIFFERENCE, 0.25, 1.0, 0.5, 0.25),
        (BlendMode.HARD_MIX, 0.6, 0.5, 0.5, 0.7),  # at half fill: linear light with the layers exchanged
    ],
)
def test_single_values_are_photoshops(mode, backdrop, source, fill, expected):
    out = picture(layer(one_colour(backdrop)), layer(one_colour(source), blend=mode, fill=fill))
    assert out[0, 0, 0] / ONE == pytest.approx(expected, abs=1e-3)


def test_over_nothing_a_special_layer_shows_as_much_of_itself_as_its_fill(rng):
    pixels = twin.random_pixels(rng)
    out = picture(layer(pixels, blend=BlendMode.LINEAR_DODGE, fill=0.5))
    assert np.abs(out - pixels * 0.5).max() <= 1


@pytest.mark.parametrize("mode", [BlendMode.LINEAR_DODGE, BlendMode.HARD_MIX, BlendMode.COLOR_BURN])
def test_groups_clipped_layers_and_bases_of_clips_have_their_fill(mode, rng):
    below, lower, upper = (twin.random_opaque(rng) for _ in range(3))
    mask = rng.choice([0, 9000, ONE], (SIDE, SIDE, 1)).astype(np.uint16)

    def close(nodes, expected):
        assert np.abs(picture(*nodes) - expected).max() <= twin.STEP_8BIT

    group = Group("group", children=(layer(lower), layer(upper, opacity=0.5)), blend=mode, fill=0.5, opacity=0.75)
    close((layer(below), group), twin.blend(below, twin.blend(lower, upper, 0.5), 0.75, mode, fill=0.5))
    clipped = layer(upper, blend=mode, clip=True, fill=0.5)
    close((layer(lower), clipped), twin.blend(lower, upper, 1.0, mode, atop=True, fill=0.5))
    base = layer(lower, blend=mode, fill=0.5, mask=LayerMask(Surface.from_pixels(mask)))
    inside = twin.blend(lower * (mask / ONE), upper, 1.0, atop=True)
    close((layer(below), base, layer(upper, clip=True)), twin.blend(below, inside, 1.0, mode, fill=0.5))


def test_an_adjustment_has_its_fill_alone_and_with_what_is_clipped_to_it(rng):
    below, upper = twin.random_opaque(rng), twin.random_opaque(rng)
    inverted = np.concatenate([ONE - below[..., :3], below[..., 3:]], -1)
    adjustment = Adjustment("invert", Invert(), blend=BlendMode.LINEAR_LIGHT, fill=0.5, opacity=0.5)
    after = twin.blend(below, inverted, 1.0, BlendMode.LINEAR_LIGHT, fill=0.5)
    assert np.abs(picture(layer(below), adjustment) - (after + below) / 2).max() <= twin.STEP_8BIT
    clipped = layer(upper, clip=True, opacity=0.5)
    both = (twin.blend(after, upper, 0.5, atop=True) + below) / 2
    assert np.abs(picture(layer(below), adjustment, clipped) - both).max() <= twin.STEP_8BIT


def test_pass_through_groups_take_fill_as_opacity(rng):
    below, upper = layer(twin.random_opaque(rng)), layer(twin.random_opaque(rng), blend=BlendMode.DIFFERENCE)
    by_fill = picture(below, Group("group", children=(upper,), fill=0.5, opacity=0.5))
    np.testing.assert_array_equal(by_fill, picture(below, Group("group", children=(upper,), opacity=0.25)))


def test_what_painting_shows_is_the_picture(rng):
    """The projection merges what lies around the active layer: a special group keeps its fill there."""
    group = Group("g", children=(layer(twin.random_pixels(rng)),), blend=BlendMode.VIVID_LIGHT, fill=0.4, opacity=0.9)
    active = layer(twin.random_pixels(rng), "active", blend=BlendMode.COLOR_DODGE, fill=0.7)
    top = layer(twin.random_pixels(rng), blend=BlendMode.HARD_MIX, fill=0.3)
    again = replace(group, id=LayerId("again"))
    state = DocumentState(SIDE, SIDE, (layer(twin.random_opaque(rng)), group, active, again, top))
    projection = Projection()
    projection.update(state, active.id)
    np.testing.assert_array_equal(projection.tile((0, 0)), composite(state, RECT))


def test_merging_keeps_the_look(rng):
    below = layer(twin.random_opaque(rng), "below", fill=0.5)
    above = layer(twin.random_pixels(rng), "above", blend=BlendMode.LINEAR_BURN, fill=0.5, opacity=0.9)
    state = DocumentState(SIDE, SIDE, (below, above))
    before = composite(state, RECT)
    (down,) = edits.merge_down(state, above.id).layers
    assert (down.opacity, down.fill) == (1.0, 1.0)
    for after in (
        edits.merge_down(state, above.id),
        merging.merge(state, (below.id, above.id)),
        merging.flatten(state),
    ):
        np.testing.assert_array_equal(composite(after, RECT), before)


def test_merging_a_group_keeps_its_fill(rng):
    inner = layer(twin.random_opaque(rng), blend=BlendMode.DIFFERENCE, fill=0.5)
    group = Group("g", children=(layer(twin.random_opaque(rng)), inner), blend=BlendMode.COLOR_DODGE, fill=0.6)
    state = DocumentState(SIDE, SIDE, (layer(twin.random_opaque(rng)), group))
    merged = merging.merge_group(state, group.id)
    assert merged.layers[1].fill == 0.6
    assert np.abs(composite(merged, RECT).astype(int) - composite(state, RECT)).max() <= 1


def test_setting_it_is_an_edit_of_one_value(rng):
    state = DocumentState(SIDE, SIDE, (layer(twin.random_opaque(rng)), Adjustment("hue", HueSaturation())))
    for node in state.layers:
        changed = edits.set_fill(state, node.id, 0.25)
        assert changed.find(node.id).fill == 0.25
        assert edits.set_fill(changed, node.id, 0.25) is changed
    with pytest.raises(ValueError, match="between 0 and 1"):
        edits.set_fill(state, state.layers[0].id, 1.5)
