"""A hand with a pen, for drawings that are made by a script: lines that sway, swell and fade.

The brush engine draws them; the same lines give the same pixels. No Qt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import ceil
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from app import brush_presets
from canvas.brush import UNSTEADIED, Brush, StrokePoint
from canvas.brush_tips import BrushImages
from canvas.layers import LayerId
from canvas.paint_target import Target
from canvas.state import DocumentState
from canvas.stroke import Stroke

Line: TypeAlias = Sequence[tuple[float, float]]
"""Points of the document that a line goes through, in its order."""
Colour: TypeAlias = tuple[float, float, float]
"""Straight sRGB, each channel 0..1."""
Track: TypeAlias = npt.NDArray[np.float64]
"""(count, 2): x and y in document pixels."""

#: Between two points that the pen reports.
STEP_PX = 3.0
#: How fast the pen goes.
SPEED_PX_S = 700.0
#: The hand leaves its way and comes back about so often.
SWAY_PX = 70.0


@dataclass(frozen=True, slots=True)
class Pen:
    """What is drawn with. `sway_px`: how far the hand strays. `lightest`: the pressure at the ends of a line, 0..1."""

    preset: str
    size_px: float
    colour: Colour = (0.09, 0.09, 0.11)
    sway_px: float = 1.2
    lightest: float = 0.45

    @property
    def brush(self) -> Brush:
        preset = next(each for each in brush_presets.load() if each.name == self.preset)
        return replace(preset, size_px=self.size_px, stabiliser=UNSTEADIED)


def drawn(state: DocumentState, layer_id: LayerId, pen: Pen, lines: Iterable[Line], seed: int = 1) -> DocumentState:
    """The document with `lines` drawn on a layer, a stroke each."""
    images = _images()
    for index, line in enumerate(lines):
        stroke = Stroke(state, Target(layer_id), pen.brush, pen.colour, images=images)
        stroke.add(by_hand(line, pen, np.random.default_rng((seed, index))))
        state = stroke.finish()
    return state


@cache
def _images() -> BrushImages:
    return brush_presets.images()


def by_hand(line: Line, pen: Pen, rng: np.random.Generator) -> list[StrokePoint]:
    """What the pen reports along `line`: pressed hardest in the middle, never quite straight or even."""
    track = smooth(line)
    count = len(track)
    along = np.linspace(0.0, 1.0, count)
    way_px = STEP_PX * (count - 1)
    swayed = track + np.stack([_sway(rng, count, way_px), _sway(rng, count, way_px)], axis=1) * pen.sway_px
    swell = np.minimum(1.0, np.minimum(along, 1.0 - along) * max(way_px, 1.0) / 36.0)
    pressure = pen.lightest + (1.0 - pen.lightest) * swell + 0.09 * _sway(rng, count, way_px)
    return [
        StrokePoint(float(x), float(y), float(p), time_s=i * STEP_PX / SPEED_PX_S)
        for i, ((x, y), p) in enumerate(zip(swayed, np.clip(pressure, 0.05, 1.0), strict=True))
    ]


def _sway(rng: np.random.Generator, count: int, way_px: float) -> npt.NDArray[np.float64]:
    """Slow chance of about -1..1 for each of `count` points."""
    knots = rng.standard_normal(max(4, ceil(way_px / SWAY_PX) + 3)) * 0.6
    return np.interp(np.linspace(0.0, len(knots) - 1.0, count), np.arange(len(knots)), knots)


def smooth(line: Line) -> Track:
    """A Catmull-Rom curve through the points, about STEP_PX between its own; a point said twice is a corner."""
    points = np.asarray(line, np.float64)
    pieces = [_curve(piece) for piece in _between_corners(points)]
    track = np.concatenate(pieces)
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(track, axis=0).T))])
    at = np.linspace(0.0, lengths[-1], max(2, ceil(lengths[-1] / STEP_PX) + 1))
    return np.stack([np.interp(at, lengths, track[:, 0]), np.interp(at, lengths, track[:, 1])], axis=1)


def _between_corners(points: Track) -> list[Track]:
    corners = [i for i in range(len(points) - 1) if np.array_equal(points[i], points[i + 1])]
    starts, ends = [0, *(i + 1 for i in corners)], [*(i + 1 for i in corners), len(points)]
    return [points[a:b] for a, b in zip(starts, ends, strict=True)]


def _curve(points: Track) -> Track:
    if len(points) < 3:
        return points
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0.0, 1.0, 17)[:, None]
    spans = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False)
    ]
    return np.concatenate(spans)
