"""The edge of a selection as closed paths along the edges of pixels. Pure; any thread; no Qt."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from canvas import kernels
from canvas.geometry import Rect
from canvas.selection import HALF
from canvas.tiles import Surface

Path: TypeAlias = npt.NDArray[np.float64]
"""Corners of a closed path in document coordinates, shape (n, 2)."""

#: An edge of more corners is taken from a selection of half the size, again and again: nobody sees so many, and
#: drawing them would make the window slow.
MOST_CORNERS = 30_000


def contour(selection: Surface, document: Rect) -> tuple[Path, ...]:
    """The edge of what is at least half selected of the document.

    Outer edges run clockwise, holes against the clock, so that the signed areas add up to the pixels inside.
    """
    box = selection.content_bounds() & document
    if not box:
        return ()
    plane = selection.read(box)[..., 0]
    scale = 1
    while True:
        inside = (plane >= HALF).astype(np.uint8)[..., None]
        corners, starts = kernels.selecting.trace_edges(inside, MOST_CORNERS)
        if len(corners) or not inside.any():
            placed = corners.astype(np.float64) * scale + (box.x0, box.y0)
            np.minimum(placed, (box.x1, box.y1), out=placed)
            return tuple(np.split(placed, starts[1:])) if len(starts) else ()
        scale *= 2
        size = (max(1, -(-plane.shape[1] // 2)), max(1, -(-plane.shape[0] // 2)))
        plane = np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint16)
