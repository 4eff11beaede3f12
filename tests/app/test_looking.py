"""Looking at the document: turning, framing, the pixel grid, further views, the navigator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.canvas_view.hint import ViewHint
from app.canvas_view.overview import SIDE_PX, Overview, level_of
from app.canvas_view.turning import DRAWN_DEG, Turning, drawn_angle
from app.canvas_view.view import CanvasView
from app.canvas_view.viewport import MAX_ZOOM, MIN_ZOOM, Viewport
from app.panels.navigator import NavigatorPanel
from app.theme import Theme
from canvas import edits, pouring
from canvas.compositor import composite
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.tiles import Surface, from_rgba8, to_rgba8

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


# Turning


@pytest.mark.parametrize(
    ("free", "shown"), [(0, 0), (2.9, 0), (-2.9, 0), (3.1, 3.1), (88, 90), (93, 90), (-92, -90), (179, -180), (45, 45)]
)
def test_the_view_is_drawn_to_right_angles(free: float, shown: float) -> None:
    assert drawn_angle(free) == pytest.approx(shown)


def test_a_slow_hand_turns_on_past_a_right_angle() -> None:
    turning, angle = Turning(), -10.0
    seen = []
    for _ in range(200):
        angle = turning.turned(angle, 0.1)
        seen.append(angle)
    assert seen.count(0.0) == pytest.approx(2 * DRAWN_DEG / 0.1, abs=2)
    assert seen[-1] == pytest.approx(10.0)


def test_a_view_turned_by_something_else_is_turned_on_from_there() -> None:
    turning = Turning()
    turning.turned(0.0, 30.0)
    assert turning.turned(60.0, 5.0) == 65.0


def test_dragging_the_hand_with_shift_stops_upright_on_whole_pixels(desk: Desk) -> None:
    desk.view.turn(6.0)
    desk.toolbox.select("hand")
    for x, y in ((300.0, 200.0), (300.0, 192.0)):
        desk.view.rotate_about_middle(300.0, 200.0, x, y)
    assert desk.view.viewport.rotation_deg == 0.0


# Framing

viewports = st.builds(
    Viewport,
    width=st.floats(200, 3000),
    height=st.floats(200, 2000),
    pixel_ratio=st.sampled_from([1.0, 2.0]),
    centre=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    zoom=st.floats(MIN_ZOOM, MAX_ZOOM),
    rotation_deg=st.floats(-180, 180),
    mirrored=st.booleans(),
)


@given(viewports, st.integers(-500, 500), st.integers(-500, 500), st.integers(1, 4000), st.integers(1, 4000))
def test_framing_shows_all_and_keeps_the_turn(view: Viewport, x: int, y: int, width: int, height: int) -> None:
    framed = view.framed(Rect(x, y, x + width, y + height))
    assert (framed.rotation_deg, framed.mirrored) == (view.rotation_deg, view.mirrored)
    if framed.zoom > MIN_ZOOM:
        x0, y0, x1, y1 = framed.view_bounds(Rect(x, y, x + width, y + height))
        assert x0 >= -1e-3
        assert y0 >= -1e-3
        assert x1 <= view.width + 1e-3
        assert y1 <= view.height + 1e-3


@given(viewports, st.integers(1, 4000), st.integers(1, 4000))
def test_fitting_the_width_fills_it(view: Viewport, width: int, height: int) -> None:
    fitted = view.fitted_to_width(Rect(0, 0, width, height))
    if MIN_ZOOM < fitted.zoom < MAX_ZOOM:
        x0, _, x1, _ = fitted.view_bounds(Rect(0, 0, width, height))
        assert (x0, x1) == pytest.approx((0, view.width), abs=1e-3)


@given(viewports, st.floats(-360, 360))
def test_turning_to_an_angle_is_exact(view: Viewport, degrees: float) -> None:
    assert view.turned_to(degrees, 10, 10).rotation_deg == degrees


# The pixel grid


@pytest.fixture
def grey(desk: Desk) -> Desk:
    """A canvas of one mid grey, on which a line that is only dark or only light would be hard to see."""
    session = desk.session
    desk.activate("Background")
    paper = desk.layer("Background").id
    session.document.edit("Fill", lambda state: pouring.filled(state, paper, "pixels", (0.5, 0.5, 0.5)))
    desk.activate("Paint")
    return desk


def row(desk: Desk, zoom: float, rotation_deg: float = 0.0) -> np.ndarray:
    """The grey values along the middle of the view."""
    view = desk.view
    view.set_viewport(replace(view.viewport, zoom=zoom, centre=(128.5, 128.5), rotation_deg=rotation_deg))
    view.flush()
    image = view.grab().toImage()
    y = image.height() // 2
    return np.array([image.pixelColor(x, y).red() for x in range(100, 300)])


def test_pixels_are_parted_by_lines_from_800_percent(grey: Desk) -> None:
    assert np.ptp(row(grey, 7.9)) <= 1
    seen = row(grey, 10.0)
    dark, light = np.flatnonzero(seen < 120), np.flatnonzero(seen > 135)
    assert (np.diff(dark) == 10).all()
    assert (light == dark + 1).all() or (light[:-1] == dark[:-1] + 1).all()
    assert len(dark) == 20


@pytest.mark.parametrize("rotation_deg", [90.0, -180.0, 33.0])
def test_the_grid_turns_with_the_view(grey: Desk, rotation_deg: float) -> None:
    seen = row(grey, 10.0, rotation_deg)
    assert seen.min() < 120
    assert seen.max() > 135


def test_the_grid_can_be_switched_off(grey: Desk) -> None:
    grey.session.set_look(replace(grey.session.look, pixel_grid=False))
    assert np.ptp(row(grey, 10.0)) <= 1


# A second view


@pytest.fixture
def twin(desk: Desk) -> Iterator[CanvasView]:
    view = desk.view.twin()
    view.resize(300, 300)
    view.show()
    yield view
    view.dispose()
    view.deleteLater()


def red_at(view: CanvasView, x: float, y: float) -> bool:
    view.flush()
    colour = view.grab().toImage().pixelColor(*(int(c) for c in view.viewport.to_view(x, y)))
    return colour.red() > 200 and colour.green() < 80


def paint(view: CanvasView, x: float, y: float) -> None:
    at = QPointF(*view.viewport.to_view(x, y))
    for kind, button, held in (
        (QEvent.Type.MouseButtonPress, LEFT, LEFT),
        (QEvent.Type.MouseButtonRelease, LEFT, NONE),
    ):
        event = QMouseEvent(kind, at, at, button, held, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(10**9)
        QApplication.sendEvent(view, event)


def test_both_views_show_and_take_strokes(desk: Desk, twin: CanvasView) -> None:
    desk.session.set_colour((1.0, 0.0, 0.0))
    desk.session.set_brush(replace(desk.session.settings.brush, size_px=40.0))
    paint(twin, 60, 60)
    paint(desk.view, 200, 200)
    for view in (desk.view, twin):
        assert red_at(view, 60, 60)
        assert red_at(view, 200, 200)


def test_hand_and_zoom_move_the_view_under_the_pointer(desk: Desk, twin: CanvasView) -> None:
    desk.toolbox.select("zoom")
    first, second = desk.view.viewport, twin.viewport
    paint(desk.view, 128, 128)
    assert desk.view.viewport.zoom > first.zoom
    assert twin.viewport == second
    first = desk.view.viewport
    paint(twin, 128, 128)
    assert twin.viewport.zoom > second.zoom
    assert desk.view.viewport == first


def test_a_view_that_was_disposed_of_hears_nothing(desk: Desk, theme: Theme) -> None:
    session = desk.session
    signals = (
        session.document_changed, session.document_replaced, session.active_changed, session.look_changed,
        session.result_changed, session.settings_changed, session.live_changed, session.sync_changed,
        session.engine_changed, session.plane_changed, desk.toolbox.changed, theme.changed,
    )  # fmt: skip
    before = [len(signal._slots) for signal in signals]
    view = desk.view.twin()
    view.dispose()
    assert [len(signal._slots) for signal in signals] == before
    view.deleteLater()


# The hint


def test_the_angle_is_said_while_it_changes(desk: Desk, theme: Theme) -> None:
    hint = ViewHint(desk.view, theme)
    desk.view.viewport_changed.connect(hint.show_viewport)
    desk.view.pan(10, 0)
    assert hint.text == ""
    desk.view.turn(15)
    assert hint.text == "15°"
    assert hint.geometry().center().x() == pytest.approx(desk.view.width() / 2, abs=2)


# The navigator


def test_the_overview_is_the_document_in_small() -> None:
    rgba = np.random.default_rng(1).integers(0, 256, (700, 900, 4), np.uint8)
    rgba[..., 3] = 255
    state = edits.new_document(900, 700)
    state = edits.add_layer(state, Layer("Noise", surface=Surface.from_pixels(from_rgba8(rgba))), None)
    overview = Overview()
    overview.take(state)
    slices = 0
    while overview.pending:
        overview.work(lambda: False)
        slices += 1
    assert slices == 8 * 6  # one tile a slice when there is no time
    assert overview.level == 1
    whole = to_rgba8(composite(state, state.rect)).astype(float)
    small = whole.reshape(350, 2, 450, 2, 4).mean((1, 3))[..., [2, 1, 0, 3]]
    assert np.abs(overview.pixels[:350, :450] - small).max() <= 1.0
    overview.take(state)
    assert not overview.pending


@pytest.mark.parametrize("side", [64, 512, 513, 4096, 8192, 30_000])
def test_the_overview_stays_small(side: int) -> None:
    level = level_of(Rect(0, 0, side, 10))
    assert side >> level <= max(SIDE_PX, 30_000 >> 4)
    assert level == 0 or side > SIDE_PX


@pytest.fixture
def navigator(qtbot: QtBot, desk: Desk, theme: Theme) -> NavigatorPanel:
    panel = NavigatorPanel(desk.session, theme, desk.view)
    qtbot.addWidget(panel)
    panel.resize(280, 260)
    panel.show()
    return panel


def in_map(panel: NavigatorPanel, x: float, y: float) -> tuple[int, int, int]:
    at = panel.map.to_map(x, y)
    colour = panel.map.grab().toImage().pixelColor(int(at.x()), int(at.y()))
    return colour.red(), colour.green(), colour.blue()


def test_the_navigator_shows_a_stroke_after_it_and_not_during_it(desk: Desk, navigator: NavigatorPanel) -> None:
    navigator.renew()
    desk.view.set_viewport(replace(desk.view.viewport, zoom=8.0))
    desk.session.set_colour((1.0, 0.0, 0.0))
    desk.session.set_brush(replace(desk.session.settings.brush, size_px=100.0))
    desk.tablet(QEvent.Type.TabletPress, 128, 128)
    desk.tablet(QEvent.Type.TabletMove, 132, 128)
    desk.view.flush()
    navigator.renew()
    assert in_map(navigator, 128, 128) == (255, 255, 255)
    desk.tablet(QEvent.Type.TabletRelease, 132, 128, pressure=0.0)
    navigator.renew()
    assert in_map(navigator, 128, 140) == pytest.approx((255, 0, 0), abs=12)


def test_the_navigator_shows_the_result_as_far_as_the_canvas_does(desk: Desk, navigator: NavigatorPanel) -> None:
    desk.session.set_look(replace(desk.session.look, opacity=1.0))
    desk.view.set_viewport(replace(desk.view.viewport, zoom=8.0))
    desk.show_result((0, 0, 255))
    navigator.renew()
    assert in_map(navigator, 60, 60) == pytest.approx((0, 0, 255), abs=4)
    desk.session.set_look(replace(desk.session.look, paint_only=True))
    navigator.renew()
    assert in_map(navigator, 60, 60) == (255, 255, 255)


def test_dragging_in_the_navigator_moves_the_view(qtbot: QtBot, desk: Desk, navigator: NavigatorPanel) -> None:
    navigator.renew()
    desk.view.set_viewport(replace(desk.view.viewport, zoom=8.0, centre=(128.0, 128.0)))
    outside = navigator.map.to_map(40, 200).toPoint()
    qtbot.mousePress(navigator.map, LEFT, pos=outside)
    assert desk.view.viewport.centre == pytest.approx((40, 200), abs=2)
    qtbot.mouseRelease(navigator.map, LEFT, pos=outside)
    start = navigator.map.to_map(45, 205).toPoint()
    qtbot.mousePress(navigator.map, LEFT, pos=start)
    assert desk.view.viewport.centre == pytest.approx((40, 200), abs=2)  # taken by where it was touched
    qtbot.mouseMove(navigator.map, start + (navigator.map.to_map(20, 0) - navigator.map.to_map(0, 0)).toPoint())
    assert desk.view.viewport.centre == pytest.approx((60, 200), abs=3)


def test_sliders_wheel_and_mirror_of_the_navigator_move_the_view(
    qtbot: QtBot, desk: Desk, navigator: NavigatorPanel
) -> None:
    view = desk.view
    at = QPointF(50, 50)
    wheel = QWheelEvent(
        at, at, QPointF(0, 0).toPoint(), QPointF(0, 120).toPoint(), NONE, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,  # Qt takes it by place only
    )  # fmt: skip
    before = view.viewport
    QApplication.sendEvent(navigator.map, wheel)
    assert view.viewport.zoom > before.zoom
    assert view.viewport.centre == before.centre
    qtbot.keyClick(navigator.rotation, Qt.Key.Key_Home)
    assert view.viewport.rotation_deg == -180
    qtbot.mouseClick(navigator.mirror, LEFT)
    assert view.viewport.mirrored
    assert navigator.mirror.isChecked()
    view.set_viewport(replace(view.viewport, zoom=0.5))
    assert navigator.zoom.value == 50


def test_a_hidden_navigator_does_no_work(desk: Desk, navigator: NavigatorPanel) -> None:
    navigator.hide()
    desk.session.document_replaced.emit()
    assert not navigator._due.isActive()


def test_the_brush_is_outlined_only_in_the_view_under_the_pointer(desk: Desk, twin: CanvasView) -> None:
    desk.session.set_brush(replace(desk.session.settings.brush, size_px=60.0))
    plain = twin.grab().toImage()
    desk.mouse(QEvent.Type.MouseMove, *desk.view.viewport.to_view(128, 128), NONE, NONE)
    desk.view.flush()
    twin.flush()
    assert any(desk.seen(128 + reach, 128) != (255, 255, 255) for reach in range(27, 34))
    assert twin.grab().toImage() == plain
