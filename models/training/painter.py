"""Paints a Scene in a style: skia for the shapes, OpenCV for reflections and the wash of the ink.

A painting is uint8 (256, 256, 3) RGB. The two styles share the composition and differ in tone and line: *flat* is
stepped colour without outlines, *ink* is grey wash under brush lines with a faint tint where the caption names a
colour and a red sun.
"""

from __future__ import annotations

import random
from typing import Any

import cv2
import numpy as np
import skia  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray

from models.training import palette
from models.training.geometry import COARSE, FINE, SIZE, Colour, Points, noise, resample
from models.training.palette import INK, PAPER, luminance, mix
from models.training.shapes import Disc, Part, Scene, Thing

Painting = NDArray[np.uint8]


def _colour(colour: Colour, alpha: float = 1.0) -> int:
    red, green, blue = (int(v) for v in np.clip(colour, 0, 1) * 255)
    packed: int = skia.ColorSetARGB(int(alpha * 255), red, green, blue)
    return packed


def _path(points: Points) -> Any:
    path = skia.Path()
    path.addPoly([skia.Point(float(x), float(y)) for x, y in points], True)
    return path


def _vertical(top: float, bottom: float, colours: list[Colour]) -> Any:
    ends = [skia.Point(0, float(top)), skia.Point(0, float(bottom))]
    return skia.GradientShader.MakeLinear(ends, [_colour(c) for c in colours])


def _lit(scene: Scene, part: Part) -> Colour:
    """A part's colour under the scene's light, lost in the air by its haze; named colours keep some of their own."""
    if part.glows:
        return part.colour
    sky = palette.SKY[scene.time]
    air = mix(sky[1], sky[2], 0.5) if scene.time == "night" else sky[2]
    density = part.haze * 0.98 + 0.14 if scene.time == "misty" else part.haze * 0.82 + 0.05
    light = mix(palette.LIGHT[scene.time], palette.rgb(255, 255, 255), 0.35 if part.named else 0.0)
    return mix((part.colour * light).astype(np.float32), air, min(1.0, density))


class _Flat:
    """Stepped, slightly saturated colour; no outlines."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.sky = [self._stepped(colour) for colour in palette.SKY[scene.time]]

    def _stepped(self, colour: Colour) -> Colour:
        grey = np.float32(luminance(colour))
        saturated = np.clip(grey + (colour - grey) * 1.16, 0, 1)
        return np.asarray(np.round(saturated * 16) / 16, np.float32)

    def tone(self, part: Part, gain: float = 1.0) -> Colour:
        return self._stepped((_lit(self.scene, part) * gain).astype(np.float32))

    def sun_colour(self) -> Colour:
        return palette.SUN[self.scene.time]

    def paint(self, canvas: Any, part: Part, rng: random.Random) -> None:
        top, bottom = float(part.points[:, 1].min()), float(part.points[:, 1].max()) + 0.1
        paint = skia.Paint(AntiAlias=True)
        if part.shade >= 0:
            colours = [self.tone(part, 1 + part.shade), self.tone(part, 1 - part.shade)]
        else:
            base = self.tone(part)
            colours, bottom = [base, mix(base, self.sky[2], -part.shade * 1.7)], min(bottom, self.scene.horizon + 14)
        paint.setShader(_vertical(top, bottom, colours))
        canvas.drawPath(_path(part.points), paint)

    def finish(self, painting: NDArray[np.float32], rng: random.Random) -> NDArray[np.float32]:
        return painting


class _Ink:
    """Grey wash on paper under a brush line."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        wash = {"day": 0.97, "sunset": 0.88, "dawn": 0.94, "night": 0.3, "misty": 0.88}[scene.time]
        top = mix(INK, PAPER, wash * 0.96)
        low = mix(INK, PAPER, min(1.0, wash * 1.25 + 0.05))
        if scene.time in ("sunset", "dawn"):
            low = mix(low, palette.rgb(236, 160, 128) if scene.time == "sunset" else palette.rgb(240, 206, 200), 0.5)
        self.sky = [top, mix(top, low, 0.5), low]

    def sun_colour(self) -> Colour:
        return palette.SUN["night"] if self.scene.time == "night" else palette.SEAL_RED

    def tone(self, part: Part, gain: float = 1.0) -> Colour:
        colour = _lit(self.scene, part)
        value = luminance(colour) * 0.96
        if self.scene.time == "night":
            value = 0.1 + value * 1.1
        washed = mix(INK, PAPER, min(1.0, value * 1.06 * gain))
        return mix(washed, colour, 0.42 if part.named else 0.0)

    def paint(self, canvas: Any, part: Part, rng: random.Random) -> None:
        top, bottom = float(part.points[:, 1].min()), float(part.points[:, 1].max()) + 0.1
        base = self.tone(part)
        is_ridge = part.haze > 0.3 or bottom > 258
        paint = skia.Paint(AntiAlias=True)
        if is_ridge:
            fade = [base, mix(base, PAPER, 0.35), mix(base, self.sky[2], 0.9)]
            paint.setShader(_vertical(top, min(bottom, self.scene.horizon + 30), fade))
        else:
            paint.setShader(_vertical(top, min(bottom, 262), [base, mix(base, PAPER, 0.16)]))
        canvas.drawPath(_path(part.points), paint)
        if not part.outlined or bottom - top <= 5:
            return
        line = part.points
        if is_ridge:
            line = line[(line[:, 1] < bottom - 2) & (line[:, 0] > -13) & (line[:, 0] < 269)]
        else:
            line = np.concatenate([line, line[:1]])
        if len(line) > 2:
            half = (0.55 + 0.9 * (1 - part.haze)) * min(1.0, 0.4 + (bottom - top) / 70)
            dark = mix(palette.rgb(20, 20, 26), PAPER, 0.06 + 0.5 * part.haze)
            _brush(canvas, resample(line, 5.0), half, _colour(dark, 0.92), rng)

    def finish(self, painting: NDArray[np.float32], rng: random.Random) -> NDArray[np.float32]:
        rows, columns = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
        bent = cv2.remap(
            painting,
            columns + noise(rng, FINE) * 0.6,
            rows + noise(rng, FINE) * 0.6,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )
        washed = bent * (1 + 0.02 * noise(rng, COARSE))[..., None]
        stretched = np.clip(0.5 + (washed - 0.46) * 1.14, 0, 1) * mix(np.ones(3, np.float32), PAPER, 0.6)
        return np.asarray(stretched, np.float32)


