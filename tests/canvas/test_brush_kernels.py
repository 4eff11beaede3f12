"""The kernels of the brush beside slow and obvious twins in float64."""

from math import cos, log2, sin

import numpy as np
import pixel_twins as twin
import pytest

from canvas import kernels
from canvas.brush_tips import Grain, Tip
from canvas.kernels.dab_table import (
    ANGLE,
    ARM,
    BLUE,
    CAP,
    DAB_COLUMNS,
    FLIPPED,
    FLOW,
    GREEN,
    HARDNESS,
    KEEP,
    RADIUS,
    RATE,
    RED,
    ROUNDNESS,
    TEXTURE,
    X,
    Y,
)  # fmt: skip
from canvas.kernels.dabs import BUILD_UP, WASH
from canvas.kernels.strokes import PAINT, PAINT_ATOP
from canvas.tiles import ONE

NO_TIP, NO_LEVELS = np.zeros((0, 0, 1), np.uint8), np.zeros((0, 2))
NO_SELECTION = np.zeros((0, 0, 1), np.uint16)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def dab(x=31.3, y=32.6, radius=10.0, **fields):
    row = np.zeros((1, DAB_COLUMNS))
    values = {X: x, Y: y, RADIUS: radius, HARDNESS: 1.0, FLOW: 1.0, CAP: 1.0, ROUNDNESS: 1.0}
    names = {
        "hardness": HARDNESS, "flow": FLOW, "cap": CAP, "angle": ANGLE, "roundness": ROUNDNESS, "texture": TEXTURE,
        "flipped": FLIPPED, "keep": KEEP, "rate": RATE, "red": RED, "green": GREEN, "blue": BLUE, "arm": ARM,
    }  # fmt: skip
    for column, value in {**values, **{names[name]: value for name, value in fields.items()}}.items():
        row[0, column] = value
    return row


def stamped(dabs, side=64, tip=None, grain=NO_TIP, whole=0):
    """The stamps, their boxes; as `Stamper` makes them."""
    boxes = kernels.place_stamps(dabs, 1.0 if tip is None else 2**0.5, 0, 0, side, side)
    stamps = np.full((1, 1, side * side * len(dabs)), 7, np.uint16)
    tips, levels = (NO_TIP, NO_LEVELS) if tip is None else (tip.pyramid, tip.levels)
    kernels.shape_dabs(stamps, dabs, boxes, tips, levels, grain, whole)
    return stamps, boxes


def shaped(one, side=64, **how):
    """The stamp of one dab in a picture, 0..1."""
    stamps, boxes = stamped(one, side, **how)
    mask = np.zeros((side, side, 1), np.uint16)
    kernels.lay_stamps(mask, stamps, one, boxes, 0, 0, WASH)
    return mask[..., 0] / ONE


def turned(one, side=64, n=8):
    """Coordinates of fine samples in the dab's own frame, in pixels."""
    v, u = np.mgrid[0 : side * n, 0 : side * n]
    dx, dy = (u + 0.5) / n - one[0, X], (v + 0.5) / n - one[0, Y]
    c, s = cos(one[0, ANGLE]), sin(one[0, ANGLE])
    return dx * c + dy * s, (dy * c - dx * s) / one[0, ROUNDNESS]


def pixel_means(samples, n=8):
    side = samples.shape[0] // n
    return samples.reshape(side, n, side, n).mean((1, 3))


@pytest.mark.parametrize(("radius", "hardness"), [(0.4, 1.0), (1.3, 0.9), (2.7, 0.5), (6.0, 1.0), (11.3, 0.8), (25, 0)])
def test_a_round_dab_covers_pixels_as_a_finely_sampled_one_does(radius, hardness):
    got = shaped(dab(radius=radius, hardness=hardness, cap=0.75))
    expected = twin.dab((64, 64), 31.3, 32.6, radius, hardness, 0.75)
    assert np.abs(got - expected).max() < 0.16
    assert got.sum() == pytest.approx(expected.sum(), rel=0.06)


@pytest.mark.parametrize(
    ("radius", "roundness", "hardness", "angle"),
    [(20, 0.5, 1.0, 0.0), (20, 0.2, 1.0, 0.7), (24, 0.7, 0.0, 2.0), (10, 0.1, 0.8, 1.2), (5, 0.4, 1.0, -0.4)],
)
def test_an_ellipse_does_too(radius, roundness, hardness, angle):
    one = dab(radius=radius, roundness=roundness, hardness=hardness, angle=angle)
    u, v = turned(one)
    t = np.clip((radius - np.hypot(u, v)) / max(1e-6, (1 - hardness) * radius), 0, 1)
    expected = pixel_means(t * t * (3 - 2 * t) if hardness < 1 else (np.hypot(u, v) <= radius).astype(float))
    got = shaped(one)
    assert np.abs(got - expected).max() < 0.25
    assert np.abs(got - expected).mean() < 0.01
    assert got.sum() == pytest.approx(expected.sum(), rel=0.08)


