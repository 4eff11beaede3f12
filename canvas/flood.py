"""Which pixels look alike: the area around a point, or everything of a colour. Pure functions on tiles; no Qt.

Pixels are looked at tile by tile, only where the area gets to, and tiles that are one object are looked at once: a
blank canvas costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import floor
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from canvas import kernels, selection
from canvas.compositor import compile_program, run
from canvas.geometry import Rect
from canvas.kernels.flooding import FARTHEST, FLOODED, OTHER, OUTSIDE
from canvas.layers import Layer
from canvas.selection import FULL_TILE
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Pixels8, Surface, TileKey, tile_rect

Sampler: TypeAlias = Callable[[TileKey], Pixels | None]
"""Where colours are taken from: the premultiplied tile at a key, None where it is transparent."""
Colour: TypeAlias = tuple[int, int, int, int]
"""Premultiplied RGBA in fixed point."""

#: Entries and exits of a tile: its top, bottom, left and right edge, and the neighbour that lies behind it.
_BEHIND = ((0, -1, 1), (0, 1, 0), (-1, 0, 3), (1, 0, 2))


@dataclass(frozen=True, slots=True)
class Likeness:
    """What counts as alike, and what is made of it.

    `tolerance` 0..1: the largest difference of a channel. `contiguous`: only what hangs together with the point.
    `gap_px`: contiguous areas do not go through gaps in a line that are narrower. `grow_px`: how far the area is
    spread, or drawn in when negative. `antialias`: pixels at the edge are covered in part.
    """

    tolerance: float = 0.1
    contiguous: bool = True
    gap_px: int = 0
    grow_px: int = 0
    antialias: bool = True


def layer_pixels(layer: Layer) -> Sampler:
    """The layer's own pixels."""
    return layer.surface.tiles.get


def picture_pixels(state: DocumentState) -> Sampler:
    """The picture of all visible layers, composed where it is looked at."""
    program = compile_program(state)
    return lambda key: run(program, key)[0]


