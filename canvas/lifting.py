"""What a transform takes along: pixels, masks, joints and the selection, lifted off the document and put down again.

Without a selection all of the chosen layers moves, with their masks and all that is in a group. With one, only what is
selected moves, the rest stays, and the selection goes along. Pure: any thread, no Qt. Functions raise EditError.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from math import floor
from typing import Any, Literal, TypeAlias

import numpy as np

from canvas import edits, kernels, layer_edits
from canvas.edits import EditError
from canvas.geometry import EMPTY, Rect
from canvas.layer_masks import inverted
from canvas.layers import Group, Layer, LayerId, LayerMask, Node
from canvas.pose import Figure, Joint
from canvas.roles import Pose
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey, tile_rect
from canvas.transform import IDENTITY, MOST_TILES, Interpolation, Mapping, Work, resampled

Leaving: TypeAlias = Literal["nothing", "a copy"]
"""What stays where selected pixels are lifted."""

_BLANK = Surface.blank()


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Of one node: the pixels that move and those that stay; the mask and the figures that move along, if they do."""

    node_id: LayerId
    surface: Surface = _BLANK
    rest: Surface = _BLANK
    mask: LayerMask | None = None
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lifted:
    """`state`: before. `selection`: what of it moves along. `box`: around all that moves, in document pixels."""

    state: DocumentState
    pieces: tuple[Piece, ...]
    selection: Surface | None
    box: Rect

    def tile_count(self) -> int:
        """How many tiles move: what a transform costs."""
        return sum(len(p.surface.tiles) + (len(p.mask.surface.tiles) if p.mask else 0) for p in self.pieces) + (
            len(self.selection.tiles) if self.selection else 0
        )


def lift(state: DocumentState, node_ids: Collection[LayerId], leaving: Leaving = "nothing") -> Lifted:
    """Take hold of nodes, or of what is selected of them. Raises EditError when nothing can be moved."""
    tops = layer_edits.tops(state, node_ids)
    if not tops:
        raise EditError("There is no active layer; choose one in the layers panel")
    for node in tops:
        edits.require_visible(state, node.id, "move it")
    within = [inner for node in tops for inner in _inside(node)]
    for node in within:
        edits.require_unlocked(state, node.id, "move it")
    selection = state.selection
    pieces = tuple(_piece(node, selection, leaving) for node in within)
    box = EMPTY
    for piece in pieces:
        box |= content_bounds(piece.surface)
        for figure in piece.figures:
            box |= _moving_bounds(figure, selection)
    if not box and selection is None:
        for piece in pieces:
            box |= EMPTY if piece.mask is None else content_bounds(_moving(piece.mask))
    if not box:
        names = f"“{tops[0].name}”" if len(tops) == 1 else "the chosen layers"
        if selection is None:
            raise EditError(f"There is nothing on {names} to move; paint something first")
        raise EditError(f"Nothing of {names} is selected; select some of it, or select everything")
    return Lifted(state, pieces, selection, box)


def lift_mask(state: DocumentState, node_id: LayerId) -> Lifted:
    """Take hold of the mask of a node alone."""
    node = state.find(node_id)
    edits.require_unlocked(state, node_id, "move its mask")
    if node.mask is None:
        raise EditError(f"“{node.name}” has no mask; add one first")
    box = content_bounds(_moving(node.mask))
    if not box:
        raise EditError(f"The mask of “{node.name}” is even; there is nothing on it to move")
    return Lifted(state, (Piece(node_id, mask=node.mask),), None, box)


def lift_selection(state: DocumentState) -> Lifted:
    """Take hold of the selection alone."""
    if state.selection is None:
        raise EditError("Nothing is selected; select something first")
    return Lifted(state, (), state.selection, content_bounds(state.selection))


def hovering(lifted: Lifted, mapping: Mapping) -> DocumentState:
    """The document while the pixels that were lifted are in the air; figures are put down already."""
    state = lifted.state if lifted.selection is None else replace(lifted.state, selection=None)
    for piece in lifted.pieces:
        if piece.surface.tiles:
            state = _with(state, piece.node_id, surface=piece.rest)
        if piece.figures:
            state = _with_figures(state, piece, mapping, lifted.selection)
    return state


