"""The edge of a selection encloses exactly the pixels that are selected."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas import contour, selection
from canvas.geometry import Rect
from canvas.tiles import ONE, Surface

DOCUMENT = Rect(0, 0, 300, 200)


def signed_area(path: np.ndarray) -> float:
    x, y = path.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def test_a_box_has_four_corners() -> None:
    (path,) = contour.contour(selection.rectangle(Rect(10, 20, 140, 150)), DOCUMENT)
    assert {tuple(corner) for corner in path} == {(10, 20), (140, 20), (140, 150), (10, 150)}


def test_a_hole_runs_the_other_way() -> None:
    ring = selection.combined(
        selection.rectangle(Rect(0, 0, 100, 100)), selection.rectangle(Rect(20, 20, 50, 60)), "subtract"
    )
    areas = sorted(signed_area(path) for path in contour.contour(ring, DOCUMENT))
    assert areas == [-30 * 40, 100 * 100]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 6))
def test_the_areas_of_the_paths_add_up_to_the_pixels_inside(seed: int, grain: int) -> None:
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, ONE + 1, (200 // grain + 1, 300 // grain + 1), dtype=np.uint16)
    values = np.kron(cells, np.ones((grain, grain), np.uint16))[:200, :300]
    paths = contour.contour(selection.of_plane(values, 0, 0), DOCUMENT)
    if sum(len(path) for path in paths) < contour.MOST_CORNERS and grain > 1:
        assert sum(signed_area(path) for path in paths) == np.count_nonzero(values >= ONE // 2)
    for path in paths:
        steps = np.roll(path, -1, 0) - path
        assert ((steps == 0).sum(1) == 1).all()


def test_pixels_that_touch_at_a_corner_have_paths_of_their_own() -> None:
    two = selection.combined(selection.rectangle(Rect(5, 5, 6, 6)), selection.rectangle(Rect(6, 6, 7, 7)), "add")
    assert len(contour.contour(two, DOCUMENT)) == 2


def test_an_edge_that_nobody_could_follow_is_simplified() -> None:
    noise = np.random.default_rng(1).integers(0, 2, (1000, 1000)).astype(np.uint16) * ONE
    paths = contour.contour(selection.of_plane(noise, 0, 0), Rect(0, 0, 1000, 1000))
    assert 0 < sum(len(path) for path in paths) <= contour.MOST_CORNERS


def test_nothing_selected_has_no_edge_and_what_is_outside_shows_none() -> None:
    assert contour.contour(Surface.blank(1), DOCUMENT) == ()
    (path,) = contour.contour(selection.rectangle(Rect(-50, -50, 40, 40)), DOCUMENT)
    assert path.min() == 0
