"""Pens and documents for tests that draw strokes."""

from itertools import pairwise
from math import cos, sin

from canvas.brush import UNSTEADIED, Brush, StrokePoint
from canvas.layers import Layer
from canvas.paint_target import Target
from canvas.state import DocumentState
from canvas.stroke import Stroke
from canvas.tiles import ONE

RED = (1.0, 0.0, 0.0)
HARD = Brush("hard", size_px=10, hardness=1.0, stabiliser=UNSTEADIED)


def document(layer=None, selection=None):
    return DocumentState(300, 300, (Layer("Paint") if layer is None else layer,), selection=selection)


def line(*places, pressure=1.0, steps=20):
    """Evenly spaced points through `places`."""
    points = []
    for (x0, y0), (x1, y1) in pairwise(places):
        points += [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(steps)]
    points.append(places[-1])
    return [StrokePoint(x, y, pressure, time_s=i / 240) for i, (x, y) in enumerate(points)]


def drawn(state, points, brush=HARD, colour=RED, plane="pixels", **options):
    stroke = Stroke(state, Target(state.layers[0].id, plane), brush, colour, **options)
    stroke.add(points)
    return stroke.finish()


def alpha(state):
    return state.layers[0].surface.read(state.rect)[..., 3] / ONE


def wiggle(count=120):
    """Loops with changing pressure and tilt at 240 points a second."""
    return [
        StrokePoint(
            150 + 100 * cos(i / 17) + sin(i),
            150 + 90 * sin(i / 9),
            0.5 + 0.5 * sin(i / 11),
            tilt_x=30 + 30 * sin(i / 23),
            time_s=i / 240,
        )
        for i in range(count)
    ]
