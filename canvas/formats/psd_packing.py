"""Channels as a PSD has them packed, put together from bands that any thread packed.

Nearly always PackBits of rows, which every reader takes. Photoshop itself has 16 bits as ZIP with prediction, a third
as large; but Krita 5.1 adds up those differences as signed bytes, and shows other colours.

What has been packed waits in memory, and beyond a limit in a file without a name beside the target, so that a layer of
any size needs no more memory than the limit.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from types import TracebackType
from typing import IO, BinaryIO, Self

import numpy as np
import numpy.typing as npt

from canvas.formats.planes import pack_rows
from canvas.formats.psd_planes import Planes, octets

#: Of packed bytes of one plane that wait in memory.
_MEMORY_BYTES = 96 << 20
_COPY_BYTES = 1 << 20
_RAW, _PACKBITS = struct.pack(">H", 0), struct.pack(">H", 1)


@dataclass(frozen=True, slots=True)
class PackedRows:
    """One band of one plane: the length of each row, and the rows. `low`: the smallest byte before it was packed.

    Without lengths where the rows are as they were.
    """

    lengths: npt.NDArray[np.uint16] | None
    data: bytes
    low: int


def packed_rows(planes: Planes) -> list[PackedRows]:
    """Each plane of a band."""
    rows = octets(planes)
    lows = [int(plane.min(initial=255)) for plane in rows]
    return [PackedRows(lengths, data, low) for (lengths, data), low in zip(pack_rows(rows), lows, strict=True)]


def plain_rows(planes: Planes) -> list[PackedRows]:
    """Each plane of a band, not packed."""
    return [PackedRows(None, plane.tobytes(), int(plane.min(initial=255))) for plane in octets(planes)]


class Spool:
    """Bytes that are written once and read once, in order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._chunks: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._waiting = 0
        self.size = 0

    def add(self, data: bytes) -> None:
        self.size += len(data)
        if self._file is not None:
            self._file.write(data)
            return
        self._chunks.append(data)
        self._waiting += len(data)
        if self._waiting > _MEMORY_BYTES:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 # lives as long as the spool
            self._file.writelines(self._chunks)
            self._chunks = []

    def write(self, file: BinaryIO) -> None:
        """Append everything to `file`."""
        if self._file is None:
            file.writelines(self._chunks)
            return
        self._file.seek(0)
        copyfileobj(self._file, file, _COPY_BYTES)

    def close(self) -> None:
        self._chunks = []
        if self._file is not None:
            self._file.close()


class Channel:
    """One plane, put together from its bands, top to bottom. Close it when it is written."""

    def __init__(self, folder: Path) -> None:
        self._spool = Spool(folder)
        self._lengths: list[npt.NDArray[np.uint16]] = []
        self.low = 255

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.close()

    def add(self, part: PackedRows) -> None:
        if part.lengths is not None:
            self._lengths.append(part.lengths)
        self._spool.add(part.data)
        self.low = min(self.low, part.low)

    @property
    def size(self) -> int:
        """Bytes of the rows."""
        return self._spool.size

    @property
    def packed(self) -> bool:
        return bool(self._lengths)

    def write(self, file: BinaryIO, version: int) -> None:
        """A layer's channel."""
        write_planes(file, version, [self])

    def write_lengths(self, file: BinaryIO, version: int) -> None:
        for lengths in self._lengths:
            file.write(lengths.astype(">u2" if version == 1 else ">u4").tobytes())

    def write_rows(self, file: BinaryIO) -> None:
        self._spool.write(file)


def write_planes(file: BinaryIO, version: int, planes: Sequence[Channel]) -> None:
    """How they are packed, the lengths of the rows of all planes, and their rows: a channel, or the merged picture."""
    file.write(_PACKBITS if planes[0].packed else _RAW)
    for plane in planes:
        plane.write_lengths(file, version)
    for plane in planes:
        plane.write_rows(file)
