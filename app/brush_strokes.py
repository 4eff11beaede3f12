"""Pictures of what a brush does: a stroke that swells and fades, drawn by the engine itself. Any thread; no Qt.

The stroke is that of a hand: an S, pressed hardest in the middle, faster there than at its ends. What erases or smudges
gets something to work on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log, pi, sin
from typing import TypeAlias

import numpy as np

from canvas.brush import UNSTEADIED, Brush, BrushMode, StrokePoint
from canvas.brush_tips import BrushImages
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.paint_target import Target
from canvas.state import DocumentState
from canvas.stroke import Stroke
from canvas.tiles import ONE, Pixels8, Surface, to_rgba8

Colour: TypeAlias = tuple[float, float, float]

#: How many points the pen reports along the S, and how long it takes.
_POINTS = 48
_SECONDS = 0.5
#: In a thumbnail the widest brush takes this share of the height, the finest this many logical pixels.
_WIDEST = 0.46
_FINEST_PX = 2.0
#: A brush of this size and more is shown as the widest.
_LARGE_PX = 200.0


@dataclass(frozen=True, slots=True)
class Inks:
    """What previews are drawn with, straight 0..1: `ink` for the stroke, `other` for paint that it is smudged into,
    `lively` for brushes that vary their colour."""

    ink: Colour
    other: Colour
    lively: Colour


def thumbnail(brush: Brush, images: BrushImages, inks: Inks, size: tuple[int, int], ratio: float = 1.0) -> Pixels8:
    """(height, width, 4) straight RGBA of `size` (width, height) device pixels; `ratio` of them to a logical one.

    Large brushes are shown smaller, and fine ones larger, than they are; larger brushes stay larger.
    """
    share = min(1.0, log(max(brush.size_px, 1.0)) / log(_LARGE_PX))
    widest, finest = size[1] * _WIDEST, _FINEST_PX * ratio
    shown_px = finest + share * share * (widest - finest)
    return _drawn(resized(brush, shown_px), images, inks, size)


def preview(brush: Brush, images: BrushImages, inks: Inks, size: tuple[int, int], ratio: float = 1.0) -> Pixels8:
    """The same at the brush's real size, as far as it fits."""
    return _drawn(resized(brush, preview_px(brush, size[1] / ratio) * ratio), images, inks, size)


def preview_px(brush: Brush, height_px: float) -> float:
    """The diameter at which `preview` shows a brush in a strip of that height, both in logical pixels."""
    return min(brush.size_px, height_px * 0.6)


def resized(brush: Brush, size_px: float) -> Brush:
    """The brush at another size with all that belongs to its size: the grain of its texture grows with it."""
    scale = min(10.0, max(0.1, brush.texture_scale * size_px / brush.size_px))
    return replace(brush, size_px=size_px, texture_scale=scale)


def _drawn(brush: Brush, images: BrushImages, inks: Inks, size: tuple[int, int]) -> Pixels8:
    width, height = size
    jitters = max(brush.hue_jitter, brush.saturation_jitter, brush.value_jitter) > 0.12
    ground = _ground(brush, inks, width, height)
    layer = Layer("stroke", surface=ground)
    state = DocumentState(width, height, (layer,))
    brush = _with_known_pictures(replace(brush, stabiliser=UNSTEADIED), images)
    colour = inks.lively if jitters else inks.ink
    stroke = Stroke(state, Target(layer.id, "pixels"), brush, colour, images=images)
    stroke.add(_points(brush, width, height))
    drawn = stroke.finish().find(layer.id)
    assert isinstance(drawn, Layer)
    pixels = drawn.surface.read(Rect(0, 0, width, height))
    return to_rgba8(pixels)


def _with_known_pictures(brush: Brush, images: BrushImages) -> Brush:
    """Without a texture that is not there; a missing tip is a disc."""
    tip = brush.tip if brush.tip in images.tips else "round"
    return replace(brush, tip=tip, texture=brush.texture if brush.texture in images.grains else "")


def _ground(brush: Brush, inks: Inks, width: int, height: int) -> Surface:
    """Nothing for paint, a field to erase from, stripes to smudge."""
    if brush.mode is BrushMode.PAINT and not brush.smudges:
        return Surface.from_pixels(np.zeros((height, width, 4), np.uint16))
    pixels = np.zeros((height, width, 4), np.uint16)
    if brush.mode is BrushMode.ERASE:
        inset = round(height * 0.16)
        pixels[inset : height - inset] = _premultiplied(inks.ink, 0.75)
    else:
        stripe = max(2, round(width / 7))
        smudging = brush.mode is BrushMode.SMUDGE
        for index, left in enumerate(range(stripe // 2, width - stripe // 2, stripe)):
            if smudging or index == 3:
                colour = inks.other if index % 2 else inks.ink
                inset = round(height * 0.16)
                pixels[inset : height - inset, left : left + stripe] = _premultiplied(colour, 0.75)
    return Surface.from_pixels(pixels)


def _premultiplied(colour: Colour, alpha: float) -> tuple[int, int, int, int]:
    red, green, blue = (round(c * alpha * ONE) for c in colour)
    return red, green, blue, round(alpha * ONE)


def _points(brush: Brush, width: int, height: int) -> list[StrokePoint]:
    margin = min(width * 0.2, brush.size_px * 0.5 + height * 0.12)
    lift = max(0.0, height / 2 - brush.size_px * 0.5 - height * 0.06) * 0.8
    points = []
    for i in range(_POINTS):
        t = i / (_POINTS - 1)
        # Slow at both ends, as a hand is.
        way = t - sin(2 * pi * t) / (4 * pi)
        x = margin + way * (width - 2 * margin)
        y = height / 2 - sin(2 * pi * way) * lift
        pressure = 0.04 + 0.96 * sin(pi * t) ** 1.3
        points.append(StrokePoint(x, y, pressure, tilt_x=25.0, time_s=t * _SECONDS))
    return points
