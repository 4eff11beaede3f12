"""Areas of like colour: equal to a slow flood that visits pixel after pixel; gaps are closed, edges softened."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas import edits, flood, selection
from canvas.flood import Likeness, Likenesses
from canvas.geometry import Rect
from canvas.selection import FULL_TILE
from canvas.tiles import ONE, TILE_PX, Surface, from_rgba8

DOCUMENT = Rect(0, 0, 300, 200)


def picture(grey: np.ndarray) -> Surface:
    rgba = np.dstack([grey, grey, grey, np.full(grey.shape, 255)]).astype(np.uint8)
    return Surface.from_pixels(from_rgba8(rgba))


def likenesses(surface: Surface, document: Rect = DOCUMENT, limit: Surface | None = None) -> Likenesses:
    return Likenesses(surface.tiles.get, document, limit)


def plane(surface: Surface) -> np.ndarray:
    return surface.read(DOCUMENT)[..., 0]


def slow_flood(free: np.ndarray, x: int, y: int) -> np.ndarray:
    found = np.zeros(free.shape, bool)
    if not free[y, x]:
        return found
    found[y, x] = True
    waiting = deque([(y, x)])
    while waiting:
        v, u = waiting.popleft()
        for j, i in ((v - 1, u), (v + 1, u), (v, u - 1), (v, u + 1)):
            if 0 <= j < free.shape[0] and 0 <= i < free.shape[1] and free[j, i] and not found[j, i]:
                found[j, i] = True
                waiting.append((j, i))
    return found


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.55, 0.62, 0.8]))
def test_a_contiguous_area_equals_a_slow_flood(seed: int, share: float) -> None:
    """Random mazes near the threshold of percolation wind through many tiles, in and out again."""
    rng = np.random.default_rng(seed)
    grey = np.where(rng.random((200, 300)) < share, 255, 0)
    x, y = int(rng.integers(0, 300)), int(rng.integers(0, 200))
    grey[y, x] = 255
    found = plane(likenesses(picture(grey)).area(x + 0.5, y + 0.5, Likeness(antialias=False)))
    assert np.array_equal(found == ONE, slow_flood(grey == 255, x, y))
    assert np.array_equal(np.unique(found), np.unique(np.where(slow_flood(grey == 255, x, y), ONE, 0)))


@pytest.mark.parametrize("tolerance", [0.0, 0.2, 1.0])
def test_tolerance_is_the_largest_difference_of_a_channel(tolerance: float) -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, 300).round(), (200, 300))
    found = plane(likenesses(picture(ramp)).area(0, 50, Likeness(tolerance, antialias=False)))
    wanted = np.round(ramp / 255 * 254) <= round(tolerance * 254)
    assert np.mean((found == ONE) != wanted) < 0.01
    everywhere = plane(likenesses(picture(ramp)).area(299, 0, Likeness(tolerance, contiguous=False, antialias=False)))
    assert np.array_equal(everywhere[:, ::-1] == ONE, found == ONE) or tolerance == 0.2


def test_a_blank_canvas_is_one_area_of_shared_tiles_up_to_its_edges() -> None:
    found = likenesses(Surface.blank()).area(5, 5, Likeness())
    assert np.array_equal(plane(found), np.full((200, 300), ONE))
    assert found.tiles[0, 0] is FULL_TILE
    assert found.content_bounds() == DOCUMENT


def test_not_contiguous_takes_every_part() -> None:
    grey = np.full((200, 300), 255)
    grey[:, 100:110] = 0
    found = plane(likenesses(picture(grey)).area(20, 20, Likeness(contiguous=False, antialias=False)))
    assert np.array_equal(found == ONE, grey == 255)


def test_a_limit_is_a_wall() -> None:
    box = selection.rectangle(Rect(10, 10, 50, 50))
    both = selection.combined(box, selection.rectangle(Rect(100, 10, 150, 50)), "add")
    seen = likenesses(Surface.blank(), limit=both)
    assert seen.area(20, 20, Likeness(grow_px=5)).content_bounds() == Rect(10, 10, 50, 50)
    assert not seen.area(70, 20, Likeness()).tiles
    assert not seen.near(70, 20, (0, 0, 0, 0), 1.0)


# Gaps


def broken_ring(gap_px: int) -> np.ndarray:
    """A dark ring about (150, 100), with a gap at its right."""
    grey = np.full((200, 300), 255, np.uint8)
    cv2.circle(grey, (150, 100), 60, 0, 5)
    grey[100 - gap_px // 2 : 100 - gap_px // 2 + gap_px, 200:220] = 255
    return grey


@pytest.mark.parametrize("gap_px", [1, 4, 9])
def test_a_gap_that_is_narrower_is_closed(gap_px: int) -> None:
    seen = likenesses(picture(broken_ring(gap_px)))
    assert plane(seen.area(150, 100, Likeness(antialias=False)))[5, 5] == ONE
    held = plane(seen.area(150, 100, Likeness(antialias=False, gap_px=gap_px + 1)))
    assert held[5, 5] == 0
    inside = slow_flood(broken_ring(0) == 255, 150, 100)
    assert (held[inside] == ONE).all()
    assert np.count_nonzero(held) - np.count_nonzero(inside) < 12 * gap_px


def test_a_gap_that_is_wider_stays_open() -> None:
    assert plane(likenesses(picture(broken_ring(16))).area(150, 100, Likeness(gap_px=8)))[5, 5] == ONE


def test_closing_gaps_fills_corners_and_goes_up_to_the_edge_of_the_document() -> None:
    grey = np.full((200, 300), 255)
    grey[50:53, :] = 0
    grey[50, 120:124] = 255  # a dent in the line, no gap
    found = plane(likenesses(picture(grey)).area(100, 20, Likeness(gap_px=20, antialias=False)))
    assert np.array_equal(found == ONE, slow_flood(grey == 255, 100, 20))


def test_a_click_in_a_place_narrower_than_the_gap_fills_that_place() -> None:
    grey = np.zeros((200, 300))
    grey[100:104, 20:280] = 255
    found = plane(likenesses(picture(grey)).area(150, 101, Likeness(gap_px=30, antialias=False)))
    assert np.array_equal(found == ONE, grey == 255)


# Edges


def test_an_antialiased_line_is_covered_by_its_share_so_that_no_rim_stays() -> None:
    grey = np.full((200, 300), 255, np.uint8)
    cv2.circle(grey, (150, 100), 60, 0, 4, cv2.LINE_AA)
    found = plane(likenesses(picture(grey)).area(150, 100, Likeness(0.1))) / ONE
    rim = (found > 0) & (found < 1)
    assert rim.sum() > 100
    # Half-grey pixels are about half covered: black line and red paint leave no light rim between them.
    assert np.abs(found[rim] - grey[rim] / 255).mean() < 0.08
    hard = plane(likenesses(picture(grey)).area(150, 100, Likeness(0.1, antialias=False)))
    assert set(np.unique(hard)) == {0, ONE}


def test_a_hard_line_stays_uncovered() -> None:
    grey = np.full((200, 300), 255)
    grey[:, 127:129] = 0  # across the edge of a tile
    found = plane(likenesses(picture(grey)).area(20, 20, Likeness()))
    assert np.array_equal(found, np.where(np.arange(300) < 127, ONE, 0)[None].repeat(200, 0))


def test_growing_spreads_under_the_line_and_shrinking_stays_inside() -> None:
    grey = np.full((200, 300), 255)
    grey[:, 127:140] = 0
    seen = likenesses(picture(grey))
    assert seen.area(20, 20, Likeness(grow_px=3)).content_bounds() == Rect(0, 0, 130, 200)
    assert seen.area(20, 20, Likeness(grow_px=-3)).content_bounds() == Rect(0, 0, 124, 200)


# Colours


def test_a_colour_range_fades_with_the_difference() -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, 300), (200, 300)).round()
    row = plane(likenesses(picture(ramp)).range((0, 0, 0, ONE), 0.2, 0.4))[7] / ONE
    wanted = np.clip(1 - (ramp[7] / 255 - 0.2) / 0.4, 0, 1)
    assert np.abs(row - wanted).max() < 0.02


def test_transparent_is_a_colour_too() -> None:
    surface = Surface.from_pixels(np.full((50, 50, 4), ONE, np.uint16), 20, 20)
    found = likenesses(surface).area(200, 100, Likeness(antialias=False))
    assert np.array_equal(plane(found), plane(selection.inverted(selection.rectangle(Rect(20, 20, 70, 70)), DOCUMENT)))


def test_the_picture_is_seen_through_all_visible_layers() -> None:
    state = edits.new_document(300, 200)
    box = Surface.from_pixels(np.full((50, 50, 4), ONE // 2, np.uint16), 20, 20)
    state = edits.set_pixels(state, state.layers[1].id, box)
    seen = Likenesses(flood.picture_pixels(state), DOCUMENT)
    assert seen.area(30, 30, Likeness(antialias=False)).content_bounds() == Rect(0, 0, 300, 200)
    dark = Surface.from_pixels(np.tile(np.array([0, 0, 0, ONE], np.uint16), (50, 50, 1)), 20, 20)
    state = edits.set_pixels(state, state.layers[1].id, dark)
    seen = Likenesses(flood.picture_pixels(state), DOCUMENT)
    assert seen.area(30, 30, Likeness(antialias=False)).content_bounds() == Rect(20, 20, 70, 70)
    state = edits.set_visible(state, state.layers[1].id, False)
    seen = Likenesses(flood.picture_pixels(state), DOCUMENT)
    assert seen.area(30, 30, Likeness(antialias=False)).content_bounds() == DOCUMENT


def test_a_large_blank_canvas_is_looked_at_once() -> None:
    looked: list[tuple[int, int]] = []
    white = edits.new_document(4096, 4096).layers[0].surface  # type: ignore[union-attr]

    def sample(key: tuple[int, int]) -> np.ndarray | None:
        looked.append(key)
        return white.tiles.get(key)

    seen = Likenesses(sample, Rect(0, 0, 4096, 4096))
    found = seen.area(9, 9, Likeness())
    assert len(found.tiles) == 32 * 32
    assert len(looked) <= (4096 // TILE_PX) ** 2 + 200
