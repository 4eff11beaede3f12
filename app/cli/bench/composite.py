"""Compositing 20 full layers of 4096 x 4096: a changed 256 x 256 area through the cache, a whole window without it,
a snapshot, an undo. The reference is Pillow's `alpha_composite` of the same layers over the same area."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from app.cli.bench.figures import layered_document, summary
from canvas import kernels
from canvas.compositor import composite
from canvas.document import Document
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.projection import Projection
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, to_rgba8

SIDE_PX = 4096
LAYERS = 20
AREA = Rect(1024, 1024, 1280, 1280)
WINDOW = Rect(512, 512, 2432, 1592)
ROUNDS = 40


def measure() -> dict[str, Any]:
    kernels.warm()
    document = Document(layered_document(SIDE_PX, LAYERS))
    middle = document.state.layers[LAYERS // 2]
    projection = Projection("picture")
    projection.update(document.state, middle.id)
    keys = list(AREA.tile_keys(TILE_PX))

    def repaint() -> None:
        for key in keys:
            projection.tile_rgba8(key)

    repaint()
    cached, snapshots, undos = [], [], []
    for index in range(ROUNDS):
        value = (index + 1) * 400
        document.edit("Touch", lambda state, value=value: _touched(state, middle.id, value))  # type: ignore[misc]
        projection.update(document.state, middle.id)
        cached.append(seconds(repaint))
        snapshots.append(seconds(document.snapshot))
    for _ in range(ROUNDS):
        start = time.perf_counter()
        document.undo()
        projection.update(document.state, middle.id)
        repaint()
        undos.append(time.perf_counter() - start)
    reference = pillow_reference(document.state, AREA)
    cached_ms, reference_ms = summary(cached), summary([seconds(reference) for _ in range(5)])
    return {
        "document": f"{LAYERS} full layers of {SIDE_PX} x {SIDE_PX}",
        "changed_256_px_area": cached_ms,
        "reference_pillow_same_area": reference_ms,
        "times_faster": round(reference_ms["p50_ms"] / cached_ms["p50_ms"], 1),
        "whole_1920x1080_window_uncached": summary([seconds(lambda: composite(document.state, WINDOW))]),
        "snapshot": summary(snapshots),
        "undo_to_pixels": summary(undos),
    }


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _touched(state: DocumentState, layer_id: Any, value: int) -> DocumentState:
    """The state after the tiles of AREA were written on one layer."""

    def change(node: Any) -> Any:
        edit = node.surface.edit()
        for key in AREA.tile_keys(TILE_PX):
            edit.writable(key)[..., :3] = np.minimum(edit.writable(key)[..., 3:], value)
        return replace(node, surface=edit.freeze())

    return state.replaced(layer_id, change)


def pillow_reference(state: DocumentState, area: Rect) -> Callable[[], object]:
    """The work of blending all layers of `area` with Pillow; the pictures are converted beforehand."""
    pictures = []
    for layer in state.layers:
        assert isinstance(layer, Layer)
        pixels = to_rgba8(layer.surface.read(area))
        pixels[..., 3] = (pixels[..., 3] * layer.opacity).astype(np.uint8)
        pictures.append(Image.fromarray(pixels))

    def blend() -> Image.Image:
        below = pictures[0]
        for picture in pictures[1:]:
            below = Image.alpha_composite(below, picture)
        return below

    return blend
