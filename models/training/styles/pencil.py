"""Coloured pencil: diagonal hatching on white paper, crossed where it is dark, and outlines in each thing's colour."""

from __future__ import annotations

import numpy as np

from models.training.geometry import Colour
from models.training.palette import mix, rgb
from models.training.shapes import Part, Scene
from models.training.styles.light import saturated
from models.training.styles.strokes import Canvas, stroked, trace
from models.training.styles.style import Style
from models.training.styles.textures import Pixels, hatching

SHEET = rgb(253, 252, 249)
LINE_PX = 2.4


class Pencil(Style):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.light = SHEET
        self.shadow = (rgb(70, 66, 96), 0.3)

    def grade(self, colour: Colour) -> Colour:
        return mix(saturated(colour, 1.3), SHEET, 0.12)

    def trace(self, canvas: Canvas, part: Part) -> None:
        line = mix(saturated(self.tone(part, 0.42), 1.5), SHEET, part.haze * 0.6)
        trace(canvas, part, stroked(line, LINE_PX))

    def finish(self, pixels: Pixels) -> Pixels:
        cover = 1 - pixels.min(axis=2)
        pigment = SHEET - (SHEET - pixels) / np.maximum(cover, 0.25)[..., None] * np.clip(cover * 4, 0, 1)[..., None]
        crossed = np.clip(cover * 2.4 - 1.5, 0, 1)
        pattern = np.maximum(hatching(1), hatching(-1) * crossed)
        pressed = np.clip((pattern - 0.72 + 0.62 * cover) * 3.2, 0, 1)
        laid = cover * (0.24 + 0.86 * pressed)
        return np.asarray(SHEET + (pigment - SHEET) * np.clip(laid, 0, 1)[..., None], np.float32)
