"""Line drawings of a scene, white on black, uint8 (256, 256): scribbles by many hands, and clean line art.

A hand draws either what is there (outlines) or what it knows (each thing's symbol). Some hands are tidy; others leave
gaps, overshoot corners, go over a line twice, get proportions wrong, forget things or stop half-way. However rough it
is, the scribble still tells roughly where things are.
"""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import skia  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray

from models.training.compose import disc_outline
from models.training.geometry import FINE, SIZE, Points, as_points, closed, noise
from models.training.shapes import Scene, Thing

Sketch = NDArray[np.uint8]

LINE_ART_PX = 1.6
SMALL_PX = 30.0
CLEAN_SHARE, SYMBOL_SHARE, UNFINISHED_SHARE = 0.25, 0.6, 0.12
WIDEST_STRETCH = 1.12
STEP_PX = 6.0
CORNER_COSINE = 0.3
"""A turn sharper than this is a corner: a hand stops there and sets off anew."""


@dataclass(frozen=True)
class Hand:
    """How somebody draws. Lengths in pixels, shares and chances 0..1."""

    width_px: float
    draws_symbols: bool
    wobble_px: float = 0.0
    shift_px: float = 0.0
    """How far a whole thing is misplaced; its stretch and slant follow."""
    overshoot_px: float = 0.0
    gaps: float = 0.0
    restates: float = 0.0
    forgets: float = 0.0
    """Chance of leaving out a whole thing."""
    skips: float = 0.0
    """Chance of leaving out a stroke."""
    hides: bool = True
    """Whether things in front hide what is behind them."""


def draw_hand(rng: random.Random) -> Hand:
    width = 1.6 * 5 ** (rng.random() ** 1.6)
    draws_symbols = rng.random() < SYMBOL_SHARE
    if rng.random() < CLEAN_SHARE:
        return Hand(width, draws_symbols, wobble_px=0.3)
    roughness = rng.random()
    is_unfinished = rng.random() < UNFINISHED_SHARE
    return Hand(
        width,
        draws_symbols,
        wobble_px=0.4 + 1.5 * roughness,
        shift_px=rng.choice((0.0, 1.5, 3.0)) * roughness,
        overshoot_px=rng.choice((0.0, 3.0, 7.0)) * roughness,
        gaps=rng.choice((0.0, 0.15, 0.4)) * roughness,
        restates=rng.choice((0.0, 0.0, 0.3, 0.7)),
        forgets=0.0 if is_unfinished else rng.choice((0.0, 0.0, 0.1, 0.22)),
        skips=0.5 if is_unfinished else rng.choice((0.02, 0.02, 0.12)),
        hides=rng.random() < 0.85,
    )


class _Sheet:
    """The paper: skia strokes and erasing fills on one uint8 array."""

    def __init__(self, width_px: float) -> None:
        self.pixels = np.zeros((SIZE, SIZE), np.uint8)
        info = skia.ImageInfo.Make(SIZE, SIZE, skia.kGray_8_ColorType, skia.kOpaque_AlphaType)
        self._surface = skia.Surface.MakeRasterDirect(info, self.pixels)
        self._canvas = self._surface.getCanvas()
        self._erase = skia.Paint(Color=skia.ColorBLACK, AntiAlias=False)
        self._ink = skia.Paint(
            Color=skia.ColorWHITE, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width_px
        )
        self._ink.setStrokeCap(skia.Paint.kRound_Cap)
        self._ink.setStrokeJoin(skia.Paint.kRound_Join)

    def erase(self, outlines: Iterable[Points]) -> None:
        for outline in outlines:
            self._canvas.drawPath(_path(outline), self._erase)

    def stroke(self, line: Points) -> None:
        self._canvas.drawPath(_path(line), self._ink)


def _path(points: Points) -> Any:
    path = skia.Path()
    path.addPoly([skia.Point(x, y) for x, y in points.tolist()], False)
    return path


@functools.cache
def _tremor() -> NDArray[np.float32]:
    """A long unsteady walk of a hand, about five steps between one turn and the next: float32 (4096, 2)."""
    knots = np.random.default_rng(11).standard_normal((820, 2))
    along = np.linspace(0, 819, 4096)
    return np.stack([np.interp(along, range(820), knots[:, i]) for i in (0, 1)], 1).astype(np.float32)


def _fine(line: Points) -> Points:
    """Points along a polyline about STEP_PX apart, its own corners kept."""
    steps = np.diff(line, axis=0)
    lengths = np.sqrt((steps * steps).sum(axis=1))
    counts = np.maximum(lengths / STEP_PX, 1).astype(np.intp)
    if counts.max(initial=1) == 1:
        return line
    which = np.repeat(np.arange(len(steps)), counts)
    first = np.cumsum(counts) - counts
    share = (np.arange(len(which)) - first[which]) / counts[which]
    return np.concatenate([line[which] + steps[which] * share[:, None], line[-1:]]).astype(np.float32)


