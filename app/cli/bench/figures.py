"""Percentiles of measured times, and the documents that benchmarks paint on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from canvas.blend_modes import BlendMode
from canvas.layers import Group, Layer, LayerMask, Node
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface


def summary(samples_s: Sequence[float]) -> dict[str, float]:
    """Milliseconds: p50, p95, p99, max; and how many samples."""
    values = np.asarray(samples_s) * 1e3
    p50, p95, p99 = np.percentile(values, (50, 95, 99))
    return {
        "p50_ms": round(float(p50), 3),
        "p95_ms": round(float(p95), 3),
        "p99_ms": round(float(p99), 3),
        "max_ms": round(float(values.max()), 3),
        "samples": len(values),
    }


def layered_document(side_px: int, layer_count: int) -> DocumentState:
    """`layer_count` layers that cover a square document: an opaque one below, half-transparent textured ones above."""
    rng = np.random.default_rng(7)
    layers = [
        Layer(name=f"Layer {index + 1}", surface=_textured(rng, side_px, opaque=index == 0), opacity=1 - 0.02 * index)
        for index in range(layer_count)
    ]
    return DocumentState(side_px, side_px, tuple(layers))


def grouped_document(side_px: int, layer_count: int) -> DocumentState:
    """The same layers as an illustrator has them: a Normal group, a pass-through one that is taken back a little, one
    that multiplies; clipping, a mask, and layers that screen, overlay and multiply. At least 16 layers."""
    state = layered_document(side_px, layer_count)
    layers = [layer for layer in state.layers if isinstance(layer, Layer)]
    every = {key for key in layers[0].surface.tiles if (key[0] + key[1]) % 2}
    mask = Surface({key: layers[1].surface.tiles[key][..., 3:].copy() for key in every}, 1)
    figure = [layers[1], *(replace(layer, clip=True) for layer in layers[2:4]), layers[4]]
    light = [replace(layers[5], blend=BlendMode.SCREEN), layers[6], layers[7]]
    shade = [layers[8], replace(layers[9], mask=LayerMask(mask, outside=ONE)), layers[10]]
    top = [replace(layers[11], blend=BlendMode.OVERLAY), replace(layers[12], blend=BlendMode.MULTIPLY), *layers[13:]]
    nodes: tuple[Node, ...] = (
        layers[0],
        Group("Figure", children=tuple(figure), blend=BlendMode.NORMAL),
        Group("Light", children=tuple(light), opacity=0.9),
        Group("Shade", children=tuple(shade), blend=BlendMode.MULTIPLY),
        *top,
    )
    return replace(state, layers=nodes)


def _textured(rng: np.random.Generator, side_px: int, opaque: bool) -> Surface:
    tiles = {}
    count = -(-side_px // TILE_PX)
    for ty in range(count):
        for tx in range(count):
            coarse = rng.integers(0, ONE, (9, 9, 4), dtype=np.uint16)
            tile = cv2.resize(coarse, (TILE_PX, TILE_PX), interpolation=cv2.INTER_LINEAR)
            alpha = np.full((TILE_PX, TILE_PX, 1), ONE, np.uint32) if opaque else tile[..., 3:].astype(np.uint32)
            out = np.empty((TILE_PX, TILE_PX, 4), np.uint16)
            out[..., :3] = (tile[..., :3] * alpha) >> 15
            out[..., 3:] = alpha
            out.flags.writeable = False
            tiles[tx, ty] = out
    return Surface(tiles)


def painted_document(side_px: int, layer_count: int) -> DocumentState:
    """Layers as painting leaves them: flat areas with soft edges and slow gradients, half of each layer transparent."""
    rng = np.random.default_rng(11)
    layers = []
    for index in range(layer_count):
        cells = cv2.resize(rng.random((12, 12, 4), np.float32), (side_px, side_px), interpolation=cv2.INTER_CUBIC)
        colours = np.clip(np.floor(cells[..., :3] * 6) / 6 + 0.05, 0, 1)
        colours = cv2.GaussianBlur(colours, (0, 0), 3)
        alpha = np.ones((side_px, side_px, 1), np.float32)
        if index:
            alpha = np.clip((cells[..., 3:] - 0.4) * 20, 0, 1)
        straight = np.concatenate([colours * alpha, alpha], axis=2)
        layers.append(Layer(f"Layer {index + 1}", surface=Surface.from_pixels((straight * ONE).astype(np.uint16))))
    return DocumentState(side_px, side_px, tuple(layers))
