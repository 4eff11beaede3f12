"""The native format: one SQLite file whose tiles are stored under the digest of their content.

Saving writes only tiles that the file does not have yet, in one transaction: killed at any moment, the file is what it
was before or what it was to be. A file that shares too little with the document is written anew beside it and renamed.

Schema 2 (SQLite's application_id is APPLICATION_ID, its user_version the schema; 1 had no adjustments and no labels):
- document(key, value): "tree", the JSON of `udraw_tree`; "preview", a PNG.
- surface(digest, map): map is a list of little-endian (int32 tx, int32 ty, 16-byte tile digest); digest is of the map.
- tile(digest, data): a blob of `tile_codec`; digest is of the blob.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from canvas.formats.atomic import replacing
from canvas.formats.errors import FormatError, cannot_open, cannot_save, damaged, from_os_error
from canvas.formats.limits import Limits
from canvas.formats.preview import preview_png
from canvas.formats.threads import in_threads
from canvas.formats.tile_codec import TileDigests, decode_tile, digest_blob, encode_tile
from canvas.formats.udraw_tree import tile_px_of, tree_from_json, tree_to_json
from canvas.geometry import Rect
from canvas.state import DocumentState, surfaces
from canvas.tiles import TILE_PX, Pixels, Surface, TileKey, tile_rect

#: "UDRW".
APPLICATION_ID = 0x55445257
SCHEMA_VERSION = 2
_SCHEMA = (
    "CREATE TABLE document (key TEXT PRIMARY KEY, value NOT NULL)",
    "CREATE TABLE surface (digest BLOB PRIMARY KEY, map BLOB NOT NULL)",
    "CREATE TABLE tile (digest BLOB PRIMARY KEY, data BLOB NOT NULL)",
)
_PLACEMENT = np.dtype([("tx", "<i4"), ("ty", "<i4"), ("digest", "V16")])
#: A surface may name one tile many times; more placements than this are no painting.
_MAX_PLACEMENTS = 1 << 23
_WAIT_S = 5.0


def read(path: Path, limits: Limits, digests: TileDigests) -> DocumentState:
    """The document in the file. Raises FormatError with what is wrong."""
    with _open_to_read(path) as db:
        return _read_state(db, path, limits, digests)


def read_preview(path: Path) -> bytes:
    """The PNG that `write` put into the file, at most 256 px a side. Raises FormatError."""
    with _open_to_read(path) as db:
        return bytes(_document_value(db, "preview"))


def write(state: DocumentState, path: Path, digests: TileDigests) -> None:
    """Make the file hold `state`. Tiles that `digests` knows and the file has cost nothing. Raises FormatError."""
    target = path.resolve()
    try:
        with _open_to_update(target) as db:
            if db is not None and _shares_enough(db, state, digests):
                _save_into(db, state, digests)
                return
        with replacing(path) as temporary:
            with closing(sqlite3.connect(temporary, isolation_level=None)) as db:
                _create(db)
                _save_into(db, state, digests)
                if db.execute("PRAGMA quick_check").fetchone() != ("ok",):
                    raise cannot_save(path, "what was written reads back damaged", "choose another disk")
            # The journal of a killed save would be played back into the new file.
            target.with_name(target.name + "-journal").unlink(missing_ok=True)
    except sqlite3.Error as error:
        raise _busy_or_damaged(path, error, "save") from error


@contextmanager
def _open_to_read(path: Path) -> Iterator[sqlite3.Connection]:
    """A checked connection; what goes wrong while it is open becomes a FormatError.

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
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_WAIT_S)) as db:
            _check_schema(db, path)
            db.execute("BEGIN")
            yield db
    except FormatError:
        raise
    except sqlite3.OperationalError as error:
        raise _busy_or_damaged(path, error, "open") from error
    except (sqlite3.DatabaseError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path, str(error)) from error


