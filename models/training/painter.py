"""Paints a Scene in its style: the walk from the sky to what stands nearest, with water, shadows and weather.

A painting is uint8 (256, 256, 3) RGB. What a style is stands in models/training/styles; here is only what all of them
share: the order of things, reflections and where light falls.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import skia  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray

from models.training.geometry import SIZE
from models.training.shapes import INDOORS, Disc, Part, Scene, Thing
from models.training.styles.book import STYLE_BOOK
from models.training.styles.strokes import Canvas, filled, path_of, stroked
from models.training.styles.style import Style
from models.training.weather import paint_rainbow, paint_weather

Painting = NDArray[np.uint8]

GLINTS = 14
GOLDEN = 0.618
LYING = frozenset(("ground", "path", "river", "road", "field", "pavement", "grass", "snow", "beach", "desert"))
"""Kinds of the near ground that throw no shadow."""


def paint(scene: Scene) -> Painting:
    """The finished picture, the same for the same scene: uint8 (256, 256, 3)."""
    style = STYLE_BOOK[scene.style](scene)
    sheet = np.zeros((SIZE, SIZE, 4), np.uint8)
    surface = skia.Surface(sheet)
    canvas = surface.getCanvas()
    style.paint_sky(canvas)
    for x, y, radius in scene.stars:
        canvas.drawCircle(x, y, radius * 1.4, filled(style.star, 0.95))
    if scene.disc is not None:
        _paint_disc(canvas, scene.disc, style, scene.light_side)
    _paint_things(canvas, scene.sky, style)
    if scene.weather == "rainbow":
        paint_rainbow(canvas, scene, style)
    _paint_things(canvas, scene.far, style)
    _paint_birds(canvas, scene, style)
    if scene.water is not None:
        _paint_water(canvas, sheet, scene, style)
        _paint_things(canvas, sorted(scene.afloat, key=lambda boat: boat.base_y), style)
    for thing in scene.near:
        if thing.name not in LYING and scene.family not in INDOORS:
            _paint_shadow(canvas, thing, scene, style)
        _paint_things(canvas, (thing,), style)
    paint_weather(canvas, scene, style)
    painting = style.finish((sheet[..., :3] / 255).astype(np.float32))
    return (np.clip(painting, 0, 1) * 255 + 0.5).astype(np.uint8)


def _paint_things(canvas: Canvas, things: Iterable[Thing], style: Style) -> None:
    """Each outline is traced after the unoutlined parts that lie on it, so that they do not eat its line."""
    for thing in things:
        untraced: Part | None = None
        for part in thing.parts:
            if part.outlined and untraced is not None:
                style.trace(canvas, untraced)
            style.fill(canvas, part)
            untraced = part if part.outlined else untraced
        if untraced is not None:
            style.trace(canvas, untraced)


def _paint_disc(canvas: Canvas, disc: Disc, style: Style, side: int) -> None:
    for factor, alpha in ((2.4, 0.12), (1.65, 0.2)):
        canvas.drawCircle(disc.x, disc.y, disc.radius_px * factor, filled(style.sun, alpha * style.halo))
    path = skia.Path()
    path.addCircle(disc.x, disc.y, disc.radius_px)
    if disc.crescent:
        bite = skia.Path()
        bite.addCircle(disc.x - side * disc.radius_px * 0.45, disc.y - disc.radius_px * 0.2, disc.radius_px * 0.85)
        path = skia.Op(path, bite, skia.PathOp.kDifference_PathOp)
    canvas.drawPath(path, filled(style.sun))
    style.trace_disc(canvas, path)


def _paint_birds(canvas: Canvas, scene: Scene, style: Style) -> None:
    for x, y, size in scene.birds:
        path = skia.Path()
        path.moveTo(x - size, y - size * 0.5)
        path.quadTo(x - size * 0.4, y - size * 0.6, x, y)
        path.quadTo(x + size * 0.4, y - size * 0.6, x + size, y - size * 0.5)
        canvas.drawPath(path, stroked(style.line, 2.0))


def _paint_water(canvas: Canvas, sheet: Painting, scene: Scene, style: Style) -> None:
    """Mirror what is above the water line into it, rippled, and lay the sky's colour over it."""
    assert scene.water is not None
    top, bottom = int(scene.water[0]), min(scene.water[1], SIZE)
    depth = np.arange(SIZE - top, dtype=np.float32)
    ripple = np.sin(depth * 0.9 + depth**0.5 * 3) * (0.4 + depth / 38)
    xs = np.abs(np.arange(SIZE, dtype=np.float32)[None] + ripple[:, None])
    xs = np.where(xs > SIZE - 1, 2 * (SIZE - 1) - xs, xs).astype(np.float32)
    ys = np.repeat(np.clip(top - depth * 0.92 - 1, 0, SIZE - 1)[:, None], SIZE, 1).astype(np.float32)
    mirrored = cv2.remap(sheet[..., :3].copy(), xs, ys, cv2.INTER_LINEAR).astype(np.float32) / 255
    share = 0.2 + 0.32 * (depth / len(depth))[:, None, None]
    water = mirrored * (1 - share) + style.sky[0] * 0.92 * share
    sheet[top:, :, :3] = np.clip(water * 255 * 0.96, 0, 255).astype(np.uint8)
    for index in range(GLINTS):
        y = top + 4 + (bottom - top) * (index + 0.5) / GLINTS
        near, place = (y - top) / 90, (index * GOLDEN) % 1
        under_disc = scene.disc is not None and index % 2 == 0
        x = scene.disc.x + (place - 0.5) * (16 + near * 30) if scene.disc and under_disc else place * SIZE
        half, thick = (5 + 7 * place) * (0.4 + near), 0.6 + 0.8 * near
        canvas.drawOval(skia.Rect(x - half, y - thick, x + half, y + thick), filled(style.light, 0.6))
    for thing in scene.afloat:
        for part in thing.parts:
            upside_down = (part.points * (1, -1) + (0, 2 * thing.base_y)).astype(np.float32)
            canvas.drawPath(path_of(upside_down), filled(style.tone(part, 0.7), 0.3))


def _paint_shadow(canvas: Canvas, thing: Thing, scene: Scene, style: Style) -> None:
    points = np.concatenate([part.points for part in thing.parts])
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    half, height = (right - left) * 0.45, bottom - top
    middle = (left + right) / 2 - scene.light_side * half * 0.4
    oval = skia.Rect(middle - half, thing.base_y - height * 0.02, middle + half, thing.base_y + height * 0.035)
    canvas.drawOval(oval, filled(*style.shadow))
