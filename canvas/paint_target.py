"""What a stroke goes to: the pixels of a layer, the mask of a node, or the selection. Pure values; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from canvas.brush import Brush, BrushMode
from canvas.edits import EditError, paintable_layer, require_unlocked, require_visible
from canvas.layers import LayerId
from canvas.selection import rectangle
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels, Surface, TileKey

Plane: TypeAlias = Literal["pixels", "mask", "selection"]

#: Rec. 709 luma, by which a colour becomes a value of a mask.
LUMA = (0.2126, 0.7152, 0.0722)


@dataclass(frozen=True, slots=True)
class Target:
    """`layer_id` may be None for the selection."""

    layer_id: LayerId | None
    plane: Plane = "pixels"


@dataclass(frozen=True, eq=False)
class Ground:
    """An opened target. `outside`: the value of missing tiles, in every channel. `limit`: the selection, None when the
    stroke may go anywhere. `put`: the document with another surface here."""

    surface: Surface
    outside: int
    alpha_locked: bool
    limit: Surface | None
    put: Callable[[Surface], DocumentState]

    @property
    def channels(self) -> int:
        return self.surface.channels

    @cached_property
    def blank(self) -> Pixels:
        return np.full((TILE_PX, TILE_PX, self.channels), self.outside, np.uint16)

    def tile(self, key: TileKey) -> Pixels:
        """The tile before the stroke."""
        tile = self.surface.tiles.get(key)
        return self.blank if tile is None else tile

    def may_change(self, key: TileKey, *, adds: bool) -> bool:
        """Whether a stroke that adds paint, or only changes what is there, can change this tile."""
        if self.limit is not None and key not in self.limit.tiles:
            return False
        if self.channels == 4 and (self.alpha_locked or not adds):
            return key in self.surface.tiles
        return True


def opened(state: DocumentState, target: Target, brush: Brush) -> Ground:
    """Raises EditError that says what is in the way."""
    if target.plane == "selection":
        return _selection(state, brush)
    if target.layer_id is None or not state.has(target.layer_id):
        raise EditError("There is no active layer; add one, or choose one in the layers panel")
    if target.plane == "mask":
        return _mask(state, target.layer_id)
    layer = paintable_layer(state, target.layer_id)
    if brush.mode is BrushMode.ERASE and layer.alpha_locked:
        raise EditError(f"The alpha of “{layer.name}” is locked; unlock it to erase")

    def put(surface: Surface) -> DocumentState:
        painted = replace(layer, surface=surface)
        return state.replaced(layer.id, lambda _: painted)

    return Ground(layer.surface, 0, layer.alpha_locked, state.selection, put)


def _mask(state: DocumentState, node_id: LayerId) -> Ground:
    node = state.find(node_id)
    mask = node.mask
    if mask is None:
        raise EditError(f"“{node.name}” has no mask; add one, or paint on the layer itself")
    require_visible(state, node_id, "paint on its mask")
    require_unlocked(state, node_id, "paint on its mask")

    def put(surface: Surface) -> DocumentState:
        painted = replace(node, mask=replace(mask, surface=surface))
        return state.replaced(node_id, lambda _: painted)

    return Ground(mask.surface, mask.outside, False, state.selection, put)


def _selection(state: DocumentState, brush: Brush) -> Ground:
    """Without a selection an eraser takes away from everything, and a brush begins a new one, as adding does."""

    def put(surface: Surface) -> DocumentState:
        return replace(state, selection=surface)

    if state.selection is not None:
        return Ground(state.selection, 0, False, None, put)
    begun = rectangle(state.rect) if brush.mode is BrushMode.ERASE else Surface.blank(1)
    return Ground(begun, 0, False, None, put)


def mask_value(plane: Plane, brush: Brush, colour: tuple[float, float, float]) -> float:
    """What a brush makes of a mask, 0 hides .. 1 shows: the luma of its colour; an eraser hides. On the selection it
    selects, whatever its colour."""
    if brush.mode is BrushMode.ERASE:
        return 0.0
    if plane == "selection":
        return 1.0
    return sum(share * min(max(c, 0.0), 1.0) for share, c in zip(LUMA, colour, strict=True))