def require_room(lifted: Lifted, mapping: Mapping) -> None:
    """Raises EditError when `placed` would."""
    reach = mapping.reach(lifted.box)
    if reach is None:
        raise EditError("The far edge would lie beyond the horizon; move the corners closer together")
    if (reach.width // TILE_PX + 3) * (reach.height // TILE_PX + 3) > MOST_TILES:
        raise EditError("This would make the layer too large for the memory; make it smaller")


def placed(lifted: Lifted, mapping: Mapping, interpolation: Interpolation, work: Work | None = None) -> DocumentState:
    """The document with what was lifted put down under a mapping; under none it is the one from before.

    Raises EditError when the result is too large, Stopped when `work` was called off.
    """
    if mapping == IDENTITY:
        return lifted.state
    require_room(lifted, mapping)
    state, work = lifted.state, work or Work()
    reach = mapping.reach(lifted.box) or EMPTY
    # Masks may reach further than what they hide: no one sees them there, and in perspective they might have no end.
    seen = reach.grown(TILE_PX) | state.rect
    if lifted.selection is not None:
        selection = resampled(lifted.selection, mapping, interpolation, seen, work)
        state = replace(state, selection=selection)
    for piece in lifted.pieces:
        changes: dict[str, Any] = {}
        if piece.surface.tiles:
            moved = resampled(piece.surface, mapping, interpolation, seen, work)
            changes["surface"] = _over(piece.rest, moved)
        if piece.mask is not None:
            changes["mask"] = moved_mask(piece.mask, mapping, interpolation, seen, work)
        if changes:
            state = _with(state, piece.node_id, **changes)
        if piece.figures:
            state = _with_figures(state, piece, mapping, lifted.selection)
    return state


def moved_mask(
    mask: LayerMask, mapping: Mapping, interpolation: Interpolation, within: Rect | None, work: Work
) -> LayerMask:
    """A mask under a mapping; beyond its edge it goes on as before."""
    surface = resampled(_moving(mask), mapping, interpolation, within, work)
    moved = replace(mask, surface=surface, outside=0)
    return moved if mask.outside == 0 else inverted(moved)


def moved_figure(figure: Figure, mapping: Mapping, selection: Surface | None) -> Figure:
    """A figure whose selected joints, all without a selection, were moved."""
    return Figure(tuple(_moved_joint(j, mapping) if _is_held(j, selection) else j for j in figure.joints))


def _moved_joint(joint: Joint, mapping: Mapping) -> Joint:
    x, y = mapping.point(joint.x, joint.y)
    return replace(joint, x=x, y=y)


def _is_held(joint: Joint, selection: Surface | None) -> bool:
    if selection is None:
        return True
    x, y = floor(joint.x), floor(joint.y)
    tile = selection.tiles.get((x // TILE_PX, y // TILE_PX))
    return tile is not None and int(tile[y % TILE_PX, x % TILE_PX, 0]) * 2 > ONE


def _moving_bounds(figure: Figure, selection: Surface | None) -> Rect:
    seen = tuple(replace(joint, visible=joint.visible and _is_held(joint, selection)) for joint in figure.joints)
    return Figure(seen).bounds()


def _piece(node: Node, selection: Surface | None, leaving: Leaving) -> Piece:
    surface, rest = node.surface if isinstance(node, Layer) else _BLANK, _BLANK
    if selection is not None:
        surface, rest = _cut(surface, selection, leaving)
    figures = node.role.figures if isinstance(node.role, Pose) else ()
    return Piece(node.id, surface, rest, node.mask if selection is None else None, figures)


def _inside(node: Node) -> Iterator[Node]:
    if isinstance(node, Group):
        for child in node.children:
            yield from _inside(child)
    yield node


def _moving(mask: LayerMask) -> Surface:
    """What of a mask differs from what is outside of it, as one channel that is 0 outside."""
    return mask.surface if mask.outside == 0 else inverted(mask).surface


def _cut(surface: Surface, selection: Surface, leaving: Leaving) -> tuple[Surface, Surface]:
    """What is selected of a surface, and what stays. Their sum is the surface."""
    taken: dict[TileKey, Pixels] = {}
    rest = dict(surface.tiles)
    for key, tile in surface.tiles.items():
        weight = selection.tiles.get(key)
        if weight is None:
            continue
        if weight.min() == ONE:
            taken[key] = tile
            del rest[key]
            continue
        piece = np.empty_like(tile)
        kernels.masked(piece, tile, weight)
        if piece.any():
            taken[key] = _read_only(piece)
            rest[key] = _read_only(tile - piece)
    return Surface(taken), surface if leaving == "a copy" else Surface(rest)


def _over(below: Surface, above: Surface) -> Surface:
    if not below.tiles:
        return above
    tiles: dict[TileKey, Pixels] = {**below.tiles, **above.tiles}
    for key in below.tiles.keys() & above.tiles.keys():
        tile = below.tiles[key].copy()
        kernels.over(tile, above.tiles[key], ONE)
        tiles[key] = _read_only(tile)
    return Surface(tiles)


def _with_figures(state: DocumentState, piece: Piece, mapping: Mapping, selection: Surface | None) -> DocumentState:
    role = state.find(piece.node_id).role
    assert isinstance(role, Pose)
    figures = tuple(moved_figure(figure, mapping, selection) for figure in piece.figures)
    return _with(state, piece.node_id, role=replace(role, figures=figures))


def _with(state: DocumentState, node_id: LayerId, **changes: Any) -> DocumentState:
    return state.replaced(node_id, lambda node: replace(node, **changes))


def content_bounds(surface: Surface) -> Rect:
    """`surface.content_bounds()`, quicker for a large one: tiles inside of what is known already are not looked at."""
    bounds = EMPTY
    around = surface.tile_bounds()
    for key in sorted(surface.tiles, key=lambda key: from_the_edge(around, key)):
        if not bounds.contains(tile_rect(key)):
            bounds |= Surface({key: surface.tiles[key]}, surface.channels).content_bounds()
    return bounds


def from_the_edge(around: Rect, key: TileKey) -> int:
    """How far within a rectangle a tile lies, in pixels."""
    t = tile_rect(key)
    return min(t.x0 - around.x0, t.y0 - around.y0, around.x1 - t.x1, around.y1 - t.y1)


def _read_only(tile: Pixels) -> Pixels:
    tile.flags.writeable = False
    return tile
