"""Fresh ink: what was painted since the snapshot that the shown result was made from. Pure numpy, any thread.

Such ink has to be seen at once, over the result, as if it lay on it. A pixel counts as new ink by its difference from
the snapshot, measured against the largest difference near it: this estimates the coverage of the new stroke, so that
its soft edge mixes with the result and shows no rim of the old paint.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from canvas.tiles import Pixels8

#: How far around a pixel the strongest difference is looked for, as the side of a square in pixels.
NEAR_PX = 9
#: Differences below this, of 255, never count as full coverage: the faint rim of an airbrush stays faint.
FULL_AT_LEAST = 40

_NEAR = np.ones((NEAR_PX, NEAR_PX), np.uint8)


def coverage(before: Pixels8, now: Pixels8) -> npt.NDArray[np.uint8] | None:
    """How much of `now` is new ink, uint8 (h, w), 255 for all of it; None when nothing is.

    Both are premultiplied uint8 (h, w, 4).
    """
    if before is now:
        return None
    difference = cv2.absdiff(before, now)
    if not difference.any():
        return None
    strongest = np.maximum.reduce(difference, axis=2)
    near = np.maximum(cv2.dilate(strongest, _NEAR), FULL_AT_LEAST)
    share = cv2.divide(strongest, near, scale=255.0)
    return np.asarray(share, np.uint8)


def shown_over(now: Pixels8, weight: npt.NDArray[np.uint8], paper: tuple[int, int, int]) -> Pixels8:
    """`now` on opaque `paper` (RGB), cut out by `weight`: what to lay over the result, premultiplied uint8 (h, w, 4).

    The paper stands for transparency, so that what was erased is seen as erased.
    """
    wide = now.astype(np.uint16)
    clear = 255 - wide[..., 3:]
    wide[..., :3] += (clear * np.array(paper, np.uint16) + 127) // 255
    wide[..., 3] = 255
    return ((wide * weight[..., None].astype(np.uint16) + 127) // 255).astype(np.uint8)


def cut_out(now: Pixels8, weight: npt.NDArray[np.uint8]) -> Pixels8:
    """`now` cut out by `weight`, with its transparency: premultiplied uint8 (h, w, 4)."""
    return ((now.astype(np.uint16) * weight[..., None] + 127) // 255).astype(np.uint8)
