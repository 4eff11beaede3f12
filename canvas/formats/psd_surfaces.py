"""Surfaces out of a PSD's channels: bands of rows become tiles on several threads, without a whole layer in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from canvas.formats import psd_kernels as kernels
from canvas.formats.job import Cancelled, Job
from canvas.formats.picture import bands
from canvas.formats.psd_channels import Plane, Rows
from canvas.formats.psd_colours import Colours, as_depth
from canvas.formats.threads import in_threads
from canvas.geometry import Rect
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey, tile_rect

Tiles: TypeAlias = dict[TileKey, Pixels]
ToTiles: TypeAlias = Callable[[Rect, list[Plane]], Tiles]
"""A band, and its rows of each channel, as tiles; tiles that show nothing are left out."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A surface that still lies in the file.

    `open` finds its rows when its turn comes, so that the tables of few surfaces are in memory; None where there are
    none. What lies outside of `keep` is left out, tile by tile. `around`: tiles where the file has no pixels.
    """

    rect: Rect
    open: Callable[[], Sequence[Rows]] | None
    to_tiles: ToTiles
    keep: Rect
    channels: int = 4
    around: Tiles = field(default_factory=dict)


def painting(rect: Rect, open_rows: Callable[[], Sequence[Rows]], colours: Colours, keep: Rect) -> Drawing:
    """Colour planes and then, where there is one more, alpha."""
    return Drawing(rect, open_rows, partial(paint, colours, keep), keep)


def masking(
    rect: Rect, open_rows: Callable[[], Sequence[Rows]] | None, outside: int, density: int, region: Rect
) -> Drawing:
    """One plane as a mask with `outside` 0..255 around it; a `density` below 255 lets what is hidden shine through.

    A mask of ours is 0 or ONE where it has no tiles. Anything between is laid around as tiles, as far as `region`.
    """
    beyond = _outside(outside, density)
    around: Tiles = {}
    if beyond not in (0, ONE):
        tile = _frozen(np.full((TILE_PX, TILE_PX, 1), beyond, np.uint16))
        around = dict.fromkeys(region.tile_keys(TILE_PX), tile)
    return Drawing(rect, open_rows, partial(mask_tiles, density, beyond, region), region, 1, around)


def mask_outside(outside: int, density: int) -> int:
    """What `canvas.layers.LayerMask.outside` is for such a mask."""
    return ONE if _outside(outside, density) == ONE else 0


def _outside(outside: int, density: int) -> int:
    return int(_mask_values(np.array([outside], np.uint8), density)[0])


def _mask_values(plane: Plane, density: int) -> Pixels:
    """A mask's values 0..ONE; at a density of 0 it hides nothing."""
    if plane.dtype == np.float32:
        plane = as_depth(plane, np.dtype(np.uint16))
    full = np.iinfo(plane.dtype).max
    values = plane.astype(np.uint32)
    if density < 255:
        values = full - ((full - values) * density + 127) // 255
    return ((values * ONE + full // 2) // full).astype(np.uint16)


def surfaces(drawings: Sequence[Drawing], job: Job) -> list[Surface]:
    """All of them, each band by whatever thread is free. Raises Damaged and Cancelled."""
    tiles: list[Tiles] = [dict(drawing.around) for drawing in drawings]
    whole = sum(drawing.rect.area * drawing.channels for drawing in drawings) or 1
    done = 0
    for part, made in in_threads(partial(_unpack, job), _parts(drawings)):
        tiles[part.index].update(made)
        done += sum(band.area for band in part.bands) * part.drawing.channels
        job.reach(done / whole)
    job.reach(1.0)
    return [Surface(each, drawing.channels) for each, drawing in zip(tiles, drawings, strict=True)]


@dataclass(frozen=True, slots=True)
class _Part:
    """Bands of one drawing for one thread, from top to bottom."""

    index: int
    drawing: Drawing
    rows: Sequence[Rows]
    bands: list[Rect]


def _parts(drawings: Sequence[Drawing]) -> Iterator[_Part]:
    for index, drawing in enumerate(drawings):
        wanted = drawing.rect & drawing.keep
        if not wanted or drawing.open is None:
            continue
        rows = drawing.open()
        if all(each.in_any_order for each in rows):
            left, right = drawing.rect.x0, drawing.rect.x1
            for band in bands(Rect(left, wanted.y0, right, wanted.y1)):
                yield _Part(index, drawing, rows, [band])
        else:
            yield _Part(index, drawing, rows, [b for b in bands(drawing.rect) if b.y0 < wanted.y1])


def _unpack(job: Job, part: _Part) -> Tiles:
    tiles: Tiles = {}
    top = part.drawing.rect.y0
    for band in part.bands:
        if job.cancelled:
            raise Cancelled
        planes = [rows.read(band.y0 - top, band.y1 - top) for rows in part.rows]
        tiles.update(part.drawing.to_tiles(band, planes))
    return tiles


def paint(colours: Colours, keep: Rect, band: Rect, planes: list[Plane]) -> Tiles:
    """A band's planes of colour, and of alpha if there is one more, as tiles."""
    red, green, blue, *others = colours.to_rgb(planes)
    alpha = as_depth(others[0], red.dtype) if others else np.full_like(red, np.iinfo(red.dtype).max)
    rgba = [np.ascontiguousarray(plane)[None] for plane in (red, green, blue, alpha)]
    lay: Any = kernels.lay8 if red.dtype == np.uint8 else kernels.lay16
    tiles: Tiles = {}
    for key in (band & keep).tile_keys(TILE_PX):
        t = tile_rect(key)
        part = t & band
        tile = (np.empty if part == t else np.zeros)((TILE_PX, TILE_PX, 4), np.uint16)
        place = part.x0 - band.x0, part.x0 - t.x0, part.y0 - t.y0
        if lay(*rgba, tile, *place):
            tiles[key] = _frozen(tile)
    return tiles


def mask_tiles(density: int, beyond: int, region: Rect, band: Rect, planes: list[Plane]) -> Tiles:
    """A band's plane of a mask as tiles; those that hold nothing but `beyond`, which is around them, are left out."""
    values = _mask_values(planes[0], density)
    tiles: Tiles = {}
    for key in (band & region).tile_keys(TILE_PX):
        t = tile_rect(key)
        part = t & band
        source = values[part.y0 - band.y0 : part.y1 - band.y0, part.x0 - band.x0 : part.x1 - band.x0]
        # Where there are tiles around, one of them may have to give way.
        if beyond in (0, ONE) and (source == beyond).all():
            continue
        tile = np.full((TILE_PX, TILE_PX, 1), beyond, np.uint16)
        tile[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0, 0] = source
        tiles[key] = _frozen(tile)
    return tiles


def _frozen(tile: Pixels) -> Pixels:
    tile.flags.writeable = False
    return tile
