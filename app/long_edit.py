"""`LongEdit`: one undoable step that takes its time, computed on a thread while the window goes on. No Qt.

It is an interlude of the toolbox: while it lasts only tools for looking work, Escape calls it off, and whatever needs
the document waits for it. Made, watched and ended on the session's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, TimeoutError

from app.session import Session
from app.signals import Signal
from canvas.edits import EditError
from canvas.state import DocumentState
from canvas.transform import Work


class LongEdit:
    """`compute(state, work)` makes the new state of a document from the present one; it may raise EditError.

    `ended`: emitted once, with whether it was done. Raises EditError when something else holds the document.
    """

    def __init__(self, session: Session, label: str, compute: Callable[[DocumentState, Work], DocumentState]) -> None:
        self.ended: Signal[bool] = Signal()
        if session.document.in_gesture:
            raise EditError("Finish the stroke before changing the whole picture")
        self.label = label
        self._session, self._document = session, session.document
        self._work = Work()
        self._over = False
        self._forget = session.document_replaced.connect(self._on_document_replaced)
        session.document.begin(label)
        pool = ThreadPoolExecutor(1, thread_name_prefix="long edit")
        self._future = pool.submit(compute, session.document.state, self._work)
        pool.shutdown(wait=False)

    @property
    def progress(self) -> float:
        """The share of the work known so far that is done, 0..1."""
        return self._work.done_tiles / max(1, self._work.expected_tiles)

    @property
    def done(self) -> bool:
        """`confirm` would not have to wait."""
        return self._future.done()

    def wait(self, seconds: float) -> bool:
        """Give it time; whether it is done."""
        try:
            self._future.exception(seconds)
        except TimeoutError:
            return False
        return True

    def confirm(self) -> None:
        """Make it one step, however long what is left takes; why it was not possible is said."""
        if self._over:
            return
        try:
            state = self._future.result()
        except EditError as reason:
            self._close()
            self._document.rollback()
            self._session.message.emit(str(reason))
            self.ended.emit(False)
            return
        except Exception:
            self.dismiss()
            raise
        self._close()
        self._document.update(state)
        self._document.commit()
        self._session.gesture_ended()
        self.ended.emit(True)

    def dismiss(self) -> None:
        """Call it off."""
        if self._over:
            return
        self._close()
        self._document.rollback()
        self.ended.emit(False)

    def _close(self) -> None:
        self._over = True
        self._work.stopped = True
        self._forget()

    def _on_document_replaced(self) -> None:
        """Another document ends this; the session has rolled its gesture back."""
        if self._session.document is not self._document and not self._over:
            self._close()
            self.ended.emit(False)
