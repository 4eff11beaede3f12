"""PNG in bands of rows: written with every core, read straight into tiles, without a whole picture in memory.

For files that hold many PNGs, such as OpenRaster: any size, 8 and 16 bits a channel. What the fast way of reading does
not know (palettes, interlacing, fewer bits) goes through Pillow, as a whole. Any thread.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from canvas.formats import png_kernels as kernels
from canvas.formats.colour_profiles import srgb_profile, to_srgb
from canvas.formats.job import Cancelled, Job
from canvas.formats.pixels import surface_from_rgba8
from canvas.formats.png_codec import SIGNATURE, chunk, profile_chunk, srgb_chunk
from canvas.formats.png_filters import unfilter_rows
from canvas.formats.png_kernels import Straight, lay_straight
from canvas.formats.threads import in_threads
from canvas.tiles import TILE_PX, Pixels, Surface, TileKey

#: Faster than 6 by three times on paintings, and a tenth larger.
_LEVEL = 2
#: Of a zlib stream of that level; and the empty last block of deflate, which ends the bands' blocks.
_ZLIB_HEAD, _DEFLATE_END = b"\x78\x5e", b"\x03\x00"
_ADLER_BASE = 65521
_PIECE_BYTES = 1 << 18
_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_CHANNELS = {_GREY: 1, _RGB: 3, _PALETTE: 1, _GREY_ALPHA: 2, _RGBA: 4}
_COLOUR_TYPES = {1: _GREY, 2: _GREY_ALPHA, 3: _RGB, 4: _RGBA}
_MAX_CHUNK_BYTES, _MAX_CHUNKS = 16 << 20, 1000
#: What a program may have named a PNG though it is none.
_OTHER_READERS = ("PNG", "JPEG", "WEBP")


class Damaged(ValueError):
    """What no program writes."""


#: What reading a stranger's picture raises when it is damaged; an OSError, when `is_damage` says so.
UNREADABLE = (
    OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError,
    struct.error, zlib.error, zipfile.BadZipFile, Image.DecompressionBombError,
)  # fmt: skip


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


def is_damage(error: Exception) -> bool:
    """Whether it is about the picture: what the operating system refuses has a number."""
    return not isinstance(error, OSError) or error.errno is None


@dataclass(frozen=True, slots=True)
class Header:
    """What the start of a picture says. `plain`: the fast way can read it."""

    width: int
    height: int
    depth: int
    colour_type: int
    plain: bool

    @property
    def channels(self) -> int:
        return _CHANNELS[self.colour_type]


# Writing


def srgb_chunks(depth: int) -> list[bytes]:
    """What says that the values are sRGB. Krita asks the artist about 16-bit pictures without a whole profile."""
    return [srgb_chunk() if depth == 8 else profile_chunk(srgb_profile())]


def write_png(
    out: Sink,
    width: int,
    height: int,
    rows: Callable[[int, int], Straight],
    chunks: Sequence[bytes] = (),
    job: Job | None = None,
    first_band: int = TILE_PX,
) -> None:
    """Write a picture whose rows y0..y1 `rows(y0, y1)` gives, shape (y1 - y0, width, channels), from several threads.

    `chunks`, as `png_codec.chunk` makes them, come before the pixels. `first_band`: height of the first band, at most
    TILE_PX, which is that of the others.
    """
    job = job or Job()
    edges = [0, *range(first_band or TILE_PX, height, TILE_PX), height]
    adler = 1
    started = False
    for (_, y1), (packed, raw_bytes, own_adler, head) in in_threads(
        lambda band: _packed_band(rows(*band)), list(pairwise(edges))
    ):
        if not started:
            out.write(SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, *head, 0, 0, 0)))
            for each in chunks:
                out.write(each)
            packed = _ZLIB_HEAD + packed
            started = True
        out.write(chunk(b"IDAT", packed))
        adler = _adler_joined(adler, own_adler, raw_bytes)
        job.reach(y1 / height)
    out.write(chunk(b"IDAT", _DEFLATE_END + struct.pack(">I", adler)) + chunk(b"IEND", b""))


def _packed_band(pixels: Straight) -> tuple[bytes, int, int, tuple[int, int]]:
    """Whole deflate blocks, the length and Adler-32 of what they hold, and the header's depth and colour type."""
    height, channels = len(pixels), pixels.shape[2]
    depth = 8 * pixels.dtype.itemsize
    octets = pixels if depth == 8 else pixels.astype(">u2")
    rows = np.ascontiguousarray(octets).view(np.uint8).reshape(1, height, -1)
    filtered = np.empty((1, height, rows.shape[2] + 1), np.uint8)
    kernels.filter_rows(rows, filtered, channels * depth // 8)
    raw = filtered.data.cast("B")
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15, 9)
    packed = deflate.compress(raw) + deflate.flush(zlib.Z_SYNC_FLUSH)
    return packed, len(raw), zlib.adler32(raw), (depth, _COLOUR_TYPES[channels])


