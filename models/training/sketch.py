"""Scribbles of a scene, white on black: either its true outlines or the symbols a person draws. uint8 (256, 256)."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import skia  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray

from models.training.compose import disc_outline
from models.training.geometry import FINE, SIZE, Points, as_points, noise, resample
from models.training.shapes import Scene, Thing

Sketch = NDArray[np.uint8]


class _Pen:
    """A hand: its stroke width, wobble and how often it leaves something out."""

    def __init__(self, canvas: Any, rng: random.Random) -> None:
        self.canvas, self.rng = canvas, rng
        self.wobble_px = rng.choice([0.3, 0.8, 1.4, 2.0])
        self.drops = rng.choice([0.0, 0.0, 0.12, 0.3])
        self.hides = rng.random() < 0.8
        self.gap = rng.choice([0.0, 0.0, 0.0, 0.05])
        self.erase = skia.Paint(Color=skia.ColorBLACK, AntiAlias=False)
        self.ink = skia.Paint(
            Color=skia.ColorWHITE,
            AntiAlias=True,
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=1.6 * 3.75 ** rng.random(),
        )
        self.ink.setStrokeCap(skia.Paint.kRound_Cap)
        self.ink.setStrokeJoin(skia.Paint.kRound_Join)

    def fill(self, outlines: Iterable[Points]) -> None:
        for outline in outlines:
            self.canvas.drawPath(_skia_path(outline), self.erase)

    def stroke(self, line: Points, wobble_px: float) -> None:
        bent = _wobbled(self.rng, line, wobble_px)
        if self.gap and len(bent) > 12:
            cut = self.rng.randrange(4, len(bent) - 4)
            pieces = [bent[: cut - 1], bent[cut + 1 :]]
        else:
            pieces = [bent]
        for piece in pieces:
            self.canvas.drawPath(_skia_path(piece), self.ink)

    def symbol(self, thing: Thing) -> None:
        if self.hides:
            self.fill(thing.hides)
        if self.rng.random() < self.drops:
            return
        shift = np.array([self.rng.gauss(0, self.wobble_px * 0.5), self.rng.gauss(0, self.wobble_px * 0.5)], np.float32)
        for line in thing.symbol:
            if self.rng.random() >= 0.04:
                self.stroke(line + shift, self.wobble_px)

    def outline(self, thing: Thing) -> None:
        is_dropped = self.rng.random() < self.drops
        if thing.name == "cloud":
            self.fill(thing.hides)
            if not is_dropped:
                for line in thing.symbol:
                    self.stroke(line, 0.2)
            return
        for part in thing.parts:
            self.fill([part.points])
            if part.outlined and not is_dropped:
                self.canvas.drawPath(_skia_path(np.concatenate([part.points, part.points[:1]])), self.ink)


def _skia_path(points: Points) -> Any:
    path = skia.Path()
    path.addPoly([skia.Point(float(x), float(y)) for x, y in points], False)
    return path


def _wobbled(rng: random.Random, line: Points, amplitude_px: float) -> Points:
    fine = resample(line, 6.0)
    knots = max(2, len(fine) // 5)
    drift = np.array([[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(knots + 1)])
    along = np.linspace(0, knots, len(fine))
    shift = np.stack([np.interp(along, range(knots + 1), drift[:, i]) for i in (0, 1)], 1)
    return (fine + amplitude_px * shift).astype(np.float32)


def sketch(scene: Scene, seed: int) -> Sketch:
    """One hand's scribble of the scene; another seed is another hand."""
    rng = random.Random(seed * 7919 + 13)
    pixels = np.zeros((SIZE, SIZE), np.uint8)
    info = skia.ImageInfo.Make(SIZE, SIZE, skia.kGray_8_ColorType, skia.kOpaque_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels)
    pen = _Pen(surface.getCanvas(), rng)
    is_symbolic = rng.random() < 0.6
    put = pen.symbol if is_symbolic else pen.outline
    if scene.disc is not None and rng.random() >= pen.drops:
        pen.stroke(disc_outline(scene.disc), pen.wobble_px if is_symbolic else 0.2)
        if is_symbolic and scene.time == "day" and rng.random() < 0.4:
            for turn in range(8):
                way = np.array([math.cos(turn * math.pi / 4), math.sin(turn * math.pi / 4)])
                ray = np.array([scene.disc.x, scene.disc.y]) + np.outer([1.3, 1.8], way) * scene.disc.radius_px
                pen.stroke(ray.astype(np.float32), 0.3)
    for thing in (*scene.sky, *scene.far):
        put(thing)
    for x, y, size in scene.birds:
        if rng.random() < 0.85:
            pen.stroke(as_points([(x - size, y - size * 0.5), (x, y), (x + size, y - size * 0.5)]), 0.3)
    if scene.water is not None:
        top, bottom = scene.water
        pen.fill([as_points([(0, top), (SIZE, top), (SIZE, SIZE), (0, SIZE)])])
        pen.stroke(as_points([(-5, top), (SIZE + 5, top)]), pen.wobble_px * 0.4)
        if is_symbolic and rng.random() < 0.6:
            for _ in range(rng.randint(2, 7)):
                x, y, length = (
                    rng.uniform(10, 230),
                    rng.uniform(top + 8, max(top + 9, min(bottom, 252))),
                    rng.uniform(8, 26),
                )
                t = np.linspace(0, 1, 9)
                pen.stroke(np.stack([x + length * t, y + 1.6 * np.sin(t * 9)], 1).astype(np.float32), 0.2)
        for thing in scene.afloat:
            put(thing)
    for thing in scene.near:
        put(thing)
    if not is_symbolic:
        rows, columns = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
        amount = pen.wobble_px * 0.7
        pixels = np.asarray(
            cv2.remap(pixels, columns + noise(rng, FINE) * amount, rows + noise(rng, FINE) * amount, cv2.INTER_LINEAR),
            np.uint8,
        )
    return pixels