def _wobbled(rng: random.Random, line: Points, amplitude_px: float) -> Points:
    fine = _fine(line)[:4000]
    start = rng.randrange(4096 - len(fine))
    return (fine + amplitude_px * _tremor()[start : start + len(fine)]).astype(np.float32)


def _cut_at_corners(line: Points) -> list[Points]:
    """The pieces of a polyline between its sharp corners; what is small is drawn in one go."""
    if float(np.ptp(line, axis=0).max()) < SMALL_PX:
        return [line]
    steps = np.diff(line, axis=0)
    ways = steps / (np.hypot(steps[:, 0], steps[:, 1])[:, None] + 1e-6)
    turns = (ways[1:] * ways[:-1]).sum(axis=1)
    corners = [0, *(np.flatnonzero(turns < CORNER_COSINE) + 1), len(line) - 1]
    return [line[start : stop + 1] for start, stop in pairwise(corners) if stop > start]


def _overshot(rng: random.Random, line: Points, most_px: float) -> Points:
    """The line carried on at both ends; short ones less."""
    length = float(np.hypot(*np.diff(line, axis=0).T).sum())
    ends = []
    for end, before in ((line[0], line[1]), (line[-1], line[-2])):
        way = end - before
        reach = min(rng.uniform(0, most_px), length * 0.25) / (float(np.hypot(*way)) + 1e-6)
        ends.append(end + way * reach)
    return np.concatenate([ends[:1], line, ends[1:]]).astype(np.float32)


def _misplaced(rng: random.Random, lines: list[Points], amount_px: float) -> list[Points]:
    """All lines of a thing scaled, shifted and slanted together, about its foot."""
    if not amount_px or not lines:
        return lines
    every = np.concatenate(lines)
    low, high = every.min(axis=0), every.max(axis=0)
    foot = np.array(((low[0] + high[0]) / 2, high[1]), np.float32)
    size = float(max(high - low)) + 1e-6
    most = min(WIDEST_STRETCH - 1, 4 * amount_px / size)
    wide, tall = 1 + rng.uniform(-most, most), 1 + rng.uniform(-most, most)
    slant = rng.uniform(-most, most) * 0.6
    matrix = np.array(((wide, 0), (slant, tall)), np.float32)
    shift = np.array((rng.gauss(0, amount_px), rng.gauss(0, amount_px * 0.7)), np.float32)
    return [((line - foot) @ matrix + foot + shift).astype(np.float32) for line in lines]


