"""Warping by a grid of handles that lie on the picture: a smooth patch through them, as a mesh of triangles.

The patch is a bicubic spline: every handle is where the artist put it, and bends only the cells around it. Pure: any
thread, no Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, isqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.geometry import EMPTY, Rect, rect_around
from canvas.kernels import warping
from canvas.transform import IDENTITY, Lossless, Places, Point, Projective

Grid: TypeAlias = tuple[Point, ...]
"""n x n handles, row by row, in source pixels: where the points of an even grid over the box are taken to."""
Box: TypeAlias = tuple[float, float, float, float]
"""x0, y0, x1, y1."""

#: The mesh has a cell for so many pixels, within limits: below that the patch is as good as straight.
_CELL_PX, _FEWEST_CELLS, _MOST_CELLS = 12, 16, 256
#: The mesh goes on beyond the box, so that the soft edge of what ends there is drawn too.
_MARGIN_PX = 4.0


def even_grid(box: Box, n: int) -> Grid:
    """n x n handles at rest."""
    x0, y0, x1, y1 = box
    steps = [i / (n - 1) for i in range(n)]
    return tuple((x0 + (x1 - x0) * s, y0 + (y1 - y0) * t) for t in steps for s in steps)


def basis(n: int, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How much each of n even nodes on 0..1 counts at the places `at` (m,): shape (m, n); rows sum to 1.

    Between two nodes a cubic Hermite curve with the tangents of Catmull and Rom (1974), at both ends those towards the
    next node; beyond the ends it goes straight on.
    """
    tangents = np.zeros((n, n))
    for i in range(n):
        before, after = max(i - 1, 0), min(i + 1, n - 1)
        tangents[i, after] += 1.0 / (after - before)
        tangents[i, before] -= 1.0 / (after - before)
    steps = np.clip(at, 0.0, 1.0) * (n - 1)
    cell = np.minimum(steps.astype(int), n - 2)
    t = (steps - cell)[:, None]
    nodes = np.eye(n)
    inside = (
        (2 * t**3 - 3 * t**2 + 1) * nodes[cell]
        + (t**3 - 2 * t**2 + t) * tangents[cell]
        + (3 * t**2 - 2 * t**3) * nodes[cell + 1]
        + (t**3 - t**2) * tangents[cell + 1]
    )
    beyond = (at * (n - 1) - steps)[:, None]
    ends = np.where(at < 0.5, 0, n - 1)
    return np.asarray(inside + beyond * tangents[ends])


def patch_point(grid: Grid, s: float, t: float) -> Point:
    """The point of the patch at the share s of the width and t of the height."""
    x, y = lattice(grid, np.array([s]), np.array([t]))[0, 0].tolist()
    return x, y


def lattice(grid: Grid, s: npt.NDArray[np.float64], t: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points of the patch at all shares `s` of the width and `t` of the height: shape (len(t), len(s), 2)."""
    n = side_of(grid)
    rows = np.tensordot(basis(n, t), np.array(grid, np.float64).reshape(n, n, 2), (1, 0))
    return np.asarray(np.tensordot(basis(n, s), rows, (1, 1)).transpose(1, 0, 2), np.float64)


def pulled(grid: Grid, s: float, t: float, dx: float, dy: float) -> Grid:
    """The grid with its point at (s, t) moved by (dx, dy), all handles together as little as possible.

    The least-squares rule of Hsu, Hughes and Kaufman, "Direct Manipulation of Free-Form Deformations" (1992).
    """
    n = side_of(grid)
    weights = np.outer(basis(n, np.array([t]))[0], basis(n, np.array([s]))[0]).ravel()
    shares = weights / (weights @ weights)
    return tuple((x + dx * w, y + dy * w) for (x, y), w in zip(grid, shares.tolist(), strict=True))


def side_of(grid: Sequence[Point]) -> int:
    """n of n x n handles."""
    return isqrt(len(grid))


@dataclass(frozen=True)
class Warped:
    """The patch of `grid` over `box`, then the mapping `after`."""

    box: Box
    grid: Grid
    after: Projective = IDENTITY

    @cached_property
    def _mesh(self) -> tuple[npt.NDArray[np.float64], int]:
        """Rows of (x, y, u, v), target and source, row by row; and how many make a row."""
        x0, y0, x1, y1 = self.box
        us, vs = _lines(x0, x1), _lines(y0, y1)
        flat = lattice(self.grid, (us - x0) / (x1 - x0), (vs - y0) / (y1 - y0)).reshape(-1, 2)
        moved = np.column_stack([flat, np.ones(len(flat))]) @ self.after.array().T
        u, v = np.meshgrid(us, vs)
        mesh = np.column_stack([moved[:, :2] / moved[:, 2:], u.ravel(), v.ravel()])
        return np.ascontiguousarray(mesh), len(us)

    @cached_property
    def _row_bounds(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The least and the greatest y of the target for each row of cells of the mesh."""
        mesh, columns = self._mesh
        y = mesh[:, 1].reshape(-1, columns)
        low, high = y.min(axis=1), y.max(axis=1)
        return np.minimum(low[:-1], low[1:]), np.maximum(high[:-1], high[1:])

    def point(self, x: float, y: float) -> Point:
        x0, y0, x1, y1 = self.box
        return self.after.point(*patch_point(self.grid, (x - x0) / (x1 - x0), (y - y0) / (y1 - y0)))

    def reach(self, rect: Rect) -> Rect | None:
        if not rect:
            return EMPTY
        mesh, columns = self._mesh
        grid = mesh.reshape(-1, columns, 4)
        us, vs = grid[0, :, 2], grid[:, 0, 3]
        # Cells that the rectangle touches, with all their corners.
        left, right = np.searchsorted(us, rect.x0, "right") - 1, np.searchsorted(us, rect.x1) + 1
        top, bottom = np.searchsorted(vs, rect.y0, "right") - 1, np.searchsorted(vs, rect.y1) + 1
        part = grid[max(top, 0) : bottom, max(left, 0) : right]
        if part.shape[0] < 2 or part.shape[1] < 2:
            return EMPTY
        return rect_around(
            float(part[..., 0].min()), float(part[..., 1].min()), float(part[..., 0].max()), float(part[..., 1].max())
        )

    def places(self, target: Rect) -> Places:
        where = np.full((target.height, target.width, 4), np.nan, np.float32)
        mesh, columns = self._mesh
        top, bottom = self._row_bounds
        near = np.flatnonzero((bottom >= target.y0) & (top <= target.y1))
        if near.size:
            begin, end = int(near[0]), int(near[-1]) + 1
            warping.draw_mesh(where, mesh, columns, begin, end, target.x0, target.y0)
        return where

    def scaled(self, factor: float) -> Warped:
        x0, y0, x1, y1 = (edge * factor for edge in self.box)
        grid = tuple((x * factor, y * factor) for x, y in self.grid)
        return replace(self, box=(x0, y0, x1, y1), grid=grid, after=self.after.scaled(factor))

    def lossless(self) -> Lossless | None:
        return None


def _lines(low: float, high: float) -> npt.NDArray[np.float64]:
    """Where the mesh is divided along one axis: evenly within the box, and once more beyond each end."""
    count = min(_MOST_CELLS, max(_FEWEST_CELLS, ceil((high - low) / _CELL_PX)))
    return np.concatenate([[low - _MARGIN_PX], np.linspace(low, high, count + 1), [high + _MARGIN_PX]])
