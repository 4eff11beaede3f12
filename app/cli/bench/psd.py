"""PSD of 20 full 4096 x 4096 layers: our writer against psd-tools' own `save()` of the same layers."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image
from psd_tools import PSDImage

from app.cli.bench.figures import layered_document
from canvas.formats import registry
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import to_rgba8

SIDE_PX = 4096
LAYERS = 20


def measure() -> dict[str, Any]:
    state = layered_document(SIDE_PX, LAYERS)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        registry.write(state, Path(folder) / "ours.psd")
        ours_s = time.perf_counter() - start
        reference_s = _save_with_psd_tools(state, Path(folder) / "reference.psd")
        sizes = {p.stem: p.stat().st_size for p in Path(folder).iterdir()}
    return {
        "document": f"{LAYERS} full layers of {SIDE_PX} x {SIDE_PX}",
        "ours_s": round(ours_s, 2),
        "reference_psd_tools_save_s": round(reference_s, 2),
        "times_faster": round(reference_s / ours_s, 2),
        "bytes": sizes,
    }


def _save_with_psd_tools(state: DocumentState, path: Path) -> float:
    """Seconds that psd-tools' `save()` alone takes, its layers made and packed beforehand."""
    psd = PSDImage.new("RGBA", (state.width, state.height))
    for layer in state.layers:
        assert isinstance(layer, Layer)
        pixels = to_rgba8(layer.surface.read(state.rect))
        made = psd.create_pixel_layer(Image.fromarray(pixels), name=layer.name)
        made.opacity = round(layer.opacity * 255)
    start = time.perf_counter()
    psd.save(path)
    return time.perf_counter() - start
