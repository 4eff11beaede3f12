"""Opening: what is read becomes the document when it is whole; until then, and when it fails, nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from by_hand import ByHand
from PIL import Image
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.dialogs.opening import OpeningPicture
from app.opening import Opening, Remembered, first_picture
from app.session import Session
from app.theme import Theme
from app.widgets.notes_bar import NotesBar
from canvas import edits
from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.formats.job import Cancelled
from canvas.formats.options import WriteOptions
from canvas.layers import Layer
from canvas.roles import Control
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface
from inference.condition_set import Placement
from inference.direction import Direction
from inference.result import Result


@pytest.fixture
def native(tmp_path: Path) -> Path:
    path = tmp_path / "harvest.udraw"
    state = edits.new_document(96, 64)
    registry.write(replace(state, layers=(*state.layers, Layer("Mine"))), path)
    return path


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "sky.png"
    Image.fromarray(np.full((40, 30, 3), 90, np.uint8)).save(path)
    return path


def fresh() -> Session:
    return Session(edits.new_document(16, 16))


# Reading


def test_a_file_becomes_the_document_and_is_saved_where_it_came_from(native: Path) -> None:
    session = fresh()
    heard: list[tuple[Path, tuple[str, ...]]] = []
    session.opened.connect(lambda path, notes: heard.append((path, notes)))
    session.take(Opening(native, session.remembered).result())
    assert [node.name for node in session.document.state.layers][-1] == "Mine"
    assert session.path == session.origin == native
    assert not session.modified
    assert session.in_full
    assert heard == [(native, ())]


def test_the_results_in_the_strip_come_back_with_the_document(tmp_path: Path) -> None:
    session = fresh()
    pixels = np.random.default_rng(1).integers(0, 256, (16, 16, 3), np.uint8)
    placement = Placement(session.document.state.rect, None)
    made = Result(pixels, placement, "final", session.document.snapshot(), '{"prompt": "hills"}', {"total": 0.2})
    session.show_result(made)
    session.save(tmp_path / "a.udraw")
    session.new(8, 8)
    assert session.results == ()
    session.open(tmp_path / "a.udraw")
    assert len(session.results) == 1
    assert np.array_equal(session.results[0].pixels, pixels)
    assert session.results[0].recipe == made.recipe


def test_roles_that_another_program_dropped_are_found_again(tmp_path: Path) -> None:
    session = fresh()
    session.roles_folder = tmp_path / "roles"
    session.add_node(Layer("Lines", role=Control("scribble")), "Add")
    path = tmp_path / "a.psd"
    session.export_later(path)
    session.saving.wait()
    plain = edits.new_document(16, 16)
    registry.write(replace(plain, layers=(*plain.layers, Layer("Lines"))), path, options=WriteOptions(roles=False))
    heard: list[tuple[str, ...]] = []
    session.opened.connect(lambda _path, notes: heard.append(notes))
    session.open(path)
    assert session.document.state.layers[-1].role == Control("scribble")
    assert "restored" in heard[0][0]
    assert not any("restored" in loss for loss in session.losses(path))


def test_a_picture_is_saved_back_to_its_own_file(picture: Path) -> None:
    session = fresh()
    session.open(picture)
    assert session.path == picture
    assert session.losses(picture) == ()


def test_a_picture_of_16_bits_is_known_as_one(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    registry.write(edits.new_document(16, 16), path, options=WriteOptions(depth=16))
    session = fresh()
    session.open(path)
    assert session.depth == 16


def test_a_picture_of_another_kind_than_its_name_says_is_not_written_over(picture: Path) -> None:
    named_wrongly = picture.with_suffix(".psd")
    picture.rename(named_wrongly)
    session = fresh()
    session.open(named_wrongly)
    assert session.path is None
    assert session.origin == named_wrongly


def test_what_cannot_be_read_leaves_the_present_document(tmp_path: Path) -> None:
    broken = tmp_path / "broken.udraw"
    broken.write_bytes(b"SQLite format 3\0 and then nothing")
    session = fresh()
    document = session.document
    opening = Opening(broken, session.remembered)
    with pytest.raises(FormatError, match=r"broken\.udraw"):
        opening.result()
    with pytest.raises(FormatError, match=r"broken\.udraw"):
        session.open(broken)
    assert session.document is document


@pytest.mark.parametrize("stored", ["{", "[1]", '{"strength": "much"}', '{"prompt": 7}', '{"seed": true}', "[" * 9999])
def test_damaged_settings_of_a_stranger_cost_one_sentence(tmp_path: Path, stored: str) -> None:
    path = tmp_path / "strange.udraw"
    registry.write(replace(edits.new_document(16, 16), metadata=MappingProxyType({"direction": stored})), path)
    session = fresh()
    heard: list[tuple[str, ...]] = []
    session.opened.connect(lambda _path, notes: heard.append(notes))
    session.open(path)
    assert session.path == path
    assert session.direction == Direction()
    assert len(heard[0]) == 1
    assert "damaged" in heard[0][0]
    session.save(path)
    assert Session(registry.read(path)).direction == Direction()


def test_an_opening_that_is_called_off_gives_nothing(native: Path) -> None:
    hand = ByHand()
    opening = Opening(native, Remembered(), hand)
    opening.cancel()
    hand.run()
    assert opening.done
    with pytest.raises(Cancelled):
        opening.result()


def test_the_stored_picture_of_a_large_document_can_be_had_first(native: Path, picture: Path, tmp_path: Path) -> None:
    tile = np.full((TILE_PX, TILE_PX, 4), ONE, np.uint16)
    tile.flags.writeable = False
    paper = Surface({(x, y): tile for x in range(32) for y in range(16)}, 4)
    large = tmp_path / "large.udraw"
    registry.write(DocumentState(32 * TILE_PX, 16 * TILE_PX, (Layer("Paper", surface=paper),)), large)
    pixels = first_picture(large)
    assert pixels is not None
    assert pixels.shape[1] == 2 * pixels.shape[0]
    assert (pixels == 255).all()
    assert first_picture(native) is None
    assert first_picture(picture) is None


# What is seen of it


class Shown:
    def __init__(self, theme: Theme, path: Path) -> None:
        self.view = QWidget()
        self.view.resize(400, 300)
        self.view.show()
        self.hand = ByHand()
        self.opening = Opening(path, Remembered(), self.hand)
        self.ended: list[Opening] = []
        self.card = OpeningPicture(theme, self.opening, self.view, self.ended.append)


@pytest.fixture
def shown(theme: Theme, native: Path) -> Iterator[Shown]:
    made = Shown(theme, native)
    yield made
    made.view.close()
    made.view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_file_that_is_read_at_once_is_not_announced(shown: Shown) -> None:
    shown.hand.run()
    shown.card.finish()
    assert shown.ended == [shown.opening]
    assert shown.card.isHidden()


def test_the_picture_covers_the_canvas_as_soon_as_it_is_there(shown: Shown) -> None:
    shown.opening._picture = np.full((20, 30, 4), 255, np.uint8)
    shown.card._look()
    assert shown.card.isVisible()
    assert shown.card.geometry() == shown.view.rect()
    seen = shown.view.grab().toImage()
    assert seen.pixelColor(200, 100).getRgb()[:3] == (255, 255, 255)
    shown.view.resize(500, 350)
    assert shown.card.geometry() == shown.view.rect()
    shown.hand.run()
    shown.card.finish()
    assert shown.card.isHidden()


def test_escape_calls_it_off(shown: Shown) -> None:
    shown.card._show_up()
    QApplication.sendEvent(
        shown.card, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    )
    assert shown.opening.cancelled
    assert shown.ended == [shown.opening]
    assert shown.card.isHidden()


def test_notes_are_told_and_the_rest_is_under_details(theme: Theme) -> None:
    bar = NotesBar(theme)
    bar.tell(())
    assert bar.isHidden()
    bar.tell(("2 text layers came as pixels",))
    assert bar.label.text() == "Opened with changes. 2 text layers came as pixels."
    assert bar.more.isHidden()
    bar.tell(tuple(f"Layer {n} lost its style." for n in range(20)))
    assert "And 18 more." in bar.label.text()
    assert bar.details.isHidden()
    bar.more.click()
    assert not bar.details.isHidden()
    assert "and 8 more" in bar.details.text()
    bar.deleteLater()
