"""The palette finds what an artist means and does it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.dialogs.command_palette import CommandPalette, Deed, found, match
from app.theme import Theme


def deeds(done: list[str]) -> tuple[Deed, ...]:
    places = {
        "Undo": "Edit", "Merge down": "Layer", "Mirror view": "View", "Duplicate": "Layer", "Group": "Layer / Add",
        "Export PNG": "File",
    }  # fmt: skip
    return tuple(Deed(text, place, "", lambda text=text: done.append(text)) for text, place in places.items())


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("und", "Undo"),
        ("merge", "Merge down"),
        ("mir", "Mirror view"),
        ("exp png", "Export PNG"),
        ("mgd", "Merge down"),
    ],
)
def test_a_few_letters_find_the_command(typed: str, first: str) -> None:
    assert found(typed, deeds([]), [])[0].text == first


def test_the_menu_is_a_word_to_search_for_too() -> None:
    assert {deed.text for deed in found("layer", deeds([]), [])} >= {"Merge down", "Duplicate", "Group"}


def test_what_does_not_answer_is_not_shown() -> None:
    assert match("xyz", "Undo") is None
    assert found("qqq", deeds([]), []) == []


def test_what_was_done_lately_comes_first() -> None:
    assert found("", deeds([]), ["Duplicate"])[0].text == "Duplicate"


def test_enter_does_the_chosen_one_and_closes(qtbot: QtBot, theme: Theme) -> None:
    done: list[str] = []
    recent: list[str] = []
    window = QWidget()
    qtbot.addWidget(window)
    palette = CommandPalette(deeds(done), recent, theme, window)
    palette.open_over(window)
    qtbot.keyClicks(palette.field, "m")
    down = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(palette.field, down)
    second = palette.list.currentItem().text()
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == [second]
    assert recent == [second]
    assert not palette.isVisible()
