"""A stroke on one layer, from the first point to pen-up: dabs go into a mask, the mask goes onto the layer's pixels.

This is wash: within one stroke the mask grows with flow, and the stroke's opacity is applied once, so that a line that
crosses itself does not darken. Owned by one thread; `freeze` may be called once per display frame. Imports no Qt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from canvas import kernels
from canvas.brush import Brush, BrushMode, Dab, DabPath, StrokePoint
from canvas.edits import EditError, paintable_layer
from canvas.geometry import EMPTY, Rect, rect_around
from canvas.kernels.dabs import ERASE, PAINT, PAINT_ATOP
from canvas.layers import LayerId
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, TileKey, tile_rect

_NO_SELECTION = np.zeros((0, 0, 1), np.uint16)


class Stroke:
    """Draws on the layer as it is in `state`; the document must not change otherwise while the stroke is open.

    `colour`: straight red, green, blue, 0..1. Raises EditError when the layer cannot be drawn on.
    """

    def __init__(
        self, state: DocumentState, layer_id: LayerId, brush: Brush, colour: tuple[float, float, float]
    ) -> None:
        layer = paintable_layer(state, layer_id)
        erasing = brush.mode is BrushMode.ERASE
        if erasing and layer.alpha_locked:
            raise EditError(f"The alpha of “{layer.name}” is locked; unlock it to erase")
        self._state = state
        self._layer = layer
        self._opacity = round(brush.opacity * ONE)
        self._colour = tuple(round(min(max(c, 0.0), 1.0) * ONE) for c in colour)
        self._mode = ERASE if erasing else PAINT_ATOP if layer.alpha_locked else PAINT
        self._path = DabPath(brush)
        self._edit = layer.surface.edit()
        self._mask: dict[TileKey, Pixels] = {}
        self._stale: set[TileKey] = set()
        self._frozen = state

    def add(self, points: Iterable[StrokePoint]) -> Rect:
        """Draw on through `points`; returns the rectangle, tile by tile, in which the layer will change."""
        return self._draw(self._path.add(points))

    def freeze(self) -> DocumentState:
        """The document with the stroke as far as it is drawn; the same object again when nothing was added."""
        if self._stale:
            for key in self._stale:
                self._apply(key)
            self._stale.clear()
            painted = replace(self._layer, surface=self._edit.freeze())
            self._frozen = self._state.replaced(self._layer.id, lambda _: painted)
        return self._frozen

    def finish(self) -> DocumentState:
        """Draw to where the pen was lifted; the finished document, the first one again when nothing was painted."""
        self._draw(self._path.finish())
        state = self.freeze()
        if self._mode != ERASE:
            return state
        empty = [key for key in self._mask if (tile := self._edit.peek(key)) is not None and not tile.any()]
        if not empty:
            return state
        for key in empty:
            self._edit.drop(key)
        erased = replace(self._layer, surface=self._edit.freeze())
        return self._state.replaced(self._layer.id, lambda _: erased)

    def _draw(self, dabs: list[Dab]) -> Rect:
        if not dabs:
            return EMPTY
        table = np.array(dabs, np.float64)
        dirty = EMPTY
        for key in self._reached(dabs):
            mask = self._mask.get(key)
            drawn = np.zeros((TILE_PX, TILE_PX, 1), np.uint16) if mask is None else mask
            if kernels.rasterise(drawn, table, key[0] * TILE_PX, key[1] * TILE_PX):
                self._mask[key] = drawn
                self._stale.add(key)
                dirty |= tile_rect(key)
        return dirty

    def _reached(self, dabs: list[Dab]) -> set[TileKey]:
        """Tiles of the document that one of the dabs may touch and that the stroke may change."""
        keys: set[TileKey] = set()
        for dab in dabs:
            reach = dab.radius_px + 1.0
            box = rect_around(dab.x - reach, dab.y - reach, dab.x + reach, dab.y + reach) & self._state.rect
            for key in box.tile_keys(TILE_PX):
                if key not in keys and _meets(tile_rect(key), dab.x, dab.y, reach):
                    keys.add(key)
        selection = self._state.selection
        if selection is not None:
            keys = {key for key in keys if key in selection.tiles}
        if self._mode != PAINT:
            keys = {key for key in keys if key in self._layer.surface.tiles}
        return keys

    def _apply(self, key: TileKey) -> None:
        out = np.empty((TILE_PX, TILE_PX, 4), np.uint16)
        base = self._layer.surface.tiles.get(key)
        if base is None:
            base = np.zeros_like(out)
        selection = self._state.selection
        limit = _NO_SELECTION if selection is None else selection.tiles[key]
        red, green, blue = self._colour
        kernels.apply_stroke(out, base, self._mask[key], limit, red, green, blue, self._opacity, self._mode)
        self._edit.put(key, out)


def _meets(tile: Rect, x: float, y: float, reach: float) -> bool:
    """Whether a disc touches the tile: of a big one the corners of its box do not."""
    dx = max(tile.x0 - x, 0.0, x - tile.x1)
    dy = max(tile.y0 - y, 0.0, y - tile.y1)
    return dx * dx + dy * dy <= reach * reach
