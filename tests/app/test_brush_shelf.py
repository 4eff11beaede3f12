"""Presets as an artist keeps them: chosen, changed, taken back, saved, starred, carried from one start to the next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.brush_presets import BrushLibrary
from app.brush_shelf import BrushShelf
from app.session import Session
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.brush import BrushMode
from canvas.formats.errors import FormatError


def opened(folder: Path) -> BrushShelf:
    """The app started anew."""
    session = Session(edits.new_document(64, 64))
    return BrushShelf(session, Toolbox(session), BrushLibrary(folder))


@pytest.fixture
def shelf(tmp_path: Path) -> BrushShelf:
    return opened(tmp_path / "brushes")


def tweak(shelf: BrushShelf, **changes: float) -> None:
    shelf._session.set_brush(replace(shelf.brush, **changes))


def test_a_preset_brings_the_tool_that_it_is_for(shelf: BrushShelf) -> None:
    for name, tool in (("Eraser soft", "eraser"), ("Smudge", "smudge"), ("G-pen", "brush")):
        shelf.choose(name)
        assert shelf._toolbox.selected_id == tool
        assert shelf.brush.name == name
    shelf._toolbox.select("mask")
    shelf.choose("Soft round")
    assert shelf._toolbox.selected_id == "mask"
    shelf._toolbox.select("move")
    shelf.choose("Pencil")
    assert shelf._toolbox.selected_id == "brush"


def test_a_changed_brush_is_marked_keeps_its_changes_while_it_is_away_and_can_be_reset(shelf: BrushShelf) -> None:
    shelf.choose("G-pen")
    assert not shelf.is_dirty("G-pen")
    tweak(shelf, size_px=33.0)
    assert shelf.is_dirty("G-pen")
    shelf.choose("Pencil")
    assert not shelf.is_dirty("Pencil")
    shelf.choose("G-pen")
    assert shelf.brush.size_px == 33.0
    shelf.reset()
    assert shelf.brush == shelf.preset
    assert not shelf.is_dirty("G-pen")


def test_changes_that_were_not_saved_are_gone_after_a_start(shelf: BrushShelf, tmp_path: Path) -> None:
    shelf.choose("G-pen")
    tweak(shelf, size_px=33.0)
    assert not opened(tmp_path / "brushes").is_dirty("G-pen")


def test_it_tells_when_the_brush_gets_and_loses_its_mark_and_not_at_every_step_of_a_slider(shelf: BrushShelf) -> None:
    shelf.choose("G-pen")
    heard: list[bool] = []
    shelf.changed.connect(lambda: heard.append(shelf.is_dirty("G-pen")))
    for size in (20.0, 21.0, 22.0):
        tweak(shelf, size_px=size)
    shelf.reset()
    assert heard == [True, False]


def test_a_new_preset_is_there_after_a_start_and_the_old_one_is_as_it_was(shelf: BrushShelf, tmp_path: Path) -> None:
    shelf.choose("G-pen")
    tweak(shelf, size_px=33.0)
    assert shelf.save_as("G-pen").name == "G-pen 2"
    assert shelf.brush.name == "G-pen 2"
    assert not shelf.is_dirty("G-pen 2")
    assert not shelf.is_dirty("G-pen")
    again = opened(tmp_path / "brushes")
    again.choose("G-pen 2")
    assert again.brush.size_px == 33.0


def test_a_built_in_preset_can_be_overwritten_and_brought_back(shelf: BrushShelf, tmp_path: Path) -> None:
    tweak(shelf, size_px=33.0)
    shelf.overwrite()
    assert not shelf.is_dirty("Ink pen")
    assert shelf.is_own("Ink pen")
    again = opened(tmp_path / "brushes")
    assert again.brush.size_px == 33.0  # the brush that the app starts with
    again.delete("Ink pen")
    assert again.preset is not None
    assert again.preset.size_px == 12.0
    assert again.is_dirty("Ink pen")


def test_an_own_preset_is_renamed_with_its_star_and_a_taken_name_gets_a_number(
    shelf: BrushShelf, tmp_path: Path
) -> None:
    shelf.save_as("Mine")
    shelf.toggle_favourite("Mine")
    shelf.rename("Mine", "Hard round")
    assert shelf.brush.name == "Hard round 2"
    assert [brush.name for brush in opened(tmp_path / "brushes").favourites] == ["Hard round 2"]


def test_a_deleted_preset_leaves_the_brush_in_the_hand(shelf: BrushShelf) -> None:
    shelf.save_as("Mine")
    brush = shelf.brush
    shelf.delete("Mine")
    assert shelf.brush == brush
    assert shelf.preset is None
    shelf.reset()
    assert shelf.brush == brush


def test_favourites_are_kept_in_their_order(shelf: BrushShelf, tmp_path: Path) -> None:
    for name in ("Marker", "Pencil", "Chalk", "Pencil"):
        shelf.toggle_favourite(name)
    assert [brush.name for brush in opened(tmp_path / "brushes").favourites] == ["Marker", "Chalk"]


def test_a_damaged_list_of_favourites_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "favourites.json"
    path.write_text('{"not": "a list"}')
    shelf = opened(tmp_path)
    assert "favourites.json" in shelf.problems[0]
    assert shelf.favourites == ()
    assert path.read_text() == '{"not": "a list"}'


def test_presets_are_found_by_tag_and_by_words_in_any_order(shelf: BrushShelf) -> None:
    assert {"ink", "paint", "eraser"} <= set(shelf.tags)
    assert all("ink" in brush.tags for brush in shelf.found("ink"))
    assert [brush.name for brush in shelf.found("", "pen INK fine")] == []
    assert [brush.name for brush in shelf.found("", "ink fine")] == ["Fine liner"]
    assert shelf.found("", "no such brush") == ()


def test_tags_can_be_changed(shelf: BrushShelf, tmp_path: Path) -> None:
    shelf.retag("Ink pen", ("manga", "ink"))
    assert not shelf.is_dirty("Ink pen")
    assert "manga" in opened(tmp_path / "brushes").tags


def test_exported_brushes_come_back_with_their_pictures(shelf: BrushShelf, tmp_path: Path) -> None:
    file = tmp_path / "mine.udbrushes"
    shelf.export({"Charcoal", "Leaves"}, file)
    other = opened(tmp_path / "other")
    names = [brush.name for brush in other.import_file(file)]
    assert names == ["Charcoal 2", "Leaves 2"]
    assert other._toolbox.painting.images is other.images
    other.choose("Leaves 2")
    assert other.brush.tip in other.images.tips


def test_a_file_that_holds_no_brushes_changes_nothing(shelf: BrushShelf, tmp_path: Path) -> None:
    file = tmp_path / "broken.abr"
    file.write_bytes(b"\x00\x06\x00")
    before = shelf.brushes
    with pytest.raises(FormatError, match=r"broken\.abr"):
        shelf.import_file(file)
    assert shelf.brushes == before


def test_nothing_is_saved_where_nothing_can_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "brushes"
    folder.write_text("a file where the folder should be")
    shelf = opened(folder)
    for step in (lambda: shelf.save_as("Mine"), lambda: shelf.toggle_favourite("Pencil")):
        with pytest.raises(FormatError):
            step()
    assert not shelf.is_favourite("Pencil")
    assert "Mine" not in {brush.name for brush in shelf.brushes}
    assert shelf.brush.mode is BrushMode.PAINT
