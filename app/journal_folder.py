"""The folder of the journals: those that a program that died has left, those of documents that were closed, and how
long they are kept. No Qt; any thread.

Several Underdraws share the folder: a journal that one of them writes is locked, and the others pass it over.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from canvas.formats import journal_file
from canvas.formats.errors import FormatError, from_os_error
from canvas.formats.journal_file import JournalDamaged
from canvas.formats.journal_read import summary
from canvas.formats.journal_summary import Summary

ENDING, DAMAGED = ".journal", "damaged"
#: A journal in which nothing was written for so long belongs to nobody.
_UNWRITTEN_S = 600.0


@dataclass(frozen=True, slots=True)
class Budget:
    """How many journals of closed documents are kept, how long, and in how much room; the oldest go first."""

    documents: int = 10
    days: float = 14.0
    size_bytes: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Found:
    """`journals`: the one written last first. `sentences`: what the artist has to know of others. `present`: the
    journal of the document that is open."""

    journals: tuple[Summary, ...] = ()
    sentences: tuple[str, ...] = ()
    present: Summary | None = None

    @property
    def lost_work(self) -> tuple[Summary, ...]:
        """Those whose program died with work in them that is in no file."""
        return tuple(each for each in self.journals if each.has_unsaved_work)


class JournalFolder:
    """`path` need not be there yet."""

    def __init__(self, path: Path, budget: Budget | None = None) -> None:
        self.path = path
        self._budget = budget or Budget()

    @property
    def empty(self) -> bool:
        """Underdraw was never used here, or not for long: no journal is left."""
        return not self._paths()

    def new_path(self) -> Path:
        """A name for a new journal, in a folder that is there. Raises FormatError."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise from_os_error(self.path, error, "save") from error
        return self.path / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}{ENDING}"

    def look(self, now_s: float, own: Path | None = None) -> Found:
        """What is there that nobody writes. Damaged journals are moved aside, what is beyond the budget goes.

        `own`: the one that is written here, which need not be tried.
        """
        journals: list[Summary] = []
        sentences: list[str] = []
        for path in self._paths():
            if path == own:
                continue
            try:
                found = summary(path)
            except JournalDamaged:
                sentences.append(self.set_aside(path))
                continue
            except FormatError:
                # Another Underdraw writes it, a newer one wrote it, or the disk does not give it now: no harm to it.
                continue
            if found.versions:
                journals.append(found)
            elif _age_s(path, now_s) > _UNWRITTEN_S:
                self._remove(path)
        journals.sort(key=lambda each: each.versions[0].made_s, reverse=True)
        beyond = set(self._beyond_budget(journals, now_s))
        for path in beyond:
            self._remove(path)
        self._forget_damaged(now_s)
        return Found(tuple(each for each in journals if each.path not in beyond), tuple(sentences))

    def delete(self, path: Path) -> None:
        """Raises FormatError when another Underdraw writes it or it cannot be deleted."""
        journal_file.remove(path)

    def set_aside(self, path: Path) -> str:
        """Move a journal that cannot be read to where it is in nobody's way; a sentence that says so."""
        aside = self.path / DAMAGED
        try:
            aside.mkdir(exist_ok=True)
            for each in journal_file.files_of(path):
                if each.exists():
                    os.replace(each, aside / each.name)
                    os.utime(aside / each.name)  # from now on it is kept for some days
        except OSError as error:
            return f"The damaged journal {path.name} cannot be moved aside: {(error.strerror or str(error)).lower()}."
        return f"A damaged journal was moved to {aside}; nothing else is touched by it."

    def _paths(self) -> tuple[Path, ...]:
        try:
            return tuple(sorted(self.path.glob(f"*{ENDING}")))
        except OSError:
            return ()

    def _beyond_budget(self, journals: Iterable[Summary], now_s: float) -> Iterable[Path]:
        """Of the journals, the newest first, those that are not kept. Work that is in no file is never thrown away."""
        documents, size_bytes = 0, 0
        for each in journals:
            if each.has_unsaved_work:
                continue
            documents += 1
            size_bytes += each.size_bytes
            old = now_s - each.versions[0].made_s > self._budget.days * 86400.0
            if old or documents > self._budget.documents or size_bytes > self._budget.size_bytes:
                yield each.path

    def _forget_damaged(self, now_s: float) -> None:
        with suppress(OSError):
            for path in (self.path / DAMAGED).glob("*"):
                if _age_s(path, now_s) > self._budget.days * 86400.0:
                    path.unlink(missing_ok=True)

    def _remove(self, path: Path) -> None:
        with suppress(FormatError):
            journal_file.remove(path)


def _age_s(path: Path, now_s: float) -> float:
    try:
        return now_s - path.stat().st_mtime
    except OSError:
        return 0.0
