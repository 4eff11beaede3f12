"""The export form: every format, what it takes, what it would lose, and how large the file becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from by_hand import ByHand
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QApplication, QLabel
from shiboken6 import isValid

from app.dialogs.chooser import FileKind, with_ending
from app.dialogs.export import ExportDialog, size_text
from app.dialogs.question import CANCEL, MOST_LINES, Answer, Question, QuestionDialog
from app.export_options import ExportOptions
from app.session import Session
from app.size_estimate import SQUARE_PX, SQUARES, SizeEstimate
from app.theme import Theme
from canvas.formats import registry
from canvas.formats.options import WriteOptions
from canvas.layers import Layer
from canvas.roles import Control
from canvas.state import DocumentState
from canvas.tiles import Surface, from_rgba8


def noise(width: int, height: int) -> Surface:
    pixels = np.random.default_rng(5).integers(0, 256, (height, width, 4), np.uint8)
    pixels[..., 3] = 255
    return Surface.from_pixels(from_rgba8(pixels))


class Form:
    """The dialog with what it was given and what it asks."""

    def __init__(self, theme: Theme, folder: Path) -> None:
        layers = Layer("Paper", surface=noise(120, 80)), Layer("Lines", role=Control("scribble"))
        self.session = Session(DocumentState(120, 80, layers))
        self.memory = ExportOptions(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
        self.exported: list[tuple[Path, WriteOptions]] = []
        self.asked: list[str] = []
        self.answer, self.file = CANCEL, folder / "elsewhere" / "other.png"
        self.dialog = ExportDialog(
            theme, self.session, self.memory, self, folder / "harvest.png",
            lambda path, options: self.exported.append((path, options)),
        )  # fmt: skip
        self.dialog.show()

    def ask(self, question: Question) -> str:
        self.asked.append(question.title)
        return self.answer

    def save_document(self, title: str, suggestion: Path, kinds: Sequence[FileKind]) -> Path | None:
        self.asked.append(suggestion.name)
        return self.file

    def choose(self, chosen: registry.Format) -> None:
        self.dialog.formats.show_key(chosen)
        self.dialog.formats.chosen.emit(chosen)

    @property
    def told(self) -> str:
        labels = [self.dialog.losses.itemAt(i).widget() for i in range(self.dialog.losses.count())]
        return " ".join(label.text() for top in labels for label in (top, *top.findChildren(QLabel)) if top is not None
                        and isinstance(label, QLabel))  # fmt: skip


@pytest.fixture
def make(theme: Theme, tmp_path: Path) -> Iterator[Callable[[], Form]]:
    made: list[Form] = []

    def build() -> Form:
        made.append(Form(theme, tmp_path))
        return made[-1]

    yield build
    for form in made:
        if isValid(form.dialog):
            form.dialog.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def form(make: Callable[[], Form]) -> Form:
    return make()


# The form


def test_every_format_that_can_be_written_is_offered(form: Form) -> None:
    texts = [form.dialog.formats.itemText(row) for row in range(form.dialog.formats.count())]
    assert len(texts) == sum(f.can_write for f in registry.FORMATS)
    assert texts[0] == "Underdraw document (.udraw)"


def test_a_format_shows_what_it_takes_and_what_it_loses(form: Form) -> None:
    settings = form.dialog.settings
    assert form.dialog.format is registry.PNG
    assert settings.bits.isVisible()
    assert not settings.quality.isVisible()
    assert settings.recipes.isVisible()
    assert not settings.roles.isVisible()
    assert form.told.startswith("This format cannot keep:")
    assert "layers" in form.told
    form.choose(registry.NATIVE)
    assert form.told == "Keeps everything of this document."
    assert not settings.isVisible()
    assert form.dialog.name.text() == "harvest.udraw"


def test_another_format_changes_the_ending_and_nothing_else_of_the_name(form: Form) -> None:
    form.dialog.name.setText("harvest.v2.png")
    form.choose(registry.NATIVE)
    assert form.dialog.name.text() == "harvest.v2.udraw"


def test_an_ending_that_is_typed_is_a_format_that_is_chosen(form: Form) -> None:
    form.dialog.name.setText("harvest.UDRAW")
    form.dialog.name.editingFinished.emit()
    assert form.dialog.format is registry.NATIVE
    form.dialog.name.setText("harvest.final")
    form.dialog.name.editingFinished.emit()
    assert form.dialog.format is registry.NATIVE
    assert form.dialog.path.name == "harvest.final.udraw"


@pytest.mark.parametrize("name", ["", "   ", "...", "a/b.png", "a\\b.png", "what?.png"])
def test_a_name_that_cannot_be_is_not_exported(form: Form, name: str) -> None:
    form.dialog.name.setText(name)
    assert not form.dialog.ok.isEnabled()
    form.dialog.accept()
    assert form.exported == []
    assert form.dialog.isVisible()


def test_the_file_is_exported_with_the_options_which_are_remembered(form: Form, tmp_path: Path) -> None:
    form.dialog.settings.bits.chosen.emit("16")
    form.dialog.settings.bits.show_key("16")
    form.dialog.settings.recipes.click()
    form.dialog.accept()
    path, options = form.exported[0]
    assert path == tmp_path / "harvest.png"
    assert (options.depth, options.recipes, options.mark_ai) == (16, False, True)
    assert form.memory.of(registry.PNG) == options
    assert form.asked == []


def test_a_file_that_is_there_is_replaced_only_when_the_artist_says_so(form: Form, tmp_path: Path) -> None:
    (tmp_path / "harvest.png").write_bytes(b"mine")
    form.dialog.accept()
    assert form.exported == []
    assert form.dialog.isVisible()
    form.answer = "replace"
    form.dialog.accept()
    assert len(form.exported) == 1
    assert form.asked == ["Replace the file?", "Replace the file?"]


def test_another_folder_can_be_chosen(form: Form, tmp_path: Path) -> None:
    form.dialog._choose_file()
    assert form.dialog.path == tmp_path / "elsewhere" / "other.png"


def test_the_size_of_the_file_is_told(form: Form, tmp_path: Path) -> None:
    form.dialog._rest.stop()
    form.dialog._ask_size()
    assert form.dialog._estimate._asked is not None
    form.dialog._estimate._asked[1].result(timeout=30)
    form.dialog._show_size()
    assert form.dialog.size_.text().startswith("About ")
    assert "kB" in form.dialog.size_.text()
    form.choose(registry.NATIVE)
    assert form.dialog.size_.text() == ""


# The size


def test_a_small_picture_is_measured_exactly(tmp_path: Path) -> None:
    state = DocumentState(120, 80, (Layer("Paper", surface=noise(120, 80)),))
    hand = ByHand()
    estimate = SizeEstimate(state, hand)
    estimate.ask(registry.PNG, WriteOptions(recipes=False))
    assert estimate.busy
    assert estimate.size_bytes is None
    hand.run()
    registry.write(state, tmp_path / "a.png", options=WriteOptions(recipes=False))
    assert estimate.size_bytes == pytest.approx((tmp_path / "a.png").stat().st_size, rel=0.02)


def test_of_a_large_picture_a_sample_is_measured(tmp_path: Path) -> None:
    side = SQUARES * SQUARE_PX + 200
    state = DocumentState(side, side, (Layer("Paper", surface=noise(side, side)),))
    hand = ByHand()
    estimate = SizeEstimate(state, hand)
    estimate.ask(registry.PNG, WriteOptions(recipes=False))
    hand.run()
    registry.write(state, tmp_path / "a.png", options=WriteOptions(recipes=False))
    assert estimate.size_bytes == pytest.approx((tmp_path / "a.png").stat().st_size, rel=0.05)


def test_only_the_newest_question_is_answered() -> None:
    hand = ByHand()
    estimate = SizeEstimate(DocumentState(16, 16, (Layer("Paper", surface=noise(16, 16)),)), hand)
    estimate.ask(registry.PNG, WriteOptions())
    estimate.ask(registry.PNG, WriteOptions(depth=16))
    hand.run()
    assert estimate.busy
    hand.run()
    assert not estimate.busy
    assert estimate.size_bytes is not None


@pytest.mark.parametrize(("size", "text"), [(10, "1 kB"), (812_400, "812 kB"), (3_440_000, "3.4 MB")])
def test_sizes_are_said_in_round_figures(size: int, text: str) -> None:
    assert size_text(size) == text


# Endings


PNG, JPEG = FileKind("PNG", (".png",)), FileKind("JPEG", (".jpg", ".jpeg"))


@pytest.mark.parametrize(
    ("typed", "kind", "named"),
    [
        ("a", PNG, "a.png"), ("a.png", PNG, "a.png"), ("a.PNG", PNG, "a.PNG"), ("a.v2", PNG, "a.v2.png"),
        ("a.jpeg", PNG, "a.jpeg"), ("a.", JPEG, "a.jpg"), ("a.txt", JPEG, "a.txt.jpg"), (".hidden", PNG, ".hidden.png"),
    ],
)  # fmt: skip
def test_a_name_gets_the_ending_that_it_lacks(typed: str, kind: FileKind, named: str) -> None:
    assert with_ending(Path("/x") / typed, kind, (PNG, JPEG)) == Path("/x") / named


# Questions


def test_a_question_is_answered_by_its_buttons_and_by_nothing_else(qapp: QApplication) -> None:
    question = Question("T", "S", (Answer("go", "&Go"), Answer("other", "&Other")), ("a", "b"), "R")
    for key in ("go", "other", CANCEL):
        dialog = QuestionDialog(question)
        dialog.buttons[key].click()
        assert dialog.answer == key
    dialog = QuestionDialog(question)
    dialog.reject()
    assert dialog.answer == CANCEL


def test_a_long_list_is_counted(qapp: QApplication) -> None:
    lines = tuple(f"loss {n}" for n in range(MOST_LINES + 4))
    dialog = QuestionDialog(Question("T", "S", (Answer("go", "&Go"),), lines))
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "and 4 more" in texts
    assert f"loss {MOST_LINES}" not in texts
