"""The first start, the examples of the Help menu, and the guide through the first document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desk import pen_device, tablet_event
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication

import resources
from app.canvas_view import drops
from app.canvas_view.view import CanvasView
from app.dialogs.chooser import FileKind, Unsaved
from app.dialogs.question import CANCEL, Question
from app.examples.table import example, examples
from app.journal_folder import JournalFolder
from app.main_window import MainWindow
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.formats import registry
from canvas.layers import Layer
from canvas.pose import Figure
from canvas.roles import Pose, Reference
from inference.messages import EngineState


class Answers:
    """Says where a document is saved, and what becomes of work that no file has."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.unsaved_answer: Unsaved = "cancel"
        self.suggested: list[str] = []
        self.asked: list[str] = []

    def open_file(self, title: str, folder: Path, kinds: object) -> None: ...
    def open_files(self, title: str, folder: Path, kinds: object) -> tuple[Path, ...]:
        return ()

    def save_file(self, title: str, suggestion: Path, kind: FileKind) -> Path | None:
        return self.save_document(title, suggestion, ())

    def save_document(self, title: str, suggestion: Path, kinds: object) -> Path | None:
        self.suggested.append(suggestion.name)
        return self.target

    def unsaved(self, name: str, when: str) -> Unsaved:
        self.asked.append(name)
        return self.unsaved_answer

    def ask(self, question: Question) -> str:
        return CANCEL


class Start:
    """A window over an empty document, as Underdraw starts."""

    def __init__(self, theme: Theme, settings: QSettings, answers: Answers) -> None:
        self.session = Session(edits.new_document(64, 64))
        self.messages: list[str] = []
        self.session.message.connect(self.messages.append)
        self.toolbox = Toolbox(self.session)
        view = CanvasView(self.session, self.toolbox, theme)
        self.window = MainWindow(self.session, self.toolbox, view, theme, (), settings, answers)
        self.window.resize(1280, 900)
        self.window.show()
        self.bar = self.window.examples.bar

    def do(self, command_id: str) -> None:
        self.window.actions_[command_id].trigger()
        self.window.files.finish()

    def names(self) -> list[str]:
        return [node.name for node in self.session.document.state.walk()]

    def layer(self, name: str) -> Layer:
        found = next(node for node in self.session.document.state.walk() if node.name == name)
        assert isinstance(found, Layer)
        return found

    def draw(self, *points: tuple[float, float]) -> None:
        """A stroke of the tool in hand, through the view's own handlers."""
        pen, kinds = pen_device(), [QEvent.Type.TabletPress, *[QEvent.Type.TabletMove] * (len(points) - 1)]
        for kind, point in zip(kinds, points, strict=True):
            self._pen(kind, point, 0.8, pen)
        self._pen(QEvent.Type.TabletRelease, points[-1], 0.0, pen)

    def _pen(self, kind: QEvent.Type, point: tuple[float, float], pressure: float, pen: object) -> None:
        at = QPointF(*self.window.view.viewport.to_view(*point))
        QApplication.sendEvent(self.window.view, tablet_event(kind, pen, at, pressure))  # type: ignore[arg-type]

    def lit(self) -> list[str]:
        return [step.text() for step in self.bar.steps if step.done]

    def turn(self) -> str:
        return next((step.text() for step in self.bar.steps if step.current), "")

    def said(self) -> str:
        """What the bar says, without its letters' looks."""
        read = QTextDocument()
        read.setHtml(self.bar.label.text())
        return read.toPlainText()


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    return Answers(tmp_path / "mine.udraw")


@pytest.fixture
def start(theme: Theme, settings: QSettings, answers: Answers) -> Iterator[Start]:
    made = Start(theme, settings, answers)
    yield made
    answers.unsaved_answer = "discard"
    made.window.close()
    made.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def begun(start: Start) -> Start:
    start.window.show_first_document()
    start.window.files.finish()
    return start


# The first start


