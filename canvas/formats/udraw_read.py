"""A document from the file of a native one: tiles are checked and unpacked on all cores while the next are fetched.

Files are untrusted: sizes and counts are bounded before anything is allocated for them. Any thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from canvas.compositor import compile_program
from canvas.formats.job import Job
from canvas.formats.limits import Limits
from canvas.formats.threads import in_threads
from canvas.formats.tile_codec import BATCH, TileDigests, decode_tiles
from canvas.formats.udraw_file import (
    MOST_ATTACHMENTS,
    MOST_ATTACHMENTS_BYTES,
    MOST_TREE_CHARS,
    SCHEMA_VERSION,
    blob_of,
    digester,
    schema_of,
    value_of,
)
from canvas.formats.udraw_names import (
    MOST_PLACEMENTS,
    PLACEMENT,
    Holdings,
    KnownPicture,
    NamedSurface,
    digests_in,
    named_program,
)
from canvas.formats.udraw_picture import picture_level, wants_picture
from canvas.formats.udraw_tree import tile_px_of, tree_from_json
from canvas.geometry import Rect
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels, Surface, TileKey, tile_rect


def read_state(db: sqlite3.Connection, path: Path, limits: Limits, digests: TileDigests, job: Job) -> DocumentState:
    """The document. Raises FormatError, Cancelled, and what `udraw_file.open_to_read` puts into words."""
    tree = _tree(db)
    side_px = tile_px_of(tree)
    tiles = _read_tiles(db, path, side_px, limits, job)
    maps = _read_maps(db, tiles)
    # Names that other schemas gave, or to tiles of another size, are not those that a save will give.
    lasting = schema_of(db) == SCHEMA_VERSION and side_px == TILE_PX
    named = {name: NamedSurface(placed, _channels(placed, tiles), name) for name, placed in maps.items()}

    @cache
    def surface_of(name: str, outside: int) -> Surface:
        its = named[bytes.fromhex(name)]
        surface = Surface({key: tiles[digest] for key, digest in its.digests.items()}, its.channels)
        if lasting:
            digests.memory.put_name(surface, its)
        return surface if side_px == TILE_PX else _retiled(surface, side_px, outside)

    state = tree_from_json(tree, surface_of)
    if lasting:
        for digest, tile in tiles.items():
            digests.put(tile, digest)
        uses = dict.fromkeys(tiles, 0)
        for surface in named.values():
            for digest in digests_in(surface):
                uses[digest] += 1
        stamp = blob_of(db, "stamp")
        digests.memory.put_holdings(path.resolve(), Holdings(stamp, uses, named, _known_picture(db, state, digests)))
    job.reach(1.0)
    return state


def read_attachments(db: sqlite3.Connection) -> dict[str, bytes]:
    """What was written as attachments. Raises ValueError when it is more than may be written."""
    if schema_of(db) < SCHEMA_VERSION:
        return {}
    found: dict[str, bytes] = {}
    total = 0
    for name, data in db.execute("SELECT name, data FROM attachment"):
        if not isinstance(name, str) or not isinstance(data, bytes) or name in found:
            raise ValueError("an attachment without a name or content")
        total += len(data)
        if len(found) == MOST_ATTACHMENTS or total > MOST_ATTACHMENTS_BYTES:
            raise ValueError("too many attachments")
        found[name] = data
    return found


def _tree(db: sqlite3.Connection) -> str:
    tree = value_of(db, "tree")
    if not isinstance(tree, str) or len(tree) > MOST_TREE_CHARS:
        raise ValueError("its tree is no text, or too long")
    return tree


def _read_tiles(db: sqlite3.Connection, path: Path, side_px: int, limits: Limits, job: Job) -> dict[bytes, Pixels]:
    """Every tile by its digest."""
    digest_of = digester(db)
    (file_bytes,) = db.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()

    def work(rows: Sequence[tuple[bytes, bytes]]) -> list[Pixels]:
        for digest, blob in rows:
            _check(digest_of, digest, blob)
        return decode_tiles([blob for _, blob in rows], side_px)

    tiles: dict[bytes, Pixels] = {}
    fetched_bytes = unpacked_bytes = 0
    for rows, unpacked in in_threads(work, _fetched(db)):
        for (digest, blob), tile in zip(rows, unpacked, strict=True):
            fetched_bytes += len(blob)
            unpacked_bytes += tile.nbytes
            limits.check_bytes(path, unpacked_bytes)
            if digest in tiles:
                raise ValueError("a tile that is there twice")
            tiles[digest] = tile
        job.reach(fetched_bytes / max(file_bytes, 1))
    return tiles


def _fetched(db: sqlite3.Connection) -> Iterator[list[tuple[bytes, bytes]]]:
    cursor = db.execute("SELECT digest, data FROM tile")
    while rows := cursor.fetchmany(BATCH):
        yield rows


def _read_maps(db: sqlite3.Connection, tiles: Mapping[bytes, Pixels]) -> dict[bytes, dict[TileKey, bytes]]:
    """Where the tiles lie, for each surface by its name. The digests are the objects that `tiles` has as keys."""
    digest_of = digester(db)
    same = {digest: digest for digest in tiles}
    maps: dict[bytes, dict[TileKey, bytes]] = {}
    placed = 0
    for name, data in db.execute("SELECT digest, map FROM surface"):
        _check(digest_of, name, data)
        placed += len(data) // PLACEMENT.itemsize
        if placed > MOST_PLACEMENTS or name in maps:
            raise ValueError("more surfaces than a document has")
        maps[name] = {(tx, ty): same[digest] for tx, ty, digest in np.frombuffer(data, PLACEMENT).tolist()}
    return maps


def _channels(placed: Mapping[TileKey, bytes], tiles: Mapping[bytes, Pixels]) -> int:
    channels = {tiles[digest].shape[2] for digest in placed.values()} or {4}
    if len(channels) > 1:
        raise ValueError("a surface of mixed channels")
    return int(channels.pop())


def _known_picture(db: sqlite3.Connection, state: DocumentState, digests: TileDigests) -> KnownPicture | None:
    if not wants_picture(state):
        return None

    def name_of(surface: Surface) -> NamedSurface:
        return digests.memory.name(surface) or NamedSurface({}, surface.channels, b"")

    size = state.width, state.height
    return KnownPicture(named_program(compile_program(state), name_of), size, picture_level(size), None)


def _check(digest_of: Callable[[bytes], bytes], digest: bytes, data: bytes) -> None:
    if not isinstance(data, bytes) or digest_of(data) != digest:
        raise ValueError("a part of it is not what was saved")


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
