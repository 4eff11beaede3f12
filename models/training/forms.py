"""Rounded forms with a light side and a shade: what animals, fruit and pots are built of.

Outlines are drawn in units of the object (u along the way it faces, v upwards from where it stands) and placed in the
picture by a `Placing`. Merging and cutting of outlines is skia's path arithmetic on polygons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import skia  # type: ignore[import-not-found, unused-ignore]

from models.training import palette
from models.training.geometry import Colour, Point, Points, as_points, ellipse
from models.training.palette import mix
from models.training.shapes import Thing

SPECK_PX2 = 10.0
"""Smaller pieces of a cut are not painted."""


@dataclass(frozen=True)
class Placing:
    """Where an object stands (pixels), how large one unit of it is, and which way it faces (-1 left, 1 right)."""

    x: float
    y: float
    unit_px: float
    facing: int = 1

    def points(self, points: Sequence[Point] | Points) -> Points:
        return as_points(points) * np.array((self.facing * self.unit_px, -self.unit_px), np.float32) + np.array(
            (self.x, self.y), np.float32
        )

    def curve(self, points: Sequence[Point] | Points) -> Points:
        """The closed curve through the points."""
        return self.points(spline(points, is_closed=True))

    def line(self, points: Sequence[Point] | Points) -> Points:
        """The open curve through the points."""
        return self.points(spline(points, is_closed=False))

    def oval(self, u: float, v: float, ru: float, rv: float, turn: float = 0.0) -> Points:
        """An ellipse, turned by `turn` radians against the clock when facing right."""
        return self.points(turned(ellipse(0, 0, ru, rv, 28), turn) + np.array((u, v), np.float32))

    def arc(self, u: float, v: float, ru: float, rv: float, start: float, stop: float) -> Points:
        """Part of an ellipse; angles in radians from the facing side upwards."""
        return self.points(ellipse(u, v, ru, rv, 14, start, stop))

    def ribbon(self, line: Sequence[Point], halves: Sequence[float]) -> Points:
        """A band along the curve through `line`, `halves` wide to either side of each point, round at its end."""
        middle = spline(line, is_closed=False)
        width = np.interp(np.linspace(0, 1, len(middle)), np.linspace(0, 1, len(halves)), halves)[:, None]
        slope = np.gradient(middle, axis=0)
        normal = np.stack([-slope[:, 1], slope[:, 0]], 1) / (np.hypot(slope[:, 0], slope[:, 1])[:, None] + 1e-6)
        heading = math.atan2(float(slope[-1, 1]), float(slope[-1, 0]))
        x, y = map(float, middle[-1])
        end = ellipse(x, y, halves[-1], halves[-1], 7, heading + math.pi / 2, heading - math.pi / 2)
        return self.points(np.concatenate([middle + normal * width, end, (middle - normal * width)[::-1]]))

    def inner(self, u: float, v: float, scale: float) -> Placing:
        """A smaller object's placing at (u, v) of this one: a head on its body."""
        return replace(
            self, x=self.x + self.facing * u * self.unit_px, y=self.y - v * self.unit_px, unit_px=self.unit_px * scale
        )


def turned(points: Points, angle: float) -> Points:
    cosine, sine = math.cos(angle), math.sin(angle)
    return (points @ np.array(((cosine, sine), (-sine, cosine)), np.float32)).astype(np.float32)


def spline(points: Sequence[Point] | Points, is_closed: bool, steps: int = 6) -> Points:
    """The Catmull-Rom curve through the points."""
    keys = as_points(points)
    if is_closed:
        before, start, end, after = np.roll(keys, 1, 0), keys, np.roll(keys, -1, 0), np.roll(keys, -2, 0)
    else:
        padded = np.concatenate([keys[:1], keys, keys[-1:]])
        before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(steps, dtype=np.float32) / steps)[None, :, None]
    before, start, end, after = (side[:, None] for side in (before, start, end, after))
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    flat = curve.reshape(-1, 2).astype(np.float32)
    return flat if is_closed else np.concatenate([flat, keys[-1:]])


