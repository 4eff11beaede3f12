"""The native format: one SQLite file whose tiles are stored under the digest of their content.

Saving writes only tiles that the file does not have yet, in one transaction: killed at any moment, the file (with the
journal that SQLite may have left beside it) is what it was before or what it was to be. A file that shares too little
with the document is written anew beside it and renamed. `udraw_file` tells what stands in the file.

Any thread; several may save and open different files at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from canvas.formats.atomic import replacing
from canvas.formats.errors import FormatError, cannot_save
from canvas.formats.job import Job
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests
from canvas.formats.udraw_file import blob_of, create, flushed_along, in_words, open_to_read, open_to_update
from canvas.formats.udraw_names import Holdings
from canvas.formats.udraw_picture import load_picture
from canvas.formats.udraw_read import read_attachments as _read_attachments
from canvas.formats.udraw_read import read_state
from canvas.formats.udraw_write import NOTHING, check_can_be_opened, holdings, plan, save
from canvas.state import DocumentState
from canvas.tiles import Pixels8

_NO_ATTACHMENTS: Mapping[str, bytes] = MappingProxyType({})


def read(path: Path, limits: Limits, digests: TileDigests, job: Job | None = None) -> DocumentState:
    """The document in the file. Raises FormatError with what is wrong, and Cancelled."""
    with open_to_read(path) as db:
        return read_state(db, path, limits, digests, job or Job())


def read_preview(path: Path) -> bytes:
    """The PNG that `write` put into the file, at most 256 px a side. Raises FormatError."""
    with open_to_read(path) as db:
        return blob_of(db, "preview")


def first_picture(path: Path) -> Pixels8 | None:
    """The merged picture as it was saved, uint8 straight RGBA (height, width, 4), at most 1600 px a side.

    None for documents that open at once, and for files of schemas before 3. Raises FormatError.
    """
    with open_to_read(path) as db:
        return load_picture(db)


def read_attachments(path: Path) -> dict[str, bytes]:
    """What `write` was given to keep beside the document, by name. Raises FormatError."""
    with open_to_read(path) as db:
        return _read_attachments(db)


def write(
    state: DocumentState,
    path: Path,
    digests: TileDigests,
    job: Job | None = None,
    attachments: Mapping[str, bytes] = _NO_ATTACHMENTS,
    *,
    keep_previous: bool = False,
) -> None:
    """Make the file hold `state`. Tiles that `digests` knows and the file has cost nothing. `keep_previous`: a file
    that has to be written anew stays as `atomic.previous_version`.

    `attachments`: blobs to be kept with the document by name; what is not among them any more goes. Raises FormatError
    and Cancelled; the file is then what it was.
    """
    job = job or Job()
    target = path.resolve()
    check_can_be_opened(state, attachments, path)
    try:
        with open_to_update(target) as db:
            if db is not None and _update(db, target, state, digests, attachments, job):
                return
        with replacing(path, keep_previous=keep_previous) as temporary:
            with create(temporary) as db, flushed_along(temporary):
                db.execute("BEGIN")
                held = save(db, path, state, digests, NOTHING, plan(state, digests, NOTHING), attachments, job)
                db.execute("COMMIT")
            _check_reopens(temporary, path, held)
            # The journal of a killed save would be played back into the new file.
            target.with_name(target.name + "-journal").unlink(missing_ok=True)
        digests.memory.put_holdings(target, held)
    except sqlite3.Error as error:
        raise in_words(path, error, "save") from error


def _update(
    db: sqlite3.Connection,
    target: Path,
    state: DocumentState,
    digests: TileDigests,
    attachments: Mapping[str, bytes],
    job: Job,
) -> bool:
    """Change the file in place, in one transaction; whether that was worth it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        before = holdings(db, target, digests)
        todo = plan(state, digests, before)
        if todo.changes_little:
            held = save(db, target, state, digests, before, todo, attachments, job)
            db.execute("COMMIT")
            digests.memory.put_holdings(target, held)
            return True
        db.execute("ROLLBACK")
        return False
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _check_reopens(temporary: Path, path: Path, held: Holdings) -> None:
    """SQLite took it all; that it can be found again is looked at before it takes the place of an older file."""
    why, remedy = "what was written reads back damaged", "choose another disk"
    try:
        with open_to_read(temporary) as db:
            (tiles,) = db.execute("SELECT count(*) FROM tile").fetchone()
            if blob_of(db, "stamp") != held.stamp or tiles != len(held.uses):
                raise cannot_save(path, why, remedy)
    except FormatError as error:
        raise cannot_save(path, why, remedy) from error
