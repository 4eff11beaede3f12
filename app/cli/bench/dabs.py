"""Dabs of a fast stroke, 240 events a second, drawn without a window: a soft brush of 50 px and one of 500 px.

The reference is MyPaint's brush library with the same events, size and spacing, built here from `libmypaint.c` where
the library and a C compiler are installed. Both draw the events of a display frame in one go.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path
from typing import Any

from canvas import kernels
from canvas.brush import UNSTEADIED, Brush, StrokePoint
from canvas.layers import Layer
from canvas.paint_target import Target
from canvas.state import DocumentState
from canvas.stroke import Stroke

SIDE_PX = 4096
RATE_HZ = 240
STROKE_S = 4.0
SIZES_PX = (50, 500)
SPACING = 0.1
EVENTS_A_FRAME = 2
ROUNDS = 3


def measure() -> dict[str, Any]:
    kernels.warm()
    points = fast_stroke()
    way = sum(abs(complex(b.x - a.x, b.y - a.y)) for a, b in pairwise(points))
    figures: dict[str, Any] = {
        "stroke": f"{len(points)} events at {RATE_HZ} Hz, {way / STROKE_S:.0f} px/s, {EVENTS_A_FRAME} events a frame"
    }
    with tempfile.TemporaryDirectory() as folder:
        reference = _built(Path(folder))
        for size_px in SIZES_PX:
            brush = Brush(
                "bench", size_px=float(size_px), hardness=0.5, flow=0.8, spacing=SPACING, stabiliser=UNSTEADIED
            )
            dabs_ms, whole_ms = min(_ours(brush, points) for _ in range(ROUNDS))
            figures[f"brush_{size_px}_px"] = {
                "dabs_ms_per_event": round(dabs_ms, 4),
                "dabs_and_pixels_ms_per_event": round(whole_ms, 4),
            }
            if isinstance(reference, Path):
                theirs_ms = min(_theirs(reference, brush, points) for _ in range(ROUNDS))
                figures[f"brush_{size_px}_px"]["reference_libmypaint_ms_per_event"] = round(theirs_ms, 4)
                figures[f"brush_{size_px}_px"]["times_faster"] = round(theirs_ms / dabs_ms, 2)
                figures[f"brush_{size_px}_px"]["times_faster_with_pixels"] = round(theirs_ms / whole_ms, 2)
        if isinstance(reference, str):
            figures["reference_libmypaint"] = reference
    return figures


def fast_stroke() -> list[StrokePoint]:
    """Wide loops over the whole document, with the pressure going up and down."""
    middle, points = SIDE_PX / 2, []
    for i in range(round(STROKE_S * RATE_HZ)):
        angle = 2 * pi * 0.55 * i / RATE_HZ
        radius = SIDE_PX * (0.3 + 0.08 * sin(angle * 0.37))
        at = middle + radius * 1.2 * cos(angle), middle + radius * sin(angle * 1.07)
        points.append(StrokePoint(*at, 0.6 + 0.4 * sin(angle * 2.3), time_s=i / RATE_HZ))
    return points


def _ours(brush: Brush, points: list[StrokePoint]) -> tuple[float, float]:
    """Milliseconds an event: for the dabs, and with the stroke published as pixels of the layer in every frame."""
    state = DocumentState(SIDE_PX, SIDE_PX, (Layer("Paint"),))
    stroke = Stroke(state, Target(state.layers[0].id), brush, (0.2, 0.4, 0.8))
    dabs_s = whole_s = 0.0
    for i in range(0, len(points), EVENTS_A_FRAME):
        start = time.perf_counter()
        stroke.add(points[i : i + EVENTS_A_FRAME])
        drawn = time.perf_counter()
        stroke.freeze()
        whole_s += time.perf_counter() - start
        dabs_s += drawn - start
    return dabs_s * 1e3 / len(points), whole_s * 1e3 / len(points)


def _built(folder: Path) -> Path | str:
    """The program that draws with libmypaint, or a sentence that says why there is none."""
    compiler, finder = shutil.which("cc"), shutil.which("pkg-config")
    if compiler is None or finder is None:
        return "left out: there is no C compiler with pkg-config; install gcc and pkg-config"
    found = subprocess.run([finder, "--cflags", "--libs", "libmypaint"], capture_output=True, text=True, check=False)
    if found.returncode:
        return "left out: MyPaint's brush library is not installed; install libmypaint-dev"
    program, source = folder / "libmypaint", Path(__file__).with_name("libmypaint.c")
    command = [compiler, "-O2", str(source), "-o", str(program), *found.stdout.split(), "-lm"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode:
        return f"left out: its driver could not be built: {built.stderr.strip().splitlines()[-1:]}"
    return program


def _theirs(program: Path, brush: Brush, points: list[StrokePoint]) -> float:
    events = "\n".join(f"{p.x} {p.y} {p.pressure} {p.time_s}" for p in points)
    # A spacing is a share of the diameter, the library counts dabs in a radius.
    arguments = (SIDE_PX, brush.size_px / 2, 0.5 / brush.spacing, EVENTS_A_FRAME)
    command = [str(program), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, input=events, capture_output=True, text=True, check=True)
    seconds, count = done.stdout.split()
    return float(seconds) * 1e3 / int(count)
