"""Copying, cutting and pasting pixels, without a desktop."""

from __future__ import annotations

import numpy as np
import pytest
from board import SIDE, Board, paint_boxes

from app import pixel_intents
from app.clipboard import Clip
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.layers import Group
from canvas.tiles import ONE, Surface


@pytest.fixture
def board() -> Board:
    made = Board()
    made.toolbox.select("select-rectangle")
    return made


# Copying and pasting


class Box:
    """A clipboard without a desktop."""

    def __init__(self, clip: Clip | None = None) -> None:
        self.clip = clip

    def put(self, surface: Surface, recipe: str | None = None) -> None:
        self.clip = Clip(surface, placed=True, recipe=recipe)

    def take(self) -> Clip | None:
        return self.clip


VIEW = Rect(0, 0, SIDE, SIDE)


def test_copy_takes_what_is_selected_and_paste_puts_it_back_in_place(board: Board) -> None:
    paint_boxes(board)
    board.drag([(10, 10), (40, 40)])
    box = Box()
    pixel_intents.copy(board.session, box)
    assert box.clip is not None
    assert box.clip.surface.content_bounds() == Rect(20, 20, 40, 40)
    pixel_intents.paste(board.session, box, VIEW)
    pasted = board.layer("Pasted")
    assert pasted.surface.content_bounds() == Rect(20, 20, 40, 40)
    assert board.session.active == pasted.id
    pixel_intents.paste(board.session, box, VIEW)
    assert board.layer("Pasted 2").surface.content_bounds() == Rect(20, 20, 40, 40)


def test_cut_takes_it_away_and_undo_brings_it_back(board: Board) -> None:
    paint_boxes(board)
    before = board.layer("Paint").surface
    board.drag([(10, 10), (70, 70)])
    box = Box()
    pixel_intents.cut(board.session, box)
    assert board.layer("Paint").surface.content_bounds() == Rect(150, 150, 190, 190)
    with pytest.raises(EditError, match="empty where it is selected"):
        pixel_intents.copy(board.session, box)
    board.toolbox.undo()
    assert board.layer("Paint").surface is before


def test_copy_merged_takes_what_is_seen(board: Board) -> None:
    paint_boxes(board)
    board.drag([(50, 50), (100, 100)])
    box = Box()
    pixel_intents.copy_merged(board.session, box)
    assert box.clip is not None
    assert box.clip.surface.content_bounds() == Rect(50, 50, 100, 100)
    assert box.clip.surface.read(Rect(55, 55, 56, 56))[0, 0].tolist() == [ONE, 0, 0, ONE]
    assert box.clip.surface.read(Rect(90, 90, 91, 91))[0, 0].tolist() == [ONE] * 4


def test_a_foreign_picture_comes_to_the_middle_of_selection_or_view(board: Board) -> None:
    foreign = Box(Clip(Surface.from_pixels(np.full((20, 10, 4), ONE, np.uint16)), placed=False))
    pixel_intents.paste(board.session, foreign, Rect(100, 100, 200, 200))
    assert board.layer("Pasted").surface.content_bounds() == Rect(145, 140, 155, 160)
    board.toolbox.select("select-rectangle")
    board.drag([(10, 10), (50, 70)])
    pixel_intents.paste(board.session, foreign, VIEW)
    assert board.layer("Pasted 2").surface.content_bounds() == Rect(25, 30, 35, 50)
    pixel_intents.paste_in_place(board.session, foreign)
    assert board.layer("Pasted 3").surface.content_bounds() == Rect(0, 0, 10, 20)


def test_paste_into_masks_by_the_selection(board: Board) -> None:
    box = Box(Clip(Surface.from_pixels(np.full((90, 90, 4), ONE // 2, np.uint16)), placed=False))
    with pytest.raises(EditError, match="Nothing is selected"):
        pixel_intents.paste_into(board.session, box)
    board.drag([(10, 10), (50, 50)])
    pixel_intents.paste_into(board.session, box)
    assert board.chosen is None
    mask = board.layer("Pasted").mask
    assert mask is not None
    assert mask.surface.content_bounds() == Rect(10, 10, 50, 50)
    board.toolbox.undo()
    assert board.bounds == Rect(10, 10, 50, 50)


def test_an_empty_clipboard_and_a_group_say_what_to_do(board: Board) -> None:
    with pytest.raises(EditError, match="clipboard"):
        pixel_intents.paste(board.session, Box(), VIEW)
    board.session.add_node(Group("Trees"), "Add group")
    with pytest.raises(EditError, match="copy merged"):
        pixel_intents.copy(board.session, Box())


def test_layers_via_copy_and_cut_split_the_pixels(board: Board) -> None:
    paint_boxes(board)
    whole = board.layer("Paint").surface
    board.drag([(10, 10), (70, 70)])
    pixel_intents.layer_via_copy(board.session)
    assert board.layer("Paint copy").surface.content_bounds() == Rect(20, 20, 60, 60)
    board.activate("Paint")
    pixel_intents.layer_via_cut(board.session)
    both = board.layer("Paint").surface.read(VIEW).astype(int) + board.layer("Paint cut").surface.read(VIEW)
    assert np.array_equal(both, whole.read(VIEW))
    assert board.session.document.undo_labels[-1] == "Layer via cut"
