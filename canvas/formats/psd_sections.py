"""The structure of a PSD or PSB: what lies where in the file, every length checked against what is left of it.

Follows Adobe's "Photoshop File Formats Specification". Of pixels only the places are found here; `psd_channels` decodes
them. Nothing is allocated that the file does not hold. One thread reads the structure, any number may then `fill`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import FileIO
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from canvas.geometry import EMPTY, Rect

SIGNATURE = b"8BPS"
_BLOCK_SIGNATURES = (b"8BIM", b"8B64")
#: Blocks whose length has 64 bits in a PSB.
_LARGE_BLOCKS = frozenset(
    b"LMsk Lr16 Lr32 Layr Mt16 Mt32 Mtrn Alph FMsk lnk2 lnk3 lnkE FEid FXid FELS PxSD pths extd extn cinf artd".split()
)
_LAYERS_IN_BLOCKS = (b"Lr16", b"Lr32", b"Layr")
_MERGED_TRANSPARENCY = (b"Mtrn", b"Mt16", b"Mt32")
_RESOURCE_SIGNATURES = (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR")
#: More of them are no document, and would take too long: Photoshop has 8000 layers with some 20 blocks each.
_MAX_ITEMS = 500_000
_MAX_CHANNELS = 100
_MOST_PARSED_BYTES = 16 << 20
_WINDOW_BYTES = 1 << 16

TRANSPARENCY, USER_MASK, REAL_MASK = -1, -2, -3
#: The length of a channel that says how nothing is compressed.
NO_PIXELS = 2


class Damaged(ValueError):
    """What no program writes, in words that `errors.damaged` takes."""


class Source:
    """A file that several threads may read at any place.

    Not memory-mapped: a mapped file that shrinks, or whose network drive vanishes, ends the process.
    """

    def __init__(self, path: Path) -> None:
        self._file = FileIO(path)
        self._lock = Lock()
        self._window, self._window_at = b"", 0
        self._parsed = 0
        self.size = self._file.seek(0, 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def fill(self, out: npt.NDArray[np.uint8], at: int) -> None:
        """Read bytes from the place `at` until `out`, C contiguous, is full."""
        view = out.reshape(-1).data
        done = 0
        with self._lock:
            self._file.seek(at)
            while done < len(view):
                count = self._file.readinto(view[done:])
                if not count:
                    raise Damaged("it ends early")
                done += count

    def read(self, at: int, count: int) -> bytes:
        """A few bytes, from a window of the file that is read ahead. For one thread."""
        start = at - self._window_at
        if start < 0 or start + count > len(self._window):
            window = np.empty(max(count, min(_WINDOW_BYTES, self.size - at)), np.uint8)
            self.fill(window, at)
            self._window, self._window_at, start = window.tobytes(), at, 0
        return self._window[start : start + count]

    def may_parse(self, count: int) -> bool:
        """Whether so many more bytes may be given to slow parsers: all of one file together are bounded."""
        self._parsed += count
        return self._parsed <= _MOST_PARSED_BYTES


@dataclass(frozen=True, slots=True)
class Extent:
    """A stretch of the file in bytes."""

    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Header:
    """`version` 2 is PSB. `mode`: number of the colour mode."""

    version: int
    channels: int
    height: int
    width: int
    depth: int
    mode: int


@dataclass(frozen=True, slots=True)
class Channel:
    """`data` begins with the two bytes that say how it is compressed."""

    id: int
    data: Extent


@dataclass(frozen=True, slots=True)
class MaskPlace:
    """Where a mask's values lie, what is around them, 0..255, and whether it is switched off."""

    rect: Rect
    outside: int
    disabled: bool


