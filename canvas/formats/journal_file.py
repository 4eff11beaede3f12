"""The SQLite file of a journal: its tables, opening it so that nobody else can, and what SQLite says in words.

A journal is open as long as the process that writes it lives: SQLite's exclusive lock says so to other processes, and
the operating system takes it back however the process ends. No file of a live journal may be opened in this process by
any other means than SQLite: closing it would drop the lock.

Schema 1 (SQLite's application_id is APPLICATION_ID, its user_version the schema):
- about(key, value): "name" of the document; "base", JSON of the file whose tiles are not all here, with "digests";
  "ended", how the document was left, "" while it is open; "seen", 1 once the artist was told of it.
- generation(id, made_s, clean, digest, width, height, surfaces, tree): tree is the JSON of `udraw_tree` with surfaces
  named by their id, digest is of it; surfaces is the list of those ids, int64; clean: a file had all of it.
- preview(generation, png).
- surface(id, digest, map): map is a list of little-endian (int32 tx, int32 ty, int64 tile id).
- tile(id, digest, data): a blob of `tile_codec`. Ids from 1 on that the file does not have are places in the base.
- result(id, made_s, digest, data).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from canvas.formats.errors import FormatError, from_os_error

#: "UDRJ".
APPLICATION_ID = 0x5544524A
SCHEMA_VERSION = 1
_TABLES = (
    "CREATE TABLE about (key TEXT PRIMARY KEY, value NOT NULL)",
    "CREATE TABLE generation (id INTEGER PRIMARY KEY, made_s REAL NOT NULL, clean INTEGER NOT NULL, "
    "digest BLOB NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, surfaces BLOB NOT NULL, "
    "tree TEXT NOT NULL)",
    "CREATE TABLE preview (generation INTEGER PRIMARY KEY, png BLOB NOT NULL)",
    "CREATE TABLE surface (id INTEGER PRIMARY KEY, digest BLOB NOT NULL, map BLOB NOT NULL)",
    "CREATE TABLE tile (id INTEGER PRIMARY KEY, digest BLOB NOT NULL, data BLOB NOT NULL)",
    "CREATE TABLE result (id INTEGER PRIMARY KEY, made_s REAL NOT NULL, digest BLOB NOT NULL, data BLOB NOT NULL)",
)
#: What damage may raise while a journal is read.
DAMAGE = (sqlite3.Error, ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)
#: The longest value that is read or written.
_MOST_VALUE_BYTES = 512 << 20
#: Another Underdraw that only looks is done after this time; one that writes holds the file for as long as it lives.
_WAIT_S = 0.3
#: The log beside the file is written back when it has so many pages, and cut to so many bytes.
_LOG_PAGES, _LOG_BYTES = 4000, 32 << 20


class JournalInUse(FormatError):
    """An Underdraw that is alive writes it."""


class JournalDamaged(FormatError):
    """What is in it cannot be used."""


class JournalRefused(FormatError):
    """Its folder or disk does not take what is written."""


def connect(path: Path, *, new: bool) -> sqlite3.Connection:
    """The journal at `path`, which nobody else can open until it is closed; with its tables when `new`.

    The connection may be handed from thread to thread, one at a time. Raises FormatError.
    """
    if not new and not path.is_file():
        raise from_os_error(path, FileNotFoundError(), "open")
    mode = "rwc" if new else "rw"
    try:
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True, isolation_level=None, timeout=_WAIT_S, check_same_thread=False,
        )  # fmt: skip
    except sqlite3.Error as error:
        raise in_words(path, error) from error
    try:
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_VALUE_BYTES)
        db.execute("PRAGMA trusted_schema=OFF")
        # Before the log is touched: no shared memory is then needed, and the first transaction takes the lock for good.
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        if new:
            db.execute("PRAGMA auto_vacuum=INCREMENTAL")
        db.execute("PRAGMA journal_mode=WAL")
        # A commit is on disk before it is reported.
        db.execute("PRAGMA synchronous=FULL")
        db.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
        db.execute(f"PRAGMA journal_size_limit={_LOG_BYTES}")
        db.execute("BEGIN IMMEDIATE")
        if new:
            db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
            for statement in _TABLES:
                db.execute(statement)
        else:
            _check_schema(db, path)
        db.execute("COMMIT")
    except DAMAGE as error:
        db.close()
        if new:
            discard(path)
        if isinstance(error, FormatError):
            raise
        raise in_words(path, error) from error
    return db


def remove(path: Path) -> None:
    """Delete a journal that nobody has open. Raises JournalInUse, and FormatError when it cannot be deleted."""
    if path.exists():
        with suppress(JournalDamaged):
            connect(path, new=False).close()
    try:
        discard(path)
    except OSError as error:
        raise from_os_error(path, error, "save") from error


def discard(path: Path) -> None:
    """Delete the files of a journal that is closed. Raises OSError."""
    for each in files_of(path):
        each.unlink(missing_ok=True)


def files_of(path: Path) -> tuple[Path, ...]:
    """The files that a journal may consist of, the one that names it last."""
    return (*(path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal")), path)


def is_unwritten(db: sqlite3.Connection) -> bool:
    """Its process was killed before anything was in it."""
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return not tables


@contextmanager
def transaction(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All of what the block does, or nothing of it. Raises FormatError for what SQLite refuses."""
    try:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise in_words(path, error) from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever damage raises in the block becomes a JournalDamaged."""
    try:
        yield
    except FormatError:
        raise
    except DAMAGE as error:
        raise in_words(path, error) from error


def opened_to_read(path: Path) -> closing[sqlite3.Connection]:
    """For a `with` block: a connection that is closed after it."""
    return closing(connect(path, new=False))


def in_words(path: Path, error: Exception) -> FormatError:
    """The sentence for what went wrong with a journal."""
    # Errors of Python's own adapter have no code; the low byte of SQLite's is the kind.
    kind = getattr(error, "sqlite_errorcode", -1) & 0xFF if isinstance(error, sqlite3.Error) else -1
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return JournalInUse(f"Cannot open {path}: another Underdraw is writing it; close that one first.")
    why = {
        sqlite3.SQLITE_FULL: "the disk is full; free some space",
        sqlite3.SQLITE_IOERR: "the disk does not take it; free some space or look after the disk",
        sqlite3.SQLITE_READONLY: "access is not permitted; change the permissions of that folder",
        sqlite3.SQLITE_PERM: "access is not permitted; change the permissions of that folder",
        sqlite3.SQLITE_CANTOPEN: "access is not permitted; change the permissions of that folder",
        sqlite3.SQLITE_NOMEM: "there is not enough memory; close other programs",
    }.get(kind)
    if why is not None:
        return JournalRefused(f"Cannot write to {path.parent}: {why}.")
    detail = " ".join(str(error).split()).rstrip(".")
    return JournalDamaged(f"Cannot open {path}: the journal is damaged ({detail}); open an earlier one.")


def _check_schema(db: sqlite3.Connection, path: Path) -> None:
    """Raises FormatError unless the file is exactly one of ours: another might hold views and triggers."""
    if is_unwritten(db):
        return
    if db.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        raise JournalDamaged(f"Cannot open {path}: it is no journal of Underdraw; choose another file.")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise FormatError(f"Cannot open {path}: a newer Underdraw wrote it; update Underdraw.")
    found = sorted(row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT 20"))
    if version < 1 or found != sorted(_TABLES):
        raise JournalDamaged(f"Cannot open {path}: its tables are not those of a journal; choose another file.")
