"""Selections: shapes, algebra, and what grows, shrinks and softens them. Pure functions; any thread; no Qt.

A selection is a one-channel `Surface`, ONE where selected, partly selected along anti-aliased edges. Tiles that are
selected throughout are one object, `FULL_TILE`. Functions that measure (grow, border, ...) take the document's
rectangle: its edges are no edges of a selection, which goes on beyond them as it is there. What is selected beyond the
document counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import acos, ceil, cos, floor, pi, sin
from typing import Literal, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from canvas import kernels
from canvas.geometry import Rect, rect_around
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey, tile_rect

Mode: TypeAlias = Literal["replace", "add", "subtract", "intersect"]
"""How a new selection meets the old one."""
Point: TypeAlias = tuple[float, float]
Plane: TypeAlias = npt.NDArray[np.uint16]
"""A part of a selection as one array, shape (h, w), 0..ONE."""

HALF = ONE // 2
FULL_TILE: Pixels = np.full((TILE_PX, TILE_PX, 1), ONE, np.uint16)
FULL_TILE.flags.writeable = False

#: A circle is drawn as a polygon that lies no further than this from it, in pixels.
_ROUND_PX = 0.005
#: Up to this sigma a Gaussian is computed as such; beyond, by three running means, whose cost does not grow.
_EXACT_SIGMA_PX = 6.0


# Shapes


def rectangle(rect: Rect) -> Surface:
    """All pixels of `rect`."""
    made: dict[Rect, Pixels] = {Rect(0, 0, TILE_PX, TILE_PX): FULL_TILE}
    tiles: dict[TileKey, Pixels] = {}
    for key in rect.tile_keys(TILE_PX):
        t = tile_rect(key)
        part = (t & rect).moved(-t.x0, -t.y0)
        if part not in made:
            tile = np.zeros((TILE_PX, TILE_PX, 1), np.uint16)
            tile[part.y0 : part.y1, part.x0 : part.x1] = ONE
            tile.flags.writeable = False
            made[part] = tile
        tiles[key] = made[part]
    return Surface(tiles, 1)


def polygon(points: Sequence[Point], document: Rect) -> Surface:
    """What a closed path through `points` winds around, within the document; edges are anti-aliased exactly."""
    inside = _clipped(points, document)
    if len(inside) < 3:
        return Surface.blank(1)
    table = np.array(inside, np.float64)
    box = rect_around(table[:, 0].min(), table[:, 1].min(), table[:, 0].max(), table[:, 1].max())

    def strip(rect: Rect) -> Plane:
        out = np.empty((rect.height, rect.width, 1), np.uint16)
        kernels.selecting.cover_polygon(out, table, rect.x0, rect.y0)
        return out[..., 0]

    return _by_strips(box, strip)


def ellipse(x0: float, y0: float, x1: float, y1: float, document: Rect) -> Surface:
    """The ellipse in a box of document coordinates."""
    cx, cy, rx, ry = (x0 + x1) / 2, (y0 + y1) / 2, abs(x1 - x0) / 2, abs(y1 - y0) / 2
    if not rx or not ry:
        return Surface.blank(1)
    quarter = max(4, ceil(pi / 4 / acos(1 - min(0.5, _ROUND_PX / max(rx, ry)))))
    angles = [pi / 2 * i / quarter for i in range(4 * quarter)]
    return polygon([(cx + rx * cos(a), cy + ry * sin(a)) for a in angles], document)


def hardened(selection: Surface) -> Surface:
    """Without half-selected pixels: selected from a half on."""
    return Surface({key: _hard(tile) for key, tile in selection.tiles.items()}, 1).trimmed()


def of_alpha(surface: Surface) -> Surface:
    """Selected as far as the pixels of a layer are opaque."""
    made: dict[int, Pixels] = {}
    tiles: dict[TileKey, Pixels] = {}
    for key, tile in surface.tiles.items():
        alpha = made.get(id(tile))
        if alpha is None:
            alpha = made[id(tile)] = _published(tile[..., 3])
        tiles[key] = alpha
    return Surface(tiles, 1).trimmed()


# Algebra


def combined(old: Surface | None, new: Surface, mode: Mode) -> Surface:
    """`old` changed by `new`; `new` alone where there was no old selection, whatever the mode.

    Pixels that are selected in part follow the larger (add) or smaller (intersect) of the two values.
    """
    if old is None or mode == "replace":
        return new
    if mode == "add":
        tiles = dict(old.tiles)
        for key, tile in new.tiles.items():
            mine = tiles.get(key)
            tiles[key] = tile if mine is None or tile is FULL_TILE else _frozen(np.maximum(mine, tile))
        return Surface(tiles, 1)
    tiles = {}
    for key, tile in old.tiles.items():
        other = new.tiles.get(key)
        if mode == "intersect":
            if other is not None:
                tiles[key] = _intersection(tile, other)
        elif other is None:
            tiles[key] = tile
        elif other is not FULL_TILE:
            tiles[key] = _frozen(np.minimum(tile, ONE - other))
    return Surface(tiles, 1).trimmed()


def inverted(selection: Surface, document: Rect) -> Surface:
    """What is not selected of the document."""
    return combined(rectangle(document), selection, "subtract")


def within(selection: Surface, document: Rect) -> Surface:
    """What is selected of the document."""
    return combined(rectangle(document), selection, "intersect")


def moved(selection: Surface, dx: int, dy: int) -> Surface:
    """The same selection `dx` further right and `dy` further down."""
    bounds = selection.content_bounds()
    return of_plane(selection.read(bounds)[..., 0], bounds.x0 + dx, bounds.y0 + dy)


def is_empty(selection: Surface, document: Rect) -> bool:
    """Whether no pixel of the document is selected at all."""
    return not any(
        tile.any() if document.contains(tile_rect(key)) else _cut(tile, key, document).any()
        for key, tile in selection.tiles.items()
    )


def coverage_at(selection: Surface, x: float, y: float) -> float:
    """How far the pixel under a point of the document is selected, 0..1."""
    px, py = floor(x), floor(y)
    tile = selection.tiles.get((px // TILE_PX, py // TILE_PX))
    return 0.0 if tile is None else int(tile[py % TILE_PX, px % TILE_PX, 0]) / ONE


def lifted(surface: Surface, selection: Surface) -> tuple[Surface, Surface]:
    """The pixels of a surface that are selected, and those that remain; together they are the surface again, exactly.

    Works on layers and on masks alike.
    """
    inside: dict[TileKey, Pixels] = {}
    rest = dict(surface.tiles)
    for key, tile in surface.tiles.items():
        chosen = selection.tiles.get(key)
        if chosen is None:
            continue
        if chosen is FULL_TILE:
            inside[key] = rest.pop(key)
            continue
        taken = np.empty_like(tile)
        kernels.masked(taken, tile, chosen)
        inside[key] = _frozen(taken)
        rest[key] = _frozen(tile - taken)
    return Surface(inside, surface.channels).trimmed(), Surface(rest, surface.channels).trimmed()


# Measured changes


def grown(selection: Surface, document: Rect, px: int) -> Surface:
    """Larger by `px` all around, with round corners; a negative `px` shrinks."""
    if px == 0:
        return selection
    return _changed(selection, document, abs(px) + 2, lambda plane: _grown(plane, px))


def bordered(selection: Surface, document: Rect, px: int) -> Surface:
    """A band of `px` along the edge, half of it on either side."""
    outer, inner = (px + 1) // 2, px // 2

    def band(plane: Plane) -> Plane:
        return np.minimum(_grown(plane, outer), ONE - _grown(plane, -inner))

    return _changed(selection, document, outer + 2, band)


def feathered(selection: Surface, document: Rect, px: float) -> Surface:
    """With edges that fade: blurred by a Gaussian of sigma `px`."""
    if px <= 0:
        return selection
    return _changed(selection, document, ceil(4.0 * px) + 1, lambda plane: _blurred(plane, px))


def smoothed(selection: Surface, document: Rect, px: int) -> Surface:
    """With corners rounded and specks and holes up to about `px` taken away: what most of the surroundings are."""

    def majority(plane: Plane) -> Plane:
        mean = _blurred(plane, px / 2).astype(np.int32)
        # A ramp of about a pixel in place of the blurred edge, whose slope is 1 / (sigma sqrt(2 pi)).
        steep = max(1.0, px / 2 * (2 * pi) ** 0.5)
        return np.asarray(np.clip((mean - HALF) * steep + HALF, 0, ONE), np.uint16)

    return _changed(selection, document, 2 * px + 2, majority)


def _changed(selection: Surface, document: Rect, reach_px: int, change: Callable[[Plane], Plane]) -> Surface:
    """Apply `change`, which looks no further than `reach_px`, to the selected part of the document and around it.

    Where all within reach is selected, or nothing is, one look says what comes of it; the rest is done in runs of
    tiles, or at once when the runs would overlap for the most part.
    """
    box = (selection.content_bounds() & document).grown(reach_px) & document
    if not box:
        return Surface.blank(1)
    if reach_px > TILE_PX:
        return of_plane(_change_in(selection, document, box, reach_px, change), box.x0, box.y0)
    kinds = _kinds(selection, document, box)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(kinds, 1, "edge"), (3, 3))
    plain = around.min((2, 3)) == around.max((2, 3))
    kept = int(change(np.full((3, 3), ONE, np.uint16))[1, 1]) == ONE
    tiles: dict[TileKey, Pixels] = {}
    left, top = box.x0 // TILE_PX, box.y0 // TILE_PX
    for row in range(kinds.shape[0]):
        for column in np.flatnonzero(plain[row] & (kinds[row] == _SELECTED)).tolist() if kept else ():
            key = left + column, top + row
            tiles[key] = selection.tiles[key]
        for first, last in runs(~plain[row] | (kinds[row] == _MIXED)):
            y, x = (top + row) * TILE_PX, left * TILE_PX
            run = Rect(x + first * TILE_PX, y, x + last * TILE_PX, y + TILE_PX) & document
            tiles |= of_plane(_change_in(selection, document, run, reach_px, change), run.x0, run.y0).tiles
    return Surface(tiles, 1)


_NOTHING, _SELECTED, _MIXED = 0, 1, 2


def _kinds(selection: Surface, document: Rect, box: Rect) -> npt.NDArray[np.int8]:
    """Of each tile that `box` touches, row by row: whether nothing, everything or part of it is selected."""
    left, top = box.x0 // TILE_PX, box.y0 // TILE_PX
    kinds = np.zeros((-(-box.y1 // TILE_PX) - top, -(-box.x1 // TILE_PX) - left), np.int8)
    for key in box.tile_keys(TILE_PX):
        tile = selection.tiles.get(key)
        if tile is not None:
            part = tile if tile is FULL_TILE else _cut(tile, key, document)
            kind = _SELECTED if tile is FULL_TILE or part.min() == ONE else _MIXED if part.any() else _NOTHING
            kinds[key[1] - top, key[0] - left] = kind
    return kinds


def runs(cells: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where true cells follow each other, from the first to after the last."""
    steps = np.flatnonzero(np.diff(np.concatenate(([0], cells.astype(np.int8), [0]))))
    return [(int(first), int(last)) for first, last in steps.reshape(-1, 2)]


