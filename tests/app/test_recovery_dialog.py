"""After a crash: what is offered, how it looks, and the way back; earlier versions of documents."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from test_journal_thread import Painter, painted, pixels, result
from test_main_window import MODELS, Answers

from app.canvas_view.view import CanvasView
from app.dialogs.recovery import RecoveryPage, details_text, time_text, told_apart
from app.folders import journal_folder
from app.journal import Journal
from app.journal_folder import JournalFolder
from app.main_window import MainWindow
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.formats.journal_summary import Summary, Version


class Studio:
    """A window with a journal that is driven by hand."""

    def __init__(self, theme: Theme, folder: Path, settings: QSettings, *, quietly: bool) -> None:
        self.answers = Answers()
        self.session = Session(edits.new_document(64, 64))
        toolbox = Toolbox(self.session)
        view = CanvasView(self.session, toolbox, theme)
        self.window = MainWindow(self.session, toolbox, view, theme, MODELS, settings, self.answers)
        self.journal = Journal(self.session, JournalFolder(folder))
        self.window.use_journal(self.journal, quietly=quietly)
        assert self.window.recovery is not None
        self.desk = self.window.recovery
        self.window.resize(1280, 900)
        self.window.show()

    def look(self) -> None:
        self.journal.look()
        self.settle()

    def settle(self) -> None:
        """Let the journal and what is being opened be done."""
        self.journal.work_off()
        self.journal.poll()
        self.window.files.finish()
        self.journal.work_off()
        self.journal.poll()

    @property
    def page(self) -> RecoveryPage:
        assert self.desk.page is not None
        return self.desk.page

    def close(self) -> None:
        self.answers.unsaved_answer = "discard"
        self.window.close()
        self.journal.close(settled=True)
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def died(folder: Path) -> Painter:
    """Somebody painted, and their program was killed."""
    painter = Painter(folder)
    painter.session.show_result(result(painter.session.document.state))
    painter.paint(1)
    painter.wait(20.0)
    painter.paint(2)
    painter.wait(20.0)
    painter.die()
    return painter


@pytest.fixture
def open_studio(theme: Theme, folder: Path, settings: QSettings) -> Iterator[Callable[..., Studio]]:
    made: list[Studio] = []

    def make(*, quietly: bool = False, look: bool = True) -> Studio:
        made.append(Studio(theme, folder, settings, quietly=quietly))
        if look:
            made[-1].look()
        return made[-1]

    yield make
    for studio in made:
        studio.close()


def test_without_a_crash_nothing_is_offered(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    assert studio.desk.page is None
    assert studio.desk.bar.isHidden()


def test_what_a_crash_left_is_offered_and_opened_without_a_path(
    open_studio: Callable[..., Studio], died: Painter
) -> None:
    studio = open_studio()
    (row,) = studio.page.rows
    assert row.name.text() == "Untitled"
    assert "1 result" in row.details.text()
    assert "not saved" in row.details.text()
    row.open.click()
    studio.settle()
    assert studio.desk.page is None
    session = studio.session
    assert pixels(session.document.state) == pixels(died.session.document.state)
    assert (session.path, session.modified) == (None, True)
    assert len(session.results) == 1
    assert "Untitled (recovered)" in studio.window.windowTitle()
    # Saving asks for a name, and does not suggest that of the file it came from.
    studio.answers.file = None
    studio.window.actions_["file.save"].trigger()
    assert studio.answers.asked[-1] == "Save as"
    # It is not offered to anybody else.
    assert not JournalFolder(died.folder.path).look(time.time()).journals


def test_an_earlier_version_can_be_chosen(open_studio: Callable[..., Studio], died: Painter) -> None:
    studio = open_studio()
    (row,) = studio.page.rows
    assert row.versions.count() == 2
    row.versions.setCurrentIndex(1)
    row.versions.activated.emit(1)
    row.open.click()
    studio.settle()
    assert int(studio.session.document.state.layers[0].surface.tiles[0, 0].max()) == 1


def test_who_came_with_a_file_gets_a_quiet_offer(open_studio: Callable[..., Studio], died: Painter) -> None:
    studio = open_studio(quietly=True)
    assert studio.desk.page is None
    assert not studio.desk.bar.isHidden()
    assert studio.desk.bar.button.text() == "Recovered work"
    studio.desk.bar.button.click()
    assert len(studio.page.rows) == 1
    assert studio.desk.bar.isHidden()


def test_who_is_painting_already_gets_a_quiet_offer(open_studio: Callable[..., Studio], died: Painter) -> None:
    studio = open_studio(look=False)
    studio.session.document.edit("Stroke", lambda state: painted(state, 9))
    studio.look()
    assert studio.desk.page is None
    assert not studio.desk.bar.isHidden()


def test_kept_for_later_is_not_offered_again_but_stays(open_studio: Callable[..., Studio], died: Painter) -> None:
    studio = open_studio()
    studio.page.keep.click()
    studio.settle()
    again = open_studio()
    assert again.desk.page is None
    assert again.desk.bar.isHidden()
    again.window.actions_["file.earlier"].trigger()
    again.settle()
    assert [row.name.text() for row in again.page.rows] == ["Untitled"]


def test_deleting_asks_first(open_studio: Callable[..., Studio], died: Painter) -> None:
    studio = open_studio()
    (row,) = studio.page.rows
    row.delete.click()
    studio.settle()
    assert studio.answers.asked == ["Delete it for good?"]
    assert len(studio.page.rows) == 1
    studio.answers.answer = "delete"
    studio.page.rows[0].delete.click()
    studio.settle()
    assert studio.page.rows == []
    assert not list(died.folder.path.glob("*.journal"))


def test_the_present_document_is_asked_about_first(open_studio: Callable[..., Studio], died: Painter) -> None:
    studio = open_studio()
    studio.session.document.edit("Stroke", lambda state: painted(state, 9))
    before = studio.session.document.state
    studio.answers.unsaved_answer = "cancel"
    studio.page.rows[0].open.click()
    studio.settle()
    assert studio.session.document.state is before
    assert studio.desk.page is not None


def test_opening_can_be_called_off_and_the_work_stays(open_studio: Callable[..., Studio], died: Painter) -> None:
    studio = open_studio()
    before = studio.session.document.state
    studio.page.rows[0].open.click()
    assert studio.window.files.opening is not None
    studio.window.files.opening.call_off()
    studio.settle()
    assert studio.session.document.state is before
    studio.look()
    assert len(studio.journal.found.lost_work) == 1


def test_a_document_closed_without_saving_is_among_the_earlier_versions(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    studio.session.document.edit("Stroke", lambda state: painted(state, 9))
    painted_state = studio.session.document.state
    studio.settle()
    studio.session.new(32, 32)
    studio.settle()
    studio.window.actions_["file.earlier"].trigger()
    studio.settle()
    (row,) = studio.page.rows
    assert "closed without saving" in row.details.text()
    row.open.click()
    studio.settle()
    assert pixels(studio.session.document.state) == pixels(painted_state)


def test_versions_of_the_open_document_can_be_fetched(open_studio: Callable[..., Studio], folder: Path) -> None:
    studio = open_studio()
    studio.session.document.edit("Stroke", lambda state: painted(state, 9))
    first = studio.session.document.state
    studio.settle()
    studio.journal._clock = lambda: time.time() + 60.0
    studio.session.document.edit("Stroke", lambda state: painted(state, 10))
    studio.journal.wait_written()
    studio.window.actions_["file.earlier"].trigger()
    studio.settle()
    (row,) = studio.page.rows
    assert "open now" in row.details.text()
    assert not row.delete.isEnabled()
    assert row.versions.count() == 2
    row.versions.setCurrentIndex(1)
    studio.answers.unsaved_answer = "discard"
    row.open.click()
    studio.settle()
    assert pixels(studio.session.document.state) == pixels(first)


def test_without_earlier_versions_the_page_says_so(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    studio.window.actions_["file.earlier"].trigger()
    assert studio.page.rows == []
    assert studio.page.words.text() == "Nothing is kept at the moment."


def test_a_journal_that_cannot_be_read_is_moved_aside(open_studio: Callable[..., Studio], died: Painter) -> None:
    (path,) = died.folder.path.glob("*.journal")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE tile SET data = x'00'")
    studio = open_studio()
    before = studio.session.document.state
    studio.page.rows[0].open.click()
    studio.settle()
    assert studio.session.document.state is before
    assert "is damaged" in studio.window.notice.sentence
    assert "moved to" in studio.window.notice.sentence
    assert (died.folder.path / "damaged" / path.name).exists()


def test_what_goes_wrong_with_the_disk_stays_in_sight(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    studio.journal.failed.emit("The disk is full.")
    assert studio.window.notice.sentence == "The disk is full."
    assert not studio.window.notice.isHidden()


def test_nothing_on_the_page_is_cut_off(open_studio: Callable[..., Studio], died: Painter, qtbot: QtBot) -> None:
    studio = open_studio()
    page = studio.page
    page.rows[0].name.setText("A document with a rather long name, as they come.udraw")
    QApplication.processEvents()
    for child in page.findChildren(QWidget):
        if child.isVisible() and child.parentWidget() is not None and child.width() and child.sizeHint().isValid():
            edge = child.mapTo(page, QPoint(child.width(), child.height()))
            assert edge.x() <= page.width(), child
            assert edge.y() <= page.height(), child


def test_escape_keeps_for_later(open_studio: Callable[..., Studio], died: Painter, qtbot: QtBot) -> None:
    studio = open_studio()
    qtbot.keyClick(studio.page, Qt.Key.Key_Escape)
    assert studio.desk.page is None


def test_times_are_told_as_people_do() -> None:
    made = datetime(2026, 11, 12, 14, 3, 20).timestamp()
    assert time_text(made, made + 185.0) == "12 Nov, 14:03:20, 3 minutes ago"


def test_versions_of_the_same_moment_are_one() -> None:
    versions = [Version(9 - i, 1000.0 - made, False, 8, 8) for i, made in enumerate((0.0, 0.4, 4.9, 5.1, 60.0))]
    assert [each.id for each in told_apart(versions)] == [9, 6, 5]


def test_a_row_tells_what_became_of_its_document() -> None:
    journal = Summary(
        Path("a.journal"), "a", "", False, (Version(1, 5.0, False, 4096, 2048),), 3, 0, 34_400_000
    )  # fmt: skip
    assert details_text(journal, is_open=False) == "4\u00a0096 × 2\u00a0048 px  •  3 results  •  34 MB  •  not saved"
    assert details_text(replace(journal, ended="discarded"), is_open=False).endswith("closed without saving")
    assert details_text(replace(journal, versions=(Version(1, 5.0, True, 9, 9),)), is_open=False).endswith("saved")


def test_where_journals_are_kept_can_be_chosen(tmp_path: Path, settings: QSettings) -> None:
    assert journal_folder(settings, {}) == tmp_path / "journal"
    assert journal_folder(settings, {"UNDERDRAW_JOURNAL": "/elsewhere"}) == Path("/elsewhere")
    assert journal_folder(QSettings("x", "y"), {}).name == "journal"
