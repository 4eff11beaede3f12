"""What paper, canvas and brush leave on a picture: fixed functions of the pixel's position, anchored to its corner.

All are float32 or index arrays of shape (SIZE, SIZE), computed once a process; callers must not write to them.
"""

from __future__ import annotations

import functools
import math
import random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.geometry import COARSE, FINE, SIZE, noise

Texture = NDArray[np.float32]
Pixels = NDArray[np.float32]
"""A painting in work: (SIZE, SIZE, 3), 0..1."""


@functools.cache
def grid() -> tuple[Texture, Texture]:
    """Row and column of every pixel."""
    rows, columns = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    return rows, columns


@functools.cache
def clouded(place: int) -> Texture:
    """Large soft blotches, deviation about 1."""
    return noise(random.Random(place), COARSE)


@functools.cache
def rippled(place: int) -> Texture:
    """Blotches of about 8 to 16 px, deviation about 1."""
    return noise(random.Random(place), FINE)


@functools.cache
def hatching(slope: int) -> Texture:
    """Diagonal lines 8 px apart along a row: 1 on the line, 0 between; `slope` 1 rises to the right, -1 falls."""
    rows, columns = grid()
    return np.asarray(np.abs(((columns + slope * rows) % 8) / 4 - 1), np.float32)


@functools.cache
def bend(place: int, reach_px: float) -> tuple[Texture, Texture]:
    """Where each pixel looks when edges waver by about `reach_px`: columns and rows for cv2.remap."""
    rows, columns = grid()
    return (columns + rippled(place) * reach_px).astype(np.float32), (rows + rippled(place + 1) * reach_px).astype(
        np.float32
    )


def remapped(pixels: Pixels, columns: Texture, rows: Texture) -> Pixels:
    bent = cv2.remap(pixels, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(bent, np.float32)


def blurred(pixels: NDArray[Any], sigma_px: float) -> Pixels:
    """A Gaussian blur, worked at a quarter of the size where it is broad enough not to show."""
    if sigma_px < 4:
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma_px), np.float32)
    small = cv2.resize(pixels, (SIZE // 4, SIZE // 4), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), sigma_px / 4)
    return np.asarray(cv2.resize(soft, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR), np.float32)


@functools.cache
def brushwork(long_px: int, broad_px: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Texture]:
    """Overlapping brush strokes that follow one slow swirl over the picture.

    Row and column of the middle of the stroke that lies on top at each pixel, and the paint's relief there: -1 at the
    edge of a stroke away from the light, 1 at the edge towards it.
    """
    lattice = [(x, y) for y in range(-8, SIZE + 16, broad_px) for x in range(-8, SIZE + 16, long_px // 2)]
    random.Random(long_px).shuffle(lattice)
    middles, angles = np.array(lattice, np.float32), []
    owner = np.zeros((SIZE, SIZE), np.int32)
    for index, (x, y) in enumerate(lattice):
        angle = 0.55 + 0.75 * math.sin((x + 60) / 41) * math.cos((y - 30) / 53)
        angles.append(angle)
        box = cv2.boxPoints(((x, y), (long_px * 1.25, broad_px * 1.5), math.degrees(angle)))
        cv2.fillConvexPoly(owner, np.round(box).astype(np.int32), index)
    rows, columns = grid()
    dx, dy = columns - middles[owner, 0], rows - middles[owner, 1]
    turn = np.array(angles, np.float32)[owner]
    across = (-dx * np.sin(turn) + dy * np.cos(turn)) / (broad_px * 0.75)
    relief = np.clip(-across, -1, 1).astype(np.float32)
    inside = np.clip(middles, 0, SIZE - 1).astype(np.intp)
    return inside[owner, 1], inside[owner, 0], relief
