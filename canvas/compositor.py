"""From the layer tree to pixels: the tree is compiled to a flat program, and the program is run tile by tile.

A program is a value: it can be compared with another one (`changed_tiles`) and tested without pixels. Running it is a
pure function and may happen on any thread. Semantics are Photoshop's: a group of any mode but pass-through is composed
by itself first; layers clipped to a base are composed onto the base, then the whole is blended as the base would be;
a hidden base hides what is clipped to it. An adjustment lays the colours that its filter gives to the backdrop atop
that backdrop. Imports no Qt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from canvas import kernels
from canvas.blend_modes import FILLS_APART, BlendMode
from canvas.filters.points import recoloured
from canvas.filters.values import PointFilter, UnknownFilter
from canvas.geometry import Rect
from canvas.layers import Adjustment, Group, Layer, LayerId, LayerMask, Node
from canvas.roles import Control, Paint, Role
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey, tile_rect

Purpose: TypeAlias = Literal["picture", "instructions"]
"""picture: what is exported and what the engine sees, that is paint. instructions: the artist's control drawings."""


@dataclass(frozen=True, slots=True)
class BlendLayer:
    """Blend the layer's tile onto the backdrop. `atop`: keep the alpha of the backdrop (clipping).

    `fill`: ONE but in the modes of `FILLS_APART`; in the others the fill of a layer is part of `opacity`.
    """

    layer_id: LayerId
    surface: Surface
    mode: BlendMode
    opacity: int
    mask: LayerMask | None
    atop: bool
    fill: int = ONE


@dataclass(frozen=True, slots=True, eq=False)
class BlendTile:
    """Blend this tile: layers of a program that were merged beforehand, valid for one tile key only."""

    tile: Pixels
    mode: BlendMode
    opacity: int
    atop: bool
    fill: int = ONE


@dataclass(frozen=True, slots=True)
class Adjust:
    """Lay the filtered backdrop atop the backdrop."""

    layer_id: LayerId
    filter: PointFilter
    mode: BlendMode
    opacity: int
    mask: LayerMask | None
    fill: int = ONE


@dataclass(frozen=True, slots=True)
class BeginGroup:
    """Go on with a transparent backdrop."""


@dataclass(frozen=True, slots=True)
class EndGroup:
    """Blend what was composed since `BeginGroup` onto the backdrop before it."""

    mode: BlendMode
    opacity: int
    mask: LayerMask | None
    atop: bool
    fill: int = ONE


@dataclass(frozen=True, slots=True)
class BeginPassThrough:
    """Remember the backdrop, and go on with it."""


@dataclass(frozen=True, slots=True)
class EndPassThrough:
    """Take the backdrop part of the way, by mask and opacity, from what was remembered to what it is now."""

    opacity: int
    mask: LayerMask | None


Op: TypeAlias = BlendLayer | BlendTile | Adjust | BeginGroup | EndGroup | BeginPassThrough | EndPassThrough
Program: TypeAlias = tuple[Op, ...]
Stack: TypeAlias = tuple[Pixels | None, ...]
"""Backdrops from the outermost to the innermost, None where nothing has been blended yet (transparent)."""

_BEGINS = (BeginGroup, BeginPassThrough)
_ENDS = (EndGroup, EndPassThrough)
_MASKED = (Adjust, EndGroup, EndPassThrough)
_FULL = np.full((TILE_PX, TILE_PX, 1), ONE, np.uint16)


def compile_program(state: DocumentState, purpose: Purpose = "picture") -> Program:
    """What must be blended for `purpose`, bottom first. Hidden nodes and those of other roles leave nothing."""
    return tuple(_siblings(state.layers, purpose, None))


def compile_node(node: Node) -> Program:
    """The node alone, whatever its role, visibility and opacity: its own pixels through its own mask."""
    if isinstance(node, Layer):
        return (BlendLayer(node.id, node.surface, BlendMode.NORMAL, ONE, _active(node.mask), False),)
    if isinstance(node, Adjustment):
        return ()
    inner = tuple(_siblings(node.children, "picture", Paint()))
    return (BeginGroup(), *inner, EndGroup(BlendMode.NORMAL, ONE, _active(node.mask), False)) if inner else ()


def compile_pair(lower: Layer, upper: Layer | Adjustment) -> Program:
    """A layer and what is above it by themselves, the lower one as if it blended normally."""
    opacity, _ = _strength(lower, BlendMode.NORMAL)
    base = BlendLayer(lower.id, lower.surface, BlendMode.NORMAL, opacity, _active(lower.mask), False)
    atop = upper.clip and not lower.clip
    return (base, *_node(upper, "picture", Paint(), upper.blend, _strength(upper, upper.blend), atop=atop))


