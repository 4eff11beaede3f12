"""Cel anime: saturated colour, one hard violet shadow on the side away from the light, dark coloured lines."""

from __future__ import annotations

import numpy as np

from models.training.geometry import Colour
from models.training.palette import mix, rgb
from models.training.shapes import Part, Scene
from models.training.styles.light import saturated
from models.training.styles.strokes import Canvas, extent, filled, is_ridge, path_of, stroked, trace
from models.training.styles.style import Style

LINE_PX = 2.6
SHADOW_TINT = rgb(166, 148, 206)
LINE_TINT = rgb(38, 22, 58)
SMALLEST_SHADED_PX = 12


class Anime(Style):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        top, middle, low = self.sky
        is_dark = scene.time == "night"
        self.sky = (saturated(top, 1.25), middle, low if is_dark else mix(low, rgb(255, 255, 255), 0.45))
        self.shadow = (LINE_TINT, 0.36)

    def grade(self, colour: Colour) -> Colour:
        return np.asarray(np.clip(saturated(colour, 1.42) * 1.07 + 0.02, 0, 1), np.float32)

    def fill(self, canvas: Canvas, part: Part) -> None:
        left, top, right, bottom = extent(part)
        base, path = self.tone(part), path_of(part.points)
        narrow = min(right - left, bottom - top)
        if not part.outlined or narrow < SMALLEST_SHADED_PX or part.glows:
            canvas.drawPath(path, filled(base))
            return
        reach = min(26.0, narrow * 0.24)
        canvas.save()
        canvas.clipPath(path, True)
        canvas.drawPaint(filled(base * SHADOW_TINT))
        canvas.translate(self.scene.light_side * reach, -reach * (0.1 if is_ridge(part) else 0.6))
        canvas.drawPath(path, filled(base))
        canvas.restore()

    def trace(self, canvas: Canvas, part: Part) -> None:
        dark = mix(mix(self.tone(part) * 0.3, LINE_TINT, 0.6), self.sky[2], part.haze * 0.6)
        trace(canvas, part, stroked(dark, LINE_PX))
