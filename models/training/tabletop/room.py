"""The room around a still life: wall, window with its view, curtain, and the table with the shadows that lie on it."""

from __future__ import annotations

import numpy as np

from models.training import palette
from models.training.forms import Placing, within
from models.training.geometry import SIZE, Colour, Points, closed, ellipse
from models.training.palette import NAMED, mix, rgb
from models.training.shapes import Scene, Thing

CREAM = rgb(255, 246, 230)
WOOD = rgb(174, 112, 66)
FRAME = rgb(246, 238, 222)
EDGE_PX = 236.0
"""Where the top of a wooden table ends and its front begins."""


def _box(left: float, top: float, right: float, bottom: float) -> Points:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def wall_colour(name: str) -> Colour:
    return mix(NAMED[name], CREAM, 0.5)


def wall(name: str, scene: Scene) -> Thing:
    """A plain wall with a slant of light from the light side."""
    thing, colour = Thing("wall", 0.0), wall_colour(name)
    whole = _box(-2, -2, SIZE + 2, SIZE + 1)
    thing.add(whole, colour, 0.0, 0.06, named=True)
    x = 128 + scene.light_side * 128.0
    slant = [(x, -2), (x - scene.light_side * 150, -2), (x - scene.light_side * 40, SIZE), (x, SIZE)]
    thing.add(slant, mix(colour, CREAM, 0.22), 0.0, 0.06, named=True)
    thing.hide(whole)
    return thing


def window(scene: Scene, left: float, top: float, right: float, bottom: float) -> Thing:
    """A cross-barred window on the sky of the hour and the land of the season."""
    thing = Thing("window", bottom)
    outer, pane = _box(left, top, right, bottom), _box(left + 8, top + 8, right - 8, bottom - 8)
    thing.add(outer, FRAME, 0.0, 0.05, outlined=True)
    high, middle, low = palette.SKY[scene.time]
    thing.add(pane, mix(high, middle, 0.5), 0.01, 0.0, outlined=True, glows=True)
    rise = (bottom - top) * 0.3
    thing.add(_box(left + 8, top + 8 + rise, right - 8, bottom - 8), mix(middle, low, 0.6), 0.01, 0.0, glows=True)
    x, radius = (left + right) / 2 + scene.light_side * (right - left) * 0.22, (right - left) * 0.12
    if scene.time != "misty":
        thing.add(ellipse(x, top + 14 + rise, radius, radius), palette.SUN[scene.time], 0.01, 0.0, glows=True)
    hill = ellipse((left + right) / 2 - scene.light_side * 20, bottom + 16, (right - left) * 0.75, rise + 22, 30)
    for piece in within(hill, pane):
        thing.add(piece, palette.GROUND[scene.season], 0.25, 0.06)
    across, down = (left + right) / 2, top + (bottom - top) * 0.46
    bars = (_box(across - 3.5, top + 8, across + 3.5, bottom - 8), _box(left + 8, down - 3.5, right - 8, down + 3.5))
    for bar in bars:
        thing.add(bar, FRAME, 0.0, 0.0)
    thing.add(_box(left - 7, bottom - 3, right + 7, bottom + 6), FRAME * 0.92, 0.0, 0.0, outlined=True)
    thing.draw(closed(outer), [(across, top), (across, bottom)], [(left, down), (right, down)])
    thing.hide(outer)
    return thing


def curtain(name: str, x: float, width_px: float, bottom: float, side: int) -> Thing:
    """A hanging curtain from the picture's top, its folds 16 px wide; `x` its middle."""
    thing, colour = Thing("curtain", bottom), mix(NAMED[name], CREAM, 0.2)
    left, right = x - width_px / 2, x + width_px / 2
    edges = ((left, -4.0), (right, 4.0))
    (a, b, c), (d, e, f) = ([(x + out, -6.0), (x, bottom * 0.5), (x + out * 1.5, bottom)] for x, out in edges)
    hang = [a, d, e, f, c, b]
    thing.add(hang, colour, 0.0, 0.06, outlined=True, named=True)
    for fold in np.arange(left + 4, right - 6, 16.0):
        lie = Placing(float(fold), bottom, bottom, 1)
        for u, half_px, tone in ((0.0, 3.4, colour * 0.76), (0.05 * side, 2.0, mix(colour, CREAM, 0.3))):
            crease = lie.ribbon([(u + 0.02, 1), (u, 0.5), (u + 0.02, 0.03)], [half_px / bottom] * 2)
            thing.add(crease, tone, 0.0, 0.0, named=True)
    thing.draw(closed(hang), [(x, 0), (x, bottom * 0.5), (x + 3, bottom)])
    thing.hide(hang)
    return thing


def table(scene: Scene, cloth: str, feet: list[tuple[float, float, float, float]]) -> Thing:
    """The table below the horizon, of wood or under a cloth in the named colour, with the shadows that lie on it.

    `feet`: x, y, half width and height in pixels of what stands on it.
    """
    thing, top = Thing("tablecloth" if cloth else "table", 0.0), scene.horizon
    colour = mix(NAMED[cloth], CREAM, 0.22) if cloth else WOOD
    whole = _box(-8, top, SIZE + 8, SIZE + 1)
    thing.add(whole, mix(colour, CREAM, 0.1), 0.0, 0.04, outlined=True, named=True)
    thing.add(_box(-8, top, SIZE + 8, top + 3), colour * 0.7, 0.0, 0.0, named=True)
    if cloth:
        for y in (top + 8, EDGE_PX + 2):
            thing.add(_box(-8, y, SIZE + 8, y + 5), mix(colour, CREAM, 0.6), 0.0, 0.0, named=True)
    else:
        for y in (top + 16, top + 40):
            if y < EDGE_PX - 8:
                thing.add(_box(-8, y, SIZE + 8, y + 2), colour * 0.86, 0.0, 0.0, named=True)
        thing.add(_box(-8, EDGE_PX, SIZE + 8, SIZE + 1), colour * 0.66, 0.0, 0.0, named=True)
    for x, y, half, tall in feet:
        reach = half * 0.5 + tall * 0.3
        shadow = ellipse(x - scene.light_side * reach, y - 3, half + tall * 0.22, 6 + half * 0.13, 30)
        for piece in within(shadow, _box(-8, top, SIZE + 8, SIZE)):
            thing.add(piece, colour * 0.6, 0.0, 0.0)
    thing.draw([(-5, top), (SIZE + 5, top)])
    thing.hide(whole)
    return thing