def _adler_joined(first: int, second: int, second_bytes: int) -> int:
    """The Adler-32 of two stretches from those of each."""
    low = (first & 0xFFFF) + (second & 0xFFFF) - 1
    high = (first >> 16) + (second >> 16) + second_bytes * ((first & 0xFFFF) - 1)
    return (high % _ADLER_BASE) << 16 | low % _ADLER_BASE


# Reading


def read_header(head: bytes) -> Header | None:
    """The header of a PNG whose first 33 bytes or more are given; None when it is none. Raises Damaged."""
    if not head.startswith(SIGNATURE):
        return None
    if len(head) < 33 or head[12:16] != b"IHDR":
        raise Damaged("a PNG without a header")
    width, height, depth, colour_type, compression, filters, interlaced = struct.unpack(">IIBBBBB", head[16:29])
    if colour_type not in _CHANNELS or depth not in (1, 2, 4, 8, 16) or not (width and height):
        raise Damaged("a PNG with a header that makes no sense")
    plain = depth >= 8 and colour_type != _PALETTE and not (compression or filters or interlaced)
    return Header(width, height, depth, colour_type, plain)


def read_surface(
    open_again: Callable[[], IO[bytes]], header: Header | None, x: int, y: int, job: Job
) -> tuple[Surface, bytes | None]:
    """The picture at (x, y) in sRGB, and the ICC profile that it came with, if it is one of colours.

    `open_again` gives the file from its start, each time it is called. `header`: None for what is no PNG. Raises
    Cancelled and those of UNREADABLE.
    """
    if header is not None and header.plain:
        with open_again() as file:
            decoder = _Decoder(file, header)
            return _tiles(decoder, x, y, job), decoder.profile if header.channels >= 3 else None
    with open_again() as file:
        rgba, profile = _read_with_pillow(file)
    return surface_from_rgba8(rgba, x, y), profile


def size_of_other(file: IO[bytes]) -> tuple[int, int]:
    """Width and height of a picture that is no PNG. Raises those of UNREADABLE."""
    with Image.open(io.BytesIO(file.read()), formats=_OTHER_READERS) as image:
        return image.size