def _siblings(nodes: Sequence[Node], purpose: Purpose, inherited: Role | None) -> Iterator[Op]:
    """`inherited`: the role that a group around them imposes, None when each node's own one counts."""
    shown = [node for node in nodes if _belongs(node, purpose, inherited)]
    i = 0
    while i < len(shown):
        base = shown[i]
        end = i + 1
        while end < len(shown) and shown[end].clip:
            end += 1
        clipped = shown[i + 1 : end]
        i = end
        opacity, fill = strength = _strength(base, base.blend)
        if not (base.visible and opacity and fill):
            continue
        if isinstance(base, Adjustment) and any(node.visible for node in clipped):
            # What is clipped to an adjustment shows where the adjustment does: the same share of both.
            yield BeginPassThrough()
            yield from _node(replace(base, mask=None), purpose, inherited, base.blend, (ONE, fill), atop=False)
            for node in clipped:
                if node.visible:
                    yield from _node(node, purpose, inherited, node.blend, _strength(node, node.blend), atop=True)
            yield EndPassThrough(opacity, _active(base.mask))
        elif any(node.visible for node in clipped):
            yield BeginGroup()
            yield from _node(base, purpose, inherited, BlendMode.NORMAL, (ONE, ONE), atop=False)
            for node in clipped:
                if node.visible:
                    yield from _node(node, purpose, inherited, node.blend, _strength(node, node.blend), atop=True)
            yield EndGroup(_isolated(base.blend), opacity, None, False, fill)
        else:
            yield from _node(base, purpose, inherited, base.blend, strength, atop=False)


def _node(
    node: Node, purpose: Purpose, inherited: Role | None, mode: BlendMode, strength: tuple[int, int], *, atop: bool
) -> Iterator[Op]:
    """`strength`: as `_strength` gives it, or what is to count in its place."""
    mask = _active(node.mask)
    opacity, fill = strength
    if isinstance(node, Layer):
        if node.surface.tiles and opacity and fill:
            yield BlendLayer(node.id, node.surface, _isolated(mode), opacity, mask, atop, fill)
        return
    if isinstance(node, Adjustment):
        if opacity and fill and not isinstance(node.filter, UnknownFilter):
            yield Adjust(node.id, node.filter, _isolated(mode), opacity, mask, fill)
        return
    imposed = inherited if inherited is not None else None if isinstance(node.role, Paint) else node.role
    inner = tuple(_siblings(node.children, purpose, imposed))
    if not inner:
        return
    if mode is not BlendMode.PASS_THROUGH or atop:
        yield BeginGroup()
        yield from inner
        yield EndGroup(_isolated(mode), opacity, mask, atop, fill)
    elif opacity == ONE and mask is None:
        yield from inner
    else:
        yield BeginPassThrough()
        yield from inner
        yield EndPassThrough(opacity, mask)


def _belongs(node: Node, purpose: Purpose, inherited: Role | None) -> bool:
    role = inherited if inherited is not None else node.role
    wanted = isinstance(role, Paint) if purpose == "picture" else isinstance(role, Control)
    # A group of paint may hold control layers.
    return wanted or (isinstance(node, Group) and inherited is None and isinstance(role, Paint))


def _active(mask: LayerMask | None) -> LayerMask | None:
    return mask if mask is not None and mask.enabled else None


def _isolated(mode: BlendMode) -> BlendMode:
    return BlendMode.NORMAL if mode is BlendMode.PASS_THROUGH else mode


def _strength(node: Node, mode: BlendMode) -> tuple[int, int]:
    """Opacity and fill in fixed point, as the mode wants them: where fill is but another opacity, the two as one."""
    if mode in FILLS_APART:
        return _fixed(node.opacity), _fixed(node.fill)
    return _fixed(node.opacity * node.fill), ONE


def _fixed(opacity: float) -> int:
    return round(min(max(opacity, 0.0), 1.0) * ONE)


