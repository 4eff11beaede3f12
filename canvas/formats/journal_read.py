"""Reading journals: what is in one, told fast; and a generation of it as a document, checked tile by tile.

A journal is held open from the moment it is read until its document is journalled again: by going on in the same file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from canvas.formats.errors import FormatError
from canvas.formats.job import Job
from canvas.formats.journal import PLACEMENT, JournalWriter, Tiles, base_in
from canvas.formats.journal_base import find_tiles
from canvas.formats.journal_file import connect, opened_to_read, reading
from canvas.formats.journal_summary import MOST_GENERATIONS, MOST_PREVIEW_BYTES, Summary, summary_in
from canvas.formats.limits import Limits
from canvas.formats.threads import in_threads
from canvas.formats.tile_codec import TileDigests, decode_tiles, digest_blob
from canvas.formats.udraw_tree import tile_px_of, tree_from_json
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels, Surface

#: More than these are no painting.
_MOST_PLACEMENTS = 1 << 23
_MOST_TREE_BYTES = 256 << 20
#: Tiles fetched and decoded at a time.
_BATCH = 16


def summary(path: Path) -> Summary:
    """What is in the journal at `path`; fast. Raises JournalInUse, JournalDamaged, and FormatError when it cannot be
    reached or a newer Underdraw wrote it."""
    with opened_to_read(path) as db, reading(path):
        return summary_in(db, path)


def preview(path: Path, version: int) -> bytes:
    """The PNG of that version or of the one before it that has one, b"" when none has. Raises as `summary`."""
    with opened_to_read(path) as db, reading(path):
        row = db.execute(
            "SELECT png FROM preview WHERE generation <= ? AND length(png) <= ? ORDER BY generation DESC LIMIT 1",
            (version, MOST_PREVIEW_BYTES),
        ).fetchone()
        return bytes(row[0]) if row else b""


def mark_seen(path: Path) -> None:
    """Note that the artist was told of it. Raises as `summary`."""
    with opened_to_read(path) as db, reading(path):
        db.execute("INSERT OR REPLACE INTO about VALUES ('seen', 1)")


@dataclass(slots=True, eq=False)
class Recovered:
    """A document from a journal, which is held open: `go_on` or `close` it.

    `notes`: sentences about what of it is not as it was. `results`: encoded pictures of the engine, the newest first.
    `made_s`: when it was as it is here.
    """

    path: Path
    name: str
    state: DocumentState
    made_s: float
    notes: tuple[str, ...]
    results: tuple[bytes, ...]
    intact: bool
    _db: sqlite3.Connection
    _tiles: Tiles

    def go_on(self, digests: TileDigests) -> JournalWriter:
        """Go on with this file as the journal of the document. Raises FormatError; it is then closed."""
        try:
            return JournalWriter.go_on(self.path, self._db, digests, self._tiles)
        except FormatError:
            self.close()
            raise

    def close(self) -> None:
        """Leave it as it was."""
        self._db.close()


def recover(
    path: Path, version: int, limits: Limits, digests: TileDigests, most_results: int, job: Job | None = None
) -> Recovered:
    """The document as it was in that version; where that one is damaged, in the one before it that is not.

    Raises JournalDamaged when none can be read, else as `summary`, and Cancelled.
    """
    job = job or Job()
    db = connect(path, new=False)
    try:
        with reading(path):
            ids = [row[0] for row in db.execute(
                "SELECT id FROM generation WHERE id <= ? ORDER BY id DESC LIMIT ?", (version, MOST_GENERATIONS)
            )]  # fmt: skip
            if not ids:
                raise LookupError("it has no such version")
            for number, each in enumerate(ids):
                try:
                    reader = _Reader(db, path, limits, digests, job)
                    state, made_s = reader.read(each)
                    break
                except FormatError:
                    raise
                except (sqlite3.Error, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
                    if number == len(ids) - 1:
                        raise
            notes = list(reader.notes)
            if number:
                notes.append("The newest version is damaged; this is an earlier one.")
            (name,) = db.execute("SELECT value FROM about WHERE key = 'name'").fetchone()
            results = _results(db, most_results)
        job.reach(1.0)
        tiles = Tiles(reader.surfaces, reader.from_base)
        return Recovered(path, str(name), state, made_s, tuple(notes), results, not number, db, tiles)
    except BaseException as error:
        db.close()
        if isinstance(error, MemoryError):
            raise FormatError(f"Cannot open {path}: there is not enough memory; close other documents.") from error
        raise


def _results(db: sqlite3.Connection, most: int) -> tuple[bytes, ...]:
    rows = db.execute("SELECT digest, data FROM result ORDER BY id DESC LIMIT ?", (most,))
    return tuple(bytes(data) for digest, data in rows if digest_blob(data) == digest)


class _Reader:
    """Reads one generation."""

    def __init__(self, db: sqlite3.Connection, path: Path, limits: Limits, digests: TileDigests, job: Job) -> None:
        self._db, self._path, self._limits, self._digests, self._job = db, path, limits, digests, job
        self.notes: list[str] = []
        self.surfaces: dict[Surface, int] = {}
        self.from_base: Mapping[int, Pixels] = {}

    def read(self, generation: int) -> tuple[DocumentState, float]:
        row = self._db.execute(
            "SELECT made_s, digest, surfaces, tree FROM generation WHERE id = ? AND length(tree) <= ?",
            (generation, _MOST_TREE_BYTES),
        ).fetchone()
        if row is None:
            raise ValueError("a version that is too large")
        made_s, digest, surface_ids, tree = row
        _checked(digest, tree.encode())
        if tile_px_of(tree) != TILE_PX:
            raise FormatError(f"Cannot open {self._path}: another Underdraw with other tiles wrote it; use that one.")
        maps = self._maps(np.frombuffer(surface_ids, "<i8").tolist())
        wanted = {int(tile) for placed in maps.values() for tile in placed["tile"]}
        tiles = self._stored(sorted(wanted))
        self.from_base = self._absent(frozenset(wanted.difference(tiles)))
        tiles.update(self.from_base)
        made = {surface_id: _surface(placed, tiles) for surface_id, placed in maps.items()}
        # What has lost tiles is not what is stored under that id: it is written anew.
        self.surfaces = {made[i]: i for i, placed in maps.items() if len(made[i].tiles) == len(placed)}
        state = tree_from_json(tree, lambda name, _outside: made[int(name)])
        return state, float(made_s)

    def _maps(self, surface_ids: Sequence[int]) -> dict[int, np.ndarray]:
        maps: dict[int, np.ndarray] = {}
        placed = 0
        for surface_id in surface_ids:
            digest, data = self._db.execute(
                "SELECT digest, map FROM surface WHERE id = ? AND length(map) <= ?",
                (surface_id, _MOST_PLACEMENTS * PLACEMENT.itemsize),
            ).fetchone()
            maps[surface_id] = np.frombuffer(_checked(digest, data), PLACEMENT)
            placed += len(maps[surface_id])
            if placed > _MOST_PLACEMENTS:
                raise ValueError(f"more than {_MOST_PLACEMENTS} tiles")
        return maps

    def _stored(self, tile_ids: Sequence[int]) -> dict[int, Pixels]:
        """Those of the tiles that the journal has."""
        tiles: dict[int, Pixels] = {}
        unpacked_bytes = 0
        for rows, decoded in in_threads(_decoded, self._rows(tile_ids)):
            for (tile_id, digest, _), tile in zip(rows, decoded, strict=True):
                unpacked_bytes += tile.nbytes
                tiles[tile_id] = tile
                self._digests.put(tile, digest)
            self._limits.check_bytes(self._path, unpacked_bytes)
            self._job.reach(0.9 * len(tiles) / len(tile_ids))
        return tiles

    def _rows(self, tile_ids: Sequence[int]) -> Iterator[list[tuple[int, bytes, bytes]]]:
        left = iter(tile_ids)
        while batch := list(islice(left, _BATCH)):
            marks = ",".join("?" * len(batch))
            yield self._db.execute(f"SELECT id, digest, data FROM tile WHERE id IN ({marks})", batch).fetchall()

    def _absent(self, places: frozenset[int]) -> Mapping[int, Pixels]:
        """The tiles that are still in the base only."""
        if not places:
            return {}
        base = base_in(self._db)
        if base is None:
            raise LookupError(f"{len(places)} tiles are not in it")
        found, sentence = find_tiles(base, places, self._limits, self._digests, self._job.part(0.9, 1.0))
        if sentence:
            self.notes.append(sentence)
        return found


def _decoded(rows: Sequence[tuple[int, bytes, bytes]]) -> list[Pixels]:
    return decode_tiles([_checked(digest, data) for _, digest, data in rows], TILE_PX)


def _surface(placed: np.ndarray, tiles: Mapping[int, Pixels]) -> Surface:
    """What the base has lost stays transparent."""
    found = {(tx, ty): tiles[tile] for tx, ty, tile in placed.tolist() if tile in tiles}
    channels = {tile.shape[2] for tile in found.values()} or {4}
    if len(channels) > 1:
        raise ValueError("a surface of mixed channels")
    return Surface(found, channels.pop())


def _checked(digest: bytes, data: bytes) -> bytes:
    if digest_blob(data) != digest:
        raise ValueError("a part of it is not what was written")
    return data
