"""Warping by a grid: handles lie on the picture, the mesh is the patch, and what is not bent is not changed."""

import numpy as np
import pytest

from canvas import fill
from canvas.geometry import Rect
from canvas.kernels import warping
from canvas.tiles import ONE, Surface
from canvas.transform import Interpolation, Projective, resampled
from canvas.warp import Warped, basis, even_grid, patch_point, pulled

BOX = (20.0, 30.0, 220.0, 190.0)


def gradient():
    """Red grows to the right, green downwards, opaque in the box."""
    v, u = np.mgrid[0:160, 0:200]
    pixels = np.stack([u / 200, v / 160, np.zeros_like(u, float), np.ones_like(u, float)], axis=-1)
    return Surface.from_pixels(np.rint(pixels * ONE).astype(np.uint16), 20, 30)


@pytest.mark.parametrize("n", [3, 4])
def test_every_handle_lies_on_the_patch(n):
    rng = np.random.default_rng(1)
    grid = tuple((x + rng.normal(0, 15), y + rng.normal(0, 15)) for x, y in even_grid(BOX, n))
    warp = Warped(BOX, grid)
    for (home_x, home_y), handle in zip(even_grid(BOX, n), grid, strict=True):
        assert warp.point(home_x, home_y) == pytest.approx(handle)


def test_shares_of_the_handles_always_sum_to_one():
    assert basis(4, np.linspace(-0.1, 1.1, 20)).sum(axis=1) == pytest.approx(np.ones(20))


def test_a_grid_at_rest_changes_no_colour_by_a_visible_step():
    surface = gradient()
    seen = resampled(surface, Warped(BOX, even_grid(BOX, 4)), Interpolation.BICUBIC)
    inner = Rect(24, 34, 216, 186)
    assert np.abs(seen.read(inner).astype(int) - surface.read(inner)).max() <= 0.5 * ONE / 255


def test_a_grid_that_is_stretched_evenly_equals_the_affine_transform():
    scale = Projective.scale(1.4, 0.8).then(Projective.turn(20))
    grid = tuple(scale.point(x, y) for x, y in even_grid(BOX, 3))
    bent = resampled(gradient(), Warped(BOX, grid), Interpolation.BILINEAR)
    plain = resampled(gradient(), scale, Interpolation.BILINEAR)
    area = plain.tile_bounds()
    difference = np.abs(bent.read(area).astype(int) - plain.read(area))
    assert difference.max() <= 1.5 * ONE / 255


def test_colours_are_where_the_patch_takes_them():
    rng = np.random.default_rng(2)
    grid = tuple((x + rng.normal(0, 12), y + rng.normal(0, 12)) for x, y in even_grid(BOX, 4))
    after = Projective.turn(12).then(Projective.shift(40, -10))
    warp = Warped(BOX, grid, after)
    surface = gradient()
    seen = resampled(surface, warp, Interpolation.BILINEAR)
    for s, t in rng.uniform(0.1, 0.9, (40, 2)):
        u, v = 20 + 200 * s, 30 + 160 * t
        x, y = warp.point(u, v)
        i, j = int(np.floor(x)), int(np.floor(y))
        pixel = seen.read(Rect(i, j, i + 1, j + 1))[0, 0] / ONE
        assert pixel[:2] == pytest.approx([(u - 20.5) / 200, (v - 30.5) / 160], abs=0.015)
        assert pixel[3] == pytest.approx(1.0, abs=0.01)


def test_soft_edges_reach_beyond_the_box():
    """The last pixels fade as under any other transform: the mesh does not end at the edge of the box."""
    white = fill.solid(Rect(20, 30, 220, 190), (1, 1, 1))
    grid = tuple((x + 0.5, y) for x, y in even_grid(BOX, 4))
    seen = resampled(white, Warped(BOX, grid), Interpolation.BILINEAR).read(Rect(18, 100, 24, 101))[0, :, 3]
    assert seen / ONE == pytest.approx([0, 0, 0.5, 1, 1, 1], abs=0.01)


def test_pulling_a_place_moves_it_there_and_the_far_handles_least():
    grid = even_grid(BOX, 4)
    before = patch_point(grid, 0.2, 0.3)
    after = pulled(grid, 0.2, 0.3, 25.0, -10.0)
    assert patch_point(after, 0.2, 0.3) == pytest.approx((before[0] + 25.0, before[1] - 10.0))
    moves = [np.hypot(a[0] - b[0], a[1] - b[1]) for a, b in zip(after, grid, strict=True)]
    assert moves[-1] < max(moves) / 5


def test_a_bent_tile_lies_within_the_reach_that_is_told():
    rng = np.random.default_rng(3)
    grid = tuple((x + rng.normal(0, 30), y + rng.normal(0, 30)) for x, y in even_grid(BOX, 4))
    warp = Warped(BOX, grid)
    part = Rect(60, 50, 128, 128)
    reach = warp.reach(part)
    for s, t in rng.uniform(0, 1, (200, 2)):
        x, y = warp.point(part.x0 + part.width * s, part.y0 + part.height * t)
        assert reach.x0 - 1 <= x <= reach.x1 + 1
        assert reach.y0 - 1 <= y <= reach.y1 + 1


def test_the_mesh_leaves_no_crack_and_shows_the_later_cell_on_top():
    corners = np.array(
        [
            [0, 0, 0, 0], [64.3, 0, 10, 0], [128, 0, 20, 0],
            [0, 128, 0, 10], [61.7, 128, 10, 10], [128, 128, 20, 10],
        ],
        np.float64,
    )  # fmt: skip
    where = np.full((128, 128, 4), np.nan, np.float32)
    warping.draw_mesh(where, corners, 3, 0, 1, 0, 0)
    assert not np.isnan(where).any()
    folded = corners.copy()
    folded[[2, 5], 0] = 0  # the second cell lies over the first
    where = np.full((128, 128, 4), np.nan, np.float32)
    warping.draw_mesh(where, folded, 3, 0, 1, 0, 0)
    assert where[64, 20, 0] > 10
