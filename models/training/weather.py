"""Rain, falling snow and rainbow on the canvas. Drops and flakes hang at fixed places, so that they can be learnt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import skia  # type: ignore[import-not-found, unused-ignore]

from models.training.geometry import SIZE, Colour
from models.training.palette import rgb
from models.training.shapes import Scene
from models.training.styles.strokes import Canvas, filled, stroked
from models.training.styles.style import Style

LATTICE_PX = 32
DROP: Final = (-9.0, 22.0)
"""A streak from its top, in pixels."""
BOW: Final = (
    rgb(222, 62, 58),
    rgb(244, 150, 52),
    rgb(250, 220, 84),
    rgb(84, 180, 96),
    rgb(64, 124, 214),
    rgb(140, 84, 186),
)
BAND_PX = 7.0
BOW_RADIUS_PX = 128.0


def _places() -> Iterator[tuple[int, float, float]]:
    """Number and position on a lattice whose every second row is shifted by half a step."""
    for row in range(SIZE // LATTICE_PX + 1):
        for column in range(-1, SIZE // LATTICE_PX + 1):
            index = row * 3 + column * 5
            x = (column + 0.5 * (row % 2)) * LATTICE_PX + 16 + 8 * (index % 3 - 1)
            yield index, x, row * LATTICE_PX + 8 * (index % 4) - 8


def paint_rainbow(canvas: Canvas, scene: Scene, style: Style) -> None:
    """An arc opposite the light, to be painted before the land hides its feet."""
    middle = 128.0 - scene.light_side * 44
    for index, colour in enumerate(BOW):
        radius = BOW_RADIUS_PX - index * BAND_PX
        y = max(scene.horizon + 12, radius + 10)
        ring = skia.Rect(middle - radius, y - radius, middle + radius, y + radius)
        canvas.drawArc(ring, 180, 180, False, stroked(_graded(style, colour), BAND_PX + 0.5, 0.85))


def paint_weather(canvas: Canvas, scene: Scene, style: Style) -> None:
    """What falls before everything else."""
    if scene.weather == "rain":
        for _, x, y in _places():
            canvas.drawLine(x, y, x + DROP[0], y + DROP[1], stroked(style.light, 2.2, 0.75))
    elif scene.weather == "snowfall":
        for index, x, y in _places():
            canvas.drawCircle(x, y, 3.2 + index % 3, filled(style.light, 0.95))


def _graded(style: Style, colour: Colour) -> Colour:
    return style.grade(colour)
