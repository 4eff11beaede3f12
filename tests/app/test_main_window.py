"""The window as a whole: commands, files, keys, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QToolBar
from pytestqt.qtbot import QtBot

from app.canvas_view.view import CanvasView
from app.commands import COMMANDS
from app.dialogs.chooser import FileKind, Unsaved, with_ending
from app.dialogs.help_pages import GlossaryPage
from app.dialogs.losses import SAVE
from app.dialogs.new_document import NewDocument
from app.dialogs.question import CANCEL, Question
from app.main_window import MainWindow
from app.opening import Opened
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.formats import registry
from canvas.layers import Group, Layer
from canvas.roles import Control, InpaintMask, Pose, Reference
from canvas.snapshot import Snapshot
from inference.direction import Direction
from inference.messages import EngineState
from models.catalogue import ModelInfo

MODELS = (ModelInfo("embedded", "Embedded", Path("embedded"), "sd15", 256, 4, 8, 1.0),)


class Answers:
    """Answers what the window asks for, in place of the artist."""

    def __init__(self) -> None:
        self.file: Path | None = None
        self.unsaved_answer: Unsaved = "cancel"
        self.answer = CANCEL
        self.asked: list[str] = []

    def open_file(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> Path | None:
        self.asked.append(title)
        return self.file

    def open_files(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> tuple[Path, ...]:
        self.asked.append(title)
        return () if self.file is None else (self.file,)

    def save_file(self, title: str, suggestion: Path, kind: FileKind) -> Path | None:
        return self.save_document(title, suggestion, (kind,))

    def save_document(self, title: str, suggestion: Path, kinds: Sequence[FileKind]) -> Path | None:
        self.asked.append(title)
        return None if self.file is None else with_ending(self.file, kinds[0], kinds)

    def unsaved(self, name: str, when: str) -> Unsaved:
        self.asked.append(f"unsaved {name}")
        return self.unsaved_answer

    def ask(self, question: Question) -> str:
        self.asked.append(question.title)
        return self.answer


class Orders:
    """An engine that only notes what it was asked for."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def canvas_changed(self, snapshot: Snapshot, pen_down: bool) -> None: ...
    def direction_changed(self, direction: Direction) -> None: ...
    def undone(self, snapshot: Snapshot) -> None: ...
    def set_live(self, live: bool) -> None:
        self.given.append(f"live {live}")

    def generate(self, snapshot: Snapshot) -> None:
        self.given.append("generate")

    def cancel(self) -> None:
        self.given.append("cancel")

    def close(self) -> None: ...


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def engine() -> Orders:
    return Orders()


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """One for each test: the windows of earlier ones must not hear of it."""
    return Theme(qapp)


@pytest.fixture
def make_window(
    theme: Theme, answers: Answers, engine: Orders, settings: QSettings
) -> Iterator[Callable[[], MainWindow]]:
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        session = Session(edits.new_document(64, 64))
        session.attach(engine)
        engine.given.clear()
        session.show_state(EngineState("ready", "Embedded on CPU"))
        toolbox = Toolbox(session)
        view = CanvasView(session, toolbox, theme)
        made = MainWindow(session, toolbox, view, theme, MODELS, settings, answers)
        made.resize(1280, 900)
        made.show()
        windows.append(made)
        return made

    yield make
    answers.unsaved_answer = "discard"
    for made in windows:
        made.close()
        made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(make_window: Callable[[], MainWindow]) -> MainWindow:
    return make_window()


def session_of(window: MainWindow) -> Session:
    return window.commands.ai._session


def do(window: MainWindow, command_id: str) -> None:
    """Give a command, and let the files that it reads or writes be done."""
    window.actions_[command_id].trigger()
    window.files.finish()


def press(window: MainWindow, key: Qt.Key) -> None:
    QApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def names(window: MainWindow) -> list[str]:
    return [row.node.name for row in window.layers.rows.rows]


# Commands


def test_every_command_can_be_given_at_any_time_without_a_fault(window: MainWindow, answers: Answers) -> None:
    answers.unsaved_answer = "discard"
    for command in COMMANDS:
        if command.id == "file.quit":
            continue
        session_of(window).new(32, 32)
        window.run(command)
        assert "fault" not in window.notice.sentence, command.id
        session_of(window).document.edit("Remove everything", lambda state: replace(state, layers=()))
        window.run(command)
        assert "fault" not in window.notice.sentence, command.id


