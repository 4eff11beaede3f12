"""Selections: shapes have exact areas, algebra follows set algebra, measured changes equal slow twins."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas import selection
from canvas.geometry import Rect
from canvas.selection import FULL_TILE
from canvas.tiles import ONE, TILE_PX, Surface

DOCUMENT = Rect(0, 0, 300, 200)


def plane(surface: Surface, rect: Rect = DOCUMENT) -> np.ndarray:
    return surface.read(rect)[..., 0].astype(int)


def area(surface: Surface) -> float:
    return sum(int(tile.sum()) for tile in surface.tiles.values()) / ONE


def random_selection(seed: int, hard: bool = True) -> Surface:
    """Blobs, some of them over the edges of tiles and of the document."""
    rng = np.random.default_rng(seed)
    found = np.zeros((DOCUMENT.height, DOCUMENT.width), np.uint16)
    y, x = np.indices(found.shape)
    for _ in range(5):
        cx, cy, r = rng.integers(0, 300), rng.integers(0, 200), rng.integers(3, 60)
        found[np.hypot(x - cx, y - cy) < r] = ONE if hard else rng.integers(1, ONE + 1)
    return selection.of_plane(found, 0, 0)


# Shapes


def test_a_rectangle_selects_exactly_its_pixels_and_shares_full_tiles() -> None:
    made = selection.rectangle(Rect(5, 130, 600, 700))
    assert made.content_bounds() == Rect(5, 130, 600, 700)
    assert area(made) == 595 * 570
    assert made.tiles[1, 2] is FULL_TILE


def test_an_ellipse_has_its_area_and_smooth_edges() -> None:
    made = selection.ellipse(10, 20, 210, 120, DOCUMENT)
    assert area(made) == pytest.approx(pi * 100 * 50, abs=2.0)
    assert len(np.unique(plane(made))) > 100


def test_a_triangle_covers_its_pixels_in_part_and_exactly() -> None:
    made = selection.polygon([(10, 10), (11, 10), (10, 12)], DOCUMENT)
    assert plane(made)[10:12, 10].tolist() == [round(ONE * 3 / 4), round(ONE / 4)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-100, 400), st.floats(-100, 300)), min_size=3, max_size=9))
def test_a_polygon_covers_what_it_winds_around(points: list[tuple[float, float]]) -> None:
    """Against four by four samples of the winding number for each pixel: they miss at most thin slivers."""
    rect = Rect(0, 0, 60, 40)
    scaled = [(round(x / 5, 3), round(y / 5, 3)) for x, y in points]
    found = plane(selection.polygon(scaled, rect), rect) / ONE
    ys, xs = np.meshgrid(np.arange(160) / 4 + 0.125, np.arange(240) / 4 + 0.125, indexing="ij")
    winding = np.zeros(ys.shape)
    for (ax, ay), (bx, by) in zip(scaled, scaled[1:] + scaled[:1], strict=True):
        if ay == by:
            continue
        crosses = (ys >= min(ay, by)) & (ys < max(ay, by))
        at = ax + (ys - ay) * (bx - ax) / (by - ay)
        winding += np.where(crosses & (xs > at), 1 if by > ay else -1, 0)
    sampled = (winding != 0).reshape(40, 4, 60, 4).mean((1, 3))
    # Where areas of opposite winding meet in one pixel the sums cancel: that is the only larger difference.
    assert np.mean(np.abs(found - sampled)) < 0.02
    inside = np.abs(np.kron(sampled, np.ones((1, 1))) - 1) < 1e-9
    assert (found[inside & (np.abs(found - sampled) > 0.3)].size) <= 8 * len(points)


def test_a_shape_is_cut_off_at_the_document() -> None:
    made = selection.polygon([(-500, -500), (900, -500), (900, 100), (-500, 100)], DOCUMENT)
    assert np.array_equal(plane(made), plane(selection.rectangle(Rect(0, 0, 300, 100))))
    assert not selection.polygon([(400, 0), (500, 0), (500, 90)], DOCUMENT).tiles


# Algebra


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 50), st.integers(51, 99), st.booleans())
def test_combining_follows_the_algebra_of_sets(first: int, second: int, hard: bool) -> None:
    a, b = random_selection(first, hard), random_selection(second, hard)
    pa, pb = plane(a), plane(b)
    expected = {
        "replace": pb,
        "add": np.maximum(pa, pb),
        "subtract": np.minimum(pa, ONE - pb),
        "intersect": np.minimum(pa, pb),
    }
    for mode, wanted in expected.items():
        assert np.array_equal(plane(selection.combined(a, b, mode)), wanted), mode
    both = selection.combined(a, b, "intersect")
    assert np.array_equal(plane(selection.combined(a, both, "add")), pa)
    turned = selection.inverted(a, DOCUMENT)
    assert np.array_equal(plane(turned), ONE - pa)
    assert np.array_equal(plane(selection.inverted(turned, DOCUMENT)), pa)
    left = selection.inverted(selection.combined(a, b, "add"), DOCUMENT)
    right = selection.combined(turned, selection.inverted(b, DOCUMENT), "intersect")
    assert np.array_equal(plane(left), plane(right))


def test_without_an_old_selection_the_new_one_is_taken() -> None:
    new = selection.rectangle(Rect(1, 1, 9, 9))
    for mode in ("replace", "add", "subtract", "intersect"):
        assert selection.combined(None, new, mode) is new


def test_nothing_left_is_empty_and_holds_no_tiles() -> None:
    box = selection.rectangle(Rect(0, 0, 200, 200))
    left = selection.combined(box, selection.rectangle(Rect(0, 0, 300, 200)), "subtract")
    assert not left.tiles
    assert selection.is_empty(left, DOCUMENT)
    beside = selection.rectangle(Rect(310, 0, 320, 9))
    assert selection.is_empty(beside, DOCUMENT)
    assert not selection.is_empty(box, DOCUMENT)


@settings(max_examples=15, deadline=None)
@given(st.integers(-40, 40), st.integers(-40, 40))
def test_moving_keeps_every_value(dx: int, dy: int) -> None:
    soft = random_selection(7, hard=False)
    there = selection.moved(soft, dx, dy)
    assert np.array_equal(plane(there, DOCUMENT.moved(dx, dy)), plane(soft))


def test_lifted_pixels_and_the_rest_are_the_whole_again() -> None:
    rng = np.random.default_rng(3)
    alpha = rng.integers(0, ONE + 1, (150, 260, 1))
    pixels = np.concatenate([rng.integers(0, alpha + 1, (150, 260, 3)), alpha], -1).astype(np.uint16)
    surface = Surface.from_pixels(pixels, 10, 5)
    inside, rest = selection.lifted(surface, random_selection(11, hard=False))
    box = Rect(0, 0, 300, 200)
    assert np.array_equal(inside.read(box).astype(int) + rest.read(box), surface.read(box))
    for part in (inside.read(box), rest.read(box)):
        assert (part[..., :3] <= part[..., 3:]).all()
    everything, nothing = selection.lifted(surface, selection.rectangle(box))
    assert np.array_equal(everything.read(box), surface.read(box))
    assert not nothing.tiles


def test_what_is_opaque_can_be_selected() -> None:
    pixels = np.zeros((130, 5, 4), np.uint16)
    pixels[:, :, 3] = np.linspace(0, ONE, 130).astype(int)[:, None]
    assert np.array_equal(plane(selection.of_alpha(Surface.from_pixels(pixels)))[:130, :5], pixels[..., 3])


# Measured changes


def distances(inside: np.ndarray) -> np.ndarray:
    """The distance of each pixel from the nearest one inside, by looking at all of them."""
    ys, xs = np.nonzero(inside)
    y, x = np.indices(inside.shape)
    out = np.full(inside.shape, np.inf)
    for v, u in zip(ys, xs, strict=True):
        out = np.minimum(out, (y - v) ** 2 + (x - u) ** 2)
    return np.sqrt(out)


@pytest.mark.parametrize("px", [1, 3, 12, -1, -4])
def test_grow_and_shrink_equal_the_distances_of_all_pixels(px: int) -> None:
    small = Rect(0, 0, 70, 50)
    start = plane(random_selection(4), small)
    source = selection.of_plane(start.astype(np.uint16), 0, 0)
    found = plane(selection.grown(source, small, px), small)
    if px > 0:
        wanted = np.maximum(start, np.clip((px + 1 - distances(start > 0)) * ONE, 0, ONE))
    else:
        wanted = np.minimum(start, ONE - np.clip((1 - px - distances(start == 0)) * ONE, 0, ONE))
    assert np.abs(found - wanted).max() <= 2


def test_growing_a_box_moves_straight_edges_by_whole_pixels() -> None:
    grown = selection.grown(selection.rectangle(Rect(100, 50, 140, 90)), DOCUMENT, 10)
    assert grown.content_bounds() == Rect(90, 40, 150, 100)
    assert plane(grown)[70, 90] == ONE
    assert 0 < plane(grown)[43, 92] < ONE


def test_shrinking_leaves_the_edge_of_the_document_alone_and_may_leave_nothing() -> None:
    left = selection.rectangle(Rect(0, 0, 100, 200))
    assert selection.grown(left, DOCUMENT, -10).content_bounds() == Rect(0, 0, 90, 200)
    assert selection.is_empty(selection.grown(left, DOCUMENT, -60), DOCUMENT) is False
    box = selection.rectangle(Rect(100, 100, 110, 110))
    assert selection.is_empty(selection.grown(box, DOCUMENT, -6), DOCUMENT)


def test_a_border_is_a_band_about_the_edge() -> None:
    band = plane(selection.bordered(selection.rectangle(Rect(50, 50, 150, 150)), DOCUMENT, 6))
    assert band[100, 44:60].tolist() == [0] * 3 + [ONE] * 6 + [0] * 7
    assert band[100, 100] == 0


@pytest.mark.parametrize("sigma", [2.0, 6.0, 15.0])
def test_feathering_blurs_an_edge_like_a_gaussian(sigma: float) -> None:
    document = Rect(0, 0, 400, 40)
    row = plane(selection.feathered(selection.rectangle(Rect(0, 0, 200, 40)), document, sigma), document)[20] / ONE
    x = np.arange(400) + 0.5
    kernel = np.exp(-0.5 * ((x[:, None] - x[None, :]) / sigma) ** 2)
    step = np.where(np.arange(400) < 200, 1.0, 0.0)
    wanted = np.where((x > 4 * sigma) & (x < 400 - 4 * sigma), (kernel @ step) / kernel.sum(1), step)
    assert np.abs(row - wanted).max() < 0.02
    assert row[199] > 0.5 > row[200]


def test_smoothing_takes_specks_and_rounds_corners() -> None:
    box = selection.rectangle(Rect(50, 50, 150, 150))
    speck = selection.combined(box, selection.rectangle(Rect(220, 100, 222, 102)), "add")
    smooth = plane(selection.smoothed(speck, DOCUMENT, 8))
    assert smooth[100, 221] == 0
    assert smooth[50, 50] < ONE // 4
    assert smooth[100, 50] > ONE // 2
    assert smooth[100, 49] < ONE // 2
    assert smooth[100, 100] == ONE


def test_changes_of_a_large_selection_share_full_tiles() -> None:
    document = Rect(0, 0, 8 * TILE_PX, 8 * TILE_PX)
    grown = selection.grown(selection.rectangle(Rect(100, 100, 900, 900)), document, 5)
    assert grown.tiles[3, 3] is FULL_TILE


@pytest.mark.parametrize("name", ["grown", "shrunk", "bordered", "feathered", "smoothed"])
def test_large_selections_are_changed_tile_by_tile_as_if_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles with nothing, with everything, and with edges, up to the edges of a document of no whole tiles."""
    document = Rect(0, 0, 900, 700)
    start = selection.combined(
        selection.ellipse(150, 100, 800, 690, document), selection.rectangle(Rect(600, 0, 900, 560)), "add"
    )
    change = {
        "grown": lambda: selection.grown(start, document, 9),
        "shrunk": lambda: selection.grown(start, document, -9),
        "bordered": lambda: selection.bordered(start, document, 7),
        "feathered": lambda: selection.feathered(start, document, 4.0),
        "smoothed": lambda: selection.smoothed(start, document, 10),
    }[name]
    by_tiles = plane(change(), document)
    monkeypatch.setattr(selection, "_kinds", lambda s, d, box: _all_mixed(box))
    assert np.array_equal(by_tiles, plane(change(), document))


def _all_mixed(box: Rect) -> np.ndarray:
    height = -(-box.y1 // TILE_PX) - box.y0 // TILE_PX
    width = -(-box.x1 // TILE_PX) - box.x0 // TILE_PX
    return np.full((height, width), 2, np.int8)
