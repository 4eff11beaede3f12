"""Pixels of a page of a TIFF at their full depth: strips and tiles, packed in the usual ways. Any thread.

Taken over: grey, palette, RGB and CMYK of 1 to 16 bits, 32-bit integers, and floats, all as 8 or 16 bits; straight and
premultiplied alpha. For what else there is, such as JPEG in TIFF, there is no `Layout`. A strip unpacks to no more
than the page promises.

Format: TIFF 6.0 with Adobe's supplements (Photoshop TIFF Technical Notes 1 to 3).
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import zstandard

from canvas.formats import tiff_tags as tags
from canvas.formats.job import Job
from canvas.formats.pixels import Samples, as_16_bits
from canvas.formats.psd_kernels import unpack_rows
from canvas.formats.threads import in_threads
from canvas.formats.tiff_kernels import add_up8, add_up16, unpack_lzw
from canvas.formats.tiff_tags import TiffError, TiffPage

_Values: TypeAlias = npt.NDArray[Any]
Alpha: TypeAlias = Literal["straight", "premultiplied"]

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK = 0, 1, 2, 3, 5
NONE, LZW, DEFLATE, OLD_DEFLATE, PACK_BITS, LZMA, ZSTD = 1, 5, 8, 32946, 32773, 34925, 50000
_COLOURS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, CMYK: 4}
_COMPRESSIONS = (NONE, LZW, DEFLATE, OLD_DEFLATE, PACK_BITS, LZMA, ZSTD)
_DIFFERENCES, _FLOAT_DIFFERENCES = 2, 3
_UNSIGNED, _FLOAT = 1, 3
_ASSOCIATED, _UNASSOCIATED = 1, 2
_MAX_SAMPLES = 64
#: Of what is computed with more bits than it is kept with.
_BAND_ROWS = 128
#: Of one strip or tile beside what the picture itself takes.
_MAX_BLOCK_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Layout:
    """How the pixels of a page lie in the file. `keep`: which of the samples of a pixel are colour and alpha; `extra`:
    how many others there are. `block` (width, height): of a strip or tile. `planes`: 1, or as many as samples."""

    width: int
    height: int
    photometric: int
    samples: int
    keep: tuple[int, ...]
    alpha: Alpha | None
    extra: int
    dtype: np.dtype[Any] | None
    bits: int
    planes: int
    block: tuple[int, int]
    tiled: bool
    compression: int
    predictor: int
    offsets: tuple[int, ...]
    sizes: tuple[int, ...]

    @property
    def across(self) -> int:
        return -(-self.width // self.block[0])

    @property
    def down(self) -> int:
        return -(-self.height // self.block[1])

    @property
    def per_block(self) -> int:
        """Samples of a pixel within one strip or tile."""
        return 1 if self.planes > 1 else self.samples

    @property
    def row_bytes(self) -> int:
        return (self.block[0] * self.per_block * self.bits + 7) // 8


def layout(page: TiffPage) -> Layout | None:
    """None for what is not read here. Raises TiffError for what makes no sense."""
    photometric = page.number(tags.PHOTOMETRIC, -1)
    samples, bits = page.number(tags.SAMPLES, 1), page.numbers(tags.BITS) or (1,)
    kinds = page.numbers(tags.SAMPLE_FORMAT) or (_UNSIGNED,)
    compression, predictor = page.number(tags.COMPRESSION, NONE), page.number(tags.PREDICTOR, 1)
    colours = _COLOURS.get(photometric, 0)
    if not 0 < samples <= _MAX_SAMPLES or samples < colours or predictor not in (1, _DIFFERENCES, _FLOAT_DIFFERENCES):
        raise TiffError(f"{samples} samples a pixel")
    usual_bits = (16, 32, 64) if kinds[0] == _FLOAT else (1, 2, 4, 8, 16, 32)
    if (
        not colours
        or len({*bits}) > 1
        or len({*kinds}) > 1
        or bits[0] not in usual_bits
        or kinds[0] not in (_UNSIGNED, _FLOAT)
        or compression not in _COMPRESSIONS
        or page.number(tags.FILL_ORDER, 1) != 1
        or (photometric == PALETTE and bits[0] > 8)
        or (photometric == CMYK and (bits[0] not in (8, 16) or kinds[0] != _UNSIGNED))
        or (bits[0] < 8 and predictor != 1)
    ):
        return None
    dtype = None if bits[0] < 8 else np.dtype(f"{page.order}{'f' if kinds[0] == _FLOAT else 'u'}{bits[0] // 8}")
    alpha_at, alpha = _alpha(page, colours, samples)
    keep = (*range(colours), *((alpha_at,) if alpha_at else ()))
    tiled = bool(page.tags.get(tags.TILE_OFFSETS))
    if tiled:
        block = page.number(tags.TILE_WIDTH, 0), page.number(tags.TILE_HEIGHT, 0)
    else:
        block = page.width, min(page.number(tags.ROWS_PER_STRIP, page.height), page.height)
    found = Layout(
        page.width, page.height, photometric, samples, keep, alpha, samples - len(keep), dtype, bits[0],
        samples if page.number(tags.PLANAR, 1) == 2 and samples > 1 else 1, block, tiled, compression, predictor,
        page.numbers(tags.TILE_OFFSETS if tiled else tags.STRIP_OFFSETS),
        page.numbers(tags.TILE_BYTES if tiled else tags.STRIP_BYTES),
    )  # fmt: skip
    return _checked(found)


def decode(file: BinaryIO, form: Layout, palette: tuple[int, ...], job: Job) -> Samples:
    """The pixels of a page (h, w, channels): grey, RGB or, of a CMYK page, ink; then straight alpha if there is any.

    8 bits where the file has no more, else 16; floats and what is beyond them cut to 0..1.
    """
    shape = form.height, form.width, len(form.keep)
    out: Samples = np.empty(shape, np.uint16) if form.bits > 8 else np.empty(shape, np.uint8)
    blocks = len(form.offsets)

    def place(block: tuple[int, int, int, bytes]) -> None:
        plane, x, y, data = block
        values = _unpacked(form, data, min(form.block[1], form.height - y) if not form.tiled else form.block[1])
        values = values[: form.height - y, : form.width - x]
        to = out[y : y + values.shape[0], x : x + values.shape[1]]
        if form.planes > 1:
            to[..., form.keep.index(plane)] = values[..., 0]
        else:
            to[...] = values[..., list(form.keep)]

    for number, _ in enumerate(in_threads(place, _blocks(file, form))):
        job.reach((number + 1) / blocks)
    return _finished(out, form, palette)


def _blocks(file: BinaryIO, form: Layout) -> Iterator[tuple[int, int, int, bytes]]:
    """Every strip or tile that is needed: its plane, where it lies, and its packed bytes."""
    full = form.row_bytes * form.block[1]
    # No packing makes data more than twice as large: larger sizes are lies.
    most = full if form.compression == NONE else 2 * full + 1024
    for plane in form.keep if form.planes > 1 else (0,):
        for i in range(form.across * form.down):
            number = plane * form.across * form.down + i
            file.seek(form.offsets[number])
            data = file.read(min(form.sizes[number], most))
            yield plane, i % form.across * form.block[0], i // form.across * form.block[1], data


def _unpacked(form: Layout, data: bytes, rows: int) -> _Values:
    """The values of a strip or tile (rows, width, samples), uint8 or uint16, as they are in the file."""
    raw = _decompressed(form.compression, data, rows * form.row_bytes).reshape(rows, form.row_bytes)
    width, samples = form.block[0], form.per_block
    if form.dtype is None:
        shifts = np.arange(8 - form.bits, -1, -form.bits, dtype=np.uint8)
        values = (raw[..., None] >> shifts) & np.uint8((1 << form.bits) - 1)
        return values.reshape(rows, -1)[:, : width * samples].reshape(rows, width, samples)
    if form.predictor == _FLOAT_DIFFERENCES and form.dtype.kind == "f":
        add_up8(raw[None], samples)
        planes = raw.reshape(rows, form.dtype.itemsize, width * samples)
        values = np.ascontiguousarray(planes.transpose(0, 2, 1)).view(form.dtype.newbyteorder(">"))
        return _sixteen_bits(values.reshape(rows, width, samples))
    values = raw.view(form.dtype).astype(form.dtype.newbyteorder("="))
    if form.predictor == _DIFFERENCES:
        if form.bits == 8:
            add_up8(values[None], samples)
        elif form.bits == 16 and form.dtype.kind == "u":
            add_up16(values[None], samples)
        else:
            whole = values.view(f"u{form.dtype.itemsize}").reshape(rows, width, samples)
            values = np.add.accumulate(whole, axis=1, dtype=whole.dtype).view(values.dtype)
    values = values.reshape(rows, width, samples)
    return values if values.dtype in (np.uint8, np.uint16) else _sixteen_bits(values)


def _decompressed(compression: int, data: bytes, size: int) -> npt.NDArray[np.uint8]:
    """Exactly `size` bytes, writable. Raises TiffError when there are fewer."""
    out = np.empty(size, np.uint8)
    packed = np.frombuffer(data, np.uint8)[None, None]
    got = size
    if compression == LZW:
        got = unpack_lzw(packed, out[None, None])
    elif compression == PACK_BITS:
        length = np.frombuffer(len(data).to_bytes(4, "big"), np.uint8)[None, None]
        got = size if unpack_rows(packed, length, out[None, None]) < 0 else -1
    else:
        plain = data if compression == NONE else _inflated(compression, data, size)
        got = min(len(plain), size)
        out[:got] = np.frombuffer(plain, np.uint8, got)
    if got < size:
        raise TiffError("it ends early" if got >= 0 else "a strip does not unpack")
    return out


def _inflated(compression: int, data: bytes, size: int) -> bytes:
    try:
        if compression in (DEFLATE, OLD_DEFLATE):
            return zlib.decompressobj().decompress(data, size)
        if compression == LZMA:
            return lzma.LZMADecompressor(memlimit=256 << 20).decompress(data, size)
        return zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(data).read(size)
    except (zlib.error, lzma.LZMAError, zstandard.ZstdError) as error:
        raise TiffError(f"a strip does not unpack: {error}") from error


def _finished(out: Samples, form: Layout, palette: tuple[int, ...]) -> Samples:
    colours = _COLOURS[form.photometric]
    if form.photometric == PALETTE:
        looked_up = _palette(palette, form.bits)[out[..., 0]]
        if form.alpha is None:
            return looked_up
        alpha = out[..., 1:].astype(np.uint8) * np.uint8(255 // ((1 << form.bits) - 1))
        return np.dstack([as_16_bits(looked_up), as_16_bits(alpha)])
    if form.bits < 8:
        out = out * np.uint8(255 // ((1 << form.bits) - 1))
    if form.photometric == WHITE_IS_ZERO:
        out[..., 0] = np.iinfo(out.dtype).max - out[..., 0]
    if form.alpha == "premultiplied" and form.photometric != CMYK:
        out = _straight(out, colours)
    return out


def _straight(premultiplied: Samples, colours: int) -> Samples:
    """Colours divided by alpha, with 16 bits: 8 would lose what the division brings to light."""
    out = np.empty(premultiplied.shape, np.uint16)
    for y in range(0, len(out), _BAND_ROWS):
        wide = as_16_bits(premultiplied[y : y + _BAND_ROWS]).astype(np.uint64)
        alpha = np.maximum(wide[..., colours:], 1)
        wide[..., :colours] = np.minimum((wide[..., :colours] * 65535 + alpha // 2) // alpha, 65535)
        out[y : y + _BAND_ROWS] = wide
    return out


def _palette(values: tuple[int, ...], bits: int) -> Samples:
    """256 colours of 8 bits, or of 16 where the file has finer ones; those that it does not have are black."""
    count = 1 << bits
    if len(values) < 3 * count:
        raise TiffError("its palette is missing")
    given = np.array(values[: 3 * count], np.uint16).reshape(3, count).T
    colours = np.zeros((256, 3), np.uint16)
    colours[:count] = given
    if given.max() < 256:
        # Not in the 16 bits that the format prescribes, but old programs wrote it so.
        return colours.astype(np.uint8)
    if (given % 257 == 0).all() or (given % 256 == 0).all():
        return (colours >> 8).astype(np.uint8)
    return colours


def _sixteen_bits(values: _Values) -> _Values:
    if values.dtype.kind == "u":
        return (values >> 16).astype(np.uint16)
    known = np.nan_to_num(values.astype(np.float32, copy=False), nan=0.0, posinf=1.0, neginf=0.0)
    return (np.clip(known, 0, 1) * 65535 + 0.5).astype(np.uint16)


def _alpha(page: TiffPage, colours: int, samples: int) -> tuple[int | None, Alpha | None]:
    """Which sample is alpha. One more sample without a word what it is, is alpha; Photoshop's saved selections, which
    the file calls unspecified, are not."""
    kinds = page.numbers(tags.EXTRA_SAMPLES)
    for i, kind in enumerate(kinds[: samples - colours]):
        if kind in (_ASSOCIATED, _UNASSOCIATED):
            return colours + i, "premultiplied" if kind == _ASSOCIATED else "straight"
    if not kinds and samples == colours + 1:
        return colours, "straight"
    return None, None


def _checked(form: Layout) -> Layout:
    width, height = form.block
    block_bytes, picture_bytes = form.row_bytes * height, form.width * form.height * form.samples * form.bits // 8
    if width < 1 or height < 1 or block_bytes > max(picture_bytes, _MAX_BLOCK_BYTES):
        raise TiffError(f"strips or tiles of {width}x{height} pixels")
    count = form.across * form.down * form.planes
    if len(form.offsets) < count:
        raise TiffError("it ends early")
    sizes = form.sizes
    if len(sizes) < count:
        if form.compression != NONE:
            raise TiffError("the sizes of its strips are missing")
        sizes = (block_bytes,) * count
    return replace(form, offsets=form.offsets[:count], sizes=sizes[:count])
