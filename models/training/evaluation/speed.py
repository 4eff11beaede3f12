"""How long a live frame takes, how long the first one, and how much there is to load."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch

from models.training.doodles import doodle_lines
from models.training.evaluation.bench import resized, rgb
from models.training.evaluation.findings import Bar, Finding
from models.training.studio import Studio

FRAMES, FIRST_FRAMES = 7, 5
LIVE_STEPS = 2
FRAME_BARS = {256: Bar("<=", 0.4), 512: Bar("<=", 1.5)}
DOODLE = "house, tree, path"
FIRST_FRAME = """
import json, sys, time
import torch
torch.set_num_threads(int(sys.argv[2]))
start = time.perf_counter()
from inference.hosts.libraries import import_libraries
import_libraries()
from pathlib import Path
import numpy as np
from models.training.studio import Studio
studio = Studio(Path(sys.argv[1]))
blank = np.zeros((256, 256, 3), np.uint8)
studio.live_frame("house", {"scribble": [blank]}, blank, 2)
print(json.dumps(time.perf_counter() - start))
"""
"""Run by itself in a new process, as the worker is: the clock starts when torch has been imported."""


def live_frame(studio: Studio, side_px: int) -> None:
    """Encode, one ControlNet, two steps, decode."""
    sketch = resized(rgb(doodle_lines(DOODLE)), (side_px, side_px))
    studio.live_frame(DOODLE, {"scribble": [sketch]}, np.asarray(255 - sketch, np.uint8), LIVE_STEPS)


def first_frame_s(folder: Path) -> float:
    """Seconds from an imported torch to a picture, with all other imports and the loading of the model."""
    words = [sys.executable, "-c", FIRST_FRAME, str(folder.resolve()), str(torch.get_num_threads())]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return float(json.loads(said))


def speed(folder: Path, clock: Callable[[], float] = time.perf_counter) -> list[Finding]:
    """Medians of wall seconds."""

    def seconds(call: Callable[[], object]) -> float:
        start = clock()
        call()
        return clock() - start

    threads = f"{torch.get_num_threads()} threads"
    firsts = [first_frame_s(folder) for _ in range(FIRST_FRAMES)]
    studio = Studio(folder)
    weights_mb = sum(path.stat().st_size for path in folder.rglob("*.safetensors")) / 1e6
    first_name = f"first frame s after importing torch, {threads}"
    beside = {"fastest": min(firsts)}
    findings = [Finding("Speed", first_name, float(np.median(firsts)), beside, Bar("<=", 5.0))]
    for side_px, bar in FRAME_BARS.items():
        live_frame(studio, side_px)
        times = [seconds(partial(live_frame, studio, side_px)) for _ in range(FRAMES)]
        beside = {"fastest": min(times)}
        name = f"live frame at {side_px} px, {LIVE_STEPS} steps, s, {threads}"
        findings.append(Finding("Speed", name, float(np.median(times)), beside, bar))
    return [*findings, Finding("Speed", "weights MB", weights_mb, {}, Bar("<=", 60.0))]
