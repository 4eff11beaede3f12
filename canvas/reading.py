"""Reading a document as 8-bit pictures of any size, again and again while it changes: what the engine works from.

The work done is that for the tiles that changed since the last reading. A reader belongs to one thread. Results are
exact functions of the state read: they do not depend on what was read before. Imports no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from canvas import kernels
from canvas.compositor import Program, changed_tiles, compile_node, compile_program, painted_layer, run
from canvas.geometry import EMPTY, Rect
from canvas.layers import LayerId, Node
from canvas.projection import Projection
from canvas.tiles import TILE_PX, Pixels, Pixels8, TileKey, tile_rect

if TYPE_CHECKING:
    from canvas.snapshot import Snapshot

Size: TypeAlias = tuple[int, int]
"""(width, height) in pixels."""
TileSource: TypeAlias = Callable[[TileKey], Pixels | None]

#: Memory for composed tiles that one reader keeps, beside the small pictures themselves.
READER_BUDGET_BYTES = 128 << 20
#: Rectangles and sizes of the picture that a reader follows at a time.
_MAX_VIEWS = 4
#: The same for single layers.
_MAX_NODES = 24


class AreaSampler:
    """The picture of `rect` scaled to `size`, kept up to date tile by tile.

    Shrinking takes the area mean of premultiplied colour. Enlarging an axis interpolates linearly between pixels.
    """

    def __init__(self, rect: Rect, size: Size) -> None:
        if not rect or size[0] < 1 or size[1] < 1:
            raise ValueError(f"cannot show a rectangle of {rect.size} px in {size} px")
        self._rect = rect
        self._size = size
        # An axis that grows is sampled at 1:1 and enlarged at the end.
        self._grid = (min(size[0], rect.width), min(size[1], rect.height))
        self._scale = (rect.width / self._grid[0], rect.height / self._grid[1])
        self._parts: dict[TileKey, tuple[Rect, npt.NDArray[np.float32]]] = {}
        self._sum = np.zeros((self._grid[1], self._grid[0], 4), np.float32)
        self._straight = np.zeros((self._grid[1], self._grid[0], 4), np.uint8)

    def refresh(self, keys: Iterable[TileKey], tile_of: TileSource) -> None:
        """Sample the tiles `keys` anew; those outside the rectangle do not matter."""
        stale = []
        for key in keys:
            area = self._cells(key)
            if not area:
                continue
            tile = tile_of(key)
            if tile is None and key not in self._parts:
                continue
            stale.append(area)
            if tile is None:
                del self._parts[key]
            else:
                self._parts[key] = (area, self._sample(key, area, tile))
        for area in stale:
            self._add_up(area)

    def picture(self) -> Pixels8:
        """A fresh copy: straight 8-bit RGBA, shape (height, width, 4)."""
        if self._grid == self._size:
            return self._straight.copy()
        large = cv2.resize(self._sum, self._size, interpolation=cv2.INTER_LINEAR)
        out = np.empty((self._size[1], self._size[0], 4), np.uint8)
        kernels.to_straight8(out, np.ascontiguousarray(large, np.float32))
        return out

    def _cells(self, key: TileKey) -> Rect:
        """The pixels of the grid that the tile has a part in."""
        part = tile_rect(key) & self._rect
        if not part:
            return EMPTY
        (sx, sy), r = self._scale, self._rect
        return Rect(
            int((part.x0 - r.x0) / sx),
            int((part.y0 - r.y0) / sy),
            min(self._grid[0], ceil((part.x1 - r.x0) / sx)),
            min(self._grid[1], ceil((part.y1 - r.y0) / sy)),
        )

    def _sample(self, key: TileKey, area: Rect, tile: Pixels) -> npt.NDArray[np.float32]:
        out = np.zeros((area.height, area.width, 4), np.float32)
        t = tile_rect(key)
        part = t & self._rect
        if part != t:
            tile = np.ascontiguousarray(tile[part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0])
        sx, sy = self._scale
        kernels.add_area(out, tile, part.x0 - self._rect.x0, part.y0 - self._rect.y0, area.x0, area.y0, sx, sy)
        return out

    def _add_up(self, area: Rect) -> None:
        # Tiles always in the same order: sums of floats must not depend on which tile changed last.
        (sx, sy), r = self._scale, self._rect
        source = Rect(
            r.x0 + int(area.x0 * sx), r.y0 + int(area.y0 * sy), r.x0 + ceil(area.x1 * sx), r.y0 + ceil(area.y1 * sy)
        )
        total = self._sum[area.y0 : area.y1, area.x0 : area.x1]
        total[...] = 0
        for key in source.tile_keys(TILE_PX):
            if key in self._parts:
                there, values = self._parts[key]
                both = there & area
                total[both.y0 - area.y0 : both.y1 - area.y0, both.x0 - area.x0 : both.x1 - area.x0] += values[
                    both.y0 - there.y0 : both.y1 - there.y0, both.x0 - there.x0 : both.x1 - there.x0
                ]
        straight = np.empty((area.height, area.width, 4), np.uint8)
        kernels.to_straight8(straight, np.ascontiguousarray(total))
        self._straight[area.y0 : area.y1, area.x0 : area.x1] = straight


class PictureReader:
    """Reads the newest snapshot: the composed picture, and single layers, at the size the engine works in."""

    def __init__(self, budget_bytes: int = READER_BUDGET_BYTES) -> None:
        self._projection = Projection("picture", above="exact", budget_bytes=budget_bytes)
        self._program: Program = ()
        self._active: LayerId | None = None
        self._views: dict[tuple[Rect, Size], AreaSampler] = {}
        self._nodes: dict[tuple[LayerId, Rect, Size], tuple[Program, AreaSampler]] = {}

    def read(self, snapshot: Snapshot, rect: Rect, size: Size) -> Pixels8:
        """All that is paint within `rect`, scaled to `size`: straight 8-bit RGBA (height, width, 4)."""
        program = compile_program(snapshot.state, "picture")
        self._active = painted_layer(self._program, program) or self._active
        self._program = program
        changed = self._projection.update(snapshot.state, self._active)
        for sampler in self._views.values():
            sampler.refresh(changed, self._projection.composed)
        view = self._views.pop((rect, size), None)
        if view is None:
            view = AreaSampler(rect, size)
            view.refresh(rect.tile_keys(TILE_PX), self._projection.composed)
        self._views[rect, size] = view
        while len(self._views) > _MAX_VIEWS:
            del self._views[next(iter(self._views))]
        return view.picture()

    def read_node(self, node: Node, rect: Rect, size: Size) -> Pixels8:
        """One layer or group alone, whatever its role, visibility and opacity; as `read` otherwise."""
        program = compile_node(node)
        old, sampler = self._nodes.pop((node.id, rect, size), ((), None))
        if sampler is None:
            sampler = AreaSampler(rect, size)
        sampler.refresh(changed_tiles(old, program), lambda key: run(program, key)[0])
        self._nodes[node.id, rect, size] = (program, sampler)
        while len(self._nodes) > _MAX_NODES:
            del self._nodes[next(iter(self._nodes))]
        return sampler.picture()


def layer_rgba8(layer: Node, rect: Rect, size: Size) -> Pixels8:
    """`PictureReader.read_node` for who reads a layer only once."""
    return PictureReader().read_node(layer, rect, size)
