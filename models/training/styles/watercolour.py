"""Watercolour: thin pale washes on white paper, pigment gathered at their edges, bleeding softly, sheet left bare."""

from __future__ import annotations

import functools

import numpy as np

from models.training.geometry import SIZE, Colour
from models.training.palette import mix, rgb
from models.training.shapes import Part, Scene
from models.training.styles.light import saturated
from models.training.styles.strokes import Canvas, extent, filled, path_of, stroked, vertical
from models.training.styles.style import Style
from models.training.styles.textures import Pixels, Texture, bend, blurred, clouded, grid, remapped, rippled

SHEET = rgb(252, 250, 245)
BARE_PX = 13


class Watercolour(Style):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        top, middle, low = self.sky
        self.sky = (top, mix(middle, SHEET, 0.3), mix(low, SHEET, 0.5))
        self.light = SHEET
        self.shadow = (rgb(92, 88, 128), 0.22)

    def grade(self, colour: Colour) -> Colour:
        return mix(saturated(colour, 1.35), SHEET, 0.34)

    def fill(self, canvas: Canvas, part: Part) -> None:
        _, top, _, bottom = extent(part)
        base, paint = self.tone(part), filled(SHEET)
        paint.setShader(vertical(top, min(bottom, SIZE) + 0.1, [mix(base, SHEET, 0.22), base, mix(base, SHEET, 0.1)]))
        paint.setAlphaf(0.94)
        canvas.drawPath(path_of(part.points), paint)

    def trace(self, canvas: Canvas, part: Part) -> None:
        path = path_of(part.points)
        canvas.save()
        canvas.clipPath(path, True)
        canvas.drawPath(path, stroked(saturated(self.tone(part, 0.72), 1.3), 4.0, 0.55 * (1 - 0.6 * part.haze)))
        canvas.restore()

    def finish(self, pixels: Pixels) -> Pixels:
        wet = remapped(pixels, *bend(11, 1.1))
        gathered = wet - 0.75 * np.clip(blurred(wet, 4.0) - wet, 0, 1) + 0.25 * np.clip(wet - blurred(wet, 4.0), 0, 1)
        pigment = (SHEET - gathered) * (1 + 0.16 * clouded(12) + 0.05 * rippled(14))[..., None]
        return np.asarray(SHEET - pigment * _wetted()[..., None], np.float32)


@functools.cache
def _wetted() -> Texture:
    """1 where the brush reached, 0 at the sheet's bare rim: float32 (SIZE, SIZE)."""
    rows, columns = grid()
    rim = np.minimum(np.minimum(rows, SIZE - 1 - rows), np.minimum(columns, SIZE - 1 - columns))
    return np.asarray(np.clip((rim - BARE_PX * 0.55 - 2.5 * rippled(16)) / 3, 0, 1), np.float32)
