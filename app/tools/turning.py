"""Lines at round angles, for tools that are held with Shift. Plain arithmetic."""

from __future__ import annotations

from math import atan2, cos, hypot, radians, sin

Point = tuple[float, float]


def snapped(start: Point, end: Point, step_deg: float) -> Point:
    """`end` turned about `start` to the nearest multiple of `step_deg` from the horizontal, as far away as it was."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    step = radians(step_deg)
    angle = round(atan2(dy, dx) / step) * step
    length = hypot(dx, dy)
    return start[0] + length * cos(angle), start[1] + length * sin(angle)