def _path(outline: Points) -> Any:
    path = skia.Path()
    path.addPoly([skia.Point(x, y) for x, y in outline.tolist()], True)
    path.setFillType(skia.PathFillType.kWinding)
    return path


def _contours(path: Any) -> list[Points]:
    """The closed polygons of a path without curves, largest first."""
    found: list[list[Point]] = []
    for verb, points in path:
        if verb == skia.Path.kMove_Verb:
            found.append([(points[0].x(), points[0].y())])
        elif verb == skia.Path.kLine_Verb:
            found[-1].append((points[1].x(), points[1].y()))
    polygons = [as_points(polygon) for polygon in found if len(polygon) > 2]
    return sorted((polygon for polygon in polygons if area(polygon) > SPECK_PX2), key=area, reverse=True)


def area(outline: Points) -> float:
    x, y = outline[:, 0], outline[:, 1]
    return abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2


def union(first: Points, *others: Points) -> Points:
    """One silhouette around outlines that touch."""
    path = _path(first)
    for other in others:
        path = skia.Op(path, _path(other), skia.PathOp.kUnion_PathOp)
    return _contours(path)[0]


def within(outline: Points, bounds: Points) -> list[Points]:
    """What of `outline` lies inside `bounds`."""
    return _contours(skia.Op(_path(outline), _path(bounds), skia.PathOp.kIntersect_PathOp))


def outside(outline: Points, cut: Points) -> list[Points]:
    """What of `outline` lies outside `cut`."""
    return _contours(skia.Op(_path(outline), _path(cut), skia.PathOp.kDifference_PathOp))


def add_form(
    thing: Thing,
    outline: Points,
    colour: Colour,
    side: int,
    depth_px: float,
    contrast: float = 1.0,
    haze: float = 0.0,
) -> None:
    """A rounded, traced form in three tones: its colour, a shade away from the light, a bright rim towards it.

    `depth_px` is how far the shade reaches in; `contrast` 0..1 how strong both are.
    """
    thing.add(outline, colour, haze, 0.05, outlined=True, named=True)
    shade, light = colour * (1 - 0.24 * contrast), mix(colour, palette.rgb(255, 250, 236), 0.3 * contrast)
    towards = np.array((side * depth_px, -depth_px * 0.75), np.float32)
    for piece in outside(outline, outline + towards):
        thing.add(piece, shade, haze, 0.03, named=True)
    for piece in outside(outline, outline - towards * 0.5):
        thing.add(piece, light, haze, 0.03, named=True)


def add_mark(thing: Thing, mark: Points, bounds: Points, colour: Colour, haze: float = 0.0) -> None:
    """A patch of colour on a form, cut off at the form's edge."""
    for piece in within(mark, bounds):
        thing.add(piece, colour, haze, 0.04, named=True)


def add_shadow_within(thing: Thing, caster: Points, bounds: Points, colour: Colour, side: int, reach_px: float) -> None:
    """The shadow that one form throws on another behind it."""
    moved = caster + np.array((-side * reach_px, reach_px), np.float32)
    for piece in within(moved, bounds):
        thing.add(piece, colour * 0.76, 0.0, 0.03, named=True)


def add_eye(thing: Thing, place: Placing, u: float, v: float, radius: float, iris: Colour, pupil: float = 0.6) -> None:
    """A round, shining eye: dark rim, iris, pupil (a share of the iris) and a highlight towards the upper left."""
    dark = palette.rgb(30, 24, 28)
    thing.add(place.oval(u, v, radius * 1.18, radius * 1.18), dark, 0.0, 0.0, outlined=True)
    if radius * place.unit_px > 4:
        thing.add(place.oval(u, v, radius, radius), iris, 0.0, 0.0, named=True)
        thing.add(place.oval(u, v, radius * pupil, radius * 0.86), dark, 0.0, 0.0)
    glint = max(radius * 0.34, 1.1 / place.unit_px)
    thing.add(
        place.oval(u - place.facing * radius * 0.34, v + radius * 0.38, glint, glint), palette.rgb(255, 255, 255), 0, 0
    )
