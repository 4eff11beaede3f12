"""`Picture`: one picture of a flat file as it was decoded, and how it becomes a layer. Any thread.

Colours become sRGB here, with 16 bits where a profile is applied, so that nothing is rounded twice.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from PIL import Image

from canvas.formats.colour_profiles import to_srgb
from canvas.formats.errors import FormatError, cannot_open, damaged, from_os_error
from canvas.formats.job import Job
from canvas.formats.limits import Limits, surface_bytes
from canvas.formats.picture import bands
from canvas.formats.pixels import Rgba, Samples, as_8_bits, as_16_bits, tiles_of
from canvas.formats.threads import in_threads
from canvas.geometry import Rect
from canvas.tiles import Pixels, Pixels8, Surface, TileKey

#: Of one file. Longer animations are films.
MAX_PICTURES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """`pixels`: straight (h, w, channels), uint8 or uint16: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. `profile`: what
    their colours are to be understood by; None for sRGB."""

    pixels: Samples
    name: str = "Background"
    profile: bytes | None = None

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """What is in a file: `count` pictures, decoded in its order as they are asked for. `profile`: the one that was
    applied to their colours; `ppi` where the file says it. `parts`: what the pictures are when there are several."""

    count: int
    pictures: Iterator[Picture]
    profile: bytes | None = None
    ppi: float | None = None
    parts: str = "frames"


def rgba8(picture: Picture) -> Pixels8:
    """The whole picture as straight 8-bit sRGB."""
    out = np.empty((picture.height, picture.width, 4), np.uint8)
    for band in bands(Rect(0, 0, picture.width, picture.height)):
        out[band.y0 : band.y1] = as_8_bits(_rgba_rows(picture, band.y0, band.y1))
    return out


def surface_of(picture: Picture, job: Job, like: Mapping[TileKey, Pixels] | None = None) -> Surface:
    """The picture with its top left at (0, 0). Tiles that equal those of `like` are shared with it."""
    tiles: dict[TileKey, Pixels] = {}

    def made(band: Rect) -> Mapping[TileKey, Pixels]:
        return tiles_of(_rgba_rows(picture, band.y0, band.y1), 0, band.y0)

    for band, found in in_threads(made, bands(Rect(0, 0, picture.width, picture.height))):
        for key, tile in found.items():
            before = like.get(key) if like else None
            tiles[key] = before if before is not None and np.array_equal(before, tile) else tile
        job.reach(band.y1 / picture.height)
    return Surface(tiles)


def upright(pixels: Samples, orientation: int) -> Samples:
    """`pixels` turned as the EXIF or TIFF orientation 1..8 says."""
    turned = pixels.swapaxes(0, 1) if orientation in (5, 6, 7, 8) else pixels
    if orientation in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    if orientation in (3, 4, 7, 8):
        turned = turned[::-1]
    return cast(Samples, np.ascontiguousarray(turned))


def _rgba_rows(picture: Picture, y0: int, y1: int) -> Rgba:
    rows: Samples = picture.pixels[y0:y1]
    if picture.profile is not None:
        rows = as_16_bits(rows)
    channels = rows.shape[2]
    if channels == 4:
        rgba = rows
    else:
        rgba = np.empty((*rows.shape[:2], 4), rows.dtype)
        rgba[..., :3] = rows[..., :3] if channels == 3 else rows[..., :1]
        rgba[..., 3] = rows[..., 1] if channels == 2 else np.iinfo(rows.dtype).max
    converted = None if picture.profile is None else to_srgb(rgba, picture.profile)
    return rgba if converted is None else converted


def check_pictures(path: Path, limits: Limits, width: int, height: int, count: int) -> None:
    """Raises FormatError when so many pictures of that size are more than may be opened."""
    limits.check_size(path, width, height)
    if count > MAX_PICTURES:
        why = f"it has more than {MAX_PICTURES} frames or pages, which is what a document takes"
        raise cannot_open(path, why, "export a part of them by themselves")
    limits.check_bytes(path, count * surface_bytes(width, height, 4))


@contextmanager
def told_in_a_sentence(path: Path) -> Iterator[None]:
    """Whatever decoders raise about a stranger's file comes out as FormatError."""
    try:
        with warnings.catch_warnings():
            # What is too large is refused by the limits of this program, before it is unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    except FormatError:
        raise
    except Image.DecompressionBombError as error:
        raise cannot_open(path, "it has more than 178 million pixels", "scale it down") from error
    except MemoryError as error:
        raise cannot_open(path, "there is not enough memory for it", "close other documents and try again") from error
    except OSError as error:
        if error.errno is None:
            raise damaged(path, str(error)) from error
        raise from_os_error(path, error, "open") from error
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, SyntaxError, EOFError) as error:
        raise damaged(path, str(error)) from error
    except (struct.error, zlib.error, cv2.error, RuntimeError) as error:
        raise damaged(path, str(error)) from error
