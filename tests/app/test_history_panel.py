"""The history panel shows every step and goes to any of them."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app import layer_intents
from app.panels.history import HistoryPanel
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits


def texts(panel: HistoryPanel) -> list[str]:
    return [panel.list.item(i).text() for i in range(panel.list.count())]


def test_a_click_on_a_step_goes_there_and_back(qtbot: QtBot, theme: Theme) -> None:
    session = Session(edits.new_document(64, 64))
    panel = HistoryPanel(session, Toolbox(session), theme)
    qtbot.addWidget(panel)
    start = session.document.state
    layer_intents.add_group(session)
    layer_intents.add_group(session)
    end = session.document.state
    panel.show_steps()
    assert texts(panel) == ["Start", "Add group", "Add group"]
    panel.go_to(0)
    assert session.document.state is start
    assert panel.list.currentRow() == 0
    assert texts(panel) == ["Start", "Add group", "Add group"]
    panel.go_to(2)
    assert session.document.state is end
    assert "2 steps" in panel.report.text()


def test_a_stroke_in_progress_is_finished_before_time_travel(qtbot: QtBot, theme: Theme) -> None:
    session = Session(edits.new_document(64, 64))
    panel = HistoryPanel(session, Toolbox(session), theme)
    qtbot.addWidget(panel)
    session.document.begin("Drag")
    panel.show_steps()
    session.document.rollback()
    panel.show_steps()
    assert texts(panel) == ["Start"]
