"""Channels of a PSD as pixels: raw, PackBits and ZIP, of 1, 8, 16 and 32 bits, a band of rows at a time.

Bytes go from the file into one band's planes and from there into tiles: no layer is ever unpacked as a whole, and bands
are worked on by several threads at once. What a stream unpacks to is bounded by what its rectangle can hold.
"""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.formats import psd_kernels as kernels
from canvas.formats.psd_sections import Damaged, Extent, Source
from canvas.tiles import Pixels8

Plane: TypeAlias = npt.NDArray[Any]
"""Rows of one channel, shape (rows, width): uint8 0..255, uint16 0..65535, or float32 whose 1.0 is white."""

RAW, PACKBITS, ZIP, ZIP_PREDICTED = range(4)
#: The most that each packs into a byte, generously.
_MOST_RATIO = {RAW: 1, PACKBITS: 64, ZIP: 1040, ZIP_PREDICTED: 1040}
_COMPRESSION_BYTES = 2
#: What PSB allows.
_MOST_SIDE_PX = 300_000
_CHUNK_BYTES = 1 << 18
#: PackBits may double a row where a program writes each byte as a packet, and pad it.
_MOST_ROW_RATIO, _MOST_ROW_PADDING = 3, 256


@dataclass(frozen=True, slots=True)
class Shape:
    """Size in pixels and bits of one."""

    width: int
    height: int
    depth: int

    @property
    def row_bytes(self) -> int:
        return (self.width * self.depth + 7) // 8


class Rows(ABC):
    """The rows of one channel, wherever and however they are kept."""

    #: Whether any band may be asked for at any time, and by any thread; else each once, from top to bottom.
    in_any_order = True

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    @abstractmethod
    def read(self, y0: int, y1: int) -> Plane:
        """Rows y0..y1 as values. Raises Damaged."""


class _FileRows(Rows):
    def __init__(self, source: Source, shape: Shape) -> None:
        super().__init__(shape)
        self._source = source

    def read(self, y0: int, y1: int) -> Plane:
        octets = np.empty((1, y1 - y0, self.shape.row_bytes), np.uint8)
        self._unpack(y0, y1, octets)
        return self._values(octets)

    @abstractmethod
    def _unpack(self, y0: int, y1: int, out: Pixels8) -> None:
        """Fill `out` (1, rows, row bytes) with the bytes of rows y0..y1."""

    def _values(self, octets: Pixels8) -> Plane:
        values: Plane = octets[0]
        if self.shape.depth == 16:
            values = values.view(">u2").astype(np.uint16)
        elif self.shape.depth == 32:
            values = values.view(">f4").astype(np.float32)
        elif self.shape.depth == 1:
            # A set bit is ink.
            values = (1 - np.unpackbits(values, axis=1, count=self.shape.width)) * np.uint8(255)
        return values


class _RawRows(_FileRows):
    def __init__(self, source: Source, shape: Shape, start: int) -> None:
        super().__init__(source, shape)
        self._start = start

    def _unpack(self, y0: int, y1: int, out: Pixels8) -> None:
        self._source.fill(out, self._start + y0 * self.shape.row_bytes)


class _PackedRows(_FileRows):
    """`lengths` (height, 2 or 4): big-endian, how long each row is; the rows begin at `start`."""

    def __init__(self, source: Source, shape: Shape, lengths: Pixels8, start: int) -> None:
        super().__init__(source, shape)
        sizes = lengths.view(">u2" if lengths.shape[1] == 2 else ">u4")[:, 0].astype(np.int64)
        if int(sizes.max(initial=0)) > _MOST_ROW_RATIO * shape.row_bytes + _MOST_ROW_PADDING:
            raise Damaged("a row of its pixels is longer than any could be")
        self._lengths = lengths
        self._starts = np.concatenate([[start], start + np.cumsum(sizes)])

    @property
    def end(self) -> int:
        return int(self._starts[-1])

    def _unpack(self, y0: int, y1: int, out: Pixels8) -> None:
        start, end = int(self._starts[y0]), int(self._starts[y1])
        packed = np.empty((1, 1, end - start), np.uint8)
        self._source.fill(packed, start)
        if kernels.unpack_rows(packed, self._lengths[None, y0:y1], out) >= 0:
            raise Damaged("its pixels end early")


