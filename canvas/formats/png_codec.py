"""PNG as bytes: pictures of 8 and 16 bits a channel encoded and decoded exactly, on several threads. No document.

Encoding filters and compresses bands of rows by themselves and joins them to one stream. zlib's run-length strategy
makes filtered paintings as small as its level 4 does, in half the time; where a sample of a band shows that looking for
repetitions pays, as in line art, it does that. Decoding takes every kind of PNG at its full depth, checks sizes before
it allocates, and unpacks no more than the header promises. Any thread.

Format: PNG specification (third edition).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from canvas.formats.icc import MAX_BYTES
from canvas.formats.job import Job
from canvas.formats.pixels import Samples
from canvas.formats.png_filters import filter_rows, unfilter_rows
from canvas.formats.threads import in_threads

SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Bytes of a band before it is compressed: enough for the pool to be busy, and few to hold.
_BAND_BYTES = 1 << 20
#: Of a chunk that is kept in memory; texts and profiles are smaller.
_MAX_CHUNK = 8 << 20
_PIECE = 1 << 16
_SAMPLE_BYTES = 1 << 14
_RUNS = partial(zlib.compressobj, 3, zlib.DEFLATED, -15, 9, zlib.Z_RLE)
_REPETITIONS = partial(zlib.compressobj, 4, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY)
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
#: Adam7: first column and row, then steps.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
#: Chunks before the pixels that are looked at.
_WANTED = frozenset({b"PLTE", b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"pHYs", b"acTL", b"eXIf"})
_METRE_INCHES = 39.37007874


class PngError(ValueError):
    """What is wrong with the data, in a few words."""


@dataclass(frozen=True, slots=True)
class PngInfo:
    """What a PNG says before its pixels. `frames`: more than one when it is animated. `gamma` and `chromaticities`
    (white, red, green, blue, each x and y) as in gAMA and cHRM; `cicp`: primaries and transfer by ITU-T H.273."""

    width: int
    height: int
    depth: int
    colour_type: int
    interlaced: bool
    frames: int = 1
    palette: bytes = b""
    transparent: bytes | None = None
    profile: bytes | None = None
    srgb: bool = False
    gamma: float | None = None
    chromaticities: tuple[float, ...] | None = None
    cicp: tuple[int, int] | None = None
    ppi: float | None = None
    exif: bytes = b""

    @property
    def channels(self) -> int:
        """Of the pixels that decoding gives."""
        colours = 3 if self.colour_type in (2, 3, 6) else 1
        return colours + (self.colour_type in (4, 6) or self.transparent is not None)


# Out


def encode_png(pixels: Samples, chunks: Iterable[bytes] = (), job: Job | None = None) -> bytes:
    """`pixels` as a PNG of their depth and channels. `chunks`: what stands before the pixels, made by `chunk`."""
    return b"".join(png_pieces(pixels, chunks, job or Job()))


def png_pieces(pixels: Samples, chunks: Iterable[bytes], job: Job) -> Iterator[bytes]:
    """As `encode_png`, a piece at a time."""
    height, width, channels = pixels.shape
    depth = 8 * pixels.itemsize
    yield SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, _COLOUR_TYPES[channels], 0, 0, 0))
    yield from chunks
    row_bytes = width * channels * pixels.itemsize
    rows = max(1, min(height, _BAND_BYTES // row_bytes))
    step = channels * pixels.itemsize
    checksum = 1

    def packed(y: int) -> tuple[bytes, int, int]:
        filtered = _filtered(pixels, y, min(y + rows, height), step)
        deflate = _deflate(filtered)
        data = deflate.compress(filtered.data)
        data += deflate.flush(zlib.Z_FINISH if y + rows >= height else zlib.Z_SYNC_FLUSH)
        return data, zlib.adler32(filtered.data), filtered.nbytes

    for y, (data, adler, size) in in_threads(packed, range(0, height, rows)):
        job.reach(y / height)
        checksum = _joined_adler(checksum, adler, size)
        # The first piece carries zlib's header, the last its checksum.
        start = b"\x78\x5e" if y == 0 else b""
        end = struct.pack(">I", checksum) if y + rows >= height else b""
        yield chunk(b"IDAT", start + data + end)
    yield chunk(b"IEND", b"")
    job.reach(1.0)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def profile_chunk(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(profile, 9))


def srgb_chunk() -> bytes:
    """The colours are sRGB, to be rendered perceptually."""
    return chunk(b"sRGB", b"\0")


def ppi_chunk(ppi: float) -> bytes:
    per_metre = round(ppi * _METRE_INCHES)
    return chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))


def text_chunk(key: str, text: str) -> bytes:
    """tEXt where Latin-1 will do, which is what most readers look for first, else iTXt."""
    text = text.replace("\0", "")
    try:
        return chunk(b"tEXt", key.encode("latin-1") + b"\0" + text.encode("latin-1"))
    except UnicodeEncodeError:
        return international_text_chunk(key, text)


def international_text_chunk(key: str, text: str) -> bytes:
    """iTXt, uncompressed, as XMP must be."""
    return chunk(b"iTXt", key.encode("latin-1") + b"\0\0\0\0\0" + text.replace("\0", "").encode("utf-8", "replace"))


def _filtered(pixels: Samples, y0: int, y1: int, step: int) -> npt.NDArray[np.uint8]:
    """Rows y0..y1 as PNG's filtered bytes."""
    above = max(y0 - 1, 0)
    rows = np.zeros((1, y1 - y0 + 1, pixels.shape[1] * step), np.uint8)
    source = np.ascontiguousarray(pixels[above:y1])
    if pixels.itemsize == 2:
        source = source.astype(">u2")
    rows[0, (0 if y0 else 1) :] = source.view(np.uint8).reshape(y1 - above, -1)
    out = np.empty((1, y1 - y0, 1 + rows.shape[2]), np.uint8)
    filter_rows(rows, step, out)
    return out


