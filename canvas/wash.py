"""A stroke of paint: dabs go into a mask, or into paint of several colours, and that goes onto the ground once.

Within one stroke the mask grows with flow, and the stroke's opacity is applied once, so that a line that crosses
itself does not darken; with build-up it does. Owned by the stroke's thread; no Qt.
"""

from __future__ import annotations

import numpy as np

from canvas import kernels
from canvas.brush import Brush, BrushMode
from canvas.dynamics import is_coloured
from canvas.geometry import EMPTY, Rect
from canvas.kernels.dab_table import Table
from canvas.kernels.dabs import BUILD_UP, WASH
from canvas.kernels.strokes import ERASE, PAINT, PAINT_ATOP
from canvas.paint_target import Ground
from canvas.stamping import Stamper
from canvas.tiles import ONE, TILE_PX, Pixels, SurfaceEdit, TileKey, tile_rect

_NO_SELECTION = np.zeros((0, 0, 1), np.uint16)


class Wash:
    """`colour`: straight 0..1, what goes onto pixels; `value` 0..1, what goes onto a mask."""

    def __init__(
        self, ground: Ground, brush: Brush, colour: tuple[float, float, float], value: float, stamper: Stamper
    ) -> None:
        self._ground, self._stamper = ground, stamper
        self._colour = tuple(round(min(max(c, 0.0), 1.0) * ONE) for c in colour)
        self._value = round(value * ONE)
        self._erases = brush.mode is BrushMode.ERASE
        self._mode = ERASE if self._erases else PAINT_ATOP if ground.alpha_locked else PAINT
        self._coloured = ground.channels == 4 and is_coloured(brush)
        self._rule = BUILD_UP if brush.build_up else WASH
        self._opacity = ONE if brush.build_up else round(brush.opacity * ONE)
        self._wet = 0 if self._coloured else round(brush.wet_edge * ONE)
        self._paint: dict[TileKey, Pixels] = {}
        self._stale: dict[TileKey, Rect] = {}

    @property
    def touched(self) -> tuple[TileKey, ...]:
        """The tiles that the stroke has changed."""
        return tuple(self._paint)

    def draw(self, dabs: Table) -> Rect:
        """Lay dabs; returns the rectangle, tile by tile, in which the ground will change."""
        dirty = EMPTY
        lay = kernels.lay_coloured if self._coloured else kernels.lay_stamps
        channels = 4 if self._coloured else 1
        for stamps in self._stamper.stamped(dabs):
            for tx, ty, *edges in kernels.touched_tiles(stamps.boxes, TILE_PX).astype(int).tolist():
                key = tx, ty
                if not self._ground.may_change(key, adds=not self._erases):
                    continue
                paint = self._paint.get(key)
                drawn = np.zeros((TILE_PX, TILE_PX, channels), np.uint16) if paint is None else paint
                x, y = tx * TILE_PX, ty * TILE_PX
                if lay(drawn, stamps.pixels, stamps.dabs, stamps.boxes, x, y, self._rule):
                    self._paint[key] = drawn
                    self._stale[key] = self._stale.get(key, EMPTY) | Rect(*edges)
                    dirty |= tile_rect(key)
        return dirty

    def publish(self, edit: SurfaceEdit) -> bool:
        """Write what has changed since the last time; False when nothing has."""
        for key, place in self._stale.items():
            self._apply(edit, key, place)
        changed = bool(self._stale)
        self._stale.clear()
        return changed

    def _apply(self, edit: SurfaceEdit, key: TileKey, place: Rect) -> None:
        """Write the part `place` of a tile, which is all that has changed."""
        ground, paint = self._ground, self._paint[key]
        base = ground.tile(key)
        limit = _NO_SELECTION if ground.limit is None else ground.limit.tiles[key]
        if ground.channels == 4 and not self._coloured and not self._wet:
            shown = edit.peek(key)
            out = (base if shown is None else shown).copy()
            red, green, blue = self._colour
            part = place.moved(-key[0] * TILE_PX, -key[1] * TILE_PX)
            kernels.apply_stroke_within(
                out, base, paint, limit, red, green, blue, self._opacity, self._mode,
                part.x0, part.y0, part.x1, part.y1,
            )  # fmt: skip
        else:
            out = np.empty_like(base)
            self._apply_whole(out, base, paint, limit)
        edit.put(key, out)

    def _apply_whole(self, out: Pixels, base: Pixels, paint: Pixels, limit: Pixels) -> None:
        if self._coloured:
            kernels.apply_paint(out, base, paint, limit, self._opacity, self._mode)
            return
        if self._wet:
            dried = np.empty_like(paint)
            kernels.wet_edges(dried, paint, self._wet)
            paint = dried
        if self._ground.channels == 1:
            kernels.apply_value(out, base, paint, limit, self._value, self._opacity)
        else:
            red, green, blue = self._colour
            kernels.apply_stroke(out, base, paint, limit, red, green, blue, self._opacity, self._mode)
