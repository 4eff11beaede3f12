"""Selecting with the pen: shapes, modes, dragging the edge, and that what is selected limits every tool."""

from __future__ import annotations

import numpy as np
import pytest
from board import ALT, NONE, SHIFT, SIDE, Board, paint_boxes

from app import pixel_intents, selection_intents
from app.tools.pointer import Modifier
from app.tools.shapes import Ants, Grip, Marquee, Outline
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.layers import Group
from canvas.tiles import ONE


@pytest.fixture
def board() -> Board:
    made = Board()
    made.toolbox.select("select-rectangle")
    return made


# Rectangle and ellipse


def test_a_rectangle_is_dragged_open_and_shown_meanwhile(board: Board) -> None:
    board.toolbox.press(board.event(20, 30))
    board.toolbox.move(board.event(100, 90))
    assert board.toolbox.overlay() == (Marquee(Rect(20, 30, 100, 90)),)
    board.toolbox.release(board.event(100, 90))
    assert board.bounds == Rect(20, 30, 100, 90)
    assert board.session.document.undo_labels == ("Rectangle selection",)
    (edge,) = board.toolbox.overlay()
    assert isinstance(edge, Ants)


@pytest.mark.parametrize(
    ("keys", "second", "wanted"),
    [
        (SHIFT, (100, 60), Rect(50, 50, 100, 100)),
        (SHIFT, (20, 45), Rect(20, 20, 50, 50)),
        (ALT, (60, 70), Rect(40, 30, 60, 70)),
        (SHIFT | ALT, (60, 70), Rect(30, 30, 70, 70)),
    ],
)
def test_without_a_selection_the_keys_mean_the_shape(
    board: Board, keys: Modifier, second: tuple[int, int], wanted: Rect
) -> None:
    board.drag([(50, 50), second], keys)
    assert board.bounds == wanted


def test_a_key_that_chose_the_mode_means_the_shape_once_it_was_lifted(board: Board) -> None:
    board.drag([(10, 10), (40, 30)])
    board.drag([(100, 100), (150, 120)], SHIFT)
    assert board.selected(149, 119)
    assert not board.selected(149, 130)
    board.toolbox.press(board.event(200, 100, SHIFT))
    board.toolbox.move(board.event(210, 110, NONE))
    board.toolbox.move(board.event(240, 110, SHIFT))
    board.toolbox.release(board.event(240, 110, SHIFT))
    assert board.selected(239, 139)


@pytest.mark.parametrize(
    ("keys", "left", "middle", "right"),
    [
        (NONE, False, True, True),
        (SHIFT, True, True, True),
        (ALT, True, False, False),
        (SHIFT | ALT, False, True, False),
    ],
)
def test_modes_by_key(board: Board, keys: Modifier, left: bool, middle: bool, right: bool) -> None:
    board.drag([(100, 100), (200, 200)])
    board.drag([(240, 90), (150, 210)], keys)
    assert [board.selected(x, 150) for x in (120, 180, 230)] == [left, middle, right]


def test_modes_by_button_hold_without_keys(board: Board) -> None:
    board.toolbox.selecting.set(mode="add")
    board.drag([(10, 10), (20, 20)])
    board.drag([(100, 100), (120, 120)])
    assert board.selected(15, 15)
    board.toolbox.selecting.set(mode="subtract")
    board.drag([(5, 5), (50, 50)])
    assert not board.selected(15, 15)
    assert board.selected(110, 110)


def test_fixed_ratio_and_fixed_size(board: Board) -> None:
    board.toolbox.selecting.set(style="ratio", width=2.0, height=1.0)
    board.drag([(50, 50), (70, 90)])
    assert board.bounds == Rect(50, 50, 130, 90)
    board.toolbox.selecting.set(style="size", width=64.0, height=32.0)
    board.click(10, 10)
    assert board.bounds == Rect(10, 10, 74, 42)


def test_a_selection_of_nothing_deselects_and_says_so(board: Board) -> None:
    board.drag([(10, 10), (40, 40)])
    board.drag([(0, 0), (60, 60)], ALT)
    assert board.chosen is None
    assert board.messages == [selection_intents.NOTHING]
    board.toolbox.undo()
    assert board.bounds == Rect(10, 10, 40, 40)


def test_a_drag_outside_of_the_canvas_leaves_things_as_they_are(board: Board) -> None:
    before = board.session.document.state
    board.drag([(300, 300), (400, 400)])
    assert board.session.document.state is before
    assert "no pixel" in board.messages[-1]


def test_a_click_deselects_and_a_second_one_is_no_step(board: Board) -> None:
    board.drag([(10, 10), (40, 40)])
    board.click(200, 200)
    assert board.chosen is None
    board.click(200, 200)
    assert board.session.document.undo_labels == ("Rectangle selection", "Deselect")


