"""Point filters: every kernel against a slow float64 twin, and what an artist expects of each filter's ends."""

import filter_twins
import numpy as np
import pixel_twins as twin
import pytest

from canvas.filters import values as f
from canvas.filters.points import recoloured
from canvas.filters.storing import NAMES, filter_from_dict, filter_to_dict
from canvas.tiles import ONE

BENT = ((0.0, 0.1), (0.4, 0.7), (0.8, 0.75), (1.0, 1.0))


def random_filters(rng):
    """One of each kind with random settings."""

    def signed():
        return float(rng.uniform(-1, 1))

    def tones():
        low, high = sorted(rng.uniform(0, 1, 2))
        return f.Tones(low * 0.5, float(2 ** rng.uniform(-2, 2)), 0.5 + high * 0.5, rng.uniform(), rng.uniform())

    def balance():
        return f.Balance(signed(), signed(), signed())

    return [
        f.Levels(tones(), tones(), tones(), tones()),
        f.Curves(BENT, blue=((0.0, 1.0), (1.0, rng.uniform()))),
        f.HueSaturation(180 * signed(), signed(), signed()),
        f.HueSaturation(180 * signed(), rng.uniform(), signed(), colourise=True),
        f.BrightnessContrast(signed(), 0.9 * signed()),
        f.ColourBalance(balance(), balance(), balance(), preserve_luminosity=bool(rng.random() < 0.5)),
        f.Invert(),
        *(f.Desaturate(method) for method in f.Grey),
        f.Posterise(int(rng.integers(2, 256))),
        f.Threshold(rng.uniform()),
    ]


def jumps(value, straight):
    """Where the filter's result jumps within what rounding can move."""
    if isinstance(value, f.Posterise):
        return (np.abs(straight * value.levels - np.rint(straight * value.levels)) < 1e-2).any(-1)
    if isinstance(value, f.Threshold):
        return (np.abs(twin.lum(straight) - value.level) < 1e-3).any(-1)
    return np.zeros(straight.shape[:2], bool)


@pytest.mark.parametrize("seed", range(4))
def test_every_filter_gives_the_colours_of_its_formula(seed):
    rng = np.random.default_rng(seed)
    pixels = twin.random_pixels(rng, (48, 48))
    straight, alpha = twin.to_float(pixels)
    for value in random_filters(rng):
        out = recoloured(value, pixels, 0, 0)
        np.testing.assert_array_equal(out[..., 3:], np.where(alpha > 0, ONE, 0))
        error = np.abs(out[..., :3] / ONE - filter_twins.filtered(value, straight)) * alpha
        assert error[~jumps(value, straight)].max() < 1 / 255, value
        assert not out[alpha[..., 0] == 0].any()


@pytest.mark.parametrize(
    "value",
    [
        *(f.Levels(), f.Curves(), f.HueSaturation(), f.BrightnessContrast(), f.ColourBalance(), f.Noise(0.0)),
        *(f.UnknownFilter("{}"), f.ColourBalance(preserve_luminosity=False)),
    ],
)
def test_a_filter_as_it_first_comes_leaves_opaque_colours_exactly_as_they_are(value):
    pixels = twin.random_opaque(np.random.default_rng(1), (40, 40))
    np.testing.assert_array_equal(recoloured(value, pixels, 3, 4), pixels)


def test_inverting_twice_is_the_picture_and_greys_are_grey():
    pixels = twin.random_opaque(np.random.default_rng(2), (40, 40))
    np.testing.assert_array_equal(recoloured(f.Invert(), recoloured(f.Invert(), pixels, 0, 0), 0, 0), pixels)
    for grey in (f.HueSaturation(saturation=-1.0), f.Desaturate(), f.Threshold()):
        out = recoloured(grey, pixels, 0, 0)
        assert (out[..., :1] == out[..., :3]).all()
    white = np.full((1, 1, 4), ONE, np.uint16)
    assert recoloured(f.Threshold(1.0), white, 0, 0)[0, 0, 0] == ONE


def test_full_saturation_saturates_whatever_has_a_hue():
    pixels = np.array([[[20000, 16000, 16000, ONE], [16000, 16000, 16000, ONE]]], np.uint16)
    out = recoloured(f.HueSaturation(saturation=1.0), pixels, 0, 0)
    assert out[0, 0, 1] == out[0, 0, 2] == pytest.approx(36000 - ONE, abs=2)
    assert out[0, 0, 0] == ONE
    np.testing.assert_array_equal(out[0, 1], pixels[0, 1])


class TestNoise:
    PIXELS = np.full((64, 64, 4), ONE // 2, np.uint16)
    PIXELS[..., 3] = ONE

    def test_it_is_even_within_its_amount_and_different_in_every_channel(self):
        shift = (recoloured(f.Noise(0.2), self.PIXELS, 0, 0)[..., :3].astype(float) - ONE // 2) / ONE
        assert 0.195 < np.abs(shift).max() <= 0.2001
        assert abs(shift.mean()) < 0.005
        assert shift.std() == pytest.approx(0.2 / np.sqrt(3), rel=0.05)
        assert abs(np.corrcoef(shift.reshape(-1, 3).T) - np.eye(3)).max() < 0.1

    def test_monochrome_noise_is_the_same_in_all_channels(self):
        out = recoloured(f.Noise(0.5, monochrome=True), self.PIXELS, 0, 0)
        assert (out[..., :1] == out[..., :3]).all()

    def test_a_place_of_the_document_has_its_noise_wherever_tiles_begin(self):
        whole = recoloured(f.Noise(0.3), self.PIXELS, 100, -20)
        part = recoloured(f.Noise(0.3), np.ascontiguousarray(self.PIXELS[10:, 7:]), 107, -10)
        np.testing.assert_array_equal(whole[10:, 7:], part)


class TestValues:
    def test_every_filter_comes_back_from_its_json(self):
        import json

        every = [*random_filters(np.random.default_rng(3)), f.Noise(0.3, monochrome=True)]
        assert {type(value) for value in every} == set(NAMES.values())
        for value in every:
            assert filter_from_dict(json.loads(json.dumps(filter_to_dict(value)))) == value

    def test_a_filter_of_a_newer_file_is_kept_word_for_word(self):
        data = {"filter": "glow", "strength": [1, {"a": None}]}
        kept = filter_from_dict(data)
        assert isinstance(kept, f.UnknownFilter)
        assert filter_to_dict(kept) == data

    @pytest.mark.parametrize(
        "data",
        [
            {"filter": "levels", "rgb": {"black": 0.9, "white": 0.1}},
            {"filter": "levels", "shine": 3},
            {"filter": "curves", "rgb": [[0.5, 0.5], [0.5, 0.6]]},
            {"filter": "posterise", "levels": "many"},
            {"filter": "desaturate", "method": "squint"},
            {"filter": "hue-saturation", "hue": 720},
        ],
    )
    def test_damage_is_named(self, data):
        with pytest.raises(ValueError, match=f"the {data['filter']} filter of an adjustment is damaged"):
            filter_from_dict(data)
