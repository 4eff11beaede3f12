"""How long a live frame takes, how long the first one, and how much there is to load."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch

from models.training.doodles import doodle_lines
from models.training.evaluation.bench import rgb
from models.training.evaluation.findings import Bar, Finding
from models.training.studio import Studio

FRAMES = 7
LIVE_STEPS = 2
FRAME_BARS = {256: Bar("<=", 0.4), 512: Bar("<=", 1.5)}
DOODLE = "house, tree, path"


def live_frame(studio: Studio, side_px: int) -> None:
    """Encode, one ControlNet, two steps, decode."""
    sketch = rgb(cv2.resize(doodle_lines(DOODLE), (side_px, side_px), interpolation=cv2.INTER_NEAREST))
    studio.encode([sketch])
    studio.paint([DOODLE], {"scribble": [sketch]}, steps=LIVE_STEPS, size=(side_px, side_px))


def speed(folder: Path, clock: Callable[[], float] = time.perf_counter) -> list[Finding]:
    """Medians of wall seconds; the first frame takes in loading the model, not importing torch."""

    def seconds(call: Callable[[], object]) -> float:
        start = clock()
        call()
        return clock() - start

    threads = f"{torch.get_num_threads()} threads"
    start = clock()
    studio = Studio(folder)
    live_frame(studio, 256)
    first_s = clock() - start
    weights_mb = sum(path.stat().st_size for path in folder.rglob("*.safetensors")) / 1e6
    findings = [Finding("Speed", f"first frame s, {threads}", first_s, {}, Bar("<=", 5.0))]
    for side_px, bar in FRAME_BARS.items():
        live_frame(studio, side_px)
        times = [seconds(partial(live_frame, studio, side_px)) for _ in range(FRAMES)]
        beside = {"fastest": min(times)}
        name = f"live frame at {side_px} px, {LIVE_STEPS} steps, s, {threads}"
        findings.append(Finding("Speed", name, float(np.median(times)), beside, bar))
    return [*findings, Finding("Speed", "weights MB", weights_mb, {}, Bar("<=", 60.0))]
