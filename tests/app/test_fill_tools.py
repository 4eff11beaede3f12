"""Fill and gradient with the pen: where colour goes, what limits it, and what cannot be filled."""

from __future__ import annotations

import numpy as np
import pytest
from board import SHIFT, SIDE, Board, paint_boxes

from app.tools.shapes import Outline
from canvas import edits
from canvas.compositor import composite
from canvas.geometry import Rect
from canvas.tiles import ONE, Surface


@pytest.fixture
def board() -> Board:
    made = Board()
    made.toolbox.select("select-rectangle")
    return made


# Fill


def ring(board: Board) -> None:
    """A dark frame on the sketch layer, from 50 to 150, four pixels wide."""
    ink = np.zeros((100, 100, 4), np.uint16)
    ink[..., 3] = ONE
    ink[4:-4, 4:-4] = 0
    surface = Surface.from_pixels(ink, 50, 50)
    board.session.document.edit("Ring", lambda s: edits.set_pixels(s, board.layer("Background").id, _over(s, surface)))


def _over(state: edits.DocumentState, ink: Surface) -> Surface:
    white = composite(state, state.rect)
    alpha = ink.read(state.rect)[..., 3:] / ONE
    return Surface.from_pixels((white * (1 - alpha) + ink.read(state.rect)).astype(np.uint16))


def test_fill_stops_at_lines_of_the_reference(board: Board) -> None:
    ring(board)
    board.session.set_colour((0.0, 0.0, 1.0))
    board.toolbox.select("fill")
    board.toolbox.tool("fill").options.set(reference="picture")  # type: ignore[attr-defined]
    board.click(100, 100)
    assert board.pixel(100, 100) == [0, 0, ONE, ONE]
    assert board.pixel(20, 20) == [ONE] * 4
    # A pixel under the lines, where they are soft: no pale rim is left along them.
    assert board.layer("Paint").surface.content_bounds() == Rect(53, 53, 147, 147)
    assert board.session.document.undo_labels[-1] == "Fill"


def test_fill_on_the_layer_alone_does_not_see_other_lines(board: Board) -> None:
    ring(board)
    board.toolbox.select("fill")
    board.click(100, 100)
    assert board.layer("Paint").surface.content_bounds() == Rect(0, 0, SIDE, SIDE)


def test_a_drag_fills_every_area_of_that_colour_and_not_the_lines(board: Board) -> None:
    ring(board)
    board.session.set_colour((0.0, 0.0, 1.0))
    board.toolbox.select("fill")
    board.toolbox.tool("fill").options.set(reference="picture")  # type: ignore[attr-defined]
    board.drag([(20, 100), (100, 100)])
    assert board.pixel(20, 20) == board.pixel(100, 100) == [0, 0, ONE, ONE]
    assert board.pixel(52, 100) == [0, 0, 0, ONE]
    assert board.session.document.undo_labels == ("Ring", "Fill")
    board.toolbox.press(board.event(20, 100))
    board.toolbox.cancel()
    assert board.session.document.undo_labels == ("Ring", "Fill")


def test_fill_stays_in_the_selection(board: Board) -> None:
    board.drag([(20, 20), (100, 100)])
    board.toolbox.select("fill")
    board.click(50, 50)
    assert board.layer("Paint").surface.content_bounds() == Rect(20, 20, 100, 100)
    before = board.session.document.state
    board.click(200, 200)
    assert board.session.document.state is before
    assert "outside the selection" in board.messages[-1]
    board.click(200, 200, SHIFT)
    assert board.layer("Paint").surface.content_bounds() == Rect(20, 20, 100, 100)


def test_the_other_end_of_the_pen_erases_an_area(board: Board) -> None:
    paint_boxes(board)
    board.toolbox.select("fill")
    board.click(30, 30, pointer="eraser")
    assert board.layer("Paint").surface.content_bounds() == Rect(150, 150, 190, 190)


@pytest.mark.parametrize("tool", ["fill", "gradient"])
def test_a_locked_layer_says_so_and_no_gesture_is_open(board: Board, tool: str) -> None:
    board.session.document.edit("Lock", lambda s: edits.set_locked(s, board.layer("Paint").id, True))
    board.toolbox.select(tool)
    board.drag([(50, 50), (90, 90)])
    assert "locked" in board.messages[-1]
    assert not board.session.document.in_gesture


# Gradient


def test_a_gradient_runs_from_foreground_to_background_and_is_one_step(board: Board) -> None:
    board.session.set_colour((1.0, 0.0, 0.0))
    board.toolbox.select("gradient")
    seen: list[bool] = []
    board.session.document_changed.connect(lambda _o, _n: seen.append(board.session.document.in_gesture))
    board.drag([(64, 100), (100, 100), (192, 100)])
    assert seen[:2] == [True, True]
    assert board.pixel(10, 10) == [ONE, 0, 0, ONE]
    assert board.pixel(250, 10) == [ONE] * 4
    assert board.pixel(128, 10)[1] == pytest.approx(ONE / 2, abs=ONE / 100)
    assert board.session.document.undo_labels == ("Gradient",)


def test_a_gradient_is_limited_by_selection_and_alpha(board: Board) -> None:
    paint_boxes(board)
    board.drag([(30, 30), (170, 170)])
    board.session.document.edit("Lock", lambda s: edits.set_alpha_locked(s, board.layer("Paint").id, True))
    board.session.set_colour((0.0, 1.0, 0.0))
    board.toolbox.select("gradient")
    board.drag([(300, 0), (310, 0)])
    assert board.pixel(40, 40) == [0, ONE, 0, ONE]
    assert board.pixel(25, 25) == [ONE, 0, 0, ONE]
    assert board.pixel(100, 100) == [ONE] * 4


def test_shift_keeps_a_gradient_to_round_angles(board: Board) -> None:
    board.toolbox.select("gradient")
    board.toolbox.press(board.event(50, 50, SHIFT))
    board.toolbox.move(board.event(150, 58, SHIFT))
    line = next(s for s in board.toolbox.overlay() if isinstance(s, Outline))
    assert line.points[1][1] == pytest.approx(50)
    board.toolbox.cancel()
    assert board.session.document.undo_labels == ()


def test_a_click_draws_no_gradient_and_says_how(board: Board) -> None:
    board.toolbox.select("gradient")
    before = board.session.document.state
    board.click(50, 50)
    assert board.session.document.state is before
    assert "Drag" in board.messages[-1]