def run(program: Iterable[Op], key: TileKey, backdrops: Stack = (None,)) -> Stack:
    """Run a program, or a part of one, for one tile, starting from `backdrops`; what it leaves is read-only.

    A whole program leaves one backdrop. Tiles of layers are passed through uncopied where nothing else covers them.
    """
    stack = _Backdrops(backdrops)
    for op in program:
        if isinstance(op, BlendLayer):
            tile = _through(op.surface.tiles.get(key), op.mask, key)
            stack.blend(tile, op, key)
        elif isinstance(op, BlendTile):
            stack.blend(op.tile, op, key)
        elif isinstance(op, Adjust):
            stack.adjust(op, key)
        elif isinstance(op, BeginGroup):
            stack.push(None)
        elif isinstance(op, EndGroup):
            tile = _through(stack.pop(), op.mask, key)
            stack.blend(tile, op, key)
        elif isinstance(op, BeginPassThrough):
            stack.push(stack.top)
        else:
            stack.take_back(op.opacity, op.mask, key)
    return stack.frozen()


class _Backdrops:
    """A stack of tiles that copies one before the first write, unless it made it itself."""

    __slots__ = ("_own", "_tiles")

    def __init__(self, tiles: Stack) -> None:
        self._tiles = list(tiles)
        self._own = [False] * len(tiles)

    @property
    def top(self) -> Pixels | None:
        return self._tiles[-1]

    def push(self, tile: Pixels | None) -> None:
        # Two places may now hold the same array: neither may write to it.
        self._own[-1] = self._own[-1] and tile is None
        self._tiles.append(tile)
        self._own.append(False)

    def pop(self) -> Pixels | None:
        self._own.pop()
        return self._tiles.pop()

    def writable(self) -> Pixels:
        tile = self._tiles[-1]
        if not self._own[-1]:
            tile = np.zeros((TILE_PX, TILE_PX, 4), np.uint16) if tile is None else tile.copy()
            self._tiles[-1] = tile
            self._own[-1] = True
        assert tile is not None
        return tile

    def blend(self, tile: Pixels | None, how: BlendLayer | BlendTile | EndGroup, key: TileKey) -> None:
        if tile is None:
            return
        if self._tiles[-1] is None:
            if how.atop:
                return
            if how.opacity == how.fill == ONE and how.mode is not BlendMode.DISSOLVE:
                self._tiles[-1], self._own[-1] = tile, False
                return
        backdrop = self.writable()
        if how.mode is BlendMode.NORMAL and not how.atop:
            kernels.over(backdrop, tile, how.opacity)
        elif how.mode is BlendMode.NORMAL:
            kernels.filtering.lay_atop(backdrop, tile, how.opacity)
        else:
            x0, y0 = key[0] * TILE_PX, key[1] * TILE_PX
            kernels.blend(backdrop, tile, how.opacity, how.fill, int(how.mode), int(how.atop), x0, y0)

    def adjust(self, op: Adjust, key: TileKey) -> None:
        backdrop = self._tiles[-1]
        if backdrop is None or (op.mask is not None and not op.mask.outside and key not in op.mask.surface.tiles):
            return
        x0, y0 = key[0] * TILE_PX, key[1] * TILE_PX
        source = _through(recoloured(op.filter, backdrop, x0, y0), op.mask, key)
        if source is None:
            return
        if op.mode is BlendMode.NORMAL:
            kernels.filtering.lay_atop(self.writable(), source, op.opacity)
        else:
            kernels.blend(self.writable(), source, op.opacity, op.fill, int(op.mode), 1, x0, y0)

    def take_back(self, opacity: int, mask: LayerMask | None, key: TileKey) -> None:
        after = self._tiles[-1]
        before = self._tiles[-2]
        weight = _FULL if mask is None else mask.surface.tiles.get(key)
        if weight is None and mask is not None and mask.outside:
            weight = _FULL
        if after is not before and weight is None:
            self._tiles[-1], self._own[-1] = before, False
        elif after is not before and weight is not None:
            earlier = np.zeros((TILE_PX, TILE_PX, 4), np.uint16) if before is None else before
            kernels.mix(self.writable(), earlier, weight, opacity)
        own = self._own[-1]
        tile = self.pop()
        self._tiles[-1], self._own[-1] = tile, own

    def frozen(self) -> Stack:
        for tile in self._tiles:
            if tile is not None:
                tile.flags.writeable = False
        return tuple(self._tiles)


def _through(tile: Pixels | None, mask: LayerMask | None, key: TileKey) -> Pixels | None:
    """The tile as its mask lets it through."""
    if tile is None or mask is None:
        return tile
    weight = mask.surface.tiles.get(key)
    if weight is None:
        return tile if mask.outside else None
    out = np.empty_like(tile)
    kernels.masked(out, tile, weight)
    return out


def composite(state: DocumentState, rect: Rect, purpose: Purpose = "picture") -> Pixels:
    """The picture of `rect`: a fresh array of premultiplied fixed point, shape (rect.height, rect.width, 4)."""
    return composite_program(compile_program(state, purpose), rect)