@pytest.mark.parametrize("flipped", [0.0, 1.0])
@pytest.mark.parametrize(("radius", "angle", "roundness"), [(16.0, 0.0, 1.0), (20.0, 0.6, 1.0), (6.0, 2.5, 0.6)])
def test_a_bitmap_is_sampled_where_it_lies(rng, radius, angle, roundness, flipped):
    picture = np.clip(twin_noise(rng) * 255, 0, 255).astype(np.uint8)
    tip, one = Tip(picture), dab(radius=radius, angle=angle, roundness=roundness, flipped=flipped)
    level = min(max(int(np.floor(log2(32 / (2 * radius)) + 0.5)), 0), len(tip.levels) - 1)
    top, side = (int(value) for value in tip.levels[level])
    texels = np.pad(tip.pyramid[top : top + side, :side, 0].astype(float), 1)
    u, v = turned(one, n=1)
    x, y = ((w * side / (2 * radius) + side / 2 - 0.5) for w in (-u if flipped else u, v))
    inside = (x > -1) & (y > -1) & (x < side) & (y < side)
    i, j = np.floor(np.where(inside, x, 0)).astype(int), np.floor(np.where(inside, y, 0)).astype(int)
    fx, fy = np.where(inside, x, 0) - i, np.where(inside, y, 0) - j
    i, j = i + 1, j + 1
    low = texels[j, i] * (1 - fx) + texels[j, i + 1] * fx
    high = texels[j + 1, i] * (1 - fx) + texels[j + 1, i + 1] * fx
    expected = np.where(inside, low * (1 - fy) + high * fy, 0) / 255
    if radius * roundness >= 3:
        assert np.abs(shaped(one, tip=tip) - expected).max() < 1e-3


def twin_noise(rng):
    coarse = rng.random((8, 8))
    return np.kron(coarse, np.ones((4, 4)))


def test_the_levels_of_a_tip_are_its_picture_again_and_again_smaller():
    tip = Tip(np.full((40, 20), 200, np.uint8))
    assert tip.levels[:, 1].tolist() == [40, 20, 10, 5, 2]
    for top, side in tip.levels.astype(int):
        part = tip.pyramid[top : top + side, :side, 0]
        assert part.mean() == pytest.approx(100, abs=12)


def test_grain_lets_a_light_touch_reach_the_heights_only(rng):
    grain = rng.integers(0, 256, (7, 9, 1)).astype(np.uint8)
    one = dab(radius=20, cap=0.4, texture=0.8)
    plain = shaped(dab(radius=20, cap=0.4))
    y, x = np.mgrid[0:64, 0:64]
    heights = grain[y % 7, x % 9, 0] / 255
    expected = np.clip(plain * 1.4 - 0.8 * (1 - heights), 0, 1)
    assert np.abs(shaped(one, grain=grain) - expected).max() < 1e-3


def test_a_scaled_grain_still_repeats_without_a_seam():
    wave = np.rint(127 + 120 * np.sin(np.arange(64) / 64 * 2 * np.pi))[None].repeat(64, 0).astype(np.uint8)
    for scale in (0.5, 1.0, 1.7):
        scaled = Grain(wave).scaled(scale)[..., 0].astype(int)
        assert scaled.shape == (round(64 * scale),) * 2
        steps = np.abs(np.diff(np.concatenate([scaled[0], scaled[0, :1]])))
        assert steps.max() < 260 / scaled.shape[1] * 4


def test_stamps_are_the_same_in_one_mask_or_cut_by_tile_borders():
    dabs = np.concatenate([dab(30.2, 31.9, 20.5, hardness=0.7, flow=0.6), dab(40, 20, 2, hardness=0.9, cap=0.5)])
    stamps, boxes = stamped(dabs)
    for rule in (WASH, BUILD_UP):
        whole = np.zeros((64, 64, 1), np.uint16)
        kernels.lay_stamps(whole, stamps, dabs, boxes, 0, 0, rule)
        for y in (0, 32):
            for x in (0, 32):
                part = np.zeros((32, 32, 1), np.uint16)
                kernels.lay_stamps(part, stamps, dabs, boxes, x, y, rule)
                np.testing.assert_array_equal(part, whole[y : y + 32, x : x + 32])


