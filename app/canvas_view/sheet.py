"""`Sheet`: tiles of the document side by side as one array, at one mip level, ready to be painted. No Qt.

Owned by the GUI thread.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from canvas.geometry import EMPTY, Rect
from canvas.tiles import TILE_PX, Pixels8, TileKey

#: A sheet covers the whole document when it is no larger than this, and the visible part with a margin otherwise.
#: Every graphics card that is of use takes textures of that side.
WHOLE_DOCUMENT_BYTES, WHOLE_DOCUMENT_SIDE_PX = 96 << 20, 8192
#: Tiles around the visible ones: the sheet is laid anew only when the view leaves it.
MARGIN_TILES = 3


class Sheet:
    """Premultiplied BGRA, the order that Qt paints fastest. Each step of `level` halves the side.

    `tiles`: the keys it covers, as a rectangle in tiles. `exact` and `rough`: keys that show the newest state of the
    document, the latter approximately; the others show an older one or nothing. `inked`: keys of which `fresh` holds
    ink that is newer than the shown result. `drawn`: keys that may hold pixels, `opaque`: keys that hide all below.
    `written`: keys that changed since whoever copies the sheet emptied it.
    """

    __slots__ = ("drawn", "exact", "fresh", "inked", "level", "opaque", "pixels", "rough", "tiles", "written")

    def __init__(self, tiles: Rect, level: int) -> None:
        self.tiles, self.level = tiles, level
        self.pixels = self._blank()
        self.fresh: Pixels8 | None = None
        self.exact: set[TileKey] = set()
        self.rough: set[TileKey] = set()
        self.inked: set[TileKey] = set()
        self.drawn: set[TileKey] = set()
        self.opaque: set[TileKey] = set()
        self.written: set[TileKey] = set()

    def _blank(self) -> Pixels8:
        side = TILE_PX >> self.level
        return np.zeros((self.tiles.height * side, self.tiles.width * side, 4), np.uint8)

    @property
    def origin(self) -> tuple[int, int]:
        """The document pixel at its top left."""
        return self.tiles.x0 * TILE_PX, self.tiles.y0 * TILE_PX

    @property
    def size_bytes(self) -> int:
        return self.pixels.nbytes + (0 if self.fresh is None else self.fresh.nbytes)

    def covers(self, key: TileKey) -> bool:
        t = self.tiles
        return t.x0 <= key[0] < t.x1 and t.y0 <= key[1] < t.y1

    def unknown(self, keys: Iterable[TileKey]) -> set[TileKey]:
        """Those of `keys` where it does not show the newest state, not even roughly."""
        return set(keys) - self.exact - self.rough

    def part(self, tiles: Rect) -> Pixels8:
        """The pixels of some of its tiles, for writing."""
        return self._cut(self.pixels, tiles)

    def _cut(self, pixels: Pixels8, tiles: Rect) -> Pixels8:
        side = TILE_PX >> self.level
        x, y = (tiles.x0 - self.tiles.x0) * side, (tiles.y0 - self.tiles.y0) * side
        return pixels[y : y + tiles.height * side, x : x + tiles.width * side]

    def write(self, tiles: Rect, pixels: Pixels8, ink: Pixels8 | None) -> None:
        """Show `pixels` (BGRA) in `tiles`, and `ink` as the fresh ink there."""
        self.part(tiles)[...] = pixels
        keys = set(keys_of(tiles))
        self.written |= keys
        self.drawn |= keys
        if int(pixels[..., 3].min()) == 255:
            self.opaque |= keys
        else:
            self.opaque -= keys
        if ink is not None:
            if self.fresh is None:
                self.fresh = self._blank()
            self._cut(self.fresh, tiles)[...] = ink
            self.inked |= keys
        elif self.fresh is not None and not keys.isdisjoint(self.inked):
            self._cut(self.fresh, tiles)[...] = 0
            self.inked -= keys

    def clear(self, key: TileKey) -> None:
        """Show nothing in a tile."""
        tiles = Rect(key[0], key[1], key[0] + 1, key[1] + 1)
        self.part(tiles)[...] = 0
        if self.fresh is not None:
            self._cut(self.fresh, tiles)[...] = 0
        self.written.add(key)
        self.drawn.discard(key)
        self.opaque.discard(key)
        self.inked.discard(key)

    def outdate(self, keys: Iterable[TileKey]) -> None:
        """The document changed there."""
        self.exact.difference_update(keys)
        self.rough.difference_update(keys)

    def borrow(self, tiles: Rect, other: Sheet) -> None:
        """Show in `tiles` what a sheet of another level shows there, as well as its pixels can."""
        target = self.part(tiles)
        size = (target.shape[1], target.shape[0])
        way = cv2.INTER_LINEAR if other.level > self.level else cv2.INTER_NEAREST
        pixels = np.asarray(cv2.resize(other.part(tiles), size, interpolation=way), np.uint8)
        ink = None
        if other.fresh is not None and any(key in other.inked for key in keys_of(tiles)):
            ink = np.asarray(cv2.resize(other._cut(other.fresh, tiles), size, interpolation=way), np.uint8)
        self.write(tiles, pixels, ink)

    def moved_to(self, tiles: Rect) -> Sheet:
        """A sheet over other tiles that holds what both cover."""
        sheet = Sheet(tiles, self.level)
        common = tiles & self.tiles
        if common:
            sheet.part(common)[...] = self.part(common)
            if self.fresh is not None:
                sheet.fresh = sheet._blank()
                sheet._cut(sheet.fresh, common)[...] = self._cut(self.fresh, common)
            for name in ("exact", "rough", "inked", "drawn", "opaque"):
                setattr(sheet, name, {key for key in getattr(self, name) if sheet.covers(key)})
        sheet.written = set(keys_of(tiles))
        return sheet


def keys_of(tiles: Rect) -> Iterable[TileKey]:
    """The keys in a rectangle of tiles, row by row."""
    return ((x, y) for y in range(tiles.y0, tiles.y1) for x in range(tiles.x0, tiles.x1))


def tiles_around(keys: Iterable[TileKey]) -> Rect:
    """The smallest rectangle of tiles that holds all keys; EMPTY of none."""
    keys = tuple(keys)
    if not keys:
        return EMPTY
    xs, ys = [key[0] for key in keys], [key[1] for key in keys]
    return Rect(min(xs), min(ys), max(xs) + 1, max(ys) + 1)


def room_for(visible: Rect, document: Rect, level: int) -> Rect:
    """The tiles that a new sheet should cover. All rectangles in tiles."""
    side = TILE_PX >> level
    longest = max(document.width, document.height) * side
    if document.area * side * side * 4 <= WHOLE_DOCUMENT_BYTES and longest <= WHOLE_DOCUMENT_SIDE_PX:
        return document
    return visible.grown(MARGIN_TILES) & document
