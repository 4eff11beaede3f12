"""`Journal`: keeps the document of a session on disk while it is painted, on a thread of its own. No Qt.

The session's thread hands over values, which costs it nothing to speak of; the journal's thread writes the newest of
them. So at most `INTERVAL_S` and the time of one write are lost, whatever happens to the program.
"""

from __future__ import annotations

import atexit
import logging
import math
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic

from app.journal_folder import Found, JournalFolder
from app.session import Session
from app.signals import Signal
from canvas.formats.errors import FormatError
from canvas.formats.journal import JournalWriter, preview_of
from canvas.formats.journal_base import Base
from canvas.formats.journal_file import JournalDamaged
from canvas.formats.journal_read import Recovered, mark_seen
from canvas.state import DocumentState
from inference.direction import Direction
from inference.result import Result

log = logging.getLogger(__name__)

#: Between the beginnings of two writes: half of what may be lost, the other half is for writing.
INTERVAL_S = 0.4
#: A disk that refused is tried again after this time.
RETRY_S = 5.0
#: The picture of a document is renewed after this time, or so many times what it took to make the last one.
PREVIEW_S, PREVIEW_SHARE = 1.0, 20.0
#: What is done at a time of what can wait: tiles of the base to be copied, tiles to be deleted.
COPIED_AT_ONCE, DELETED_AT_ONCE = 24, 64
#: How long a document that was left without being saved may still have its base copied.
ENDING_S = 5.0
#: How a document was left that the artist was not asked about.
STOPPED = "stopped"
OFF = "What you paint is not safe from a crash now"
MENDED = "What you paint is safe from a crash again."


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A document to be written; `clean`: a file has all of it. `made_s`: seconds, as `time.time`."""

    state: DocumentState
    clean: bool
    made_s: float


@dataclass(slots=True, eq=False)
class _Paper:
    """One document of the session. The session's thread fills in the first part, the journal's thread owns the rest.

    Neither waits for the other: each assigns its own fields only, and both use the ends of `results`.
    """

    first_state: DocumentState | None
    first_direction: Direction
    name: str
    base: Base | None = None
    recovered: Recovered | None = None
    begun: bool = False
    wanted: _Wanted | None = None
    seen: tuple[Result, ...] = ()
    results: deque[tuple[Result, float]] = field(default_factory=deque)
    ended: str = ""
    hurry: bool = False

    done: _Wanted | None = None
    writer: JournalWriter | None = None
    told_name: str = ""
    pictured: _Wanted | None = None
    picture: tuple[int, Future[bytes]] | None = None
    written_s: float = -math.inf
    picture_due_s: float = -math.inf
    tidy_s: float = -math.inf
    ended_s: float = math.inf

    @property
    def pending(self) -> bool:
        """Something is not written yet."""
        return self.wanted is not self.done or bool(self.results)


class Journal:
    """`start` it, and `close` it at the end. Without `start`, `step` does what its thread would.

    `wake`: called on any thread when `poll` has something to tell. `failed`: one sentence when the disk refuses;
    painting goes on and the disk is tried again. `mended`: it works again. `looked`: `found` is new.
    `clock`: seconds, as `time.time`; `now`: seconds that only grow.
    """

    def __init__(
        self,
        session: Session,
        folder: JournalFolder,
        wake: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self.failed: Signal[str] = Signal()
        self.mended: Signal[str] = Signal()
        self.looked: Signal[()] = Signal()
        self.found = Found()
        self.folder = folder
        self._session, self._wake_session, self._clock, self._now = session, wake, clock, now
        self._written = Condition()
        self._painter = ThreadPoolExecutor(1, thread_name_prefix="journal picture")
        self._work = Event()
        self._news: deque[Callable[[], None]] = deque()
        self._orders: deque[Callable[[], None]] = deque()
        self._left: deque[_Paper] = deque()
        self._hurry = self._closing = False
        self._failing = False
        self._retry_s = -math.inf
        self._thread: Thread | None = None
        self._adopting: Recovered | None = None
        self._paper = self._new_paper()
        self._disconnect = (
            session.document_changed.connect(lambda _old, _new: self._take()),
            session.direction_changed.connect(lambda _direction: self._take()),
            session.results_changed.connect(self._take),
            session.document_replaced.connect(self._on_replaced),
            session.opened.connect(lambda path, _notes: self._on_opened(path)),
            session.saved.connect(self._on_saved),
            session.saving.changed.connect(self._on_saving),
        )

    # The session's thread

    def start(self) -> None:
        """Begin to write; and look for what earlier programs left."""
        # A thread that is in compiled code while the interpreter goes would take the process down with it.
        atexit.register(self.close)
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self.look()
        self._thread.start()

    def close(self, *, settled: bool = False) -> None:
        """Write what is to be written, and end. May be called again.

        `settled`: the artist has saved the document or does not want it. Else what is in no file is offered again.
        """
        if self._closing:
            return
        for disconnect in self._disconnect:
            disconnect()
        self._leave("" if settled else STOPPED)
        self._closing = True
        self._work.set()
        if self._thread is None:
            self.work_off()
        else:
            self._thread.join()
        self._painter.shutdown(wait=False)
        atexit.unregister(self.close)

    def poll(self) -> None:
        """Tell what there is to tell."""
        while self._news:
            self._news.popleft()()

    def look(self) -> None:
        """Look for journals that nobody writes; `looked` is emitted when `found` has them."""
        self._order(self._look)

    def delete(self, path: Path) -> None:
        """Delete a journal that nobody writes."""
        self._order(lambda: self._delete(path))

    def mark_seen(self, paths: tuple[Path, ...]) -> None:
        """The artist knows of these now."""
        self._order(lambda: self._mark_seen(paths))

    def take(self, recovered: Recovered, results: tuple[Result, ...]) -> None:
        """Make what was recovered the document of the session, and go on in its journal."""
        self._adopting = recovered
        try:
            self._session.recover(recovered.state, results, recovered.name)
        finally:
            self._adopting = None

    def let_go(self) -> None:
        """Leave the journal of the document as an earlier version, which can then be opened; another one is begun when
        the document changes again."""
        self._leave()
        self.wait_written()

    def wait_written(self, seconds: float | None = None) -> bool:
        """Return when everything that was painted is on disk, or the disk refuses; whether it is there."""
        self._hurry = True
        try:
            if self._thread is None:
                while self._pending and not self._failing:
                    self.step()
            else:
                self._work.set()
                with self._written:
                    self._written.wait_for(lambda: not self._pending or self._failing, seconds)
        finally:
            self._hurry = False
        return not self._pending

    @property
    def _pending(self) -> bool:
        return bool(self._left) or self._paper.pending

    def _new_paper(self) -> _Paper:
        session = self._session
        paper = _Paper(session.document.state, session.direction, _name_of(session))
        paper.seen = session.results
        paper.recovered = self._adopting
        return paper

    def _on_replaced(self) -> None:
        self._leave()
        if self._adopting is not None:
            self._take()

    def _leave(self, how: str = "") -> None:
        """The document is closed: it was saved, or the artist did not want it to be, unless `how` says otherwise."""
        paper = self._paper
        if paper.begun:
            paper.ended = how or ("saved" if paper.wanted is not None and paper.wanted.clean else "discarded")
            self._left.append(paper)
        self._paper = self._new_paper()
        self._work.set()

    def _on_opened(self, path: Path) -> None:
        self._paper.name = path.name
        self._paper.base = Base.of(path)

    def _on_saved(self, path: Path) -> None:
        if path == self._session.path:
            self._paper.name = path.name
            if self._paper.begun:
                self._take()

    def _on_saving(self) -> None:
        """A file that is the base may be written over: nothing of it must be needed then."""
        saving, base = self._session.saving, self._paper.base
        if saving.busy and base is not None and saving.path is not None and saving.path.absolute() == base.path:
            self._paper.hurry = True
            self._work.set()

    def _take(self) -> None:
        """Something may have changed: have it written."""
        session = self._session
        paper, made_s = self._paper, self._clock()
        if session.results is not paper.seen or not paper.begun:
            new = tuple(result for result in session.results if not any(result is other for other in paper.seen))
            if not paper.begun and not self._is_work(paper, new):
                return
            # What came with the document belongs into its journal too, once there is one.
            new = new if paper.begun else session.results
            paper.begun, paper.seen = True, session.results
            paper.results.extend((result, made_s) for result in reversed(new))
        clean = not session.modified and not session.on_disk.unkept
        paper.wanted = _Wanted(session.state_to_save(), clean, made_s)
        self._work.set()

    def _is_work(self, paper: _Paper, new: tuple[Result, ...]) -> bool:
        """Something is there that did not come with the document."""
        session = self._session
        changed = session.document.state is not paper.first_state or session.direction != paper.first_direction
        return changed or paper.recovered is not None or any(result is session.result for result in new)

    # The journal's thread

    def _run(self) -> None:
        while True:
            self._work.clear()
            pause_s = self.step()
            if pause_s == math.inf and self._closing:
                return
            if pause_s > 0:
                self._work.wait(None if pause_s == math.inf else pause_s)

    def work_off(self) -> None:
        """All that can be done now."""
        while self.step() == 0.0:
            pass

    def step(self) -> float:
        """Do one piece of work; seconds until the next, infinite when there is none."""
        paper = self._paper
        # What was left can wait for what is painted now.
        if self._left and not (paper.pending and self._due_s(paper) <= 0.0):
            paper = self._left[0]
        try:
            if self._orders:
                self._orders.popleft()()
                return 0.0
            if self._now() < self._retry_s and not paper.ended:
                return self._retry_s - self._now()
            pause_s = self._work_on(paper)
        except FormatError as reason:
            pause_s = self._on_failed(paper, str(reason), damaged=isinstance(reason, JournalDamaged))
        except Exception as fault:
            log.exception("the journal failed")
            pause_s = self._on_failed(paper, f"there is a fault in Underdraw ({fault})", damaged=False)
        with self._written:
            self._written.notify_all()
        return pause_s

    def _due_s(self, paper: _Paper) -> float:
        """In how many seconds it may be written again."""
        return 0.0 if paper.ended or self._hurry else paper.written_s + INTERVAL_S - self._now()

    def _work_on(self, paper: _Paper) -> float:
        if paper.ended and paper.ended_s == math.inf:
            paper.ended_s = self._now()
        due_s = self._due_s(paper)
        wanted = paper.wanted
        if wanted is not None and wanted is not paper.done and due_s <= 0.0:
            self._write(paper, wanted)
            return 0.0
        if paper.writer is None:
            if paper.ended:
                self._left.popleft()
                return 0.0
            return math.inf
        if paper.results:
            result, made_s = paper.results[0]
            try:
                paper.writer.add_result(self._session.stored_results.of(result), made_s)
            except Exception:
                # One that cannot be stored must not keep the others from it.
                paper.results.rotate(-1)
                raise
            paper.results.popleft()
            self._worked()
            return 0.0
        if paper.told_name != paper.name:
            paper.told_name = paper.name
            paper.writer.tell(name=paper.name)
            return 0.0
        if paper.ended:
            return self._end(paper, paper.writer)
        wait_s = due_s if paper.wanted is not paper.done else math.inf
        return min(wait_s, self._tidy(paper, paper.writer))

    def _write(self, paper: _Paper, wanted: _Wanted) -> None:
        paper.written_s = self._now()
        if paper.writer is None:
            paper.writer = self._new_writer(paper)
            paper.first_state = None  # what was painted over of it is not kept alive
        paper.writer.write(wanted.state, wanted.made_s, clean=wanted.clean)
        paper.done = wanted
        damaged, paper.recovered = paper.recovered, None
        if damaged is not None:
            # What could be read of it is safe now.
            damaged.close()
            sentence = self.folder.set_aside(damaged.path)
            self._tell(lambda: self.failed.emit(sentence))
        self._worked()

    def _new_writer(self, paper: _Paper) -> JournalWriter:
        digests = self._session.digests
        if paper.recovered is not None and paper.recovered.intact:
            recovered, paper.recovered = paper.recovered, None
            with suppress(FormatError):
                return recovered.go_on(digests)
        paper.told_name = paper.name
        base_state = None if paper.base is None else paper.first_state
        return JournalWriter.create(self.folder.new_path(), paper.name, digests, paper.base, base_state)

    def _tidy(self, paper: _Paper, writer: JournalWriter) -> float:
        """Do something that can wait, if anything is to be done; seconds until there is."""
        until_s = self._picture(paper, writer)
        if until_s == 0.0 or not (writer.loose or writer.unused or writer.uncopied):
            return until_s
        begun_s = self._now()
        if begun_s < paper.tidy_s and not paper.hurry:
            return min(until_s, paper.tidy_s - begun_s)
        if writer.loose:
            writer.thin()
        elif writer.unused:
            writer.collect(DELETED_AT_ONCE)
        else:
            writer.copy_base(COPIED_AT_ONCE)
        # As long as it took nothing of the kind is done: painting has the machine for half of the time at least.
        ended_s = self._now()
        paper.tidy_s = 2.0 * ended_s - begun_s
        return 0.0

    def _picture(self, paper: _Paper, writer: JournalWriter) -> float:
        """See to the small picture of the newest generation, which another thread makes: on a large document that takes
        longer than painting may be without being written. Seconds until there is something to do for it."""
        if paper.picture is not None:
            generation, picture = paper.picture
            if not picture.done():
                return math.inf
            paper.picture = None
            fault = picture.exception()
            if fault is None:
                writer.add_preview(generation, picture.result())
            else:
                log.error("no picture of the document", exc_info=fault)
            return 0.0
        if paper.pictured is paper.done or paper.done is None:
            return math.inf
        until_s = paper.picture_due_s - self._now()
        if until_s > 0.0:
            return until_s
        begun_s, paper.pictured = self._now(), paper.done

        def made(_picture: Future[bytes]) -> None:
            ended_s = self._now()
            paper.picture_due_s = ended_s + max(PREVIEW_S, PREVIEW_SHARE * (ended_s - begun_s))
            self._work.set()

        paper.picture_due_s = math.inf
        picture = self._painter.submit(preview_of, paper.done.state)
        paper.picture = writer.newest, picture
        picture.add_done_callback(made)
        return 0.0

    def _end(self, paper: _Paper, writer: JournalWriter) -> float:
        """The document is left. One that was not saved needs its base no more, if that does not take too long."""
        in_time = not self._hurry and self._now() - paper.ended_s < ENDING_S
        if paper.ended == "discarded" and writer.uncopied and in_time:
            writer.copy_base(COPIED_AT_ONCE)
            return 0.0
        if paper.picture is not None:
            wait([paper.picture[1]])
            self._picture(paper, writer)
        if paper.pictured is not paper.done and paper.done is not None:
            paper.pictured = paper.done
            writer.add_preview(writer.newest, preview_of(paper.done.state))
        self._left.popleft()
        if paper.ended == STOPPED:
            writer.close()
        else:
            writer.end(paper.ended)
        if not self._closing:
            self._look()
        return 0.0

    def _worked(self) -> None:
        if self._failing:
            self._failing = False
            self._tell(lambda: self.mended.emit(MENDED))

    def _on_failed(self, paper: _Paper, reason: str, *, damaged: bool) -> float:
        writer = paper.writer
        if writer is not None and (damaged or paper.ended or not writer.path.exists()):
            # Begun anew; what is in the file stays there and is found at the next start.
            writer.close()
            paper.writer, paper.base = None, None
            paper.done, paper.picture = None, None
            made_s = self._clock()
            paper.results.clear()
            paper.results.extend((result, made_s) for result in reversed(paper.seen))
        if paper.ended:
            with suppress(ValueError):
                self._left.remove(paper)
            return 0.0
        if not self._failing:
            self._failing = True
            self._tell(lambda: self.failed.emit(f"{OFF}: {reason.rstrip('.')}."))
        self._retry_s = self._now() + RETRY_S
        return RETRY_S

    def _tell(self, news: Callable[[], None]) -> None:
        self._news.append(news)
        self._wake_session()

    # What lies in the folder

    def _order(self, order: Callable[[], None]) -> None:
        self._orders.append(order)
        self._work.set()

    def _look(self) -> None:
        writer = self._paper.writer
        found = self.folder.look(self._clock(), None if writer is None else writer.path)
        if writer is not None:
            with suppress(FormatError):
                found = replace(found, present=writer.summary())

        def show() -> None:
            self.found = found
            for sentence in found.sentences:
                self.failed.emit(sentence)
            self.looked.emit()

        self._tell(show)

    def _delete(self, path: Path) -> None:
        try:
            self.folder.delete(path)
        except FormatError as reason:
            sentence = str(reason)
            self._tell(lambda: self.failed.emit(sentence))
        self._look()

    def _mark_seen(self, paths: tuple[Path, ...]) -> None:
        for path in paths:
            with suppress(FormatError):
                mark_seen(path)


def _name_of(session: Session) -> str:
    path = session.path or session.origin
    return path.name if path else session.recovered_from or session.title or "Untitled"
