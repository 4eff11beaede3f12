"""`Scene`: the visible part of the document as arrays ready to be painted, kept up to date tile by tile. No Qt.

One array holds the picture, one the instruction lines, one the tint of the masks, each at the mip level of the view, so
that cost depends on the size of the view and neither on the zoom nor on the document. Two more hold fresh ink: what was
painted since the shown result was asked for. Owned by the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
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

#: Work on tiles that may wait ends after so long in one display frame; the rest follows in the next ones.
BUDGET_S = 0.010


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
            a, b = sheet.at((common.x0, common.y0)), self.at((common.x0, common.y0))
            del a, b
            ax, ay = (common.x0 - tiles.x0) * side, (common.y0 - tiles.y0) * side
            bx, by = (common.x0 - self.tiles.x0) * side, (common.y0 - self.tiles.y0) * side
            sheet.pixels[ay : ay + height, ax : ax + width] = self.pixels[by : by + height, bx : bx + width]
        return sheet
