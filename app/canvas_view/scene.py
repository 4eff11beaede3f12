"""`Scene`: the visible part of the document as arrays ready to be painted, kept up to date tile by tile. No Qt.

Each `Plane` is one kind of thing seen on the canvas: the picture, the instruction lines, the tint of the masks, the
active reference. It holds its tiles side by side at the mip level of the view, so that cost depends on the size of the
view and neither on the zoom nor on the document. Planes also know fresh ink: what was painted since the shown result
was asked for. Owned by the GUI thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from app.canvas_view.chosen_layers import ChosenLayers, active_reference, mask_layers
from app.canvas_view.fresh_ink import Rgb, fresh_ink
from app.canvas_view.viewport import Viewport
from canvas.compositor import Program, changed_tiles
from canvas.geometry import EMPTY, Rect
from canvas.layers import LayerId
from canvas.projection import Projection
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels8, TileKey, tile_rect

#: So many waiting tiles are done in one display frame whatever it costs; of more, as many as there is time for.
FEW_TILES = 40
#: Cache of the state that the shown result was made from: only its changed tiles are ever looked at.
BASELINE_BYTES = 64 << 20
#: Colour (B, G, R) and strength of the tint over masks.
MASK_TINT = (48, 48, 224)
MASK_OPACITY = 0.4
#: Colours remembered for telling fresh ink from other changes.
INKS = 3


class Source(Protocol):
    """Where a plane takes its tiles from: `Projection`, or what answers like one."""

    @property
    def program(self) -> Program: ...
    def update(self, state: DocumentState, active: LayerId | None) -> set[TileKey]: ...
    def tile_rgba8(self, key: TileKey, level: int = 0) -> Pixels8: ...


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
        return self.part(Rect(key[0], key[1], key[0] + 1, key[1] + 1))

    def part(self, tiles: Rect) -> Pixels8:
        """The pixels of some of its tiles, for writing."""
        side = TILE_PX >> self.level
        x, y = (tiles.x0 - self.tiles.x0) * side, (tiles.y0 - self.tiles.y0) * side
        return self.pixels[y : y + tiles.height * side, x : x + tiles.width * side]

    def moved_to(self, tiles: Rect, level: int) -> Sheet:
        """A sheet over other tiles or of another level, holding what both cover, as well as this level knows it."""
        sheet = Sheet.blank(tiles, level)
        common = tiles & self.tiles
        if common:
            target, source = sheet.part(common), self.part(common)
            if level != self.level:
                size = (target.shape[1], target.shape[0])
                source = np.asarray(cv2.resize(source, size, interpolation=cv2.INTER_NEAREST), np.uint8)
            target[...] = source
        return sheet


class Plane:
    """What one source shows of the document: its sheet, and the sheet of its fresh ink.

    `to_bgra` makes sheet pixels of a tile. `fresh` makes fresh ink of the tile as it was and as it is, None where
    there is none; a plane without it shows none.
    """

    def __init__(
        self,
        source: Source,
        to_bgra: Callable[[Pixels8], Pixels8],
        baseline: Source | None = None,
        fresh: Callable[[Pixels8, Pixels8], Pixels8 | None] | None = None,
    ) -> None:
        self._source, self._baseline = source, baseline
        self._to_bgra, self._fresh = to_bgra, fresh
        self.sheet = Sheet.blank(EMPTY, 0)
        self.fresh = Sheet.blank(EMPTY, 0)
        self.fresh_keys: set[TileKey] = set()
        self._comparing = False
        self._newer: set[TileKey] = set()
        self.pending: dict[TileKey, None] = {}

    @property
    def empty(self) -> bool:
        """No layer of the document belongs to this plane."""
        return not self._source.program

    def look_at(self, tiles: Rect, level: int) -> None:
        """Cover other tiles, or another level; what was not covered before, or not as finely, becomes pending."""
        seen = self.sheet
        if tiles == seen.tiles and level == seen.level:
            return
        self.sheet, self.fresh = seen.moved_to(tiles, level), self.fresh.moved_to(tiles, level)
        self.fresh_keys = {key for key in self.fresh_keys if self.sheet.covers(key)}
        stale = level != seen.level
        waiting = () if self.empty else self.sheet.keys()
        self.pending = {key: None for key in waiting if stale or key in self.pending or not seen.covers(key)}

    def take(self, state: DocumentState, active: LayerId | None) -> None:
        """A newer state of the document; what it changed is done before what was waiting."""
        self._first(self._source.update(state, active))
        if self._baseline is not None and self._comparing:
            self._newer = changed_tiles(self._baseline.program, self._source.program)

    def compare_with(self, state: DocumentState | None, active: LayerId | None) -> None:
        """The state that the shown result was made from: ink is fresh where the picture differs from it.

        None when no result is shown: then no ink is fresh.
        """
        if self._baseline is None:
            return
        self._comparing = state is not None
        self._newer = set()
        if state is not None:
            self._baseline.update(state, active)
            self._newer = changed_tiles(self._baseline.program, self._source.program)
        self._first(self.fresh_keys | self._newer)

    def _first(self, keys: Iterable[TileKey]) -> None:
        first = {key: None for key in keys if self.sheet.covers(key)}
        if first:
            self.pending = first | {key: None for key in self.pending if key not in first}

    def fill(self, may_go_on: Callable[[], bool]) -> Rect:
        """Bring pending tiles up to date; returns the rectangle of the document that they cover."""
        dirty = EMPTY
        few = len(self.pending) <= FEW_TILES
        for key in tuple(self.pending):
            del self.pending[key]
            self._fill(key)
            dirty |= tile_rect(key)
            if not few and not may_go_on():
                break
        return dirty

    def _fill(self, key: TileKey) -> None:
        level = self.sheet.level
        now = self._source.tile_rgba8(key, level)
        self.sheet.at(key)[...] = self._to_bgra(now)
        ink = None
        if key in self._newer and self._baseline is not None and self._fresh is not None:
            ink = self._fresh(self._baseline.tile_rgba8(key, level), now)
        if ink is not None:
            self.fresh.at(key)[...] = to_bgra(ink)
            self.fresh_keys.add(key)
        elif key in self.fresh_keys:
            self.fresh.at(key)[...] = 0
            self.fresh_keys.discard(key)


class Scene:
    """`paper`: the colour (RGB) that fresh ink shows for transparency."""

    def __init__(self, paper: Rgb) -> None:
        self._inks: deque[Rgb] = deque(maxlen=INKS)

        def fresh_paint(before: Pixels8, now: Pixels8) -> Pixels8 | None:
            return fresh_ink(before, now, self._inks, paper)

        def fresh_lines(before: Pixels8, now: Pixels8) -> Pixels8 | None:
            return fresh_ink(before, now, self._inks, None)

        before_paint = Projection("picture", budget_bytes=BASELINE_BYTES)
        before_lines = Projection("instructions", budget_bytes=BASELINE_BYTES)
        self.picture = Plane(Projection("picture"), to_bgra, before_paint, fresh_paint)
        self.lines = Plane(Projection("instructions"), to_bgra, before_lines, fresh_lines)
        self.masks = Plane(ChosenLayers(mask_layers), tinted)
        self.reference = Plane(ChosenLayers(active_reference), to_bgra)
        self._planes = (self.picture, self.lines, self.masks, self.reference)
        self._shown: tuple[DocumentState, LayerId | None] | None = None
        self._baseline: DocumentState | None = None

    @property
    def pending(self) -> bool:
        """Tiles still wait for the next display frames."""
        return any(plane.pending for plane in self._planes)

    def show(
        self, state: DocumentState, active: LayerId | None, baseline: DocumentState | None, view: Viewport
    ) -> None:
        """Take the newest state and the visible part. `baseline`: what the shown result was made from, if any is."""
        visible = view.visible().grown(1) & state.rect
        tiles = Rect(visible.x0 // TILE_PX, visible.y0 // TILE_PX, -(-visible.x1 // TILE_PX), -(-visible.y1 // TILE_PX))
        fresh_state = self._shown is None or self._shown[0] is not state or self._shown[1] != active
        self._shown = state, active
        for plane in self._planes:
            plane.look_at(tiles, view.level)
            if fresh_state:
                plane.take(state, active)
            if baseline is not self._baseline:
                plane.compare_with(baseline, active)
        self._baseline = baseline

    def fill(self, ink: Rgb, may_go_on: Callable[[], bool]) -> Rect:
        """Composite waiting tiles, many of them only while `may_go_on()`; returns what changed of the document.

        `ink`: the colour (RGB) that the artist paints with now.
        """
        if ink in self._inks:
            self._inks.remove(ink)
        self._inks.appendleft(ink)
        dirty = EMPTY
        for plane in self._planes:
            dirty |= plane.fill(may_go_on)
        return dirty


def to_bgra(rgba: Pixels8) -> Pixels8:
    return np.asarray(cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA), np.uint8)


def tinted(rgba: Pixels8) -> Pixels8:
    """The tint of a mask: its alpha in one translucent colour, premultiplied BGRA."""
    return _TINTS[rgba[..., 3]]


_TINTS = np.array([[round(c * MASK_OPACITY * a / 255) for c in (*MASK_TINT, 255)] for a in range(256)], np.uint8)
