"""Laying colour over a whole area at once: what fill and gradient do to a layer, its mask or the selection.

A `Source` says what colour comes where; `poured` lays it over the chosen plane as far as the selection lets it. Masks
and the selection take the luma of a colour: white shows or selects, black hides or does not. Pure: any thread, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from canvas import edits, kernels, selection
from canvas.blend_modes import BlendMode
from canvas.edits import WHITE, EditError
from canvas.fill import Colour
from canvas.kernels.strokes import ERASE
from canvas.layers import Layer, LayerId
from canvas.paint_target import LUMA, Plane
from canvas.selection import FULL_TILE
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey

How: TypeAlias = Literal["paint", "erase"]

_LUMA = np.array(LUMA, np.float32)


@dataclass(frozen=True, slots=True)
class Source:
    """Colour for the tiles `keys`: `tile` gives premultiplied pixels, and whether all of them are opaque."""

    keys: Iterable[TileKey]
    tile: Callable[[TileKey], tuple[Pixels, bool]]


def one_colour(coverage: Surface, colour: Colour) -> Source:
    """`colour` as far as `coverage` (one channel) says."""
    r, g, b = (round(min(max(c, 0.0), 1.0) * ONE) for c in colour)
    full = np.empty((TILE_PX, TILE_PX, 4), np.uint16)
    full[...] = r, g, b, ONE
    full.flags.writeable = False

    def tile(key: TileKey) -> tuple[Pixels, bool]:
        cover = coverage.tiles[key]
        if cover is FULL_TILE:
            return full, True
        out = np.empty_like(full)
        kernels.masked(out, full, cover)
        return out, False

    return Source(coverage.tiles, tile)


def poured(
    state: DocumentState, node_id: LayerId | None, plane: Plane, source: Source, opacity: float, how: How = "paint"
) -> DocumentState:
    """The document with `source` laid over a plane. Raises EditError when that plane cannot be changed.

    `node_id`: the layer, or for its mask any node; it does not matter for the selection. Erasing takes away as much
    as the source is opaque: from a mask or the selection too. Where nothing is selected yet, paint begins a selection
    and erasing takes away from everything, as with a brush.
    """
    require_pourable(state, node_id, plane, how)
    if plane == "selection":
        begun = selection.rectangle(state.rect) if how == "erase" else Surface.blank(1)
        base = begun if state.selection is None else state.selection
        return edits.set_selection(state, _on_values(base, 0, source, None, opacity, how))
    assert node_id is not None
    node = state.find(node_id)
    if plane == "mask":
        assert node.mask is not None
        surface = _on_values(node.mask.surface, node.mask.outside, source, state.selection, opacity, how)
        return edits.set_mask(state, node_id, replace(node.mask, surface=surface))
    assert isinstance(node, Layer)
    return edits.set_pixels(state, node_id, _on_pixels(node, source, state.selection, opacity, how))


def require_pourable(state: DocumentState, node_id: LayerId | None, plane: Plane, how: How = "paint") -> None:
    """Raises EditError when that plane cannot be changed in that way."""
    if plane == "selection":
        return
    if node_id is None:
        raise EditError("There is no active layer; add one, or choose one in the layers panel")
    if plane == "mask":
        node = state.find(node_id)
        edits.require_unlocked(state, node_id, "change its mask")
        if node.mask is None:
            raise EditError(f"“{node.name}” has no mask; add one first")
        return
    layer = edits.paintable_layer(state, node_id)
    if how == "erase" and layer.alpha_locked:
        raise EditError(f"The alpha of “{layer.name}” is locked; unlock it to erase")


def paint_for(plane: Plane, colour: Colour) -> Colour:
    """The colour that paints on a plane what the artist's one is to: on the selection any paint selects."""
    return WHITE if plane == "selection" else colour


def filled(state: DocumentState, node_id: LayerId | None, plane: Plane, colour: Colour) -> DocumentState:
    """All that is selected, or the whole document, in one colour."""
    colour = paint_for(plane, colour)
    return poured(state, node_id, plane, one_colour(selection.rectangle(state.rect), colour), 1.0)


def cleared(state: DocumentState, node_id: LayerId | None, plane: Plane) -> DocumentState:
    """All that is selected made transparent, hidden or unselected; without a selection also beyond the document."""
    if plane == "pixels" and node_id is not None:
        return edits.clear_layer(state, node_id)
    return poured(state, node_id, plane, one_colour(selection.rectangle(state.rect), WHITE), 1.0, "erase")


def _on_pixels(layer: Layer, source: Source, limit: Surface | None, opacity: float, how: How) -> Surface:
    share = round(opacity * ONE)
    base = layer.surface
    edit = base.edit()
    for key in source.keys:
        below = base.tiles.get(key)
        if below is None and (how == "erase" or layer.alpha_locked):
            continue
        chosen = FULL_TILE if limit is None else limit.tiles.get(key)
        if chosen is None:
            continue
        tile, opaque = source.tile(key)
        if how == "erase":
            assert below is not None
            out = np.empty_like(below)
            kernels.apply_stroke(out, below, np.ascontiguousarray(tile[..., 3:]), chosen, 0, 0, 0, share, ERASE)
            if out.any():
                edit.put(key, out)
            else:
                edit.drop(key)
            continue
        if opaque and share == ONE and chosen is FULL_TILE and not layer.alpha_locked:
            edit.put(key, tile)
            continue
        if chosen is not FULL_TILE:
            limited = np.empty_like(tile)
            kernels.masked(limited, tile, chosen)
            tile = limited
        out = np.zeros_like(tile) if below is None else below.copy()
        if layer.alpha_locked:
            kernels.blend(out, tile, share, ONE, int(BlendMode.NORMAL), 1, 0, 0)
        else:
            kernels.over(out, tile, share)
        edit.put(key, out)
    return edit.freeze()


def _on_values(base: Surface, outside: int, source: Source, limit: Surface | None, opacity: float, how: How) -> Surface:
    tiles = dict(base.tiles)
    for key in source.keys:
        chosen = FULL_TILE if limit is None else limit.tiles.get(key)
        if chosen is None:
            continue
        tile, _ = source.tile(key)
        weight = tile.astype(np.float32) * np.float32(opacity / ONE)
        if chosen is not FULL_TILE:
            weight *= chosen.astype(np.float32) / np.float32(ONE)
        below = tiles[key].astype(np.float32) if key in tiles else np.full((TILE_PX, TILE_PX, 1), outside, np.float32)
        value = below * (1 - weight[..., 3:])
        if how == "paint":
            value += (weight[..., :3] @ _LUMA)[..., None] * np.float32(ONE)
        out = np.minimum(value + np.float32(0.5), ONE).astype(np.uint16)
        out = FULL_TILE if out.min() == ONE else out
        out.flags.writeable = False
        if outside or out.any():
            tiles[key] = out
        else:
            tiles.pop(key, None)
    return Surface(tiles, 1)
