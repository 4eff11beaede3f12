"""Directories of a TIFF: what each page says about its pixels and where they lie. Classic and BigTIFF. Any thread.

Format: TIFF 6.0 with Adobe's supplements; BigTIFF as libtiff documents it. Counts are checked against the file.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

Value: TypeAlias = tuple[int | float, ...] | bytes

NEW_SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 254, 256, 257, 258, 259, 262, 266
DESCRIPTION, STRIP_OFFSETS, ORIENTATION, SAMPLES, ROWS_PER_STRIP, STRIP_BYTES = 270, 273, 274, 277, 278, 279
X_RESOLUTION, Y_RESOLUTION, PLANAR, PAGE_NAME, RESOLUTION_UNIT, SOFTWARE, PREDICTOR = 282, 283, 284, 285, 296, 305, 317
COLOUR_MAP, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES, EXTRA_SAMPLES = 320, 322, 323, 324, 325, 338
SAMPLE_FORMAT, XMP, ICC_PROFILE, PHOTOSHOP_LAYERS = 339, 700, 34675, 37724
_WANTED = frozenset({
    NEW_SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, STRIP_OFFSETS, ORIENTATION, SAMPLES,
    ROWS_PER_STRIP, STRIP_BYTES, X_RESOLUTION, PLANAR, PAGE_NAME, RESOLUTION_UNIT, PREDICTOR, COLOUR_MAP, TILE_WIDTH,
    TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES, EXTRA_SAMPLES, SAMPLE_FORMAT, ICC_PROFILE,
})  # fmt: skip
#: struct codes of the types 1..13 and 16..18; bytes, texts and undefined ones stay bytes.
_TYPES = {
    1: "B", 2: "s", 3: "H", 4: "I", 5: "II", 6: "b", 7: "s", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d", 13: "I",
    16: "Q", 17: "q", 18: "Q",
}  # fmt: skip
_MAX_ENTRIES = 4096
#: Of one value, such as the places of all strips.
_MAX_VALUE_BYTES = 64 << 20


class TiffError(ValueError):
    """What is wrong with the data, in a few words."""


@dataclass(frozen=True, slots=True)
class TiffPage:
    """A directory. `order`: "<" or ">" of numbers. `index`: its place in the file's chain. `tags` by number; fractions
    come as floats. `has_layers`: Photoshop's own layers are behind the picture."""

    order: str
    index: int
    tags: Mapping[int, Value]
    has_layers: bool

    def number(self, tag: int, default: int) -> int:
        value = self.tags.get(tag)
        return int(value[0]) if value else default

    def numbers(self, tag: int) -> tuple[int, ...]:
        return tuple(int(v) for v in self.tags.get(tag, ()))

    def fraction(self, tag: int) -> float | None:
        value = self.tags.get(tag)
        return float(value[0]) if value else None

    def data(self, tag: int) -> bytes | None:
        """Of a tag of bytes, whatever the file calls their type."""
        value = self.tags.get(tag)
        return bytes(int(v) & 255 for v in value) if value else None

    @property
    def width(self) -> int:
        return self.number(WIDTH, 0)

    @property
    def height(self) -> int:
        return self.number(HEIGHT, 0)

    @property
    def reduced(self) -> bool:
        """A thumbnail, or a mask of another page."""
        return bool(self.number(NEW_SUBFILE_TYPE, 0) & 5)


def pages(file: BinaryIO, most: int) -> list[TiffPage]:
    """The directories of the file's chain, at most `most`. Raises TiffError, and OSError of the file."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        raise TiffError("it is no TIFF")
    (version,) = struct.unpack_from(order + "H", head, 2)
    if version == 43 and len(head) == 16:
        big, at = True, struct.unpack_from(order + "Q", head, 8)[0]
    elif version == 42:
        big, at = False, struct.unpack_from(order + "I", head, 4)[0]
    else:
        raise TiffError("it is no TIFF")
    found: list[TiffPage] = []
    seen: set[int] = set()
    while at and len(found) < most:
        if at in seen or at >= size:
            if not found:
                raise TiffError("its directory is missing")
            break
        seen.add(at)
        page, at = _page(file, at, size, order, big, len(found))
        found.append(page)
    if not found:
        raise TiffError("it has no pages")
    return found


def _page(file: BinaryIO, at: int, size: int, order: str, big: bool, index: int) -> tuple[TiffPage, int]:
    file.seek(at)
    count_code, entry_code, inline = ("Q", "HHQ8s", 8) if big else ("H", "HHI4s", 4)
    (count,) = struct.unpack(order + count_code, _exactly(file, struct.calcsize(order + count_code)))
    if count > _MAX_ENTRIES:
        raise TiffError(f"a directory of {count} entries")
    layout = struct.Struct(order + entry_code)
    entries = _exactly(file, count * layout.size)
    (following,) = struct.unpack(order + ("Q" if big else "I"), (file.read(inline) + bytes(inline))[:inline])
    tags: dict[int, Value] = {}
    has_layers = False
    for tag, kind, length, content in layout.iter_unpack(entries):
        has_layers |= tag == PHOTOSHOP_LAYERS
        code = _TYPES.get(kind)
        if tag not in _WANTED or code is None:
            continue
        length_bytes = length * struct.calcsize("<" + code)
        if length_bytes > min(size, _MAX_VALUE_BYTES):
            raise TiffError(f"tag {tag} has {length} values")
        if length_bytes > inline:
            file.seek(struct.unpack(order + ("Q" if big else "I"), content)[0])
            content = _exactly(file, length_bytes)
        tags[tag] = _value(content[:length_bytes], code, order)
    return TiffPage(order, index, tags, has_layers), following


def _value(data: bytes, code: str, order: str) -> Value:
    if code == "s":
        return data
    numbers = struct.unpack(f"{order}{len(data) // struct.calcsize('<' + code[0])}{code[0]}", data)
    if len(code) == 2:
        return tuple(_ratios(numbers))
    return numbers


def _ratios(numbers: tuple[int, ...]) -> Iterator[float]:
    for above, below in zip(numbers[::2], numbers[1::2], strict=True):
        yield above / below if below else 0.0


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise TiffError("it ends early")
    return data
