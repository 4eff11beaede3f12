"""Resampling of surfaces: moved, scaled, turned, skewed, drawn in perspective or warped, tile by tile.

A mapping takes source points to target points. What needs no new pixels makes none: an identity returns its argument,
whole pixels share tiles, quarter turns and mirror images are lossless. Shrinking filters as wide as it shrinks, from a
source halved beforehand, so that nothing aliases. Pure: any thread, no Qt; tiles are made on several threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import ceil, cos, floor, log2, pi, radians, sin
from threading import Lock
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.edits import EditError
from canvas.formats.threads import in_threads
from canvas.geometry import EMPTY, Rect, rect_around
from canvas.kernels import warping
from canvas.kernels.warping import MAX_STRETCH, PHASES, TABLE_STEPS
from canvas.tiles import TILE_PX, Pixels, Surface, TileKey, tile_rect

Point: TypeAlias = tuple[float, float]
Quad: TypeAlias = tuple[Point, Point, Point, Point]
"""Corners clockwise from the top left one of the source."""
Places: TypeAlias = npt.NDArray[np.float32]
"""Where target pixels lie in the source, as in `canvas.kernels.warping`: shape (height, width, 4)."""
#: A surface is not made larger than this: 2 GiB of colour.
MOST_TILES = 1 << 14
#: Rounding of positions that counts as none, in pixels.
_HAIR = 1e-6


class Interpolation(StrEnum):
    """How colour between pixels is found. Nearest keeps hard pixels; the others grow crisper, and ring more, in order.

    Bicubic: Catmull-Rom (Keys 1981, a = -1/2). Lanczos: three lobes.
    """

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    LANCZOS = "lanczos"


class Stopped(Exception):
    """The work was called off."""


class Work:
    """How far a long computation is. One thread works and calls `step`; another may look on, or set `stopped`."""

    def __init__(self) -> None:
        self.expected_tiles = 0
        self.done_tiles = 0
        self.stopped = False

    def step(self, tiles: int = 1) -> None:
        """So many tiles are done. Raises Stopped."""
        self.done_tiles += tiles
        if self.stopped:
            raise Stopped


class Mapping(Protocol):
    """From source to target points in document pixels."""

    def point(self, x: float, y: float) -> Point: ...

    def reach(self, rect: Rect) -> Rect | None:
        """A rectangle around what `rect` becomes; None when that has no end (a horizon lies in it)."""

    def places(self, target: Rect) -> Places:
        """Where the pixels of `target` come from."""

    def scaled(self, factor: float) -> Mapping:
        """The same mapping between a source and a target that are both `factor` as large."""

    def lossless(self) -> Lossless | None:
        """The mapping as one of whole pixels, if it is one."""


@dataclass(frozen=True, slots=True)
class Lossless:
    """x' = a x + b y + dx, y' = c x + d y + dy, where a, b, c, d turn by quarters or mirror."""

    a: int
    b: int
    c: int
    d: int
    dx: int
    dy: int


@dataclass(frozen=True, slots=True)
class Projective:
    """(x', y') = (a x + b y + c, d x + e y + f) / (g x + h y + i). `matrix`: a to i."""

    matrix: tuple[float, float, float, float, float, float, float, float, float] = (1, 0, 0, 0, 1, 0, 0, 0, 1)

    @staticmethod
    def of(matrix: npt.NDArray[np.float64]) -> Projective:
        """From a 3x3 matrix; a positive factor makes no difference."""
        affine = matrix[2, 0] == 0.0 and matrix[2, 1] == 0.0
        flat = (matrix / (matrix[2, 2] if affine else np.abs(matrix).max())).ravel()
        return Projective(tuple(float(v) for v in flat))  # type: ignore[arg-type] # nine of them

    @staticmethod
    def shift(dx: float, dy: float) -> Projective:
        return Projective((1, 0, dx, 0, 1, dy, 0, 0, 1))

    @staticmethod
    def scale(across: float, down: float) -> Projective:
        """About the origin."""
        return Projective((across, 0, 0, 0, down, 0, 0, 0, 1))

    @staticmethod
    def turn(degrees: float) -> Projective:
        """Clockwise about the origin; quarter turns are exact."""
        quarters, rest = divmod(degrees, 90.0)
        c, s = cos(radians(degrees)), sin(radians(degrees))
        if rest == 0.0:
            c, s = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarters) % 4]
        return Projective((c, -s, 0, s, c, 0, 0, 0, 1))

    @staticmethod
    def linear(a: float, b: float, c: float, d: float) -> Projective:
        """x' = a x + b y, y' = c x + d y."""
        return Projective((a, b, 0, c, d, 0, 0, 0, 1))

    @staticmethod
    def between(box: tuple[float, float, float, float], quad: Quad) -> Projective:
        """What takes the box (x0, y0, x1, y1) to four corners, clockwise from its top left one.

        Heckbert, "Fundamentals of Texture Mapping and Image Warping" (1989), section 2.2.3. Raises ValueError for
        corners that are not those of a convex quadrilateral.
        """
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
        ax, ay, bx, by = x1 - x2, y1 - y2, x3 - x2, y3 - y2
        sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
        area = ax * by - bx * ay
        if area == 0.0 or box[2] <= box[0] or box[3] <= box[1]:
            raise ValueError("three of the four corners lie in a line")
        g, h = (sx * by - bx * sy) / area, (ax * sy - sx * ay) / area
        if min(1.0 + g, 1.0 + h, 1.0 + g + h) <= _HAIR:
            raise ValueError("the four corners are not those of a convex shape")
        square = [
            [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
            [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
            [g, h, 1.0],
        ]
        unit = Projective.shift(-box[0], -box[1]).then(Projective.scale(1 / (box[2] - box[0]), 1 / (box[3] - box[1])))
        return unit.then(Projective.of(np.array(square, np.float64)))

    def array(self) -> npt.NDArray[np.float64]:
        return np.array(self.matrix, np.float64).reshape(3, 3)

    def then(self, after: Projective) -> Projective:
        """This mapping first, `after` second."""
        return Projective.of(after.array() @ self.array())

    def about(self, x: float, y: float) -> Projective:
        """The same mapping with (x, y) as its origin."""
        return Projective.shift(-x, -y).then(self).then(Projective.shift(x, y))

    def inverse(self) -> Projective:
        return Projective.of(np.asarray(np.linalg.inv(self.array()), np.float64))

    def point(self, x: float, y: float) -> Point:
        a, b, c, d, e, f, g, h, i = self.matrix
        depth = g * x + h * y + i
        return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth

    def reach(self, rect: Rect) -> Rect | None:
        if not rect:
            return EMPTY
        corners = [(x, y) for x in (rect.x0, rect.x1) for y in (rect.y0, rect.y1)]
        g, h, i = self.matrix[6:]
        if any(g * x + h * y + i <= _HAIR for x, y in corners):
            return None
        points = [self.point(x, y) for x, y in corners]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        return rect_around(min(xs), min(ys), max(xs), max(ys))

    def places(self, target: Rect) -> Places:
        where = np.empty((target.height, target.width, 4), np.float32)
        # Not scaled: depth is then positive where the source has a positive one, which the kernel takes for granted.
        warping.project(where, np.asarray(np.linalg.inv(self.array()), np.float64), target.x0, target.y0)
        return where

    def scaled(self, factor: float) -> Projective:
        return Projective.scale(1 / factor, 1 / factor).then(self).then(Projective.scale(factor, factor))

    def lossless(self) -> Lossless | None:
        a, b, c, d, e, f, g, h, i = self.matrix
        if g != 0.0 or h != 0.0 or i != 1.0:
            return None
        whole = tuple(round(v) for v in (a, b, d, e, c, f))
        if any(abs(v - w) > 1e-9 for v, w in zip((a, b, d, e), whole, strict=False)):
            return None
        if abs(c - whole[4]) > _HAIR or abs(f - whole[5]) > _HAIR:
            return None
        turns = abs(whole[0]) + abs(whole[1]) == 1 == abs(whole[2]) + abs(whole[3]) and whole[0] * whole[2] == 0
        return Lossless(*whole) if turns and whole[1] * whole[3] == 0 else None


IDENTITY = Projective()


def shifted(surface: Surface, dx: int, dy: int) -> Surface:
    """The same pixels `dx` further right and `dy` further down. Whole tiles are shared, others put together anew."""
    key_x, x = divmod(dx, TILE_PX)
    key_y, y = divmod(dy, TILE_PX)
    if not x and not y:
        moved_keys = {(tx + key_x, ty + key_y): tile for (tx, ty), tile in surface.tiles.items()}
        return surface if not (key_x or key_y) else Surface(moved_keys, surface.channels)
    tiles: dict[TileKey, Pixels] = {}
    for (tx, ty), tile in surface.tiles.items():
        for part_x, target_x, source_x in _parts(x):
            for part_y, target_y, source_y in _parts(y):
                piece = tile[source_y, source_x]
                key = tx + key_x + part_x, ty + key_y + part_y
                if key not in tiles:
                    if not piece.any():
                        continue
                    tiles[key] = np.zeros((TILE_PX, TILE_PX, surface.channels), np.uint16)
                tiles[key][target_y, target_x] = piece
    for tile in tiles.values():
        tile.flags.writeable = False
    return Surface(tiles, surface.channels)


def _parts(offset: int) -> tuple[tuple[int, slice, slice], ...]:
    """Along one axis: the tiles that a tile moved by 0 <= offset < TILE_PX lands in, with target and source slices."""
    first = (0, slice(offset, TILE_PX), slice(0, TILE_PX - offset))
    return (first,) if offset == 0 else (first, (1, slice(0, offset), slice(TILE_PX - offset, TILE_PX)))


def turned(surface: Surface, turn: Lossless) -> Surface:
    """The same pixels turned by quarters or mirrored, then moved; not one value changes."""
    if (turn.a, turn.b, turn.c, turn.d) == (1, 0, 0, 1):
        return shifted(surface, turn.dx, turn.dy)
    made: dict[int, Pixels] = {}
    tiles: dict[TileKey, Pixels] = {}
    for (tx, ty), tile in surface.tiles.items():
        if id(tile) not in made:  # tiles that look alike stay one object
            turned_tile = tile if turn.b == 0 else tile.transpose(1, 0, 2)
            copy = turned_tile[:: turn.c + turn.d, :: turn.a + turn.b].copy()
            copy.flags.writeable = False
            made[id(tile)] = copy
        x, y = (tx, ty) if turn.b == 0 else (ty, tx)
        key = (x if turn.a + turn.b > 0 else -x - 1, y if turn.c + turn.d > 0 else -y - 1)
        tiles[key] = made[id(tile)]
    return shifted(Surface(tiles, surface.channels), turn.dx, turn.dy)


def resampled(
    surface: Surface,
    mapping: Mapping,
    interpolation: Interpolation,
    within: Rect | None = None,
    work: Work | None = None,
) -> Surface:
    """`surface` under a mapping, no tile of it outside `within`; None keeps everything.

    Raises EditError when it would be too large to hold, Stopped when `work` was called off.
    """
    work = work or Work()
    lossless = mapping.lossless()
    if lossless is not None:
        work.expected_tiles += len(surface.tiles)
        moved = turned(surface, lossless)
        work.step(len(surface.tiles))
        return moved
    lens = _lens(interpolation)
    keys = _target_keys(surface, mapping, lens.radius, within)
    source = _Source(surface)
    tiles: dict[TileKey, Pixels] = {}
    work.expected_tiles += len(keys)
    for key, tile in in_threads(lambda key: _tile(source, mapping, lens, key), keys):
        work.step()
        if tile is not None:
            tiles[key] = tile
    return Surface(tiles, surface.channels)


def _target_keys(surface: Surface, mapping: Mapping, radius: int, within: Rect | None) -> list[TileKey]:
    """Tiles of the target that something of the source may come to lie in."""
    keys: set[TileKey] = set()
    for key in surface.tiles:
        area = mapping.reach(tile_rect(key).grown(radius + 1))
        if area is None:
            if within is None:
                raise EditError("The far edge would lie beyond the horizon; move the corners closer together")
            area = within
        area = area.grown(radius + 1)
        area = area if within is None else area & within
        if len(keys) + (area.width // TILE_PX) * (area.height // TILE_PX) > MOST_TILES:
            raise EditError("This would make the layer too large for the memory; make it smaller")
        keys.update(area.tile_keys(TILE_PX))
    return sorted(keys, key=lambda key: (key[1], key[0]))


def _tile(source: _Source, mapping: Mapping, lens: _Lens, key: TileKey) -> Pixels | None:
    """One tile of the target; None where it is transparent."""
    where = mapping.places(tile_rect(key))
    left, right, top, bottom, least_x, most_x, least_y, most_y, count = warping.extent(where)
    if not count:
        return None
    levels = (0, 0) if lens.radius == 0 else (_level(least_x, most_x), _level(least_y, most_y))
    surface, bounds = source.at(levels)
    shrink_x, shrink_y = 2.0 ** -levels[0], 2.0 ** -levels[1]
    margin_x = lens.radius * min(most_x * shrink_x, MAX_STRETCH) + 1
    margin_y = lens.radius * min(most_y * shrink_y, MAX_STRETCH) + 1
    left, right = left * shrink_x - margin_x, right * shrink_x + margin_x
    top, bottom = top * shrink_y - margin_y, bottom * shrink_y + margin_y
    seen = rect_around(max(left, bounds.x0), max(top, bounds.y0), min(right, bounds.x1), min(bottom, bounds.y1))
    found = {k: tile for k in seen.tile_keys(TILE_PX) if (tile := surface.tiles.get(k)) is not None}
    if not found:
        return None
    if count == TILE_PX * TILE_PX and len({id(tile) for tile in found.values()}) == 1:
        inside = left >= bounds.x0 and top >= bounds.y0 and right <= bounds.x1 and bottom <= bounds.y1
        tile = next(iter(found.values()))
        if inside and len(found) == len(list(seen.tile_keys(TILE_PX))) and source.is_even(tile):
            return tile
    out = np.empty((TILE_PX, TILE_PX, surface.channels), np.uint16)
    pixels = surface.read(seen)
    if surface.channels == 4:
        warping.resample(out, pixels, where, lens.table, lens.phases, lens.radius, shrink_x, shrink_y, seen.x0, seen.y0)
    else:
        warping.resample_mask(out, pixels, where, lens.table, lens.radius, shrink_x, shrink_y, seen.x0, seen.y0)
    if not out.any():
        return None
    out.flags.writeable = False
    return out


def _level(least: float, most: float) -> int:
    """How often to halve before filtering: as often as everything in a tile shrinks, and so that filters stay small."""
    level = max(0, floor(log2(least) + _HAIR))
    return max(level, ceil(log2(most / MAX_STRETCH)))


class _Source:
    """A surface, and halved versions of it along each axis, made when they are first asked for. Safe on any thread."""

    def __init__(self, surface: Surface) -> None:
        self._levels = {(0, 0): (surface, surface.tile_bounds())}
        self._even: dict[int, tuple[bool, Pixels]] = {}
        self._lock = Lock()

    def at(self, levels: tuple[int, int]) -> tuple[Surface, Rect]:
        """The surface at 1 / 2**levels[0] of the width and 1 / 2**levels[1] of the height, and its bounds."""
        with self._lock:
            return self._made(levels)

    def _made(self, levels: tuple[int, int]) -> tuple[Surface, Rect]:
        if levels not in self._levels:
            across, down = levels
            if across:
                surface = _halved(self._made((across - 1, down))[0], (2, 1))
            else:
                surface = _halved(self._made((across, down - 1))[0], (1, 2))
            self._levels[levels] = surface, surface.tile_bounds()
        return self._levels[levels]

    def is_even(self, tile: Pixels) -> bool:
        """All of it has one colour."""
        known = self._even.get(id(tile))
        if known is None:
            known = self._even[id(tile)] = bool((tile == tile[0, 0]).all()), tile
        return known[0]


def _halved(surface: Surface, by: tuple[int, int]) -> Surface:
    """Means of two neighbouring pixels along one axis; `by`: (2, 1) across, (1, 2) down."""
    half = TILE_PX // 2
    made: dict[tuple[int, int], Pixels] = {}
    tiles: dict[TileKey, Pixels] = {}
    for key in {(tx // by[0], ty // by[1]) for tx, ty in surface.tiles}:
        first = surface.tiles.get((key[0] * by[0], key[1] * by[1]))
        second = surface.tiles.get((key[0] * by[0] + by[0] - 1, key[1] * by[1] + by[1] - 1))
        alike = (id(first), id(second))
        if alike not in made:
            out = np.zeros((TILE_PX, TILE_PX, surface.channels), np.uint16)
            for tile, at in ((first, slice(0, half)), (second, slice(half, TILE_PX))):
                if tile is None:
                    continue
                if by[0] == 2:
                    part = np.empty((TILE_PX, half, surface.channels), np.uint16)
                    warping.halve_across(part, tile)
                    out[:, at] = part
                else:
                    part = np.empty((half, TILE_PX, surface.channels), np.uint16)
                    warping.halve_down(part, tile)
                    out[at] = part
            out.flags.writeable = False
            made[alike] = out
        tiles[key] = made[alike]
    return Surface(tiles, surface.channels)


@dataclass(frozen=True, slots=True)
class _Lens:
    """A filter as the kernels take it."""

    radius: int
    table: npt.NDArray[np.float32]
    phases: npt.NDArray[np.float32]


@lru_cache(maxsize=len(Interpolation))
def _lens(interpolation: Interpolation) -> _Lens:
    radius = {"nearest": 0, "bilinear": 1, "bicubic": 2, "lanczos": 3}[interpolation]
    distances = np.arange(radius * TABLE_STEPS + 3) / TABLE_STEPS
    table = weights(interpolation, distances).astype(np.float32)
    phase = np.arange(PHASES + 1)[:, None] / PHASES
    taps = weights(interpolation, np.abs(np.arange(1 - radius, radius + 1)[None] - phase))
    taps = taps / np.maximum(taps.sum(axis=1, keepdims=True), 1e-9)
    return _Lens(radius, table[None, None], np.ascontiguousarray(taps[None], np.float32))


def weights(interpolation: Interpolation, distance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How much a pixel counts by the distance >= 0 of its centre, in pixels."""
    t = distance
    match interpolation:
        case Interpolation.NEAREST:
            return np.where(t <= 0.5, 1.0, 0.0)
        case Interpolation.BILINEAR:
            return np.maximum(1.0 - t, 0.0)
        case Interpolation.BICUBIC:
            near = 1.5 * t**3 - 2.5 * t**2 + 1.0
            far = -0.5 * t**3 + 2.5 * t**2 - 4.0 * t + 2.0
            return np.where(t < 1.0, near, np.where(t < 2.0, far, 0.0))
        case Interpolation.LANCZOS:
            x = pi * np.maximum(t, 1e-9)
            return np.where(t < 3.0, 3.0 * np.sin(x) * np.sin(x / 3.0) / (x * x), 0.0)
