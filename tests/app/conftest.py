"""Widgets are tested without a screen, and a warning of Qt fails the test that caused it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk import Desk
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app.theme import Theme

#: What the offscreen platform says of itself when a window is raised or a popup opens.
LIMITS = "This plugin does not support"


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture(autouse=True)
def _no_qt_warnings() -> Iterator[None]:
    heard: list[str] = []

    def hear(kind: QtMsgType, _context: object, text: str) -> None:
        if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) and not text.startswith(LIMITS):
            heard.append(text)

    previous = qInstallMessageHandler(hear)
    yield
    qInstallMessageHandler(previous)
    assert not heard, f"Qt warned: {heard}"


@pytest.fixture
def desk(theme: Theme) -> Iterator[Desk]:
    made = Desk(theme)
    yield made
    made.view.close()
    made.view.deleteLater()
