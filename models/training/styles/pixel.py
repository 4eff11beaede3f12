"""Pixel art: 4 px blocks on the picture's own grid, few colours, dithered skies, dark outlines one block wide."""

from __future__ import annotations

import cv2
import numpy as np

from models.training.geometry import SIZE, Colour
from models.training.palette import mix, rgb
from models.training.shapes import Part, Scene
from models.training.styles.light import saturated
from models.training.styles.strokes import Canvas, stroked, trace
from models.training.styles.style import Style
from models.training.styles.textures import Pixels

BLOCK_PX = 4
LEVELS = 6
"""Steps of each colour channel."""
LINE = rgb(34, 28, 52)
DITHER = (np.array(((-1, 1), (1, -1)), np.float32) * 0.25)[..., None]


class Pixel(Style):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.line = LINE
        self.shadow = (LINE, 0.5)

    def grade(self, colour: Colour) -> Colour:
        return saturated(colour, 1.3)

    def trace(self, canvas: Canvas, part: Part) -> None:
        paint = stroked(mix(LINE, self.sky[1], part.haze * 0.7), BLOCK_PX)
        paint.setAntiAlias(False)
        trace(canvas, part, paint)

    def finish(self, pixels: Pixels) -> Pixels:
        middle = BLOCK_PX // 2
        blocks = pixels[middle::BLOCK_PX, middle::BLOCK_PX]
        side = SIZE // BLOCK_PX
        stepped = np.round(blocks * (LEVELS - 1) + np.tile(DITHER, (side // 2, side // 2, 1))) / (LEVELS - 1)
        return np.asarray(cv2.resize(stepped, (SIZE, SIZE), interpolation=cv2.INTER_NEAREST), np.float32)
