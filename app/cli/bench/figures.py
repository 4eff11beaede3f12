"""Percentiles of measured times, and the documents that benchmarks paint on."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from canvas.layers import Layer
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
