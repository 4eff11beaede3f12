"""Flat vector: clean stepped colour without lines or gradients, under a sky in bands."""

from __future__ import annotations

import numpy as np
import skia  # type: ignore[import-not-found, unused-ignore]

from models.training.geometry import SIZE, Colour
from models.training.palette import mix
from models.training.shapes import Part
from models.training.styles.light import saturated
from models.training.styles.strokes import Canvas, filled, path_of
from models.training.styles.style import Style

BANDS = 6


class Flat(Style):
    def grade(self, colour: Colour) -> Colour:
        return np.asarray(np.round(saturated(colour, 1.16) * 12) / 12, np.float32)

    def paint_sky(self, canvas: Canvas) -> None:
        top, middle, low = self.sky
        for band in range(BANDS):
            share = band / (BANDS - 1) * 2
            colour = mix(top, middle, share) if share < 1 else mix(middle, low, share - 1)
            start = (self.scene.horizon + 10) * band / BANDS
            canvas.drawRect(skia.Rect(0, start, SIZE, SIZE), filled(colour))

    def fill(self, canvas: Canvas, part: Part) -> None:
        canvas.drawPath(path_of(part.points), filled(self.tone(part)))
