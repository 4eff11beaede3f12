"""What a pointer takes hold of on the box of a transform, and what dragging from there does. Pure functions; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import atan2, degrees, hypot
from typing import Literal, TypeAlias

import numpy as np

from app.tools.free_transform import CORNERS, EDGES, Corner, FreeTransform
from app.tools.pointer import Modifier, PointerEvent
from app.tools.shapes import Grip, Outline, Shape
from canvas.transform import Point
from canvas.warp import lattice, side_of

Mode: TypeAlias = Literal["free", "perspective", "warp"]
Part: TypeAlias = Literal["corner", "edge", "handle", "inside", "outside"]
Drag: TypeAlias = Callable[[FreeTransform, PointerEvent], FreeTransform]
"""From the transform at the press and where the pointer is now to the transform now. Raises ValueError for a place
that a corner cannot go to."""

#: A handle is taken from this far, in logical pixels of the view.
REACH_PX = 10.0
TURN_STEP_DEG = 15.0
#: Lines of the warp's grid are drawn with so many points.
_LINE_POINTS = 25


@dataclass(frozen=True, slots=True)
class Held:
    """What the pointer is over: a grip by its number, the inside or the outside of the box."""

    part: Part
    index: int = 0


def grips(shape: FreeTransform, mode: Mode, grid: int) -> tuple[tuple[Part, tuple[Point, ...]], ...]:
    """Where there is something to drag. `grid`: handles along a side of a warp."""
    if mode == "warp":
        return (("handle", shape.with_grid(grid).grid_points()),)
    corners = tuple(shape.handle(corner) for corner in CORNERS)
    return ("corner", corners), ("edge", tuple(shape.handle(edge) for edge in EDGES))


def held_at(shape: FreeTransform, mode: Mode, grid: int, event: PointerEvent) -> Held:
    """What the pointer is over: the nearest grip in reach, corners before edges."""
    inside = shape.contains(event.x, event.y)
    reach = REACH_PX / max(event.scale, 1e-6)
    shown = grips(shape, mode, grid)
    if inside:
        # However small the box is on the screen, there is a place between its grips to take hold of it.
        (ax, ay), (bx, by) = shown[-1][1][:2]
        reach = min(reach, hypot(bx - ax, by - ay) / 3.0)
    for part, points in shown:
        distance, index = min((hypot(x - event.x, y - event.y), i) for i, (x, y) in enumerate(points))
        if distance <= reach:
            return Held(part, index)
    return Held("inside" if inside else "outside")


def drag_of(held: Held, shape: FreeTransform, mode: Mode, grid: int, start: PointerEvent) -> Drag | None:
    """What dragging from a press does; None where that is nothing."""
    if mode == "warp":
        return _warping(held, shape.with_grid(grid), start)
    if held.part == "inside":
        return lambda before, now: before.moved(*_straight_way(start, now))
    if held.part == "outside":
        return lambda before, now: _turned(before, start, now)
    ctrl = bool(start.modifiers & Modifier.CTRL)
    if held.part == "corner":
        corner = CORNERS[held.index]
        at = shape.handle(corner)
        if mode == "perspective" or ctrl:
            return lambda before, now: before.distorted(held.index, _from(at, start, now))
        return lambda before, now: _scaled(before, corner, _from(at, start, now), now)
    edge = EDGES[held.index]
    if mode == "perspective":
        return lambda before, now: _edge_moved(before, held.index, start, now)
    if ctrl:
        return lambda before, now: before.skewed(edge, *_way(start, now), centred=_alt(now))
    at = shape.handle(edge)
    return lambda before, now: _scaled(before, edge, _from(at, start, now), now)


def _warping(held: Held, ready: FreeTransform, start: PointerEvent) -> Drag | None:
    side = side_of(ready.grid)
    if held.part == "handle":
        at = ready.grid_points()[held.index]
        return lambda before, now: before.with_grid(side).bent(held.index, _from(at, start, now))
    if held.part == "outside":
        return None
    share = ready.share_at(start.x, start.y)
    return lambda before, now: before.with_grid(side).pulled(share, (now.x, now.y))


def frame(shape: FreeTransform, mode: Mode, grid: int, hot: Held | None) -> tuple[Shape, ...]:
    """The box or the grid, and its grips; `hot` is the one under the pointer."""
    lines = _grid_lines(shape.with_grid(grid)) if mode == "warp" else (_outline(shape),)
    squares = tuple(
        Grip(x, y, hot == Held(part, i)) for part, points in grips(shape, mode, grid) for i, (x, y) in enumerate(points)
    )
    return (*lines, *squares)


def _outline(shape: FreeTransform) -> Shape:
    return Outline(tuple(shape.handle(corner) for corner in CORNERS))


def _grid_lines(shape: FreeTransform) -> tuple[Shape, ...]:
    """The lines through the handles of a warp, as curves."""
    flat, n = shape.flat(), side_of(shape.grid)
    fine, knots = np.linspace(0.0, 1.0, _LINE_POINTS), np.linspace(0.0, 1.0, n)
    across = lattice(shape.grid, fine, knots)
    down = lattice(shape.grid, knots, fine).transpose(1, 0, 2)
    return tuple(
        Outline(tuple(flat.point(x, y) for x, y in curve.tolist()), closed=False) for curve in (*across, *down)
    )


def _alt(event: PointerEvent) -> bool:
    return bool(event.modifiers & Modifier.ALT)


def _shift(event: PointerEvent) -> bool:
    return bool(event.modifiers & Modifier.SHIFT)


def _way(start: PointerEvent, now: PointerEvent) -> Point:
    return now.x - start.x, now.y - start.y


def _straight_way(start: PointerEvent, now: PointerEvent) -> Point:
    """How far the pointer went; with Shift only along the axis that it went further."""
    dx, dy = _way(start, now)
    if _shift(now):
        return (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
    return dx, dy


def _from(at: Point, start: PointerEvent, now: PointerEvent) -> Point:
    """Where a handle that was taken beside its middle is now."""
    return at[0] + now.x - start.x, at[1] + now.y - start.y


def _scaled(before: FreeTransform, corner: Corner, to: Point, now: PointerEvent) -> FreeTransform:
    return before.scaled(corner, to, even=_shift(now), centred=_alt(now))


def _turned(before: FreeTransform, start: PointerEvent, now: PointerEvent) -> FreeTransform:
    way = atan2(now.y - before.y, now.x - before.x) - atan2(start.y - before.y, start.x - before.x)
    angle = before.angle_deg + degrees(way)
    return before.turned(TURN_STEP_DEG * round(angle / TURN_STEP_DEG) if _shift(now) else angle)


def _edge_moved(before: FreeTransform, edge: int, start: PointerEvent, now: PointerEvent) -> FreeTransform:
    """Both corners of an edge moved; 0 is the top edge, then clockwise."""
    after = before
    for corner in (edge, (edge + 1) % 4):
        after = after.distorted(corner, _from(before.handle(CORNERS[corner]), start, now))
    return after
