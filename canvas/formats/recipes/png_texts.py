"""Texts in a PNG, before and behind its pixels, which are passed over. Bounded in number, size and time.

Format: PNG specification (third edition), sections 11.3.3 and 11.3.4.5.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from typing import BinaryIO

from canvas.formats.recipes import exif

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS = 200_000
#: Of one text when unpacked, and of all of them.
_MAX_TEXT, _MAX_ALL = 8 << 20, 24 << 20
_MAX_KEYS = 200


def read(file: BinaryIO, *, behind: bool = True) -> tuple[dict[str, str], bytes, bytes]:
    """Texts by key, the first of each; EXIF; content credentials. `behind`: look also at what follows the pixels.

    Raises OSError.
    """
    texts: dict[str, str] = {}
    about, credentials = b"", b""
    room = _MAX_ALL
    if file.read(len(SIGNATURE)) != SIGNATURE:
        return texts, about, credentials
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        size, kind = struct.unpack(">I4s", head)
        if kind == b"IEND" or (kind == b"IDAT" and not behind):
            break
        if kind not in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"caBX") or size > min(_MAX_TEXT, room):
            file.seek(size + 4, os.SEEK_CUR)
            continue
        data = file.read(size)
        file.seek(4, os.SEEK_CUR)
        room -= size
        if kind == b"eXIf":
            about = about or data
        elif kind == b"caBX":
            credentials = credentials or data
        elif len(texts) < _MAX_KEYS:
            key, text = _text(kind, data, min(_MAX_TEXT, room))
            room -= len(text)
            texts.setdefault(key, text)
    return texts, about, credentials


def _text(kind: bytes, data: bytes, most: int) -> tuple[str, str]:
    """Key and text of a chunk; a text that does not unpack, or to more than `most` bytes, is empty."""
    raw_key, _, rest = data.partition(b"\0")
    key = raw_key.decode("latin-1")
    if kind == b"tEXt":
        # Latin-1 by the specification; many write UTF-8 all the same.
        return key, _utf8_or_latin(rest)
    if kind == b"zTXt":
        return key, _utf8_or_latin(_unpacked(rest[1:], most))
    packed = rest[:1] == b"\1"
    _language, _, rest = rest[2:].partition(b"\0")
    _translated, _, text = rest.partition(b"\0")
    return key, (_unpacked(text, most) if packed else text).decode("utf-8", "replace")


def _utf8_or_latin(data: bytes) -> str:
    if data.isascii():
        return data.decode("ascii")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _unpacked(data: bytes, most: int) -> bytes:
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(data, most)
    except zlib.error:
        return b""
    return b"" if inflate.unconsumed_tail else text


def exif_of(about: bytes) -> dict[int, bytes]:
    """The tags of an EXIF block that may begin with the mark that JPEG gives it."""
    return exif.tags(io.BytesIO(about.removeprefix(b"Exif\0\0")))
