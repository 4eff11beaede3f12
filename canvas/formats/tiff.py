"""TIFF: the merged picture, exact, with 8 or 16 bits a channel, for print and for programs that read nothing newer.

Strips, each packed by itself with deflate after differences between neighbours; straight alpha. Beyond what 32 bits
can point to it becomes a BigTIFF.

Format: TIFF 6.0; Adobe Photoshop TIFF Technical Notes (deflate); BigTIFF as libtiff documents it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from canvas.formats import tiff_tags as tags
from canvas.formats.flat import read
from canvas.formats.flat_losses import flat_losses
from canvas.formats.flat_writing import embedded_profile, own_profile, put_in_place, same
from canvas.formats.job import Job
from canvas.formats.options import DEFAULT_OPTIONS, WriteOptions
from canvas.formats.picture import picture
from canvas.formats.pixels import Samples
from canvas.formats.properties import ppi
from canvas.formats.provenance import texts_of
from canvas.formats.threads import in_threads
from canvas.formats.tiff_pixels import DEFLATE, RGB, decode, layout
from canvas.state import DocumentState

__all__ = ["losses", "read", "write"]

_STRIP_BYTES = 1 << 19
_LEVEL = 4
#: Beyond it places in the file might need more than 32 bits.
_CLASSIC_BYTES = 4_000_000_000
_BYTE, _ASCII, _SHORT, _LONG, _RATIO, _UNDEFINED, _LONG8 = 1, 2, 3, 4, 5, 7, 16
_CODES = {_SHORT: "H", _LONG: "I", _LONG8: "Q"}
_DIFFERENCES, _STRAIGHT_ALPHA, _INCHES = 2, 2, 2
_Entry = tuple[int, int, bytes]
"""Tag, type, and the values as bytes, little-endian."""


def losses(state: DocumentState, options: WriteOptions) -> tuple[str, ...]:
    """What of `state` the file would not keep, a short phrase each."""
    return flat_losses(state, options)


def write(state: DocumentState, path: Path, options: WriteOptions = DEFAULT_OPTIONS, job: Job | None = None) -> None:
    """Write the merged picture, RGB when opaque. Raises FormatError and Cancelled."""
    job = job or Job()
    pixels = picture(state, options.depth, own_profile(state), None, job.part(0.0, 0.4))
    pieces = _pieces(pixels, _about(state, options), job.part(0.4, 0.8))
    put_in_place(path, options, pieces, partial(_verify, pixels, job.part(0.8, 1.0)), job)


def _verify(pixels: Samples, job: Job, path: Path) -> None:
    with path.open("rb") as file:
        form = layout(tags.pages(file, 1)[0])
        if form is None or (form.width, form.height) != pixels.shape[1::-1]:
            raise ValueError("its size is another")
        same(decode(file, form, (), job), pixels)


def _pieces(pixels: Samples, about: list[_Entry], job: Job) -> Iterator[bytes]:
    """The file from front to back: header, strips, and last the directory, which says where they are."""
    height, width, channels = pixels.shape
    row_bytes = width * channels * pixels.itemsize
    rows = max(1, min(height, _STRIP_BYTES // row_bytes))
    big = pixels.nbytes > _CLASSIC_BYTES
    packed: list[bytes] = []

    def pack(y: int) -> bytes:
        strip = pixels[y : y + rows]
        # Differences within a row, of whole values, as the predictor prescribes.
        differences = strip.copy()
        differences[:, 1:] -= strip[:, :-1]
        return zlib.compress(differences.astype(f"<u{pixels.itemsize}").tobytes(), _LEVEL)

    offsets, sizes = [], []
    at = 16 if big else 8
    for y, data in in_threads(pack, range(0, height, rows)):
        packed.append(data)
        offsets.append(at)
        sizes.append(len(data))
        at += len(data) + len(data) % 2
        job.reach(y / height)
    place = _LONG8 if big else _LONG
    entries = [
        _numbers(tags.WIDTH, _LONG, width),
        _numbers(tags.HEIGHT, _LONG, height),
        _numbers(tags.BITS, _SHORT, *[8 * pixels.itemsize] * channels),
        _numbers(tags.COMPRESSION, _SHORT, DEFLATE),
        _numbers(tags.PHOTOMETRIC, _SHORT, RGB),
        _numbers(tags.STRIP_OFFSETS, place, *offsets),
        _numbers(tags.ORIENTATION, _SHORT, 1),
        _numbers(tags.SAMPLES, _SHORT, channels),
        _numbers(tags.ROWS_PER_STRIP, _LONG, rows),
        _numbers(tags.STRIP_BYTES, place, *sizes),
        _numbers(tags.PLANAR, _SHORT, 1),
        _numbers(tags.PREDICTOR, _SHORT, _DIFFERENCES),
        _numbers(tags.SAMPLE_FORMAT, _SHORT, *[1] * channels),
        *([_numbers(tags.EXTRA_SAMPLES, _SHORT, _STRAIGHT_ALPHA)] if channels == 4 else []),
        *about,
    ]
    yield struct.pack("<2sHHHQ", b"II", 43, 8, 0, at) if big else struct.pack("<2sHI", b"II", 42, at)
    for data in packed:
        yield data + bytes(len(data) % 2)
    yield _directory(sorted(entries), at, big)
    job.reach(1.0)


def _directory(entries: list[_Entry], at: int, big: bool) -> bytes:
    count, entry, inline = ("Q", "HHQ", 8) if big else ("H", "HHI", 4)
    head = struct.pack("<" + count, len(entries))
    after = at + len(head) + len(entries) * (struct.calcsize("<" + entry) + inline) + inline
    table, behind = b"", b""
    for tag, kind, data in entries:
        values = len(data) // {_RATIO: 8, **{k: struct.calcsize(c) for k, c in _CODES.items()}}.get(kind, 1)
        table += struct.pack("<" + entry, tag, kind, values)
        if len(data) <= inline:
            table += data.ljust(inline, b"\0")
        else:
            table += struct.pack("<Q" if big else "<I", after + len(behind))
            behind += data + bytes(len(data) % 2)
    return head + table + bytes(inline) + behind


def _about(state: DocumentState, options: WriteOptions) -> list[_Entry]:
    """What is said beside the pixels."""
    texts, resolution = texts_of(state, options), ppi(state)
    found: list[_Entry] = [
        (tags.SOFTWARE, _ASCII, b"Underdraw\0"),
        (tags.ICC_PROFILE, _UNDEFINED, embedded_profile(state)),
    ]
    if texts.parameters is not None:
        found.append((tags.DESCRIPTION, _ASCII, texts.parameters.replace("\0", "").encode("utf-8", "replace") + b"\0"))
    if texts.xmp is not None:
        found.append((tags.XMP, _BYTE, texts.xmp.encode("utf-8", "replace")))
    if resolution is not None:
        ratio = struct.pack("<II", round(resolution * 1000), 1000)
        found += [(tags.X_RESOLUTION, _RATIO, ratio), (tags.Y_RESOLUTION, _RATIO, ratio)]
        found.append(_numbers(tags.RESOLUTION_UNIT, _SHORT, _INCHES))
    return found


def _numbers(tag: int, kind: int, *values: int) -> _Entry:
    return tag, kind, struct.pack(f"<{len(values)}{_CODES[kind]}", *values)