@pytest.mark.parametrize(
    ("command", "role"),
    [
        ("layer.add_sketch", Control("scribble")), ("layer.add_lineart", Control("lineart")),
        ("layer.add_canny", Control("canny")), ("layer.add_depth", Control("depth")),
        ("layer.add_segmentation", Control("segmentation")), ("layer.add_tile", Control("tile")),
        ("layer.add_pose", Pose()), ("layer.add_mask", InpaintMask()),
    ],
)  # fmt: skip
def test_layers_of_every_role_are_added_above_the_active_one(window: MainWindow, command: str, role: object) -> None:
    do(window, command)
    node = session_of(window).active_node
    assert node is not None
    assert node.role == role
    assert names(window)[0] == node.name


def test_a_new_mask_comes_with_the_tool_to_paint_it(window: MainWindow) -> None:
    do(window, "layer.add_mask")
    assert window.tools.buttons["mask"].isChecked()


def test_undo_and_redo_walk_through_the_steps(window: MainWindow) -> None:
    before = names(window)
    do(window, "layer.duplicate")
    do(window, "layer.group")
    assert len(names(window)) == len(before) + 2
    do(window, "edit.undo")
    do(window, "edit.undo")
    assert names(window) == before
    do(window, "edit.redo")
    assert len(names(window)) == len(before) + 1


def test_fill_and_clear_work_on_the_active_layer(window: MainWindow) -> None:
    session = session_of(window)
    do(window, "layer.add_paint")
    assert session.active is not None
    do(window, "edit.fill")
    assert session.document.state.layer(session.active).surface.content_bounds().size == (64, 64)
    do(window, "edit.clear")
    assert not session.document.state.layer(session.active).surface.content_bounds()


def test_merging_down_leaves_one_layer_of_two(window: MainWindow) -> None:
    do(window, "layer.add_paint")
    do(window, "edit.fill")
    do(window, "layer.add_paint")
    count = len(names(window))
    do(window, "layer.merge_down")
    assert len(names(window)) == count - 1


def test_what_is_not_possible_is_said_in_the_status_line(window: MainWindow) -> None:
    do(window, "layer.add_group")
    do(window, "layer.merge_down")
    assert "group" in window.status.message.text()
    assert not window.notice.isVisible()


def test_menus_grey_what_cannot_be_done_and_mark_what_is_on(window: MainWindow) -> None:
    edit, layer = window._menus["Edit"], window._menus["Layer"]
    edit.aboutToShow.emit()
    assert not window.actions_["edit.undo"].isEnabled()
    edit.aboutToHide.emit()
    do(window, "layer.toggle_lock")
    layer.aboutToShow.emit()
    assert window.actions_["edit.undo"].isEnabled()
    assert window.actions_["layer.toggle_lock"].isChecked()
    layer.aboutToHide.emit()


def test_black_and_white_are_one_key_away(window: MainWindow) -> None:
    session = session_of(window)
    session.set_colour((0.2, 0.4, 0.6))
    do(window, "edit.reset_colours")
    assert (session.settings.colour, session.settings.background) == ((0, 0, 0), (1, 1, 1))


def test_the_brush_grows_and_shrinks_by_a_pixel_at_least(window: MainWindow) -> None:
    session = session_of(window)
    size = session.settings.brush.size_px
    do(window, "edit.brush_larger")
    assert session.settings.brush.size_px >= size + 1
    for _ in range(60):
        do(window, "edit.brush_smaller")
    assert session.settings.brush.size_px == 1


# The engine


def test_generate_with_a_locked_seed_keeps_it_and_without_rolls_a_new_one(window: MainWindow, engine: Orders) -> None:
    session = session_of(window)
    seed = session.direction.seed
    do(window, "ai.generate")
    assert engine.given == ["generate"]
    assert session.direction.seed == seed
    assert window.direction.generate.running
    do(window, "ai.cancel")
    assert not window.direction.generate.running
    do(window, "ai.lock_seed")
    do(window, "ai.generate")
    assert session.direction.seed != seed


def test_live_is_one_switch_everywhere(window: MainWindow, engine: Orders) -> None:
    do(window, "ai.live")
    assert engine.given == ["live False"]
    assert not window.options.live.isChecked()
    window.options.live.click()
    assert engine.given == ["live False", "live True"]


def test_a_failed_engine_does_not_pretend_to_generate(window: MainWindow, engine: Orders) -> None:
    session_of(window).show_state(EngineState("failed", "The engine has failed; choose another model"))
    do(window, "ai.generate")
    assert engine.given == []
    assert "choose another model" in window.status.message.text()


def test_the_status_line_tells_how_the_engine_is(window: MainWindow) -> None:
    assert "Embedded on CPU" in window.status.engine.text()
    session_of(window).show_state(EngineState("restarting", "The engine was lost and is starting again"))
    assert window.status.engine.text() == "The engine was lost and is starting again"


