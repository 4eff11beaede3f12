"""Drafts from reduced layers: near enough to the picture, and as new as it."""

from dataclasses import replace

import numpy as np
import pixel_twins as twin
import pytest
from test_compositor import document, random_mask, random_surface

from canvas import kernels
from canvas.blend_modes import BlendMode
from canvas.compositor import compile_program, composite, run
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask
from canvas.mips import Mips, reduced_key
from canvas.tiles import ONE, TILE_PX, Surface


def draft(mips, state, level, key=(0, 0)):
    """The reduced picture of the first tiles, float 0..1; transparent where nothing is."""
    (tile,) = run(mips.reduced(compile_program(state), level), key)
    return np.zeros((TILE_PX, TILE_PX, 4)) if tile is None else tile / ONE


def mean(state, level):
    """What a draft should be near: the mean of the exact picture."""
    side = TILE_PX << level
    n = 1 << level
    return composite(state, Rect(0, 0, side, side)).reshape(TILE_PX, n, TILE_PX, n, 4).mean((1, 3)) / ONE


@pytest.fixture
def rng():
    return np.random.default_rng(21)


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("channels", [1, 4])
def test_shrinking_takes_rounded_means_of_blocks(level, channels, rng):
    src = rng.integers(0, ONE + 1, (TILE_PX, TILE_PX, channels)).astype(np.uint16)
    out = np.full((TILE_PX, TILE_PX, channels), 7, np.uint16)
    side, n = TILE_PX >> level, 1 << level
    kernels.shrink_into(out, src, side, 0, level)
    expected = src.reshape(side, n, side, n, channels).mean((1, 3))
    assert np.abs(out[:side, side : 2 * side] - expected).max() <= 0.5
    assert (out[side:] == 7).all()
    assert (out[:side, :side] == 7).all()


@pytest.mark.parametrize("level", [1, 2])
def test_a_draft_of_normal_layers_is_the_mean_of_the_picture(level, rng):
    """Blending smooth layers and averaging them may be swapped, but for the last digits."""
    soft = Surface.from_pixels(np.full((300, 300, 4), [ONE // 3, ONE // 5, 0, ONE // 2], np.uint16), 20, 20)
    state = document(
        Layer("a", surface=Surface.from_pixels(twin.random_opaque(rng, (512, 512)))),
        Group("g", blend=BlendMode.NORMAL, opacity=0.7, children=(Layer("b", surface=soft), Layer("c", surface=soft))),
        side=512,
    )
    assert np.abs(draft(Mips(), state, level) - mean(state, level)).max() < 0.02


@pytest.mark.parametrize("outside", [0, ONE])
def test_masks_are_reduced_with_what_lies_outside_them(outside):
    full = Surface.from_pixels(np.full((512, 512, 4), ONE, np.uint16))
    tile = np.full((TILE_PX, TILE_PX, 1), ONE - outside, np.uint16)
    masked = Layer("a", surface=full, mask=LayerMask(Surface({(1, 0): tile}, 1), outside=outside))
    state = document(masked, side=512)
    np.testing.assert_array_equal(draft(Mips(), state, 2), mean(state, 2))


def test_a_draft_follows_every_change_and_computes_only_what_changed(rng, monkeypatch):
    state = document(*(Layer(f"{i}", surface=random_surface(rng), mask=random_mask(rng)) for i in range(3)))
    mips = Mips()
    draft(mips, state, 1)
    shrunk = []
    shrink = kernels.shrink_into
    monkeypatch.setattr(kernels, "shrink_into", lambda *a: shrunk.append(1) or shrink(*a))
    draft(mips, replace(state), 1)
    assert not shrunk
    layer = state.layers[1]
    edit = layer.surface.edit()
    edit.writable((0, 0))[...] = ONE
    painted = state.replaced(layer.id, lambda n: replace(n, surface=edit.freeze()))
    np.testing.assert_array_equal(draft(mips, painted, 1), draft(Mips(), painted, 1))
    hidden = painted.replaced(layer.id, lambda n: replace(n, visible=False))
    np.testing.assert_array_equal(draft(mips, hidden, 1), draft(Mips(), hidden, 1))
    shrunk.clear()
    np.testing.assert_array_equal(draft(mips, painted, 1), draft(Mips(), painted, 1))
    assert len(shrunk) < 14  # the fresh twin's; the hidden layer's own were kept


def test_tiles_are_found_by_the_ones_they_cover_also_left_of_the_origin():
    assert [reduced_key(key, 2) for key in [(0, 0), (3, 4), (-1, -5)]] == [(0, 0), (0, 1), (-1, -2)]


def test_reduced_layers_take_no_more_memory_than_allowed(rng):
    full = Surface.from_pixels(twin.random_opaque(rng, (512, 512)))
    state = document(*(Layer(f"{i}", surface=full) for i in range(6)), side=512)
    mips = Mips(budget_bytes=3 * TILE_PX * TILE_PX * 8)
    for _ in range(3):
        draft(mips, state, 2)
        mips.reduced(compile_program(state), 2)
        assert mips.size_bytes() <= 3 * TILE_PX * TILE_PX * 8