def _change_in(
    selection: Surface, document: Rect, rect: Rect, reach_px: int, change: Callable[[Plane], Plane]
) -> Plane:
    """What `change` makes of `rect`; beyond the document the selection goes on as it is at the edge."""
    seen = rect.grown(reach_px) & document
    beyond = (
        reach_px - (rect.y0 - seen.y0), reach_px - (seen.y1 - rect.y1),
        reach_px - (rect.x0 - seen.x0), reach_px - (seen.x1 - rect.x1),
    )  # fmt: skip
    plane = cv2.copyMakeBorder(selection.read(seen)[..., 0], *beyond, cv2.BORDER_REPLICATE)
    return change(np.asarray(plane, np.uint16))[reach_px:-reach_px, reach_px:-reach_px]


def _grown(plane: Plane, px: int) -> Plane:
    """The edge, taken at half coverage, moves outwards by `px`; it is anti-aliased by its distance."""
    if px == 0:
        return plane
    far = (plane >= HALF) if px < 0 else (plane < HALF)
    if far.all():
        return plane
    distance = cv2.distanceTransform(far.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    cover = np.clip((abs(px) + 1.0 - distance) * ONE, 0, ONE).astype(np.uint16)
    return np.asarray(np.minimum(plane, ONE - cover) if px < 0 else np.maximum(plane, cover), np.uint16)


def _blurred(plane: Plane, sigma: float) -> Plane:
    if sigma <= _EXACT_SIGMA_PX:
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.uint16)
    # Three means of width w have the variance 3 (w² - 1) / 12; two widths, both odd, meet it closely.
    ideal = (4 * sigma * sigma + 1) ** 0.5
    narrow = int(ideal) - (int(ideal) % 2 == 0)
    narrow_count = round((12 * sigma * sigma - 3 * narrow * narrow - 12 * narrow - 9) / (-4 * narrow - 4))
    for i in range(3):
        width = narrow if i < narrow_count else narrow + 2
        plane = np.asarray(cv2.blur(plane, (width, width), borderType=cv2.BORDER_REPLICATE), np.uint16)
    return plane