def test_the_first_start_opens_the_first_document_live_and_without_a_file(begun: Start, answers: Answers) -> None:
    session = begun.session
    assert begun.names() == ["Background", "Reference", "Pose", "Sketch", "Mask"]
    assert session.live
    assert session.active_node is begun.layer("Sketch")
    assert begun.toolbox.active_id == "brush"
    assert session.path is None
    assert not session.modified
    assert "First picture" in begun.window.title.text()
    begun.do("file.save")
    assert answers.suggested == ["First picture.udraw"]
    assert session.path == answers.target


def test_no_later_start_opens_it(begun: Start, theme: Theme, settings: QSettings, answers: Answers) -> None:
    assert not begun.bar.isHidden()
    later = Start(theme, settings, answers)
    later.window.show_first_document()
    later.window.files.finish()
    assert later.names() == ["Background", "Paint", "Sketch"]
    assert later.bar.isHidden()
    later.window.close()
    later.window.deleteLater()


def test_who_has_journals_is_no_newcomer(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path / "journals")
    assert folder.empty
    folder.new_path().touch()
    assert not folder.empty


def test_leaving_it_untouched_asks_nothing(begun: Start, answers: Answers) -> None:
    begun.do("help.landscape")
    assert answers.asked == []
    assert "Landscape" in begun.window.title.text()


# The Help menu


@pytest.mark.parametrize("name", [each.name for each in examples()])
def test_an_example_opens_as_a_copy_that_has_no_path(start: Start, answers: Answers, name: str) -> None:
    file = resources.path("examples", f"{name}.udraw")
    before = hashlib.sha256(file.read_bytes()).digest(), sorted(p.name for p in file.parent.iterdir())
    start.do(f"help.{name}")
    assert start.session.path is None
    assert start.session.title == example(name).title
    assert not start.bar.isHidden()
    start.session.set_direction(replace(start.session.direction, prompt="night"))
    start.do("file.save")
    assert "night" in registry.read(answers.target).metadata["direction"]
    assert (hashlib.sha256(file.read_bytes()).digest(), sorted(p.name for p in file.parent.iterdir())) == before


def test_work_is_not_lost_to_an_example(start: Start, answers: Answers) -> None:
    start.session.set_direction(replace(start.session.direction, prompt="my own"))
    start.do("help.portrait")
    assert answers.asked == ["Untitled"]
    assert start.session.direction.prompt == "my own"
    answers.unsaved_answer = "discard"
    start.do("help.portrait")
    assert start.session.title == "Portrait"


def test_a_stroke_while_it_is_read_is_asked_about(start: Start, answers: Answers) -> None:
    start.window.show_first_document()
    start.session.set_direction(replace(start.session.direction, prompt="my own"))
    start.session.document.edit("Clear", lambda state: replace(state, layers=state.layers[:1]))
    start.window.files.finish()
    assert answers.asked == ["Untitled"]
    assert start.session.direction.prompt == "my own"


def test_the_first_document_comes_back_from_the_menu(begun: Start) -> None:
    begun.bar.close_button.click()
    assert begun.bar.isHidden()
    begun.do("help.first")
    assert not begun.bar.isHidden()
    assert begun.lit() == []


def test_the_examples_stand_in_a_menu_of_their_own(start: Start) -> None:
    texts = [action.text() for action in start.window._menus["Help/Examples"].actions()]
    assert texts == ["Landscape", "Portrait", "Still life", "Turn of pose", "Style transfer"]


def test_an_example_says_in_a_sentence_what_it_is_for(start: Start) -> None:
    start.do("help.style-transfer")
    assert "three styles" in start.said()
    assert "Picture: What is shown" in start.said()
    assert start.bar.steps == ()
    assert start.window.layers.rows.index(0).data(Qt.ItemDataRole.ToolTipRole).startswith("A third one")


def test_the_pose_tool_is_in_the_hand_where_poses_are_the_point(start: Start) -> None:
    start.do("help.turning-pose")
    assert start.toolbox.active_id == "pose"


