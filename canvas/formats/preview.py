"""A small picture of a document for file dialogs, made from shrunken layers: cheap, and close enough."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np

from canvas.compositor import composite
from canvas.formats.pixels import mask_surface
from canvas.formats.planes import straight_rgba8
from canvas.layers import Adjustment, Group, LayerMask, Node
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels, Surface

#: Longest side of a preview in pixels.
SIDE_PX = 256


def preview_size(width: int, height: int) -> tuple[int, int]:
    """The size of the preview of such a canvas: a half, a quarter, an eighth ... of it."""
    factor = _factor(width, height)
    return -(-width // factor), -(-height // factor)


def _factor(width: int, height: int) -> int:
    factor = 1
    while max(width, height) > SIDE_PX * factor:
        factor *= 2
    return factor


def preview_png(state: DocumentState) -> bytes:
    """The visible picture as a PNG of at most SIDE_PX a side, straight RGBA."""
    from PIL import Image  # not before it is needed: windows wait for this module

    factor = _factor(state.width, state.height)
    small = state if factor == 1 else _shrunken(state, factor)
    out = io.BytesIO()
    Image.fromarray(straight_rgba8(composite(small, small.rect))).save(out, "PNG")
    return out.getvalue()


def _shrunken(state: DocumentState, factor: int) -> DocumentState:
    """Everything box-averaged by `factor`, a power of two up to TILE_PX."""
    width, height = -(-state.width // factor), -(-state.height // factor)
    step = max(1, factor // 4)
    first = step // 2

    def shrunken_pixels(surface: Surface, outside: int) -> Pixels:
        side = TILE_PX // factor
        columns, rows = -(-width // side), -(-height // side)
        small = np.full((rows * side, columns * side, surface.channels), outside, np.uint16)
        for (tx, ty), tile in surface.tiles.items():
            if 0 <= tx < columns and 0 <= ty < rows:
                # Premultiplied values average as light does; sixteen samples tell a pixel's colour well enough.
                averaged = cv2.resize(tile[first::step, first::step], (side, side), interpolation=cv2.INTER_AREA)
                small[ty * side : (ty + 1) * side, tx * side : (tx + 1) * side] = averaged.reshape(side, side, -1)
        return small

    def shrunken_node(node: Node) -> Node:
        mask = node.mask
        if mask is not None:
            values = shrunken_pixels(mask.surface, mask.outside)
            mask = LayerMask(mask_surface(values, 0, 0, mask.outside), mask.outside, mask.enabled)
        if isinstance(node, Group):
            return replace(node, mask=mask, children=tuple(shrunken_node(child) for child in node.children))
        if isinstance(node, Adjustment):
            return replace(node, mask=mask)
        return replace(node, mask=mask, surface=Surface.from_pixels(shrunken_pixels(node.surface, 0)))

    return DocumentState(width, height, tuple(shrunken_node(node) for node in state.layers))