# Files


def test_a_document_is_saved_and_the_title_says_so(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    answers.file = tmp_path / "harvest.udraw"
    do(window, "layer.add_paint")
    assert "unsaved" in window.title.text()
    do(window, "file.save")
    assert registry.read(answers.file).width == 64
    assert window.title.text() == "harvest.udraw  64 × 64 • saved"
    do(window, "layer.add_paint")
    do(window, "file.save")
    assert answers.asked == ["Save as"]


@pytest.mark.parametrize(("command", "suffix"), [("file.export_png", ".png"), ("file.export_psd", ".psd")])
def test_exports_are_written_under_the_chosen_name(
    window: MainWindow, answers: Answers, tmp_path: Path, command: str, suffix: str
) -> None:
    answers.file = tmp_path / "picture"
    do(window, command)
    assert (tmp_path / f"picture{suffix}").stat().st_size > 0
    assert session_of(window).path is None


@pytest.mark.parametrize(("command", "role"), [("file.open_as_layer", None), ("file.open_as_reference", Reference())])
def test_a_picture_comes_in_as_a_layer_or_a_reference(
    window: MainWindow, answers: Answers, tmp_path: Path, command: str, role: Reference | None
) -> None:
    answers.file = tmp_path / "sky.png"
    do(window, "file.export_png")
    do(window, command)
    node = session_of(window).active_node
    assert isinstance(node, Layer)
    assert node.name == "sky"
    assert role is None or node.role == role


def test_a_file_that_cannot_be_opened_is_explained_in_the_window_and_nothing_is_lost(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    answers.file = tmp_path / "broken.udraw"
    answers.file.write_bytes(b"SQLite format 3\0 and then nothing")
    before = session_of(window).document
    do(window, "file.open")
    assert session_of(window).document is before
    assert window.notice.isVisible()
    assert "broken.udraw" in window.notice.sentence
    do(window, "edit.swap_colours")
    assert not window.notice.isVisible()


def test_unsaved_changes_are_asked_about_before_they_would_be_lost(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    do(window, "layer.add_paint")
    document = session_of(window).document
    for command in ("file.open", "file.new"):
        do(window, command)
    assert answers.asked == ["unsaved Untitled", "unsaved Untitled"]
    assert session_of(window).document is document
    assert not window.close()
    answers.unsaved_answer = "save"
    answers.file = tmp_path / "kept.udraw"
    assert window.close()
    assert len(registry.read(answers.file).layers) == 4


def test_changes_that_cannot_be_saved_keep_the_window_open(
    window: MainWindow, answers: Answers, tmp_path: Path
) -> None:
    do(window, "layer.add_paint")
    answers.unsaved_answer = "save"
    answers.file = tmp_path / "no such folder" / "x.udraw"
    assert not window.close()
    assert window.notice.isVisible()


def test_a_failed_save_stays_on_screen_until_one_succeeds(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    do(window, "layer.add_paint")
    answers.file = tmp_path / "no such folder" / "x.udraw"
    do(window, "file.save")
    assert "no such folder" in window.notice.sentence
    do(window, "edit.swap_colours")
    assert window.notice.isVisible()
    assert "unsaved" in window.title.text()
    answers.file = tmp_path / "x.udraw"
    do(window, "file.save")
    assert not window.notice.isVisible()
    assert window.title.text().endswith("saved")


def test_the_title_says_when_a_file_lacks_something(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    answers.file, answers.answer = tmp_path / "x.png", SAVE
    do(window, "file.save")
    assert window.title.text().endswith("saved in part")
    assert "layers" in window.title.toolTip()


def test_what_came_otherwise_is_told_until_it_is_closed(window: MainWindow, tmp_path: Path) -> None:
    state = session_of(window).document.state
    session_of(window).take(Opened(tmp_path / "x.psd", state, registry.PSD, ("2 text layers came as pixels",)))
    assert window.files.notes.isVisible()
    do(window, "edit.swap_colours")
    assert window.files.notes.isVisible()
    session_of(window).new(32, 32)
    assert not window.files.notes.isVisible()


def test_a_recent_file_is_opened_from_the_menu(window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    answers.file = tmp_path / "harvest.udraw"
    do(window, "file.save")
    session_of(window).new(32, 32)
    menu = next(a.menu() for a in window._menus["File"].actions() if a.text() == "Open recent")
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    window.files.finish()
    assert session_of(window).path == answers.file
    answers.file.unlink()
    menu.actions()[0].trigger()
    assert "not there any more" in window.notice.sentence


def test_a_new_document_has_the_chosen_size(window: MainWindow) -> None:
    do(window, "file.new")
    form = window.findChild(NewDocument)
    form.sizes.chosen.emit(
        next(s for s in (form.sizes.itemData(i, Qt.ItemDataRole.UserRole) for i in range(9)) if s.width == 2048)
    )
    form.height_px.changed.emit(0.0)
    form.accept()
    assert session_of(window).document.state.rect.size == (2048, 2048)


# Keys and places


def test_tab_leaves_the_canvas_alone_and_brings_everything_back(window: MainWindow) -> None:
    window.docks["colour"].close()

    def visible() -> list[bool]:
        return [w.isVisible() for w in (*window.docks.values(), *window.findChildren(QToolBar))]

    before = visible()
    do(window, "window.panels")
    assert not any(visible())
    do(window, "window.panels")
    assert visible() == before


def test_typing_a_prompt_does_not_use_up_the_keys_of_commands(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    window.direction.prompt.setFocus()
    tool, colour = window._toolbox.active_id, session_of(window).settings.colour
    qtbot.keyClicks(window.direction.prompt, "xenobee [d]")
    assert window.direction.prompt.toPlainText() == "xenobee [d]"
    assert (window._toolbox.active_id, session_of(window).settings.colour) == (tool, colour)


def test_the_keys_for_looking_work_wherever_the_focus_is(window: MainWindow) -> None:
    window.direction.model.setFocus()
    press(window, Qt.Key.Key_QuoteLeft)
    assert session_of(window).look.paint_only
    QApplication.sendEvent(
        window, QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_QuoteLeft, Qt.KeyboardModifier.NoModifier)
    )
    assert not session_of(window).look.paint_only


def test_a_tool_is_chosen_by_its_button_and_shows_its_options(window: MainWindow) -> None:
    assert window.options.brush.isVisible()
    window.tools.buttons["zoom"].click()
    assert window._toolbox.active_id == "zoom"
    assert window.options.hint.isVisible()
    assert not window.tools.buttons["brush"].isChecked()
    window.tools.buttons["eraser"].click()
    assert window.options.brush.isVisible()


def test_brush_options_set_and_follow_the_brush(window: MainWindow) -> None:
    session, options = session_of(window), window.options.brush
    options.size_px.changed.emit(77.0)
    options.flow.changed.emit(40.0)
    assert (session.settings.brush.size_px, session.settings.brush.flow) == (77.0, 0.4)
    window.brushes.shelf.choose("G-pen")
    assert session.settings.brush.name == options.preset.text() == "G-pen"
    assert options.size_px.value == session.settings.brush.size_px


def test_the_layout_theme_and_keys_are_remembered(make_window: Callable[[], MainWindow], theme: Theme) -> None:
    first = make_window()
    first.docks["results"].close()
    first.docks["colour"].set_open(False)
    first.key_map.use("photoshop")
    first.use_theme("light")
    assert first.close()
    theme.use("dark")
    second = make_window()
    assert not second.docks["results"].isVisible()
    assert not second.docks["colour"].is_open
    assert second.actions_["select.none"].shortcut().toString() == "Ctrl+D"
    assert theme.name == "light"
    second.reset_layout()
    assert second.docks["results"].isVisible()
    assert second.docks["colour"].is_open


def test_panels_scroll_in_a_low_window_and_stop_when_there_is_room(window: MainWindow) -> None:
    dock = window.docks["direction"]
    window.resize(1280, 600)
    QApplication.processEvents()
    assert dock.height() < dock.natural_height
    window.resize(1280, 1000)
    QApplication.processEvents()
    assert dock.height() == dock.natural_height


def test_help_pages_open_beside_the_window(window: MainWindow) -> None:
    do(window, "help.glossary")
    page = window.findChild(GlossaryPage)
    page.search.setText("scribble")
    assert "Scribble" in page.browser.toPlainText()
    assert "VAE" not in page.browser.toPlainText()


def test_a_group_keeps_its_children_when_it_is_duplicated(window: MainWindow) -> None:
    do(window, "layer.group")
    do(window, "layer.duplicate")
    groups = [node for node in session_of(window).document.state.layers if isinstance(node, Group)]
    assert [len(group.children) for group in groups] == [1, 1]


def test_the_eraser_key_erases_with_the_brush_in_the_hand_and_back(window: MainWindow) -> None:
    """What a Krita hand expects of E; from another tool it takes the brush."""
    toolbox = window.commands.ai._toolbox
    toolbox.select("fill")
    do(window, "brush.erase")
    assert toolbox.selected_id == "brush"
    assert toolbox.erasing.value.with_brush
    do(window, "brush.erase")
    assert not toolbox.erasing.value.with_brush
