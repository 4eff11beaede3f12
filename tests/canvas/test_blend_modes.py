"""All 27 blend modes against float64 twins of the published formulas."""

import numpy as np
import pixel_twins as twin
import pytest

from canvas import kernels
from canvas.blend_modes import BlendMode
from canvas.tiles import ONE

MODES = [mode for mode in BlendMode if mode is not BlendMode.PASS_THROUGH]


def blended(dst, src, opacity, mode, atop=False, x0=0, y0=0):
    out = dst.copy()
    kernels.blend(out, src, round(opacity * ONE), ONE, int(mode), int(atop), x0, y0)
    return out


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.mark.parametrize("mode", [m for m in MODES if m is not BlendMode.DISSOLVE], ids=lambda m: m.name)
@pytest.mark.parametrize("atop", [False, True], ids=["over", "atop"])
def test_every_mode_equals_its_formula_to_within_half_a_step_of_8_bits(mode, atop, rng):
    dst, src = twin.random_pixels(rng), twin.random_pixels(rng)
    for opacity in (1.0, 0.37):
        error = np.abs(blended(dst, src, opacity, mode, atop) - twin.blend(dst, src, opacity, mode, atop))
        assert error[~twin.on_a_jump(dst, src, mode)].max() <= twin.STEP_8BIT / 2


@pytest.mark.parametrize("mode", MODES, ids=lambda m: m.name)
def test_colour_never_exceeds_alpha_nor_alpha_one(mode, rng):
    dst, src = twin.random_pixels(rng), twin.random_pixels(rng)
    for atop in (False, True):
        out = blended(dst, src, 0.8, mode, atop)
        assert (out[..., :3] <= out[..., 3:]).all()
        assert out[..., 3].max() <= ONE


@pytest.mark.parametrize("mode", MODES, ids=lambda m: m.name)
def test_what_is_transparent_changes_nothing_and_clipping_keeps_the_alpha(mode, rng):
    dst, src = twin.random_pixels(rng), twin.random_pixels(rng)
    out = blended(dst, src, 1.0, mode)
    np.testing.assert_array_equal(out[src[..., 3] == 0], dst[src[..., 3] == 0])
    np.testing.assert_array_equal(blended(dst, src, 1.0, mode, atop=True)[..., 3], dst[..., 3])


def test_hard_mix_decides_complementary_8_bit_colours_by_the_backdrop(rng):
    value = np.arange(256)
    dst = np.full((1, 256, 4), ONE, np.uint16)
    src = dst.copy()
    dst[0, :, :3] = np.rint(value / 255 * ONE)[:, None]
    src[0, :, :3] = np.rint((255 - value) / 255 * ONE)[:, None]
    out = blended(dst, src, 1.0, BlendMode.HARD_MIX)
    np.testing.assert_array_equal(out[0, :, 0], np.where(value >= 128, ONE, 0))


@pytest.mark.parametrize(
    ("mode", "backdrop", "source", "expected"),
    [
        (BlendMode.VIVID_LIGHT, 1.0, 0.0, 0.0),  # the source wins; plain burn keeps a white backdrop
        (BlendMode.COLOR_BURN, 1.0, 0.0, 1.0),
        (BlendMode.VIVID_LIGHT, 0.0, 1.0, 1.0),  # and plain dodge a black one
        (BlendMode.COLOR_DODGE, 0.0, 1.0, 0.0),
        (BlendMode.SOFT_LIGHT, 0.16, 0.9, 0.16 + 0.8 * (((16 * 0.16 - 12) * 0.16 + 4) * 0.16 - 0.16)),
        (BlendMode.SOFT_LIGHT, 0.64, 0.9, 0.64 + 0.8 * (0.8 - 0.64)),
        (BlendMode.DIVIDE, 0.25, 0.5, 0.5),
        (BlendMode.SUBTRACT, 0.25, 0.5, 0.0),
        (BlendMode.LINEAR_BURN, 0.75, 0.5, 0.25),
    ],
)
def test_single_values_are_photoshops(mode, backdrop, source, expected):
    dst, src = np.full((1, 1, 4), ONE, np.uint16), np.full((1, 1, 4), ONE, np.uint16)
    dst[..., :3], src[..., :3] = round(backdrop * ONE), round(source * ONE)
    assert blended(dst, src, 1.0, mode)[0, 0, 0] / ONE == pytest.approx(expected, abs=1e-3)


def test_the_fast_path_for_normal_equals_the_general_one(rng):
    dst, src = twin.random_pixels(rng), twin.random_pixels(rng)
    fast = dst.copy()
    kernels.over(fast, src, round(0.6 * ONE))
    assert np.abs(fast.astype(int) - blended(dst, src, 0.6, BlendMode.NORMAL)).max() <= 1
    assert (fast[..., :3] <= fast[..., 3:]).all()


def test_normal_at_full_opacity_is_exact_over_and_under_opaque_pixels(rng):
    dst, src = twin.random_opaque(rng), twin.random_opaque(rng)
    src[:64] = 0
    out = dst.copy()
    kernels.over(out, src, ONE)
    np.testing.assert_array_equal(out[:64], dst[:64])
    np.testing.assert_array_equal(out[64:], src[64:])


def test_dissolve_shows_whole_pixels_as_often_as_alpha_says_and_never_flickers():
    dst, src = np.zeros((128, 128, 4), np.uint16), np.zeros((128, 128, 4), np.uint16)
    src[..., 0], src[..., 3] = ONE // 4, ONE // 2
    out = blended(dst, src, 0.5, BlendMode.DISSOLVE)
    shown = out[..., 3] == ONE
    assert set(np.unique(out[..., 3])) == {0, ONE}
    assert shown.mean() == pytest.approx(0.25, abs=0.02)
    assert np.abs(out[shown][:, 0].astype(int) - ONE // 2).max() <= 1
    # The same document pixels, come upon from another corner:
    shifted = blended(dst, src, 0.5, BlendMode.DISSOLVE, x0=50, y0=-20)
    np.testing.assert_array_equal(shifted[20:, :78], out[:108, 50:])
