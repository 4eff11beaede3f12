"""Whether a PSD that was just written is whole: each section, record and length in it followed to the very end."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from canvas.formats.psd_channels import PACKBITS, RAW
from canvas.formats.psd_sections import (
    REAL_MASK,
    USER_MASK,
    Channel,
    Damaged,
    Extent,
    Header,
    Record,
    Source,
    read_sections,
)
from canvas.geometry import Rect

_COMPRESSION_BYTES = 2


def check_file(path: Path, layers: int) -> None:
    """Raises ValueError where something is missing, left over, or not as long as it says. `layers`: so many records."""
    try:
        with Source(path) as source:
            sections = read_sections(source)
            if len(sections.records) != layers:
                raise Damaged(f"{len(sections.records)} records of {layers}")
            for record in sections.records:
                for channel in record.channels:
                    _check_channel(source, sections.header, record, channel)
            _check_picture(source, sections.header, sections.merged)
    except struct.error as error:
        raise Damaged(str(error)) from error


def _check_channel(source: Source, header: Header, record: Record, channel: Channel) -> None:
    rect = _rect(record, channel.id)
    if channel.data.length != _needed_bytes(source, header, channel.data, rect.width, rect.height):
        raise Damaged("a channel is not as long as it says")


def _check_picture(source: Source, header: Header, merged: Extent) -> None:
    if merged.length != _needed_bytes(source, header, merged, header.width, header.height * header.channels):
        raise Damaged("the picture is not as long as it says")


def _rect(record: Record, channel_id: int) -> Rect:
    if channel_id not in (USER_MASK, REAL_MASK):
        return record.rect
    if record.mask is None:
        raise Damaged("a mask has no place")
    return record.mask.user.rect


def _needed_bytes(source: Source, header: Header, data: Extent, width: int, rows: int) -> int:
    """How long the data is by what it says at its beginning."""
    (compression,) = struct.unpack(">H", source.read(data.start, _COMPRESSION_BYTES))
    if compression == RAW:
        return _COMPRESSION_BYTES + width * rows * header.depth // 8
    if compression != PACKBITS:
        raise Damaged(f"it is compressed in a way {compression}")
    table = np.empty((rows, 2 if header.version == 1 else 4), np.uint8)
    source.fill(table, data.start + _COMPRESSION_BYTES)
    lengths = table.view(">u2" if header.version == 1 else ">u4")
    return _COMPRESSION_BYTES + table.nbytes + int(lengths.sum(dtype=np.int64))