def _deflate(filtered: npt.NDArray[np.uint8]) -> zlib._Compress:
    """What makes these bytes small in little time."""
    size = len(filtered.data.cast("B"))
    sample = filtered.data.cast("B")[size // 2 : size // 2 + max(size // 8, _SAMPLE_BYTES)]
    runs, repetitions = _RUNS(), _REPETITIONS()
    by_runs = len(runs.compress(sample) + runs.flush())
    return _REPETITIONS() if len(repetitions.compress(sample) + repetitions.flush()) < 0.9 * by_runs else _RUNS()


def _joined_adler(first: int, second: int, second_bytes: int) -> int:
    """The Adler-32 of two pieces one after the other (RFC 1950; zlib's adler32_combine)."""
    base = 65521
    a1, b1, a2, b2 = first & 0xFFFF, first >> 16, second & 0xFFFF, second >> 16
    a = (a1 + a2 - 1) % base
    b = (b1 + b2 + second_bytes % base * (a1 - 1)) % base
    return b << 16 | a


# In


def decode_png(file: BinaryIO, check: Callable[[int, int], None], job: Job | None = None) -> tuple[PngInfo, Samples]:
    """What a PNG says, and its pixels; of an animated one the default image. `check(width, height)` is asked before
    anything is allocated. Raises PngError, and OSError of the file."""
    reader = PngReader(file)
    info = reader.info
    check(info.width, info.height)
    job = job or Job()
    out = np.empty((info.height, info.width, info.channels), np.uint16 if info.depth == 16 else np.uint8)
    if info.interlaced:
        for number, (x, y, step_x, step_y) in enumerate(_PASSES):
            part = out[y::step_y, x::step_x]
            if part.size:
                for top, band in reader.bands(part.shape[1], part.shape[0]):
                    part[top : top + len(band)] = band
            job.reach((number + 1) / len(_PASSES))
    else:
        for top, band in reader.bands(info.width, info.height):
            out[top : top + len(band)] = band
            job.reach((top + len(band)) / info.height)
    reader.finish()
    return info, out


class PngReader:
    """Reads a PNG from the front: `info` at once, the pixels as they are asked for. Raises PngError."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        if file.read(8) != SIGNATURE:
            raise PngError("it is no PNG")
        self._left = 0
        self._crc = 0
        self.info = self._read_info()
        self._inflate = zlib.decompressobj()
        self._pending = b""

    def bands(self, width: int, height: int) -> Iterator[tuple[int, Samples]]:
        """The pixels of the next width x height pixels of the stream: the first row of each band, and the band."""
        info = self.info
        bits = info.depth * _CHANNELS[info.colour_type]
        row_bytes = (width * bits + 7) // 8
        step = max(1, bits // 8)
        count = max(1, _BAND_BYTES // (row_bytes + 1))
        above = np.zeros(row_bytes, np.uint8)
        for y in range(0, height, count):
            rows = min(count, height - y)
            filtered = np.frombuffer(self._inflated(rows * (row_bytes + 1)), np.uint8).reshape(1, rows, row_bytes + 1)
            plain = np.empty((1, rows + 1, row_bytes), np.uint8)
            plain[0, 0] = above
            if unfilter_rows(filtered, step, plain) >= 0:
                raise PngError("a row is filtered in an unknown way")
            above = plain[0, -1].copy()
            yield y, _expanded(plain[0, 1:], width, info)

    def finish(self) -> None:
        """To be called after the last row: raises PngError when the data that it came from are damaged."""
        while self._left:
            if not self._image_data():
                raise PngError("it ends early")
        self._end_chunk()

    def _inflated(self, size: int) -> bytearray:
        out = bytearray()
        while len(out) < size:
            piece = self._pending or self._image_data()
            if not piece or self._inflate.eof:
                raise PngError("it ends early")
            try:
                out += self._inflate.decompress(piece, size - len(out))
            except zlib.error as error:
                raise PngError(str(error)) from error
            self._pending = self._inflate.unconsumed_tail
        return out

    def _image_data(self) -> bytes:
        """The next bytes of IDAT chunks; none when there are no more."""
        while not self._left:
            self._end_chunk()
            self._left, kind = self._chunk_head()
            if kind != b"IDAT":
                return b""
        piece = self._file.read(min(self._left, _PIECE))
        self._left -= len(piece)
        self._crc = zlib.crc32(piece, self._crc)
        return piece

    def _chunk_head(self) -> tuple[int, bytes]:
        head = self._file.read(8)
        if len(head) < 8:
            raise PngError("it ends early")
        length, kind = struct.unpack(">I4s", head)
        if length > 0x7FFFFFFF:
            raise PngError("a chunk of impossible length")
        self._crc = zlib.crc32(kind)
        return length, kind

    def _end_chunk(self) -> None:
        if self._file.read(4) != struct.pack(">I", self._crc):
            raise PngError("a checksum does not fit")

    def _read_info(self) -> PngInfo:
        """Everything up to the first IDAT, which is begun."""
        length, kind = self._chunk_head()
        if kind != b"IHDR" or length != 13:
            raise PngError("it does not begin with its size")
        header = self._whole(length)
        width, height, depth, colour_type, packing, filtering, interlacing = struct.unpack(">IIBBBBB", header)
        if not width or not height or depth not in _DEPTHS.get(colour_type, ()):
            raise PngError(f"{width}x{height} pixels of kind {colour_type} with {depth} bits")
        if packing or filtering or interlacing > 1:
            raise PngError("an unknown way of packing")
        found: dict[bytes, bytes] = {}
        while True:
            length, kind = self._chunk_head()
            if kind == b"IDAT":
                self._left = length
                break
            if kind == b"IEND":
                raise PngError("it has no pixels")
            if length > _MAX_CHUNK or kind not in _WANTED:
                self._skip(length + 4)
            else:
                found.setdefault(kind, self._whole(length))
        if colour_type == 3 and not found.get(b"PLTE"):
            raise PngError("its palette is missing")
        return _info(PngInfo(width, height, depth, colour_type, bool(interlacing)), found)

    def _whole(self, length: int) -> bytes:
        data = self._file.read(length)
        self._crc = zlib.crc32(data, self._crc)
        if len(data) < length:
            raise PngError("it ends early")
        self._end_chunk()
        return data

    def _skip(self, size: int) -> None:
        while size:
            piece = self._file.read(min(size, 1 << 20))
            if not piece:
                raise PngError("it ends early")
            size -= len(piece)


def _info(header: PngInfo, found: Mapping[bytes, bytes]) -> PngInfo:
    """`header` with what other chunks say; what of them is damaged says nothing."""
    transparent = found.get(b"tRNS")
    if transparent is not None and len(transparent) < {0: 2, 2: 6, 3: 0}.get(header.colour_type, 1 << 30):
        transparent = None
    gamma, chromaticities = _numbers(found.get(b"gAMA"), ">I"), _numbers(found.get(b"cHRM"), ">8I")
    density, cicp = _numbers(found.get(b"pHYs"), ">IIB"), _numbers(found.get(b"cICP"), ">4B")
    frames = _numbers(found.get(b"acTL"), ">II")
    return replace(
        header,
        frames=frames[0] if frames else 1,
        palette=found.get(b"PLTE", b"")[: 3 * 256] if header.colour_type == 3 else b"",
        transparent=transparent,
        profile=_profile(found[b"iCCP"]) if b"iCCP" in found else None,
        srgb=b"sRGB" in found,
        gamma=gamma[0] / 100_000 if gamma and gamma[0] else None,
        chromaticities=tuple(v / 100_000 for v in chromaticities) if chromaticities else None,
        cicp=(cicp[0], cicp[1]) if cicp else None,
        ppi=_ppi(density[0]) if density and density[2] == 1 and density[0] else None,
        exif=found.get(b"eXIf", b""),
    )


def _ppi(per_metre: int) -> float:
    """What was rounded to whole pixels a metre is taken for the whole number of pixels an inch that it stands for."""
    found, step = per_metre / _METRE_INCHES, 0.5 / _METRE_INCHES
    return float(round(found)) if abs(found - round(found)) <= step else found


def _numbers(data: bytes | None, layout: str) -> tuple[int, ...] | None:
    return struct.unpack_from(layout, data) if data is not None and len(data) >= struct.calcsize(layout) else None


def _profile(data: bytes) -> bytes:
    """The profile in an iCCP chunk; a damaged one is empty."""
    try:
        return zlib.decompressobj().decompress(data[data.index(b"\0") + 2 :], MAX_BYTES)
    except (ValueError, zlib.error):
        return b""


def _expanded(rows: npt.NDArray[np.uint8], width: int, info: PngInfo) -> Samples:
    """Unfiltered rows of bytes as pixels, with alpha where a colour stands for transparency."""
    samples = _samples(rows, width, info)
    if info.colour_type == 3:
        return _palette(info)[samples[..., 0]]
    alpha = None
    if info.transparent is not None:
        # Compared before it is scaled: the colour is given in the file's own steps.
        colour = np.frombuffer(info.transparent, ">u2", samples.shape[2])
        alpha = (samples != colour).any(axis=2, keepdims=True)
    if info.depth < 8:
        samples = samples * np.uint8(255 // ((1 << info.depth) - 1))
    if alpha is None:
        return samples
    largest = np.iinfo(samples.dtype).max
    return np.concatenate([samples, np.where(alpha, largest, 0).astype(samples.dtype)], axis=2)


def _samples(rows: npt.NDArray[np.uint8], width: int, info: PngInfo) -> Samples:
    channels = _CHANNELS[info.colour_type]
    if info.depth == 16:
        return rows.view(">u2").astype(np.uint16).reshape(len(rows), width, channels)
    if info.depth == 8:
        return rows.reshape(len(rows), width, channels)
    shifts = np.arange(8 - info.depth, -1, -info.depth, dtype=np.uint8)
    values = (rows[..., None] >> shifts) & np.uint8((1 << info.depth) - 1)
    return values.reshape(len(rows), -1)[:, :width, None]


def _palette(info: PngInfo) -> npt.NDArray[np.uint8]:
    """256 colours, RGB or RGBA; those that the file does not have are black."""
    colours = np.zeros((256, info.channels), np.uint8)
    given = np.frombuffer(info.palette[: len(info.palette) // 3 * 3], np.uint8).reshape(-1, 3)
    colours[: len(given), :3] = given
    if info.transparent is not None:
        alpha = np.frombuffer(info.transparent[:256], np.uint8)
        colours[:, 3] = 255
        colours[: len(alpha), 3] = alpha
    return colours
