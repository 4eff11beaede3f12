"""Which layer lies under a point: for picking a layer by a click on the canvas. Pure: any thread, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from canvas.layers import Adjustment, Group, Layer, LayerId, LayerMask, Node
from canvas.roles import Control, Paint
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface

#: What is more transparent than that is not meant by a click.
LEAST_ALPHA = 0.1


def layer_at(state: DocumentState, x: float, y: float) -> LayerId | None:
    """The topmost visible layer of paint or control that is there at a point in document pixels; None when none is.

    Alpha counts after masks and clipping; opacity does not, so that a faint layer can be picked.
    """
    px, py = floor(x), floor(y)
    for layer, share in _visible(state.layers, px, py, 1.0):
        if share * _value(layer.surface, px, py, 0) > LEAST_ALPHA:
            return layer.id
    return None


def _visible(nodes: tuple[Node, ...], x: int, y: int, share: float) -> Iterator[tuple[Layer, float]]:
    """Layers from the top down, each with what masks, groups and the base it is clipped to leave of it."""
    for i in reversed(range(len(nodes))):
        node = nodes[i]
        if not node.visible or isinstance(node, Adjustment):
            continue
        left = share * _shown_by(node.mask, x, y)
        if node.clip and i:
            base = next((n for n in reversed(nodes[:i]) if not n.clip), nodes[0])
            left *= _alpha(base, x, y) if base.visible else 0.0
        if left <= LEAST_ALPHA:
            continue
        if isinstance(node, Group):
            yield from _visible(node.children, x, y, left)
        elif isinstance(node.role, Paint | Control):
            yield node, left


def _alpha(base: Node, x: int, y: int) -> float:
    """How much of a base is there; a group is there as far as its fullest layer is."""
    if isinstance(base, Group):
        inner = (share * _value(layer.surface, x, y, 0) for layer, share in _visible(base.children, x, y, 1.0))
        return max(inner, default=0.0) * _shown_by(base.mask, x, y)
    if isinstance(base, Layer):
        return _value(base.surface, x, y, 0) * _shown_by(base.mask, x, y)
    return 1.0


def _shown_by(mask: LayerMask | None, x: int, y: int) -> float:
    return 1.0 if mask is None or not mask.enabled else _value(mask.surface, x, y, mask.outside)


def _value(surface: Surface, x: int, y: int, outside: int) -> float:
    """The last channel of a pixel, 0..1."""
    tile = surface.tiles.get((x // TILE_PX, y // TILE_PX))
    return (outside if tile is None else int(tile[y % TILE_PX, x % TILE_PX, -1])) / ONE
