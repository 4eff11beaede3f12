"""Integer rectangles in document pixels: x grows right, y grows down, the far edges are exclusive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Rect:
    """A half-open rectangle ``[x0, x1) x [y0, y1)`` in document pixels; empty when either side is not positive.

    >>> Rect(0, 0, 4, 4) & Rect(2, 2, 8, 8)
    Rect(x0=2, y0=2, x1=4, y1=4)
    """

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return max(0, self.x1 - self.x0)

    @property
    def height(self) -> int:
        return max(0, self.y1 - self.y0)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.width, self.height

    @property
    def area(self) -> int:
        return self.width * self.height

    def __bool__(self) -> bool:
        return self.x1 > self.x0 and self.y1 > self.y0

    def __and__(self, other: Rect) -> Rect:
        """Intersection; EMPTY when they do not meet."""
        r = Rect(max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1))
        return r if r else EMPTY

    def __or__(self, other: Rect) -> Rect:
        """Smallest rectangle around both; an empty one adds nothing."""
        if not self:
            return other
        if not other:
            return self
        return Rect(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def contains(self, other: Rect) -> bool:
        return not other or (
            self.x0 <= other.x0 and self.y0 <= other.y0 and self.x1 >= other.x1 and self.y1 >= other.y1
        )

    def grown(self, px: int) -> Rect:
        return Rect(self.x0 - px, self.y0 - px, self.x1 + px, self.y1 + px) if self else EMPTY

    def moved(self, dx: int, dy: int) -> Rect:
        return Rect(self.x0 + dx, self.y0 + dy, self.x1 + dx, self.y1 + dy) if self else EMPTY

    def tile_keys(self, tile_px: int) -> Iterable[tuple[int, int]]:
        """Keys (tx, ty) of all tiles of side `tile_px` that this rectangle touches, row by row."""
        if not self:
            return
        for ty in range(self.y0 // tile_px, (self.y1 - 1) // tile_px + 1):
            for tx in range(self.x0 // tile_px, (self.x1 - 1) // tile_px + 1):
                yield tx, ty


EMPTY = Rect(0, 0, 0, 0)


def rect_around(x0: float, y0: float, x1: float, y1: float) -> Rect:
    """Smallest integer rectangle around float edges."""
    return Rect(floor(x0), floor(y0), ceil(x1), ceil(y1))
