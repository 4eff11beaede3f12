"""What other programs are to see of a document in OpenRaster, which has neither masks nor clipping nor adjustments.

A document becomes a tree of elements, each with its pixels as something that can be read a band at a time:

- A masked layer is shown as what its mask leaves of it, and a layer in mode Dissolve as its dots: every program shows
  those right.
- A masked group gets a topmost layer that erases (`svg:dst-out`) what the mask hides. Krita and MyPaint show that.
- A layer and what is clipped to it come into a group of their own. In mode Normal what is clipped lies atop
  (`svg:src-atop`). There is no such operation for the other modes: what is clipped is cut to where its base is opaque,
  and along the half-transparent edges of the base a layer of its own shows what comes out there. What lies outside the
  base is cut away, so that also programs that do not know `svg:src-atop` show little else.
- Adjustments are empty layers, and instruction layers are hidden.

Any thread; pixels are read when the file is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.blend_modes import BlendMode
from canvas.compositor import BlendLayer, Program, compile_node, compile_program, composite_program
from canvas.formats.ora_stack import ATOP, DST_OUT, OPERATIONS, OVER, Part
from canvas.formats.picture import bands
from canvas.formats.pixels import surface_from_rgba8
from canvas.geometry import EMPTY, Rect
from canvas.layers import Adjustment, Group, Layer, LayerMask, Node
from canvas.pose import draw_openpose
from canvas.roles import Paint, Pose
from canvas.state import MAX_SIDE_PX, DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, tile_rect

Alpha: TypeAlias = npt.NDArray[np.uint16]
"""Shape (h, w), 0..ONE."""
AlphaOf: TypeAlias = Callable[[Rect], Alpha]


@dataclass(frozen=True, slots=True)
class Source:
    """Premultiplied pixels of any part of `rect`."""

    rect: Rect
    read: Callable[[Rect], Pixels]


@dataclass(slots=True)
class Seen:
    """An element of the stack. `children`, from bottom to top, are a group's; `source` is a layer's, None for empty.

    `node`: what of the document it stands for. `own`: its pixels are the node's own ones, as they are.
    """

    name: str
    operation: str = OVER
    opacity: float = 1.0
    visible: bool = True
    locked: bool = False
    node: Node | None = None
    part: Part | None = None
    source: Source | None = None
    own: bool = True
    children: list[Seen] | None = None
    isolated: bool = True


@dataclass(frozen=True, slots=True)
class _Base:
    """A layer or group that others are clipped to. `program` composes it, alone."""

    node: Node
    program: Program
    rect: Rect

    def alpha(self, rect: Rect) -> Alpha:
        return composite_program(self.program, rect)[..., 3]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Of a clipped node stays what lies where the alpha of `base` is `least` or more."""

    base: _Base
    least: int

    def away(self, rect: Rect) -> npt.NDArray[np.bool_]:
        return self.base.alpha(rect) < self.least


@dataclass(slots=True)
class _Meeting:
    """Where a clipped node has pixels: `outside` its base, or along its half-transparent `edges`."""

    outside: bool = False
    edges: bool = False


def seen(state: DocumentState, *, adjustments: bool) -> list[Seen]:
    """The elements of the stack, from bottom to top. `adjustments`: as empty layers, else not at all."""
    return _Seeing(state, adjustments).siblings(state.layers)


def fitting(bounds: Rect, state: DocumentState) -> Rect:
    """What lies outside the canvas is kept, unless the layer would be larger than a document may be."""
    return bounds if max(bounds.size) <= MAX_SIDE_PX else bounds & state.rect


def mask_values(mask: LayerMask, rect: Rect) -> Alpha:
    """The mask in `rect`, whether it is switched on or not."""
    values = np.full((rect.height, rect.width), mask.outside, np.uint16)
    for key in rect.tile_keys(TILE_PX):
        tile = mask.surface.tiles.get(key)
        if tile is not None:
            t = tile_rect(key)
            part = t & rect
            values[part.y0 - rect.y0 : part.y1 - rect.y0, part.x0 - rect.x0 : part.x1 - rect.x0] = tile[
                part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0, 0
            ]
    return values


