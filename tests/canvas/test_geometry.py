import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import canvas.geometry
from canvas.geometry import EMPTY, Rect, rect_around

rects = st.builds(Rect, *(st.integers(-50, 50) for _ in range(4)))


def points(rect):
    return {(x, y) for x in range(rect.x0, rect.x1) for y in range(rect.y0, rect.y1)}


def test_the_examples_hold():
    assert doctest.testmod(canvas.geometry).failed == 0


@given(rects, rects)
def test_the_intersection_holds_the_common_pixels(a, b):
    assert points(a & b) == points(a) & points(b)


@given(rects, rects)
def test_the_union_is_the_smallest_rectangle_around_both(a, b):
    both = a | b
    assert points(both) >= points(a) | points(b)
    xs, ys = ([p[i] for p in points(a) | points(b)] for i in (0, 1))
    if xs:
        assert both == Rect(min(xs), min(ys), max(xs) + 1, max(ys) + 1)


@given(rects, rects)
def test_containing_is_having_all_pixels(a, b):
    assert a.contains(b) == (points(b) <= points(a))


@given(rects, st.integers(1, 40))
def test_tiles_of_a_rectangle_are_those_that_hold_its_pixels(rect, tile_px):
    keys = list(rect.tile_keys(tile_px))
    assert set(keys) == {(x // tile_px, y // tile_px) for x, y in points(rect)}
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("edges", "expected"), [((0.2, 0.8, 3.0, 4.1), Rect(0, 0, 3, 5)), ((-0.5, -2, 0.5, -1), Rect(-1, -2, 1, -1))]
)
def test_float_edges_are_rounded_outwards(edges, expected):
    assert rect_around(*edges) == expected


def test_nothing_grows_or_moves_out_of_an_empty_rectangle():
    assert EMPTY.grown(5) == EMPTY.moved(3, 3) == EMPTY
    assert Rect(2, 2, 4, 4).grown(1).moved(1, 0) == Rect(2, 1, 6, 5)
    assert Rect(5, 5, 2, 9).size == (0, 4)
    assert not Rect(5, 5, 2, 9)
