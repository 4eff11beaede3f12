"""Resampling under affine and projective mappings: exact where it can be, close to a slow float64 twin elsewhere."""

import numpy as np
import pixel_twins as twin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas import fill
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.kernels import warping
from canvas.tiles import ONE, TILE_PX, Surface
from canvas.transform import (
    IDENTITY,
    Interpolation,
    Lossless,
    Projective,
    Stopped,
    Work,
    resampled,
    shifted,
    turned,
    weights,
)

STEP_8BIT = ONE / 255
SMOOTH = (Interpolation.BILINEAR, Interpolation.BICUBIC, Interpolation.LANCZOS)


def noise(rng, width=150, height=170, x=-20, y=30):
    return Surface.from_pixels(twin.random_pixels(rng, (height, width)), x, y)


def blob(side=100, x=0, y=0, channels=4):
    """A soft coloured blob in the middle of a square."""
    v, u = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    alpha = np.exp(-(u**2 + v**2) / (2 * (side / 7) ** 2)) * ONE
    colour = [0.9, 0.4, 0.1, 1.0] if channels == 4 else [1.0]
    return Surface.from_pixels(np.rint(alpha[..., None] * colour).astype(np.uint16), x, y)


def reference(surface, mapping, interpolation, target):
    """What `target` shows, in float64, one tap after the other; without prefilter, for what does not shrink."""
    reach = {"bilinear": 1, "bicubic": 2, "lanczos": 3}[interpolation]
    bounds = surface.tile_bounds().grown(8)
    pixels = surface.read(bounds).astype(np.float64)
    v, u = np.mgrid[target.y0 : target.y1, target.x0 : target.x1] + 0.5
    points = np.linalg.inv(mapping.array()) @ np.stack([u.ravel(), v.ravel(), np.ones(u.size)])
    x, y = points[0] / points[2] - bounds.x0, points[1] / points[2] - bounds.y0
    total, sums = np.zeros((x.size, surface.channels)), np.zeros((x.size, 1))
    first_x, first_y = np.floor(x - 0.5).astype(int), np.floor(y - 0.5).astype(int)
    for dy in range(1 - reach, reach + 1):
        for dx in range(1 - reach, reach + 1):
            i, j = first_x + dx, first_y + dy
            w = weights(interpolation, np.abs(i + 0.5 - x)) * weights(interpolation, np.abs(j + 0.5 - y))
            inside = (i >= 0) & (j >= 0) & (i < bounds.width) & (j < bounds.height)
            total[inside] += w[inside, None] * pixels[j[inside], i[inside]]
            sums += w[:, None]
    total = np.clip(total / sums, 0, ONE)
    total = np.minimum(total, total[:, -1:])
    return total.reshape(target.height, target.width, surface.channels)


def assert_close(surface, mapping, interpolation, target, steps=1.5):
    seen = resampled(surface, mapping, interpolation).read(target)
    expected = reference(surface, mapping, interpolation, target)
    assert np.abs(seen - expected).max() <= steps * STEP_8BIT
    if surface.channels == 4:
        assert (seen[..., :3] <= seen[..., 3:]).all()


# Exact


def test_nothing_changed_is_the_same_object():
    surface = blob()
    for interpolation in Interpolation:
        assert resampled(surface, IDENTITY, interpolation) is surface


def test_whole_tiles_are_shared_when_moved():
    surface = blob()
    moved = resampled(surface, Projective.shift(3 * TILE_PX, -TILE_PX), Interpolation.BICUBIC)
    assert all(moved.tiles[x + 3, y - 1] is tile for (x, y), tile in surface.tiles.items())


@settings(max_examples=30, deadline=None)
@given(st.integers(-300, 300), st.integers(-300, 300))
def test_moving_shifts_every_pixel(dx, dy):
    surface = noise(np.random.default_rng(1))
    moved = shifted(surface, dx, dy)
    area = surface.content_bounds()
    np.testing.assert_array_equal(moved.read(area.moved(dx, dy)), surface.read(area))
    assert moved.content_bounds() == area.moved(dx, dy)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 190), st.integers(1, 190), st.integers(-400, 400), st.integers(-400, 400))