def colour_at(sample: Sampler, x: float, y: float) -> Colour:
    """The colour of the pixel under a point of the document."""
    px, py = floor(x), floor(y)
    tile = sample((px // TILE_PX, py // TILE_PX))
    if tile is None:
        return 0, 0, 0, 0
    r, g, b, a = (int(c) for c in tile[py % TILE_PX, px % TILE_PX])
    return r, g, b, a


class Likenesses:
    """Looks at the pixels of one `sample` of a document; several areas of it may be asked for one after the other.

    `limit`: what is not selected at all cannot be entered. Keep it no longer than the gesture that it serves.
    """

    def __init__(self, sample: Sampler, document: Rect, limit: Surface | None = None) -> None:
        self._sample, self._document, self._limit = sample, document, limit
        self._colour: Colour | None = None
        self._of_tile: dict[int, tuple[Pixels, Pixels8]] = {}
        self._distances: dict[TileKey, Pixels8] = {}

    def colour_at(self, x: float, y: float) -> Colour:
        return colour_at(self._sample, x, y)

    def near(self, x: float, y: float, colour: Colour, tolerance: float) -> bool:
        """Whether the pixel under a point may be entered and looks like `colour`."""
        px, py = floor(x), floor(y)
        if not self._document.contains(Rect(px, py, px + 1, py + 1)):
            return False
        distance = self._distance((px // TILE_PX, py // TILE_PX), colour)
        return int(distance[py % TILE_PX, px % TILE_PX, 0]) <= _threshold(tolerance)

    def area(self, x: float, y: float, likeness: Likeness) -> Surface:
        """The selection of what looks like the pixel under a point; blank when that may not be entered."""
        colour = self.colour_at(x, y)
        if likeness.contiguous:
            tiles = self._flooded(floor(x), floor(y), colour, likeness.tolerance)
        else:
            tiles = self._everywhere(colour, likeness.tolerance)
        if likeness.contiguous and likeness.gap_px > 0 and tiles:
            tiles = _without_leaks(tiles, self._document, floor(x), floor(y), likeness.gap_px)
        if likeness.antialias:
            found = self._softened(tiles, colour)
        else:
            found = Surface({key: _as_selection(tile) for key, tile in tiles.items()}, 1)
        if likeness.grow_px:
            found = selection.grown(found, self._document, likeness.grow_px)
            return found if self._limit is None else selection.combined(found, self._limit, "intersect")
        return found

    def range(self, colour: Colour, tolerance: float, fuzziness: float) -> Surface:
        """Everything of a colour: selected up to `tolerance`, then less and less over `fuzziness` (both 0..1)."""
        step = np.arange(256) / FARTHEST
        if fuzziness > 0:
            share = np.clip(1 - (step - tolerance) / fuzziness, 0, 1)
        else:
            share = (step <= tolerance + 0.5 / FARTHEST).astype(np.float64)
        share[OUTSIDE] = 0
        table = np.round(share * ONE).astype(np.uint16)
        made: dict[int, Pixels] = {}
        tiles: dict[TileKey, Pixels] = {}
        for key in self._keys():
            distance = self._distance(key, colour)
            tile = made.get(id(distance))
            if tile is None:
                tile = table[distance]
                tile = FULL_TILE if tile.min() == ONE else tile
                tile.flags.writeable = False
                made[id(distance)] = tile
            tiles[key] = tile
        return Surface(tiles, 1).trimmed()

    def _keys(self) -> Iterable[TileKey]:
        keys = self._document.tile_keys(TILE_PX)
        return keys if self._limit is None else (key for key in keys if key in self._limit.tiles)

    def _distance(self, key: TileKey, colour: Colour) -> Pixels8:
        """The distances of a tile's pixels from `colour`, OUTSIDE where they may not be entered."""
        if colour != self._colour:
            self._colour = colour
            self._of_tile.clear()
            self._distances.clear()
        distance = self._distances.get(key)
        if distance is not None:
            return distance
        tile = self._sample(key)
        tile = _CLEAR if tile is None else tile
        seen = self._of_tile.get(id(tile))
        if seen is None:
            distance = np.empty((TILE_PX, TILE_PX, 1), np.uint8)
            kernels.flooding.colour_distance(distance, tile, *colour)
            self._of_tile[id(tile)] = tile, distance  # the tile too: an id is free again once its owner is gone
        else:
            distance = seen[1]
        distance = self._closed(key, distance)
        self._distances[key] = distance
        return distance

    def _closed(self, key: TileKey, distance: Pixels8) -> Pixels8:
        rect = tile_rect(key)
        limit = FULL_TILE if self._limit is None else self._limit.tiles.get(key)
        inside = rect & self._document
        if inside == rect and limit is FULL_TILE:
            return distance
        if limit is None or not inside:
            return _BARRED
        closed = np.full_like(distance, OUTSIDE)
        part = (slice(inside.y0 - rect.y0, inside.y1 - rect.y0), slice(inside.x0 - rect.x0, inside.x1 - rect.x0))
        closed[part] = np.where(limit[part] > 0, distance[part], OUTSIDE)
        return closed

    def _flooded(self, x: int, y: int, colour: Colour, tolerance: float) -> dict[TileKey, Pixels8]:
        """Tiles of FLOODED and 0: what hangs together with the pixel (x, y)."""
        threshold = _threshold(tolerance)
        start = (x // TILE_PX, y // TILE_PX)
        if not self.near(x, y, colour, tolerance):
            return {}
        areas: dict[TileKey, Pixels8] = {}
        waiting: dict[TileKey, Pixels8] = {start: np.zeros((4, TILE_PX, 1), np.uint8)}
        seed = (y % TILE_PX) * TILE_PX + x % TILE_PX
        # Tiles that may be entered throughout are flooded in one go; the answer is kept by the distances they share.
        throughout: dict[int, bool] = {}
        while waiting:
            key, entries = waiting.popitem()
            area = areas.get(key)
            if area is _ALL:
                continue
            distance = self._distance(key, colour)
            if id(distance) not in throughout:
                throughout[id(distance)] = int(distance.max()) <= threshold
            if throughout[id(distance)]:
                areas[key], exits = _ALL, _EVERY_EXIT
            else:
                if area is None:
                    area = areas[key] = np.zeros((TILE_PX, TILE_PX, 1), np.uint8)
                exits = np.zeros((4, TILE_PX, 1), np.uint8)
                kernels.flooding.flood(area, exits, distance, entries, seed if key == start else -1, threshold)
            for side, (dx, dy, opposite) in enumerate(_BEHIND):
                behind = key[0] + dx, key[1] + dy
                if not exits[side].any() or areas.get(behind) is _ALL:
                    continue
                if self._distance(behind, colour) is _BARRED:
                    continue
                if behind not in waiting:
                    waiting[behind] = np.zeros((4, TILE_PX, 1), np.uint8)
                waiting[behind][opposite] |= exits[side]
        return {key: area for key, area in areas.items() if area.any()}

    def _everywhere(self, colour: Colour, tolerance: float) -> dict[TileKey, Pixels8]:
        threshold = _threshold(tolerance)
        made: dict[int, Pixels8] = {}
        tiles: dict[TileKey, Pixels8] = {}
        for key in self._keys():
            distance = self._distance(key, colour)
            if id(distance) not in made:
                area = (distance <= threshold).astype(np.uint8)
                made[id(distance)] = _ALL if area.all() else area
            if made[id(distance)].any():
                tiles[key] = made[id(distance)]
        return tiles

    def _softened(self, areas: dict[TileKey, Pixels8], colour: Colour) -> Surface:
        tiles: dict[TileKey, Pixels] = {}
        around = {(x + dx, y + dy) for (x, y), area in areas.items() for dx, dy in _beside(area)}
        for key in areas.keys() | around:
            if areas.get(key) is _ALL:
                tiles[key] = FULL_TILE
                continue
            if self._distance(key, colour) is _BARRED:
                continue
            out = np.empty((TILE_PX, TILE_PX, 1), np.uint16)
            area = _with_rim(key, lambda k: areas.get(k, _NONE))
            distance = _with_rim(key, lambda k: self._distance(k, colour))
            if kernels.flooding.soften_edge(out, area, distance):
                out.flags.writeable = False
                tiles[key] = out
        return Surface(tiles, 1)


_CLEAR: Pixels = np.zeros((TILE_PX, TILE_PX, 4), np.uint16)
_BARRED: Pixels8 = np.full((TILE_PX, TILE_PX, 1), OUTSIDE, np.uint8)
_NONE: Pixels8 = np.zeros((TILE_PX, TILE_PX, 1), np.uint8)
_ALL: Pixels8 = np.full((TILE_PX, TILE_PX, 1), FLOODED, np.uint8)
_EVERY_EXIT: Pixels8 = np.ones((4, TILE_PX, 1), np.uint8)
for _constant in (_CLEAR, _BARRED, _NONE, _ALL, _EVERY_EXIT):
    _constant.flags.writeable = False


def _threshold(tolerance: float) -> int:
    return round(min(max(tolerance, 0.0), 1.0) * FARTHEST)


def _as_selection(area: Pixels8) -> Pixels:
    if area is _ALL:
        return FULL_TILE
    tile = np.where(area == FLOODED, np.uint16(ONE), np.uint16(0))
    tile.flags.writeable = False
    return tile


def _beside(area: Pixels8) -> list[tuple[int, int]]:
    """Steps to the neighbours that an area touches the edge of."""
    if area is _ALL:
        return [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
    columns = {0: True, -1: bool(area[:, 0].any()), 1: bool(area[:, -1].any())}
    rows = {0: True, -1: bool(area[0].any()), 1: bool(area[-1].any())}
    return [(dx, dy) for dx, x in columns.items() for dy, y in rows.items() if (dx or dy) and x and y]


def _with_rim(key: TileKey, tile_at: Callable[[TileKey], Pixels8]) -> Pixels8:
    """A tile with one pixel of its neighbours on each side."""
    out = np.empty((TILE_PX + 2, TILE_PX + 2, 1), np.uint8)
    ends = ((-1, slice(0, 1), slice(-1, None)), (0, slice(1, -1), slice(None)), (1, slice(-1, None), slice(0, 1)))
    for dy, to_rows, from_rows in ends:
        for dx, to_columns, from_columns in ends:
            out[to_rows, to_columns] = tile_at((key[0] + dx, key[1] + dy))[from_rows, from_columns]
    return out


def _without_leaks(
    tiles: dict[TileKey, Pixels8], document: Rect, x: int, y: int, gap_px: int
) -> dict[TileKey, Pixels8]:
    """The part of a flooded area that (x, y) reaches without going through a gap narrower than `gap_px`.

    Only where a disc as wide as the gap fits the area is flooded again; narrow places (corners, and the gaps) then go
    to whichever part is nearer, the flooded one or one that was not reached.
    """
    box = document & _around(tiles)
    margin = gap_px + 2
    free = np.pad(_plane(tiles, box), margin)
    # The document's edge is no line: what touches it goes on.
    for side, at_edge in enumerate(
        (box.y0 == document.y0, box.y1 == document.y1, box.x0 == document.x0, box.x1 == document.x1)
    ):
        if at_edge:
            _extend(free, side, margin)
    room = cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[margin:-margin, margin:-margin]
    free = np.ascontiguousarray(free[margin:-margin, margin:-margin])
    here = float(room[y - box.y0, x - box.x0])
    # Between two lines with w free pixels between them no pixel is further from a line than (w + 1) / 2.
    wide = room >= min(gap_px / 2 + 0.5, here)
    area = np.zeros((*free.shape, 1), np.uint8)
    nothing = np.zeros((4, max(free.shape), 1), np.uint8)
    barrier = np.where(wide, np.uint8(0), np.uint8(OUTSIDE))[..., None]
    seed = (y - box.y0) * box.width + x - box.x0
    kernels.flooding.flood(area, nothing.copy(), barrier, nothing, seed, 0)
    area[wide & (area[..., 0] == 0)] = OTHER
    kernels.flooding.share_out(area, free[..., None])
    out: dict[TileKey, Pixels8] = {}
    for key in tiles:
        t = tile_rect(key)
        part = t & box
        found = np.zeros((TILE_PX, TILE_PX, 1), np.uint8)
        found[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0] = (
            area[part.y0 - box.y0 : part.y1 - box.y0, part.x0 - box.x0 : part.x1 - box.x0] == FLOODED
        )
        if found.any():
            out[key] = _ALL if found.all() else found
    return out


def _around(tiles: Iterable[TileKey]) -> Rect:
    keys = np.array(list(tiles))
    (x0, y0), (x1, y1) = keys.min(0) * TILE_PX, (keys.max(0) + 1) * TILE_PX
    return Rect(int(x0), int(y0), int(x1), int(y1))


def _plane(tiles: dict[TileKey, Pixels8], box: Rect) -> npt.NDArray[np.uint8]:
    out = np.zeros((box.height, box.width), np.uint8)
    for key, tile in tiles.items():
        t = tile_rect(key)
        part = t & box
        out[part.y0 - box.y0 : part.y1 - box.y0, part.x0 - box.x0 : part.x1 - box.x0] = tile[
            part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0, 0
        ]
    return out


def _extend(free: npt.NDArray[np.uint8], side: int, margin: int) -> None:
    """Repeat the outermost row or column of the inner part over the margin at a side: top, bottom, left, right."""
    plane = free if side < 2 else free.T
    if side % 2 == 0:
        plane[:margin] = plane[margin]
    else:
        plane[-margin:] = plane[-margin - 1]
