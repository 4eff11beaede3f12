"""The viewport: what stays in place when an artist zooms, pans, turns and mirrors the canvas."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.canvas_view.viewport import FIT_MARGIN_PX, MAX_ZOOM, MIN_ZOOM, Viewport
from canvas.geometry import Rect

coordinates = st.floats(-2000, 2000)
viewports = st.builds(
    Viewport,
    width=st.floats(100, 3000),
    height=st.floats(100, 2000),
    pixel_ratio=st.sampled_from([1.0, 1.25, 1.5, 2.0]),
    centre=st.tuples(coordinates, coordinates),
    zoom=st.floats(MIN_ZOOM, MAX_ZOOM),
    rotation_deg=st.floats(-180, 180),
    mirrored=st.booleans(),
)


def near(a: tuple[float, float], b: tuple[float, float], tolerance: float = 1e-3) -> bool:
    return all(isclose(p, q, abs_tol=tolerance, rel_tol=1e-9) for p, q in zip(a, b, strict=True))


@given(viewports, coordinates, coordinates)
def test_a_point_comes_back_from_the_view(view: Viewport, x: float, y: float) -> None:
    assert near(view.to_view(*view.to_document(x, y)), (x, y))


@given(viewports, coordinates, coordinates, st.floats(0.1, 10))
def test_zooming_keeps_what_lies_under_the_cursor(view: Viewport, x: float, y: float, factor: float) -> None:
    zoomed = view.zoomed(factor, x, y)
    assert near(zoomed.to_view(*view.to_document(x, y)), (x, y))
    assert MIN_ZOOM <= zoomed.zoom <= MAX_ZOOM


@given(viewports, coordinates, coordinates, st.floats(-720, 720))
def test_turning_keeps_what_lies_under_the_cursor(view: Viewport, x: float, y: float, degrees: float) -> None:
    turned = view.rotated(degrees, x, y)
    assert near(turned.to_view(*view.to_document(x, y)), (x, y))
    assert -180 <= turned.rotation_deg <= 180


@given(viewports, coordinates, coordinates, coordinates, coordinates)
def test_panning_moves_every_point_by_the_same_way(view: Viewport, x: float, y: float, dx: float, dy: float) -> None:
    before = view.to_view(x, y)
    assert near(view.panned(dx, dy).to_view(x, y), (before[0] + dx, before[1] + dy))


@given(viewports, coordinates, coordinates)
def test_mirroring_reflects_the_screen_and_twice_is_nothing(view: Viewport, x: float, y: float) -> None:
    before, after = view.to_view(x, y), view.flipped().to_view(x, y)
    assert near(after, (view.width - before[0], before[1]))
    assert near(view.flipped().flipped().to_view(x, y), before)


@given(viewports, st.integers(1, 9000), st.integers(1, 9000))
def test_fitting_shows_the_whole_document_beside_the_margin(view: Viewport, width: int, height: int) -> None:
    fitted = view.fitted(Rect(0, 0, width, height))
    x0, y0, x1, y1 = fitted.view_bounds(Rect(0, 0, width, height))
    assert near(((x0 + x1) / 2, (y0 + y1) / 2), (view.width / 2, view.height / 2))
    if fitted.zoom > MIN_ZOOM and view.width > 2 * FIT_MARGIN_PX + 1 and view.height > 2 * FIT_MARGIN_PX + 1:
        assert x0 >= FIT_MARGIN_PX - 1e-3
        assert y0 >= FIT_MARGIN_PX - 1e-3


@given(viewports)
def test_everything_on_the_screen_lies_in_the_visible_rectangle(view: Viewport) -> None:
    seen = view.visible()
    for x in (0.0, view.width / 3, view.width):
        for y in (0.0, view.height / 2, view.height):
            dx, dy = view.to_document(x, y)
            assert seen.x0 - 1e-6 <= dx <= seen.x1 + 1e-6
            assert seen.y0 - 1e-6 <= dy <= seen.y1 + 1e-6


@pytest.mark.parametrize(
    ("zoom", "level"), [(32.0, 0), (1.0, 0), (0.99, 0), (0.51, 0), (0.5, 1), (0.3, 1), (0.25, 2), (0.06, 4)]
)
def test_a_mip_level_is_shown_at_half_to_full_size(zoom: float, level: int) -> None:
    assert Viewport(800, 600, zoom=zoom).level == level


def test_actual_size_is_one_device_pixel_on_a_dense_screen() -> None:
    view = Viewport(800, 600, pixel_ratio=2.0, zoom=0.3).at_actual_size()
    assert isclose(view.to_view(10, 0)[0] - view.to_view(0, 0)[0], 5.0)


@given(viewports)
def test_an_upright_view_is_painted_on_the_device_pixel_grid(view: Viewport) -> None:
    upright = view.rotated(-view.rotation_deg, 0, 0).snapped()
    x, y = upright.to_view(0, 0)
    assert isclose(x * view.pixel_ratio, round(x * view.pixel_ratio), abs_tol=1e-3)
    assert isclose(y * view.pixel_ratio, round(y * view.pixel_ratio), abs_tol=1e-3)
