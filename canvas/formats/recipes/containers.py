"""Where files of each format keep texts about how they were made. Pixels are not read. Any thread.

All texts come under the keys that PNG has for them: `parameters` for EXIF's user comment, `prompt` and `workflow` for
what ComfyUI puts into camera names, and so on. Whatever is too large, damaged or makes no sense is left out.
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from canvas.formats.recipes import exif, own, png_texts, xmp

XMP_KEY = "XML:com.adobe.xmp"
_EXIF_MARK, _XMP_MARK = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP_MARK = b"http://ns.adobe.com/xmp/extension/\0"
_MAX_SEGMENTS = 5000
_MAX_BLOCK = 16 << 20
_MAX_COMMENT = 1 << 20
#: The kind of box that holds content credentials in files made of boxes.
_CREDENTIALS_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_MERGED_ENTRY = "mergedimage.png"
#: So much of a merged picture is looked at, and of an AVIF.
_MAX_MERGED, _MAX_AVIF = 16 << 20, 512 << 20
_XMP_RESOURCES, _EXIF_RESOURCES = 1060, 1058
#: What ComfyUI's nodes put before the graphs that they write into camera names.
_GRAPH_PREFIXES = ("prompt", "workflow")


@dataclass(frozen=True, slots=True)
class Embedded:
    """`texts` by key; those of XMP by the names of `xmp.properties`. `credentials`: a C2PA manifest store."""

    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    credentials: bytes = b""


def embedded_in(path: Path) -> Embedded:
    """What a file says, empty for one that says nothing or cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(64)
            file.seek(0)
            reader = next((read for fits, read in _READERS if fits(head)), None)
            return Embedded() if reader is None else reader(file)
    except (OSError, ValueError, LookupError, struct.error, zlib.error, RuntimeError, EOFError, TypeError):
        return Embedded()
    except (zipfile.BadZipFile, NotImplementedError, MemoryError, OverflowError):
        return Embedded()


# Formats


def _png(file: BinaryIO, *, behind: bool = True) -> Embedded:
    texts, about, credentials = png_texts.read(file, behind=behind)
    packet = texts.pop(XMP_KEY, "")
    return _gathered(texts, about, packet.encode("utf-8", "replace"), credentials)


def _jpeg(file: BinaryIO) -> Embedded:
    file.seek(2)
    about, packet, credentials = b"", b"", b""
    more: dict[int, bytes] = {}
    texts: dict[str, str] = {}
    for _ in range(_MAX_SEGMENTS):
        marker = file.read(2)
        while marker == b"\xff\xff":
            marker = b"\xff" + file.read(1)
        if len(marker) < 2 or marker[0] != 0xFF or marker[1] in (0xD9, 0xDA):
            break
        if marker[1] == 1 or 0xD0 <= marker[1] <= 0xD8:
            continue
        size = file.read(2)
        data = file.read(max(0, struct.unpack(">H", size)[0] - 2))
        if marker[1] == 0xE1 and data.startswith(_EXIF_MARK):
            about = about or data
        elif marker[1] == 0xE1 and data.startswith(_XMP_MARK):
            packet = packet or data[len(_XMP_MARK) :]
        elif marker[1] == 0xE1 and data.startswith(_MORE_XMP_MARK):
            at = len(_MORE_XMP_MARK) + 32
            (offset,) = struct.unpack_from(">I", data, at + 4)
            more[offset] = data[at + 8 :]
        elif marker[1] == 0xEB and b"jumb" in data[:64]:
            # All but the first segment repeat a header of 16 bytes.
            credentials += data[8:] if not credentials else data[16:]
        elif marker[1] == 0xFE and data:
            texts.setdefault("comment", exif.plain(data))
    return _gathered(texts, about, packet, credentials, b"".join(more[at] for at in sorted(more)))


def _webp(file: BinaryIO) -> Embedded:
    blocks: dict[bytes, bytes] = {}
    file.seek(12)
    for _ in range(_MAX_SEGMENTS):
        head = file.read(8)
        if len(head) < 8:
            break
        kind, size = struct.unpack("<4sI", head)
        if kind in (b"EXIF", b"XMP ", b"C2PA") and size <= _MAX_BLOCK and kind not in blocks:
            blocks[kind] = file.read(size)
            file.seek(size % 2, os.SEEK_CUR)
        else:
            file.seek(size + size % 2, os.SEEK_CUR)
    return _gathered({}, blocks.get(b"EXIF", b""), blocks.get(b"XMP ", b""), blocks.get(b"C2PA", b""))


