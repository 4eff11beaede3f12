"""`FileDesk`: what the window shows of files: saving and opening with their progress, notes, recent files. GUI thread.

It looks after what runs in the background; what is to be done with files is in `app.commands.file`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMenu, QWidget

from app.dialogs.opening import OpeningPicture
from app.opening import Opened, Opening
from app.recent import RecentFiles, names
from app.saving_note import SavingNote, SavingWait
from app.session import Session
from app.theme import Theme
from app.widgets.notes_bar import NotesBar

_LOOK_MS = 30
#: Waiting for this long needs no window of its own.
_UNNOTICED_S = 0.15

Attempt = Callable[[str, Callable[[], object]], None]


class FileDesk(QObject):
    """`attempt(what, do)` carries something out and tells in the window what went wrong."""

    def __init__(self, window: QWidget, session: Session, theme: Theme, view: QWidget, attempt: Attempt) -> None:
        super().__init__(window)
        self._window, self._session, self._theme, self._view = window, session, theme, view
        self._attempt = attempt
        self.saving_note = SavingNote(theme, session.saving)
        self.notes = NotesBar(theme)
        self.opening: OpeningPicture | None = None
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        session.saving.changed.connect(self._on_saving)
        session.opened.connect(lambda _path, notes: self.notes.tell(notes))
        session.document_replaced.connect(self.notes.hide)

    # Saving

    def _on_saving(self) -> None:
        if self._session.saving.busy:
            self._timer.start()

    def _look(self) -> None:
        saving = self._session.saving
        if saving.done:
            self._attempt("Save", saving.poll)
        self.saving_note.show_progress()
        if not saving.busy:
            self._timer.stop()

    def wait_for_saving(self) -> None:
        """Return when everything is written or called off; meanwhile the artist sees how far it is."""
        saving = self._session.saving
        if saving.busy and not saving.wait(_UNNOTICED_S):
            dialog = SavingWait(self._theme, saving, self._window)
            dialog.exec()
            dialog.deleteLater()
        self._look()

    # Opening

    def show_opening(self, opening: Opening, take: Callable[[Opened], None]) -> None:
        """Show it over the canvas and hand over what was read. Only one file is being opened at a time."""
        if self.opening is not None:
            self.opening.call_off()
        self.opening = OpeningPicture(self._theme, opening, self._view, partial(self._on_read, take))

    def _on_read(self, take: Callable[[Opened], None], opening: Opening) -> None:
        self.opening = None
        if opening.cancelled:
            self._session.message.emit(f"Opening {opening.path.name} was cancelled")
        else:
            self._attempt("Open", lambda: take(opening.result()))

    def close(self) -> None:
        """The window goes: what is being read is not needed any more."""
        if self.opening is not None:
            self.opening.call_off()

    def finish(self) -> None:
        """Let everything that runs in the background end, and take it over."""
        self.wait_for_saving()
        if self.opening is not None:
            self.opening.finish()


def fill_recent(menu: QMenu, recent: RecentFiles, open_file: Callable[[Path], None], clear: Callable[[], None]) -> None:
    """The newest files as a menu, whenever it opens."""

    def fill() -> None:
        menu.clear()
        paths = recent.paths
        for path, name in zip(paths, names(paths), strict=True):
            action = menu.addAction(name.replace("&", "&&"))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _on=False, p=path: open_file(p))
        if not paths:
            menu.addAction("No files yet").setEnabled(False)
        menu.addSeparator()
        menu.addAction("Clear the list", clear).setEnabled(bool(paths))

    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(fill)
    fill()
