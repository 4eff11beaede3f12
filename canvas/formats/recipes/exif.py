"""EXIF: the tags in which programs say how a picture was made. Bounded; what is damaged is passed over. Pure.

Format: TIFF 6.0 directories; EXIF 2.3 for the user comment and its codes of characters.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

DESCRIPTION, MAKE, MODEL, XMP = 0x010E, 0x010F, 0x0110, 0x02BC
USER_COMMENT, MAKER_NOTE = 0x9286, 0x927C
_EXIF_DIRECTORY = 0x8769
_WANTED = frozenset({DESCRIPTION, MAKE, MODEL, XMP, USER_COMMENT, MAKER_NOTE})
#: Of texts: bytes, ASCII, undefined and UTF-8.
_TEXT_TYPES = (1, 2, 7, 129)
_MAX_ENTRIES = 1000
_MAX_VALUE = 16 << 20
_CODE_BYTES = 8


def tags(file: BinaryIO) -> dict[int, bytes]:
    """The wanted tags of the first directory and of the EXIF one, of a TIFF or a block of EXIF. Raises OSError."""
    head = file.read(8)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8 or struct.unpack_from(order + "H", head, 2)[0] != 42:
        return {}
    found: dict[int, bytes] = {}
    (first,) = struct.unpack_from(order + "I", head, 4)
    waiting, seen = [first], set()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        for tag, kind, count, content in _entries(file, at, order):
            if tag == _EXIF_DIRECTORY and kind in (4, 13) and len(seen) == 1:
                waiting.append(struct.unpack(order + "I", content)[0])
            elif tag in _WANTED and kind in _TEXT_TYPES and tag not in found:
                found[tag] = content[:count] if count <= 4 else _value(file, content, count, order)
    return found


def _entries(file: BinaryIO, at: int, order: str) -> Iterator[tuple[int, int, int, bytes]]:
    file.seek(at)
    count = file.read(2)
    if len(count) < 2:
        return
    entries = file.read(12 * min(struct.unpack(order + "H", count)[0], _MAX_ENTRIES))
    yield from struct.iter_unpack(order + "HHI4s", entries[: len(entries) // 12 * 12])


def _value(file: BinaryIO, content: bytes, count: int, order: str) -> bytes:
    if count > _MAX_VALUE:
        return b""
    file.seek(struct.unpack(order + "I", content)[0])
    return file.read(count)


def plain(data: bytes) -> str:
    """The text of an ASCII tag, which in the wild is UTF-8."""
    return data.rstrip(b"\0").decode("utf-8", "replace")


def comment(data: bytes) -> str:
    """The text of a user comment, by its code of characters and, as many write another one, by what it looks like."""
    code, text = data[:_CODE_BYTES], data[_CODE_BYTES:]
    if code == b"UNICODE\0":
        return _utf16(text)
    if code in (b"ASCII\0\0\0", bytes(8)):
        return plain(text)
    if code == b"JIS\0\0\0\0\0":
        return text.decode("iso2022_jp", "replace").rstrip("\0")
    return _utf16(data) if b"\0" in data.rstrip(b"\0") else plain(data)


def _utf16(data: bytes) -> str:
    """UTF-16 of either order. Latin letters, of which every recipe has some, have a zero as their high byte."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").rstrip("\0")
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if not even and not odd and len(data) > 2:
        text = data.decode("utf-8", "ignore")
        # A text that says that it is Unicode and is UTF-8; two bytes of UTF-16 would rarely be.
        if len(text.encode()) == len(data) and text.isascii():
            return text
    order = "utf-16-be" if even >= odd else "utf-16-le"
    return data[: len(data) // 2 * 2].decode(order, "replace").rstrip("\0")
