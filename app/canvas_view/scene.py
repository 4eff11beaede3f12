"""`Scene`: the visible part of the document as arrays ready to be painted, kept up to date tile by tile. No Qt.

One array holds the picture, one the instruction lines, one the tint of the masks, each at the mip level of the view, so
that cost depends on the size of the view and neither on the zoom nor on the document. Two more hold fresh ink: what was
painted since the shown result was asked for. Owned by the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from app.canvas_view.fresh_ink import coverage, cut_out, shown_over
from app.canvas_view.viewport import Viewport
from canvas.geometry import EMPTY, Rect
from canvas.layers import LayerId
from canvas.projection import Projection
from canvas.state import DocumentState, changed_tiles
from canvas.tiles import TILE_PX, Pixels8, TileKey, tile_rect

Convert: TypeAlias = Callable[[Pixels8], Pixels8]
"""Premultiplied RGBA -> premultiplied BGRA."""


@dataclass(slots=True)
class Sheet:
    """Tiles side by side: premultiplied BGRA, the order that Qt paints fastest. `tiles`: the keys it covers, as a
    rectangle in tiles; `level`: each step halves the side."""

    tiles: Rect
    level: int
    pixels: Pixels8

    @staticmethod
    def blank(tiles: Rect, level: int) -> Sheet:
        side = TILE_PX >> level
        return Sheet(tiles, level, np.zeros((tiles.height * side, tiles.width * side, 4), np.uint8))

    @property
    def origin(self) -> tuple[int, int]:
        """The document pixel at its top left."""
        return self.tiles.x0 * TILE_PX, self.tiles.y0 * TILE_PX

    def keys(self) -> Iterable[TileKey]:
        t = self.tiles
        return ((x, y) for y in range(t.y0, t.y1) for x in range(t.x0, t.x1))

    def covers(self, key: TileKey) -> bool:
        t = self.tiles
        return t.x0 <= key[0] < t.x1 and t.y0 <= key[1] < t.y1

    def at(self, key: TileKey) -> Pixels8:
        """The pixels of one tile, for writing."""
        side = TILE_PX >> self.level
        x, y = (key[0] - self.tiles.x0) * side, (key[1] - self.tiles.y0) * side
        return self.pixels[y : y + side, x : x + side]

    def moved_to(self, tiles: Rect) -> Sheet:
        """A sheet of the same level over other tiles, holding what both cover."""
        sheet = Sheet.blank(tiles, self.level)
        common = tiles & self.tiles
        if common:
            side = TILE_PX >> self.level
            width, height = common.width * side, common.height * side
            ax, ay = (common.x0 - tiles.x0) * side, (common.y0 - tiles.y0) * side
            bx, by = (common.x0 - self.tiles.x0) * side, (common.y0 - self.tiles.y0) * side
            sheet.pixels[ay : ay + height, ax : ax + width] = self.pixels[by : by + height, bx : bx + width]
        return sheet


class Plane:
    """One projection as the view shows it, and what of it is newer than the shown result."""

    def __init__(self, now: Projection, then: Projection, fresh: Callable[[Pixels8, Pixels8], Pixels8 | None]) -> None:
        self._now, self._then = now, then
        self._fresh_pixels = fresh
        self.sheet = Sheet.blank(EMPTY, 0)
        self.fresh = Sheet.blank(EMPTY, 0)
        self.fresh_keys: set[TileKey] = set()
        self._newer: set[TileKey] | None = set()
        self._pending: dict[TileKey, None] = {}

    def show(self, state: DocumentState, active: LayerId | None, tiles: Rect, level: int) -> None:
        """Take a new state or another part of it; the tiles that this concerns become pending."""
        changed = self._now.update(state, active)
        if level != self.sheet.level:
            self.sheet, self.fresh = Sheet.blank(tiles, level), Sheet.blank(tiles, level)
            self.fresh_keys.clear()
            self._pending = dict.fromkeys(self.sheet.keys())
            return
        if tiles != self.sheet.tiles:
            seen = self.sheet
            self.sheet, self.fresh = seen.moved_to(tiles), self.fresh.moved_to(tiles)
            self.fresh_keys = {key for key in self.fresh_keys if self.sheet.covers(key)}
            revealed = {key: None for key in self.sheet.keys() if not seen.covers(key) or key in self._pending}
            self._pending = revealed
        self._add(self.sheet.keys() if changed is None else changed)

    def compare(self, state: DocumentState, baseline: DocumentState | None, active: LayerId | None) -> None:
        """Name the state that the shown result was made from; None when no result is shown."""
        before = self._newer
        if baseline is None:
            self._newer = set()
        else:
            self._then.update(baseline, active)
            self._newer = changed_tiles(baseline, state)
        self._add(self.fresh_keys)
        if self._newer != before or baseline is not None:
            self._add(self.sheet.keys() if self._newer is None else self._newer)