@contextmanager
def _open_to_update(target: Path) -> Iterator[sqlite3.Connection | None]:
    """The existing document at `target`, ready to be changed in place; None when there is none worth keeping."""
    if not target.is_file() or target.stat().st_size == 0:
        yield None
        return
    with closing(sqlite3.connect(f"{target.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=_WAIT_S)) as db:
        try:
            # EXTRA: a commit is on disk, its journal's removal included, before it is reported.
            db.execute("PRAGMA journal_mode=DELETE")
            db.execute("PRAGMA synchronous=EXTRA")
            _check_schema(db, target)
            usable = tile_px_of(_document_value(db, "tree")) == TILE_PX
        except sqlite3.OperationalError:
            raise
        except (sqlite3.DatabaseError, ValueError, LookupError):
            usable = False
        yield db if usable else None


def _create(db: sqlite3.Connection) -> None:
    # Nobody sees this file before it is complete and flushed: journal and waiting for the disk would be wasted.
    db.execute("PRAGMA journal_mode=OFF")
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA page_size=16384")
    # The file shrinks with what it holds, for a cost in proportion to what was deleted.
    db.execute("PRAGMA auto_vacuum=FULL")
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    for statement in _SCHEMA:
        db.execute(statement)


def _check_schema(db: sqlite3.Connection, path: Path) -> None:
    """Raises FormatError unless the file is exactly one of ours: a stranger's file may hold views and triggers."""
    db.execute("PRAGMA trusted_schema=OFF")
    if db.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        raise cannot_open(path, "it is an SQLite file of another program", "choose an Underdraw document")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise cannot_open(path, "a newer Underdraw saved it", "update Underdraw")
    found = {row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
    if version < 1 or found != set(_SCHEMA):
        raise damaged(path, "its tables are not those of a document")


def _document_value(db: sqlite3.Connection, key: str) -> Any:
    row = db.execute("SELECT value FROM document WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise LookupError(f"no {key}")
    return row[0]


def _busy_or_damaged(path: Path, error: sqlite3.Error, verb: str) -> FormatError:
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


# Saving


def _tiles_of(state: DocumentState) -> list[Pixels]:
    """Every tile once."""
    return list({id(tile): tile for surface in surfaces(state) for tile in surface.tiles.values()}.values())


def _shares_enough(db: sqlite3.Connection, state: DocumentState, digests: TileDigests) -> bool:
    """Whether at least half of the tiles are known to be in the file; else a new file is smaller and as fast."""
    tiles, stored = _tiles_of(state), _stored(db)
    return 2 * sum(digests.get(tile) in stored for tile in tiles) >= len(tiles)


def _stored(db: sqlite3.Connection) -> set[bytes]:
    return {row[0] for row in db.execute("SELECT digest FROM tile")}


def _save_into(db: sqlite3.Connection, state: DocumentState, digests: TileDigests) -> None:
    """Bring the file to `state` in one transaction; on any error it is rolled back."""
    db.execute("BEGIN IMMEDIATE")
    try:
        names = _write_tiles(db, state, digests)
        maps = {id(surface): _map_of(surface, names) for surface in surfaces(state)}
        _write_maps(db, {digest_blob(each): each for each in maps.values()})
        tree = tree_to_json(state, TILE_PX, lambda surface: digest_blob(maps[id(surface)]).hex())
        if db.execute("SELECT 1 FROM document WHERE key = 'tree' AND value = ?", (tree,)).fetchone() is None:
            rows = [("tree", tree), ("preview", preview_png(state))]
            db.executemany("INSERT OR REPLACE INTO document VALUES (?, ?)", rows)
            db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _write_tiles(db: sqlite3.Connection, state: DocumentState, digests: TileDigests) -> dict[int, bytes]:
    """Store the tiles that are missing, drop those no longer used; the digest of every tile of `state` by its id."""
    stored = _stored(db)
    names: dict[int, bytes] = {}
    missing: list[Pixels] = []
    for tile in _tiles_of(state):
        digest = digests.get(tile)
        if digest is not None and digest in stored:
            names[id(tile)] = digest
        else:
            missing.append(tile)
    for tile, blob in in_threads(encode_tile, missing):
        digest = digest_blob(blob)
        names[id(tile)] = digest
        digests.put(tile, digest)
        if digest not in stored:
            stored.add(digest)
            db.execute("INSERT INTO tile VALUES (?, ?)", (digest, blob))
    unused = stored.difference(names.values())
    db.executemany("DELETE FROM tile WHERE digest = ?", [(digest,) for digest in unused])
    return names


def _write_maps(db: sqlite3.Connection, maps: Mapping[bytes, bytes]) -> None:
    present = {row[0] for row in db.execute("SELECT digest FROM surface")}
    db.executemany("DELETE FROM surface WHERE digest = ?", [(digest,) for digest in present.difference(maps)])
    new = [(digest, data) for digest, data in maps.items() if digest not in present]
    db.executemany("INSERT INTO surface VALUES (?, ?)", new)


def _map_of(surface: Surface, names: Mapping[int, bytes]) -> bytes:
    placements = sorted((tx, ty, names[id(tile)]) for (tx, ty), tile in surface.tiles.items())
    return np.array(placements, _PLACEMENT).tobytes()


# Reading


def _read_state(db: sqlite3.Connection, path: Path, limits: Limits, digests: TileDigests) -> DocumentState:
    tree = str(_document_value(db, "tree"))
    side_px = tile_px_of(tree)
    tiles: dict[bytes, Pixels] = {}
    unpacked_bytes = 0
    rows = db.execute("SELECT digest, data FROM tile")
    for (digest, _), tile in in_threads(lambda row: decode_tile(_checked(*row), side_px), rows):
        unpacked_bytes += tile.nbytes
        limits.check_bytes(path, unpacked_bytes)
        tiles[digest] = tile
        if side_px == TILE_PX:
            digests.put(tile, digest)
    maps: dict[str, dict[TileKey, Pixels]] = {}
    placed = 0
    for digest, data in db.execute("SELECT digest, map FROM surface"):
        placements = np.frombuffer(_checked(digest, data), _PLACEMENT).tolist()
        placed += len(placements)
        if placed > _MAX_PLACEMENTS:
            raise ValueError(f"more than {_MAX_PLACEMENTS} tiles")
        maps[digest.hex()] = {(tx, ty): tiles[name] for tx, ty, name in placements}

    @cache
    def surface_of(name: str, outside: int) -> Surface:
        placed_tiles = maps[name]
        channels = {tile.shape[2] for tile in placed_tiles.values()} or {4}
        if len(channels) > 1:
            raise ValueError("a surface of mixed channels")
        surface = Surface(placed_tiles, channels.pop())
        return surface if side_px == TILE_PX else _retiled(surface, side_px, outside)

    return tree_from_json(tree, surface_of)


def _checked(digest: bytes, data: bytes) -> bytes:
    if digest_blob(data) != digest:
        raise ValueError("a part of it is not what was saved")
    return data


def _retiled(stored: Surface, side_px: int, outside: int) -> Surface:
    """`stored`, whose tiles have another side, in tiles of ours; what they do not cover is `outside`."""
    edit = Surface.blank(stored.channels).edit()
    for (tx, ty), tile in stored.tiles.items():
        rect = Rect(tx * side_px, ty * side_px, (tx + 1) * side_px, (ty + 1) * side_px)
        for key in rect.tile_keys(TILE_PX):
            t = tile_rect(key)
            part = t & rect
            is_new = edit.peek(key) is None
            new = edit.writable(key)
            if is_new:
                new[...] = outside
            new[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0] = tile[
                part.y0 - rect.y0 : part.y1 - rect.y0, part.x0 - rect.x0 : part.x1 - rect.x0
            ]
    return edit.freeze()
