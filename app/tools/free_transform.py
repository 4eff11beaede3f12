"""Arithmetic of a free transform: the box that an artist drags, turns and bends, as numbers. Pure functions; no Qt.

A transform is, in this order: a warp of the box by a grid of handles, a distortion of its four corners, and then
width, height, skew, angle and place. Each can be changed without disturbing the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atan, atan2, cos, degrees, floor, hypot, radians, sin, tan
from typing import Literal, TypeAlias

import numpy as np

from canvas.transform import Mapping, Point, Projective, Quad
from canvas.warp import Box, Grid, Warped, even_grid, lattice, patch_point, pulled, side_of

Corner: TypeAlias = tuple[Literal[-1, 0, 1], Literal[-1, 0, 1]]
"""A corner (-1 or 1 twice) or the middle of an edge (one 0) of the box, from the left and from the top."""

CORNERS: tuple[Corner, ...] = ((-1, -1), (1, -1), (1, 1), (-1, 1))
EDGES: tuple[Corner, ...] = ((0, -1), (1, 0), (0, 1), (-1, 0))
_AT_REST: Quad = ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
#: A side does not become shorter than this by dragging.
_SHORTEST_PX = 0.5
#: Places where the patch is looked up before a point on it is refined.
_LOOKUPS = 33


@dataclass(frozen=True, slots=True)
class FreeTransform:
    """Of `box` in source pixels. `x`, `y`: where its middle lies. `scale_x`, `scale_y`: 1 is its own size, negative is
    mirrored. `angle_deg`: clockwise. `skew_deg`: how far the upright edges lean. `corners`: how far each corner was
    distorted, in source pixels, clockwise from the top left. `grid`: of a warp, none is ()."""

    box: Box
    x: float
    y: float
    scale_x: float = 1.0
    scale_y: float = 1.0
    angle_deg: float = 0.0
    skew_deg: float = 0.0
    corners: Quad = _AT_REST
    grid: Grid = ()

    @staticmethod
    def of(box: Box) -> FreeTransform:
        """The box as it is."""
        return FreeTransform(box, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)

    @property
    def size(self) -> Point:
        """Width and height of the box in source pixels."""
        return self.box[2] - self.box[0], self.box[3] - self.box[1]

    def linear(self) -> Projective:
        """Scale, skew and angle, about the origin."""
        lean = tan(radians(self.skew_deg)) * self.scale_y
        return Projective.linear(self.scale_x, lean, 0.0, self.scale_y).then(Projective.turn(self.angle_deg))

    def affine(self) -> Projective:
        middle = (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2
        there = Projective.shift(-middle[0], -middle[1]).then(self.linear())
        x, y = self.x, self.y
        whole = there.then(Projective.shift(x, y))
        c, f = whole.matrix[2], whole.matrix[5]
        # What is only moved, turned by quarters or mirrored keeps its pixels: they lie on those of the document.
        if there.then(Projective.shift(-there.matrix[2], -there.matrix[5])).lossless() is not None:
            x, y = x + floor(c + 0.5) - c, y + floor(f + 0.5) - f
            return there.then(Projective.shift(x, y))
        return whole

    def flat(self) -> Projective:
        """All but the warp."""
        if self.corners == _AT_REST:
            return self.affine()
        return Projective.between(self.box, self._distorted()).then(self.affine())

    def mapping(self) -> Mapping:
        """All of it."""
        if not self.grid or self.grid == even_grid(self.box, side_of(self.grid)):
            return self.flat()
        return Warped(self.box, self.grid, self.flat())

    def _distorted(self) -> Quad:
        x0, y0, x1, y1 = self.box
        at = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        a, b, c, d = ((x + dx, y + dy) for (x, y), (dx, dy) in zip(at, self.corners, strict=True))
        return a, b, c, d

    def handle(self, corner: Corner) -> Point:
        """Where a corner, or the middle of an edge, lies; of the flat box."""
        (x0, y0, x1, y1), (i, j) = self.box, corner
        flat = self.flat()
        if i and j:
            return flat.point(x0 if i < 0 else x1, y0 if j < 0 else y1)
        ends = [(i, k) if i else (k, j) for k in (-1, 1)]
        points = [flat.point(x0 if a < 0 else x1, y0 if b < 0 else y1) for a, b in ends]
        return (points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2

    def grid_points(self) -> tuple[Point, ...]:
        """Where the handles of the warp lie."""
        flat = self.flat()
        return tuple(flat.point(x, y) for x, y in self.grid)

    # Moving, scaling, turning

    def moved(self, dx: float, dy: float) -> FreeTransform:
        return replace(self, x=self.x + dx, y=self.y + dy)

    def scaled(self, corner: Corner, to: Point, *, even: bool, centred: bool) -> FreeTransform:
        """With a corner or an edge dragged to a point; the opposite one, or the middle when `centred`, stays."""
        pivot = (self.x, self.y) if centred else self.handle((-corner[0], -corner[1]))
        held, back = self.handle(corner), self.linear().inverse()
        h = back.point(held[0] - pivot[0], held[1] - pivot[1])
        q = back.point(to[0] - pivot[0], to[1] - pivot[1])
        fx = q[0] / h[0] if corner[0] and h[0] else 1.0
        fy = q[1] / h[1] if corner[1] and h[1] else 1.0
        if even:
            way = (held[0] - pivot[0], held[1] - pivot[1])
            fx = fy = ((to[0] - pivot[0]) * way[0] + (to[1] - pivot[1]) * way[1]) / max(way[0] ** 2 + way[1] ** 2, 1e-9)
        width, height = self.size
        fx, fy = _not_too_short(fx, width * self.scale_x), _not_too_short(fy, height * self.scale_y)
        middle = back.point(self.x - pivot[0], self.y - pivot[1])
        x, y = self.linear().point(middle[0] * fx, middle[1] * fy)
        return replace(
            self, x=pivot[0] + x, y=pivot[1] + y, scale_x=self.scale_x * fx, scale_y=self.scale_y * fy
        )  # fmt: skip

    def turned(self, angle_deg: float) -> FreeTransform:
        """To an angle, about the middle."""
        return replace(self, angle_deg=(angle_deg + 180.0) % 360.0 - 180.0)

    def quarter(self, direction: Literal[1, -1]) -> FreeTransform:
        return self.turned(self.angle_deg + 90.0 * direction)

    def flipped(self, axis: Literal["horizontal", "vertical"]) -> FreeTransform:
        """As seen on the canvas, about the middle."""
        across, down = (-1.0, 1.0) if axis == "horizontal" else (1.0, -1.0)
        return replace(
            self, scale_x=self.scale_x * across, scale_y=self.scale_y * down, skew_deg=-self.skew_deg,
            angle_deg=-self.angle_deg,
        )  # fmt: skip

    def skewed(self, edge: Corner, dx: float, dy: float, *, centred: bool) -> FreeTransform:
        """With an edge pushed along itself by its share of (dx, dy); the opposite one, or the middle, stays."""
        a, b, _, c, d, *_ = self.linear().matrix
        width, height = self.size
        along, across = ((a, c), (b, d)) if edge[1] else ((b, d), (a, c))
        length = hypot(*along) or 1.0
        unit = along[0] / length, along[1] / length
        push = (dx * unit[0] + dy * unit[1]) * (2.0 if centred else 1.0)
        side = (height if edge[1] else width) * (edge[0] + edge[1])
        across = across[0] + push * unit[0] / side, across[1] + push * unit[1] / side
        (a, c), (b, d) = (along, across) if edge[1] else (across, along)
        half = 0.0 if centred else push / 2.0
        return _with_linear(self, a, b, c, d).moved(half * unit[0], half * unit[1])

    # Distorting and warping

    def distorted(self, corner: int, to: Point) -> FreeTransform:
        """With a corner (0..3, clockwise from the top left) put at a point.

        Raises ValueError when the four corners would not be those of a convex shape.
        """
        x, y = self.affine().inverse().point(*to)
        x0, y0, x1, y1 = self.box
        home = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))[corner]
        corners = tuple(
            (x - home[0], y - home[1]) if i == corner else offset for i, offset in enumerate(self.corners)
        )  # fmt: skip
        made = replace(self, corners=corners)  # type: ignore[arg-type] # four of them
        made.flat()
        return made

    def with_grid(self, side: int) -> FreeTransform:
        """With side x side handles, lying where the picture lies now."""
        if not self.grid:
            return replace(self, grid=even_grid(self.box, side))
        if side_of(self.grid) == side:
            return self
        steps = [i / (side - 1) for i in range(side)]
        return replace(self, grid=tuple(patch_point(self.grid, s, t) for t in steps for s in steps))

    def bent(self, handle: int, to: Point) -> FreeTransform:
        """With one handle of the grid put at a point."""
        at = self.flat().inverse().point(*to)
        return replace(self, grid=tuple(at if i == handle else point for i, point in enumerate(self.grid)))

    def pulled(self, share: Point, to: Point) -> FreeTransform:
        """With the place of the picture at the shares (s, t) of width and height put at a point."""
        x, y = self.flat().inverse().point(*to)
        now = patch_point(self.grid, *share)
        return replace(self, grid=pulled(self.grid, *share, x - now[0], y - now[1]))

    def share_at(self, x: float, y: float) -> Point:
        """The place of the warped picture, as shares of its width and height, that is nearest to a point."""
        wanted = self.flat().inverse().point(x, y)
        s = t = np.linspace(0.0, 1.0, _LOOKUPS)
        for _ in range(3):  # ever finer around the best place
            off = lattice(self.grid, s, t) - wanted
            row, column = np.unravel_index(int(np.argmin((off**2).sum(axis=2))), (_LOOKUPS, _LOOKUPS))
            reach_s, reach_t = s[1] - s[0], t[1] - t[0]
            best = float(s[column]), float(t[row])
            s = np.linspace(max(0.0, best[0] - reach_s), min(1.0, best[0] + reach_s), _LOOKUPS)
            t = np.linspace(max(0.0, best[1] - reach_t), min(1.0, best[1] + reach_t), _LOOKUPS)
        return best

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies in the flat box."""
        points = [self.handle(corner) for corner in CORNERS]
        inside = False
        for (ax, ay), (bx, by) in zip(points, (*points[1:], points[0]), strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                inside = not inside
        return inside


def _not_too_short(factor: float, length: float) -> float:
    shortest = _SHORTEST_PX / max(abs(length), 1e-9)
    return factor if abs(factor) >= shortest else (-shortest if factor < 0 else shortest)


def _with_linear(shape: FreeTransform, a: float, b: float, c: float, d: float) -> FreeTransform:
    """The transform with x' = a x + b y, y' = c x + d y about its middle; mirrored left to right only if it was."""
    sign = -1.0 if shape.scale_x < 0 else 1.0
    scale_x = hypot(a, c) * sign
    angle = atan2(c * sign, a * sign)
    lean = cos(angle) * b + sin(angle) * d
    scale_y = cos(angle) * d - sin(angle) * b
    if not scale_x or not scale_y:
        return shape
    return replace(
        shape, scale_x=scale_x, scale_y=scale_y, angle_deg=degrees(angle), skew_deg=degrees(atan(lean / scale_y))
    )  # fmt: skip
