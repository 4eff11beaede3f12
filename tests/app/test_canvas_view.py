"""The canvas as an artist sees it: ink at once, the result over it, what is new over the result, keys for looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from desk import Desk
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from app.canvas_view.fresh_ink import FULL_AT_LEAST, fresh_ink
from app.canvas_view.image_age import ImageAge
from app.canvas_view.scene import Scene
from app.canvas_view.tile_pool import TilePool
from app.canvas_view.viewport import Viewport
from app.theme import Theme
from canvas import edits
from canvas.layers import Layer
from canvas.roles import InpaintMask, Pose, Reference
from canvas.snapshot import Snapshot
from canvas.tiles import ONE, Surface
from inference.condition_set import Part, Placement
from inference.result import Result

WHITE, GREEN, BLUE = (255, 255, 255), (0, 200, 0), (0, 0, 255)
RELEASE = QEvent.Type.KeyRelease


def near(a: tuple[int, int, int], b: tuple[int, int, int], tolerance: int = 6) -> bool:
    return all(abs(p - q) <= tolerance for p, q in zip(a, b, strict=True))


def broad(desk: Desk, colour: tuple[float, float, float] = (1.0, 0.0, 0.0), size_px: float = 30.0) -> None:
    """Take a broad, crisp brush."""
    brush = desk.session.settings.brush
    desk.session.set_brush(replace(brush, size_px=size_px, hardness=1.0, dynamics=()))
    desk.session.set_colour(colour)


def square(colour: tuple[float, float, float], x: int = 96, y: int = 96, side: int = 64) -> Surface:
    pixels = np.zeros((side, side, 4), np.uint16)
    pixels[...] = [*(round(c * ONE) for c in colour), ONE]
    return Surface.from_pixels(pixels, x, y)


# Ink


def test_ink_is_on_the_screen_after_one_display_frame_while_the_pen_is_still_down(desk: Desk) -> None:
    broad(desk)
    desk.tablet(QEvent.Type.TabletPress, 60, 128)
    desk.tablet(QEvent.Type.TabletMove, 128, 128)
    desk.tablet(QEvent.Type.TabletMove, 200, 128)
    assert near(desk.seen(128, 128), (255, 0, 0))
    assert desk.seen(128, 200) == WHITE
    assert desk.session.document.in_gesture


def test_the_same_points_give_the_same_pixels_however_many_display_frames_they_span(theme: Theme) -> None:
    points = [(40 + 4 * i, 128 + 60 * np.sin(i / 3)) for i in range(40)]
    painted = []
    for frame_after_every in (1, 7, 1000):
        desk = Desk(theme)
        desk.tablet(QEvent.Type.TabletPress, *points[0], pressure=0.2)
        for i, (x, y) in enumerate(points):
            desk.tablet(QEvent.Type.TabletMove, x, y, 0.2 + 0.02 * i)
            if i % frame_after_every == 0:
                desk.view.flush()
        desk.tablet(QEvent.Type.TabletRelease, *points[-1], pressure=0.0)
        painted.append(desk.layer("Paint").surface.read(desk.session.document.state.rect))
        desk.view.deleteLater()
    assert painted[0].any()
    assert np.array_equal(painted[0], painted[1])
    assert np.array_equal(painted[0], painted[2])


def test_a_stroke_is_one_undo_step_and_escape_takes_back_an_open_one(desk: Desk) -> None:
    before = desk.session.document.state
    desk.tablet(QEvent.Type.TabletPress, 60, 128)
    desk.tablet(QEvent.Type.TabletMove, 200, 128)
    desk.view.flush()
    desk.key(Qt.Key.Key_Escape)
    assert desk.session.document.state is before
    desk.tablet(QEvent.Type.TabletMove, 210, 128)
    desk.tablet(QEvent.Type.TabletRelease, 210, 128)
    assert desk.session.document.state is before
    desk.stroke((60, 128), (200, 128))
    assert desk.session.document.undo_labels == ("Brush stroke",)


def test_the_other_end_of_the_pen_erases_for_that_stroke_only(desk: Desk) -> None:
    broad(desk)
    desk.stroke((60, 128), (200, 128))
    desk.stroke((128, 80), (128, 180), device=desk.eraser)
    assert desk.seen(128, 128) == WHITE
    assert near(desk.seen(80, 128), (255, 0, 0))
    assert desk.toolbox.selected_id == "brush"
    desk.stroke((60, 180), (200, 180))
    assert near(desk.seen(128, 180), (255, 0, 0))


def test_an_idle_view_runs_no_timer(desk: Desk) -> None:
    desk.stroke((60, 128), (200, 128))
    desk.view.flush()
    assert not [t for t in desk.view.findChildren(QTimer) if t.isActive()]
    desk.show_result(GREEN)
    desk.view.flush()
    assert not [t for t in desk.view.findChildren(QTimer) if t.isActive()]


def test_what_is_held_ready_for_the_screen_does_not_grow_with_the_document() -> None:
    sizes = []
    for side in (512, 2048, 8192):
        scene = Scene((70, 70, 70), TilePool())
        state = edits.new_document(side, side)
        scene.show(state, None, None, Viewport(400, 400).fitted(state.rect))
        scene.fill((0, 0, 0), lambda: 0.0, 1.0)
        sizes.append(scene.picture.sheet.pixels.nbytes)
    assert max(sizes) <= 4 * 1024 * 1024


def test_a_zoomed_out_picture_shows_the_mean_of_its_pixels(desk: Desk) -> None:
    stripes = np.zeros((256, 256, 4), np.uint16)
    stripes[..., 3] = ONE
    stripes[:, ::2, :3] = ONE
    paint = desk.layer("Paint")
    surface = Surface.from_pixels(stripes)
    desk.session.document.edit("Stripes", lambda state: edits.set_pixels(state, paint.id, surface))
    desk.view.set_viewport(replace(desk.view.viewport, zoom=0.25))
    assert near(desk.seen(128, 128), (128, 128, 128), 4)


# The result


def test_the_result_lies_over_the_paint_at_the_chosen_opacity(desk: Desk) -> None:
    desk.session.set_look(replace(desk.session.look, opacity=1.0))
    desk.show_result(GREEN)
    assert near(desk.seen(128, 128), GREEN)
    desk.session.set_look(replace(desk.session.look, opacity=0.5))
    assert near(desk.seen(128, 128), (128, 228, 128))


def test_a_result_leaves_alone_what_its_alpha_does_not_cover(desk: Desk) -> None:
    alpha = np.zeros((256, 256), np.uint8)
    alpha[:, 128:] = 255
    desk.session.set_look(replace(desk.session.look, opacity=1.0))
    desk.show_result(GREEN, alpha=Part.of(alpha))
    assert desk.seen(60, 128) == WHITE
    assert near(desk.seen(200, 128), GREEN)


def test_held_keys_show_the_paint_alone_and_both_side_by_side(desk: Desk) -> None:
    desk.session.set_look(replace(desk.session.look, opacity=1.0))
    desk.show_result(GREEN)
    desk.key(Qt.Key.Key_QuoteLeft)
    assert desk.seen(128, 128) == WHITE
    desk.key(Qt.Key.Key_QuoteLeft, RELEASE)
    assert near(desk.seen(128, 128), GREEN)
    desk.key(Qt.Key.Key_Backslash)
    assert desk.seen_in_view(100, 200) == WHITE
    assert near(desk.seen_in_view(300, 200), GREEN)
    desk.key(Qt.Key.Key_Backslash, RELEASE)
    assert near(desk.seen(128, 128), GREEN)


def test_a_key_that_is_held_while_the_focus_goes_is_let_go(desk: Desk) -> None:
    desk.key(Qt.Key.Key_QuoteLeft)
    desk.key(Qt.Key.Key_Space)
    QApplication.sendEvent(desk.view, QFocusEvent(QEvent.Type.FocusOut))
    assert not desk.session.look.paint_only
    assert desk.toolbox.active_id == "brush"


def test_enter_keeps_the_result_as_a_layer(desk: Desk) -> None:
    desk.show_result(GREEN)
    desk.key(Qt.Key.Key_Return)
    assert desk.layer("Result 1").recipe == "{}"
    assert near(desk.seen(128, 128), GREEN)


# Fresh ink


def test_new_ink_shows_at_full_strength_over_the_result_until_a_newer_one_comes(desk: Desk) -> None:
    broad(desk, (0.0, 0.0, 1.0))
    desk.session.set_look(replace(desk.session.look, opacity=1.0))
    desk.show_result(GREEN)
    desk.stroke((60, 128), (200, 128))
    assert near(desk.seen(128, 128), BLUE)
    assert near(desk.seen(128, 60), GREEN)
    desk.show_result(GREEN)
    assert near(desk.seen(128, 128), GREEN)


def test_ink_drawn_while_the_image_was_made_stays_on_top_of_it(desk: Desk) -> None:
    broad(desk, (0.0, 0.0, 1.0))
    desk.session.set_look(replace(desk.session.look, opacity=1.0))
    desk.stroke((60, 60), (200, 60))
    asked = desk.session.document.snapshot()
    desk.stroke((60, 128), (200, 128))
    desk.show_result(GREEN, asked)
    assert near(desk.seen(128, 60), GREEN)
    assert near(desk.seen(128, 128), BLUE)
    desk.session.undo()
    assert near(desk.seen(128, 128), GREEN)


def test_what_was_erased_since_is_seen_as_erased(desk: Desk) -> None:
    broad(desk, (0.0, 0.0, 1.0), size_px=60)
    desk.session.set_look(replace(desk.session.look, opacity=1.0))
    desk.stroke((60, 128), (200, 128))
    desk.show_result(GREEN)
    desk.toolbox.select("eraser")
    broad(desk)
    desk.stroke((60, 128), (200, 128))
    assert desk.seen(128, 128) == WHITE


def test_lines_over_a_result_are_softened_and_new_ones_are_not(desk: Desk) -> None:
    broad(desk, (0.0, 0.0, 0.0))
    desk.activate("Sketch")
    desk.session.set_look(replace(desk.session.look, opacity=1.0))
    desk.stroke((60, 60), (200, 60))
    assert near(desk.seen(128, 60), (0, 0, 0))
    desk.show_result(GREEN)
    assert near(desk.seen(128, 60), (0, 110, 0))
    desk.stroke((60, 128), (200, 128))
    assert near(desk.seen(128, 128), (0, 0, 0))


colours = st.tuples(*[st.integers(0, 255)] * 3)


@settings(max_examples=40, deadline=None)
@given(colours, colours, colours, st.floats(0.1, 1.0))
def test_a_stroke_is_laid_over_the_result_by_its_own_coverage(
    paper: tuple[int, int, int], ink: tuple[int, int, int], other: tuple[int, int, int], cover: float
) -> None:
    before = np.full((16, 16, 4), (*paper, 255), np.uint8)
    now = before.copy()
    painted = np.rint(cover * np.array(ink) + (1 - cover) * np.array(paper))
    now[4:12, 4:12, :3] = painted
    fresh = fresh_ink(before, now, [ink, other], None)
    difference = np.abs(painted - paper).max()
    if difference <= 2:
        assert fresh is None
        return
    assert fresh is not None
    assert not fresh[:4].any()
    shown = fresh[8, 8].astype(float)
    # What is shown, laid back over the old picture, gives the new one.
    laid = shown[:3] + (1 - shown[3] / 255) * np.array(paper)
    assert np.abs(laid - painted).max() <= 6


def test_a_change_that_no_ink_explains_shows_the_new_picture_itself() -> None:
    before = np.full((32, 32, 4), 255, np.uint8)
    now = before.copy()
    now[2:8, 2:8] = (10, 200, 30, 255)
    now[20:28, 20:28] = 0
    fresh = fresh_ink(before, now, [(255, 0, 0)], (60, 60, 60))
    assert fresh is not None
    assert tuple(fresh[4, 4]) == (10, 200, 30, 255)
    assert tuple(fresh[24, 24]) == (60, 60, 60, 255)


def test_guessed_coverage_equals_its_slow_twin() -> None:
    rng = np.random.default_rng(3)
    before = np.full((24, 24, 4), 255, np.uint8)
    now = before.copy()
    now[..., :3] -= rng.integers(0, 90, (24, 24, 3), dtype=np.uint8)
    fresh = fresh_ink(before, now, [], None)
    strongest = (before.astype(int) - now).max(axis=2)
    near_by = np.maximum(cv2.dilate(strongest.astype(np.uint8), np.ones((9, 9), np.uint8)), FULL_AT_LEAST)
    weight = np.minimum(255, strongest * 255 // near_by)
    expected = (now * weight[..., None] + 127) // 255
    expected[strongest <= 2] = 0
    assert fresh is not None
    assert np.array_equal(fresh, expected)


# Instructions


def test_a_mask_is_a_red_tint_over_the_picture_while_one_is_active(desk: Desk) -> None:
    desk.session.add_node(Layer("House only", surface=square((0.0, 0.0, 0.0)), role=InpaintMask()), "Add mask")
    red, green, blue = desk.seen(128, 128)
    assert red > 230
    assert green == pytest.approx(blue, abs=2)
    assert 150 < green < 190
    assert desk.seen(40, 40) == WHITE
    desk.activate("Paint")
    assert desk.seen(128, 128) == WHITE


def test_a_reference_is_seen_only_while_it_is_active(desk: Desk) -> None:
    desk.session.add_node(Layer("Oil study", surface=square((0.0, 0.0, 1.0)), role=Reference()), "Add reference")
    assert near(desk.seen(128, 128), BLUE)
    desk.activate("Paint")
    assert desk.seen(128, 128) == WHITE


def test_a_figure_is_drawn_in_the_colours_of_its_joints(desk: Desk) -> None:
    desk.toolbox.select("pose")
    desk.stroke((128, 128))
    role = desk.layer("Pose").role
    assert isinstance(role, Pose)
    knee = role.figures[0].joints[9]
    desk.toolbox.select("brush")
    assert near(desk.seen(knee.x, knee.y), (0, 255, 255), 40)


# Looking


def test_the_wheel_zooms_at_the_cursor(desk: Desk) -> None:
    under = desk.view.viewport.to_document(100, 120)
    event = QWheelEvent(
        QPointF(100, 120), QPointF(100, 120), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(desk.view, event)
    assert desk.view.viewport.zoom == pytest.approx(2**0.5)
    assert desk.view.viewport.to_document(100, 120) == pytest.approx(under)


def test_space_drag_pans_and_paints_nothing(desk: Desk) -> None:
    before, state = desk.view.viewport.to_view(0, 0), desk.session.document.state
    desk.key(Qt.Key.Key_Space)
    desk.drag((200, 200), (230, 180), Qt.MouseButton.LeftButton)
    desk.key(Qt.Key.Key_Space, RELEASE)
    assert desk.view.viewport.to_view(0, 0) == pytest.approx((before[0] + 30, before[1] - 20))
    assert desk.session.document.state is state
    assert desk.toolbox.active_id == "brush"


def test_a_canvas_that_is_panned_out_of_sight_can_be_painted_and_comes_back(desk: Desk) -> None:
    desk.view.pan(5000, 0)
    assert desk.seen_in_view(200, 200) == (0x6E, 0x6E, 0x6E)
    desk.view.pan(-5000, 0)
    assert desk.seen(128, 128) == WHITE


def test_the_middle_button_pans_with_any_tool(desk: Desk) -> None:
    before = desk.view.viewport.to_view(0, 0)
    desk.drag((200, 200), (190, 260), Qt.MouseButton.MiddleButton)
    assert desk.view.viewport.to_view(0, 0) == pytest.approx((before[0] - 10, before[1] + 60))


def test_m_mirrors_the_view_and_not_the_document(desk: Desk) -> None:
    state = desk.session.document.state
    desk.key(Qt.Key.Key_M)
    assert desk.view.viewport.mirrored
    assert desk.session.document.state is state


def test_a_fitted_document_stays_fitted_when_the_window_grows_until_it_is_moved(desk: Desk) -> None:
    desk.view.fit()
    desk.view.resize(600, 600)
    QApplication.sendPostedEvents()
    fitted = desk.view.viewport
    assert fitted == fitted.fitted(desk.session.document.state.rect)
    desk.view.pan(10, 0)
    desk.view.resize(500, 500)
    QApplication.sendPostedEvents()
    assert desk.view.viewport.zoom == fitted.zoom


# The age of the image


def test_the_age_says_in_sync_and_how_far_behind_the_first_missing_stroke_is() -> None:
    old, new = edits.new_document(8, 8), edits.new_document(8, 8)
    age = ImageAge()
    age.document_replaced(old)
    assert age.sentence(0.0) == ""
    result = Result(
        np.zeros((8, 8, 3), np.uint8), Placement(old.rect), "preview", Snapshot(4, old), "{}", {"total": 0.29}
    )
    age.result_changed(result)
    assert age.sentence(1.0) == "in sync, 0.29 s"
    age.document_changed(5, new, 2.0)
    age.document_changed(6, replace(new), 2.5)
    assert age.sentence(2.8) == "behind by 0.8 s"
    age.result_changed(replace(result, snapshot=Snapshot(5, new)))
    assert age.behind_s(2.8) == pytest.approx(0.3)
    age.result_changed(result)
    assert age.sentence(2.8) == "behind by 0.8 s"
    age.document_changed(7, old, 3.0)
    assert age.in_sync


def test_the_engine_knows_better_than_the_canvas_what_an_image_lacks() -> None:
    state = edits.new_document(8, 8)
    age = ImageAge()
    age.document_replaced(state)
    age.result_changed(
        Result(np.zeros((8, 8, 3), np.uint8), Placement(state.rect), "preview", Snapshot(4, state), "{}")
    )
    age.engine_synced(12.0)  # the prompt has changed
    assert age.sentence(13.5) == "behind by 1.5 s"
    age.engine_synced(None)
    age.document_changed(5, replace(state), 20.0)  # a layer was renamed: no other image will come
    assert not age.in_sync
    age.engine_synced(None)
    assert age.in_sync


# Dropped files


def drop(desk: Desk, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, left, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(desk.view, QDragEnterEvent(QPoint(5, 5), action, data, left, plain))
    QApplication.sendEvent(desk.view, QDropEvent(QPointF(5, 5), action, data, left, plain))


def test_a_dropped_picture_becomes_a_layer_or_with_the_reference_tool_a_reference(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "study.png"
    Image.new("RGB", (32, 32), (0, 0, 255)).save(path)
    drop(desk, path)
    assert near(desk.seen(16, 16), BLUE)
    desk.toolbox.select("reference")
    drop(desk, path)
    roles = [type(node.role) for node in desk.session.document.state.walk() if node.name == "study"]
    assert Reference in roles
    assert len(roles) == 2


def test_a_dropped_document_is_opened_by_the_window(desk: Desk, tmp_path: Path) -> None:
    opened: list[Sequence[Path]] = []
    desk.view.open_files = opened.append
    drop(desk, tmp_path / "harvest.udraw")
    assert opened == [(tmp_path / "harvest.udraw",)]


def test_a_dropped_file_that_is_no_picture_is_told_in_one_sentence(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("not a picture")
    state = desk.session.document.state
    drop(desk, path)
    assert desk.session.document.state is state
    assert "notes.png" in desk.messages[-1]
