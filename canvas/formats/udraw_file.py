"""The SQLite file of a native document: its tables, opening it, and what SQLite says in words.

Schema 3 (SQLite's application_id is APPLICATION_ID, its user_version the schema):
- document(key, value): "tree", the JSON of `udraw_tree`; "preview", a PNG; "stamp", random bytes, others after every
  save; "picture", where there is one, the JSON of what `picture` holds.
- surface(digest, map): map is a list of little-endian (int32 tx, int32 ty, 16-byte tile digest); digest is of the map.
- tile(digest, data): a blob of `tile_codec`; digest is of the blob.
- picture(place, data): tiles of the merged picture, see `udraw_picture`.
- attachment(name, data): what the program keeps beside the document.
Schemas 1 and 2 had the first three tables, other blobs and other digests; they are read, and written anew as schema 3.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from threading import Event, Thread
from typing import Any

from canvas.formats.errors import FormatError, cannot_open, damaged, from_os_error
from canvas.formats.tile_codec import digest_blob

#: "UDRW".
APPLICATION_ID = 0x55445257
SCHEMA_VERSION = 3
_FIRST_TABLES = (
    "CREATE TABLE document (key TEXT PRIMARY KEY, value NOT NULL)",
    "CREATE TABLE surface (digest BLOB PRIMARY KEY, map BLOB NOT NULL)",
    "CREATE TABLE tile (digest BLOB PRIMARY KEY, data BLOB NOT NULL)",
)
_TABLES = (
    *_FIRST_TABLES,
    "CREATE TABLE picture (place INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE attachment (name TEXT PRIMARY KEY, data BLOB NOT NULL)",
)
_WAIT_S = 5.0
_FLUSH_EVERY_S = 0.5
#: The longest value that is read or written: rows of a stranger's file are refused before they take memory.
_MOST_VALUE_BYTES = 128 << 20
MOST_TREE_CHARS = 32 << 20
MOST_ATTACHMENTS = 4096
MOST_ATTACHMENT_BYTES = 64 << 20
MOST_ATTACHMENTS_BYTES = 1 << 30


@contextmanager
def open_to_read(path: Path) -> Iterator[sqlite3.Connection]:
    """A checked connection in a transaction; what goes wrong while it is open becomes a FormatError.

    Opened for writing where possible: SQLite then undoes a save that was killed.
    """
    if not path.is_file():
        raise from_os_error(path, IsADirectoryError() if path.is_dir() else FileNotFoundError(), "open")
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise from_os_error(path, error, "open") from error
    mode = "rw" if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) else "ro"
    try:
        with closing(_connect(path.resolve(), mode)) as db:
            _check_schema(db, path)
            db.execute("BEGIN")
            yield db
    except FormatError:
        raise
    except sqlite3.OperationalError as error:
        raise in_words(path, error, "open") from error
    except (sqlite3.Error, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path, str(error)) from error


@contextmanager
def open_to_update(target: Path) -> Iterator[sqlite3.Connection | None]:
    """The document at `target`, ready to be changed in place; None when there is none, or none of this schema."""
    if not target.is_file() or target.stat().st_size == 0:
        yield None
        return
    with closing(_connect(target, "rw")) as db:
        try:
            # EXTRA: a commit is on disk, its journal's removal included, before it is reported.
            db.execute("PRAGMA journal_mode=DELETE")
            db.execute("PRAGMA synchronous=EXTRA")
            usable = _check_schema(db, target) == SCHEMA_VERSION
        except sqlite3.OperationalError:
            raise
        except (sqlite3.DatabaseError, ValueError):
            usable = False
        yield db if usable else None


@contextmanager
def create(path: Path) -> Iterator[sqlite3.Connection]:
    """An empty document at a name that nobody else looks at: nothing is safe before it is closed and flushed."""
    with closing(_connect(path, "rwc")) as db:
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("PRAGMA page_size=16384")
        # The file shrinks with what it holds, for a cost in proportion to what was deleted.
        db.execute("PRAGMA auto_vacuum=FULL")
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        for statement in _TABLES:
            db.execute(statement)
        yield db


@contextmanager
def flushed_along(path: Path) -> Iterator[None]:
    """While the block fills the file at `path`, a thread sends what is there to the disk again and again.

    Otherwise the system would keep it all until the last flush, and the disk would stand still meanwhile. Raises the
    OSError of that thread, which the last flush would not be told again.
    """
    finished = Event()
    failures: list[OSError] = []

    def flush() -> None:
        try:
            with path.open("rb+") as file:
                while not finished.wait(_FLUSH_EVERY_S):
                    os.fsync(file.fileno())
        except OSError as error:
            failures.append(error)

    thread = Thread(target=flush, name="flush", daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
    if failures:
        raise failures[0]


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=_WAIT_S)
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_VALUE_BYTES)
    return db


def schema_of(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def digester(db: sqlite3.Connection) -> Callable[[bytes], bytes]:
    """How the digests of this file are made."""
    return digest_blob if schema_of(db) >= SCHEMA_VERSION else lambda data: blake2b(data, digest_size=16).digest()


def _check_schema(db: sqlite3.Connection, path: Path) -> int:
    """The schema. Raises FormatError unless the file is exactly one of ours: a stranger's may hold views, triggers."""
    db.execute("PRAGMA trusted_schema=OFF")
    if db.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        raise cannot_open(path, "it is an SQLite file of another program", "choose an Underdraw document")
    version = schema_of(db)
    if version > SCHEMA_VERSION:
        raise cannot_open(path, "a newer Underdraw saved it", "update Underdraw")
    found = sorted(row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT 9"))
    if version < 1 or found != sorted(_TABLES if version == SCHEMA_VERSION else _FIRST_TABLES):
        raise damaged(path, "its tables are not those of a document")
    return version


def value_of(db: sqlite3.Connection, key: str) -> Any:
    """A value of the document table. Raises LookupError."""
    row = db.execute("SELECT value FROM document WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise LookupError(f"no {key}")
    return row[0]


def blob_of(db: sqlite3.Connection, key: str) -> bytes:
    """A value that is to be bytes. Raises LookupError and ValueError."""
    value = value_of(db, key)
    # bytes() of a number would take as much memory as a stranger's file says.
    if not isinstance(value, bytes):
        raise ValueError(f"{key} is no blob")
    return value


def in_words(path: Path, error: sqlite3.Error, verb: str) -> FormatError:
    """The sentence for what SQLite refused; `verb` is "open" or "save"."""
    # Errors of Python's own adapter have no code; the low byte of SQLite's is the kind.
    code = getattr(error, "sqlite_errorcode", 0)
    kind = code & 0xFF
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        why, remedy = "another program is using it", "close it there and try again"
    elif kind == sqlite3.SQLITE_FULL:
        why, remedy = "the disk is full", "free some space or choose another folder"
    elif code == sqlite3.SQLITE_READONLY_ROLLBACK:
        why, remedy = "its last save was cut off and the folder is read-only", "copy file and journal elsewhere"
    elif kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        why, remedy = "access is not permitted", "change its permissions or choose another folder"
    elif verb == "open":
        return damaged(path, str(error))
    else:
        why, remedy = str(error), "choose another folder or disk"
    return FormatError(f"Cannot {verb} {path}: {why}; {remedy}.")
