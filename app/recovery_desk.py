"""`RecoveryDesk`: what the window shows of journals: the offer after a crash, the page of earlier versions, and the way
back into the session. GUI thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.dialogs.chooser import Chooser
from app.dialogs.question import Answer, Question
from app.dialogs.recovery import Deeds, RecoveryPage, time_text
from app.file_desk import FileDesk
from app.journal import Journal
from app.opening import Opened
from app.recovering import Recovering
from app.session import Session
from app.theme import Theme
from app.widgets.notice import Notice
from app.widgets.offer_bar import OfferBar
from canvas.formats.errors import FormatError
from canvas.formats.journal_read import preview
from canvas.formats.journal_summary import Summary


class RecoveryDesk:
    """`settle`: asks about what would be lost of the present document; False when the artist would rather stay.

    `quietly`: what died is offered in a bar, because the artist came for something else.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        journal: Journal,
        theme: Theme,
        files: FileDesk,
        notice: Notice,
        chooser: Chooser,
        settle: Callable[[], bool],
        *,
        quietly: bool,
    ) -> None:
        self._window, self._session, self._journal, self._theme = window, session, journal, theme
        self._files, self._chooser, self._settle, self._quietly = files, chooser, settle, quietly
        self.bar = OfferBar(theme)
        self.page: RecoveryPage | None = None
        self._offering = False
        self._offered = False
        journal.failed.connect(notice.insist)
        journal.mended.connect(session.message.emit)
        journal.looked.connect(self._on_looked)

    def show_all(self) -> None:
        """All journals that are kept."""
        self._show(offered=False)
        self._journal.look()

    def _on_looked(self) -> None:
        if self.page is not None:
            self.page.show_found(self._journal.found)
        if self._offered:
            return
        self._offered = True
        new = [each for each in self._journal.found.lost_work if not each.seen]
        if not new:
            return
        if self._quietly or self._session.modified or self.page is not None:
            count = f"{len(new)} documents" if len(new) > 1 else f"“{new[0].name}”"
            sentence = f"Underdraw did not end as it should the last time; {count} can be recovered."
            self.bar.offer(sentence, "Recovered work", lambda: self._show(offered=True))
        else:
            self._show(offered=True)

    def _show(self, *, offered: bool) -> None:
        if self.page is not None:
            self.page.close()
        self._offering = offered
        deeds = Deeds(self.open, self._delete, _preview, self._on_closed)
        self.page = RecoveryPage(self._theme, self._journal.found, deeds, time.time(), self._window, offered=offered)
        self.page.show()

    def _on_closed(self) -> None:
        self.page = None
        if self._offering:
            self._journal.mark_seen(tuple(each.path for each in self._journal.found.lost_work if not each.seen))

    def _delete(self, journal: Summary) -> None:
        results = f" and its {journal.results} result{'' if journal.results == 1 else 's'}" if journal.results else ""
        question = Question(
            "Delete it for good?",
            f"What was kept of “{journal.name}”{results} cannot be fetched back then.",
            (Answer("delete", "&Delete"),),
        )
        if self._chooser.ask(question) == "delete":
            self._journal.delete(journal.path)

    def open(self, journal: Summary, version: int) -> None:
        """Read that version and make it the document."""
        if not self._settle():
            return
        if self.page is not None:
            self.page.close()
        session, present = self._session, self._journal.found.present
        if present is not None and present.path == journal.path:
            self._journal.let_go()
        recovering = Recovering(journal, version, session.remembered, self._journal.folder.set_aside)
        self._files.show_opening(recovering, partial(self._take, recovering, session.document.state))

    def _take(self, recovering: Recovering, before: object, _opened: Opened) -> None:
        """`before`: what the artist has agreed to leave; they may have painted on while the journal was read."""
        work = recovering.work
        if self._session.document.state is not before and not self._settle():
            work.recovered.close()
            return
        self._journal.take(work.recovered, work.results)
        self._journal.look()
        self._files.notes.tell(work.notes)
        when = time_text(work.recovered.made_s, time.time())
        self._session.message.emit(f"“{work.recovered.name}” is as it was on {when}; saving asks where to")


def _preview(journal: Summary, version: int) -> bytes:
    try:
        return preview(journal.path, version)
    except FormatError:
        return b""
