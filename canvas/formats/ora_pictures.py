"""The pictures in an OpenRaster archive that a document needs: first their sizes, then all of them on every core.

Sizes are checked before anything is unpacked. A picture that is missing or damaged is a None; the others still come.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from canvas.formats.errors import cannot_open
from canvas.formats.job import Job
from canvas.formats.limits import Limits, surface_bytes
from canvas.formats.ora_own import Entry
from canvas.formats.pixels import mask_surface
from canvas.formats.png_stream import UNREADABLE, Header, is_damage, read_grey, read_header, read_surface, size_of_other
from canvas.formats.threads import in_threads
from canvas.formats.zip_archive import Archive
from canvas.tiles import ONE, Surface

Kind: TypeAlias = Literal["colour", "grey", "grey, else white"]

#: Blank pictures take next to nothing, but unpacking them takes time: so many times the memory may be unpacked.
_UNPACKED_RATIO = 4
#: What a PNG may be larger than its pixels, for texts, profiles and filters.
_EXTRA_BYTES = 64 << 20
_HEAD_BYTES = 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture by its name in the archive, with its top left at (x, y).

    A grey one becomes a surface of one channel; around it is 0 or, "else white", ONE.
    """

    source: str
    x: int
    y: int
    kind: Kind = "colour"

    @staticmethod
    def kept(entry: Entry, kind: Kind = "colour") -> Wanted:
        return Wanted(entry.source, entry.x, entry.y, kind)


@dataclass(slots=True)
class Pictures:
    """What was read. `profile`: of the first picture that has one. `deep`: a layer has 16 bits a channel."""

    surfaces: dict[Wanted, Surface | None] = field(default_factory=dict)
    profile: bytes | None = None
    deep: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    wanted: Wanted
    info: zipfile.ZipInfo
    header: Header | None
    width: int
    height: int


def is_unchanged(archive: Archive, entry: Entry, source: str | None, x: int, y: int) -> bool:
    """Whether a picture is the one that was written, at its place."""
    info = archive.info(entry.source)
    same_place = (source, x, y) == (entry.source, entry.x, entry.y)
    return same_place and info is not None and (info.CRC, info.file_size) == (entry.crc, entry.size)


def read_pictures(archive: Archive, path: Path, wanted: Iterable[Wanted], limits: Limits, job: Job) -> Pictures:
    """Raises FormatError where they are too large, and Cancelled."""
    found = _measured(archive, path, wanted, limits)
    pictures = Pictures()
    all_px = sum(each.width * each.height for each in found.values() if each is not None) or 1
    done_px = used_bytes = 0
    profiles: dict[Wanted, bytes] = {}
    present = [each for each in found.values() if each is not None]
    for each, (surface, profile) in in_threads(partial(_read, archive, job), present):
        pictures.surfaces[each.wanted] = surface
        pictures.deep |= each.wanted.kind == "colour" and each.header is not None and each.header.depth == 16
        if profile is not None:
            profiles[each.wanted] = profile
        used_bytes += 0 if surface is None else surface.byte_size()
        limits.check_bytes(path, used_bytes)
        done_px += each.width * each.height
        job.reach(done_px / all_px)
    pictures.profile = next(iter(profiles.values()), None)
    return pictures


def _measured(archive: Archive, path: Path, wanted: Iterable[Wanted], limits: Limits) -> Mapping[Wanted, _Found | None]:
    """Each picture that can be read, with its size."""
    found: dict[Wanted, _Found | None] = {}
    unpacked_bytes = 0
    for each in wanted:
        if each in found:
            continue
        info = archive.info(each.source)
        measured = None if info is None else _measure(archive, each, info)
        found[each] = measured
        if measured is None or info is None:
            continue
        width, height = measured.width, measured.height
        if max(width, height) > limits.side_px:
            raise cannot_open(path, f"it has a layer of {width}x{height} pixels", "crop its layers to the canvas")
        unpacked_bytes += surface_bytes(width, height, 4)
        limits.check_bytes(path, unpacked_bytes // _UNPACKED_RATIO)
        if measured.header is None or not measured.header.plain:
            # Such a picture is unpacked as a whole before it becomes tiles.
            limits.check_bytes(path, 2 * surface_bytes(width, height, 4))
        if info.file_size > 16 * width * height + _EXTRA_BYTES:
            found[each] = None
    return found


def _measure(archive: Archive, wanted: Wanted, info: zipfile.ZipInfo) -> _Found | None:
    try:
        with archive.open(info) as file:
            header = read_header(file.read(_HEAD_BYTES))
        if header is not None:
            return _Found(wanted, info, header, header.width, header.height)
        if info.file_size > _EXTRA_BYTES:
            return None
        with archive.open(info) as file:
            return _Found(wanted, info, None, *size_of_other(file))
    except UNREADABLE as error:
        if not is_damage(error):
            raise
        return None


def _read(archive: Archive, job: Job, found: _Found) -> tuple[Surface | None, bytes | None]:
    wanted = found.wanted
    open_again = partial(archive.open, found.info)
    try:
        if wanted.kind == "colour":
            return read_surface(open_again, found.header, wanted.x, wanted.y, job)
        outside = ONE if wanted.kind == "grey, else white" else 0
        return mask_surface(read_grey(open_again, found.header), wanted.x, wanted.y, outside), None
    except UNREADABLE as error:
        if not is_damage(error):
            raise
        return None, None
