"""The widget kit in the hands of an artist: dragging, typing, choosing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.theme import Theme
from app.widgets.buttons import JobButton, TextButton
from app.widgets.combo import Choice, Combo
from app.widgets.field import TextField
from app.widgets.panel_dock import HEADER_PX, PanelDock
from app.widgets.prompt import PromptArea
from app.widgets.scale import PERCENT
from app.widgets.slider import ValueSlider
from app.widgets.word_sheet import WordSheet
from models.vocabulary import Vocabulary

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def slider(qtbot: QtBot, theme: Theme) -> Iterator[ValueSlider]:
    made = ValueSlider(theme, "Opacity", PERCENT, 50)
    qtbot.addWidget(made)
    made.resize(200, 22)
    made.show()
    return made


def heard(slider: ValueSlider) -> list[float]:
    values: list[float] = []
    slider.changed.connect(values.append)
    return values


# Slider


def test_dragging_follows_the_pointer(qtbot: QtBot, slider: ValueSlider) -> None:
    values = heard(slider)
    qtbot.mousePress(slider, LEFT, pos=QPoint(20, 11))
    qtbot.mouseMove(slider, QPoint(150, 11))
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(150, 11))
    assert values[0] == 10
    assert values[-1] == 75
    assert slider.value == 75


def test_dragging_far_outside_stops_at_the_end(qtbot: QtBot, slider: ValueSlider) -> None:
    qtbot.mousePress(slider, LEFT, pos=QPoint(100, 11))
    qtbot.mouseMove(slider, QPoint(900, 11))
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(900, 11))
    assert slider.value == 100


def test_showing_a_value_says_nothing(slider: ValueSlider) -> None:
    values = heard(slider)
    slider.set_value(80)
    assert slider.value == 80
    assert values == []


def test_a_double_click_types_a_value_and_starts_from_the_one_before_it(qtbot: QtBot, slider: ValueSlider) -> None:
    qtbot.mousePress(slider, LEFT, pos=QPoint(20, 11))
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(20, 11))
    qtbot.mouseDClick(slider, LEFT, pos=QPoint(20, 11))
    assert slider.value == 50
    editor = slider.findChild(TextField)
    assert editor.selectedText() == "50"
    qtbot.keyClicks(editor, "33")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert slider.value == 33


@pytest.mark.parametrize(("typed", "value"), [("nonsense", 50), ("250", 100), ("12,4", 12)])
def test_what_cannot_be_is_clamped_or_left(qtbot: QtBot, slider: ValueSlider, typed: str, value: float) -> None:
    slider.open_editor()
    editor = slider.findChild(TextField)
    qtbot.keyClicks(editor, typed)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert slider.value == value


def test_escape_leaves_the_value_as_it_was(qtbot: QtBot, slider: ValueSlider) -> None:
    slider.open_editor()
    editor = slider.findChild(TextField)
    qtbot.keyClicks(editor, "9")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert slider.value == 50


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_Right, 51),
        (Qt.Key.Key_Down, 49),
        (Qt.Key.Key_PageUp, 60),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 100),
    ],
)
def test_keys_step(qtbot: QtBot, slider: ValueSlider, key: Qt.Key, value: float) -> None:
    qtbot.keyClick(slider, key)
    assert slider.value == value


def test_the_wheel_steps(slider: ValueSlider) -> None:
    up = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    slider.wheelEvent(up)
    assert slider.value == 51


@pytest.mark.parametrize(
    ("button", "modifier"),
    [(Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier), (LEFT, Qt.KeyboardModifier.ControlModifier)],
)
def test_a_middle_or_ctrl_click_goes_back_to_the_default(
    qtbot: QtBot, slider: ValueSlider, button: Qt.MouseButton, modifier: Qt.KeyboardModifier
) -> None:
    slider.set_value(90)
    qtbot.mousePress(slider, button, modifier, QPoint(180, 11))
    assert slider.value == 50


# Keys while typing


def test_typing_in_a_field_does_not_trigger_single_key_commands(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field = TextField()
    QVBoxLayout(window).addWidget(field)
    fired: list[str] = []
    for key in ("B", "Return", "Tab"):
        action = QAction(window)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _on=False, k=key: fired.append(k))
        window.addAction(action)
    window.show()
    window.activateWindow()
    field.setFocus()
    qtbot.keyClicks(field, "b")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "b"
    assert fired == []


# Choosing


@pytest.fixture
def combo(qtbot: QtBot, theme: Theme) -> Combo:
    made = Combo(theme)
    qtbot.addWidget(made)
    made.set_choices([Choice("a", "First"), Choice("b", "Second", "It needs more memory"), Choice("c", "Third")])
    return made


def test_what_cannot_be_chosen_is_greyed_and_says_why(combo: Combo) -> None:
    item = combo.model().index(1, 0)
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled
    assert item.data(Qt.ItemDataRole.ToolTipRole) == "It needs more memory"


def test_a_combo_keeps_what_is_shown_when_its_list_is_renewed(combo: Combo) -> None:
    combo.show_key("c")
    combo.set_choices([Choice("c", "Third"), Choice("d", "Fourth")])
    assert combo.key == "c"
    combo.set_choices([Choice("d", "Fourth")])
    assert combo.key is None


def test_the_wheel_does_not_change_a_combo_that_is_only_passed_over(combo: Combo) -> None:
    combo.show_key("a")
    down = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    combo.wheelEvent(down)
    assert combo.key == "a"
    assert not down.isAccepted()


# Jobs


def test_the_job_button_starts_then_cancels(qtbot: QtBot, theme: Theme) -> None:
    button = JobButton(theme, "Generate")
    qtbot.addWidget(button)
    with qtbot.waitSignal(button.started):
        button.click()
    button.show_progress(3, 8)
    assert button.text() == "Cancel 3/8"
    with qtbot.waitSignal(button.cancelled):
        button.click()
    button.show_idle()
    assert button.text() == "Generate"


# Prompt


@pytest.fixture
def prompt(qtbot: QtBot, theme: Theme) -> PromptArea:
    made = PromptArea(theme)
    qtbot.addWidget(made)
    made.set_vocabulary(Vocabulary((("time", ("sunset", "sunny", "night")), ("subject", ("red", "house")))))
    made.show()
    made.setFocus()
    return made


def test_known_words_are_offered_and_taken(qtbot: QtBot, prompt: PromptArea) -> None:
    qtbot.keyClicks(prompt, "red house, sunn")
    assert prompt.popup.isVisible()
    qtbot.keyClick(prompt, Qt.Key.Key_Tab)
    assert prompt.toPlainText() == "red house, sunny"
    assert not prompt.popup.isVisible()


def test_a_declined_word_stays_as_typed(qtbot: QtBot, prompt: PromptArea) -> None:
    qtbot.keyClicks(prompt, "sun")
    qtbot.keyClick(prompt, Qt.Key.Key_Escape)
    qtbot.keyClicks(prompt, " ")
    assert prompt.toPlainText() == "sun "


def test_nothing_is_offered_for_unknown_words_or_without_a_vocabulary(qtbot: QtBot, prompt: PromptArea) -> None:
    qtbot.keyClicks(prompt, "xylophone")
    assert not prompt.popup.isVisible()
    prompt.set_vocabulary(Vocabulary())
    prompt.clear()
    qtbot.keyClicks(prompt, "sun")
    assert not prompt.popup.isVisible()


def test_words_that_were_not_taught_are_marked_once_they_are_typed(qtbot: QtBot, prompt: PromptArea) -> None:
    qtbot.keyClicks(prompt, "Red xylophone")
    assert prompt.ignored_words() == []
    qtbot.keyClicks(prompt, ", ")
    assert prompt.ignored_words() == ["xylophone"]
    assert "xylophone" in prompt.accessibleDescription()
    prompt.set_vocabulary(Vocabulary())
    assert prompt.ignored_words() == []


def test_marking_is_not_an_edit(qtbot: QtBot, prompt: PromptArea) -> None:
    prompt.setPlainText("xylophone, ")
    with qtbot.assertNotEmitted(prompt.textChanged):
        prompt.set_vocabulary(Vocabulary.of_words(["xylophone"]))
    assert not prompt.document().isUndoAvailable()


def test_a_command_key_passes_the_offered_words_by(qtbot: QtBot, prompt: PromptArea) -> None:
    qtbot.keyClicks(prompt, "sun")
    qtbot.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert prompt.toPlainText() == "sun"
    assert not prompt.popup.isVisible()


def test_a_comma_is_only_a_comma(qtbot: QtBot, prompt: PromptArea) -> None:
    qtbot.keyClicks(prompt, "sun,")
    assert prompt.toPlainText() == "sun,"
    assert not prompt.popup.isVisible()


def test_a_clicked_word_is_added_behind_the_text_and_can_be_undone(
    qtbot: QtBot, theme: Theme, prompt: PromptArea
) -> None:
    sheet = WordSheet(theme, prompt.vocabulary, prompt)
    sheet.chosen.connect(prompt.add_word)
    sheet.show()
    for chip in sheet.findChildren(TextButton):
        if chip.text() in ("night", "house"):
            qtbot.mouseClick(chip, LEFT)
    assert prompt.toPlainText() == "night, house"
    prompt.undo()
    assert prompt.toPlainText() == "night"
    sheet.close()


@pytest.mark.parametrize(
    ("typed", "then"),
    [
        ("", "night"),
        ("lake", "lake, night"),
        ("lake 🌊 ", "lake 🌊, night"),
        ("lake,  ", "lake, night"),
        ("a\n", "a\nnight"),
    ],
)
def test_a_chosen_word_becomes_a_part_of_its_own(prompt: PromptArea, typed: str, then: str) -> None:
    prompt.setPlainText(typed)
    prompt.add_word("night")
    assert prompt.toPlainText() == then
    prompt.undo()
    assert prompt.toPlainText() == typed


# Docks


def test_a_panel_collapses_to_its_header_and_opens_again(qtbot: QtBot, theme: Theme) -> None:
    content = QWidget()
    QVBoxLayout(content).addWidget(TextField())
    dock = PanelDock(theme, "test", "Test", content)
    qtbot.addWidget(dock)
    dock.show()
    opened = dock.natural_height
    qtbot.mouseClick(dock.header, LEFT, pos=QPoint(20, 10))
    assert not dock.is_open
    assert dock.maximumHeight() == HEADER_PX
    qtbot.mouseClick(dock.header, LEFT, pos=QPoint(20, 10))
    assert dock.is_open
    assert dock.natural_height == opened > HEADER_PX