def test_the_tiles_that_boxes_touch_are_found_with_what_lies_on_each():
    dabs = np.concatenate([dab(30, 30, 10), dab(70, 33, 8), dab(500, 500, 9), dab(31, 90, 4)])
    boxes = kernels.place_stamps(dabs, 1.0, 0, 0, 128, 128)
    found = {(int(r[0]), int(r[1])): tuple(r[2:].astype(int)) for r in kernels.touched_tiles(boxes, 64)}
    assert found == {(0, 0): (19, 19, 64, 42), (1, 0): (64, 24, 79, 42), (0, 1): (26, 85, 36, 95)}


def test_wash_raises_a_mask_towards_the_dab_and_never_lowers_it():
    soft = dab(32.0, 32.0, 20.0, hardness=0.0, flow=0.25, cap=0.8)
    stamps, boxes = stamped(soft)
    mask, heights = np.zeros((64, 64, 1), np.uint16), []
    for _ in range(40):
        before = mask.copy()
        kernels.lay_stamps(mask, stamps, soft, boxes, 0, 0, WASH)
        assert (mask >= before).all()
        heights.append(int(mask.max()))
    assert heights[0] == pytest.approx(0.25 * 0.8 * ONE, rel=0.02)
    assert heights[-1] == pytest.approx(0.8 * ONE, rel=0.01)
    weak = dab(32.0, 32.0, 20.0, hardness=0.0, cap=0.1)
    assert kernels.lay_stamps(mask, *stamped(weak)[:1], weak, boxes, 0, 0, WASH) == 0


def test_build_up_is_paint_over_paint(rng):
    one = dab(32.0, 32.0, 25.0, hardness=0.3, flow=0.4)
    stamps, boxes = stamped(one)
    mask = rng.integers(0, ONE + 1, (64, 64, 1)).astype(np.uint16)
    before, profile = mask[..., 0] / ONE, shaped(dab(32.0, 32.0, 25.0, hardness=0.3))
    kernels.lay_stamps(mask, stamps, one, boxes, 0, 0, BUILD_UP)
    assert np.abs(mask[..., 0] / ONE - (before + (1 - before) * profile * 0.4)).max() < 1e-4


@pytest.mark.parametrize("rule", [WASH, BUILD_UP])
def test_coloured_paint_has_the_alpha_of_a_mask_and_the_colour_of_source_over(rng, rule):
    paint = twin.random_pixels(rng, (64, 64))
    one = dab(32.0, 32.0, 25.0, hardness=0.3, flow=0.4, red=1.0, green=0.25)
    stamps, boxes = stamped(one)
    straight, alpha = twin.to_float(paint)
    profile = shaped(dab(32.0, 32.0, 25.0, hardness=0.3))[..., None]
    cover = profile * 0.4
    over = cover + alpha * (1 - cover)
    expected_alpha = over if rule == BUILD_UP else np.maximum(alpha, alpha + (profile - alpha) * 0.4)
    share = np.divide(cover, over, out=np.zeros_like(over), where=over > 0)
    colour = (straight + (np.array([1.0, 0.25, 0.0]) - straight) * share) * expected_alpha
    kernels.lay_coloured(paint, stamps, one, boxes, 0, 0, rule)
    assert np.abs(paint[..., 3:] / ONE - expected_alpha).max() < 2e-4
    assert np.abs(paint[..., :3] / ONE - colour).max() < 1e-3


