"""The merged picture that a native document carries, to be looked at while the document still opens.

It is at 1 / 2**level of the size, at most PICTURE_PX a side, and kept as tiles, so that a save renews those in which
something changed. Documents that open at once have none. Any thread.
"""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import suppress

import numpy as np

from canvas import kernels
from canvas.compositor import Program, changed_tiles, run
from canvas.formats.job import Job
from canvas.formats.planes import premultiplied, straight_rgba8
from canvas.formats.preview import preview_size
from canvas.formats.threads import batches, in_threads
from canvas.formats.tile_codec import BATCH, decode_tile, encode_tile
from canvas.formats.udraw_file import value_of
from canvas.formats.udraw_names import KnownPicture
from canvas.state import DocumentState, surfaces
from canvas.tiles import TILE_PX, Pixels8, TileKey

#: Longest side in pixels.
PICTURE_PX = 1600
#: Documents with fewer tiles open in a moment.
FEWEST_TILES = 512
_MOST_BLOB_BYTES = 1 << 18
_ROW = 256


def wants_picture(state: DocumentState) -> bool:
    return sum(len(surface.tiles) for surface in surfaces(state)) >= FEWEST_TILES


def picture_level(size: tuple[int, int]) -> int:
    """The reduction at which a canvas of this size is at most PICTURE_PX a side."""
    level = 0
    while max(size) >> level > PICTURE_PX:
        level += 1
    return level


def drop_picture(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM picture")
    db.execute("DELETE FROM document WHERE key = 'picture'")


def save_picture(
    db: sqlite3.Connection,
    size: tuple[int, int],
    program: Program,
    named: Program,
    before: KnownPicture | None,
    job: Job,
) -> tuple[KnownPicture, bool]:
    """Make the picture in the file show `program` on a canvas of `size`; and whether it is another one now.

    `named`: the same program, surfaces by name. `before`: what the file has now, if that is known.
    """
    level = picture_level(size)
    shape = max(1, size[1] >> level), max(1, size[0] >> level), 4
    rgba = None
    if before is not None and before.size == size:
        # A damaged picture is no loss: it is made anew.
        with suppress(ValueError, LookupError, TypeError, RecursionError):
            rgba = before.rgba if before.rgba is not None else load_picture(db)
    if before is None or rgba is None or rgba.shape != shape:
        renewed = True
        drop_picture(db)
        db.execute("INSERT INTO document VALUES ('picture', ?)", (json.dumps([shape[1], shape[0], level]),))
        changed = changed_tiles((), named)
        rgba = np.zeros(shape, np.uint8)
    else:
        renewed = False
        changed = changed_tiles(before.program, named)
        rgba = rgba.copy()
    columns, rows = -(-size[0] // TILE_PX), -(-size[1] // TILE_PX)
    keys = sorted(key for key in changed if 0 <= key[0] < columns and 0 <= key[1] < rows)
    side = TILE_PX >> level
    done = 0
    for batch, made in in_threads(lambda batch: [_reduced(program, key, level) for key in batch], batches(keys, BATCH)):
        for (tx, ty), small in zip(batch, made, strict=True):
            place = rgba[ty * side : (ty + 1) * side, tx * side : (tx + 1) * side]
            place[...] = small[: place.shape[0], : place.shape[1]]
        done += len(batch)
        job.reach(done / len(keys))
    for tx, ty in {(tx >> level, ty >> level) for tx, ty in keys}:
        _save_tile(db, (tx, ty), rgba[ty * TILE_PX : (ty + 1) * TILE_PX, tx * TILE_PX : (tx + 1) * TILE_PX])
    return KnownPicture(named, size, level, rgba), renewed or bool(keys)


def load_picture(db: sqlite3.Connection) -> Pixels8 | None:
    """Straight RGBA, uint8 (height, width, 4); None when the file has none. Raises ValueError and LookupError."""
    if db.execute("SELECT 1 FROM document WHERE key = 'picture'").fetchone() is None:
        return None
    width, height, level = json.loads(value_of(db, "picture"))
    if not all(type(value) is int and 0 < value <= PICTURE_PX for value in (width, height)) or level not in range(9):
        raise ValueError(f"a picture of {width}x{height}")
    out = np.zeros((height, width, 4), np.uint8)
    found = db.execute("SELECT place, data FROM picture WHERE length(data) <= ? LIMIT ?", (_MOST_BLOB_BYTES, _ROW))
    for place, blob in found:
        x, y = place % _ROW * TILE_PX, place // _ROW * TILE_PX
        if not (0 <= y < height and x < width):
            raise ValueError("a picture with pixels outside")
        tile = decode_tile(blob, TILE_PX)
        if tile.shape[2] != 4:
            raise ValueError("a picture without colours")
        part = out[y : y + TILE_PX, x : x + TILE_PX]
        part[...] = straight_rgba8(tile)[: part.shape[0], : part.shape[1]]
    return out


def small_png(rgba: Pixels8, size: tuple[int, int]) -> bytes:
    """The preview of a canvas of `size`, from its picture."""
    from PIL import Image  # not before it is needed: windows wait for this module

    picture = Image.fromarray(rgba).convert("RGBa").resize(preview_size(*size), Image.Resampling.BOX).convert("RGBA")
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _reduced(program: Program, key: TileKey, level: int) -> Pixels8:
    side = TILE_PX >> level
    (tile,) = run(program, key)
    if tile is None:
        return np.zeros((side, side, 4), np.uint8)
    small = np.empty((side, side, 4), np.uint16)
    kernels.shrink_into(small, np.ascontiguousarray(tile), 0, 0, level)
    return straight_rgba8(small)


def _save_tile(db: sqlite3.Connection, key: TileKey, rgba: Pixels8) -> None:
    place = key[1] * _ROW + key[0]
    if not rgba.any():
        db.execute("DELETE FROM picture WHERE place = ?", (place,))
        return
    tile = np.zeros((TILE_PX, TILE_PX, 4), np.uint16)
    tile[: rgba.shape[0], : rgba.shape[1]] = premultiplied(rgba)
    db.execute("INSERT OR REPLACE INTO picture VALUES (?, ?)", (place, encode_tile(tile)))
