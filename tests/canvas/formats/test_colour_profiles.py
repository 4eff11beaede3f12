"""Colours by a profile: as LittleCMS has them, there and back within a step, and no trust in what is damaged."""

from __future__ import annotations

import io

import numpy as np
import pytest
from icc_profiles import (
    ADOBE_RGB,
    DISPLAY_P3,
    PRO_PHOTO,
    gamma,
    grey_profile,
    ink_profile,
    rgb_profile,
    srgb_table,
    table,
)
from PIL import Image, ImageCms

from canvas.formats.colour_profiles import (
    applicable,
    can_be_embedded,
    cmyk_to_srgb,
    describe,
    from_srgb,
    in_effect_srgb,
    srgb_profile,
    to_srgb,
)
from canvas.formats.colour_spaces import cicp_profile, gamma_profile
from canvas.formats.icc import parsed
from canvas.formats.notes import Notes

PROFILES = {
    "Adobe RGB": rgb_profile("Like Adobe RGB", ADOBE_RGB, gamma(2.19921875)),
    "Display P3": rgb_profile("Like P3", DISPLAY_P3, srgb_table()),
    "ProPhoto": rgb_profile("Like ProPhoto", PRO_PHOTO, gamma(1.8)),
    "a table of few entries": rgb_profile("Steps", ADOBE_RGB, table(np.linspace(0, 1, 17) ** 1.9)),
    "P3 by number": cicp_profile(12, 13) or b"",
    "linear light": cicp_profile(1, 8) or b"",
}
every_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())


def colours(channels: int = 3) -> np.ndarray:
    """Random colours, all greys, and the corners of the cube."""
    rng = np.random.default_rng(7)
    random = rng.integers(0, 256, (60, 64, channels)).astype(np.uint8)
    grey = np.broadcast_to(np.arange(256, dtype=np.uint8).reshape(4, 64, 1), (4, 64, channels))
    corners = (np.arange(64)[None, :, None] >> np.arange(channels) & 1).astype(np.uint8) * 255
    return np.ascontiguousarray(np.concatenate([random, grey, corners]))


def by_littlecms(pixels: np.ndarray, source: bytes, target: bytes, mode: str = "RGB") -> np.ndarray:
    profiles = [ImageCms.ImageCmsProfile(io.BytesIO(data)) for data in (source, target)]
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.HIGHRESPRECALC
    transform = ImageCms.buildTransform(*profiles, mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC, flags)
    return np.asarray(transform.apply(Image.fromarray(pixels, mode)))


@every_profile
def test_colours_are_those_of_littlecms(profile):
    pixels = colours()
    there, back = to_srgb(pixels, profile), from_srgb(pixels, profile)
    assert there is not None
    assert back is not None
    assert np.abs(there.astype(int) - by_littlecms(pixels, profile, srgb_profile())).max() <= 1
    assert np.abs(back.astype(int) - by_littlecms(pixels, srgb_profile(), profile)).max() <= 1


@every_profile
def test_the_kernels_do_what_the_formula_says(profile):
    pixels = colours().astype(np.uint16) * 257
    source, srgb = parsed(profile), parsed(srgb_profile())
    light = np.stack([source.curves[c][pixels[..., c]] for c in range(3)], axis=-1)
    linear = np.clip(light @ (np.linalg.inv(srgb.colourants) @ source.colourants).T, 0, 1)
    wanted = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 65535
    seen = to_srgb(pixels, profile)
    assert seen is not None
    # Primaries are stored with 16 bits after the point, and white is kept exact: a few steps of 65535.
    assert np.abs(seen - wanted).max() < 25
    assert (seen[-1, 7::8] == 65535).all()


@every_profile
def test_8_bit_colours_that_srgb_has_come_back_within_a_step(profile):
    pixels = colours()
    there = to_srgb(pixels.astype(np.uint16) * 257, profile)
    assert there is not None
    within = ((there > 0) & (there < 65535)).all(axis=2)
    back = from_srgb(there, profile)
    assert back is not None
    assert within.sum() > 50
    assert np.abs(back / 257 - pixels)[within].max() <= 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_alpha_stays_and_so_does_the_type(dtype):
    pixels = np.random.default_rng(1).integers(0, np.iinfo(dtype).max + 1, (20, 30, 4)).astype(dtype)
    for convert in (to_srgb, from_srgb):
        seen = convert(pixels, PROFILES["ProPhoto"])
        assert seen.dtype == dtype
        assert (seen[..., 3] == pixels[..., 3]).all()
        assert (seen[..., :3] == convert(np.ascontiguousarray(pixels[..., :3]), PROFILES["ProPhoto"])).all()


SRGB = np.array(parsed(srgb_profile()).colourants)


@pytest.mark.parametrize(
    "profile",
    [
        srgb_profile(),
        rgb_profile("sRGB IEC61966-2.1", SRGB, srgb_table()),
        rgb_profile("coarse", SRGB, srgb_table(256)),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ],
    ids=["ours", "table", "coarse table", "LittleCMS"],
)
def test_what_is_srgb_in_effect_changes_nothing_and_is_not_mentioned(profile):
    notes = Notes()
    assert in_effect_srgb(profile)
    assert to_srgb(colours(), profile) is None
    assert (from_srgb(colours(), profile) == colours()).all()
    assert applicable(profile, "RGB", notes) is None
    assert notes.sentences == ()


def test_our_profile_is_small_and_the_same_every_time_and_others_know_it():
    assert srgb_profile() is srgb_profile()
    assert len(srgb_profile()) < 600
    assert ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))).strip() == "sRGB"
    pixels = colours()
    lcms = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.abs(by_littlecms(pixels, srgb_profile(), lcms).astype(int) - pixels).max() <= 1