def test_escape_in_the_middle_leaves_the_old_selection(board: Board) -> None:
    board.drag([(10, 10), (40, 40)])
    before = board.session.document.state
    board.toolbox.press(board.event(100, 100))
    board.toolbox.move(board.event(200, 200))
    board.toolbox.cancel()
    assert board.session.document.state is before
    assert len(board.toolbox.overlay()) == 1


def test_an_ellipse_touches_its_box_and_feather_softens_it(board: Board) -> None:
    board.toolbox.select("select-ellipse")
    board.drag([(50, 50), (150, 110)])
    assert board.bounds == Rect(50, 50, 150, 110)
    assert not board.selected(52, 52)
    board.toolbox.selecting.set(feather_px=6.0)
    board.drag([(150, 150), (200, 200)])
    assert board.bounds.x0 < 145
    board.toolbox.selecting.set(feather_px=0.0, antialias=False)
    board.drag([(10, 150), (40, 200)])
    assert board.chosen is not None
    assert set(np.unique(board.chosen.read(Rect(0, 0, SIDE, SIDE)))) == {0, ONE}


# Moving the edge


def test_a_drag_inside_moves_the_edge_and_no_pixels(board: Board) -> None:
    board.drag([(20, 20), (80, 80)])
    painted = board.layer("Background").surface
    board.toolbox.press(board.event(50, 50))
    board.toolbox.move(board.event(70, 60))
    (edge,) = board.toolbox.overlay()
    assert isinstance(edge, Ants)
    assert edge.offset == (20, 10)
    board.toolbox.release(board.event(90, 45))
    assert board.bounds == Rect(60, 15, 120, 75)
    assert board.layer("Background").surface is painted
    assert board.session.document.undo_labels[-1] == "Move selection"
    board.toolbox.press(board.event(90, 45))
    board.toolbox.move(board.event(190, 145))
    board.toolbox.cancel()
    assert board.bounds == Rect(60, 15, 120, 75)


def test_what_is_dragged_over_the_edge_comes_back_whole(board: Board) -> None:
    board.drag([(20, 20), (80, 80)])
    board.drag([(50, 50), (0, 50)])
    board.drag([(10, 50), (60, 50)])
    assert board.bounds == Rect(20, 20, 80, 80)


def test_arrow_keys_move_the_edge_as_one_step(board: Board) -> None:
    assert not board.toolbox.nudge(1, 0)
    board.drag([(20, 20), (80, 80)])
    for _ in range(3):
        assert board.toolbox.nudge(1, 0)
    assert board.bounds == Rect(23, 20, 83, 80)
    assert board.session.document.undo_labels == ("Rectangle selection", "Move selection")


# Lasso and polygon


def test_a_lasso_selects_what_it_is_drawn_around(board: Board) -> None:
    board.toolbox.select("select-lasso")
    board.toolbox.press(board.event(20, 20))
    for point in ((120, 20), (120, 120), (20, 120)):
        board.toolbox.move(board.event(*point))
    (line,) = board.toolbox.overlay()
    assert isinstance(line, Outline)
    board.toolbox.release(board.event(20, 120))
    assert board.bounds == Rect(20, 20, 120, 120)
    board.click(200, 200)
    assert board.chosen is None


def corners(board: Board, *points: tuple[float, float]) -> None:
    board.toolbox.select("select-polygon")
    for point in points:
        board.click(*point)


def test_a_polygon_is_closed_by_enter(board: Board) -> None:
    corners(board, (20, 20), (120, 20), (120, 120))
    assert board.toolbox.pending
    assert board.chosen is None
    board.toolbox.hover(board.event(60, 90))
    shapes = board.toolbox.overlay()
    assert any(isinstance(s, Outline) and len(s.points) == 4 for s in shapes)
    assert any(isinstance(s, Grip) for s in shapes)
    board.toolbox.confirm()
    assert not board.toolbox.pending
    assert board.selected(100, 40)
    assert not board.selected(40, 100)
    assert board.session.document.undo_labels == ("Polygon selection",)


def test_a_polygon_is_closed_by_a_double_click_and_by_its_first_corner(board: Board) -> None:
    corners(board, (20, 20), (120, 20), (120, 120))
    board.time_s -= 1.8
    board.click(120, 120)
    assert board.selected(100, 40)
    board.session.document.undo()
    corners(board, (20, 20), (120, 20), (120, 120), (23, 22))
    assert board.selected(100, 40)
    assert not board.toolbox.pending


def test_backspace_takes_a_corner_back_and_escape_all(board: Board) -> None:
    corners(board, (20, 20), (120, 20), (200, 200))
    board.toolbox.delete()
    board.click(120, 120)
    board.toolbox.confirm()
    assert board.bounds == Rect(20, 20, 120, 120)
    corners(board, (150, 150), (200, 150), (200, 200))
    board.toolbox.dismiss()
    assert not board.toolbox.pending
    assert board.bounds == Rect(20, 20, 120, 120)


def test_taking_another_tool_closes_an_open_polygon(board: Board) -> None:
    corners(board, (20, 20), (120, 20), (120, 120))
    board.toolbox.select("brush")
    assert board.selected(100, 40)


