"""`Recovering`: a document is read from a journal on a thread, as `Opening` reads one from a file. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from app.opening import Opened, Opening, Remembered
from app.result_storing import results_from_blobs
from app.session import MAX_RESULTS
from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.formats.journal_file import JournalDamaged
from canvas.formats.journal_read import Recovered, preview, recover
from canvas.formats.journal_summary import Summary
from canvas.formats.limits import Limits
from canvas.snapshot import Snapshot
from canvas.tiles import Pixels8
from inference.result import Result

#: A preview is no larger.
_MOST_PREVIEW_PX = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What was recovered, its results, and sentences about what of it is not as it was."""

    recovered: Recovered
    results: tuple[Result, ...]
    notes: tuple[str, ...]


class Recovering(Opening):
    """`version`: the id of the version of `journal` to be read. `result` gives the document only, `work` all of it.

    `set_aside`: moves a journal in which nothing can be read out of the way and says so in a sentence.
    """

    def __init__(
        self,
        journal: Summary,
        version: int,
        remembered: Remembered,
        set_aside: Callable[[Path], str],
        executor: Executor | None = None,
    ) -> None:
        self._journal, self._version = journal, version
        self._set_aside = set_aside
        self._work: Work | None = None
        super().__init__(Path(journal.name), remembered, executor)

    @property
    def work(self) -> Work:
        """What was recovered, however long that takes. Raises FormatError and Cancelled."""
        self.result()
        assert self._work is not None
        return self._work

    def cancel(self) -> None:
        """Call it off; the journal stays as it is."""
        super().cancel()
        self._future.add_done_callback(self._let_go)

    def _let_go(self, _future: Future[Opened]) -> None:
        if self._work is not None:
            self._work.recovered.close()

    def _read(self) -> Opened:
        path = self._journal.path
        try:
            self._picture = png_pixels(preview(path, self._version))
        except FormatError:
            self._picture = None  # what is wrong with the journal is told by who reads all of it
        limits = Limits.of_this_machine()
        try:
            recovered = recover(path, self._version, limits, self._remembered.digests, MAX_RESULTS, self._job)
        except JournalDamaged as reason:
            raise FormatError(f"{reason} {self._set_aside(path)}") from reason
        results, unread = results_from_blobs(recovered.results, Snapshot(0, recovered.state), self._remembered.results)
        notes = (*recovered.notes, *unread)
        self._work = Work(recovered, results, notes)
        return Opened(self.path, recovered.state, registry.NATIVE, notes, results=results)


def png_pixels(png: bytes) -> Pixels8 | None:
    """A small PNG as straight RGBA (height, width, 4); None for what is none."""
    from PIL import Image  # not before it is needed: windows wait for this module

    try:
        with Image.open(BytesIO(png), formats=("PNG",)) as image:
            if max(image.size) > _MOST_PREVIEW_PX:
                return None
            return np.asarray(image.convert("RGBA"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
