"""Layer masks: making, changing, applying them, and taking them as a selection. Pure: any thread, no Qt.

A mask is one channel, 0 hides and ONE shows; `LayerMask.outside` is its value where it has no tile, so that a mask that
shows or hides everything costs nothing. Functions raise EditError when a step is not possible.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from canvas import edits, kernels, selection
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.layers import Layer, LayerId, LayerMask
from canvas.state import DocumentState
from canvas.tiles import ONE, Pixels, Surface, TileKey


def revealing() -> LayerMask:
    """A mask that shows everything."""
    return LayerMask(Surface.blank(1), ONE)


def hiding() -> LayerMask:
    """A mask that hides everything."""
    return LayerMask(Surface.blank(1), 0)


def showing_selected(state: DocumentState) -> LayerMask:
    """A mask that shows what is selected. Raises EditError when nothing is."""
    if state.selection is None:
        raise EditError("Nothing is selected; select what the mask should show or hide first")
    return LayerMask(state.selection, 0)


def inverted(mask: LayerMask) -> LayerMask:
    """Shown becomes hidden and hidden shown."""
    tiles = {key: _read_only(ONE - tile) for key, tile in mask.surface.tiles.items()}
    return replace(mask, surface=Surface(tiles, 1), outside=ONE - mask.outside)


def add(state: DocumentState, node_id: LayerId, mask: LayerMask) -> DocumentState:
    node = state.find(node_id)
    edits.require_unlocked(state, node_id, "give it a mask")
    if node.mask is not None:
        raise EditError(f"“{node.name}” has a mask already; paint on it, or delete it first")
    return edits.set_mask(state, node_id, mask)


def remove(state: DocumentState, node_id: LayerId) -> DocumentState:
    edits.require_unlocked(state, node_id, "delete its mask")
    mask_of(state, node_id)
    return edits.set_mask(state, node_id, None)


def set_enabled(state: DocumentState, node_id: LayerId, enabled: bool) -> DocumentState:
    mask = mask_of(state, node_id)
    return state if mask.enabled is enabled else edits.set_mask(state, node_id, replace(mask, enabled=enabled))


def invert(state: DocumentState, node_id: LayerId) -> DocumentState:
    edits.require_unlocked(state, node_id, "change its mask")
    return edits.set_mask(state, node_id, inverted(mask_of(state, node_id)))


def apply(state: DocumentState, node_id: LayerId) -> DocumentState:
    """Make transparent what the mask hides, and remove the mask: the picture stays the same."""
    node, mask = state.find(node_id), mask_of(state, node_id)
    edits.require_unlocked(state, node_id, "apply its mask")
    if not isinstance(node, Layer):
        raise EditError(f"“{node.name}” has no pixels of its own to apply its mask to; merge it first")
    if not mask.enabled:
        raise EditError(f"The mask of “{node.name}” is off; switch it on to apply it")
    tiles: dict[TileKey, Pixels] = {}
    for key, tile in node.surface.tiles.items():
        weight = mask.surface.tiles.get(key)
        if weight is not None:
            shown = np.empty_like(tile)
            kernels.masked(shown, tile, weight)
            if shown.any():
                tiles[key] = _read_only(shown)
        elif mask.outside:
            tiles[key] = tile
    return state.replaced(node_id, lambda _: replace(node, surface=Surface(tiles), mask=None))


def mask_of(state: DocumentState, node_id: LayerId) -> LayerMask:
    """Raises EditError when the node has none."""
    node = state.find(node_id)
    if node.mask is None:
        raise EditError(f"“{node.name}” has no mask; add one first")
    return node.mask


def as_selection(mask: LayerMask, document: Rect) -> Surface:
    """What the mask shows of the document, as a selection."""
    if not mask.outside:
        return selection.within(mask.surface, document)
    return selection.inverted(inverted(mask).surface, document)


def _read_only(tile: Pixels) -> Pixels:
    tile.flags.writeable = False
    return tile
