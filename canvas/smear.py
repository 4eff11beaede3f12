"""A smudging stroke: every dab drags paint onto what the dab before left. Owned by the stroke's thread; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from canvas import kernels
from canvas.brush import ROUND, Brush
from canvas.geometry import EMPTY, Rect
from canvas.kernels.dab_table import ARM, Table
from canvas.paint_target import Ground
from canvas.stamping import Stamper, Stamps
from canvas.tiles import TILE_PX, Pixels, Surface, SurfaceEdit, TileKey, tile_rect

_NO_SELECTION = np.zeros((0, 0, 1), np.uint16)
#: Dabs are drawn together as long as the rectangle around them is not larger than so many of the largest.
_ROOM = 4.0

Seen = Callable[[Rect], Pixels]
"""The picture in a rectangle as it was before the stroke, (h, w, 4)."""


class Smear:
    """Drags the paint of the ground itself, or what `seen` shows, all layers together."""

    def __init__(self, ground: Ground, brush: Brush, stamper: Stamper, seen: Seen | None = None) -> None:
        self._ground, self._stamper = ground, stamper
        self._seen = seen if ground.channels == 4 else None
        corner = 1.0 if brush.tip == ROUND else 2.0**0.5
        self._side = 2 * (int(brush.size_px * corner / 2) + 3)
        self._arms: dict[int, _Load] = {}
        self._pixels = _Sheet(ground.surface, ground.outside)
        self._picture = _Sheet(Surface.blank(), 0)
        self._stale: set[TileKey] = set()
        self._touched: dict[TileKey, None] = {}

    @property
    def touched(self) -> tuple[TileKey, ...]:
        return tuple(self._touched)

    def draw(self, dabs: Table) -> Rect:
        """Smudge; returns the rectangle, tile by tile, in which the ground will change."""
        dirty = EMPTY
        for stamps in self._stamper.stamped(dabs):
            for part, bounds in _runs(stamps):
                dirty |= self._smudge(part, bounds)
        return dirty

    def _smudge(self, stamps: Stamps, bounds: Rect) -> Rect:
        pixels = self._pixels.read(bounds)
        source = pixels
        if self._seen is not None:
            self._show(bounds, self._seen)
            source = self._picture.read(bounds)
        limit = _NO_SELECTION if self._ground.limit is None else self._ground.limit.read(bounds)
        before = pixels.copy()
        arm = int(stamps.dabs[0, ARM])
        load = self._arms.setdefault(arm, _Load(self._side, self._ground.channels))
        kernels.smudge(
            pixels, source, load.carried, load.held, stamps.pixels, stamps.dabs, stamps.boxes, limit,
            bounds.x0, bounds.y0, int(self._ground.alpha_locked),
        )  # fmt: skip
        dirty = EMPTY
        for key in bounds.tile_keys(TILE_PX):
            part = tile_rect(key) & bounds
            inside = np.s_[part.y0 - bounds.y0 : part.y1 - bounds.y0, part.x0 - bounds.x0 : part.x1 - bounds.x0]
            if self._seen is not None:
                self._picture.write(key, part, source[inside])
            if not np.array_equal(before[inside], pixels[inside]):
                self._pixels.write(key, part, pixels[inside])
                self._stale.add(key)
                self._touched[key] = None
                dirty |= tile_rect(key)
        return dirty

    def _show(self, bounds: Rect, seen: Seen) -> None:
        """Take over the picture where the stroke has not been yet."""
        for key in bounds.tile_keys(TILE_PX):
            if key not in self._picture:
                self._picture.write(key, tile_rect(key), seen(tile_rect(key)))

    def publish(self, edit: SurfaceEdit) -> bool:
        """Write what has changed since the last time; False when nothing has."""
        for key in self._stale:
            edit.put(key, self._pixels.copied(key))
        changed = bool(self._stale)
        self._stale.clear()
        return changed


class _Load:
    """What one copy of the brush carries."""

    def __init__(self, side: int, channels: int) -> None:
        self.carried: npt.NDArray[np.float32] = np.zeros((side, side, channels), np.float32)
        self.held: Table = np.zeros((1, 4))


class _Sheet:
    """Tiles that a stroke writes on, over a surface that it does not change."""

    def __init__(self, base: Surface, outside: int) -> None:
        self._base, self._outside = base, outside
        self._tiles: dict[TileKey, Pixels] = {}

    def __contains__(self, key: TileKey) -> bool:
        return key in self._tiles

    def read(self, rect: Rect) -> Pixels:
        out = np.full((rect.height, rect.width, self._base.channels), self._outside, np.uint16)
        for key in rect.tile_keys(TILE_PX):
            tile = self._tiles.get(key)
            if tile is None:
                tile = self._base.tiles.get(key)
            if tile is not None:
                t = tile_rect(key)
                part = t & rect
                out[part.y0 - rect.y0 : part.y1 - rect.y0, part.x0 - rect.x0 : part.x1 - rect.x0] = tile[
                    part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0
                ]
        return out

    def write(self, key: TileKey, part: Rect, pixels: Pixels) -> None:
        t = tile_rect(key)
        if key not in self._tiles:
            base = self._base.tiles.get(key)
            shape = (TILE_PX, TILE_PX, self._base.channels)
            self._tiles[key] = np.full(shape, self._outside, np.uint16) if base is None else base.copy()
        self._tiles[key][part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0] = pixels

    def copied(self, key: TileKey) -> Pixels:
        return self._tiles[key].copy()


def _runs(stamps: Stamps) -> Iterator[tuple[Stamps, Rect]]:
    """Dabs to be drawn together, those of one copy that follow each other and lie near, and what is around them."""
    rects, arms = stamps.rects, stamps.dabs[:, ARM]
    room = _ROOM * max(rect.area for rect in rects)
    first, around = 0, EMPTY
    for i, rect in enumerate(rects):
        if i > first and ((around | rect).area > room or arms[i] != arms[first]):
            if around:
                yield Stamps(stamps.dabs[first:i], stamps.boxes[first:i], stamps.pixels), around
            first, around = i, EMPTY
        around |= rect
    if around:
        yield Stamps(stamps.dabs[first:], stamps.boxes[first:], stamps.pixels), around