_Style = _Flat | _Ink
_STYLES: dict[str, type[_Flat] | type[_Ink]] = {"flat": _Flat, "ink": _Ink}


def _brush(canvas: Any, line: Points, half_px: float, colour: int, rng: random.Random) -> None:
    """A stroke whose width swells and thins."""
    slope = np.gradient(line, axis=0)
    length = np.hypot(slope[:, 0], slope[:, 1]) + 1e-5
    normal = np.stack([-slope[:, 1] / length, slope[:, 0] / length], 1)
    along = np.linspace(0, 1, len(line))
    width = half_px * (0.72 + 0.28 * np.sin(along * rng.uniform(4, 11) + rng.random() * 6)) + 0.2
    outline = np.concatenate([line + normal * width[:, None], (line - normal * width[:, None])[::-1]])
    canvas.drawPath(_path(outline.astype(np.float32)), skia.Paint(AntiAlias=True, Color=colour))


def _paint_disc(canvas: Any, disc: Disc, colour: Colour, side: int) -> None:
    for factor, alpha in ((2.4, 0.12), (1.65, 0.2)):
        canvas.drawCircle(
            disc.x, disc.y, disc.radius_px * factor, skia.Paint(AntiAlias=True, Color=_colour(colour, alpha))
        )
    path = skia.Path()
    path.addCircle(disc.x, disc.y, disc.radius_px)
    if disc.crescent:
        bite = skia.Path()
        bite.addCircle(disc.x - side * disc.radius_px * 0.45, disc.y - disc.radius_px * 0.2, disc.radius_px * 0.85)
        path = skia.Op(path, bite, skia.PathOp.kDifference_PathOp)
    canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=_colour(colour)))


