"""Skia in the terms of this package: colours, paths, gradients and lines on a canvas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import skia  # type: ignore[import-not-found, unused-ignore]

from models.training.geometry import SIZE, Colour, Points, resample
from models.training.shapes import Part

Canvas = Any
"""A skia.Canvas over the picture's RGBA bytes; skia has no types."""

RIDGE_HAZE = 0.3
RIDGE_BOTTOM = 258


def packed(colour: Colour, alpha: float = 1.0) -> int:
    """A colour (0..1) and its opacity as skia's ARGB."""
    red, green, blue = (int(v) for v in np.clip(colour, 0, 1) * 255)
    argb: int = skia.ColorSetARGB(int(alpha * 255), red, green, blue)
    return argb


def filled(colour: Colour, alpha: float = 1.0) -> Any:
    return skia.Paint(AntiAlias=True, Color=packed(colour, alpha))


def stroked(colour: Colour, width_px: float, alpha: float = 1.0) -> Any:
    paint = skia.Paint(
        AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=float(width_px), Color=packed(colour, alpha)
    )
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def path_of(points: Points) -> Any:
    return _path(points, is_closed=True)


def _path(points: Points, is_closed: bool) -> Any:
    path = skia.Path()
    path.addPoly([skia.Point(x, y) for x, y in points.tolist()], is_closed)
    return path


def vertical(top: float, bottom: float, colours: Sequence[Colour]) -> Any:
    """A gradient of evenly spaced colours from one row to another."""
    ends = [skia.Point(0, float(top)), skia.Point(0, float(bottom))]
    return skia.GradientShader.MakeLinear(ends, [packed(c) for c in colours])


def extent(part: Part) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a part in pixels."""
    left, top = part.points.min(axis=0).tolist()
    right, bottom = part.points.max(axis=0).tolist()
    return left, top, right, bottom


def is_ridge(part: Part) -> bool:
    """Whether a part is a stretch of land whose lower edge is not seen."""
    return part.haze > RIDGE_HAZE or float(part.points[:, 1].max()) > RIDGE_BOTTOM


def seen_outline(part: Part) -> Points:
    """The line a hand would draw around a part: closed, but of a ridge only its skyline. May be empty."""
    if not is_ridge(part):
        return np.concatenate([part.points, part.points[:1]])
    bottom = float(part.points[:, 1].max())
    points = part.points
    on_top = (points[:, 1] < bottom - 2) & (points[:, 0] > -13) & (points[:, 0] < SIZE + 13)
    return np.asarray(points[on_top], np.float32)


def trace(canvas: Canvas, part: Part, paint: Any) -> None:
    """Stroke the outline of a part."""
    line = seen_outline(part)
    if len(line) > 2:
        canvas.drawPath(_path(line, is_closed=False), paint)


def brush(canvas: Canvas, line: Points, half_px: float, paint: Any) -> None:
    """A line of a slanted nib: strokes down to the right are broad, strokes up to the right thin."""
    line = resample(line, 5.0)
    slope = np.gradient(line, axis=0)
    length = np.hypot(slope[:, 0], slope[:, 1]) + 1e-5
    normal = np.stack([-slope[:, 1], slope[:, 0]], 1) / length[:, None]
    slant = (slope[:, 0] + slope[:, 1]) / (length * np.sqrt(2))
    width = (half_px * (0.5 + 0.5 * slant**2) + 0.2)[:, None]
    canvas.drawPath(path_of(np.concatenate([line + normal * width, (line - normal * width)[::-1]])), paint)
