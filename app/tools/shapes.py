"""What a tool wants drawn over the canvas: plain values in document coordinates. The view decides how they look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.geometry import Rect
from canvas.tiles import Pixels8


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


@dataclass(frozen=True, slots=True)
class PickedColour:
    """A ring of constant size around a point that shows a colour being picked above the one from before, 8-bit RGB."""

    x: float
    y: float
    new: tuple[int, int, int]
    old: tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Ants:
    """The edge of a selection: closed paths of corners, each (n, 2), shown `offset` from where they are. The view lets
    the dashes march. The same object: the same edge."""

    paths: tuple[npt.NDArray[np.float64], ...]
    offset: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Premultiplied 8-bit BGRA stretched over a rectangle of the document. The same object: the same picture."""

    pixels: Pixels8
    rect: Rect


@dataclass(frozen=True, slots=True)
class Shade:
    """Dimmed: all of `around` but `rect`."""

    rect: Rect
    around: Rect


Shape: TypeAlias = Circle | Marquee | Handle | Outline | Grip | PickedColour | Ants | Picture | Shade