def test_four_quarter_turns_and_two_flips_change_nothing(width, height, x, y):
    surface = noise(np.random.default_rng(2), width, height, x, y)
    area = surface.content_bounds().grown(3)
    quarter = Projective.turn(90).about(x, y + 7)
    turns = surface
    for _ in range(4):
        turns = resampled(turns, quarter, Interpolation.LANCZOS)
    np.testing.assert_array_equal(turns.read(area), surface.read(area))
    for mirror in (Projective.scale(-1, 1), Projective.scale(1, -1)):
        flip = mirror.about(x + 4, y)
        once = resampled(surface, flip, Interpolation.BICUBIC)
        np.testing.assert_array_equal(resampled(once, flip, Interpolation.BICUBIC).read(area), surface.read(area))


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (Projective.turn(90), lambda p: np.rot90(p, -1)),
        (Projective.turn(180), lambda p: np.rot90(p, 2)),
        (Projective.turn(-90), lambda p: np.rot90(p, 1)),
        (Projective.scale(-1, 1), np.fliplr),
        (Projective.scale(1, -1), np.flipud),
        (Projective.linear(0, 1, 1, 0), lambda p: p.transpose(1, 0, 2)),
    ],
)
def test_quarter_turns_and_mirrors_are_those_of_numpy(mapping, expected):
    pixels = twin.random_pixels(np.random.default_rng(3), (90, 170))
    area = mapping.reach(Rect(0, 0, 170, 90))
    assert mapping.lossless() is not None
    np.testing.assert_array_equal(turned(Surface.from_pixels(pixels), mapping.lossless()).read(area), expected(pixels))


def test_tiles_that_look_alike_stay_one_object():
    white = fill.solid(Rect(0, 0, 512, 512), (1, 1, 1))
    assert len({id(tile) for tile in turned(white, Lossless(0, -1, 1, 0, 0, 0)).tiles.values()}) == 1
    inside = resampled(fill.solid(Rect(0, 0, 1536, 1536), (1, 1, 1)), Projective.turn(20), Interpolation.BICUBIC)
    assert len({id(tile) for tile in inside.tiles.values()}) < 0.8 * len(inside.tiles)


# Close to the reference


@pytest.mark.parametrize("interpolation", SMOOTH)
@pytest.mark.parametrize(
    "mapping",
    [
        Projective.turn(27.5).about(50, 50),
        Projective.scale(2.3, 1.7).then(Projective.shift(0.37, -11.21)),
        Projective.shift(0.5, 0.25),
        Projective.scale(2.0, 1.6).then(Projective.turn(-63)),
        Projective.between((0, 0, 100, 100), ((-20, -15), (190, 10), (175, 200), (-45, 165))),
    ],
)
def test_a_soft_blob_equals_the_float_reference(interpolation, mapping):
    target = mapping.reach(Rect(0, 0, 100, 100)).grown(8)
    assert_close(blob(), mapping, interpolation, target)


@pytest.mark.parametrize("interpolation", SMOOTH)
def test_a_mask_is_resampled_like_alpha(interpolation):
    mapping = Projective.scale(1.3, 0.9).then(Projective.turn(40))
    assert_close(blob(channels=1), mapping, interpolation, mapping.reach(Rect(0, 0, 100, 100)).grown(8))


@pytest.mark.parametrize("interpolation", SMOOTH)
def test_noise_equals_the_float_reference_and_no_colour_exceeds_its_alpha(interpolation):
    surface = noise(np.random.default_rng(4))
    mapping = Projective.turn(33).then(Projective.shift(50.3, 20.9))
    assert_close(surface, mapping, interpolation, mapping.reach(surface.content_bounds()).grown(4), steps=0.5)


def test_nearest_makes_no_new_colours():
    surface = noise(np.random.default_rng(5))
    mapping = Projective.scale(3, 3)
    seen = resampled(surface, mapping, Interpolation.NEAREST).read(Rect(-60, 90, 390, 600))
    original = surface.read(Rect(-20, 30, 130, 200))
    np.testing.assert_array_equal(seen, original.repeat(3, axis=0).repeat(3, axis=1))