def shows_through_alone(group: Group) -> bool:
    """A pass-through group that looks the same when it is composed by itself first, whatever its opacity and mask."""
    return all(
        node.blend is BlendMode.NORMAL or (isinstance(node, Group) and node.blend is BlendMode.PASS_THROUGH)
        for node in _walk(group.children)
        if node.visible and isinstance(node.role, Paint)
    ) and not any(isinstance(node, Adjustment) and node.visible for node in _walk(group.children))


def _walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """Nodes whose blend mode meets what lies below the group: not what is composed by itself first."""
    for node in nodes:
        yield node
        if isinstance(node, Group) and node.blend is BlendMode.PASS_THROUGH:
            yield from _walk(node.children)


class _Seeing:
    def __init__(self, state: DocumentState, adjustments: bool) -> None:
        self._state, self._adjustments = state, adjustments

    def siblings(self, nodes: Sequence[Node]) -> list[Seen]:
        elements: list[Seen] = []
        i = 0
        while i < len(nodes):
            end = _end_of_clipping(nodes, i)
            if end > i + 1 and not isinstance(nodes[i], Adjustment):
                elements.append(self._clipping(nodes[i], nodes[i + 1 : end]))
            else:
                for node in nodes[i:end]:
                    elements += self._node(node)
            i = end
        return elements

    def _clipping(self, node: Node, others: Sequence[Node]) -> Seen:
        """A group that holds a node, what is clipped to it, and instructions between them."""
        plain = replace(node, blend=BlendMode.NORMAL, opacity=1.0, fill=1.0, clip=False, visible=True)
        base = _Base(plain, self._program((plain,)), self._bounds(plain))
        (bottom,) = self._node(plain)
        bottom.node, bottom.visible = node, node.visible
        if bottom.children is not None:
            bottom.isolated = True
        children = [bottom]
        below: list[Node] = [plain]
        for other in others:
            if isinstance(other.role, Paint) and other.visible and not isinstance(other, Adjustment):
                below.append(other)
                children += self._clipped(other, base, tuple(below))
            else:
                children += self._node(other)
        return Seen(
            node.name,
            OPERATIONS[node.blend],
            node.opacity * node.fill,
            node.visible,
            part="clipping",
            children=children,
        )

    def _clipped(self, node: Node, base: _Base, below: tuple[Node, ...]) -> list[Seen]:
        """A clipped node, and its edges. `below`: the nodes from the base to this one."""
        alone = self._program((replace(node, blend=BlendMode.NORMAL, clip=False),))
        rect = self._bounds(node)
        meeting = _meeting(alone, base, rect)
        atop = node.blend in (BlendMode.NORMAL, BlendMode.PASS_THROUGH, BlendMode.DISSOLVE)
        cut = None
        if atop and meeting.outside:
            cut = _Cut(base, 1)
        elif not atop and (meeting.outside or meeting.edges):
            cut = _Cut(base, ONE)
        elements = self._node(node, cut)
        elements[0].isolated = True
        if atop:
            elements[0].operation = ATOP
        elif meeting.edges:
            program = self._program(below)
            source = Source(rect & base.rect, partial(_edges, program, base, alone))
            elements.append(Seen(f"{node.name} (edges)", ATOP, part="edges", source=source, own=False))
        return elements

    def _node(self, node: Node, cut: _Cut | None = None) -> list[Seen]:
        if isinstance(node, Adjustment) and not self._adjustments:
            return []
        element = Seen(
            node.name,
            OPERATIONS[node.blend],
            node.opacity * node.fill,
            node.visible and isinstance(node.role, Paint),
            node.locked,
            node,
        )
        if isinstance(node, Group):
            self._see_group(element, node, cut)
        elif isinstance(node, Layer):
            self._see_layer(element, node, cut)
        return [element]

    def _see_group(self, element: Seen, node: Group, cut: _Cut | None) -> None:
        mask = node.mask if node.mask is not None and node.mask.enabled else None
        element.children = self.siblings(node.children)
        through = node.blend is BlendMode.PASS_THROUGH
        element.isolated = not through or mask is not None or element.opacity < 1.0
        if mask is None and cut is None:
            return
        if mask is not None and mask.outside and cut is None:
            rect = mask.surface.tile_bounds()
        else:
            rect = self._state.rect | self._bounds(node)
        rect = fitting(rect, self._state)
        if rect:
            source = Source(rect, partial(_eraser, mask, cut))
            hiding = Seen(f"{node.name} (mask)", DST_OUT, part="mask", source=source, own=False)
            element.children.append(hiding)

    def _see_layer(self, element: Seen, node: Layer, cut: _Cut | None) -> None:
        surface = node.surface
        if isinstance(node.role, Pose):
            surface, element.own = _drawing(node.role, self._state), False
        rect = fitting(surface.content_bounds(), self._state)
        read = surface.read
        mask = node.mask if node.mask is not None and node.mask.enabled else None
        if node.blend is BlendMode.DISSOLVE and element.visible:
            dots = BlendLayer(node.id, surface, node.blend, round(element.opacity * ONE), mask, atop=False)
            read = partial(composite_program, (dots,))
            element.operation, element.opacity, element.own = OVER, 1.0, False
        elif mask is not None:
            read = partial(composite_program, compile_node(replace(node, surface=surface)))
            element.own = False
        if mask is not None and not mask.outside:
            rect &= mask.surface.tile_bounds()
        if cut is not None:
            read, element.own = partial(_cut_away, read, cut), False
            rect &= cut.base.rect
        element.source = Source(rect, read) if rect else None

    def _program(self, nodes: tuple[Node, ...]) -> Program:
        return compile_program(DocumentState(self._state.width, self._state.height, nodes))

    def _bounds(self, node: Node) -> Rect:
        """A rectangle around the pixels of a node; of a layer the smallest."""
        if isinstance(node, Layer):
            return fitting(node.surface.content_bounds(), self._state)
        rect = EMPTY
        for child in node.children if isinstance(node, Group) else ():
            rect |= self._bounds(child)
        return fitting(rect, self._state)


