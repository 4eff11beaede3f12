"""PSD files put together by hand, down to the last byte: what no program at hand writes, and what none should."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

RAW, PACKBITS, ZIP, PREDICTED = range(4)
GREY, INDEXED, RGB, CMYK, MULTICHANNEL, DUOTONE, LAB = 1, 2, 3, 4, 7, 8, 9


@dataclass
class Part:
    """A layer record. `channels`: number -> plane (h, w) of the file's depth, or bytes as they are."""

    name: str = "Layer"
    left: int = 0
    top: int = 0
    channels: Mapping[int, np.ndarray | bytes] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    blend: bytes = b"norm"
    opacity: int = 255
    clipping: int = 0
    flags: int = 8
    mask: bytes = b""
    ranges: bytes = b""
    blocks: Mapping[bytes, bytes] = field(default_factory=dict)
    compression: int = PACKBITS

    def rect(self) -> tuple[int, int, int, int]:
        planes = [p for i, p in self.channels.items() if isinstance(p, np.ndarray) and i > -2]
        width, height = self.size or (planes[0].shape[::-1] if planes else (0, 0))
        return self.top, self.left, self.top + height, self.left + width


def photoshop_file(
    size: tuple[int, int],
    parts: Sequence[Part] = (),
    merged: Sequence[np.ndarray] | bytes | None = None,
    *,
    mode: int = RGB,
    depth: int = 8,
    version: int = 1,
    resources: Mapping[int, bytes] | None = None,
    palette: bytes = b"",
    transparent: bool = False,
    channels: int | None = None,
    section: bytes | None = None,
    extra: bytes = b"",
) -> bytes:
    """The whole file. `section`: the block that holds the layers instead of the plain section. `extra`: after them.

    Without `merged` the picture is black, which is what programs write that have none.
    """
    wide = "Q" if version == 2 else "I"
    if merged is None:
        merged = bytes(2 + (1 if mode == GREY else 3) * size[0] * size[1] * depth // 8)
    count = channels or (len(merged) if not isinstance(merged, bytes) else 3)
    out = b"8BPS" + struct.pack(">H6xHIIHH", version, count, size[1], size[0], depth, mode)
    out += struct.pack(">I", len(palette)) + palette
    body = b"".join(
        b"8BIM" + struct.pack(">H2xI", key, len(data)) + data + bytes(len(data) % 2)
        for key, data in (resources or {}).items()
    )
    out += struct.pack(">I", len(body)) + body
    info = b""
    if parts:
        info = struct.pack(">h", -len(parts) if transparent else len(parts))
        packed = [_channels(part, depth, version) for part in parts]
        info += b"".join(_record(part, each, wide) for part, each in zip(parts, packed, strict=True))
        info += b"".join(data for each in packed for _, data in each)
        info += bytes(-len(info) % 4)
    plain = b"" if section else info
    layers = struct.pack(">" + wide, len(plain)) + plain + bytes(4) + extra
    if section:
        layers += b"8BIM" + section + struct.pack(">" + wide, len(info)) + info
    out += struct.pack(">" + wide, len(layers)) + layers
    if isinstance(merged, bytes):
        return out + merged
    return out + struct.pack(">H", RAW) + b"".join(_octets(plane, depth) for plane in merged)


def mask_record(rect: tuple[int, int, int, int], outside: int = 0, flags: int = 0, more: bytes = b"") -> bytes:
    """`rect`: top, left, bottom, right."""
    body = struct.pack(">4iBB", *rect, outside, flags) + more
    return body + bytes(-len(body) % 4)


def unicode_name(name: str) -> bytes:
    data = name.encode("utf-16-be")
    return struct.pack(">I", len(data) // 2) + data


def group(name: str, inside: Sequence[Part], blend: bytes = b"pass") -> list[Part]:
    """The records of a group, from the bottom."""
    mark = struct.pack(">I4s4s", 1, b"8BIM", blend)
    return [Part("</Layer group>", blocks={b"lsct": struct.pack(">I", 3)}), *inside, Part(name, blocks={b"lsct": mark})]


def packbits(row: bytes) -> bytes:
    """Runs where three and more are equal, else bytes as they are: slow and obvious."""
    out, i = b"", 0
    while i < len(row):
        run = 1
        while i + run < len(row) and run < 128 and row[i + run] == row[i]:
            run += 1
        if run >= 3:
            out += bytes([257 - run, row[i]])
            i += run
            continue
        start = i
        while i < len(row) and i - start < 128 and not (i + 2 < len(row) and row[i] == row[i + 1] == row[i + 2]):
            i += 1
        out += bytes([i - start - 1]) + row[start:i]
    return out


def compressed(plane: np.ndarray, compression: int, depth: int, version: int) -> bytes:
    """A channel with its two bytes in front."""
    head = struct.pack(">H", compression)
    if compression == RAW:
        return head + _octets(plane, depth)
    if compression == PACKBITS:
        rows = [packbits(_octets(row[None], depth)) for row in plane]
        form = ">H" if version == 1 else ">I"
        return head + b"".join(struct.pack(form, len(row)) for row in rows) + b"".join(rows)
    if compression == PREDICTED:
        return head + zlib.compress(_predicted(plane, depth))
    return head + zlib.compress(_octets(plane, depth))


def _predicted(plane: np.ndarray, depth: int) -> bytes:
    if depth == 32:
        octets = plane.astype(">f4").view(np.uint8).reshape(*plane.shape, 4)
        rows = octets.transpose(0, 2, 1).reshape(plane.shape[0], -1)
        return np.diff(rows.astype(np.int64), axis=1, prepend=0).astype(np.uint8).tobytes()
    differences = np.diff(plane.astype(np.int64), axis=1, prepend=0)
    return (
        differences.astype(np.uint8).tobytes() if depth == 8 else differences.astype(np.uint16).astype(">u2").tobytes()
    )


def _octets(plane: np.ndarray, depth: int) -> bytes:
    if depth == 1:
        return np.packbits(plane == 0, axis=1).tobytes()
    return plane.astype({8: ">u1", 16: ">u2", 32: ">f4"}[depth]).tobytes()


def _channels(part: Part, depth: int, version: int) -> list[tuple[int, bytes]]:
    return [
        (i, plane if isinstance(plane, bytes) else compressed(plane, part.compression, depth, version))
        for i, plane in part.channels.items()
    ]


def _record(part: Part, channels: Sequence[tuple[int, bytes]], wide: str) -> bytes:
    head = struct.pack(">4iH", *part.rect(), len(channels))
    head += b"".join(struct.pack(">h" + wide, i, len(data)) for i, data in channels)
    head += b"8BIM" + part.blend + struct.pack(">BBBx", part.opacity, part.clipping, part.flags)
    name = part.name.encode("mac_roman", "replace")[:255]
    legacy = bytes([len(name)]) + name
    legacy += bytes(-len(legacy) % 4)
    extra = struct.pack(">I", len(part.mask)) + part.mask + struct.pack(">I", len(part.ranges)) + part.ranges + legacy
    blocks = {b"luni": unicode_name(part.name), **part.blocks}
    for key, data in blocks.items():
        padded = data + bytes(len(data) % 2)
        extra += b"8BIM" + key + struct.pack(">I", len(padded)) + padded
    return head + struct.pack(">I", len(extra)) + extra
