"""Smaller twins of the surfaces of a program, made tile by tile when asked for: what a quick draft is composed from.

A reduced surface is a `Surface` whose tiles cover 2**level by 2**level tiles of the document at 1 / 2**level of the
size, so that a program of reduced surfaces runs like any other and costs 4**level times less. For modes that are not
linear the result is an approximation: blending means is not the mean of blends.

`Mips` is owned by one thread; the programs it gives may run on any. Imports no Qt.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from canvas import kernels
from canvas.compositor import Adjust, BlendLayer, EndGroup, EndPassThrough, Op, Program
from canvas.layers import LayerMask
from canvas.tiles import TILE_PX, Pixels, Surface, TileKey

DEFAULT_BUDGET_BYTES = 256 << 20

Slot: TypeAlias = tuple[str, object, int]
"""What a surface is to the program (pixels or mask, of whom), and the level: newer ones take over its tiles."""


def reduced_key(key: TileKey, level: int) -> TileKey:
    """The tile of a reduced surface in which a tile of the document lies."""
    return key[0] >> level, key[1] >> level


class _ReducedTiles(Mapping[TileKey, Pixels]):
    """Tiles that are made on the first look at them. Two threads may make the same one; either is right."""

    def __init__(self, source: Surface, level: int, outside: int, made: dict[TileKey, Pixels]) -> None:
        self.source, self.outside = source, outside
        self._level, self._made = level, made
        self._keys = frozenset(reduced_key(key, level) for key in source.tiles)

    def __getitem__(self, key: TileKey) -> Pixels:
        if key not in self._keys:
            raise KeyError(key)
        tile = self._made.get(key)
        if tile is None:
            tile = self._made[key] = self._reduced(key)
        return tile

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[TileKey]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def made_bytes(self) -> int:
        return len(self._made) * TILE_PX * TILE_PX * self.source.channels * 2

    def unchanged(self, newer: Surface) -> dict[TileKey, Pixels]:
        """What is made already and holds for a newer surface too."""
        changed = {reduced_key(key, self._level) for key in self.source.changed_tiles(newer)}
        return {key: tile for key, tile in self._made.copy().items() if key not in changed}

    def _reduced(self, key: TileKey) -> Pixels:
        count, side = 1 << self._level, TILE_PX >> self._level
        out = np.full((TILE_PX, TILE_PX, self.source.channels), self.outside, np.uint16)
        for y in range(count):
            for x in range(count):
                tile = self.source.tiles.get(((key[0] << self._level) + x, (key[1] << self._level) + y))
                if tile is not None:
                    kernels.shrink_into(out, tile, x * side, y * side, self._level)
        out.flags.writeable = False
        return out


class _ReducedSurface(Surface):
    __slots__ = ()

    def __init__(self, tiles: _ReducedTiles) -> None:
        self.tiles = tiles
        self.channels = tiles.source.channels


class Mips:
    """Reduced surfaces of the newest program, and of what was in earlier ones, within `budget_bytes`."""

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._kept: OrderedDict[Slot, _ReducedTiles] = OrderedDict()

    def reduced(self, program: Program, level: int) -> Program:
        """The program at 1 / 2**level of the size (level >= 1); nothing is computed before it runs."""
        out: list[Op] = []
        for i, op in enumerate(program):
            if isinstance(op, BlendLayer):
                surface = self._surface(("pixels", op.layer_id, level), op.surface, 0)
                op = replace(op, surface=surface, mask=self._mask(("mask", op.layer_id, level), op.mask))
            elif isinstance(op, Adjust):
                op = replace(op, mask=self._mask(("mask", op.layer_id, level), op.mask))
            elif isinstance(op, EndGroup | EndPassThrough):
                op = replace(op, mask=self._mask(("group", len(program) - i, level), op.mask))
            out.append(op)
        self._drop_beyond_budget()
        return tuple(out)

    def size_bytes(self) -> int:
        return sum(tiles.made_bytes() for tiles in self._kept.values())

    def _mask(self, slot: Slot, mask: LayerMask | None) -> LayerMask | None:
        return mask and replace(mask, surface=self._surface(slot, mask.surface, mask.outside))

    def _surface(self, slot: Slot, source: Surface, outside: int) -> Surface:
        tiles = self._kept.get(slot)
        if tiles is None or tiles.source is not source or tiles.outside != outside:
            same = tiles.unchanged(source) if tiles is not None and tiles.outside == outside else {}
            tiles = self._kept[slot] = _ReducedTiles(source, slot[2], outside, same)
        self._kept.move_to_end(slot)
        return _ReducedSurface(tiles)

    def _drop_beyond_budget(self) -> None:
        excess = self.size_bytes() - self._budget_bytes
        while excess > 0 and len(self._kept) > 1:
            excess -= self._kept.popitem(last=False)[1].made_bytes()
