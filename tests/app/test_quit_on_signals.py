"""A terminal's Ctrl-C or a polite kill ends the program, however many of them come."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from app.composition import QuitOnSignals


@pytest.fixture
def quitter(qapp: QApplication) -> Iterator[QuitOnSignals]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made = QuitOnSignals(qapp)
    yield made
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)
    made.deleteLater()


def test_a_notice_without_anything_to_read_does_not_hold_the_program_up(quitter: QuitOnSignals) -> None:
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)
    quitter.read()
    quitter.read()
