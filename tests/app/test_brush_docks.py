"""What the window has about brushes, put together: palette and editor open and close, the brush in the hand is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk
from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.panels.brush_docks import BrushDocks
from app.theme import Theme
from app.tool_options.brush import PresetButton
from canvas import kernels


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "underdraw.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def docks(desk: Desk, theme: Theme, settings: QSettings, qtbot: QtBot) -> Iterator[BrushDocks]:
    kernels.warm()
    made = open_docks(desk, theme, settings)
    made.panel.setObjectName("panel")
    qtbot.addWidget(made.panel)
    desk.view.palette_wanted.connect(made.open_palette)
    yield made
    made.keep()


def open_docks(desk: Desk, theme: Theme, settings: QSettings) -> BrushDocks:
    def show_form(build: Callable[[Theme, QWidget], QWidget]) -> None:
        build(theme, desk.view).show()

    return BrushDocks(desk.session, desk.toolbox, theme, None, settings, show_form)  # type: ignore[arg-type]


def closed(widget: QWidget) -> None:
    widget.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_right_click_with_a_brush_opens_the_palette_and_paints_nothing(desk: Desk, docks: BrushDocks) -> None:
    state = desk.session.document.state
    desk.drag((200, 200), (200, 200), Qt.MouseButton.RightButton)
    assert docks.popup is not None
    assert docks.popup.isVisible()
    assert desk.session.document.state is state
    closed(docks.popup)
    assert docks.popup is None
    desk.toolbox.select("pose")
    desk.drag((200, 200), (200, 200), Qt.MouseButton.RightButton)
    assert docks.popup is None


def test_there_is_one_palette_and_one_editor(docks: BrushDocks) -> None:
    docks.open_palette(QPoint(50, 50))
    first = docks.popup
    docks.open_palette(QPoint(90, 90))
    assert docks.popup is not first
    assert docks.popup is not None
    assert docks.popup.isVisible()
    docks.open_editor()
    editor = docks.editor
    docks.open_editor()
    assert docks.editor is editor is not None
    closed(editor)
    assert docks.editor is None
    docks.open_editor()
    assert docks.editor is not None


def test_the_button_of_the_options_bar_follows_the_brush(
    desk: Desk, docks: BrushDocks, theme: Theme, qtbot: QtBot
) -> None:
    button = PresetButton(theme)
    qtbot.addWidget(button)
    docks.use_button(button)
    docks.shelf.choose("Marker")
    assert (button.text(), button.is_dirty) == ("Marker", False)
    desk.session.set_brush(replace(desk.session.settings.brush, flow=0.5))
    assert button.is_dirty
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert docks.popup is not None


def test_the_brush_in_the_hand_is_there_after_a_start(
    desk: Desk, docks: BrushDocks, theme: Theme, settings: QSettings
) -> None:
    docks.shelf.choose("Calligraphy")
    docks.keep()
    fresh = Desk(theme)
    again = open_docks(fresh, theme, settings)
    assert fresh.session.settings.brush.name == "Calligraphy"
    again.keep()
    again.panel.deleteLater()
    fresh.view.close()
    fresh.view.deleteLater()


def test_files_that_cannot_be_read_are_named(desk: Desk, theme: Theme, settings: QSettings, tmp_path: Path) -> None:
    (tmp_path / "brushes").mkdir()
    (tmp_path / "brushes" / "mine.toml").write_text("[[brush]]\nsize_px = 'large'\n")
    made = open_docks(desk, theme, settings)
    assert "mine.toml" in made.problems[0]
    made.keep()
    made.panel.deleteLater()
