"""Changing a whole document at once: its canvas, its resolution, its orientation. Pure: any thread, no Qt.

Everything follows: all layers whatever their role, with what lies beyond the canvas, masks, joints and the selection;
ids stay. Functions take a state to a state and raise EditError, one sentence, when the result could not be held.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import cos, radians, sin
from typing import Literal, TypeAlias

import numpy as np

from canvas.compositor import compile_program, run
from canvas.edits import EditError
from canvas.geometry import EMPTY, Rect
from canvas.layers import Group, Layer, LayerMask, Node
from canvas.lifting import content_bounds, from_the_edge, moved_figure, moved_mask
from canvas.roles import Pose, Role
from canvas.state import MAX_SIDE_PX, DocumentState, surfaces
from canvas.tiles import TILE_PX, Pixels, Surface, TileKey, tile_rect
from canvas.transform import Interpolation, Projective, Work, resampled

Outside: TypeAlias = Literal["keep", "delete"]
"""What becomes of pixels beyond the edges of a smaller canvas."""
Anchor: TypeAlias = tuple[int, int]
"""Which part of the picture stays in its place: (0..2, 0..2) from the left, from the top; (1, 1) is the middle."""


def cropped(state: DocumentState, rect: Rect, outside: Outside = "keep") -> DocumentState:
    """The canvas becomes `rect`, which may also reach beyond the present one. Whole tiles are shared."""
    _require_size(*rect.size)
    if rect == state.rect and outside == "keep":
        return state
    kept = state if outside == "keep" else _cut_off(state, rect)
    moved = kept if (rect.x0, rect.y0) == (0, 0) else _mapped(kept, Projective.shift(-rect.x0, -rect.y0))
    return replace(moved, width=rect.width, height=rect.height)


def canvas_rect(state: DocumentState, width: int, height: int, anchor: Anchor) -> Rect:
    """What `cropped` takes to make a canvas of that size around the anchor."""
    x0 = (state.width - width) * anchor[0] // 2
    y0 = (state.height - height) * anchor[1] // 2
    return Rect(x0, y0, x0 + width, y0 + height)


def scaled(
    state: DocumentState, width: int, height: int, interpolation: Interpolation, work: Work | None = None
) -> DocumentState:
    """The picture at another size in pixels."""
    _require_size(width, height)
    if (width, height) == (state.width, state.height):
        return state
    mapping = Projective.scale(width / state.width, height / state.height)
    return replace(_mapped(state, mapping, interpolation, work), width=width, height=height)


def turned_quarters(state: DocumentState, quarters: int, work: Work | None = None) -> DocumentState:
    """The picture turned clockwise by so many quarters, without loss."""
    quarters %= 4
    width, height = state.width, state.height
    if quarters == 0:
        return state
    shift = {1: (height, 0), 2: (width, height), 3: (0, width)}[quarters]
    mapping = Projective.turn(90.0 * quarters).then(Projective.shift(*shift))
    size = (width, height) if quarters == 2 else (height, width)
    return replace(_mapped(state, mapping, work=work), width=size[0], height=size[1])


def turned(
    state: DocumentState, degrees: float, interpolation: Interpolation, work: Work | None = None
) -> DocumentState:
    """The picture turned clockwise about its middle; the canvas grows so that its corners stay on it."""
    if degrees % 90.0 == 0.0:
        return turned_quarters(state, round(degrees / 90.0), work)
    width, height = turned_size(state, degrees)
    _require_size(width, height)
    mapping = Projective.turn(degrees)
    middle = mapping.point(state.width / 2, state.height / 2)
    mapping = mapping.then(Projective.shift(width / 2 - middle[0], height / 2 - middle[1]))
    return replace(_mapped(state, mapping, interpolation, work), width=width, height=height)


def turned_size(state: DocumentState, degrees: float) -> tuple[int, int]:
    """Width and height of the canvas around the turned picture."""
    c, s = abs(cos(radians(degrees))), abs(sin(radians(degrees)))
    # Half a pixel may stick out: a canvas that grows by a hair's breadth at every turn would be worse.
    return max(1, round(state.width * c + state.height * s)), max(1, round(state.width * s + state.height * c))


def flipped(state: DocumentState, axis: Literal["horizontal", "vertical"], work: Work | None = None) -> DocumentState:
    """Left and right exchanged, or top and bottom, without loss."""
    if axis == "horizontal":
        return _mapped(state, Projective((-1, 0, state.width, 0, 1, 0, 0, 0, 1)), work=work)
    return _mapped(state, Projective((1, 0, 0, 0, -1, state.height, 0, 0, 1)), work=work)


def cropped_to_selection(state: DocumentState) -> DocumentState:
    """The canvas becomes the box around what is selected, and everything is selected. Raises EditError."""
    rect = EMPTY if state.selection is None else content_bounds(state.selection) & state.rect
    if not rect:
        raise EditError("Nothing is selected; select the part that is to stay first")
    return cropped(replace(state, selection=None), rect)


def picture_bounds(state: DocumentState) -> Rect:
    """Around all that is visible of the picture within the canvas. Raises EditError when that is nothing."""
    program = compile_program(state)
    keys = {key for surface in surfaces(state) if surface.channels == 4 for key in surface.tiles}
    # From the edges inwards: what lies inside of what is known already needs no compositing.
    around = [key for key in keys if tile_rect(key) & state.rect]
    around.sort(key=partial(from_the_edge, state.rect))
    bounds = EMPTY
    for key in around:
        area = tile_rect(key) & state.rect
        if bounds.contains(area):
            continue
        (tile,) = run(program, key)
        if tile is not None:
            bounds |= _seen_in(tile, key, area)
    if not bounds:
        raise EditError("The picture is empty; there is nothing to trim to")
    return bounds


def surface_bytes(state: DocumentState, width: int, height: int) -> int:
    """About how much memory the layers will take when the picture is scaled to that size."""
    present = sum(tile.nbytes for tile in {id(t): t for s in surfaces(state) for t in s.tiles.values()}.values())
    return round(present * (width * height) / (state.width * state.height))


def _seen_in(tile: Pixels, key: TileKey, area: Rect) -> Rect:
    """Around the pixels of a tile in `area` that are not transparent."""
    t = tile_rect(key)
    alpha = tile[area.y0 - t.y0 : area.y1 - t.y0, area.x0 - t.x0 : area.x1 - t.x0, 3]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not rows.size:
        return EMPTY
    return Rect(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1).moved(area.x0, area.y0)


def _require_size(width: int, height: int) -> None:
    if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
        limit = f"{MAX_SIDE_PX:,}".replace(",", "\u00a0")
        raise EditError(f"A canvas is 1 to {limit} px a side, not {width} × {height}; choose another size")


def _mapped(
    state: DocumentState,
    mapping: Projective,
    interpolation: Interpolation = Interpolation.NEAREST,
    work: Work | None = None,
) -> DocumentState:
    """All that has a place in the document, under a mapping."""
    work = work or Work()

    def of_node(node: Node) -> Node:
        mask = None if node.mask is None else of_mask(node.mask)
        if isinstance(node, Group):
            children = tuple(of_node(child) for child in node.children)
            return replace(node, mask=mask, children=children, role=of_role(node.role))
        if isinstance(node, Layer):
            surface = resampled(node.surface, mapping, interpolation, work=work)
            return replace(node, mask=mask, surface=surface, role=of_role(node.role))
        return replace(node, mask=mask)

    def of_mask(mask: LayerMask) -> LayerMask:
        return moved_mask(mask, mapping, interpolation, None, work)

    def of_role(role: Role) -> Role:
        if not isinstance(role, Pose):
            return role
        return replace(role, figures=tuple(moved_figure(figure, mapping, None) for figure in role.figures))

    selection = state.selection
    if selection is not None:
        selection = resampled(selection, mapping, interpolation, work=work)
    return replace(state, layers=tuple(of_node(node) for node in state.layers), selection=selection)


def _cut_off(state: DocumentState, rect: Rect) -> DocumentState:
    """Without the pixels beyond `rect`."""

    def of_node(node: Node) -> Node:
        mask = None if node.mask is None else replace(node.mask, surface=_within(node.mask.surface, rect))
        if isinstance(node, Group):
            return replace(node, mask=mask, children=tuple(of_node(child) for child in node.children))
        if isinstance(node, Layer):
            return replace(node, mask=mask, surface=_within(node.surface, rect))
        return replace(node, mask=mask)

    selection = None if state.selection is None else _within(state.selection, rect)
    return replace(state, layers=tuple(of_node(node) for node in state.layers), selection=selection)


def _within(surface: Surface, rect: Rect) -> Surface:
    """The pixels of a surface in `rect`; tiles that lie inside are shared."""
    tiles: dict[TileKey, Pixels] = {}
    made: dict[tuple[int, Rect], Pixels] = {}
    for key, tile in surface.tiles.items():
        t = tile_rect(key)
        part = (t & rect).moved(-t.x0, -t.y0)
        if part.size == (TILE_PX, TILE_PX):
            tiles[key] = tile
        elif part:
            if (id(tile), part) not in made:  # tiles that look alike stay one object
                cut = np.zeros_like(tile)
                inside = np.s_[part.y0 : part.y1, part.x0 : part.x1]
                cut[inside] = tile[inside]
                cut.flags.writeable = False
                made[id(tile), part] = cut
            tiles[key] = made[id(tile), part]
    return Surface(tiles, surface.channels).trimmed()