@dataclass(frozen=True, slots=True)
class MaskRecord:
    """`real` is the layer mask and the vector mask as one. Densities 0..255; feathers in pixels.

    `from_vector`: the layer mask itself is a vector mask that the writing program drew.
    """

    user: MaskPlace
    real: MaskPlace | None = None
    from_vector: bool = False
    user_density: int = 255
    user_feather: float = 0.0
    vector_density: int = 255
    vector_feather: float = 0.0


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of the flat list of layers, groups and ends of groups. `blocks`: places of what lies in each block."""

    rect: Rect
    channels: tuple[Channel, ...]
    blend: bytes
    opacity: int
    clipped: bool
    flags: int
    mask: MaskRecord | None
    ranges: bytes
    name: bytes
    blocks: Mapping[bytes, Extent]

    @property
    def visible(self) -> bool:
        return not self.flags & 2

    @property
    def transparency_protected(self) -> bool:
        return bool(self.flags & 1)


@dataclass(frozen=True, slots=True)
class Sections:
    """The whole file. `merged_transparency`: the plane after the colours of the merged picture is its alpha."""

    header: Header
    palette: Extent
    resources: Mapping[int, Extent]
    records: tuple[Record, ...]
    merged_transparency: bool
    blocks: Mapping[bytes, Extent]
    merged: Extent


@dataclass(slots=True)
class _Cursor:
    """Reads forward through a stretch of the file and not beyond it. `items` counts what all of them have found."""

    source: Source
    at: int
    end: int
    version: int = 1
    items: list[int] = field(default_factory=lambda: [0])

    @property
    def left(self) -> int:
        return self.end - self.at

    def take(self, count: int) -> bytes:
        data = self.source.read(self.at, self._within(count)) if count else b""
        self.at += count
        return data

    def unpack(self, form: str) -> tuple[Any, ...]:
        form = ">" + form
        return struct.unpack(form, self.take(struct.calcsize(form)))

    def number(self, form: str) -> int:
        (value,) = self.unpack(form)
        return int(value)

    def length(self) -> int:
        """A length that has 64 bits in a PSB."""
        return self.number("Q" if self.version == 2 else "I")

    def part(self, count: int) -> _Cursor:
        """The next `count` bytes as a stretch of their own."""
        inner = _Cursor(self.source, self.at, self.at + self._within(count), self.version, self.items)
        self.at += count
        return inner

    def extent(self, count: int) -> Extent:
        found = Extent(self.at, self._within(count))
        self.at += count
        return found

    def pad(self, start: int, multiple: int) -> None:
        self.at = min(self.at + -(self.at - start) % multiple, self.end)

    def count_item(self) -> None:
        self.items[0] += 1
        if self.items[0] > _MAX_ITEMS:
            raise Damaged(f"it has more than {_MAX_ITEMS} parts")

    def _within(self, count: int) -> int:
        if count > self.left:
            raise Damaged("it ends early")
        return count


def read_sections(source: Source) -> Sections:
    """Find everything in the file. Raises Damaged."""
    whole = _Cursor(source, 0, source.size)
    header = _header(whole)
    whole.version = header.version
    palette = whole.extent(whole.number("I"))
    resources = dict(_resources(whole.part(whole.number("I"))))
    layers = whole.part(whole.length())
    records: tuple[Record, ...] = ()
    transparency = False
    blocks: dict[bytes, Extent] = {}
    if layers.left:
        records, transparency = _layers(layers.part(layers.length()))
        if layers.left >= 4:
            layers.part(min(layers.number("I"), layers.left))
        blocks = _blocks(layers, 4)
        for key in _LAYERS_IN_BLOCKS:
            if not records and key in blocks:
                inner = _Cursor(source, blocks[key].start, blocks[key].end, header.version, whole.items)
                records, transparency = _layers(inner)
    transparency = transparency or any(key in blocks for key in _MERGED_TRANSPARENCY)
    return Sections(header, palette, resources, records, transparency, blocks, whole.extent(whole.left))


def _header(cursor: _Cursor) -> Header:
    signature, version, channels, height, width, depth, mode = cursor.unpack("4sH6xHIIHH")
    if signature != SIGNATURE or version not in (1, 2):
        raise Damaged("its header is not that of a Photoshop document")
    if not 1 <= channels <= _MAX_CHANNELS:
        raise Damaged(f"its header speaks of {channels} channels")
    return Header(version, channels, height, width, depth, mode)


def _resources(cursor: _Cursor) -> Iterator[tuple[int, Extent]]:
    """Resources by number, the first of each; what is no resource ends them, as other programs see it too."""
    seen: set[int] = set()
    while cursor.left >= 12:
        signature, key = cursor.unpack("4sH")
        if signature not in _RESOURCE_SIGNATURES:
            return
        cursor.count_item()
        start = cursor.at
        cursor.take(cursor.number("B"))
        cursor.pad(start, 2)
        data = cursor.extent(cursor.number("I"))
        cursor.pad(data.start, 2)
        if key not in seen:
            seen.add(key)
            yield key, data


def _blocks(cursor: _Cursor, multiple: int) -> dict[bytes, Extent]:
    """Tagged blocks by key, the first of each. Some programs pad one block too few or too many bytes."""
    found: dict[bytes, Extent] = {}
    while cursor.left >= 12:
        shift = next((i for i in range(4) if _is_block(cursor, i)), None)
        if shift is None:
            break
        cursor.take(shift + 4)
        key = cursor.take(4)
        cursor.count_item()
        data = cursor.extent(cursor.length() if key in _LARGE_BLOCKS else cursor.number("I"))
        cursor.pad(data.start, multiple)
        found.setdefault(key, data)
    return found


def _is_block(cursor: _Cursor, shift: int) -> bool:
    if cursor.left < shift + 12:
        return False
    return cursor.source.read(cursor.at + shift, 4) in _BLOCK_SIGNATURES


def _layers(cursor: _Cursor) -> tuple[tuple[Record, ...], bool]:
    """All records, with their channels found, and whether the merged picture is transparent."""
    if cursor.left < 2:
        return (), False
    count = cursor.number("h")
    drafts = [_record(cursor) for _ in range(abs(count))]
    records = tuple(
        replace(draft, channels=tuple(Channel(c.id, cursor.extent(c.data.length)) for c in draft.channels))
        for draft in drafts
    )
    return records, count < 0


def _record(cursor: _Cursor) -> Record:
    """One record; the places of its channels are not known yet, and stand as 0."""
    cursor.count_item()
    rect = _rect(cursor.unpack("4i"))
    channels = []
    count = cursor.number("H")
    if count > _MAX_CHANNELS:
        raise Damaged(f"one of its layers has {count} channels")
    for _ in range(count):
        channel_id = cursor.number("h")
        channels.append(Channel(channel_id, Extent(0, cursor.length())))
    signature, blend, opacity, clipping, flags = cursor.unpack("4s4sBBBx")
    if signature != b"8BIM":
        raise Damaged("one of its layers does not begin as layers do")
    extra = cursor.part(cursor.number("I"))
    real = any(channel.id == REAL_MASK for channel in channels)
    mask = _mask(extra.part(extra.number("I")), real) if extra.left else None
    ranges = extra.take(extra.number("I")) if extra.left else b""
    name = b""
    if extra.left:
        start = extra.at
        name = extra.take(extra.number("B"))
        extra.pad(start, 4)
    return Record(rect, tuple(channels), blend, opacity, clipping == 1, flags, mask, ranges, name, _blocks(extra, 1))


def _rect(edges: tuple[int, ...]) -> Rect:
    top, left, bottom, right = edges
    rect = Rect(left, top, right, bottom)
    return rect if rect else EMPTY


def _mask(cursor: _Cursor, has_real: bool) -> MaskRecord | None:
    """The mask's record. Whether it has a part for the real mask only the list of channels tells."""
    if cursor.left < 18:
        return None
    edges, outside, flags = cursor.unpack("4i"), cursor.number("B"), cursor.number("B")
    real = None
    if has_real and cursor.left >= 18:
        real_flags, real_outside = cursor.unpack("BB")
        real = MaskPlace(_rect(cursor.unpack("4i")), real_outside, bool(real_flags & 2))
    densities, feathers = [255, 255], [0.0, 0.0]
    if flags & 16 and cursor.left:
        present = cursor.number("B")
        for i in (0, 1):
            if present & 1 << 2 * i and cursor.left >= 1:
                densities[i] = cursor.number("B")
            if present & 2 << 2 * i and cursor.left >= 8:
                (feathers[i],) = cursor.unpack("d")
    user = MaskPlace(_rect(edges), outside, bool(flags & 2))
    return MaskRecord(user, real, bool(flags & 8), densities[0], feathers[0], densities[1], feathers[1])