def _end_of_clipping(nodes: Sequence[Node], start: int) -> int:
    """The index after the last node that is clipped to the one at `start` and shows; `start + 1` when there is none."""
    end = start + 1
    if not isinstance(nodes[start].role, Paint):
        return end
    for i in range(start + 1, len(nodes)):
        if isinstance(nodes[i].role, Paint):
            if not nodes[i].clip:
                break
            end = i + 1
    clipped = nodes[start + 1 : end]
    shows = any(node.visible and isinstance(node.role, Paint) for node in clipped)
    return end if shows else start + 1


def _meeting(alone: Program, base: _Base, rect: Rect) -> _Meeting:
    found = _Meeting(outside=bool(rect) and not base.rect.contains(rect))
    for band in bands(rect & base.rect):
        there = composite_program(alone, band)[..., 3] > 0
        if not there.any():
            continue
        alpha = base.alpha(band)[there]
        found.outside |= bool((alpha == 0).any())
        found.edges |= bool(((alpha > 0) & (alpha < ONE)).any())
    return found


def _cut_away(read: Callable[[Rect], Pixels], cut: _Cut, rect: Rect) -> Pixels:
    pixels = read(rect)
    pixels[cut.away(rect)] = 0
    return pixels


def _edges(program: Program, base: _Base, alone: Program, rect: Rect) -> Pixels:
    """What `program` gives, made opaque, where `base` is half transparent and the node `alone` has pixels."""
    alpha = base.alpha(rect)
    there = (alpha > 0) & (alpha < ONE) & (composite_program(alone, rect)[..., 3] > 0)
    out = np.zeros((rect.height, rect.width, 4), np.uint16)
    if there.any():
        pixels = composite_program(program, rect)[there].astype(np.uint32)
        divisor = np.maximum(pixels[:, 3:], 1)
        opaque = np.minimum((pixels * ONE + divisor // 2) // divisor, ONE)
        opaque[:, 3] = ONE
        out[there] = opaque.astype(np.uint16)
    return out


def _eraser(mask: LayerMask | None, cut: _Cut | None, rect: Rect) -> Pixels:
    """Black, as opaque as much is hidden."""
    out = np.zeros((rect.height, rect.width, 4), np.uint16)
    if mask is not None:
        out[..., 3] = ONE - mask_values(mask, rect)
    if cut is not None:
        out[..., 3][cut.away(rect)] = ONE
    return out


def _drawing(pose: Pose, state: DocumentState) -> Surface:
    drawing = draw_openpose(pose.figures, state.rect, state.rect.size)
    alpha = np.where(drawing.any(axis=2), 255, 0).astype(np.uint8)
    return surface_from_rgba8(np.dstack([drawing, alpha]))