# The guide


def test_steps_light_up_as_they_are_done_and_the_guide_goes_when_all_are(begun: Start) -> None:
    session = begun.session
    assert begun.turn() == "Draw"
    assert "Draw a line on “Sketch”" in begun.said()
    assert "Sketch: Lines that the picture follows" in begun.said()
    begun.draw((60, 60), (120, 90), (200, 60))
    assert begun.lit() == ["Draw"]
    assert begun.turn() == "Pose"

    begun.bar.steps[1].click()
    assert (begun.toolbox.active_id, session.active_node) == ("pose", begun.layer("Pose"))
    role = begun.layer("Pose").role
    assert isinstance(role, Pose)
    hand = role.figures[0].joints[7]
    begun.draw((hand.x, hand.y), (hand.x + 10, hand.y + 40))
    assert begun.lit() == ["Draw", "Pose"]

    begun.bar.steps[2].click()
    assert (begun.toolbox.active_id, session.active_node) == ("mask", begun.layer("Mask"))
    begun.draw((4, 4), (4, 200))
    assert begun.turn() == "Words"

    begun.bar.steps[3].click()
    assert begun.window.direction.prompt.hasFocus()
    assert session.active_node is begun.layer("Sketch")
    session.set_direction(replace(session.direction, prompt="night, house"))
    assert begun.turn() == "Style"

    begun.bar.steps[4].click()
    assert (begun.toolbox.active_id, session.active_node) == ("reference", begun.layer("Reference"))
    session.add_node(Layer("Mine", role=Reference()), "Add a reference")
    assert begun.bar.isHidden()
    assert "Help > Examples" in begun.messages[-1]


def test_nothing_lights_up_while_the_pen_is_down(begun: Start) -> None:
    pen = pen_device()
    for kind, x in ((QEvent.Type.TabletPress, 60.0), (QEvent.Type.TabletMove, 120.0)):
        begun._pen(kind, (x, 60.0), 0.8, pen)
    begun.toolbox.flush()
    assert begun.session.document.in_gesture
    assert begun.lit() == []
    begun._pen(QEvent.Type.TabletRelease, (120.0, 60.0), 0.0, pen)
    assert begun.lit() == ["Draw"]


def test_steps_can_be_done_in_any_order_and_stay_done(begun: Start) -> None:
    pose = begun.layer("Pose")
    moved = (Figure.standing(200, 200, 150),)
    begun.session.document.edit("Pose", lambda state: edits.set_figures(state, pose.id, moved))
    assert (begun.lit(), begun.turn()) == (["Pose"], "Draw")
    begun.session.undo()
    assert begun.lit() == ["Pose"]


def test_the_guide_ends_with_the_document(begun: Start) -> None:
    begun.session.new(32, 32)
    assert begun.bar.isHidden()
    begun.session.set_direction(replace(begun.session.direction, prompt="night"))
    assert begun.bar.isHidden()


def test_a_model_that_is_missing_is_told_in_a_sentence(begun: Start) -> None:
    begun.session.show_error("There is no model called “embedded”; choose another one.")
    assert "The picture does not answer: There is no model called “embedded”" in begun.said()
    begun.draw((60, 60), (120, 90))
    assert begun.turn() == "Pose"
    begun.do("help.landscape")
    assert "The picture does not answer" in begun.said()
    begun.session.show_state(EngineState("failed", "The engine did not start."))
    assert "The engine did not start" in begun.said()


# What else newcomers meet


def test_a_picture_dropped_while_a_reference_is_active_becomes_one(begun: Start, tmp_path: Path) -> None:
    Image.new("RGB", (20, 10), (0, 0, 255)).save(tmp_path / "sea.png")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "sea.png"))])
    begun.session.activate(begun.layer("Reference").id)
    drops.take(data, begun.session, "brush", None, None, as_document=False)
    assert isinstance(begun.layer("sea").role, Reference)
    assert begun.lit() == ["Style"]
