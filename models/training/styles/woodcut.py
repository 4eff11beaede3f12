"""Woodcut print: a few flat inks on cream paper, heavy black lines, and wedges carved along rows 8 px apart."""

from __future__ import annotations

from typing import Final

import numpy as np
import skia  # type: ignore[import-not-found, unused-ignore]

from models.training.geometry import SIZE, Colour
from models.training.palette import luminance, rgb
from models.training.shapes import Part, Scene
from models.training.styles.light import saturated
from models.training.styles.strokes import Canvas, extent, filled, is_ridge, path_of, stroked, trace
from models.training.styles.style import Style
from models.training.styles.textures import Pixels

ROW_PX = 8
CREAM: Final = rgb(244, 232, 204)
BLACK: Final = rgb(30, 24, 24)
INKS: Final = np.stack(
    [
        CREAM,
        BLACK,
        rgb(196, 58, 42),
        rgb(224, 164, 62),
        rgb(104, 134, 72),
        rgb(40, 70, 118),
        rgb(140, 178, 186),
        rgb(232, 150, 130),
        rgb(128, 80, 52),
    ]
)
LINE_PX = 4.0
SMALLEST_CARVED_PX = 22


class Woodcut(Style):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.line = BLACK
        self.light = CREAM
        self.shadow = (BLACK, 0.9)

    def grade(self, colour: Colour) -> Colour:
        """The nearest ink; hue counts more than lightness."""
        wanted = saturated(colour, 1.25)
        apart = INKS - wanted
        grey = apart.mean(axis=1)
        nearest = np.argmin(((apart - grey[:, None]) ** 2).sum(axis=1) * 1.6 + grey**2)
        return np.asarray(INKS[nearest], np.float32)

    def paint_sky(self, canvas: Canvas) -> None:
        """Two inks over the paper, each thinning out downwards as its lines get narrower."""
        top, middle, low = self.sky
        end = self.scene.horizon + 10
        canvas.drawPaint(filled(low))
        for row in range(0, SIZE, ROW_PX):
            share = min(1.0, row / end) * 2
            above, below = (top, middle) if share < 1 else (middle, low)
            broad = ROW_PX * (1 - share % 1) if share < 2 else 0.0
            canvas.drawRect(skia.Rect(0, row, SIZE, row + ROW_PX), filled(below))
            canvas.drawRect(skia.Rect(0, row, SIZE, row + broad), filled(above))

    def fill(self, canvas: Canvas, part: Part) -> None:
        left, top, right, bottom = extent(part)
        base, path = self.tone(part), path_of(part.points)
        canvas.drawPath(path, filled(base))
        if not part.outlined or min(right - left, bottom - top) < SMALLEST_CARVED_PX or luminance(base) < 0.2:
            return
        ink = filled(BLACK)
        left, right, bottom = max(left, 0.0), min(right, SIZE), min(bottom, SIZE)
        dark_end, reach = (left, 1) if self.scene.light_side > 0 else (right, -1)
        length = (right - left) * (0.42 if is_ridge(part) else 0.55) * reach
        wedges = skia.Path()
        for row in range(int(top // ROW_PX) * ROW_PX, int(bottom) + ROW_PX, ROW_PX):
            tip = dark_end + length * (0.72 if row // ROW_PX % 2 else 1.0)
            wedges.addPoly([skia.Point(dark_end, row), skia.Point(dark_end, row + 4.4), skia.Point(tip, row + 2)], True)
        canvas.save()
        canvas.clipPath(path, True)
        canvas.drawPath(wedges, ink)
        canvas.restore()

    def trace(self, canvas: Canvas, part: Part) -> None:
        trace(canvas, part, stroked(BLACK, LINE_PX * (1 - 0.45 * part.haze)))

    def finish(self, pixels: Pixels) -> Pixels:
        return pixels