class _ZippedRows(_FileRows):
    """One stream from top to bottom."""

    in_any_order = False

    def __init__(self, source: Source, shape: Shape, data: Extent, *, predicted: bool) -> None:
        super().__init__(source, shape)
        self._at, self._end = data.start, data.end
        self._predicted = predicted
        self._stream = zlib.decompressobj()
        self._waiting = b""

    def _unpack(self, y0: int, y1: int, out: Pixels8) -> None:
        flat = out.reshape(-1)
        done = 0
        while done < len(flat):
            if not self._waiting:
                chunk = np.empty(min(_CHUNK_BYTES, self._end - self._at), np.uint8)
                self._source.fill(chunk, self._at)
                self._at += len(chunk)
                self._waiting = chunk.tobytes()
            ended = not self._waiting
            try:
                part = self._stream.decompress(self._waiting, len(flat) - done)
            except zlib.error as error:
                raise Damaged("its pixels cannot be unpacked") from error
            self._waiting = self._stream.unconsumed_tail
            flat[done : done + len(part)] = np.frombuffer(part, np.uint8)
            done += len(part)
            if not part and (ended or self._stream.eof):
                raise Damaged("its pixels end early")
        if self._predicted and self.shape.depth in (1, 8):
            kernels.undo_prediction8(out)

    def _values(self, octets: Pixels8) -> Plane:
        if not self._predicted or self.shape.depth in (1, 8):
            return super()._values(octets)
        values: Plane
        if self.shape.depth == 16:
            values = octets.view(">u2").astype(np.uint16)
            kernels.undo_prediction16(values)
            first: Plane = values[0]
            return first
        # Of floats the first bytes of a whole row come first, then the second ones, and so on.
        kernels.undo_prediction8(octets)
        rows = octets.reshape(octets.shape[1], 4, self.shape.width)
        values = np.ascontiguousarray(rows.transpose(0, 2, 1)).view(">f4")[..., 0].astype(np.float32)
        return values


class _KeptRows(Rows):
    """A plane that is unpacked already."""

    def __init__(self, shape: Shape, plane: Plane) -> None:
        super().__init__(shape)
        self._plane = plane

    def read(self, y0: int, y1: int) -> Plane:
        return self._plane[y0:y1]


def channel_rows(source: Source, data: Extent, shape: Shape, version: int) -> Rows:
    """The rows of a layer's or mask's channel. Raises Damaged before anything of its size is allocated."""
    if max(shape.width, shape.height) > _MOST_SIDE_PX:
        raise Damaged(f"it has a layer of {shape.width}x{shape.height} pixels")
    compression, rest = _compression(source, data, shape.row_bytes * shape.height)
    if compression == RAW:
        return _RawRows(source, shape, rest.start)
    if compression == PACKBITS:
        (rows,) = _packed(source, rest, shape, 1, version)
        return rows
    return _ZippedRows(source, shape, rest, predicted=compression == ZIP_PREDICTED)


def merged_rows(source: Source, data: Extent, shape: Shape, planes: int, version: int) -> list[Rows]:
    """The rows of each plane of the merged picture, which are packed as one. Raises Damaged."""
    size = shape.row_bytes * shape.height
    compression, rest = _compression(source, data, size * planes)
    if compression == RAW:
        return [_RawRows(source, shape, rest.start + i * size) for i in range(planes)]
    if compression == PACKBITS:
        return _packed(source, rest, shape, planes, version)
    stream = _ZippedRows(source, shape, rest, predicted=compression == ZIP_PREDICTED)
    return [_KeptRows(shape, stream.read(0, shape.height)) for _ in range(planes)]


def _compression(source: Source, data: Extent, needed: int) -> tuple[int, Extent]:
    """How the data are compressed, and where they lie; they must be able to become so many bytes."""
    if data.length < _COMPRESSION_BYTES:
        raise Damaged("its pixels end early")
    head = np.empty(_COMPRESSION_BYTES, np.uint8)
    source.fill(head, data.start)
    compression = int(head.view(">u2")[0])
    if compression not in _MOST_RATIO:
        raise Damaged(f"its pixels are compressed in way {compression}, which is not known")
    rest = Extent(data.start + _COMPRESSION_BYTES, data.length - _COMPRESSION_BYTES)
    if needed > rest.length * _MOST_RATIO[compression]:
        raise Damaged("its pixels end early")
    return compression, rest


def _packed(source: Source, data: Extent, shape: Shape, planes: int, version: int) -> list[Rows]:
    """Planes of PackBits rows after one table of their lengths."""
    table = np.empty((planes, shape.height, 2 if version == 1 else 4), np.uint8)
    if table.nbytes > data.length:
        raise Damaged("its pixels end early")
    source.fill(table, data.start)
    start = data.start + table.nbytes
    found: list[Rows] = []
    for lengths in table:
        rows = _PackedRows(source, shape, lengths, start)
        if rows.end > data.end:
            raise Damaged("its pixels end early")
        start = rows.end
        found.append(rows)
    return found