class _Artist:
    """A hand at work on a sheet; it never forgets the `subject`."""

    def __init__(self, hand: Hand, subject: str, rng: random.Random) -> None:
        self.hand, self.subject, self.rng = hand, subject, rng
        self.sheet = _Sheet(hand.width_px)

    def line(self, line: Points) -> None:
        """One line in this hand."""
        if self.rng.random() < self.hand.skips or len(line) < 2:
            return
        pieces = _cut_at_corners(line) if self.hand.overshoot_px else [line]
        for piece in pieces:
            self._stroke(piece)
            if self.rng.random() < self.hand.restates:
                self._stroke(self._part_of(piece) + self._jitter(1.2 + self.hand.wobble_px * 0.6))

    def _stroke(self, line: Points) -> None:
        rng, hand = self.rng, self.hand
        drawn = _overshot(rng, line, hand.overshoot_px) if hand.overshoot_px else line
        bent = _wobbled(rng, drawn, hand.wobble_px)
        if rng.random() < hand.gaps and len(bent) > 8:
            missing = rng.randint(2, max(2, len(bent) // 4))
            cut = rng.randrange(2, len(bent) - missing)
            for piece in (bent[:cut], bent[cut + missing :]):
                if len(piece) > 1:
                    self.sheet.stroke(piece)
        else:
            self.sheet.stroke(bent)

    def _part_of(self, line: Points) -> Points:
        """The whole line or a stretch of it."""
        fine = _fine(line)
        third = max(1, len(fine) // 3)
        return fine[self.rng.randrange(third) : len(fine) - self.rng.randrange(third)]

    def _jitter(self, amount_px: float) -> Points:
        return np.array((self.rng.gauss(0, amount_px), self.rng.gauss(0, amount_px)), np.float32)

    def forgets(self, kind: str) -> bool:
        return self.rng.random() < self.hand.forgets and kind != self.subject

    def thing(self, thing: Thing) -> None:
        """A thing without traced parts is known by its symbol only."""
        if self.hand.draws_symbols or not any(part.outlined for part in thing.parts):
            self._symbol(thing)
        else:
            self._outlines(thing)

    def _symbol(self, thing: Thing) -> None:
        if self.hand.hides:
            self.sheet.erase(thing.hides)
        if not self.forgets(thing.name):
            for line in _misplaced(self.rng, thing.symbol, self.hand.shift_px):
                self.line(line)

    def _outlines(self, thing: Thing) -> None:
        is_forgotten = self.forgets(thing.name)
        outlined = [part for part in thing.parts if part.outlined]
        moved = iter(_misplaced(self.rng, [part.points for part in outlined], self.hand.shift_px * 0.5))
        for part in thing.parts:
            points = next(moved) if part.outlined else part.points
            self.sheet.erase([points])
            if part.outlined and not is_forgotten:
                self.line(closed(points))

    def disc(self, scene: Scene) -> None:
        """Sun or moon; who draws symbols may give the sun its rays."""
        if scene.disc is None or self.forgets("sun"):
            return
        self.line(disc_outline(scene.disc))
        if self.hand.draws_symbols and scene.time == "day" and self.rng.random() < 0.4:
            middle = np.array((scene.disc.x, scene.disc.y))
            for turn in range(8):
                way = np.array((math.cos(turn * math.pi / 4), math.sin(turn * math.pi / 4)))
                self.line((middle + np.outer((1.3, 1.8), way) * scene.disc.radius_px).astype(np.float32))

    def water(self, scene: Scene) -> None:
        """The far shore and, as a symbol, some waves."""
        if scene.water is None:
            return
        top, bottom = scene.water
        self.sheet.erase([as_points([(0, top), (SIZE, top), (SIZE, SIZE), (0, SIZE)])])
        self.line(as_points([(-5, top), (SIZE + 5, top)]))
        if self.hand.draws_symbols and self.rng.random() < 0.6:
            for _ in range(self.rng.randint(2, 5)):
                x, length = self.rng.uniform(10, 220), self.rng.uniform(12, 30)
                y = self.rng.uniform(top + 8, max(top + 9, min(bottom, 252)))
                t = np.linspace(0, 1, 9)
                self.line(np.stack([x + length * t, y + 2.4 * np.sin(t * 9)], 1).astype(np.float32))

    def scene(self, scene: Scene) -> Sketch:
        self.disc(scene)
        for thing in (*scene.sky, *scene.far):
            self.thing(thing)
        for x, y, size in scene.birds:
            self.line(as_points([(x - size, y - size * 0.5), (x, y), (x + size, y - size * 0.5)]))
        self.water(scene)
        for thing in (*sorted(scene.afloat, key=lambda thing: thing.base_y), *scene.near):
            self.thing(thing)
        return self.sheet.pixels


def sketch(scene: Scene, seed: int) -> Sketch:
    """One hand's scribble of the scene; another seed is another hand."""
    rng = random.Random(seed * 7919 + 13)
    hand = draw_hand(rng)
    drawn = _Artist(hand, scene.subject, rng).scene(scene)
    if hand.draws_symbols:
        return drawn
    rows, columns = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    amount = hand.wobble_px * 0.7
    bent = (columns + noise(rng, FINE) * amount, rows + noise(rng, FINE) * amount)
    return np.asarray(cv2.remap(drawn, *bent, cv2.INTER_LINEAR), np.uint8)


def line_art(scene: Scene) -> Sketch:
    """Clean, complete, thin outlines of every traced part."""
    sheet = _Sheet(LINE_ART_PX)
    if scene.disc is not None:
        sheet.stroke(disc_outline(scene.disc))

    def trace(thing: Thing) -> None:
        if not any(part.outlined for part in thing.parts):
            sheet.erase(thing.hides)
            for line in thing.symbol:
                sheet.stroke(line)
            return
        for part in thing.parts:
            sheet.erase([part.points])
            if part.outlined:
                sheet.stroke(closed(part.points))

    for thing in (*scene.sky, *scene.far):
        trace(thing)
    for x, y, size in scene.birds:
        sheet.stroke(as_points([(x - size, y - size * 0.5), (x, y), (x + size, y - size * 0.5)]))
    if scene.water is not None:
        top = scene.water[0]
        sheet.erase([as_points([(0, top), (SIZE, top), (SIZE, SIZE), (0, SIZE)])])
        sheet.stroke(as_points([(-5, top), (SIZE + 5, top)]))
    for thing in (*sorted(scene.afloat, key=lambda thing: thing.base_y), *scene.near):
        trace(thing)
    return sheet.pixels
