"""What a consumer sees of the newest state: composed tiles, made when asked for, kept until the picture changes there.

A `Projection` belongs to one thread; the window and the engine have one each. The compiled loops release the GIL.
Imports no Qt.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from canvas import kernels
from canvas.blend_modes import BlendMode
from canvas.compositor import (
    Adjust,
    BeginGroup,
    BeginPassThrough,
    BlendLayer,
    BlendTile,
    EndGroup,
    Op,
    Program,
    Purpose,
    Stack,
    changed_tiles,
    compile_program,
    run,
    segment_end,
)
from canvas.layers import LayerId
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Pixels8, TileKey

#: Level n of `tile_rgba8` is 1 / 2**n of the size.
MAX_LEVEL = 4
DEFAULT_BUDGET_BYTES = 384 << 20

Above: TypeAlias = Literal["merged", "exact"]
"""merged: runs of Normal layers above the active one are merged once, which may round the last digits differently.
exact: every layer is blended in its turn, so that the pixels equal those of `composite`, whatever was drawn when."""

_TILE, _BELOW, _ABOVE = -1, -2, -3
_Split: TypeAlias = tuple[Program, BlendLayer | Adjust, Program]


class Projection:
    """A cache of composed tiles for one purpose.

    While one layer is painted on, what lies below and above it is kept for every touched tile: a stroke then costs
    three layers, however many there are. `beside`: another projection of the same thread, of another state of the same
    document; what it keeps below and above the active layer is taken over where both have the same there.
    """

    def __init__(
        self,
        purpose: Purpose = "picture",
        above: Above = "merged",
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
        beside: Projection | None = None,
    ) -> None:
        self._purpose = purpose
        self._above = above
        self._beside = beside
        self._program: Program = ()
        self._size = (0, 0)
        self._split: _Split | None = None
        self._compared: tuple[_Split, _Split, bool] | None = None
        self._painted: set[TileKey] = set()
        self._cache = _ByteLru(budget_bytes)
        self._blank = _read_only(np.zeros((TILE_PX, TILE_PX, 4), np.uint16))
        self._blank8 = [_read_only(np.zeros((TILE_PX >> n, TILE_PX >> n, 4), np.uint8)) for n in range(MAX_LEVEL + 1)]

    @property
    def program(self) -> Program:
        """What the newest state compiles to."""
        return self._program

    def update(self, state: DocumentState, active: LayerId | None) -> set[TileKey]:
        """Take over a newer state; returns the tiles of the document that may look different now.

        `active`: the layer that is being painted on, if any.
        """
        old, new = self._program, compile_program(state, self._purpose)
        size = (state.width, state.height)
        dirty = changed_tiles(old, new)
        if size != self._size:
            dirty |= set(state.rect.tile_keys(TILE_PX))
        split = _split_at(new, active)
        if split is None or self._split is None or (split[0], split[2]) != (self._split[0], self._split[2]):
            # Tiles that only the active layer changed may be composed from the caches; these no longer fit.
            self._cache.drop_slots((_BELOW, _ABOVE))
            self._painted.clear()
        else:
            self._painted |= dirty
        self._cache.drop_tiles(dirty, range(_TILE, MAX_LEVEL + 1))
        self._program, self._split, self._size = new, split, size
        return dirty

    def tile(self, key: TileKey) -> Pixels:
        """The composed tile, read-only, shape (TILE_PX, TILE_PX, 4)."""
        tile = self.composed(key)
        return self._blank if tile is None else tile

    def tile_rgba8(self, key: TileKey, level: int = 0) -> Pixels8:
        """The tile at 1 / 2**level of its size (level 0..4): read-only premultiplied 8-bit RGBA, side TILE_PX >> level.

        The layout is that of QImage.Format_RGBA8888_Premultiplied.
        """
        small: Pixels8 | None = self._cache.get((key, level))
        if small is None:
            tile = self.composed(key)
            if tile is None:
                return self._blank8[level]
            small = np.empty((TILE_PX >> level, TILE_PX >> level, 4), np.uint8)
            kernels.to_premultiplied8(small, tile, level)
            self._cache.put((key, level), _read_only(small), small.nbytes)
        return small

    def composed(self, key: TileKey) -> Pixels | None:
        """The same, but None where the picture is transparent."""
        if self.has(key):
            kept: Pixels | None = self._cache.get((key, _TILE))
            return kept
        if self._split is not None and (key in self._painted or self._lent(key, _BELOW) is not None):
            (tile,) = run(self._above_at(key), key, run((self._split[1],), key, self._below_at(key)))
        else:
            (tile,) = run(self._program, key)
        self.keep(key, tile)
        return tile

    def has(self, key: TileKey) -> bool:
        """Whether the composed tile is at hand."""
        return (key, _TILE) in self._cache

    def keep(self, key: TileKey, tile: Pixels | None) -> None:
        """Take over what running the present `program` for `key` gave on another thread."""
        self._cache.put((key, _TILE), tile, 0 if tile is None else tile.nbytes)

    def cached_bytes(self) -> int:
        """The memory that kept tiles take."""
        return self._cache.size_bytes

    def _lent(self, key: TileKey, slot: int) -> Any:
        """What the projection beside this one keeps, if it holds here too."""
        other, mine = self._beside, self._split
        if other is None or mine is None or other._split is None:
            return None
        theirs = other._split
        if self._compared is None or self._compared[0] is not mine or self._compared[1] is not theirs:
            self._compared = mine, theirs, (mine[0], mine[2]) == (theirs[0], theirs[2])
        return other._cache.get((key, slot)) if self._compared[2] else None

    def _below_at(self, key: TileKey) -> Stack:
        assert self._split is not None
        below: Stack | None = self._cache.get((key, _BELOW)) or self._lent(key, _BELOW)
        if below is None:
            below = run(self._split[0], key)
            self._cache.put((key, _BELOW), below, sum(t.nbytes for t in below if t is not None))
        return below

    def _above_at(self, key: TileKey) -> Program:
        assert self._split is not None
        if self._above == "exact":
            return self._split[2]
        above: Program | None = self._cache.get((key, _ABOVE))
        if above is None:
            above = self._lent(key, _ABOVE)
        if above is None:
            above = merged(self._split[2], key)
            size = sum(op.tile.nbytes for op in above if isinstance(op, BlendTile))
            self._cache.put((key, _ABOVE), above, size)
        return above


def _split_at(program: Program, active: LayerId | None) -> _Split | None:
    """The program before, at and after the op of the active layer; None when it has none."""
    for i, op in enumerate(program):
        if isinstance(op, BlendLayer | Adjust) and op.layer_id == active:
            return program[:i], op, program[i + 1 :]
    return None


def merged(program: Sequence[Op], key: TileKey) -> Program:
    """A shorter program with the same effect on this tile, for any backdrop.

    Source-over is associative on premultiplied colour: neighbouring Normal layers and groups become one tile. A
    whole group of another mode is composed and keeps its mode. Everything else stays as it is, in its place.
    """
    out: list[Op] = []
    normal: Stack = (None,)

    def flush() -> None:
        nonlocal normal
        (tile,) = normal
        if tile is not None:
            out.append(BlendTile(tile, BlendMode.NORMAL, ONE, False))
        normal = (None,)

    i = 0
    while i < len(program):
        op = program[i]
        if isinstance(op, BlendLayer) and key not in op.surface.tiles:
            i += 1
        elif isinstance(op, BlendLayer) and op.mode is BlendMode.NORMAL and not op.atop:
            normal = run((op,), key, normal)
            i += 1
        elif isinstance(op, BeginGroup):
            end = segment_end(program, i)
            last = program[end - 1]
            assert isinstance(last, EndGroup)
            if last.mode is BlendMode.NORMAL and not last.atop:
                normal = run(program[i:end], key, normal)
            else:
                flush()
                inside = EndGroup(BlendMode.NORMAL, ONE, last.mask, False)
                (tile,) = run((*program[i : end - 1], inside), key)
                if tile is not None:
                    out.append(BlendTile(tile, last.mode, last.opacity, last.atop, last.fill))
            i = end
        elif isinstance(op, BeginPassThrough):
            flush()
            end = segment_end(program, i)
            out.extend(program[i:end])
            i = end
        else:
            flush()
            out.append(op)
            i += 1
    flush()
    return tuple(out)


class _ByteLru:
    """Values by (tile key, slot), the least recently used ones dropped beyond a number of bytes."""

    def __init__(self, budget_bytes: int) -> None:
        self._entries: OrderedDict[tuple[TileKey, int], tuple[Any, int]] = OrderedDict()
        self.size_bytes = 0
        self._budget_bytes = budget_bytes

    def __contains__(self, key: tuple[TileKey, int]) -> bool:
        return key in self._entries

    def get(self, key: tuple[TileKey, int]) -> Any:
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: tuple[TileKey, int], value: object, size_bytes: int) -> None:
        self.drop(key)
        self._entries[key] = (value, size_bytes)
        self.size_bytes += size_bytes
        while self.size_bytes > self._budget_bytes and len(self._entries) > 1:
            _, (_, dropped_bytes) = self._entries.popitem(last=False)
            self.size_bytes -= dropped_bytes

    def drop(self, key: tuple[TileKey, int]) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size_bytes -= entry[1]

    def drop_tiles(self, keys: Iterable[TileKey], slots: Iterable[int]) -> None:
        for slot in slots:
            for key in keys:
                if (key, slot) in self._entries:
                    self.drop((key, slot))

    def drop_slots(self, slots: tuple[int, ...]) -> None:
        for key in [key for key in self._entries if key[1] in slots]:
            self.drop(key)


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
