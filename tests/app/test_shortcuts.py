"""Keys: what an artist changes counts at once, is remembered, and never leaves a key with two meanings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from app.actions import Actions
from app.canvas_view.view import CanvasView
from app.dialogs.shortcut_editor import ShortcutEditor
from app.glossary import load_glossary
from app.key_map import TAP_S, KeyMap
from app.session import Session
from app.shortcuts import SCHEMES, ShortcutBook, load_scheme
from app.theme import Theme
from app.tools.pointer import PointerEvent
from app.tools.toolbox import Toolbox
from canvas import edits


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "keys.ini"), QSettings.Format.IniFormat)


class Bound:
    """A key map in a window, with a clock that stands until it is moved."""

    def __init__(self, theme: Theme, settings: QSettings) -> None:
        self.now_s = 0.0
        self.window = QMainWindow()
        self.session = Session(edits.new_document(64, 64))
        self.toolbox = Toolbox(self.session)
        self.view = CanvasView(self.session, self.toolbox, theme)
        self.actions = Actions(self.window, lambda _c: None, lambda _c, _q: True, load_glossary())
        self.book = ShortcutBook(settings)
        self.key_map = KeyMap(
            self.window, self.actions, self.toolbox, self.view.keys, self.book, clock=lambda: self.now_s
        )

    def press(self, tool_label: str) -> None:
        """The shortcut of a tool goes down."""
        next(a for a in self.window.actions() if isinstance(a, QAction) and a.text() == tool_label).trigger()

    def lift(self, key: Qt.Key) -> None:
        QApplication.sendEvent(self.view, QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier))


@pytest.fixture
def bound(theme: Theme, settings: QSettings) -> Iterator[Bound]:
    made = Bound(theme, settings)
    yield made
    made.window.deleteLater()
    made.view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def editor(bound: Bound, theme: Theme) -> Iterator[ShortcutEditor]:
    made = ShortcutEditor(bound.key_map, bound.toolbox.tools, theme)
    made.show()
    yield made
    made.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def record(editor: ShortcutEditor, command_id: str, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    editor.choose(command_id)
    editor.start_recording()
    QApplication.sendEvent(editor.record, QKeyEvent(QEvent.Type.KeyPress, key, modifiers))


def test_a_recorded_key_counts_at_once_and_is_remembered(
    bound: Bound, editor: ShortcutEditor, settings: QSettings
) -> None:
    record(editor, "view.zoom_fit", Qt.Key.Key_J, Qt.KeyboardModifier.AltModifier)
    assert bound.actions["view.zoom_fit"].shortcut().toString() == "Alt+J"
    assert ShortcutBook(settings).scheme.of("view.zoom_fit") == ("Alt+J",)


def test_a_key_that_another_command_has_is_taken_over_and_that_is_said(bound: Bound, editor: ShortcutEditor) -> None:
    taken = load_scheme(SCHEMES[0]).of("edit.undo")[0]
    record(editor, "view.zoom_fit", Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert taken == "Ctrl+Z"
    assert bound.actions["edit.undo"].shortcuts() == []
    assert "“Undo” no longer has it" in editor.note.text()
    editor.reset_all.click()
    assert bound.actions["edit.undo"].shortcut().toString() == "Ctrl+Z"


def test_escape_leaves_the_key_as_it_is(bound: Bound, editor: ShortcutEditor) -> None:
    before = bound.actions["view.zoom_fit"].shortcuts()
    record(editor, "view.zoom_fit", Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert bound.actions["view.zoom_fit"].shortcuts() == before
    assert not editor.record.isChecked()


def test_commands_are_found_by_name_and_by_key(editor: ShortcutEditor) -> None:
    editor.search.setText("ctrl+z")
    found = [editor.table.model().index(row, 0).data() for row in range(editor.table.model().rowCount())]
    assert "Undo" in found


def test_a_tool_of_a_damaged_settings_file_keeps_its_own_key(settings: QSettings) -> None:
    settings.setValue("keys/krita", "{not json")
    assert ShortcutBook(settings).scheme.of("edit.undo") == ("Ctrl+Z",)
    settings.setValue("keys/krita", json.dumps({"no.such.command": ["F4"], "edit.undo": "F4"}))
    assert ShortcutBook(settings).scheme.of("edit.undo") == ("Ctrl+Z",)


def test_resetting_one_command_does_not_take_a_key_back_from_another(bound: Bound) -> None:
    tools = bound.toolbox.tools
    bound.book.assign("view.zoom_fit", ("Ctrl+Z",), tools)
    bound.book.reset("edit.undo")
    assert bound.book.scheme.of("edit.undo") == ()
    bound.book.reset("view.zoom_fit")
    bound.book.reset("edit.undo")
    assert bound.book.scheme.of("edit.undo") == ("Ctrl+Z",)


def test_a_tapped_tool_key_takes_the_tool(bound: Bound) -> None:
    bound.press("Eraser")
    bound.lift(Qt.Key.Key_E)
    assert bound.toolbox.selected_id == "eraser"


def test_a_tool_key_held_down_gives_the_tool_before_back(bound: Bound) -> None:
    bound.press("Eraser")
    bound.now_s = 2 * TAP_S
    bound.lift(Qt.Key.Key_E)
    assert bound.toolbox.selected_id == "brush"


def test_a_tool_used_while_its_key_is_down_is_temporary_however_quick(bound: Bound) -> None:
    bound.press("Eraser")
    bound.toolbox.press(PointerEvent(5, 5, button="left"))
    bound.toolbox.release(PointerEvent(9, 9, button="left"))
    bound.lift(Qt.Key.Key_E)
    assert bound.toolbox.selected_id == "brush"


def test_photoshop_hands_pick_a_colour_with_alt(bound: Bound) -> None:
    bound.key_map.use("photoshop")
    assert bound.toolbox.picker_modifier.name == "ALT"
    bound.key_map.use("krita")
    assert bound.toolbox.picker_modifier.name == "CTRL"


def test_the_key_that_moves_the_canvas_can_be_changed(bound: Bound, editor: ShortcutEditor) -> None:
    record(editor, "hold.hand", Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(bound.view, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier))
    assert bound.toolbox.active_id == "hand"
    bound.lift(Qt.Key.Key_N)
    assert bound.toolbox.active_id == "brush"