def read_grey(open_again: Callable[[], IO[bytes]], header: Header | None) -> npt.NDArray[np.uint16]:
    """A grey picture of ours, (height, width, 1) in 0..ONE. Raises those of UNREADABLE."""
    if header is None or not header.plain or header.colour_type != _GREY:
        raise Damaged("a mask that is no grey picture")
    out = np.empty((header.height, header.width, 1), np.uint16)
    done = 0
    with open_again() as file:
        for values in _Decoder(file, header).bands(TILE_PX):
            white = 255 if values.dtype == np.uint8 else 65535
            out[done : done + len(values)] = (values.astype(np.uint32) * 32768 + white // 2) // white
            done += len(values)
    return out


def _read_with_pillow(file: IO[bytes]) -> tuple[npt.NDArray[np.uint8], bytes | None]:
    """Any picture that a layer may be, as 8-bit RGBA in sRGB, and its profile. Its size was checked before."""
    with Image.open(io.BytesIO(file.read()), formats=_OTHER_READERS) as opened:
        image: Image.Image = opened
        profile = image.info.get("icc_profile")
        colours = image.mode not in ("1", "L", "LA", "I", "I;16", "I;16B")
        if image.mode.startswith("I"):
            grey = np.asarray(image).astype(np.uint32)
            image = Image.fromarray(((grey * 255 + 32767) // 65535).astype(np.uint8))
        rgba = np.array(image.convert("RGBA"))
    converted = None if profile is None else to_srgb(rgba, profile)
    return (rgba if converted is None else converted.astype(np.uint8)), profile if colours else None


class _Decoder:
    """The pixels of a plain PNG from top to bottom. `transparent`: the colour that is no colour, as the file has it."""

    def __init__(self, file: IO[bytes], header: Header) -> None:
        self._file, self.header = file, header
        self.profile: bytes | None = None
        self.transparent: bytes | None = None
        self._inflate = zlib.decompressobj()
        self._left = 0
        self._exactly(len(SIGNATURE))
        for _ in range(_MAX_CHUNKS):
            kind, length = self._next_chunk()
            if kind == b"IDAT":
                self._left = length
                return
            if kind == b"IEND" or length > _MAX_CHUNK_BYTES:
                break
            data = self._exactly(length + 4)[:-4]
            if kind == b"tRNS" and length == 2 * header.channels:
                self.transparent = data
            elif kind == b"iCCP":
                self.profile = _profile_of(data)
        raise Damaged("a PNG without pixels")

    def bands(self, height: int, first: int | None = None) -> Iterator[Straight]:
        """Rows as they are in the file: straight, (rows, width, channels)."""
        depth, channels = self.header.depth, self.header.channels
        pixel_bytes = channels * depth // 8
        row_bytes = self.header.width * pixel_bytes
        above = np.zeros(row_bytes, np.uint8)
        y = 0
        while y < self.header.height:
            count = min(first if first is not None and y == 0 else height, self.header.height - y)
            filtered, rows = (
                np.empty((1, count, 1 + row_bytes), np.uint8),
                np.empty((1, count + 1, row_bytes), np.uint8),
            )
            self._fill(filtered.reshape(-1))
            rows[0, 0] = above
            if unfilter_rows(filtered, pixel_bytes, rows) >= 0:
                raise Damaged("a PNG with a filter that does not exist")
            above, octets = rows[0, -1], rows[0, 1:]
            values: Straight = octets if depth == 8 else octets.view(">u2").astype(np.uint16)
            shaped = values.reshape(count, self.header.width, channels)
            yield shaped if self.transparent is None else _without_colour(shaped, self.transparent)
            y += count

    def _fill(self, out: npt.NDArray[np.uint8]) -> None:
        done = 0
        # Of what it has taken in already, the inflater may hold back what did not fit into the rows before.
        piece = self._inflate.unconsumed_tail
        while done < len(out):
            data = self._inflate.decompress(piece, len(out) - done)
            out[done : done + len(data)] = np.frombuffer(data, np.uint8)
            done += len(data)
            if not data and self._inflate.eof:
                raise Damaged("a PNG with too few pixels")
            piece = self._inflate.unconsumed_tail or (b"" if data else self._pixels())

    def _pixels(self) -> bytes:
        """The next piece of the compressed pixels."""
        for _ in range(_MAX_CHUNKS):
            if self._left:
                break
            self._exactly(4)
            kind, self._left = self._next_chunk()
            if kind != b"IDAT":
                raise Damaged("a PNG with too few pixels")
        data = self._exactly(min(self._left, _PIECE_BYTES))
        if not data:
            raise Damaged("a PNG with too few pixels")
        self._left -= len(data)
        return data

    def _next_chunk(self) -> tuple[bytes, int]:
        head = self._exactly(8)
        return head[4:], int.from_bytes(head[:4], "big")

    def _exactly(self, length: int) -> bytes:
        data = self._file.read(length)
        if len(data) != length:
            raise Damaged("a PNG that ends early")
        return data


def _without_colour(straight: Straight, transparent: bytes) -> Straight:
    """Grey or RGB with alpha, which is 0 where a pixel has that colour."""
    colour = np.frombuffer(transparent, ">u2").astype(straight.dtype)
    alpha = np.where((straight == colour).all(axis=2), 0, np.iinfo(straight.dtype).max)
    return np.concatenate([straight, alpha[..., None].astype(straight.dtype)], axis=2)


def _profile_of(data: bytes) -> bytes | None:
    """The profile in an iCCP chunk; None when it is damaged."""
    _, _, rest = data.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(rest[1:], _MAX_CHUNK_BYTES) or None
    except zlib.error:
        return None


def _tiles(decoder: _Decoder, x: int, y: int, job: Job) -> Surface:
    tiles: dict[TileKey, Pixels] = {}
    row: dict[TileKey, Pixels] = {}
    top = y
    for straight in decoder.bands(TILE_PX, first=TILE_PX - y % TILE_PX):
        if job.cancelled:
            raise Cancelled
        if decoder.profile is not None:
            straight = in_srgb(straight, decoder.profile)
        ty, tile_y = divmod(top, TILE_PX)
        start = 0
        while start < straight.shape[1]:
            tx, tile_x = divmod(x + start, TILE_PX)
            tile = row.get((tx, ty))
            if tile is None:
                tile = np.zeros((TILE_PX, TILE_PX, 4), np.uint16)
            if lay_straight(straight, tile, start, tile_x, tile_y):
                row[tx, ty] = tile
            start += TILE_PX - tile_x
        top += len(straight)
        if top % TILE_PX == 0:
            tiles |= row
            row = {}
    tiles |= row
    for tile in tiles.values():
        tile.flags.writeable = False
    return Surface(tiles)


def in_srgb(straight: Straight, profile: bytes) -> Straight:
    """Pixels with the colours that they have by a profile, as sRGB; of other channels than they have where needed."""
    channels = straight.shape[2]
    rgba = straight
    if channels != 4:
        rgba = np.full((*straight.shape[:2], 4), np.iinfo(straight.dtype).max, straight.dtype)
        rgba[..., :3] = straight[..., :3] if channels >= 3 else straight[..., :1]
        if channels == 2:
            rgba[..., 3] = straight[..., 1]
    converted: Straight | None = to_srgb(rgba, profile)
    return straight if converted is None else converted