def test_corners_are_not_for_another_document(board: Board) -> None:
    corners(board, (20, 20), (120, 20), (120, 120))
    board.session.new(64, 64)
    assert not board.toolbox.pending


def test_shift_keeps_polygon_edges_at_round_angles(board: Board) -> None:
    board.toolbox.select("select-polygon")
    board.click(20, 20)
    board.click(120, 26, SHIFT)
    board.click(120, 120)
    board.toolbox.confirm()
    assert board.bounds.y0 == 20


# Wand and colour


def test_the_wand_selects_one_area_or_all_of_a_colour(board: Board) -> None:
    paint_boxes(board)
    board.toolbox.select("select-wand")
    board.click(30, 30)
    assert board.bounds == Rect(20, 20, 60, 60)
    board.click(160, 160, SHIFT)
    assert board.bounds == Rect(20, 20, 190, 190)
    board.click(30, 30, ALT)
    assert board.bounds == Rect(150, 150, 190, 190)
    board.toolbox.selecting.set(contiguous=False)
    board.click(30, 30)
    assert board.bounds == Rect(20, 20, 190, 190)


def test_the_wand_looks_at_the_layer_or_at_the_picture(board: Board) -> None:
    paint_boxes(board)
    board.activate("Background")
    board.toolbox.select("select-wand")
    board.click(30, 30)
    assert board.bounds == Rect(0, 0, SIDE, SIDE)
    board.toolbox.selecting.set(reference="picture")
    board.click(30, 30)
    assert board.bounds == Rect(20, 20, 60, 60)


def test_a_click_of_the_wand_inside_the_selection_selects_anew(board: Board) -> None:
    paint_boxes(board)
    selection_intents.select_all(board.session)
    board.toolbox.select("select-wand")
    board.click(30, 30)
    assert board.bounds == Rect(20, 20, 60, 60)
    board.click(400, 30)
    assert "outside the canvas" in board.messages[-1]


def test_selecting_by_colour_takes_all_of_it(board: Board) -> None:
    paint_boxes(board)
    board.toolbox.select("select-colour")
    board.click(30, 30)
    assert board.bounds == Rect(20, 20, 190, 190)
    assert not board.selected(100, 100)


# Intents


def test_what_is_opaque_on_a_layer_is_selected(board: Board) -> None:
    paint_boxes(board)
    selection_intents.select_opaque(board.session, board.layer("Paint").id)
    assert board.bounds == Rect(20, 20, 190, 190)
    assert not board.selected(100, 100)
    with pytest.raises(EditError, match="empty"):
        selection_intents.select_opaque(board.session, board.layer("Sketch").id)
    board.session.add_node(Group("Trees"), "Add group")
    with pytest.raises(EditError, match="no pixels"):
        selection_intents.select_opaque(board.session, board.session.active_node.id)  # type: ignore[union-attr]


def test_inverting_everything_leaves_nothing(board: Board) -> None:
    with pytest.raises(EditError, match="no selection"):
        selection_intents.invert(board.session)
    selection_intents.select_all(board.session)
    selection_intents.invert(board.session)
    assert board.chosen is None
    assert board.messages == [selection_intents.NOTHING]


def test_the_edge_is_traced_once_for_a_selection_and_can_be_hidden(board: Board) -> None:
    board.drag([(20, 20), (80, 80)])
    board.toolbox.select("brush")
    (first,), (second,) = board.toolbox.edge.overlay(), board.toolbox.edge.overlay()
    assert first is second
    board.toolbox.edge.show(on=False)
    assert board.toolbox.edge.overlay() == ()
    board.toolbox.edge.show(on=True)
    assert board.toolbox.edge.overlay() == (first,)


# Quick mask


def test_the_quick_mask_is_painted_and_filled_and_then_is_the_selection(board: Board) -> None:
    selection_intents.toggle_quick_mask(board.session)
    assert board.session.plane == "selection"
    board.toolbox.select("brush")
    board.drag([(50, 100), (200, 100)])
    assert board.selected(120, 100)
    assert not board.selected(120, 200)
    assert board.toolbox.edge.overlay() == ()
    assert board.pixel(120, 100) == [ONE] * 4
    board.toolbox.select("fill")
    board.click(10, 10, SHIFT)
    assert board.selected(120, 200)
    board.toolbox.select("gradient")
    board.drag([(0, 0), (256, 0)])
    assert board.selected(20, 20)
    assert not board.selected(230, 20)
    selection_intents.toggle_quick_mask(board.session)
    assert board.session.plane == "pixels"
    assert len(board.toolbox.edge.overlay()) == 1


def test_a_quick_mask_that_came_to_nothing_deselects(board: Board) -> None:
    board.drag([(20, 20), (80, 80)])
    selection_intents.toggle_quick_mask(board.session)
    pixel_intents.clear(board.session)
    selection_intents.toggle_quick_mask(board.session)
    assert board.chosen is None
    assert board.messages[-1] == selection_intents.NOTHING
