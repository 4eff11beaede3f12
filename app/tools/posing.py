"""Arithmetic of posing a figure: what a hand takes hold of, and how joints follow. Pure functions on `Figure`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import atan2, cos, hypot, sin
from typing import Literal

from canvas.geometry import Rect
from canvas.pose import LIMBS, PARENTS, Figure

#: A new figure is this high, as a share of the frame, and never wider than the frame.
FIGURE_SHARE = 0.8
#: Height and width of the standing figure's box, as shares of its `height_px`.
_BOX_HEIGHT, _BOX_WIDTH = 0.94, 0.36


@dataclass(frozen=True, slots=True)
class Grip:
    """What lies under the pointer: a figure, and of it a joint, a limb (named by its outer joint) or the body."""

    figure: int
    part: Literal["joint", "limb", "body"]
    joint: int = -1


def followers(joint: int) -> frozenset[int]:
    """The joint and all that hang on it."""
    found = {joint}
    for child in sorted(range(len(PARENTS)), key=_depth):
        if PARENTS[child] in found:
            found.add(child)
    return frozenset(found)


def _depth(joint: int) -> int:
    depth = 0
    while PARENTS[joint] >= 0:
        joint = PARENTS[joint]
        depth += 1
    return depth


def limb_moved(figure: Figure, joint: int, dx: float, dy: float) -> Figure:
    """The joint moved, with all that hangs on it."""
    moving = followers(joint)
    return Figure(tuple(replace(j, x=j.x + dx, y=j.y + dy) if i in moving else j for i, j in enumerate(figure.joints)))


def limb_turned(figure: Figure, joint: int, x: float, y: float) -> Figure:
    """The joint turned about its parent towards (x, y), with all that hangs on it; lengths stay. The root moves."""
    parent = PARENTS[joint]
    if parent < 0:
        held = figure.joints[joint]
        return figure.moved(x - held.x, y - held.y)
    pivot, held = figure.joints[parent], figure.joints[joint]
    angle = atan2(y - pivot.y, x - pivot.x) - atan2(held.y - pivot.y, held.x - pivot.x)
    c, s = cos(angle), sin(angle)
    turning = followers(joint)
    return Figure(
        tuple(
            replace(
                j,
                x=pivot.x + c * (j.x - pivot.x) - s * (j.y - pivot.y),
                y=pivot.y + s * (j.x - pivot.x) + c * (j.y - pivot.y),
            )
            if i in turning
            else j
            for i, j in enumerate(figure.joints)
        )
    )


def joint_toggled(figure: Figure, joint: int) -> Figure:
    joints = list(figure.joints)
    joints[joint] = replace(joints[joint], visible=not joints[joint].visible)
    return Figure(tuple(joints))


def standing_in(frame: Rect, x: float, y: float) -> Figure:
    """A standing figure sized to `frame` near (x, y), moved up or down so that none of it leaves the frame."""
    height_px = min(FIGURE_SHARE * frame.height / _BOX_HEIGHT, frame.width / _BOX_WIDTH)
    half = height_px * _BOX_HEIGHT / 2 + 2  # bounds of pixels are a little larger than those of points
    return Figure.standing(x, min(max(y, frame.y0 + half), frame.y1 - half), height_px)


def grip_at(figures: Sequence[Figure], x: float, y: float, reach: float) -> Grip | None:
    """What a pointer at (x, y) takes hold of: the nearest joint within `reach` document pixels, else a limb within
    half of it, else the body whose box it is in; of several the figure that lies on top. Hidden joints can be held."""
    near = [
        (hypot(j.x - x, j.y - y), -f, i)
        for f, figure in enumerate(figures)
        for i, j in enumerate(figure.joints)
        if hypot(j.x - x, j.y - y) <= reach
    ]
    if near:
        _, negative, joint = min(near)
        return Grip(-negative, "joint", joint)
    for f in reversed(range(len(figures))):
        joints = figures[f].joints
        for a, b in LIMBS:
            if not (joints[a].visible and joints[b].visible):
                continue
            if _distance(x, y, (joints[a].x, joints[a].y), (joints[b].x, joints[b].y)) <= reach / 2:
                return Grip(f, "limb", b)
    for f in reversed(range(len(figures))):
        box = figures[f].bounds()
        if box.x0 - reach <= x < box.x1 + reach and box.y0 - reach <= y < box.y1 + reach:
            return Grip(f, "body")
    return None


def _distance(x: float, y: float, a: tuple[float, float], b: tuple[float, float]) -> float:
    """From (x, y) to the segment from a to b."""
    ux, uy = b[0] - a[0], b[1] - a[1]
    length2 = ux * ux + uy * uy
    t = 0.0 if length2 == 0 else min(1.0, max(0.0, ((x - a[0]) * ux + (y - a[1]) * uy) / length2))
    return hypot(x - a[0] - t * ux, y - a[1] - t * uy)
