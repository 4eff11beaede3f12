"""`Opening`: a file is read on a thread while the window lives; its stored picture is there before it. No Qt.

Made, watched and ended on the session's thread.
"""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor, TimeoutError
from dataclasses import dataclass, field
from pathlib import Path

from app import role_memory
from app.result_storing import StoredResults, results_from_attachments
from canvas.formats import registry, udraw
from canvas.formats.errors import FormatError
from canvas.formats.job import Job
from canvas.formats.notes import Notes
from canvas.formats.options import Depth
from canvas.formats.registry import Format, TileDigests
from canvas.snapshot import Snapshot
from canvas.state import DocumentState
from canvas.tiles import Pixels8
from inference.result import Result


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """What is known of files that were read or written before. `roles_folder`: of `role_memory`, None for nowhere."""

    digests: TileDigests = field(default_factory=TileDigests)
    results: StoredResults = field(default_factory=StoredResults)
    roles_folder: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """What was read from a file. `notes`: sentences about what of it is not as it was there; `lost`: those of them that
    would come true in the file, too, if the document were saved there. `depth`: its bits a channel. `results`: the
    strip that a document of our own carries."""

    path: Path
    state: DocumentState
    format: Format
    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    depth: Depth = 8
    results: tuple[Result, ...] = ()

    @property
    def can_be_saved_there(self) -> bool:
        """The file is of a format that can be written, and its name says so."""
        return self.format.can_write and self.path.suffix.lower() in self.format.extensions


def read_file(path: Path, remembered: Remembered, job: Job | None = None) -> Opened:
    """Read a file of any known format. Raises FormatError and Cancelled."""
    notes = Notes()
    found = registry.recognised(path)
    state = registry.read(path, digests=remembered.digests, notes=notes, job=job)
    results: tuple[Result, ...] = ()
    if found is registry.NATIVE:
        attached = udraw.read_attachments(path)
        results, unread = results_from_attachments(attached, Snapshot(0, state), remembered.results)
        for sentence in unread:
            notes.add(sentence)
    elif found.layered and remembered.roles_folder is not None:
        state, restored = role_memory.restored(remembered.roles_folder, path, state)
        if restored is not None:
            notes.remark(restored)
    return Opened(path, state, found, notes.sentences, notes.lost, notes.depth, results)


def first_picture(path: Path) -> Pixels8 | None:
    """The picture that a document of our own stores to be shown while it is read, where that takes long enough. Raises
    FormatError."""
    if registry.recognised(path) is not registry.NATIVE:
        return None
    return udraw.first_picture(path)


class Opening:
    """Begins to read at once. `executor`: a thread of its own when None."""

    def __init__(self, path: Path, remembered: Remembered, executor: Executor | None = None) -> None:
        self.path = path
        self._remembered = remembered
        self._job = Job()
        self._picture: Pixels8 | None = None
        pool = executor or ThreadPoolExecutor(1, thread_name_prefix="opening")
        self._future = pool.submit(self._read)
        if executor is None:
            pool.shutdown(wait=False)

    @property
    def progress(self) -> float:
        """The share that is read, 0..1."""
        return self._job.progress

    @property
    def picture(self) -> Pixels8 | None:
        """What is stored in the file to be shown first, straight RGBA (height, width, 4), as soon as it is read."""
        return self._picture

    @property
    def done(self) -> bool:
        """`result` would not have to wait."""
        return self._future.done()

    @property
    def cancelled(self) -> bool:
        return self._job.cancelled

    def wait(self, seconds: float | None) -> bool:
        """Give it time, all there is when None; whether it is done."""
        try:
            self._future.exception(seconds)
        except TimeoutError:
            return False
        return True

    def result(self) -> Opened:
        """What was read, however long that takes. Raises FormatError and Cancelled."""
        return self._future.result()

    def cancel(self) -> None:
        """Call it off; nobody waits for the reader to notice."""
        self._job.cancel()

    def _read(self) -> Opened:
        try:
            self._picture = first_picture(self.path)
        except FormatError:
            self._picture = None  # what is wrong with the file is told by who reads all of it
        self._job.reach(0.0)
        return read_file(self.path, self._remembered, self._job)
