"""Symmetric strokes: an axis or a centre of the document, and the copies of every dab that it asks for. Pure; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import cos, pi, sin

import numpy as np

from canvas.kernels.dab_table import ANGLE, ARM, FLIPPED, Table, X, Y

#: More arms than this cost time and show as a disc.
MAX_ARMS = 32


class SymmetryKind(StrEnum):
    """VERTICAL: an upright axis mirrors left and right. HORIZONTAL: a level one mirrors top and bottom. BOTH: both.
    ROTATIONAL: `arms` copies around the centre. SNOWFLAKE: the same, each arm mirrored in itself."""

    NONE = "none"
    VERTICAL = "vertical"
    HORIZONTAL = "horizontal"
    BOTH = "both"
    ROTATIONAL = "rotational"
    SNOWFLAKE = "snowflake"


@dataclass(frozen=True, slots=True)
class Symmetry:
    """`x`, `y`: a point of every axis, in document pixels; None is the middle of the document."""

    kind: SymmetryKind = SymmetryKind.NONE
    arms: int = 6
    x: float | None = None
    y: float | None = None

    def __post_init__(self) -> None:
        if not 2 <= self.arms <= MAX_ARMS:
            raise ValueError(f"a symmetric brush has 2 to {MAX_ARMS} arms, not {self.arms}")

    def centre(self, width: int, height: int) -> tuple[float, float]:
        """Where the axes meet in a document of that size."""
        return width / 2 if self.x is None else self.x, height / 2 if self.y is None else self.y

    def copies(self) -> tuple[Copy, ...]:
        """How each arm is made from the dab itself, which is the first."""
        kind = self.kind
        if kind in (SymmetryKind.ROTATIONAL, SymmetryKind.SNOWFLAKE):
            turns = [i / self.arms for i in range(self.arms)]
            flips = (False, True) if kind is SymmetryKind.SNOWFLAKE else (False,)
            return tuple(Copy(turn, flip) for turn in turns for flip in flips)
        # A mirror upside down is one from left to right, turned by a half.
        mirrors = {
            SymmetryKind.VERTICAL: (Copy(0.0, True),),
            SymmetryKind.HORIZONTAL: (Copy(0.5, True),),
            SymmetryKind.BOTH: (Copy(0.0, True), Copy(0.5, True), Copy(0.5, False)),
        }
        return (Copy(0.0, False), *mirrors.get(kind, ()))


@dataclass(frozen=True, slots=True)
class Copy:
    """Mirrored from left to right when `flip`, then turned clockwise about the centre by `turn` full turns."""

    turn: float
    flip: bool


def mirrored(dabs: Table, copies: tuple[Copy, ...], centre: tuple[float, float]) -> Table:
    """Every dab followed by its copies; (n * copies, DAB_COLUMNS)."""
    if len(copies) == 1:
        return dabs
    count = len(copies)
    out: Table = np.repeat(dabs, count, axis=0)
    dx, dy = dabs[:, X] - centre[0], dabs[:, Y] - centre[1]
    for arm, copy in enumerate(copies):
        angle = 2.0 * pi * copy.turn
        sign = -1.0 if copy.flip else 1.0
        rows = out[arm::count]
        rows[:, X] = centre[0] + sign * dx * cos(angle) - dy * sin(angle)
        rows[:, Y] = centre[1] + sign * dx * sin(angle) + dy * cos(angle)
        rows[:, ANGLE] = sign * rows[:, ANGLE] + angle
        rows[:, FLIPPED] = float(copy.flip)
        rows[:, ARM] = arm
    return out
