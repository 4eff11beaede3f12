"""`Stamper`: dabs become stamps, small masks of the size of each dab. Owned by the stroke's thread; no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from canvas import kernels
from canvas.brush import ROUND, Brush
from canvas.brush_tips import BrushImages
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.kernels.dab_table import HEIGHT, RADIUS, START, WIDTH, Table, X, Y
from canvas.tiles import Pixels, Pixels8

#: Stamps are made and used in batches of about so many pixels, which stay in the processor's cache.
_BATCH_PX = 1 << 17

_NO_TIP: Pixels8 = np.zeros((0, 0, 1), np.uint8)
_NO_LEVELS: Table = np.zeros((0, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Stamps:
    """`dabs` and `boxes`: rows as in `kernels.dab_table`; `pixels` (1, 1, n) hold the boxes one after the other until
    the next batch is made."""

    dabs: Table
    boxes: Table
    pixels: Pixels

    @property
    def rects(self) -> list[Rect]:
        """Where each dab lies; empty for those that lie outside."""
        return [
            Rect(int(left), int(top), int(left + width), int(top + height))
            for _, left, top, width, height in self.boxes.tolist()
        ]


class Stamper:
    """Shapes the dabs of one brush, as far as they lie in `bounds`.

    Raises EditError when the brush names a tip or a texture that is not there.
    """

    def __init__(self, brush: Brush, images: BrushImages, bounds: Rect) -> None:
        self._bounds = bounds
        self._whole = not brush.antialias
        self._tips, self._levels, self._grain = _NO_TIP, _NO_LEVELS, _NO_TIP
        if brush.tip != ROUND:
            tip = images.tips.get(brush.tip)
            if tip is None:
                raise EditError(f"“{brush.name}” needs the tip “{brush.tip}”, which is not there; choose another tip")
            self._tips, self._levels = tip.pyramid, tip.levels
        if brush.texture:
            grain = images.grains.get(brush.texture)
            if grain is None:
                words = f"“{brush.name}” needs the texture “{brush.texture}”, which is not there"
                raise EditError(f"{words}; choose another texture")
            self._grain = grain.scaled(brush.texture_scale)
        self._corner = 1.0 if brush.tip == ROUND else 2.0**0.5
        self._buffer: Pixels = np.empty((1, 1, 0), np.uint16)

    def stamped(self, dabs: Table) -> Iterator[Stamps]:
        """Batches of stamps, in the order of the dabs; use each before the next is made."""
        if self._whole:
            dabs = _snapped(dabs)
        bounds = self._bounds
        first = 0
        while first < len(dabs):
            part = dabs[first:]
            boxes = kernels.place_stamps(part, self._corner, bounds.x0, bounds.y0, bounds.x1, bounds.y1)
            # As many as fit; at least one.
            count = max(1, int(np.searchsorted(boxes[:, START], _BATCH_PX)))
            first += count
            part, boxes = part[:count], boxes[:count]
            size = int(boxes[-1, START] + boxes[-1, WIDTH] * boxes[-1, HEIGHT])
            if not size:
                continue
            if size > self._buffer.size:
                self._buffer = np.empty((1, 1, max(size, _BATCH_PX)), np.uint16)
            kernels.shape_dabs(self._buffer, part, boxes, self._tips, self._levels, self._grain, int(self._whole))
            yield Stamps(part, boxes, self._buffer)


def _snapped(dabs: Table) -> Table:
    """Dabs of whole pixels: the diameter is a whole number, and the middle lies so that pixels fit into it."""
    out = dabs.copy()
    diameter = np.maximum(1.0, np.floor(2.0 * dabs[:, RADIUS] + 0.5))
    odd = diameter % 2.0 == 1.0
    out[:, RADIUS] = diameter / 2.0
    for axis in (X, Y):
        out[:, axis] = np.where(odd, np.floor(dabs[:, axis]) + 0.5, np.floor(dabs[:, axis] + 0.5))
    return out
