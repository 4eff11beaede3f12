"""Pixels of a Krita document: tiles in Krita's own packing, turned into surfaces.

A stream is some lines of text (VERSION 2, TILEWIDTH, TILEHEIGHT, PIXELSIZE, DATA and the number of tiles) and the
tiles, each a line "x,y,LZF,bytes" and so many bytes. Of these the first says whether the rest is packed; what is packed
are the first bytes of all pixels, then the second ones and so on. Any thread; a stream belongs to one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt

from canvas.formats.job import Cancelled, Job
from canvas.formats.png_kernels import Straight, lay_straight
from canvas.formats.png_stream import in_srgb
from canvas.geometry import Rect
from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, TILE_PX, Pixels, Pixels8, Surface, TileKey, tile_rect

_MAX_LINE = 64
_MAX_TILE_SIDE = 256
_MAX_COORDINATE = 1 << 30


class Damaged(ValueError):
    """What Krita does not write."""


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """`order`: which channel of a pixel is red, green, blue and alpha; `bytes`: of one channel."""

    channels: int
    bytes: int
    order: tuple[int, int, int, int]

    @property
    def pixel_bytes(self) -> int:
        return self.channels * self.bytes


#: Those whose pixels can be read, by Krita's names.
COLOUR_SPACES = {
    "RGBA": ColourSpace(4, 1, (2, 1, 0, 3)),
    "RGBA16": ColourSpace(4, 2, (2, 1, 0, 3)),
    "GRAYA": ColourSpace(2, 1, (0, 0, 0, 1)),
    "GRAYA16": ColourSpace(2, 2, (0, 0, 0, 1)),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """Bytes of the pixels in a rectangle, (height, width, bytes of a pixel)."""

    rect: Rect
    octets: npt.NDArray[np.uint8]


def read_tiles(file: IO[bytes], pixel_bytes: int, x: int, y: int, job: Job) -> Iterator[Placed]:
    """The tiles of a stream whose origin lies at (x, y). Raises Damaged and Cancelled."""
    if _line(file) != b"VERSION 2":
        raise Damaged("its pixels are those of an early version")
    values = {}
    for name in (b"TILEWIDTH", b"TILEHEIGHT", b"PIXELSIZE", b"DATA"):
        key, _, number = _line(file).partition(b" ")
        if key != name or not number.isdigit():
            raise Damaged("pixels without a heading")
        values[name] = int(number)
    width, height = values[b"TILEWIDTH"], values[b"TILEHEIGHT"]
    if not (1 <= width <= _MAX_TILE_SIDE and 1 <= height <= _MAX_TILE_SIDE) or values[b"PIXELSIZE"] != pixel_bytes:
        raise Damaged("pixels of another kind than its list of layers says")
    tile_bytes = width * height * pixel_bytes
    planes = np.empty((1, 1, tile_bytes), np.uint8)
    for _ in range(values[b"DATA"]):
        if job.cancelled:
            raise Cancelled
        tx, ty, packing, length = _tile_line(file)
        if packing != b"LZF" or not 1 <= length <= tile_bytes + tile_bytes // 16 + 64:
            raise Damaged("a tile that is packed in an unknown way")
        data = np.frombuffer(file.read(length), np.uint8)
        if len(data) != length:
            raise Damaged("it ends early")
        if data[0] == 0:
            if length != 1 + tile_bytes:
                raise Damaged("a tile of the wrong size")
            planes[0, 0] = data[1:]
        elif unpack_lzf(data[1:].reshape(1, 1, -1), planes) != tile_bytes:
            raise Damaged("a tile that cannot be unpacked")
        octets = np.ascontiguousarray(planes.reshape(pixel_bytes, -1).T).reshape(height, width, pixel_bytes)
        yield Placed(Rect(tx + x, ty + y, tx + x + width, ty + y + height), octets)


def _line(file: IO[bytes]) -> bytes:
    line = file.readline(_MAX_LINE)
    if not line.endswith(b"\n"):
        raise Damaged("it ends early")
    return line[:-1]


def _tile_line(file: IO[bytes]) -> tuple[int, int, bytes, int]:
    parts = _line(file).split(b",")
    try:
        x, y, packing, length = int(parts[0]), int(parts[1]), parts[2], int(parts[3])
    except (ValueError, IndexError) as error:
        raise Damaged("a tile without a place") from error
    if max(abs(x), abs(y)) > _MAX_COORDINATE:
        raise Damaged("a tile that lies nowhere")
    return x, y, packing, length


def colour_surface(
    tiles: Iterator[Placed], space: ColourSpace, profile: bytes | None, check_bytes: Callable[[int], None]
) -> Surface:
    """`check_bytes` is told how much the surface takes so far, and raises when that is too much."""
    made: dict[TileKey, Pixels] = {}
    for placed in tiles:
        straight = _straight(placed.octets, space, profile)
        for key in placed.rect.tile_keys(TILE_PX):
            t = tile_rect(key)
            part = placed.rect & t
            tile = made.get(key)
            if tile is None:
                tile = np.zeros((TILE_PX, TILE_PX, 4), np.uint16)
            rows = straight[part.y0 - placed.rect.y0 : part.y1 - placed.rect.y0]
            start, x, y = part.x0 - placed.rect.x0, part.x0 - t.x0, part.y0 - t.y0
            if not lay_straight(rows, tile, start, x, y):
                # What lay there before is covered by what is transparent.
                tile[y : y + part.height, x : x + part.width] = 0
            elif key not in made:
                made[key] = tile
                check_bytes(len(made) * tile.nbytes)
    return _published(made, 4)


def _straight(octets: Pixels8, space: ColourSpace, profile: bytes | None) -> Straight:
    """RGBA in sRGB."""
    if space.bytes == 1:
        eight = np.ascontiguousarray(octets[..., space.order])
        return eight if profile is None else in_srgb(eight, profile)
    sixteen = np.ascontiguousarray(octets.view("<u2").astype(np.uint16)[..., space.order])
    return sixteen if profile is None else in_srgb(sixteen, profile)


def mask_surface_of(tiles: Iterator[Placed], outside: int, check_bytes: Callable[[int], None]) -> Surface:
    """A mask of one byte a pixel, `outside` (0 or ONE) where it has no tiles."""
    made: dict[TileKey, Pixels] = {}
    for placed in tiles:
        values = ((placed.octets.astype(np.uint32) * ONE + 127) // 255).astype(np.uint16)
        for key in placed.rect.tile_keys(TILE_PX):
            t = tile_rect(key)
            part = placed.rect & t
            if key not in made:
                made[key] = np.full((TILE_PX, TILE_PX, 1), outside, np.uint16)
                check_bytes(len(made) * made[key].nbytes)
            made[key][part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0] = values[
                part.y0 - placed.rect.y0 : part.y1 - placed.rect.y0,
                part.x0 - placed.rect.x0 : part.x1 - placed.rect.x0,
            ]
    return _published(made, 1)


def _published(tiles: dict[TileKey, Pixels], channels: int) -> Surface:
    for tile in tiles.values():
        tile.flags.writeable = False
    return Surface(tiles, channels)


@kernel("in8", "out8")
def unpack_lzf(packed: Pixels8, out: Pixels8) -> int:
    """LZF as of Marc Lehmann's liblzf: (1, 1, bytes) to (1, 1, bytes). How much came out; -1 on damage."""
    source, to = packed[0, 0], out[0, 0]
    size, room = len(source), len(to)
    at = done = np.int64(0)
    while at < size:
        head = np.int64(source[at])
        at += 1
        if head < 32:
            count = head + 1
            if at + count > size or done + count > room:
                return -1
            for i in range(count):
                to[done + i] = source[at + i]
            at += count
            done += count
            continue
        count = head >> 5
        if count == 7:
            if at >= size:
                return -1
            count += np.int64(source[at])
            at += 1
        if at >= size:
            return -1
        start = done - ((head & 31) << 8) - np.int64(source[at]) - 1
        at += 1
        count += 2
        if start < 0 or done + count > room:
            return -1
        for i in range(count):
            to[done + i] = to[start + i]
        done += count
    return int(done)
