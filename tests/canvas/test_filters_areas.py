"""Blurs and sharpening against slow float64 twins, what a filter may change, and filters applied in slices."""

import numpy as np
import pixel_twins as twin
import pytest

from canvas.filters import values as f
from canvas.filters.areas import Picture, line_kernel, prepared
from canvas.filters.running import FilterRun
from canvas.filters.targets import BLOCK_PX, Target
from canvas.geometry import Rect
from canvas.tiles import ONE, TILE_PX, Surface, tile_rect

SIDE = 150
WHOLE = Rect(0, 0, SIDE, SIDE)


def correlated(pixels, kernel):
    """Every pixel as the weighted sum of those around it, the edge repeated, in float64."""
    height, width = kernel.shape
    wide = np.pad(pixels.astype(np.float64), ((height // 2,) * 2, (width // 2,) * 2, (0, 0)), mode="edge")
    out = np.zeros(pixels.shape)
    for y in range(height):
        for x in range(width):
            if kernel[y, x]:
                out += kernel[y, x] * wide[y : y + pixels.shape[0], x : x + pixels.shape[1]]
    return out


def slow_gaussian(pixels, radius):
    x = np.arange(-int(6 * radius) - 1, int(6 * radius) + 2)
    kernel = np.exp(-(x**2) / (2 * radius**2))
    kernel /= kernel.sum()
    return correlated(correlated(pixels, kernel[None, :]), kernel[:, None])


def slow_sharpened(pixels, soft, amount, threshold):
    straight, alpha = twin.to_float(pixels)
    about = soft[..., 3:] / ONE
    other = np.divide(soft[..., :3] / ONE, about, out=straight.copy(), where=about > 0)
    difference = np.where(np.abs(straight - other) >= threshold, straight - other, 0.0)
    colour = np.clip(straight + amount * difference, 0, 1) * alpha
    return np.concatenate([colour, alpha], -1) * ONE


def picture(pixels):
    height, width = pixels.shape[:2]
    return Picture(lambda r: pixels[r.y0 : r.y1, r.x0 : r.x1].copy(), Rect(0, 0, width, height))


def pictures():
    """Noise with transparent parts, the finest stripes, an edge."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    yield twin.random_pixels(np.random.default_rng(1), (SIDE, SIDE))
    for drawn in ((x + y) % 2 == 0, x % 3 == 0, x > 70, (x == 0) | (y == SIDE - 1)):
        yield (drawn[..., None] * np.array([ONE, ONE // 2, 0, ONE])).astype(np.uint16)


@pytest.mark.parametrize("radius", [0.3, 2.0, 5.0, 9.0, 40.0])
def test_a_gaussian_blur_is_one_at_any_radius(radius):
    for pixels in pictures():
        out = prepared(f.GaussianBlur(radius), picture(pixels))(WHOLE)
        assert np.abs(out - slow_gaussian(pixels, radius)).max() < twin.STEP_8BIT / 4
        assert (out[..., :3] <= out[..., 3:]).all()


@pytest.mark.parametrize(
    ("value", "kernel"),
    [
        (f.BoxBlur(3), np.full((7, 7), 1 / 49)),
        (f.MotionBlur(30.0, 9.0), line_kernel(30.0, 9.0)),
        (f.MotionBlur(-120.0, 31.5), line_kernel(-120.0, 31.5)),
    ],
)
def test_other_blurs_are_their_weighted_means(value, kernel):
    for pixels in pictures():
        out = prepared(value, picture(pixels))(WHOLE)
        assert np.abs(out - correlated(pixels, kernel)).max() < twin.STEP_8BIT / 4
        assert (out[..., :3] <= out[..., 3:]).all()


def test_motion_runs_along_its_angle():
    level, rising = line_kernel(0.0, 9.0), line_kernel(45.0, 9.0)
    middle = level.shape[0] // 2
    assert level[middle].sum() == pytest.approx(1.0)
    assert (level[middle] > 0).sum() in (9, 11)
    assert rising[middle - 2, middle + 2] > 0.05 > rising[middle + 2, middle + 2]


def test_sharpening_leaves_alpha_and_follows_its_formula():
    cross = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 4
    for pixels in pictures():
        for value, soft, amount, threshold in (
            (f.UnsharpMask(1.5, 2.0, 0.0), slow_gaussian(pixels, 2.0), 1.5, 0.0),
            (f.UnsharpMask(3.0, 6.0, 0.3), slow_gaussian(pixels, 6.0), 3.0, 0.3),
            (f.Sharpen(0.5), correlated(pixels, cross), 2.0, 0.0),
        ):
            out = prepared(value, picture(pixels))(WHOLE)
            np.testing.assert_array_equal(out[..., 3], pixels[..., 3])
            straight, alpha = twin.to_float(pixels)
            about = np.maximum(soft[..., 3:], 1)
            unsure = np.abs(np.abs(straight - soft[..., :3] / about) - threshold) < 2e-3
            # Of nearly transparent neighbours the colour is known to few digits only.
            unsure = (unsure & (threshold > 0)) | (about < 0.02 * ONE) | (alpha == 0)
            error = np.abs(out[..., :3] - slow_sharpened(pixels, soft, amount, threshold)[..., :3])
            assert error[~unsure].max() < twin.STEP_8BIT


def test_any_part_is_cut_from_the_whole():
    pixels = twin.random_pixels(np.random.default_rng(3), (SIDE, SIDE))
    part = Rect(31, 17, 98, 150)
    for value in (f.GaussianBlur(2.0), f.GaussianBlur(7.0), f.GaussianBlur(30.0), f.BoxBlur(5), f.Sharpen()):
        read = prepared(value, picture(pixels))
        np.testing.assert_array_equal(read(part), read(WHOLE)[17:150, 31:98])


def layer_surface(rng, side=2 * TILE_PX):
    return Surface.from_pixels(twin.random_pixels(rng, (side, side)))


def applied(target, value):
    run = FilterRun(target)
    run.use(value)
    return run.finish()


CANVAS = Rect(0, 0, 2 * TILE_PX, 2 * TILE_PX)


class TestTarget:
    def test_a_filled_canvas_stays_opaque_to_its_edges(self):
        surface = Surface.from_pixels(twin.random_opaque(np.random.default_rng(1), (200, 200)))
        canvas = Rect(0, 0, 200, 200)
        for value in (f.GaussianBlur(5.0), f.GaussianBlur(60.0), f.BoxBlur(9), f.MotionBlur(20.0, 30.0)):
            out = applied(Target(surface, canvas), value)
            assert (out.read(canvas)[..., 3] == ONE).all()
            assert canvas.contains(out.content_bounds())

    def test_a_blurred_spot_spreads_into_tiles_it_did_not_have_and_keeps_its_sum(self):
        spot = Surface.from_pixels(np.full((6, 6, 4), ONE, np.uint16), 125, 60)
        out = applied(Target(spot, CANVAS), f.GaussianBlur(4.0))
        assert {(0, 0), (1, 0)} <= out.tiles.keys()
        assert out.read(CANVAS).sum() == pytest.approx(spot.read(CANVAS).sum(), rel=1e-3)

    def test_what_sticks_out_of_the_canvas_is_filtered_with_it(self):
        spot = Surface.from_pixels(np.full((40, 40, 4), ONE, np.uint16), -20, 50)
        out = applied(Target(spot, CANVAS), f.GaussianBlur(3.0))
        row = out.read(Rect(-40, 70, 40, 71))[0, :, 3]
        np.testing.assert_allclose(row.astype(int), row[::-1], atol=2)
        assert row[0] == 0 < row[15] < ONE

    @pytest.mark.parametrize("value", [f.GaussianBlur(6.0), f.BoxBlur(4), f.Invert(), f.Noise(0.5), f.Sharpen()])
    def test_a_locked_alpha_is_kept(self, value):
        surface = layer_surface(np.random.default_rng(2))
        out = applied(Target(surface, CANVAS, alpha_locked=True), value)
        before, after = surface.read(CANVAS), out.read(CANVAS)
        np.testing.assert_array_equal(after[..., 3], before[..., 3])
        assert (after[..., :3] <= after[..., 3:]).all()
        assert (after != before).any()

    def test_blurred_under_a_locked_alpha_a_flat_colour_stays_itself(self):
        pixels = np.zeros((80, 80, 4), np.uint16)
        pixels[20:60, 20:60] = [ONE // 2, ONE // 4, 0, ONE]
        target = Target(Surface.from_pixels(pixels), Rect(0, 0, 80, 80), alpha_locked=True)
        out = applied(target, f.GaussianBlur(3.0)).read(Rect(0, 0, 80, 80))
        np.testing.assert_allclose(out.astype(int), pixels, atol=3)

    @pytest.mark.parametrize("value", [f.Invert(), f.GaussianBlur(5.0)])
    def test_a_feathered_selection_fades_the_filter(self, value):
        rng = np.random.default_rng(4)
        surface = layer_surface(rng)
        weight = np.zeros((TILE_PX, TILE_PX, 1), np.uint16)
        weight[:, 40:80, 0] = np.linspace(0, ONE, 40).astype(np.uint16)
        weight[:, 80:] = ONE
        selection = Surface({(0, 1): weight}, 1)
        before, whole = (s.read(CANVAS) for s in (surface, applied(Target(surface, CANVAS), value)))
        out = applied(Target(surface, CANVAS, selection), value).read(CANVAS)
        share = selection.read(CANVAS) / ONE
        assert np.abs(out - (before * (1 - share) + whole * share)).max() <= 1
        assert (out[:TILE_PX] == before[:TILE_PX]).all()

    def test_a_mask_is_a_grey_with_a_value_outside_its_tiles(self):
        mask = Surface({(0, 0): np.zeros((TILE_PX, TILE_PX, 1), np.uint16)}, 1)
        out = applied(Target(mask, CANVAS, outside=ONE), f.Invert())
        assert (out.tiles[0, 0] == ONE).all()
        assert all((out.tiles[key] == 0).all() for key in ((1, 0), (0, 1), (1, 1)))
        blurred = applied(Target(mask, CANVAS, outside=ONE), f.GaussianBlur(4.0)).tiles[1, 1][..., 0]
        assert 0 < blurred[0, 0] < ONE == blurred[100, 100]
        assert (np.diff(blurred[0].astype(int)) >= 0).all()

    def test_nothing_to_filter_is_nothing(self):
        for value in (f.GaussianBlur(5.0), f.Invert()):
            assert not applied(Target(Surface.blank(), CANVAS), value).tiles


class TestRun:
    def wide(self, side=3 * BLOCK_PX):
        tile = np.full((TILE_PX, TILE_PX, 4), ONE // 2, np.uint16)
        tile[..., 3] = ONE
        tile.flags.writeable = False
        rect = Rect(0, 0, side, side)
        return Target(Surface(dict.fromkeys(rect.tile_keys(TILE_PX), tile)), rect)

    def test_what_is_in_sight_comes_first_and_the_rest_follows(self):
        target = self.wide()
        run = FilterRun(target)
        seen = Rect(2 * BLOCK_PX, BLOCK_PX, 3 * BLOCK_PX, 2 * BLOCK_PX)
        run.look_at(seen)
        run.use(f.Noise(0.5))
        assert run.advance(0.0)
        changed = target.surface.changed_tiles(run.surface)
        assert set(seen.tile_keys(TILE_PX)) <= changed
        assert 0 < run.progress < 1
        assert not run.done
        while not run.done:
            run.advance(0.0)
        assert run.surface.changed_tiles(target.surface) == set(target.surface.tiles)
        assert not run.advance(1.0)
        run.close()

    def test_other_settings_reach_every_block_and_none_brings_back_what_was_there(self):
        target = self.wide()
        run = FilterRun(target)
        run.use(f.Noise(0.1))
        run.advance(0.0)
        run.use(f.Noise(0.9))
        out = run.finish()
        np.testing.assert_array_equal(out.tiles[5, 7], applied(target, f.Noise(0.9)).tiles[5, 7])
        run.use(None)
        assert not run.surface.changed_tiles(target.surface)

    def test_a_smaller_blur_leaves_nothing_of_the_larger_one(self):
        spot = Surface.from_pixels(np.full((6, 6, 4), ONE, np.uint16), 60, 60)
        target = Target(spot, Rect(0, 0, 600, 600))
        run = FilterRun(target)
        for radius in (50.0, 2.0):
            run.use(f.GaussianBlur(radius))
            out = run.finish()
        assert out.tiles.keys() == applied(target, f.GaussianBlur(2.0)).tiles.keys() == {(0, 0)}

    def test_a_published_surface_stays_as_it_was(self):
        target = self.wide(BLOCK_PX)
        run = FilterRun(target)
        run.use(f.Invert())
        run.advance(1.0)
        first = run.surface
        kept = first.read(tile_rect((0, 0)))
        run.use(f.Threshold(0.1))
        run.advance(1.0)
        np.testing.assert_array_equal(first.read(tile_rect((0, 0))), kept)
        run.close()