def test_grey_goes_by_its_curve_and_stays_grey():
    # In the darkest greys LittleCMS itself is off by more than a step.
    profile = grey_profile("Dot gain", gamma(1.5))
    grey = np.repeat(np.arange(8, 256, dtype=np.uint8)[None, :, None], 3, axis=2)
    seen = to_srgb(grey, profile)
    assert seen is not None
    assert (seen == seen[..., :1]).all()
    assert (
        np.abs(seen[..., 0].astype(int) - by_littlecms(grey[..., 0], profile, srgb_profile(), "L")[..., 0]).max() <= 1
    )
    assert not can_be_embedded(profile)
    assert from_srgb(grey, profile) is None


def test_ink_goes_through_the_table_of_its_profile():
    profile, notes = ink_profile(), Notes()
    assert applicable(profile, "CMYK", notes) is profile
    assert notes.sentences == ("Its colours were converted from Ink to sRGB",)
    ink = np.array([[[0, 0, 0, 0], [0, 0, 0, 255], [255, 0, 0, 0], [0, 255, 0, 0]]], np.uint8)
    paper, black, cyan, magenta = cmyk_to_srgb(ink, profile)[0].astype(int)
    assert paper.min() > 250
    assert black.max() < 10
    assert cyan[2] > cyan[0] + 50
    assert magenta[0] > magenta[1] + 50
    assert not can_be_embedded(profile)
    assert to_srgb(colours(4), profile) is None


def test_ink_without_a_profile_subtracts_from_white():
    ink = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 0, 0, 255], [128, 0, 0, 128]]], np.uint8)
    assert cmyk_to_srgb(ink, None)[0].tolist() == [[255] * 3, [0, 255, 255], [0, 0, 0], [63, 127, 127]]
    assert (cmyk_to_srgb(ink, b"no profile") == cmyk_to_srgb(ink, None)).all()


def test_names_are_told():
    assert describe(PROFILES["Adobe RGB"]) == "Like Adobe RGB"
    assert describe(PROFILES["P3 by number"]) == "Display P3"
    assert describe(rgb_profile("a\nb\x07", ADOBE_RGB, gamma(2))) == "a b"
    assert describe(rgb_profile("", ADOBE_RGB, gamma(2))) == "an unnamed profile"


def test_a_conversion_is_remarked_and_can_be_undone_when_saving():
    notes = Notes()
    assert applicable(PROFILES["P3 by number"], "RGB", notes) is PROFILES["P3 by number"]
    assert notes.sentences == ("Its colours were converted from Display P3 to sRGB",)
    assert notes.lost == ()
    assert can_be_embedded(PROFILES["P3 by number"])


def bad_profiles() -> dict[str, bytes]:
    good = PROFILES["Adobe RGB"]
    nothing = np.zeros((3, 3))
    return {
        "empty": b"",
        "text": b"not a profile at all" * 20,
        "cut": good[:200],
        "too many tags": good[:128] + b"\xff\xff\xff\xff" + good[132:],
        "no colour": rgb_profile("x", nothing, gamma(2)),
        "flat curve": rgb_profile("x", ADOBE_RGB, gamma(0)),
        "falling curve": rgb_profile("x", ADOBE_RGB, table(np.linspace(1, 0, 9))),
        "long curve": rgb_profile("x", ADOBE_RGB, gamma(2)[:8] + b"\x7f\xff\xff\xff\0\0"),
        "unknown curve": rgb_profile("x", ADOBE_RGB, b"sf32" + bytes(20)),
        "no curve": good.replace(b"rTRC", b"xTRC"),
        "parametric nonsense": rgb_profile("x", ADOBE_RGB, b"para" + bytes(4) + b"\0\4" + bytes(2) + b"\x80\0\0\0" * 7),
        "a table of nothing": good.replace(b"wtpt", b"A2B0"),
        "huge": good + bytes(5 << 20),
        "a link": good[:12] + b"link" + good[16:],
        "ink without a table": good[:16] + b"CMYK" + good[20:],
    }


@pytest.mark.parametrize("profile", bad_profiles().values(), ids=bad_profiles().keys())
def test_a_damaged_profile_is_left_out_and_told(profile):
    notes = Notes()
    assert to_srgb(colours(), profile) is None
    assert from_srgb(colours(), profile) is None
    assert not can_be_embedded(profile)
    assert applicable(profile, "RGB", notes) is None
    assert notes.lost == ("Its colour profile is damaged and was ignored",)


def test_a_profile_for_other_values_is_left_out_and_told():
    notes = Notes()
    assert applicable(ink_profile(), "RGB", notes) is None
    assert applicable(PROFILES["Adobe RGB"], "CMYK", notes) is None
    assert all("is not one for such a picture" in sentence for sentence in notes.lost)


def test_singular_primaries_are_read_but_never_written():
    flat = rgb_profile("flat", np.full((3, 3), 0.3), gamma(2))
    assert to_srgb(colours(), flat) is not None
    assert not can_be_embedded(flat)


def test_gamma_and_primaries_of_a_png_that_mean_srgb_say_nothing():
    srgb = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
    assert gamma_profile(0.45455, None) is None
    assert gamma_profile(0.45455, srgb) is None
    assert gamma_profile(0.45455, (0.0,) * 8) is None
    assert gamma_profile(1e9, srgb) is None
    linear = gamma_profile(1.0, srgb)
    assert linear is not None
    assert to_srgb(np.full((1, 1, 3), 128, np.uint8), linear)[0, 0].tolist() == [188] * 3
