"""The base of a journal: the file that a document was opened from, while its tiles are not all in the journal yet.

A tile of the base has a place: its number, from 1, in the order in which `places` goes through the document as it was
read. It is found again by its digest where that is known (the file may then have been saved over), else by its place
in a file that has not changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.formats.job import Job
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests
from canvas.state import DocumentState, surfaces
from canvas.tiles import Pixels

DIGEST_BYTES = 16
_UNKNOWN = bytes(DIGEST_BYTES)


@dataclass(frozen=True, slots=True)
class Base:
    """A file as it was when the document was read from it. `digests`: 16 bytes a place, zeros where not known."""

    path: Path
    size_bytes: int
    modified_ns: int
    digests: bytes = b""

    @staticmethod
    def of(path: Path) -> Base | None:
        """The file as it is now; None when it cannot be reached."""
        try:
            found = path.stat()
        except OSError:
            return None
        return Base(path.absolute(), found.st_size, found.st_mtime_ns)

    def to_json(self) -> str:
        return json.dumps({"path": str(self.path), "size": self.size_bytes, "modified": self.modified_ns})

    @staticmethod
    def from_json(text: str, digests: bytes) -> Base:
        """Raises ValueError, LookupError or TypeError on damage."""
        data = json.loads(text)
        return Base(Path(str(data["path"])), int(data["size"]), int(data["modified"]), digests)


def places(state: DocumentState) -> Iterator[tuple[int, Pixels]]:
    """Every tile of a document with its place; equal files give equal places."""
    place = 0
    for surface in surfaces(state):
        for key in sorted(surface.tiles):
            place += 1
            yield place, surface.tiles[key]


def digests_of(state: DocumentState, digests: TileDigests) -> bytes:
    """What is known of the tiles of a document, for `Base.digests`."""
    return b"".join(digests.get(tile) or _UNKNOWN for _, tile in places(state))


def find_tiles(
    base: Base, wanted: frozenset[int], limits: Limits, digests: TileDigests, job: Job
) -> tuple[Mapping[int, Pixels], str]:
    """The tiles at the places `wanted`, as far as the file still has them, and a sentence when it has not all."""
    try:
        state = registry.read(base.path, limits, digests, job=job)
    except FormatError:
        gone = "is gone" if not base.path.exists() else "cannot be read any more"
        return {}, _sentence(base, gone, len(wanted))
    present = Base.of(base.path)
    unchanged = present is not None and (present.size_bytes, present.modified_ns) == (base.size_bytes, base.modified_ns)
    if unchanged:
        found = {place: tile for place, tile in places(state) if place in wanted}
    else:
        by_digest = {digest: tile for _, tile in places(state) if (digest := digests.get(tile)) is not None}
        found = {place: by_digest[name] for place in wanted if (name := _digest_at(base, place)) in by_digest}
    lost = len(wanted) - len(found)
    return found, _sentence(base, "has changed", lost) if lost else ""


def _digest_at(base: Base, place: int) -> bytes:
    return base.digests[(place - 1) * DIGEST_BYTES : place * DIGEST_BYTES]


def _sentence(base: Base, what: str, lost: int) -> str:
    tiles = "1 tile of it is" if lost == 1 else f"{lost} tiles of it are"
    return f"{base.path.name} {what} since: {tiles} missing in what was recovered."
