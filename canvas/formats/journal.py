"""The journal of one open document: what is painted is on disk a moment later, whatever happens to the program.

`JournalWriter` writes generations of the document, each complete or not there, which share their tiles; and the
engine's results, each once. `journal_read` reads them back, `journal_file` says what the file holds.

A document that was opened from a large file does not wait for its tiles to be copied: the journal first knows of the
file, its base, and holds only what the base lacks; `copy_base` copies the rest bit by bit.

One thread at a time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from canvas.formats.journal_base import Base, digests_of, places
from canvas.formats.journal_file import JournalRefused, connect, discard, in_words, reading, transaction
from canvas.formats.journal_summary import Summary, summary_in
from canvas.formats.journal_thinning import kept
from canvas.formats.preview import preview_png
from canvas.formats.tile_codec import TileDigests, digest_blob, encode_tiles, encoded
from canvas.formats.udraw_tree import tree_to_json
from canvas.layers import Group, Node
from canvas.roles import Control, Paint
from canvas.state import DocumentState, surfaces
from canvas.tiles import TILE_PX, Pixels, Surface

#: How many generations beyond those to be kept may gather before they are thinned out.
LOOSE = 12
#: Tiles deleted and pages given back to the disk at the end, at most: more would keep the program from ending.
_COLLECTED, _VACUUM_PAGES = 4000, 20_000
#: More tiles than this are encoded by all cores.
_MANY = 64
PLACEMENT = np.dtype([("tx", "<i4"), ("ty", "<i4"), ("tile", "<i8")])

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Generation:
    """`surfaces`: ids of those it consists of."""

    id: int
    made_s: float
    surfaces: frozenset[int]


@dataclass(frozen=True, slots=True)
class Tiles:
    """What a reader knows of the tiles of a document that a writer is to go on with: ids of surfaces, and the tiles of
    the base that are still to be copied, by their place."""

    surfaces: Mapping[Surface, int]
    uncopied: Mapping[int, Pixels]


class JournalWriter:
    """Made by `create` or `go_on`. `digests`: the same object as for reading and writing the document's file.

    Every method raises FormatError when the disk refuses, and has then done nothing.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, digests: TileDigests) -> None:
        self.path = path
        self._db = db
        self._digests = digests
        #: By digest of a tile its id, and the reverse.
        self._tiles: dict[bytes, int] = {}
        self._digest_of: dict[int, bytes] = {}
        #: By id of a tile object (that `_uncopied` keeps alive) its place in the base.
        self._places: dict[int, int] = {}
        self._uncopied: dict[int, Pixels] = {}
        self._surfaces: WeakKeyDictionary[Surface, int] = WeakKeyDictionary()
        #: By id of a surface the ids of its tiles, each once.
        self._used: dict[int, Ids] = {}
        self._generations: list[Generation] = []
        self._results: set[bytes] = set()
        self._unused: list[int] = []
        self._next_tile = self._next_surface = 1
        self._newest: tuple[str, bool] | None = None
        self._needs_base = False

    @staticmethod
    def create(
        path: Path,
        name: str,
        digests: TileDigests,
        base: Base | None = None,
        base_state: DocumentState | None = None,
    ) -> JournalWriter:
        """A new journal for a document of that name, `base_state` being what was read from `base`. Raises
        FormatError."""
        writer = JournalWriter(path, connect(path, new=True), digests)
        try:
            writer.tell(name=name, ended="", seen=0)
            if base is not None and base_state is not None:
                writer._rest_on(base, base_state)
        except BaseException:
            writer.close()
            discard(path)
            raise
        return writer

    @staticmethod
    def go_on(path: Path, db: sqlite3.Connection, digests: TileDigests, tiles: Tiles) -> JournalWriter:
        """Go on writing a journal that was opened to be read, with the document that was read. Raises FormatError."""
        writer = JournalWriter(path, db, digests)
        with reading(path):
            writer._take_stock(tiles)
        writer.tell(ended="", seen=0)
        return writer

    def _rest_on(self, base: Base, state: DocumentState) -> None:
        known = digests_of(state, self._digests)
        with transaction(self._db, self.path):
            self._put_about({"base": base.to_json(), "digests": known})
        for place, tile in places(state):
            self._next_tile = place + 1
            digest = self._digests.get(tile)
            if digest is None and id(tile) not in self._places:
                self._places[id(tile)] = place
            elif digest is not None and digest not in self._tiles:
                self._tiles[digest] = place
                self._digest_of[place] = digest
            else:
                continue
            self._uncopied[place] = tile
        self._needs_base = True

    def _take_stock(self, tiles: Tiles) -> None:
        """Learn what the file holds."""
        for tile_id, digest in self._db.execute("SELECT id, digest FROM tile"):
            self._tiles[digest] = tile_id
            self._digest_of[tile_id] = digest
        for surface_id, data in self._db.execute("SELECT id, map FROM surface"):
            self._used[surface_id] = np.unique(np.frombuffer(data, PLACEMENT)["tile"])
        rows = self._db.execute("SELECT id, made_s, surfaces FROM generation ORDER BY id")
        self._generations = [
            Generation(row_id, made_s, frozenset(np.frombuffer(ids, "<i8").tolist())) for row_id, made_s, ids in rows
        ]
        self._results = {digest for (digest,) in self._db.execute("SELECT digest FROM result")}
        self._surfaces.update(tiles.surfaces)
        for place, tile in tiles.uncopied.items():
            self._uncopied[place] = tile
            self._places[id(tile)] = place
        self._needs_base = self._db.execute("SELECT 1 FROM about WHERE key = 'base'").fetchone() is not None
        ever_used = [int(ids[-1]) for ids in self._used.values() if ids.size]
        self._next_tile = max([*self._digest_of, *self._uncopied, *ever_used], default=0) + 1
        self._next_surface = max(self._used, default=0) + 1
        used = self._tiles_of(set(self._used))
        self._unused = [tile_id for tile_id in self._digest_of if tile_id not in used]
        self._forget_tiles(self._unused)

    # Writing

    def write(self, state: DocumentState, made_s: float, *, clean: bool) -> bool:
        """Add a generation: the document at `made_s` (seconds, as `time.time`); False when the newest is the same.

        `clean`: a file that the artist saved has all of it.
        """
        if not self.path.exists():
            raise JournalRefused(f"Cannot write to {self.path.parent}: the journal was deleted; restart Underdraw.")
        new = {id(surface): surface for surface in surfaces(state) if surface not in self._surfaces}
        ids = {key: self._next_surface + number for number, key in enumerate(new)}

        def name_of(surface: Surface) -> str:
            return str(ids.get(id(surface)) or self._surfaces[surface])

        tree = tree_to_json(state, TILE_PX, name_of)
        if self._newest is not None and self._newest[0] == tree:
            self._set_clean(tree, made_s, clean=clean)
            return False
        maps: dict[int, npt.NDArray[np.void]] = {}
        with transaction(self._db, self.path):
            fresh, known = self._insert_missing(new.values())
            for number, surface in new.items():
                placed = _placements(surface, known)
                data = placed.tobytes()
                self._db.execute("INSERT INTO surface VALUES (?, ?, ?)", (ids[number], digest_blob(data), data))
                maps[ids[number]] = placed
            used = frozenset(int(name_of(surface)) for surface in surfaces(state))
            values = (
                made_s, clean, digest_blob(tree.encode()), state.width, state.height,
                np.array(sorted(used), "<i8").tobytes(), tree,
            )  # fmt: skip
            cursor = self._db.execute(
                "INSERT INTO generation (made_s, clean, digest, width, height, surfaces, tree) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        assert cursor.lastrowid is not None
        self._generations.append(Generation(cursor.lastrowid, made_s, used))
        self._newest = tree, clean
        self._next_surface += len(new)
        for key, surface in new.items():
            self._surfaces[surface] = ids[key]
            self._used[ids[key]] = np.unique(maps[ids[key]]["tile"])
        for digest, tile_id in fresh.items():
            self._tiles[digest] = tile_id
            self._digest_of[tile_id] = digest
        self._next_tile = max([self._next_tile - 1, *fresh.values()]) + 1
        return True

    def _set_clean(self, tree: str, made_s: float, *, clean: bool) -> None:
        """The newest generation was saved, or its file was; what came before `made_s` is in the file then."""
        if self._newest != (tree, clean):
            newest = self._generations[-1]
            made_s = made_s if clean else newest.made_s
            with transaction(self._db, self.path):
                self._db.execute(
                    "UPDATE generation SET clean = ?, made_s = ? WHERE id = ?", (int(clean), made_s, newest.id)
                )
            self._generations[-1] = replace(newest, made_s=made_s)
            self._newest = tree, clean

    def _insert_missing(self, new: Iterable[Surface]) -> tuple[dict[bytes, int], dict[int, int]]:
        """Store the tiles of new surfaces that are not here: their ids by digest. And the ids of all tiles of those
        surfaces, by the id of the object."""
        known: dict[int, int] = {}
        missing: dict[int, Pixels] = {}
        for surface in new:
            for tile in surface.tiles.values():
                found = self._id_of(tile)
                if found is None:
                    missing[id(tile)] = tile
                else:
                    known[id(tile)] = found
        fresh: dict[bytes, int] = {}
        next_id = self._next_tile
        for tile, digest, blob in self._encoded(list(missing.values())):
            found = self._tiles.get(digest) or fresh.get(digest)
            if found is None:
                self._db.execute("INSERT INTO tile VALUES (?, ?, ?)", (next_id, digest, blob))
                found = fresh[digest] = next_id
                next_id += 1
            known[id(tile)] = found
        return fresh, known

    def _encoded(self, tiles: list[Pixels]) -> Iterable[tuple[Pixels, bytes, bytes]]:
        if len(tiles) > _MANY:
            yield from encoded(tiles, self._digests)
            return
        # A few are encoded here and now: this thread has nothing else to do, and the others paint.
        for tile in tiles:
            (blob,) = encode_tiles((tile,))
            digest = digest_blob(blob)
            self._digests.put(tile, digest)
            yield tile, digest, blob

    def _id_of(self, tile: Pixels) -> int | None:
        digest = self._digests.get(tile)
        found = None if digest is None else self._tiles.get(digest)
        return found or self._places.get(id(tile))

    def add_result(self, blob: bytes, made_s: float) -> None:
        """Store a picture of the engine, encoded; the same one twice is stored once."""
        digest = digest_blob(blob)
        if digest not in self._results:
            with transaction(self._db, self.path):
                self._db.execute("INSERT INTO result (made_s, digest, data) VALUES (?, ?, ?)", (made_s, digest, blob))
            self._results.add(digest)

    @property
    def newest(self) -> int:
        """The id of the newest generation."""
        return self._generations[-1].id

    def add_preview(self, generation: int, png: bytes) -> None:
        """Give a generation its `preview_of`, if it is still there."""
        if any(each.id == generation for each in self._generations):
            with transaction(self._db, self.path):
                self._db.execute("INSERT OR REPLACE INTO preview VALUES (?, ?)", (generation, png))

    def tell(self, **about: str | int) -> None:
        """Note something about the document: `name`, `ended`, `seen`."""
        with transaction(self._db, self.path):
            self._put_about(about)

    def _put_about(self, about: Mapping[str, str | int | bytes]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", list(about.items()))

    def summary(self) -> Summary:
        """What is in it now."""
        with reading(self.path):
            return summary_in(self._db, self.path)

    # What can wait

    @property
    def uncopied(self) -> int:
        """Tiles that only the base has."""
        return len(self._uncopied)

    def copy_base(self, most: int) -> None:
        """Copy so many tiles of the base; with the last one the journal needs it no more."""
        batch = [(place, tile) for _, (place, tile) in zip(range(most), self._uncopied.items(), strict=False)]
        blobs = encode_tiles([tile for _, tile in batch])
        rows = [(place, digest_blob(blob), blob) for (place, _), blob in zip(batch, blobs, strict=True)]
        with transaction(self._db, self.path):
            self._db.executemany("INSERT OR REPLACE INTO tile VALUES (?, ?, ?)", rows)
            if len(batch) == len(self._uncopied):
                self._drop_base()
        for (place, tile), (_, digest, _) in zip(batch, rows, strict=True):
            del self._uncopied[place]
            self._places.pop(id(tile), None)
            self._digests.put(tile, digest)
            self._tiles.setdefault(digest, place)
            self._digest_of[place] = digest

    def _drop_base(self) -> None:
        """Within the transaction that makes the base superfluous; not while another generation still needs it."""
        absent = self._tiles_of(set(self._used)).difference(self._digest_of, self._uncopied)
        if self._needs_base and not absent:
            self._db.execute("DELETE FROM about WHERE key IN ('base', 'digests')")

    @property
    def loose(self) -> bool:
        """There are enough generations to be thinned out."""
        return len(self._generations) > LOOSE + len(kept([g.made_s for g in self._generations]))

    def thin(self) -> None:
        """Drop generations as they grow older; their tiles go by `collect`."""
        keep = kept([g.made_s for g in self._generations])
        left = [g for index, g in enumerate(self._generations) if index in keep]
        dropped = [(g.id,) for index, g in enumerate(self._generations) if index not in keep]
        wanted = {surface for g in left for surface in g.surfaces}
        gone = [surface_id for surface_id in self._used if surface_id not in wanted]
        with transaction(self._db, self.path):
            self._db.executemany("DELETE FROM generation WHERE id = ?", dropped)
            self._db.executemany("DELETE FROM preview WHERE generation = ?", dropped)
            self._db.executemany("DELETE FROM surface WHERE id = ?", [(each,) for each in gone])
        self._generations = left
        for each in gone:
            del self._used[each]
        for surface, surface_id in list(self._surfaces.items()):
            if surface_id not in wanted:
                del self._surfaces[surface]
        used = self._tiles_of(wanted)
        for place in [place for place in self._uncopied if place not in used]:
            self._places.pop(id(self._uncopied.pop(place)), None)
            self._forget_tiles([place] if place in self._digest_of else ())
        stale = [tile_id for tile_id in self._digest_of if tile_id not in used]
        self._forget_tiles(stale)
        self._unused += stale

    def _tiles_of(self, wanted: set[int]) -> set[int]:
        lists = [self._used[surface] for surface in wanted if surface in self._used]
        return set(np.unique(np.concatenate(lists)).tolist()) if lists else set()

    def _forget_tiles(self, tile_ids: Iterable[int]) -> None:
        for tile_id in tile_ids:
            digest = self._digest_of.pop(tile_id)
            if self._tiles.get(digest) == tile_id:
                del self._tiles[digest]

    @property
    def unused(self) -> int:
        """Tiles that no generation has any more."""
        return len(self._unused)

    def collect(self, most: int) -> None:
        """Delete so many of them."""
        with transaction(self._db, self.path):
            self._db.executemany("DELETE FROM tile WHERE id = ?", [(tile_id,) for tile_id in self._unused[:most]])
        del self._unused[:most]

    # The end

    def end(self, how: str) -> None:
        """The document was left: how, in a word. The journal is kept as an earlier version of it."""
        if self._generations:
            self.thin()
        self.collect(_COLLECTED)
        self.tell(ended=how)
        try:
            self._db.execute(f"PRAGMA incremental_vacuum({_VACUUM_PAGES})").fetchall()
        except sqlite3.Error as error:
            raise in_words(self.path, error) from error
        finally:
            self.close()

    def close(self) -> None:
        """Leave the file as it is. Others may open it then."""
        self._db.close()


def _placements(surface: Surface, ids: Mapping[int, int]) -> npt.NDArray[np.void]:
    """Where its tiles lie; `ids` by the id of the object."""
    keys = sorted(surface.tiles)
    placed = np.empty(len(keys), PLACEMENT)
    placed["tx"] = [key[0] for key in keys]
    placed["ty"] = [key[1] for key in keys]
    placed["tile"] = [ids[id(surface.tiles[key])] for key in keys]
    return placed


def preview_of(state: DocumentState) -> bytes:
    """A small PNG of what the artist sees, control drawings and all. Takes its time; any thread."""
    return preview_png(replace(state, layers=tuple(_as_paint(node) for node in state.layers)))


def _as_paint(node: Node) -> Node:
    role = Paint() if isinstance(node.role, Control) else node.role
    if isinstance(node, Group):
        return replace(node, role=role, children=tuple(_as_paint(child) for child in node.children))
    return node if role is node.role else replace(node, role=role)


def base_in(db: sqlite3.Connection) -> Base | None:
    """The base of a journal that still needs one. Raises ValueError, LookupError or TypeError on damage."""
    about = dict(db.execute("SELECT key, value FROM about WHERE key IN ('base', 'digests')"))
    return Base.from_json(about["base"], bytes(about["digests"])) if about else None
