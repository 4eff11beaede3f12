"""The two opaque paints: oil in thick strokes along a swirl, dark and rich; gouache in flat, dry, chalky bands."""

from __future__ import annotations

import functools

import numpy as np

from models.training.geometry import Colour
from models.training.palette import luminance, mix, rgb
from models.training.shapes import Part, Scene
from models.training.styles.light import saturated
from models.training.styles.strokes import Canvas, filled, path_of
from models.training.styles.style import Style
from models.training.styles.textures import Pixels, Texture, blurred, brushwork, grid, remapped

UMBER = rgb(58, 36, 22)
CHALK = rgb(226, 200, 168)
DETAIL = 0.07
"""Colour error of the broad strokes above which fine ones are laid over them."""
SHARPNESS = 0.5
"""How far the fine strokes keep to the drawing."""


class Oil(Style):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.shadow = (UMBER, 0.5)

    def grade(self, colour: Colour) -> Colour:
        rich = saturated(colour, 1.3) ** 1.35
        return mix(rich.astype(np.float32), UMBER, 0.14)

    def finish(self, pixels: Pixels) -> Pixels:
        rows, columns, relief = brushwork(26, 8)
        broad = pixels[rows, columns]
        fine_rows, fine_columns, fine_relief = brushwork(10, 4)
        missed = blurred(np.abs(broad - pixels).max(axis=2), 2.0) > DETAIL
        careful = mix(pixels[fine_rows, fine_columns], pixels, SHARPNESS)
        colours = np.where(missed[..., None], careful, broad)
        thick = np.where(missed, 0.5 * fine_relief, relief)
        return np.asarray(colours * (1 + 0.2 * thick)[..., None] + 0.035 * thick[..., None], np.float32)


class Gouache(Style):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.light = mix(self.light, CHALK, 0.25)
        self.shadow = (rgb(96, 70, 70), 0.3)

    def grade(self, colour: Colour) -> Colour:
        value = luminance(colour)
        matt = saturated(colour, 0.92) + (0.12 + 0.78 * value - value)
        return mix(np.clip(matt, 0, 1).astype(np.float32), CHALK, 0.13)

    def fill(self, canvas: Canvas, part: Part) -> None:
        canvas.drawPath(path_of(part.points), filled(self.tone(part)))

    def finish(self, pixels: Pixels) -> Pixels:
        columns, rows, load = _dry_brush()
        return np.asarray(remapped(pixels, columns, rows) * load[..., None], np.float32)


@functools.cache
def _dry_brush() -> tuple[Texture, Texture, Texture]:
    """Where the bristles drag each pixel from and how much paint they leave: bands 16 px high, bristles 4 px high."""
    rows, columns = grid()
    tilted = rows + 5 * np.sin(columns / 81)
    bristle = np.asarray(((tilted // 4).astype(np.int64) * 5) % 8, np.float32) / 7 - 0.5
    band = (tilted % 16) / 16
    alternate = np.where((tilted // 16).astype(np.int64) % 2 == 0, 1.0, -1.0)
    load = 1 + 0.055 * alternate * (1 - 2 * band) + 0.05 * bristle
    return (columns + 4.5 * bristle).astype(np.float32), rows, load.astype(np.float32)
