"""PSD of 20 full 4096 x 4096 layers: our writer against psd-tools' own `save()` of the same layers, and our reader
against PhotoshopAPI's, which is C++, and psd-tools'."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
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
    with tempfile.TemporaryDirectory() as name:
        written = write_figures(state, Path(name))
        return {"document": f"{LAYERS} full layers of {SIDE_PX} x {SIDE_PX}", **written, **read_figures(Path(name))}


def write_figures(state: DocumentState, folder: Path) -> dict[str, Any]:
    """Leaves `ours.psd` in the folder."""
    start = time.perf_counter()
    registry.write(state, folder / "ours.psd")
    ours_s = time.perf_counter() - start
    reference_s = _save_with_psd_tools(state, folder / "reference.psd")
    sizes = {p.stem: p.stat().st_size for p in folder.glob("*.psd")}
    (folder / "reference.psd").unlink()
    return {
        "ours_s": round(ours_s, 2),
        "reference_psd_tools_save_s": round(reference_s, 2),
        "times_faster": round(reference_s / ours_s, 2),
        "bytes": sizes,
    }


def read_figures(folder: Path) -> dict[str, Any]:
    """Of `ours.psd`: until every layer's pixels are in memory."""
    path = folder / "ours.psd"
    start = time.perf_counter()
    count = len(registry.read(path).layers)
    ours_s = time.perf_counter() - start
    figures: dict[str, Any] = {"layers_read": count, "read_s": round(ours_s, 2)}
    for name, read in (("photoshop_api", _read_with_photoshop_api), ("psd_tools", _read_with_psd_tools)):
        start = time.perf_counter()
        if read(path):
            reference_s = time.perf_counter() - start
            figures[f"reference_{name}_read_s"] = round(reference_s, 2)
            figures[f"read_ratio_{name}"] = round(ours_s / reference_s, 2)
    return figures


def _read_with_photoshop_api(path: Path) -> bool:
    """False where it is not installed."""
    try:
        api: Any = import_module("photoshopapi")
    except ImportError:
        return False
    with _silent_stdout():
        for layer in api.LayeredFile.read(str(path)).flat_layers:
            layer.get_image_data()
    return True


@contextmanager
def _silent_stdout() -> Iterator[None]:
    """The library logs past Python."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _read_with_psd_tools(path: Path) -> bool:
    logging.getLogger("psd_tools").setLevel(logging.ERROR)
    for layer in PSDImage.open(path):
        layer.numpy()
    return True


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
