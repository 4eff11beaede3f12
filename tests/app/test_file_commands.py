"""The File menu: what is asked before something would be lost, and where files go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSettings

from app.commands.command import Means
from app.commands.file import FileCommands
from app.dialogs.chooser import FileKind, Unsaved, with_ending
from app.dialogs.losses import KEEP_ALL, SAVE
from app.dialogs.question import CANCEL, Question
from app.export_options import ExportOptions
from app.opening import Opened, Opening
from app.recent import RecentFiles
from app.session import Session
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import Surface


class Desk:
    """The commands with an artist who has made up their mind, and a window that reads and writes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = Session(edits.new_document(32, 24))
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.recent, self.exports = RecentFiles(settings), ExportOptions(settings)
        self.asked: list[str] = []
        self.lines: list[tuple[str, ...]] = []
        self.suggested: list[Path] = []
        self.messages: list[str] = []
        self.file: Path | None = None
        self.files: tuple[Path, ...] = ()
        self.unsaved_answer: Unsaved = "cancel"
        self.answers: list[str] = []
        self.before_it_is_read: Callable[[], None] = lambda: None
        self.session.message.connect(self.messages.append)
        means = Means(self.session, Toolbox(self.session), self, self, self, None, self.recent, self.exports)  # type: ignore[arg-type]
        self.commands = FileCommands(means)

    def paint(self, name: str = "More") -> None:
        self.session.add_node(Layer(name), "Add layer")

    def mirror(self) -> None:
        """Turn the lowest layer round."""

        def turned(state: DocumentState) -> DocumentState:
            layer = state.layers[0]
            assert isinstance(layer, Layer)
            pixels = layer.surface.read(state.rect)[:, ::-1]
            return replace(state, layers=(replace(layer, surface=Surface.from_pixels(pixels)), *state.layers[1:]))

        self.session.document.edit("Mirror", turned)

    def open_files(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> tuple[Path, ...]:
        return self.files

    def save_document(self, title: str, suggestion: Path, kinds: Sequence[FileKind]) -> Path | None:
        self.asked.append(title)
        self.suggested.append(suggestion)
        return None if self.file is None else with_ending(self.file, kinds[0], kinds)

    def unsaved(self, name: str, when: str) -> Unsaved:
        self.asked.append(f"unsaved {name}")
        return self.unsaved_answer

    def ask(self, question: Question) -> str:
        self.asked.append(question.title)
        self.lines.append(question.lines)
        return self.answers.pop(0) if self.answers else CANCEL

    def wait_for_saving(self) -> None:
        self.session.saving.wait()

    def show_opening(self, opening: Opening, take: Callable[[Opened], None]) -> None:
        self.before_it_is_read()
        take(opening.result())

    def do(self, verb: str) -> None:
        getattr(self.commands, verb)()
        self.session.saving.wait()


@pytest.fixture
def desk(tmp_path: Path, qapp: object) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "sky.png"
    pixels = np.full((20, 30, 3), 90, np.uint8)
    pixels[0, -1] = 200, 40, 40
    Image.fromarray(pixels).save(path)
    return path


LOSING, LEAVING = "Not everything can be kept", "Not everything is saved"


# Saving back


def test_a_picture_that_is_still_one_is_saved_back_without_a_word(desk: Desk, picture: Path) -> None:
    desk.session.open(picture)
    desk.mirror()
    desk.do("save")
    assert desk.asked == []
    assert Image.open(picture).getpixel((0, 0)) == (200, 40, 40)
    assert Image.open(f"{picture}~", formats=("PNG",)).getpixel((0, 0)) == (90, 90, 90)
    assert desk.commands.settle_changes()
    assert desk.asked == []


def test_layers_are_not_lost_in_a_flat_picture_unasked(desk: Desk, picture: Path) -> None:
    desk.session.open(picture)
    before = picture.read_bytes()
    desk.paint()
    desk.do("save")
    assert desk.asked == [LOSING]
    assert desk.lines[0]
    assert desk.session.modified
    assert picture.read_bytes() == before


def test_the_layers_can_be_saved_elsewhere_instead(desk: Desk, picture: Path, tmp_path: Path) -> None:
    desk.session.open(picture)
    before = picture.read_bytes()
    desk.paint()
    desk.answers, desk.file = [KEEP_ALL], tmp_path / "sky"
    desk.do("save")
    assert desk.asked == [LOSING, "Save as"]
    assert desk.suggested == [tmp_path / "sky.udraw"]
    assert desk.session.path == tmp_path / "sky.udraw"
    assert desk.session.in_full
    assert picture.read_bytes() == before


def test_who_agrees_once_is_not_asked_at_each_save_but_before_leaving(desk: Desk, picture: Path) -> None:
    desk.session.open(picture)
    desk.paint()
    desk.answers = [SAVE]
    desk.do("save")
    desk.mirror()
    desk.do("save")
    assert desk.asked == [LOSING]
    assert not desk.session.modified
    assert not desk.commands.settle_changes()
    assert desk.asked == [LOSING, LEAVING]
    desk.answers = [SAVE]
    assert desk.commands.settle_changes()


def test_leaving_can_keep_everything_after_all(desk: Desk, picture: Path, tmp_path: Path) -> None:
    desk.session.open(picture)
    desk.paint()
    desk.answers = [SAVE]
    desk.do("save")
    desk.answers, desk.file = [KEEP_ALL], tmp_path / "all.udraw"
    assert desk.commands.settle_changes()
    assert registry.read(tmp_path / "all.udraw").layers[-1].name == "More"
    desk.paint()
    desk.unsaved_answer, desk.file = "save", None
    assert desk.commands.settle_changes()


def test_what_the_reader_could_not_take_over_is_named_before_the_file_is_replaced(desk: Desk, picture: Path) -> None:
    opened = Opened(picture, registry.read(picture), registry.PNG, ("a", "b"), ("2 text layers came as pixels",))
    desk.session.take(opened)
    desk.do("save")
    assert desk.lines == [("2 text layers came as pixels",)]
    desk.answers = [SAVE]
    desk.do("save")
    desk.do("save")
    assert desk.asked == [LOSING, LOSING]


def test_saving_as_a_flat_picture_asks_first(desk: Desk, tmp_path: Path) -> None:
    desk.paint()
    desk.file = tmp_path / "flat.png"
    desk.do("save_as")
    assert desk.asked == ["Save as", LOSING]
    assert not desk.file.exists()
    assert desk.session.path is None


# Leaving


def test_leaving_with_changes_saves_them_and_waits(desk: Desk, tmp_path: Path) -> None:
    desk.paint()
    assert not desk.commands.settle_changes()
    desk.unsaved_answer, desk.file = "save", tmp_path / "kept"
    assert desk.commands.settle_changes()
    assert desk.asked == ["unsaved Untitled", "unsaved Untitled", "Save as"]
    assert registry.read(tmp_path / "kept.udraw").layers[-1].name == "More"
    desk.paint()
    desk.unsaved_answer = "discard"
    assert desk.commands.settle_changes()


def test_agreeing_to_losses_while_leaving_is_asked_once(desk: Desk, picture: Path) -> None:
    desk.session.open(picture)
    desk.paint()
    desk.unsaved_answer, desk.answers = "save", [SAVE]
    assert desk.commands.settle_changes()
    assert desk.asked == ["unsaved sky.png", LOSING]


def test_a_failed_save_keeps_the_document(desk: Desk, tmp_path: Path) -> None:
    desk.paint()
    desk.unsaved_answer, desk.file = "save", tmp_path / "nowhere" / "x.udraw"
    assert not desk.commands.settle_changes()
    assert desk.session.modified


# Exporting


def test_a_quick_export_tells_what_the_file_lacks(desk: Desk, tmp_path: Path) -> None:
    desk.paint()
    desk.file = tmp_path / "out"
    desk.do("export_png")
    assert desk.messages[-1].startswith("Exported out.png; it is without ")
    assert desk.messages[-1].endswith("Save as .udraw keeps everything")
    assert desk.session.path is None


def test_who_has_everything_in_a_file_is_not_told_what_a_picture_is(desk: Desk, tmp_path: Path) -> None:
    desk.paint()
    desk.session.save(tmp_path / "all.udraw")
    desk.file = tmp_path / "out.png"
    desk.do("export_png")
    assert desk.messages[-1] == "Exported out.png"
    assert desk.suggested == [tmp_path / "all.png"]


def test_the_folder_of_exports_is_remembered(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    desk.session.save(tmp_path / "all.udraw")
    desk.file = tmp_path / "web" / "out.png"
    desk.do("export_png")
    desk.do("export_png")
    assert desk.suggested[1] == tmp_path / "web" / "all.png"


def test_a_name_with_dots_keeps_them(desk: Desk, tmp_path: Path) -> None:
    desk.session.save(tmp_path / "harvest.v1.2.udraw")
    desk.do("export_png")
    assert desk.suggested[0].name == "harvest.v1.2.png"


def test_the_previous_version_is_a_switch(desk: Desk, tmp_path: Path) -> None:
    desk.file = tmp_path / "out.png"
    desk.do("export_png")
    desk.do("toggle_keep_previous")
    desk.do("export_png")
    assert not (tmp_path / "out.png~").exists()
    desk.do("toggle_keep_previous")
    desk.do("export_png")
    assert (tmp_path / "out.png~").is_file()


# Opening


def test_opened_and_saved_documents_are_remembered_and_copies_are_not(desk: Desk, picture: Path) -> None:
    folder = picture.parent
    desk.files = (picture,)
    desk.do("open")
    desk.session.save(folder / "sky.udraw")
    desk.file = folder / "copy.png"
    desk.do("export_png")
    assert desk.recent.paths == (folder / "sky.udraw", picture)


def test_of_several_files_the_first_is_opened_and_the_others_are_named(desk: Desk, picture: Path) -> None:
    desk.files = (picture, Path("/art/b.png"), Path("/art/c.png"))
    desk.do("open")
    assert desk.session.path == picture
    assert desk.messages[-1] == "One document at a time: b.png and 1 more not opened"


def test_what_is_painted_while_a_file_is_read_is_not_lost_unasked(desk: Desk, picture: Path) -> None:
    desk.files, desk.before_it_is_read = (picture,), desk.paint
    desk.do("open")
    assert desk.asked == ["unsaved Untitled"]
    assert desk.session.path is None
    assert desk.session.document.state.layers[-1].name == "More"


def test_a_recent_file_that_is_gone_is_taken_off_the_list(desk: Desk, picture: Path) -> None:
    desk.recent.add(picture)
    picture.unlink()
    with pytest.raises(FormatError, match=r"sky\.png.*not there any more"):
        desk.commands.open_recent(picture)
    assert desk.recent.paths == ()
