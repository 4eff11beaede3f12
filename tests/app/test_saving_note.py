"""What is seen of saving: a note when it takes long, and a window while something has to wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from by_hand import ByHand
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.saving import Order, Saving
from app.saving_note import SavingNote, SavingWait
from app.theme import Theme
from canvas.formats.job import Job


class Desk:
    def __init__(self) -> None:
        self.hand, self.now_s = ByHand(), 0.0
        self.saving = Saving(self.hand, clock=lambda: self.now_s)
        self.written: list[str] = []

    def save(self, name: str) -> None:
        def write(job: Job) -> None:
            job.reach(0.4)

        self.saving.put(Order(Path(name), write, lambda: self.written.append(name)))


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    yield Desk()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_only_a_save_that_takes_long_is_noted(desk: Desk, theme: Theme) -> None:
    note = SavingNote(theme, desk.saving)
    desk.save("harvest.udraw")
    note.show_progress()
    assert note.isHidden()
    desk.now_s = 0.4
    note.show_progress()
    assert not note.isHidden()
    assert note.label.text() == "Saving harvest.udraw"
    desk.hand.run()
    desk.saving.poll()
    note.show_progress()
    assert note.isHidden()
    assert desk.written == ["harvest.udraw"]
    note.deleteLater()


def test_the_button_of_the_note_calls_it_off(desk: Desk, theme: Theme) -> None:
    note = SavingNote(theme, desk.saving)
    desk.save("harvest.udraw")
    note.cancel.click()
    desk.hand.run()
    desk.saving.poll()
    assert desk.written == []
    note.deleteLater()


def test_a_long_name_leaves_room_for_the_rest(desk: Desk, theme: Theme) -> None:
    note = SavingNote(theme, desk.saving)
    desk.save("the harvest of the year in which nobody had brought enough baskets.udraw")
    desk.now_s = 1.0
    note.show_progress()
    assert "…" in note.label.text()
    assert note.label.text().endswith(".udraw")
    note.deleteLater()


def test_who_waits_waits_until_it_is_written_and_escape_does_not_end_it(desk: Desk, theme: Theme) -> None:
    desk.save("harvest.udraw")
    wait = SavingWait(theme, desk.saving)
    wait.show()
    QApplication.sendEvent(wait, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier))
    wait.close()
    assert wait.isVisible()
    assert not desk.saving._running[1].cancelled  # type: ignore[index]
    desk.hand.run()
    desk.saving.poll()
    wait._look()
    assert not wait.isVisible()
    assert desk.written == ["harvest.udraw"]
    wait.deleteLater()


def test_who_waits_can_call_it_off(desk: Desk, theme: Theme) -> None:
    desk.save("harvest.udraw")
    wait = SavingWait(theme, desk.saving)
    wait.cancel.click()
    desk.hand.run()
    desk.saving.poll()
    wait._look()
    assert desk.written == []
    wait.deleteLater()