def _avif(file: BinaryIO) -> Embedded:
    from PIL import Image  # half a tenth of a second that only such files need

    data = file.read(_MAX_AVIF)
    with Image.open(io.BytesIO(data), formats=("AVIF",)) as image:
        about, packet = image.info.get("exif", b""), image.info.get("xmp", b"")
    at = data.find(_CREDENTIALS_BOX, 0, _MAX_BLOCK)
    return _gathered({}, bytes(about), bytes(packet), data[at : at + _MAX_BLOCK] if at >= 0 else b"")


def _tiff(file: BinaryIO) -> Embedded:
    found = exif.tags(file)
    texts = _from_tags(found)
    description = exif.plain(found.get(exif.DESCRIPTION, b""))
    if description:
        texts.setdefault("comment", description)
    return _gathered(texts, b"", found.get(exif.XMP, b""), b"")


def _gif(file: BinaryIO) -> Embedded:
    from PIL import Image

    try:
        with Image.open(file, formats=("GIF",)) as image:
            comment = image.info.get("comment", b"")
    except Image.DecompressionBombError:
        return Embedded()
    return _gathered({"comment": exif.plain(comment)} if isinstance(comment, bytes) else {}, b"", b"", b"")


def _zipped(file: BinaryIO) -> Embedded:
    """OpenRaster and Krita: the merged picture, a PNG whose texts stand before its pixels."""
    with zipfile.ZipFile(file) as archive:
        entry = archive.getinfo(_MERGED_ENTRY)
        # Texts come first, and what is beyond may be a bomb.
        with archive.open(entry) as merged:
            return _png(io.BytesIO(merged.read(_MAX_MERGED)), behind=False)


def _psd(file: BinaryIO) -> Embedded:
    file.seek(26)
    (colours,) = struct.unpack(">I", file.read(4))
    file.seek(colours, os.SEEK_CUR)
    (left,) = struct.unpack(">I", file.read(4))
    blocks: dict[int, bytes] = {}
    for _ in range(_MAX_SEGMENTS):
        head = file.read(7)
        if left < 12 or len(head) < 7:
            break
        number, name = struct.unpack(">4xHB", head)
        name_bytes = name + (name + 1) % 2
        file.seek(name_bytes, os.SEEK_CUR)
        (size,) = struct.unpack(">I", file.read(4))
        padded = size + size % 2
        if number in (_XMP_RESOURCES, _EXIF_RESOURCES) and size <= _MAX_BLOCK:
            blocks[number] = file.read(size)
            file.seek(size % 2, os.SEEK_CUR)
        else:
            file.seek(padded, os.SEEK_CUR)
        left -= 11 + name_bytes + padded
    return _gathered({}, blocks.get(_EXIF_RESOURCES, b""), blocks.get(_XMP_RESOURCES, b""), b"")


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[BinaryIO], Embedded]], ...] = (
    (lambda head: head.startswith(png_texts.SIGNATURE), _png),
    (lambda head: head.startswith(b"\xff\xd8\xff"), _jpeg),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _webp),
    (lambda head: head[4:8] == b"ftyp" and b"avi" in head[8:64], _avif),
    (lambda head: head.startswith((b"II*\0", b"MM\0*")), _tiff),
    (lambda head: head.startswith(b"GIF8"), _gif),
    (lambda head: head.startswith(b"PK\3\4") and b"mimetype" in head, _zipped),
    (lambda head: head.startswith(b"8BPS"), _psd),
)


# One set of keys


def _gathered(
    texts: Mapping[str, str], about: bytes, packet: bytes, credentials: bytes, more_xmp: bytes = b""
) -> Embedded:
    """Texts of the file itself, then what EXIF says, then XMP."""
    found = {**(_from_tags(png_texts.exif_of(about)) if about else {}), **texts}
    if "comment" in found and "parameters" not in found and len(found["comment"]) <= _MAX_COMMENT:
        found["parameters"] = found.pop("comment")
    for block in (packet, more_xmp):
        for name, text in xmp.properties(block).items() if block else ():
            found.setdefault(own.KEY if name == "recipes" else name, text)
    return Embedded(MappingProxyType(found), credentials)


def _from_tags(tags: Mapping[int, bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in (exif.MODEL, exif.MAKE, exif.DESCRIPTION):
        name, colon, graph = exif.plain(tags.get(tag, b"")).partition(":")
        if colon and name.strip().lower() in _GRAPH_PREFIXES and graph.lstrip().startswith("{"):
            found.setdefault(name.strip().lower(), graph)
    if exif.USER_COMMENT in tags:
        comment = exif.comment(tags[exif.USER_COMMENT])
        if comment.strip():
            found["parameters"] = comment
    note = exif.plain(tags.get(exif.MAKER_NOTE, b""))
    if note in ("fooocus", "a1111"):
        found["fooocus_scheme"] = note
    return found
