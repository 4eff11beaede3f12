"""Reference pictures beside the canvas: pinned, moved, picked from, undone, saved with the document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.panels.references import BoardView
from app.reference_board import BOARD_KEY, MAX_PICTURES, PICTURE_KEY, SIDE_PX, ReferenceBoard
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.edits import EditError
from canvas.formats.errors import FormatError
from canvas.state import DocumentState
from canvas.tiles import Pixels8

LEFT, RIGHT, CTRL = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.KeyboardModifier.ControlModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


def plain(colour: Sequence[int], width: int = 40, height: int = 20) -> Pixels8:
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[...] = colour
    return pixels


RED, BLUE = plain((255, 0, 0, 255)), plain((0, 0, 255, 255))


@pytest.fixture
def session() -> Session:
    return Session(edits.new_document(64, 64))


@pytest.fixture
def board(session: Session) -> ReferenceBoard:
    return ReferenceBoard(session)


def test_pictures_stand_side_by_side_and_do_not_touch_the_layers(session: Session, board: ReferenceBoard) -> None:
    layers = session.document.state.layers
    board.pin("red", RED)
    board.pin("blue", BLUE)
    first, second = board.pictures
    assert first.x + first.width < second.x
    assert first.height == second.height
    assert session.document.state.layers is layers
    assert session.modified


def test_a_pinned_picture_can_be_undone_and_redone(session: Session, board: ReferenceBoard) -> None:
    board.pin("red", RED)
    session.undo()
    assert not board.pictures
    assert not [key for key in session.document.state.metadata if key.startswith(PICTURE_KEY)]
    session.redo()
    assert [p.name for p in board.pictures] == ["red"]
    board.remove(0)
    session.undo()
    assert board.data(board.pictures[0])


def test_moving_a_picture_about_is_one_step(session: Session, board: ReferenceBoard) -> None:
    board.pin("red", RED)
    steps = len(session.document.undo_labels)
    for _ in range(5):
        board.replace(0, board.pictures[0].moved(3, 4))
    assert len(session.document.undo_labels) == steps + 1
    assert board.pictures[0].x == 15


def test_pictures_travel_with_the_document(tmp_path: Path, session: Session, board: ReferenceBoard) -> None:
    board.pin("red", RED)
    board.replace(0, board.pictures[0].moved(-7, 2.5))
    session.save(tmp_path / "a.udraw")
    other = Session(edits.new_document(8, 8))
    seen = ReferenceBoard(other)
    other.open(tmp_path / "a.udraw")
    assert seen.pictures == board.pictures
    assert seen.data(seen.pictures[0]) == board.data(board.pictures[0])
    other.new(8, 8)
    assert not seen.pictures


def test_a_large_picture_is_stored_small_and_a_clear_one_keeps_its_transparency(board: ReferenceBoard) -> None:
    board.pin("large", plain((255, 128, 0, 255), 4000, 1000))
    stored = QImage.fromData(board.data(board.pictures[0]))
    assert (stored.width(), stored.height()) == (SIDE_PX, SIDE_PX // 4)
    clear = plain((255, 0, 0, 0), 2000, 1000)
    clear[:, 1000:] = (0, 200, 0, 255)
    board.pin("clear", clear)
    stored = QImage.fromData(board.data(board.pictures[1]))
    assert stored.pixelColor(10, 10).alpha() == 0
    assert stored.pixelColor(SIDE_PX // 2 + 2, 10).getRgb() == (0, 200, 0, 255)  # no red bleeds in


def test_a_full_board_says_so(board: ReferenceBoard) -> None:
    for step in range(MAX_PICTURES):
        board.pin(str(step), plain((step, 0, 0, 255), 4, 4))
    with pytest.raises(EditError, match="remove one"):
        board.pin("more", RED)
    assert len(board.pictures) == MAX_PICTURES


def test_a_picture_too_heavy_for_the_file_is_refused(board: ReferenceBoard) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (SIDE_PX, SIDE_PX, 4), np.uint8)
    board.pin("noise", noise)
    with pytest.raises(EditError, match="12 MB"):
        board.pin("more noise", noise[:, ::-1])
    assert len(board.pictures) == 1


def test_a_file_that_is_no_picture_is_said(tmp_path: Path, board: ReferenceBoard) -> None:
    (tmp_path / "a.png").write_text("nonsense")
    with pytest.raises(FormatError):
        board.open(tmp_path / "a.png")
    assert not board.pictures


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "y", "width", "digest"]), inner),
    max_leaves=8,
)


@given(st.text(max_size=20) | values.map(json.dumps))
def test_a_damaged_board_keeps_no_document_shut(text: str) -> None:
    metadata = {BOARD_KEY: text, PICTURE_KEY: "?", PICTURE_KEY + "None": "?"}
    board = ReferenceBoard(Session(DocumentState(8, 8, metadata=MappingProxyType(metadata))))
    assert all(pinned.width > 0 for pinned in board.pictures)
    assert all(board.data(pinned) == b"" for pinned in board.pictures)


# The panel


@pytest.fixture
def toolbox(session: Session) -> Toolbox:
    return Toolbox(session)


@pytest.fixture
def view(qtbot: QtBot, session: Session, toolbox: Toolbox, board: ReferenceBoard, theme: Theme) -> BoardView:
    view = BoardView(session, toolbox, board, theme)
    qtbot.addWidget(view)
    view.resize(416, 216)
    view.show()
    board.pin("red", RED)
    board.pin("blue", BLUE)
    return view


def at(view: BoardView, board: ReferenceBoard, index: int) -> QPoint:
    """The middle of a picture in the widget."""
    return view._place(board.pictures[index]).center().toPoint()


def test_all_pictures_are_seen(view: BoardView, board: ReferenceBoard) -> None:
    image = view.grab().toImage()
    for index, rgb in ((0, (255, 0, 0)), (1, (0, 0, 255))):
        colour = image.pixelColor(at(view, board, index))
        assert (colour.red(), colour.green(), colour.blue()) == pytest.approx(rgb, abs=3)


def test_a_picture_follows_the_hand_and_its_corner_scales_it(
    qtbot: QtBot, view: BoardView, board: ReferenceBoard
) -> None:
    before, blue = board.pictures
    start = at(view, board, 0)
    qtbot.mousePress(view, LEFT, pos=start)
    qtbot.mouseMove(view, start + QPoint(0, 30))
    qtbot.mouseRelease(view, LEFT, pos=start + QPoint(0, 30))
    moved = board.pictures[0]
    assert moved.x == pytest.approx(before.x, abs=1)
    assert moved.y == pytest.approx(before.y + 30 / view._scale, abs=1)
    corner = view._place(moved).bottomRight().toPoint()
    qtbot.mousePress(view, LEFT, pos=corner)
    qtbot.mouseMove(view, corner - QPoint(40, 20))
    qtbot.mouseRelease(view, LEFT, pos=corner - QPoint(40, 20))
    assert board.pictures[0].width == pytest.approx(moved.width - 40 / view._scale, abs=3)
    assert board.pictures[0].width / board.pictures[0].height == pytest.approx(2.0)
    assert board.pictures[1] == blue


def test_colours_are_taken_with_ctrl_or_the_picker(
    qtbot: QtBot, session: Session, toolbox: Toolbox, view: BoardView, board: ReferenceBoard
) -> None:
    pictures = board.pictures
    qtbot.mouseClick(view, LEFT, CTRL, at(view, board, 0))
    assert session.settings.colour == pytest.approx((1, 0, 0), abs=0.02)
    toolbox.select("picker")
    qtbot.mouseClick(view, LEFT, NO_KEY, at(view, board, 1))
    assert session.settings.colour == pytest.approx((0, 0, 1), abs=0.02)
    qtbot.mouseClick(view, RIGHT, NO_KEY, at(view, board, 0))
    assert session.settings.background == pytest.approx((1, 0, 0), abs=0.02)
    assert view.colour_at(QPointF(1, 1)) is None
    assert board.pictures == pictures


def test_delete_removes_the_chosen_picture(qtbot: QtBot, view: BoardView, board: ReferenceBoard) -> None:
    qtbot.mouseClick(view, LEFT, NO_KEY, at(view, board, 0))
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert [p.name for p in board.pictures] == ["blue"]


def test_all_stays_in_sight_while_the_panel_is_resized(view: BoardView, board: ReferenceBoard) -> None:
    view.resize(300, 300)
    assert view._place(board.pictures[1]).right() <= 300


def test_the_wheel_zooms_about_the_pointer(view: BoardView, board: ReferenceBoard) -> None:
    pointer = QPointF(at(view, board, 1))
    wide = view._place(board.pictures[1]).width()
    wheel = QWheelEvent(
        pointer, pointer, QPoint(0, 0), QPoint(0, 480), Qt.MouseButton.NoButton, NO_KEY,
        Qt.ScrollPhase.NoScrollPhase, False,  # Qt takes it by place only
    )  # fmt: skip
    QApplication.sendEvent(view, wheel)
    assert view._place(board.pictures[1]).width() == pytest.approx(2 * wide)
    assert at(view, board, 1) == pointer.toPoint()


def test_files_and_copied_pictures_are_pinned(
    tmp_path: Path, session: Session, view: BoardView, board: ReferenceBoard
) -> None:
    said: list[str] = []
    session.message.connect(said.append)
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    Image.new("RGB", (30, 20), (0, 255, 0)).save(good)
    bad.write_text("nonsense")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(bad)), QUrl.fromLocalFile(str(good))])
    view.take(data)
    assert [p.name for p in board.pictures] == ["red", "blue", "good"]
    assert len(said) == 1
    assert "bad.png" in said[0]
    copied = QMimeData()
    copied.setImageData(QImage(8, 8, QImage.Format.Format_RGB32))
    view.take(copied)
    assert board.pictures[-1].name == "Pasted"


def test_a_damaged_picture_is_shown_as_such(qtbot: QtBot, session: Session, toolbox: Toolbox, theme: Theme) -> None:
    entry = {"digest": "d", "name": "a", "x": 0, "y": 0, "width": 100, "height": 100}
    metadata = {BOARD_KEY: json.dumps([entry]), PICTURE_KEY + "d": "bm9uc2Vuc2U="}
    session = Session(DocumentState(8, 8, metadata=MappingProxyType(metadata)))
    board = ReferenceBoard(session)
    view = BoardView(session, toolbox, board, theme)
    qtbot.addWidget(view)
    view.fit()
    assert not view.grab().isNull()
    assert view.colour_at(view._place(board.pictures[0]).center()) is None


def test_pictures_wait_for_a_stroke_to_end(session: Session, board: ReferenceBoard) -> None:
    session.document.begin("Stroke")
    with pytest.raises(EditError, match="Finish"):
        board.pin("red", RED)
    session.document.rollback()