def _paint_water(canvas: Any, pixels: Painting, scene: Scene, style: _Style, rng: random.Random) -> None:
    """Mirror what is above the water line into it, rippled, and lay the sky's colour over it."""
    assert scene.water is not None
    top = int(scene.water[0])
    depth = np.arange(SIZE - top, dtype=np.float32)
    ripple = np.sin(depth * 0.9 + depth**0.5 * 3) * (0.4 + depth / 38)
    xs = np.abs(np.arange(SIZE, dtype=np.float32)[None] + ripple[:, None])
    xs = np.where(xs > SIZE - 1, 2 * (SIZE - 1) - xs, xs).astype(np.float32)
    ys = np.repeat(np.clip(top - depth * 0.92 - 1, 0, SIZE - 1)[:, None], SIZE, 1).astype(np.float32)
    mirrored = cv2.remap(pixels[..., :3].copy(), xs, ys, cv2.INTER_LINEAR).astype(np.float32) / 255
    share = 0.2 + 0.32 * (depth / len(depth))[:, None, None]
    water = mirrored * (1 - share) + style.sky[0] * 0.92 * share
    pixels[top:, :, :3] = np.clip(water * 255 * 0.96, 0, 255).astype(np.uint8)
    glint = mix(style.sky[2], palette.rgb(255, 255, 255), 0.35)
    if isinstance(style, _Ink) and scene.time != "night":
        glint = mix(INK, PAPER, 0.55)
    for index in range(14):
        y = top + 4 + (min(scene.water[1], SIZE) - top) * (index + 0.5) / 14
        near = (y - top) / 90
        x = rng.uniform(0, SIZE) if scene.disc is None or index % 2 else scene.disc.x + rng.gauss(0, 6 + near * 12)
        half = rng.uniform(4, 12) * (0.4 + near)
        spot = skia.Rect(x - half, y - 0.4 - 0.6 * near, x + half, y + 0.4 + 0.6 * near)
        canvas.drawOval(spot, skia.Paint(AntiAlias=True, Color=_colour(glint, 0.55)))
    for thing in scene.afloat:
        for part in thing.parts:
            upside_down = part.points * (1, -1) + (0, 2 * thing.base_y)
            canvas.drawPath(
                _path(upside_down.astype(np.float32)),
                skia.Paint(AntiAlias=True, Color=_colour(style.tone(part, 0.7), 0.3)),
            )


def _paint_shadow(canvas: Any, thing: Thing, scene: Scene) -> None:
    xs = np.concatenate([part.points[:, 0] for part in thing.parts])
    ys = np.concatenate([part.points[:, 1] for part in thing.parts])
    half, height = float(xs.max() - xs.min()) * 0.45, float(ys.max() - ys.min())
    middle = float(xs.max() + xs.min()) / 2 - scene.light_side * half * 0.4
    oval = skia.Rect(middle - half, thing.base_y - height * 0.02, middle + half, thing.base_y + height * 0.035)
    canvas.drawOval(oval, skia.Paint(AntiAlias=True, Color=_colour(palette.SKY[scene.time][0] * 0.35, 0.28)))


def paint(scene: Scene) -> Painting:
    """The finished picture, the same for the same scene: uint8 (256, 256, 3)."""
    rng = random.Random(scene.seed ^ 0x9A17)
    style = _STYLES[scene.style](scene)
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    surface = skia.Surface(pixels)
    canvas = surface.getCanvas()
    canvas.drawPaint(skia.Paint(Shader=_vertical(0, scene.horizon + 10, style.sky)))
    for x, y, radius in scene.stars:
        canvas.drawCircle(x, y, radius, skia.Paint(AntiAlias=True, Color=_colour(palette.SUN["night"], 0.9)))
    if scene.disc is not None:
        _paint_disc(canvas, scene.disc, style.sun_colour(), scene.light_side)

    def put(thing: Thing) -> None:
        for part in thing.parts:
            style.paint(canvas, part, rng)

    for thing in (*scene.sky, *scene.far):
        put(thing)
    bird = mix(INK, style.sky[1], 0.15)
    for x, y, size in scene.birds:
        path = skia.Path()
        path.moveTo(x - size, y - size * 0.5)
        path.quadTo(x - size * 0.4, y - size * 0.6, x, y)
        path.quadTo(x + size * 0.4, y - size * 0.6, x + size, y - size * 0.5)
        stroke = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=1.7, Color=_colour(bird))
        stroke.setStrokeCap(skia.Paint.kRound_Cap)
        canvas.drawPath(path, stroke)
    if scene.water is not None:
        _paint_water(canvas, pixels, scene, style, rng)
        for thing in sorted(scene.afloat, key=lambda boat: boat.base_y):
            put(thing)
    for thing in scene.near:
        if thing.name not in ("ground", "path"):
            _paint_shadow(canvas, thing, scene)
        put(thing)
    painting = style.finish(np.asarray(pixels[..., :3].astype(np.float32) / 255, np.float32), rng)
    return (np.clip(painting, 0, 1) * 255 + 0.5).astype(np.uint8)


def mean_gradient(painting: Painting) -> float:
    """Sharpness: mean absolute horizontal difference of grey, in grey levels."""
    return float(np.abs(np.diff(painting.astype(np.float32).mean(2), axis=1)).mean())
