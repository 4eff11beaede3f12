"""Points, curves and noise the painter is made of. Points are float32 (N, 2) in pixels of a SIZE x SIZE picture."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = 256
Points = NDArray[np.float32]
Colour = NDArray[np.float32]
"""RGB in 0..1, shape (3,)."""
Point = tuple[float, float]


def as_points(points: Sequence[Point] | Points) -> Points:
    return np.asarray(points, np.float32).reshape(-1, 2)


def closed(points: Sequence[Point] | Points) -> Points:
    """The same polyline with its first point repeated at the end."""
    line = as_points(points)
    return np.concatenate([line, line[:1]])


def ellipse(
    x: float, y: float, rx: float, ry: float, count: int = 24, start: float = 0.0, stop: float = 2 * math.pi
) -> Points:
    """An arc from angle `start` to `stop` in radians; a whole turn does not repeat its first point."""
    angles = np.linspace(start, stop, count, endpoint=abs(stop - start) < 6.28)
    return np.stack([x + rx * np.cos(angles), y + ry * np.sin(angles)], 1).astype(np.float32)


def bumpy(x: float, y: float, rx: float, ry: float, bumps: int, depth: float, phase: float) -> Points:
    """A cloud-like closed outline: an ellipse with `bumps` round lobes."""
    angles = np.linspace(0, 2 * math.pi, bumps * 8, endpoint=False)
    radius = 1 + depth * (np.abs(np.sin(angles * bumps / 2 + phase)) - 0.6)
    return np.stack([x + rx * radius * np.cos(angles), y + ry * radius * np.sin(angles)], 1).astype(np.float32)


def smooth(points: Sequence[Point] | Points, is_closed: bool) -> Points:
    """Two rounds of Chaikin's corner cutting."""
    line = as_points(points)
    for _ in range(2):
        start = line if is_closed else line[:-1]
        end = np.roll(line, -1, 0) if is_closed else line[1:]
        cut = np.empty((len(start) * 2, 2), np.float32)
        cut[0::2] = start * 0.75 + end * 0.25
        cut[1::2] = start * 0.25 + end * 0.75
        line = cut if is_closed else np.concatenate([line[:1], cut, line[-1:]])
    return line


def ragged(rng: random.Random, keys: Sequence[Point], roughness: float, rounds: int) -> list[Point]:
    """Midpoint displacement through `keys`: a mountain's skyline."""
    points = list(keys)
    for _ in range(rounds):
        finer = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            length = math.hypot(bx - ax, by - ay) * roughness
            middle = ((ax + bx) / 2 + rng.uniform(-0.25, 0.25) * length, (ay + by) / 2 + rng.uniform(-1, 1) * length)
            finer += [middle, (bx, by)]
        points = finer
    return points


def limb(start: Point, end: Point, start_half_px: float, end_half_px: float) -> Points:
    """A tapered capsule from `start` to `end`."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    angle = math.atan2(dy, dx)
    head = ellipse(*end, end_half_px, end_half_px, 7, angle - math.pi / 2, angle + math.pi / 2)
    tail = ellipse(*start, start_half_px, start_half_px, 7, angle + math.pi / 2, angle + 3 * math.pi / 2)
    return np.concatenate([head, tail])


def resample(points: Points, step_px: float) -> Points:
    """Points along a polyline, `step_px` apart, its own corners kept."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = int(max(3, along[-1] / step_px))
    wanted = np.union1d(np.linspace(0, along[-1], count), along)
    return np.stack([np.interp(wanted, along, points[:, i]) for i in (0, 1)], 1).astype(np.float32)


@functools.cache
def _noise_tiles(octaves: tuple[tuple[int, float], ...]) -> NDArray[np.float32]:
    """Eight fixed 512 x 512 fractal noise tiles, mean 0, deviation 1: float32 (8, 512, 512)."""
    source = np.random.default_rng(7)
    tiles = []
    for _ in range(8):
        tile = np.zeros((512, 512), np.float32)
        for cells, weight in octaves:
            grid = np.pad(source.standard_normal((cells, cells)).astype(np.float32), ((0, 1), (0, 1)), mode="wrap")
            tile += weight * cv2.resize(grid, (512, 512), interpolation=cv2.INTER_CUBIC)
        tiles.append((tile - tile.mean()) / tile.std())
    return np.stack(tiles).astype(np.float32)


COARSE = ((4, 1.0), (8, 0.6), (16, 0.4), (32, 0.25))
FINE = ((16, 1.0), (32, 0.8), (64, 0.5))


def noise(rng: random.Random, octaves: tuple[tuple[int, float], ...]) -> NDArray[np.float32]:
    """A random window of a noise tile: float32 (SIZE, SIZE), deviation about 1."""
    tiles = _noise_tiles(octaves)
    top, left = rng.randrange(512 - SIZE), rng.randrange(512 - SIZE)
    return tiles[rng.randrange(len(tiles)), top : top + SIZE, left : left + SIZE]