@pytest.mark.parametrize("interpolation", SMOOTH)
@pytest.mark.parametrize(("across", "down"), [(5, 5), (4, 1), (1, 8), (10, 10)])
def test_shrinking_comes_close_to_the_mean_of_what_it_covers(interpolation, across, down):
    """Stripes one pixel wide would alias into broad bands without a prefilter; here they become even grey."""
    side = 400
    pixels = np.zeros((side, side, 4), np.uint16)
    pixels[..., 3] = ONE
    pixels[:: 2 if down > 1 else side + 1, :: 1 if across == 1 else 2, :3] = ONE
    if across > 1 and down > 1:
        pixels[1::2, 1::2, :3] = ONE
    mapping = Projective.scale(1 / across, 1 / down)
    seen = resampled(Surface.from_pixels(pixels), mapping, interpolation)
    inner = Rect(0, 0, side // across, side // down).grown(-4)
    mean = pixels.astype(float).reshape(side // down, down, side // across, across, 4).mean((1, 3))
    assert np.abs(seen.read(inner) - mean[4:-4, 4:-4]).max() <= 8 * STEP_8BIT


def test_shrinking_a_smooth_picture_equals_its_area_mean():
    surface = blob(side=600)
    for interpolation in SMOOTH:
        seen = resampled(surface, Projective.scale(0.2, 0.2), interpolation).read(Rect(0, 0, 120, 120))
        mean = surface.read(Rect(0, 0, 600, 600)).astype(float).reshape(120, 5, 120, 5, 4).mean((1, 3))
        assert np.abs(seen - mean).max() <= 1.5 * STEP_8BIT


# Perspective


def test_four_corners_go_where_they_are_put():
    quad = ((10.0, 20.0), (310.0, -40.0), (280.0, 300.0), (-60.0, 220.0))
    mapping = Projective.between((4000, 3000, 4200, 3100), quad)
    for corner, wanted in zip(((4000, 3000), (4200, 3000), (4200, 3100), (4000, 3100)), quad, strict=True):
        assert mapping.point(*corner) == pytest.approx(wanted)
        assert mapping.inverse().point(*wanted) == pytest.approx(corner)


def test_a_picture_in_perspective_fills_its_four_corners():
    white = fill.solid(Rect(0, 0, 256, 256), (1, 1, 1))
    quad = ((60.0, 40.0), (250.0, 90.0), (300.0, 290.0), (20.0, 210.0))
    seen = resampled(white, Projective.between((0, 0, 256, 256), quad), Interpolation.BICUBIC)
    bounds = seen.content_bounds()
    assert bounds.x0 == pytest.approx(20, abs=2)
    assert bounds.x1 == pytest.approx(300, abs=2)
    alpha = seen.read(Rect(0, 0, 320, 320))[..., 3]
    for x, y in quad:
        middle = (160 - x, 150 - y)
        inside = (round(x + middle[0] * 0.06), round(y + middle[1] * 0.06))
        outside = (round(x - middle[0] * 0.06), round(y - middle[1] * 0.06))
        assert alpha[inside[1], inside[0]] == ONE
        assert alpha[outside[1], outside[0]] == 0


@pytest.mark.parametrize(
    "quad",
    [
        ((0, 0), (100, 0), (200, 0), (0, 100)),
        ((0, 0), (100, 0), (20, 20), (0, 100)),
        ((0, 0), (100, 100), (100, 0), (0, 100)),
    ],
)
def test_corners_that_make_no_convex_shape_are_refused(quad):
    with pytest.raises(ValueError, match="corners"):
        Projective.between((0, 0, 100, 100), quad)


# Bounds


def test_what_would_not_fit_into_memory_is_refused():
    with pytest.raises(EditError, match="make it smaller"):
        resampled(blob(), Projective.scale(200, 200), Interpolation.BICUBIC)


def test_work_can_be_watched_and_called_off():
    work = Work()
    resampled(blob(600), Projective.turn(10), Interpolation.BILINEAR, work=work)
    assert work.done_tiles == work.expected_tiles > 0
    work.stopped = True
    with pytest.raises(Stopped):
        resampled(blob(600), Projective.turn(10), Interpolation.BILINEAR, work=work)


# Kernels


def test_places_of_a_projective_mapping_are_those_of_its_inverse():
    mapping = Projective.between((0, 0, 256, 256), ((0, 0), (300, 40), (280, 310), (10, 220)))
    where = mapping.places(Rect(128, 0, 256, 128))
    for row, column in ((0, 0), (60, 100), (127, 127)):
        x, y = 128 + column + 0.5, row + 0.5
        u, v = mapping.inverse().point(x, y)
        assert where[row, column, :2] == pytest.approx((u, v), abs=1e-3)
        step_x, step_y = (np.array(mapping.inverse().point(x + dx, y + dy)) - (u, v) for dx, dy in ((1, 0), (0, 1)))
        stretch = np.maximum(1.0, np.hypot(step_x, step_y))
        assert where[row, column, 2:] == pytest.approx(stretch, abs=0.02)


def test_the_extent_of_places_skips_what_shows_nothing():
    where = np.random.default_rng(6).random((128, 128, 4)).astype(np.float32)
    where[:5] = np.nan
    *edges, count = warping.extent(where)
    seen = where[5:].reshape(-1, 4)
    assert edges == pytest.approx([f(seen[:, i]) for i in range(4) for f in (np.min, np.max)])
    assert count == 123 * 128


def test_halving_takes_means_of_neighbours():
    pixels = twin.random_pixels(np.random.default_rng(7), (128, 128))
    across, down = np.empty((128, 64, 4), np.uint16), np.empty((64, 128, 4), np.uint16)
    warping.halve_across(across, pixels)
    warping.halve_down(down, pixels)
    np.testing.assert_array_equal(across, (pixels[:, ::2].astype(int) + pixels[:, 1::2] + 1) // 2)
    np.testing.assert_array_equal(down, (pixels[::2].astype(int) + pixels[1::2] + 1) // 2)