# Planes and tiles


def of_plane(plane: Plane, x0: int, y0: int) -> Surface:
    """The selection held by `plane` (h, w), 0..ONE, whose top left is the document pixel (x0, y0)."""
    box = Rect(x0, y0, x0 + plane.shape[1], y0 + plane.shape[0])

    def strip(rect: Rect) -> Plane:
        return plane[rect.y0 - y0 : rect.y1 - y0, rect.x0 - x0 : rect.x1 - x0]

    return _by_strips(box, strip)


def _by_strips(box: Rect, strip: Callable[[Rect], Plane]) -> Surface:
    """Put a surface together from one row of tiles at a time, so that no plane of the whole is needed."""
    tiles: dict[TileKey, Pixels] = {}
    for ty in range(box.y0 // TILE_PX, -(-box.y1 // TILE_PX)):
        rect = Rect(box.x0, max(box.y0, ty * TILE_PX), box.x1, min(box.y1, (ty + 1) * TILE_PX))
        plane = strip(rect)
        for key in rect.tile_keys(TILE_PX):
            t = tile_rect(key)
            part = t & rect
            values = plane[:, part.x0 - rect.x0 : part.x1 - rect.x0]
            if not values.any():
                continue
            if values.shape == (TILE_PX, TILE_PX):
                tiles[key] = _published(values)
                continue
            tile = np.zeros((TILE_PX, TILE_PX, 1), np.uint16)
            tile[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0, 0] = values
            tiles[key] = _frozen(tile)
    return Surface(tiles, 1)


def _published(values: Plane) -> Pixels:
    """A tile holding a copy of `values` (TILE_PX, TILE_PX)."""
    return FULL_TILE if values.min() == ONE else _frozen(values.reshape(TILE_PX, TILE_PX, 1).copy())


def _frozen(tile: Pixels) -> Pixels:
    tile.flags.writeable = False
    return tile


def _hard(tile: Pixels) -> Pixels:
    return tile if tile is FULL_TILE else _published(np.where(tile[..., 0] >= HALF, ONE, 0).astype(np.uint16))


def _intersection(a: Pixels, b: Pixels) -> Pixels:
    if a is FULL_TILE:
        return b
    return a if b is FULL_TILE else _frozen(np.minimum(a, b))


def _cut(tile: Pixels, key: TileKey, rect: Rect) -> Pixels:
    """The part of a tile that lies in `rect`."""
    t = tile_rect(key)
    part = t & rect
    return tile[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0] if part else tile[:0]


def _clipped(points: Sequence[Point], rect: Rect) -> list[Point]:
    """A polygon cut off at the edges of a rectangle (Sutherland and Hodgman): what runs along them encloses nothing."""
    kept = list(points)
    for axis, limit, sign in ((0, rect.x0, 1), (0, rect.x1, -1), (1, rect.y0, 1), (1, rect.y1, -1)):
        before, kept = kept, []
        for i, point in enumerate(before):
            last = before[i - 1]
            inside, was_inside = (sign * (p[axis] - limit) >= 0 for p in (point, last))
            if inside != was_inside:
                share = (limit - last[axis]) / (point[axis] - last[axis])
                kept.append((last[0] + share * (point[0] - last[0]), last[1] + share * (point[1] - last[1])))
            if inside:
                kept.append(point)
    return kept
