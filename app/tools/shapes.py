"""What a tool wants drawn over the canvas: plain values in document coordinates. The view decides how they look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from canvas.geometry import Rect


@dataclass(frozen=True, slots=True)
class Circle:
    """The outline of a brush; `radius` in document pixels."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Marquee:
    """The edge of a rectangle: a selection or the box of a figure."""

    rect: Rect


@dataclass(frozen=True, slots=True)
class Handle:
    """A point to drag, of constant size on the screen. `colour`: 8-bit RGB. `hot`: held or under the pointer;
    `faint`: there to be brought back."""

    x: float
    y: float
    colour: tuple[int, int, int]
    hot: bool = False
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """A line through points: a lasso being drawn, the frame of a transform, an axis. One screen pixel wide."""

    points: tuple[tuple[float, float], ...]
    closed: bool = True
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Grip:
    """A small square to drag, of constant size on the screen; `hot` while held or under the pointer."""

    x: float
    y: float
    hot: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ants:
    """The edge of a selection, as closed paths; the view lets its dashes march. The same object: the same edge."""

    paths: tuple[tuple[tuple[float, float], ...], ...]


Shape: TypeAlias = Circle | Marquee | Handle | Outline | Grip | Ants
