"""Gradients as a source of colour for `canvas.pouring`. Pure; any thread; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from canvas import kernels
from canvas.geometry import Rect
from canvas.kernels import gradients
from canvas.pouring import Source
from canvas.tiles import TILE_PX, Pixels, TileKey, tile_rect

Rgba: TypeAlias = tuple[float, float, float, float]
"""Straight red, green, blue and alpha, 0..1."""
Shape: TypeAlias = Literal["linear", "radial", "reflected", "angle"]

_SHAPES: dict[Shape, int] = {
    "linear": gradients.LINEAR,
    "radial": gradients.RADIAL,
    "reflected": gradients.REFLECTED,
    "angle": gradients.ANGLE,
}


@dataclass(frozen=True, slots=True)
class Gradient:
    """From `start` at the point a to `end` at the point b, in document coordinates.

    linear: straight across. radial: around a, as far as b. reflected: linear to both sides of a. angle: once around a,
    clockwise from b.
    """

    ax: float
    ay: float
    bx: float
    by: float
    start: Rgba
    end: Rgba
    shape: Shape = "linear"


def source(gradient: Gradient, document: Rect) -> Source:
    """The gradient over the whole document. Raises ValueError when its two points are one."""
    line = (gradient.ax, gradient.ay, gradient.bx, gradient.by)
    if line[:2] == line[2:]:
        raise ValueError("a gradient goes from one point to another")
    plan = np.array([line, gradient.start, gradient.end], np.float64)
    shape = _SHAPES[gradient.shape]
    opaque = gradient.start[3] >= 1.0 and gradient.end[3] >= 1.0
    ends: dict[bool, Pixels] = {}

    def tile(key: TileKey) -> tuple[Pixels, bool]:
        rect = tile_rect(key)
        inside = rect & document
        beyond = _beyond_the_end(gradient, rect)
        if beyond is not None and beyond in ends and inside == rect:
            return ends[beyond], opaque
        out = np.empty((TILE_PX, TILE_PX, 4), np.uint16)
        kernels.gradients.gradient(out, rect.x0, rect.y0, plan, shape)
        if inside != rect:
            cut = np.zeros_like(out)
            part = np.s_[inside.y0 - rect.y0 : inside.y1 - rect.y0, inside.x0 - rect.x0 : inside.x1 - rect.x0]
            cut[part] = out[part]
            return cut, False
        if beyond is not None:
            ends[beyond] = out
        return out, opaque

    return Source(tuple(document.tile_keys(TILE_PX)), tile)


def _beyond_the_end(gradient: Gradient, rect: Rect) -> bool | None:
    """Whether a tile lies all before the beginning (False) or behind the end (True) of a linear gradient."""
    if gradient.shape != "linear":
        return None
    dx, dy = gradient.bx - gradient.ax, gradient.by - gradient.ay
    ways = [
        ((x - gradient.ax) * dx + (y - gradient.ay) * dy) / (dx * dx + dy * dy)
        for x in (rect.x0, rect.x1)
        for y in (rect.y0, rect.y1)
    ]
    return False if max(ways) <= 0.0 else True if min(ways) >= 1.0 else None
