"""Ink wash: grey washes on warm paper under a slanted brush line, tinted where the caption names a colour."""

from __future__ import annotations

import numpy as np

from models.training.geometry import Colour
from models.training.palette import INK, PAPER, SEAL_RED, SUN, luminance, mix, rgb
from models.training.shapes import Part, Scene
from models.training.styles.light import lit
from models.training.styles.strokes import (
    Canvas,
    brush,
    extent,
    filled,
    is_ridge,
    path_of,
    seen_outline,
    vertical,
)
from models.training.styles.style import Style
from models.training.styles.textures import Pixels, bend, clouded, remapped

WASH = {"day": 0.97, "sunset": 0.88, "dawn": 0.94, "night": 0.3, "misty": 0.88}
"""How light the sky's wash is."""


class Ink(Style):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        wash = WASH[scene.time] * (0.8 if scene.weather in ("rain", "snowfall") else 1.0)
        top = mix(INK, PAPER, wash * 0.96)
        low = mix(INK, PAPER, min(1.0, wash * 1.25 + 0.05))
        if scene.time in ("sunset", "dawn"):
            low = mix(low, rgb(236, 160, 128) if scene.time == "sunset" else rgb(240, 206, 200), 0.5)
        self.sky = (top, mix(top, low, 0.5), low)
        self.sun = SUN["night"] if scene.time == "night" else SEAL_RED
        self.line = INK
        self.light = PAPER
        self.shadow = (INK, 0.3)

    def grade(self, colour: Colour) -> Colour:
        value = luminance(colour) * 0.96
        if self.scene.time == "night":
            value = 0.1 + value * 1.1
        return mix(INK, PAPER, min(1.0, value * 1.06))

    def tone(self, part: Part, gain: float = 1.0) -> Colour:
        colour = (lit(self.scene, part) * gain).astype(np.float32)
        return mix(self.grade(colour), colour, 0.42 if part.named else 0.0)

    def fill(self, canvas: Canvas, part: Part) -> None:
        _, top, _, bottom = extent(part)
        base, paint = self.tone(part), filled(self.sky[2])
        if is_ridge(part):
            fade = [base, mix(base, PAPER, 0.35), mix(base, self.sky[2], 0.9)]
            paint.setShader(vertical(top, max(top + 10, min(bottom, self.scene.horizon + 30)), fade))
        else:
            paint.setShader(vertical(top, min(bottom, 262) + 0.1, [base, mix(base, PAPER, 0.16)]))
        canvas.drawPath(path_of(part.points), paint)

    def trace(self, canvas: Canvas, part: Part) -> None:
        _, top, _, bottom = extent(part)
        line = seen_outline(part)
        if bottom - top <= 5 or len(line) <= 2:
            return
        half = (0.7 + 1.3 * (1 - part.haze)) * min(1.0, 0.45 + (bottom - top) / 70)
        dark = mix(rgb(20, 20, 26), PAPER, 0.04 + 0.5 * part.haze)
        brush(canvas, line, half, filled(dark, 0.92))

    def finish(self, pixels: Pixels) -> Pixels:
        washed = remapped(pixels, *bend(3, 0.6)) * (1 + 0.02 * clouded(3))[..., None]
        return np.asarray(0.5 + (washed - 0.46) * 1.14, np.float32) * mix(np.ones(3, np.float32), PAPER, 0.6)
