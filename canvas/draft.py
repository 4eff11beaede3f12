"""`Draft`: a small, quick picture of what was lifted, for showing under the pointer what would take too long in full.

Owned by one thread. It blends what moves by itself, in the plain way; the picture at rest is the document's own.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from canvas import kernels
from canvas.formats.threads import in_threads
from canvas.geometry import EMPTY, Rect
from canvas.layers import LayerMask
from canvas.lifting import Lifted
from canvas.tiles import ONE, TILE_PX, Pixels, Pixels8, TileKey, tile_rect
from canvas.transform import Mapping, Places, Projective

#: A source larger than this many pixels is halved.
_MOST_PX = 1 << 22
_DEEPEST_LEVEL = 4


class Draft:
    """`level`: the picture is made at 1 / 2**level of the size, or smaller where it would be huge."""

    def __init__(self, lifted: Lifted, level: int) -> None:
        tiles = [key for piece in lifted.pieces for key in piece.surface.tiles]
        self._rect = _around(tiles)
        level = min(max(level, 0), _DEEPEST_LEVEL)
        while self._rect.area >> (2 * level) > _MOST_PX and level < _DEEPEST_LEVEL:
            level += 1
        self._level = level
        self._pixels = np.zeros((self._rect.height >> level, self._rect.width >> level, 4), np.uint8)
        for piece in lifted.pieces:
            node = lifted.state.find(piece.node_id)
            if node.visible:
                for (key, _), small in in_threads(self._shrunk, piece.surface.tiles.items()):
                    self._blend(key, small, node.opacity * node.fill, piece.mask)
        self._pixels = np.asarray(cv2.cvtColor(self._pixels, cv2.COLOR_RGBA2BGRA), np.uint8)

    def _shrunk(self, item: tuple[TileKey, Pixels]) -> Pixels8:
        side = TILE_PX >> self._level
        small = np.empty((side, side, 4), np.uint8)
        kernels.to_premultiplied8(small, item[1], self._level)
        return small

    def _blend(self, key: TileKey, small: Pixels8, opacity: float, mask: LayerMask | None) -> None:
        t = tile_rect(key).moved(-self._rect.x0, -self._rect.y0)
        shift = self._level
        place = self._pixels[t.y0 >> shift : t.y1 >> shift, t.x0 >> shift : t.x1 >> shift]
        share: npt.NDArray[np.float32] = np.full((1, 1, 1), opacity, np.float32)
        if mask is not None and mask.enabled:
            weight = mask.surface.tiles.get(key)
            step = 1 << shift
            shown = np.full((1, 1, 1), mask.outside, np.uint16) if weight is None else weight[::step, ::step]
            share = share * shown / np.float32(ONE)
        if share.size == 1 and share.item() == 1.0 and not place.any():
            place[...] = small
            return
        source = small * share
        place[...] = source + place * (1.0 - source[..., 3:] / 255.0) + 0.5

    def placed(self, mapping: Mapping, within: Rect) -> tuple[Rect, Pixels8]:
        """What it becomes under a mapping: a rectangle in `within`, and premultiplied BGRA to stretch over it."""
        if not self._pixels.size:
            return EMPTY, self._pixels
        reach = mapping.reach(self._rect)
        seen = within if reach is None else within & reach
        # A mesh takes its time: it is drawn at half the size, and the picture stretched.
        step = 1 << (self._level if isinstance(mapping, Projective) else self._level + 1)
        small = Rect(seen.x0 // step, seen.y0 // step, -(-seen.x1 // step), -(-seen.y1 // step))
        if not seen or not small:
            return EMPTY, self._pixels[:0, :0]
        shown = Rect(small.x0 * step, small.y0 * step, small.x1 * step, small.y1 * step)
        if isinstance(mapping, Projective):
            return shown, self._projected(mapping.scaled(1 / step), small)
        return shown, self._sampled(mapping.scaled(1 / step).places(small) * np.float32(2.0))

    def _projected(self, mapping: Projective, small: Rect) -> Pixels8:
        # OpenCV counts from the centres of pixels.
        x, y = self._corner()
        there = Projective.shift(x + 0.5, y + 0.5).then(mapping)
        matrix = there.then(Projective.shift(-small.x0 - 0.5, -small.y0 - 0.5)).array()
        return np.asarray(cv2.warpPerspective(self._pixels, matrix, small.size, flags=cv2.INTER_LINEAR), np.uint8)

    def _sampled(self, where: Places) -> Pixels8:
        x, y = self._corner()
        u, v = where[..., 0] - np.float32(x + 0.5), where[..., 1] - np.float32(y + 0.5)
        np.nan_to_num(u, copy=False, nan=-9.0)  # far outside: what shows nothing of the source
        return np.asarray(cv2.remap(self._pixels, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.uint8)

    def _corner(self) -> tuple[float, float]:
        """Where the small picture begins, in its own pixels."""
        step = 1 << self._level
        return self._rect.x0 / step, self._rect.y0 / step


def _around(keys: list[TileKey]) -> Rect:
    bounds = EMPTY
    for key in keys:
        bounds |= tile_rect(key)
    return bounds
