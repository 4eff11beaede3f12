"""`PointerEvent`: what a hand did with a pen, mouse or finger, in document coordinates. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Literal, TypeAlias

Pointer: TypeAlias = Literal["mouse", "pen", "eraser", "touch"]
Button: TypeAlias = Literal["none", "left", "right", "middle"]


class Modifier(IntFlag):
    NONE = 0
    SHIFT = 1
    CTRL = 2
    ALT = 4


@dataclass(frozen=True, slots=True)
class PointerEvent:
    """One sample of a pointer.

    `x`, `y`: document pixels. `pressure` 0..1, 1 for what has none. `tilt_x`, `tilt_y`: degrees from upright, -90..90.
    `time_s`: seconds on the clock of the device. `button`: the one that was pressed or released, or that drags.
    `view_x`, `view_y`: logical pixels in the view. `scale`: logical pixels per document pixel.
    """

    x: float
    y: float
    pressure: float = 1.0
    tilt_x: float = 0.0
    tilt_y: float = 0.0
    time_s: float = 0.0
    button: Button = "none"
    modifiers: Modifier = Modifier.NONE
    pointer: Pointer = "mouse"
    view_x: float = 0.0
    view_y: float = 0.0
    scale: float = 1.0
