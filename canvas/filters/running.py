"""`FilterRun`: a filter applied to a target in slices of time, what is looked at first, with settings that may change.

Owned by one thread, which lends it slices; blocks are worked on by several. Imports no Qt.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from canvas.filters.targets import Target, Work
from canvas.filters.values import Filter
from canvas.geometry import EMPTY, Rect
from canvas.tiles import TILE_PX, Pixels, Surface, TileKey


class FilterRun:
    """`surface` is the target's with the blocks that are done so far; the target itself never changes.

    After `use` with other settings, blocks keep their older look until it is their turn, those that have waited
    longest first: while a slider is dragged every part of the picture follows it.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._edit = target.surface.edit()
        self._value: Filter | None = None
        self._work: Work | None = None
        self._round = 0
        self._made: dict[Rect, int] = {}  # by block: the round its present look is from
        self._pending: list[Rect] = []
        self._total = 0
        self._in_sight = EMPTY
        self._pool: ThreadPoolExecutor | None = None

    @property
    def value(self) -> Filter | None:
        """What is being applied; None for nothing."""
        return self._value

    @property
    def done(self) -> bool:
        return not self._pending

    @property
    def progress(self) -> float:
        """The share of blocks that is done, 0..1."""
        return 1.0 - len(self._pending) / self._total if self._total else 1.0

    @property
    def surface(self) -> Surface:
        """A value that later slices do not change."""
        return self._edit.freeze() if self._made else self._target.surface

    def use(self, value: Filter | None) -> None:
        """Apply `value` instead of what was applied so far; None brings back what was there at once."""
        if value == self._value:
            return
        self._value, self._work = value, None
        self._round += 1
        self._pending = [] if value is None else self._target.blocks(value)
        self._total = len(self._pending)
        for block in self._made.keys() - set(self._pending):
            self._put(block, {})
            del self._made[block]
        self._order()

    def look_at(self, in_sight: Rect) -> None:
        """What lies in this rectangle comes first."""
        if in_sight != self._in_sight:
            self._in_sight = in_sight
            self._order()

    def advance(self, seconds: float) -> bool:
        """Work for about so long, at least on one block for each thread; whether `surface` has changed."""
        if self._value is None or not self._pending:
            return False
        until = perf_counter() + seconds
        if self._work is None:
            self._work = self._target.work(self._value)
        threads = os.cpu_count() or 1
        if self._pool is None:
            self._pool = ThreadPoolExecutor(threads, "filter")
        while self._pending:
            blocks, self._pending = self._pending[:threads], self._pending[threads:]
            for block, tiles in zip(blocks, self._pool.map(self._work, blocks), strict=True):
                self._put(block, tiles)
                self._made[block] = self._round
            if perf_counter() >= until:
                break
        return True

    def finish(self) -> Surface:
        """All that is left, however long it takes, and the result without tiles that became empty."""
        self.advance(float("inf"))
        self.close()
        surface = self.surface
        return surface.trimmed() if self._made and not self._target.outside else surface

    def close(self) -> None:
        """Let the threads go; what was done stays."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _order(self) -> None:
        self._pending.sort(key=lambda block: (not block & self._in_sight, self._made.get(block, 0)))

    def _put(self, block: Rect, tiles: Mapping[TileKey, Pixels]) -> None:
        """Give a block these tiles, and those of the target where it has no others."""
        for key in block.tile_keys(TILE_PX):
            tile = tiles.get(key, self._target.surface.tiles.get(key))
            if tile is None:
                self._edit.drop(key)
            else:
                self._edit.put(key, tile)
