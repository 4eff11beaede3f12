"""What a filter is applied to: the pixels of a layer, a mask or a selection, block by block. Any thread; no Qt.

A `Target` says what may change and how filtered pixels are laid over what was there: as far as it is selected, and
under a locked alpha without changing it. Masks and selections are filtered as greys, within the canvas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np

from canvas import kernels
from canvas.filters.areas import Picture, prepared, reach_px
from canvas.filters.points import recoloured
from canvas.filters.values import AreaFilter, Filter, PointFilter
from canvas.geometry import Rect
from canvas.kernels import filtering
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey, tile_rect

#: Side of a block of work.
BLOCK_PX = 4 * TILE_PX

Work: TypeAlias = Callable[[Rect], dict[TileKey, Pixels]]
"""The changed tiles of a block."""


@dataclass(frozen=True, eq=False)
class Target:
    """`surface`: four channels, or the one of a mask or selection, which is `outside` where it has no tile.

    `document`: the canvas. `selection`: None lets everything change. `alpha_locked`: only colours change.
    """

    surface: Surface
    document: Rect
    selection: Surface | None = None
    alpha_locked: bool = False
    outside: int = 0
    _pictures: dict[Rect, Picture] = field(default_factory=dict, init=False, repr=False)

    def blocks(self, value: Filter) -> list[Rect]:
        """The blocks that the filter may change, aligned to BLOCK_PX, row by row."""
        side = BLOCK_PX // TILE_PX
        corners = sorted({(ty // side * BLOCK_PX, tx // side * BLOCK_PX) for tx, ty in self._keys(value)})
        return [Rect(x, y, x + BLOCK_PX, y + BLOCK_PX) for y, x in corners]

    def work(self, value: Filter) -> Work:
        """What filters a block, on several threads at once if wished. Making it takes a while for a wide blur."""
        keys = self._keys(value)
        filtered = self._by_area(value) if isinstance(value, AreaFilter) else self._by_point(value)

        def block_of(block: Rect) -> dict[TileKey, Pixels]:
            own = [key for key in block.tile_keys(TILE_PX) if key in keys]
            return {key: self._laid(key, after) for key, after in filtered(own).items()}

        return block_of

    def keys(self) -> set[TileKey]:
        """The tiles that have something to filter and may change."""
        keys = set(self.surface.tiles) if self.surface.channels == 4 else set(self.document.tile_keys(TILE_PX))
        return keys if self.selection is None else keys & self.selection.tiles.keys()

    def _by_point(self, value: PointFilter) -> Callable[[list[TileKey]], dict[TileKey, Pixels]]:
        def filtered(keys: list[TileKey]) -> dict[TileKey, Pixels]:
            tiles = {}
            for key in keys:
                tile = tiles[key] = self.pixels(tile_rect(key))
                filtering.lay_atop(tile, recoloured(value, tile, key[0] * TILE_PX, key[1] * TILE_PX), ONE)
            return tiles

        return filtered

    def _by_area(self, value: AreaFilter) -> Callable[[list[TileKey]], dict[TileKey, Pixels]]:
        domain = self._domain(value)
        if domain not in self._pictures:
            self._pictures.clear()
            self._pictures[domain] = Picture(self.pixels, domain)
        read = prepared(value, self._pictures[domain])

        def filtered(keys: list[TileKey]) -> dict[TileKey, Pixels]:
            xs, ys = [key[0] for key in keys], [key[1] for key in keys]
            whole = tile_rect((min(xs), min(ys))) | tile_rect((max(xs), max(ys)))
            area = whole & domain
            pixels = read(area)
            tiles = {}
            for key in keys:
                t = tile_rect(key)
                part = t & area
                tile = tiles[key] = self.pixels(t)
                tile[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0] = pixels[
                    part.y0 - area.y0 : part.y1 - area.y0, part.x0 - area.x0 : part.x1 - area.x0
                ]
            return tiles

        return filtered

    def _laid(self, key: TileKey, after: Pixels) -> Pixels:
        """The filtered tile as far as it may replace what was there; the same object where nothing changes."""
        before = self.pixels(tile_rect(key))
        if self.alpha_locked:
            filtering.keep_alpha(after, before)
        if self.selection is not None:
            kernels.mix(after, before, self.selection.tiles[key], ONE)
        if self.surface.channels == 1:
            after = np.ascontiguousarray(after[..., :1])
        present = self.surface.tiles.get(key)
        return present if present is not None and np.array_equal(after, present) else after

    def pixels(self, rect: Rect) -> Pixels:
        """Premultiplied pixels, greys as opaque colours."""
        pixels = self.surface.read(rect)
        if self.surface.channels == 4:
            return pixels
        if self.outside:
            for key in rect.tile_keys(TILE_PX):
                if key not in self.surface.tiles:
                    part = tile_rect(key) & rect
                    pixels[part.y0 - rect.y0 : part.y1 - rect.y0, part.x0 - rect.x0 : part.x1 - rect.x0] = self.outside
        out = np.full((rect.height, rect.width, 4), ONE, np.uint16)
        out[..., :3] = pixels
        return out

    def _keys(self, value: Filter) -> set[TileKey]:
        """The tiles that the filter may change."""
        if not isinstance(value, AreaFilter) or not reach_px(value) or self.alpha_locked or self.surface.channels == 1:
            return self.keys()
        area = self._content.grown(reach_px(value)) & self._domain(value)
        keys = set(area.tile_keys(TILE_PX))
        return keys if self.selection is None else keys & self.selection.tiles.keys()

    @cached_property
    def _content(self) -> Rect:
        return self.surface.content_bounds()

    def _domain(self, value: AreaFilter) -> Rect:
        """The canvas, and what sticks out of it with the room that it spreads to."""
        d, content = self.document, self._content
        if self.surface.channels == 1 or d.contains(content):
            return d
        wide = content.grown(reach_px(value))
        return Rect(
            wide.x0 if content.x0 < d.x0 else d.x0,
            wide.y0 if content.y0 < d.y0 else d.y0,
            wide.x1 if content.x1 > d.x1 else d.x1,
            wide.y1 if content.y1 > d.y1 else d.y1,
        )
