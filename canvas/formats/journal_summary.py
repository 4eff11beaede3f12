"""What is in a journal, told without reading a tile."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from canvas.formats.journal_file import files_of, is_unwritten
from canvas.state import MAX_SIDE_PX

#: More than these are no painting.
MOST_GENERATIONS, MOST_PREVIEW_BYTES = 10_000, 1 << 20
#: The year 5000: what no clock says.
_LAST_S = 1e11


@dataclass(frozen=True, slots=True)
class Version:
    """A generation: `made_s` as `time.time`; `clean`: a file that the artist saved has all of it. Sides in pixels."""

    id: int
    made_s: float
    clean: bool
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What is in a journal. `versions`: the newest first, none when nothing was written yet. `ended`: how the document
    was left, "" when its program died. `seen`: the artist was told of it. `results`: pictures of the engine in it;
    `unsaved_results` of them came with or after the newest version. `preview`: a PNG of the newest version with one."""

    path: Path
    name: str
    ended: str
    seen: bool
    versions: tuple[Version, ...]
    results: int
    unsaved_results: int
    size_bytes: int
    preview: bytes = field(default=b"", repr=False)

    @property
    def has_unsaved_work(self) -> bool:
        """Its program died, and with it something that is in no file."""
        return bool(self.versions and not self.ended and (not self.versions[0].clean or self.unsaved_results))


def summary_in(db: sqlite3.Connection, path: Path) -> Summary:
    """What is in an open journal. Raises sqlite3.Error, ValueError, LookupError or TypeError on damage."""
    if is_unwritten(db):
        return Summary(path, "", "", False, (), 0, 0, _size_of(path))
    about = dict(db.execute("SELECT key, value FROM about WHERE key IN ('name', 'ended', 'seen')"))
    rows = db.execute(
        "SELECT id, made_s, clean, width, height FROM generation ORDER BY id DESC LIMIT ?", (MOST_GENERATIONS,)
    )
    versions = tuple(Version(_whole(i), _time(s), bool(c), _side(w), _side(h)) for i, s, c, w, h in rows)
    (results,) = db.execute("SELECT count(*) FROM result").fetchone()
    newest_s = versions[0].made_s if versions else 0.0
    (unsaved,) = db.execute("SELECT count(*) FROM result WHERE made_s >= ?", (newest_s,)).fetchone()
    preview = db.execute(
        "SELECT png FROM preview WHERE length(png) <= ? ORDER BY generation DESC LIMIT 1", (MOST_PREVIEW_BYTES,)
    ).fetchone()
    return Summary(
        path, str(about["name"]), str(about["ended"]), bool(about["seen"]), versions, results, unsaved,
        _size_of(path), bytes(preview[0]) if preview else b"",
    )  # fmt: skip


def _size_of(path: Path) -> int:
    size_bytes = 0
    for each in files_of(path):
        with suppress(OSError):
            size_bytes += each.stat().st_size
    return size_bytes


def _time(made_s: object) -> float:
    if not (isinstance(made_s, float) and 0.0 <= made_s <= _LAST_S):
        raise ValueError(f"a time of {made_s}")
    return made_s


def _whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"{value!r} where a number is expected")
    return value


def _side(value: object) -> int:
    side = _whole(value)
    if not 1 <= side <= MAX_SIDE_PX:
        raise ValueError(f"a side of {side} pixels")
    return side