@pytest.mark.parametrize("mode", [PAINT, PAINT_ATOP])
def test_coloured_paint_goes_onto_a_tile_as_porter_and_duff_say(rng, mode):
    base, paint = twin.random_pixels(rng), twin.random_pixels(rng)
    selection = rng.choice([0, 9000, ONE], (128, 128, 1)).astype(np.uint16)
    out = np.empty_like(base)
    kernels.apply_paint(out, base, paint, selection, ONE // 2, mode)
    share = selection / ONE * 0.5
    ab = base[..., 3:] / ONE
    expected = paint * share * (ab if mode == PAINT_ATOP else 1) + base * (1 - paint[..., 3:] / ONE * share)
    assert np.abs(out - expected).max() <= 3
    assert (out[..., :3] <= out[..., 3:]).all()
    np.testing.assert_array_equal(out[selection[..., 0] == 0], base[selection[..., 0] == 0])
    if mode == PAINT_ATOP:
        np.testing.assert_array_equal(out[..., 3], base[..., 3])


def test_a_part_of_a_tile_is_written_as_the_whole_would_be_and_the_rest_is_left(rng):
    base, mask = twin.random_pixels(rng), rng.integers(0, ONE + 1, (128, 128, 1)).astype(np.uint16)
    whole, part = np.empty_like(base), np.zeros_like(base)
    kernels.apply_stroke(whole, base, mask, NO_SELECTION, ONE, 9, 5, ONE // 2, PAINT)
    kernels.apply_stroke_within(part, base, mask, NO_SELECTION, ONE, 9, 5, ONE // 2, PAINT, 17, 3, 99, 120)
    np.testing.assert_array_equal(part[3:120, 17:99], whole[3:120, 17:99])
    assert not part[:3].any()
    assert not part[:, 99:].any()


def test_a_value_moves_a_plane_by_mask_opacity_and_selection(rng):
    base, mask, selection = (rng.integers(0, ONE + 1, (128, 128, 1)).astype(np.uint16) for _ in range(3))
    out = np.empty_like(base)
    kernels.apply_value(out, base, mask, selection, ONE // 4, ONE // 2)
    cover = mask / ONE * (selection / ONE) * 0.5
    assert np.abs(out - (base + (ONE // 4 - base.astype(float)) * cover)).max() <= 2


def test_a_wet_edge_is_a_ridge_on_the_slope_of_the_mask():
    mask = np.linspace(0, ONE, 128).astype(np.uint16)[None, :, None].repeat(2, 0)
    out = np.empty_like(mask)
    kernels.wet_edges(out, mask, ONE // 2)
    m = mask / ONE
    t = np.where(m < 0.5, m / 0.5, (1 - m) / 0.5)
    assert np.abs(out / ONE - (m + (t * t * (3 - 2 * t) - m) * 0.5)).max() < 1e-3
    kernels.wet_edges(out, mask, 0)
    np.testing.assert_array_equal(out, mask)


@pytest.mark.parametrize(("channels", "atop"), [(1, 0), (4, 0), (4, 1)])
def test_smudging_is_done_dab_by_dab_as_told(rng, channels, atop):
    pixels = twin.random_pixels(rng, (64, 64))[..., :channels].copy()
    dabs = np.concatenate(
        [
            dab(20.3 + 3 * i, 30.1 + i, 9, hardness=0.4, flow=0.8, keep=0.6, rate=0.2, red=0.7, green=0.1)
            for i in range(6)
        ]
    )
    stamps, boxes = stamped(dabs)
    expected, carried = pixels.astype(float), np.zeros((0, 0, channels))
    own = np.array([0.7, 0.1, 0.0, 1.0][:channels]) * ONE
    known: dict[tuple[int, int], np.ndarray] = {}
    for i, (start, left, top, width, height) in enumerate(boxes.astype(int).tolist()):
        middle, fresh = (int(dabs[i, X]), int(dabs[i, Y])), {}
        for y in range(top, top + height):
            for x in range(left, left + width):
                place = (x - middle[0], y - middle[1])
                here = expected[y, x].copy()
                carried = here + (known[place] - here) * 0.6 if place in known else here
                fresh[place] = carried
                laid = carried + (own - carried) * 0.2
                m = stamps[0, 0, start + (y - top) * width + x - left] / ONE * 0.8
                if atop:
                    if laid[3] <= 0 or here[3] <= 0:
                        continue
                    m *= laid[3] / ONE
                    laid = laid * here[3] / laid[3]
                expected[y, x] = here + (laid - here) * m
        known = fresh
    before = pixels.copy()
    kernels.smudge(
        pixels, pixels, np.zeros((30, 30, channels), np.float32), np.zeros((1, 4)), stamps, dabs, boxes, NO_SELECTION,
        0, 0, atop,
    )  # fmt: skip
    assert np.abs(pixels - expected).max() <= 12
    if atop:
        np.testing.assert_array_equal(pixels[..., 3], before[..., 3])


def test_smudging_in_one_call_or_several_is_the_same(rng):
    dabs = np.concatenate([dab(15.3 + 3 * i, 30.1, 9, hardness=0.4, keep=0.7) for i in range(10)])
    start = twin.random_pixels(rng, (64, 64))
    results = []
    for cut in (10, 4):
        pixels, carried, held = start.copy(), np.zeros((30, 30, 4), np.float32), np.zeros((1, 4))
        for part in (dabs[:cut], dabs[cut:]):
            stamps, boxes = stamped(part)
            kernels.smudge(pixels, pixels, carried, held, stamps, part, boxes, NO_SELECTION, 0, 0, 0)
        results.append(pixels)
    np.testing.assert_array_equal(*results)
