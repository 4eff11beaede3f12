"""Files of 20 full 4096 x 4096 layers: saving and opening, each beside a reference in the same run.

Two documents: `textured` has noise in every pixel, which no program can make small, and `painted` has soft colour and
flat areas, as paintings do. Times of saving include the flush to disk; `disk` says what the disk itself takes for as
many bytes.
"""

from __future__ import annotations

import io
import os
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from app.cli.bench import psd as psd_bench
from app.cli.bench.figures import layered_document, painted_document
from canvas.formats import registry, udraw
from canvas.formats.tile_codec import TileDigests
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import to_rgba8

SIDE_PX, LAYERS = 4096, 20
#: Pillow needs minutes for more.
ORA_LAYERS = 6
STROKES = 5


def measure() -> dict[str, Any]:
    found: dict[str, Any] = {"document": f"{LAYERS} full layers of {SIDE_PX} x {SIDE_PX}"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The window loads what is compiled beforehand, too.
        for suffix in (".udraw", ".psd", ".ora"):
            registry.write(painted_document(200, 2), folder / f"small{suffix}")
            registry.read(folder / f"small{suffix}")
        for kind, make in (("painted", painted_document), ("textured", layered_document)):
            state = make(SIDE_PX, LAYERS)
            found[f"native_{kind}"] = _native(state, folder)
            if kind == "painted":
                found["ora_write"], found["ora_read"] = _ora(replace(state, layers=state.layers[:ORA_LAYERS]), folder)
        found["psd_write"] = psd_bench.write_figures(state, folder)
        found["psd_read"] = psd_bench.read_figures(folder)
    return found


def _native(state: DocumentState, folder: Path) -> dict[str, Any]:
    path = folder / "document.udraw"
    path.unlink(missing_ok=True)
    digests = TileDigests()
    full_s = _seconds(lambda: registry.write(state, path, digests))
    size = path.stat().st_size
    strokes_s = []
    for i in range(STROKES):
        state = _stroked(state, i)
        strokes_s.append(_seconds(partial(registry.write, state, path, digests)))
    figures = {
        "full_save_s": round(full_s, 2),
        "disk_s": round(_disk_seconds(size, folder), 2),
        "stroke_save_ms": round(float(np.median(strokes_s)) * 1e3, 1),
        "stroke_save_max_ms": round(max(strokes_s) * 1e3, 1),
        "first_picture_s": round(_seconds(lambda: udraw.first_picture(path)), 3),
        "open_s": round(_seconds(lambda: registry.read(path)), 2),
        "file_mb": round(size / 1e6),
        "pixels_mb": LAYERS * SIDE_PX * SIDE_PX * 8 // 10**6,
    }
    path.unlink()
    return figures


def _stroked(state: DocumentState, number: int) -> DocumentState:
    """A stroke across a dozen tiles of the sixth layer."""
    layer = state.layers[5]
    assert isinstance(layer, Layer)
    edit = layer.surface.edit()
    for step in range(12):
        edit.writable((2 + step, 4 + number))[20:90, :, :3] //= 2
    changed = replace(layer, surface=edit.freeze())
    return replace(state, layers=(*state.layers[:5], changed, *state.layers[6:]))


def _disk_seconds(size: int, folder: Path) -> float:
    """What the disk takes for so many bytes."""
    block = os.urandom(8 << 20)

    def write() -> None:
        with (folder / "plain").open("wb") as file:
            for _ in range(-(-size // len(block))):
                file.write(block)
            os.fsync(file.fileno())

    seconds = _seconds(write)
    (folder / "plain").unlink()
    return seconds


def _ora(state: DocumentState, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    path = folder / "document.ora"
    write_s = _seconds(lambda: registry.write(state, path))
    read_s = _seconds(lambda: registry.read(path))
    with zipfile.ZipFile(path) as archive:
        pictures = [archive.read(n) for n in archive.namelist() if n.startswith("data/") and n.endswith(".png")]
    pillow_read_s = _seconds(lambda: [np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")) for data in pictures])
    layers = [to_rgba8(layer.surface.read(state.rect)) for layer in state.layers if isinstance(layer, Layer)]
    pillow_write_s = _seconds(lambda: _pillow_pngs(layers))
    sides = f"{len(layers)} layers"
    return (
        {"layers": sides, "ours_s": round(write_s, 2), "pillow_pngs_s": round(pillow_write_s, 2),
         "times_faster": round(pillow_write_s / write_s, 2), "mb": round(path.stat().st_size / 1e6)},
        {"layers": sides, "ours_s": round(read_s, 2), "pillow_pngs_s": round(pillow_read_s, 2),
         "ratio": round(read_s / pillow_read_s, 2)},
    )  # fmt: skip


def _pillow_pngs(layers: list[Any]) -> None:
    for pixels in layers:
        Image.fromarray(pixels).save(io.BytesIO(), "PNG", compress_level=6)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
