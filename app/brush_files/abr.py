"""Photoshop's brushes, `.abr`: versions 1 and 2 (sampled and computed tips), and from 6 on the sampled tips. No Qt.

The first two are documented in Adobe's file format specification; the layout of the later ones is common knowledge
among the programs that read them: 8BIM blocks, of which `samp` holds the tips, each after a header whose length
depends on the subversion. Their names and dynamics stand in another block, which is not read.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from app.brush_files.brush_set import MAX_BRUSHES, MAX_PICTURE_PX, BrushSet, collected, sampled_brush
from canvas.brush import Brush, Dynamic, Input, Parameter
from canvas.tiles import Pixels8

_COMPUTED, _SAMPLED = 1, 2
#: Bytes before the bounds of a sampled tip: an identifier, and what each subversion adds.
_SAMPLE_HEADERS = {1: 47, 2: 301}
_DEFAULT_SPACING = 0.25

Found = tuple[str, Pixels8 | None, Brush]


def parse(data: bytes, stem: str) -> BrushSet:
    """`stem` names the brushes that have no name. Raises ValueError with what is wrong."""
    source = _Bytes(data)
    version, second = source.numbers("HH")
    if version in (1, 2):
        found = _old(source, version, second, stem)
    elif 6 <= version <= 10 and second in _SAMPLE_HEADERS:
        found = _new(source, _SAMPLE_HEADERS[second], stem)
    else:
        raise ValueError(f"version {version}.{second} of Photoshop brushes is unknown")
    if not found:
        raise ValueError("it holds no tips that can be read")
    return collected(found)


class _Bytes:
    """Big-endian numbers one after the other. Raises ValueError where the data end early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if not 0 <= count <= self.left:
            raise ValueError("it ends early")
        self._at += count
        return self._data[self._at - count : self._at]

    def numbers(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(f">{layout}", self.take(struct.calcsize(f">{layout}")))


def _old(source: _Bytes, version: int, count: int, stem: str) -> list[Found]:
    found: list[Found] = []
    for number in range(1, min(count, MAX_BRUSHES) + 1):
        kind, size = source.numbers("HI")
        entry = _Bytes(source.take(size))
        if kind not in (_COMPUTED, _SAMPLED):
            continue
        (_, spacing) = entry.numbers("IH")
        name = f"{stem} {number}"
        if version == 2 and kind == _SAMPLED:
            (units,) = entry.numbers("I")
            name = entry.take(2 * units).decode("utf-16-be", "replace").rstrip("\0") or name
        if kind == _COMPUTED:
            found.append((name, None, _computed(name, spacing, entry)))
            continue
        entry.take(1 + 8)  # antialiasing, and the bounds in short numbers
        mask = _picture(entry)
        brush, mask = sampled_brush(name, mask, spacing / 100.0)
        found.append((name, mask, brush))
    return found


def _computed(name: str, spacing: int, entry: _Bytes) -> Brush:
    diameter, roundness, angle, hardness = entry.numbers("HHhH")
    return Brush(
        name, ("imported",), size_px=float(min(max(diameter, 1), 1000)), hardness=min(hardness, 100) / 100.0,
        roundness=min(max(roundness, 1), 100) / 100.0, rotation_deg=float(-angle % 360),
        spacing=min(max(spacing, 1), 1000) / 100.0, dynamics=(Dynamic(Parameter.SIZE, Input.PRESSURE),),
    )  # fmt: skip


def _new(source: _Bytes, header: int, stem: str) -> list[Found]:
    found: list[Found] = []
    while source.left >= 12:
        mark, key, size = source.take(4), source.take(4), source.numbers("I")[0]
        if mark != b"8BIM":
            raise ValueError("a block is missing")
        block = _Bytes(source.take(size))
        while key == b"samp" and block.left >= 4 and len(found) < MAX_BRUSHES:
            (length,) = block.numbers("I")
            entry = _Bytes(block.take(length))
            block.take(min(-length % 4, block.left))
            entry.take(header)
            name = f"{stem} {len(found) + 1}"
            brush, mask = sampled_brush(name, _picture(entry), _DEFAULT_SPACING)
            found.append((name, mask, brush))
    return found


def _picture(entry: _Bytes) -> Pixels8:
    """Bounds, depth, compression, pixels: (h, w), 255 where paint goes."""
    top, left, bottom, right, depth, packed = entry.numbers("4iHB")
    height, width = bottom - top, right - left
    if not (0 < height <= 16384 and 0 < width <= 16384 and height * width <= MAX_PICTURE_PX):
        raise ValueError(f"a tip says that it is {width} x {height} px")
    if depth not in (8, 16) or packed not in (0, 1):
        raise ValueError(f"a tip has {depth} bits a pixel, packed in a way that is unknown")
    row = width * depth // 8
    if packed:
        lengths = entry.numbers(f"{height}H")
        pixels = b"".join(_unpacked(entry.take(length), row) for length in lengths)
    else:
        pixels = entry.take(row * height)
    # Of 16 bits the first byte is the larger part.
    return np.frombuffer(pixels, np.uint8).reshape(height, width, depth // 8)[..., 0].copy()


def _unpacked(packed: bytes, size: int) -> bytes:
    """A row of PackBits (Apple's technical note 1023)."""
    out, at = bytearray(), 0
    while at < len(packed) and len(out) < size:
        head = packed[at]
        if head < 128:
            out += packed[at + 1 : at + 2 + head]
            at += 2 + head
        elif head > 128:
            out += packed[at + 1 : at + 2] * (257 - head)
            at += 2
        else:
            at += 1
    if len(out) != size:
        raise ValueError("a row of a tip is damaged")
    return bytes(out)
