"""What a save writes into the file of a native document: the tiles, maps and values that it does not have yet.

All of it belongs to one transaction of the connection given; an error or a cancelled job leaves it to be rolled back.
Any thread.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from canvas.compositor import compile_program
from canvas.formats.errors import cannot_save
from canvas.formats.job import Job
from canvas.formats.preview import preview_png
from canvas.formats.tile_codec import TileDigests, digest_blob, encoded
from canvas.formats.udraw_file import (
    MOST_ATTACHMENT_BYTES,
    MOST_ATTACHMENTS,
    MOST_ATTACHMENTS_BYTES,
    MOST_TREE_CHARS,
    blob_of,
)
from canvas.formats.udraw_names import (
    MOST_PLACEMENTS,
    Holdings,
    KnownPicture,
    NamedSurface,
    digests_in,
    map_of,
    named_program,
)
from canvas.formats.udraw_picture import drop_picture, picture_level, save_picture, small_png, wants_picture
from canvas.formats.udraw_tree import MOST_DEPTH, group_depth, tree_to_json
from canvas.state import DocumentState, surfaces
from canvas.tiles import TILE_PX, Pixels, Surface

_STAMP_BYTES = 16
NOTHING = Holdings(b"", {}, {}, None, {})


@dataclass(frozen=True, slots=True)
class Plan:
    """What a save has to do. `known`: the surfaces that the file has, by id; `fresh`: those that must be looked at.

    `missing`: tiles to be written. `unused`: digests of tiles that go. `uses`: as in `Holdings`, of what stays.
    """

    known: Mapping[int, NamedSurface]
    fresh: tuple[Surface, ...]
    missing: tuple[Pixels, ...]
    unused: tuple[bytes, ...]
    uses: Mapping[bytes, int]

    @property
    def changes_little(self) -> bool:
        """Whether most of the file stays; otherwise a new one is as quick and takes no journal of its size."""
        return len(self.missing) <= len(self.uses) and len(self.unused) <= len(self.uses)


def check_can_be_opened(state: DocumentState, attachments: Mapping[str, bytes], path: Path) -> None:
    """Refuse what reading would refuse. Raises FormatError."""
    if group_depth(state) > MOST_DEPTH:
        raise cannot_save(path, f"groups are nested more than {MOST_DEPTH} deep", "ungroup some of them")
    if sum(len(surface.tiles) for surface in surfaces(state)) > MOST_PLACEMENTS:
        raise cannot_save(path, "its layers cover too large an area", "merge layers or crop them to the canvas")
    if len(attachments) > MOST_ATTACHMENTS:
        raise cannot_save(path, f"more than {MOST_ATTACHMENTS} results would be kept with it", "discard some results")


def holdings(db: sqlite3.Connection, path: Path, digests: TileDigests) -> Holdings:
    """What the file holds: remembered, or else listed."""
    held = digests.memory.holdings(path, _stamp(db))
    if held is not None:
        return held
    return Holdings(_stamp(db), dict.fromkeys((row[0] for row in db.execute("SELECT digest FROM tile")), 0), {})


def plan(state: DocumentState, digests: TileDigests, held: Holdings) -> Plan:
    """What must change in a file that holds `held` for it to hold `state`."""
    known: dict[int, NamedSurface] = {}
    fresh: dict[int, Surface] = {}
    for surface in surfaces(state):
        named = digests.memory.name(surface)
        if named is not None and named.name in held.surfaces:
            known[id(surface)] = named
        else:
            fresh[id(surface)] = surface
    uses = dict(held.uses)
    kept = {named.name for named in known.values()}
    for name, gone in held.surfaces.items():
        if name not in kept:
            for digest in digests_in(gone):
                uses[digest] -= 1
    needed: set[bytes] = set()
    missing: dict[int, Pixels] = {}
    for surface in fresh.values():
        for tile in surface.tiles.values():
            known_as = digests.get(tile)
            if known_as is not None and known_as in uses:
                needed.add(known_as)
            else:
                missing[id(tile)] = tile
    unused = [digest for digest, count in uses.items() if count == 0 and digest not in needed]
    for digest in unused:
        del uses[digest]
    return Plan(known, tuple(fresh.values()), tuple(missing.values()), tuple(unused), uses)


def save(
    db: sqlite3.Connection,
    path: Path,
    state: DocumentState,
    digests: TileDigests,
    held: Holdings,
    todo: Plan,
    attachments: Mapping[str, bytes],
    job: Job,
) -> Holdings:
    """Bring the file from `held` to `state`; what it holds then. Without changes nothing is written."""
    # Before the new tiles come: they take the room of the old ones.
    db.executemany("DELETE FROM tile WHERE digest = ?", [(digest,) for digest in todo.unused])
    made = _write_tiles(db, todo, digests, job.part(0.0, 0.85))
    names = dict(todo.known) | {id(surface): _named(surface, made, digests) for surface in todo.fresh}
    wanted = {named.name: named for named in names.values()}
    _write_maps(db, wanted)
    counted = {named.name for named in todo.known.values()}
    uses = dict(todo.uses)
    for named in wanted.values():
        if named.name not in counted:
            for digest in digests_in(named):
                uses[digest] = uses.get(digest, 0) + 1
    tree = tree_to_json(state, TILE_PX, lambda surface: names[id(surface)].name.hex())
    if len(tree) > MOST_TREE_CHARS:
        raise cannot_save(path, "names, prompts and recipes take too much room", "merge layers that were kept")
    same_tree = db.execute("SELECT 1 FROM document WHERE key = 'tree' AND value = ?", (tree,)).fetchone() is not None
    same_attachments = not _write_attachments(db, path, attachments, held.attachments)
    stamp = held.stamp
    if not (same_tree and same_attachments and stamp):
        stamp = secrets.token_bytes(_STAMP_BYTES)
        _put(db, "stamp", stamp)
    if not same_tree:
        _put(db, "tree", tree)
    picture = _write_pictures(db, state, names, held.picture, same_tree, job.part(0.85, 1.0))
    return Holdings(stamp, uses, wanted, picture, {name: hash(data) for name, data in attachments.items()})


def _write_tiles(db: sqlite3.Connection, todo: Plan, digests: TileDigests, job: Job) -> dict[int, bytes]:
    """Store the tiles that are missing; their digests by id."""
    stored = set(todo.uses)
    made: dict[int, bytes] = {}
    for tile, digest, blob in encoded(todo.missing, digests):
        made[id(tile)] = digest
        if digest not in stored:
            stored.add(digest)
            db.execute("INSERT INTO tile VALUES (?, ?)", (digest, blob))
        job.reach(len(made) / len(todo.missing))
    job.reach(1.0)
    return made


def _named(surface: Surface, made: Mapping[int, bytes], digests: TileDigests) -> NamedSurface:
    """The surface by the names of its tiles, which are all known by now."""
    tiles: dict[tuple[int, int], bytes] = {}
    lasting = True
    for key, tile in surface.tiles.items():
        remembered = digests.get(tile)
        # A tile that somebody may still write to is not remembered, nor is a surface that has one.
        lasting = lasting and remembered is not None
        tiles[key] = remembered or made[id(tile)]
    named = NamedSurface(tiles, surface.channels, digest_blob(map_of(tiles)))
    if lasting:
        digests.memory.put_name(surface, named)
    return named


def _write_maps(db: sqlite3.Connection, wanted: Mapping[bytes, NamedSurface]) -> None:
    present = {row[0] for row in db.execute("SELECT digest FROM surface")}
    db.executemany("DELETE FROM surface WHERE digest = ?", [(name,) for name in present.difference(wanted)])
    new = [(name, map_of(named.digests)) for name, named in wanted.items() if name not in present]
    db.executemany("INSERT INTO surface VALUES (?, ?)", new)


def _write_attachments(
    db: sqlite3.Connection, path: Path, attachments: Mapping[str, bytes], known: Mapping[str, int] | None
) -> bool:
    """Make the file have exactly these; whether that changed anything. `known`: as in `Holdings`."""
    if known is None:
        known = {name: hash(data) for name, data in db.execute("SELECT name, data FROM attachment")}
    # Python keeps the hash of bytes once it was asked for: those of an earlier save cost nothing.
    changed = {name: data for name, data in attachments.items() if known.get(name) != hash(data)}
    gone = known.keys() - attachments.keys()
    db.executemany("DELETE FROM attachment WHERE name = ?", [(name,) for name in gone])
    for name, data in changed.items():
        if len(data) > MOST_ATTACHMENT_BYTES:
            raise cannot_save(
                path, f"a result of {len(data) / 1e6:.0f} MB would be kept with it", "discard that result"
            )
        db.execute("INSERT OR REPLACE INTO attachment VALUES (?, ?)", (name, data))
    total = sum(map(len, attachments.values()))
    if total > MOST_ATTACHMENTS_BYTES:
        raise cannot_save(path, f"results of {total / 1e9:.1f} GB would be kept with it", "discard some results")
    return bool(changed or gone)


def _write_pictures(
    db: sqlite3.Connection,
    state: DocumentState,
    names: Mapping[int, NamedSurface],
    before: KnownPicture | None,
    same_tree: bool,
    job: Job,
) -> KnownPicture | None:
    """Renew the preview, and the merged picture where there is to be one."""
    size = state.width, state.height
    if not wants_picture(state):
        if not same_tree:
            drop_picture(db)
            _put(db, "preview", preview_png(state))
        job.reach(1.0)
        return None
    program = compile_program(state)
    named = named_program(program, lambda surface: names[id(surface)])
    if same_tree:
        return before or KnownPicture(named, size, picture_level(size), None)
    picture, changed = save_picture(db, size, program, named, before, job)
    if changed and picture.rgba is not None:
        _put(db, "preview", small_png(picture.rgba, size))
    return picture


def _put(db: sqlite3.Connection, key: str, value: str | bytes) -> None:
    db.execute("INSERT OR REPLACE INTO document VALUES (?, ?)", (key, value))


def _stamp(db: sqlite3.Connection) -> bytes:
    try:
        return blob_of(db, "stamp")
    except (LookupError, ValueError):
        return b""