def composite_program(program: Program, rect: Rect) -> Pixels:
    """`composite` for a program that is compiled already."""
    out = np.zeros((rect.height, rect.width, 4), np.uint16)
    for key in rect.tile_keys(TILE_PX):
        (tile,) = run(program, key)
        if tile is not None:
            t = tile_rect(key)
            part = t & rect
            out[part.y0 - rect.y0 : part.y1 - rect.y0, part.x0 - rect.x0 : part.x1 - rect.x0] = tile[
                part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0
            ]
    return out


def changed_tiles(old: Program, new: Program) -> set[TileKey]:
    """Tiles whose composite may differ between two programs.

    Pixels and masks that were painted cost a comparison of two dictionaries; a changed, added, removed or moved layer
    gives the tiles that it and the layers moved past it have, an adjustment those of what it filters.
    """
    if old == new:
        return set()
    if len(old) == len(new) and all(map(_differ_in_tiles_only, old, new)):
        keys: set[TileKey] = set()
        for a, b in zip(old, new, strict=True):
            if a is not b:
                keys |= _tiles_between(a, b)
        return keys
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < min(len(old), len(new)) - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    # A group whose beginning or end changed affects all that is in it.
    while not (_balanced(old[start : len(old) - tail]) and _balanced(new[start : len(new) - tail])):
        start, tail = max(0, start - 1), max(0, tail - 1)
    return {
        key for program in (old, new) for i in range(start, len(program) - tail) for key in _tiles_touched(program, i)
    }


def _tiles_touched(program: Program, i: int) -> Iterable[TileKey]:
    """The tiles that the op at `i` may change."""
    op = program[i]
    if isinstance(op, BlendLayer):
        return op.surface.tiles
    if not isinstance(op, Adjust):
        return ()
    keys: set[TileKey] = set()
    depth = 0
    for below in reversed(program[:i]):
        if isinstance(below, BlendLayer):
            keys.update(below.surface.tiles)
        elif isinstance(below, EndGroup):
            depth += 1
        elif isinstance(below, BeginGroup):
            # The backdrop of an isolated group begins here.
            if depth == 0:
                break
            depth -= 1
    return keys if op.mask is None or op.mask.outside else keys & op.mask.surface.tiles.keys()


def painted_layer(old: Program, new: Program) -> LayerId | None:
    """The layer or adjustment that was painted on, pixels or mask; None when there is more between two programs."""
    if len(old) != len(new):
        return None
    different = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    if len(different) != 1 or not _differ_in_tiles_only(*different[0]):
        return None
    op = different[0][0]
    return op.layer_id if isinstance(op, BlendLayer | Adjust) else None


def _differ_in_tiles_only(a: Op, b: Op) -> bool:
    if a == b:
        return True
    if isinstance(a, BlendLayer) and isinstance(b, BlendLayer):
        return replace(a, surface=b.surface, mask=b.mask) == b and _same_outside(a.mask, b.mask)
    if isinstance(a, _MASKED) and isinstance(b, _MASKED):
        return replace(a, mask=b.mask) == b and _same_outside(a.mask, b.mask)
    return False


def _same_outside(a: LayerMask | None, b: LayerMask | None) -> bool:
    return a is b or (a is not None and b is not None and a.outside == b.outside)


def _tiles_between(a: Op, b: Op) -> set[TileKey]:
    """The tiles that two ops have different, which differ in tiles only."""
    keys: set[TileKey] = set()
    if isinstance(a, BlendLayer) and isinstance(b, BlendLayer):
        keys = a.surface.changed_tiles(b.surface)
        if a.mask is not None and b.mask is not None:
            keys |= a.mask.surface.changed_tiles(b.mask.surface) & b.surface.tiles.keys()
    elif isinstance(a, _MASKED) and isinstance(b, _MASKED) and a.mask is not None and b.mask is not None:
        keys = a.mask.surface.changed_tiles(b.mask.surface)
    return keys


def _balanced(part: Sequence[Op]) -> bool:
    depth = 0
    for op in part:
        depth += isinstance(op, _BEGINS)
        depth -= isinstance(op, _ENDS)
        if depth < 0:
            return False
    return depth == 0


def segment_end(program: Sequence[Op], begin: int) -> int:
    """The index after the end that belongs to the beginning at `begin`."""
    depth = 0
    for i in range(begin, len(program)):
        depth += isinstance(program[i], _BEGINS)
        depth -= isinstance(program[i], _ENDS)
        if depth == 0:
            return i + 1
    raise ValueError("a group of the program is not closed")
