"""Where an image is made and at which size, and which of its pixels may reach the document: arithmetic alone.

Three spaces: *document* pixels; the *frame*, a rectangle of the document that is generated; the *working size* that
the model sees, a multiple of `GRID_PX`. Any thread may call these functions; they know no layers, models or Qt.

Masks here are uint8 (h, w). A mask is binary before it gets here; only `paste_alpha` returns shades. Its promise: what
may change is the mask after its grow, the feather lies inside that edge, everything else is exactly 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, sqrt

import cv2
import numpy as np

from canvas.snapshot import Pixels8, Rect

#: Pixels of a working image behind one latent pixel, in every autoencoder of the Stable Diffusion kind.
GRID_PX = 8
#: Below this side a UNet with three halvings has nothing left to look at.
MIN_SIDE_PX = 64
#: Side of the squares in which a large mask is worked on: what lies deep inside or far outside costs next to nothing.
BLOCK_PX = 256
#: A strip longer than this many native sides is squeezed rather than made at a size that takes all memory.
MAX_NATIVE_SIDES = 4


def working_size(frame: Rect, native_px: int) -> tuple[int, int]:
    """(width, height) at which a model trained on squares of `native_px` generates `frame`.

    About native_px squared in area with the aspect of the frame, never more than the frame has itself, each side a
    multiple of GRID_PX between MIN_SIDE_PX and MAX_NATIVE_SIDES * native_px.
    """
    if not frame:
        raise ValueError("a frame without pixels has no working size")
    scale = min(1.0, native_px / sqrt(frame.area))
    return _on_grid(frame.width * scale, native_px), _on_grid(frame.height * scale, native_px)


def _on_grid(side_px: float, native_px: int) -> int:
    nearest = GRID_PX * round(side_px / GRID_PX)
    return min(max(nearest, MIN_SIDE_PX), MAX_NATIVE_SIDES * native_px)


def frame_around(changes: Rect, document: Rect, native_px: int) -> Rect:
    """The frame that is generated when only `changes`, a rectangle within `document`, may change.

    Around it lies context on every side: a sixteenth of the document's longer side or half the mean side of `changes`,
    whichever is more, and no side is below the model's native one. Sides are multiples of GRID_PX. Where the document
    ends the frame moves inward, and it is never larger than the document.
    """
    context_px = max(max(document.size) // 16, (changes.width + changes.height) // 4)
    x0, x1 = _span(changes.x0, changes.x1, document.x0, document.x1, context_px, native_px)
    y0, y1 = _span(changes.y0, changes.y1, document.y0, document.y1, context_px, native_px)
    return Rect(x0, y0, x1, y1)


def _span(start: int, end: int, low: int, high: int, context_px: int, native_px: int) -> tuple[int, int]:
    length = max(end - start + 2 * context_px, native_px)
    length = min(GRID_PX * ceil(length / GRID_PX), high - low)
    first = (start + end - length) // 2
    first = min(max(first, low), high - length)
    return first, first + length


def grown(mask: Pixels8, grow_px: int) -> Pixels8:
    """`mask` and every pixel whose centre lies within `grow_px` of one of its pixels' centres; 255 or 0."""
    if grow_px <= 0 or not mask.any() or mask.all():
        return np.where(mask != 0, np.uint8(255), np.uint8(0))
    away_px = cv2.distanceTransform((mask == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # Distances are roots of whole numbers, so the slack for float32 cannot let another pixel in.
    return np.where(away_px <= grow_px + 1e-4 * (1 + grow_px), np.uint8(255), np.uint8(0))


def paste_alpha(mask: Pixels8, grow_px: int, feather_px: int) -> Pixels8:
    """How much of the made image reaches each document pixel: 255 all, 0 nothing and bit-identical there.

    Positive exactly on `grown(mask, grow_px)`. Within it the value rises linearly over `feather_px` from the edge
    inward. The border of the array is no edge: a mask that reaches the end of the document does not fade there.
    """
    out = np.zeros(mask.shape, np.uint8)
    # Nothing farther away than this has a say in a pixel's value.
    reach_px = max(0, grow_px) + max(0, feather_px) + 2
    for block in _blocks(mask.shape[1], mask.shape[0]):
        window = block.grown(reach_px) & Rect(0, 0, mask.shape[1], mask.shape[0])
        seen = mask[window.y0 : window.y1, window.x0 : window.x1]
        if not seen.any():
            continue
        inner = block.moved(-window.x0, -window.y0)
        alpha = _feathered(grown(seen, grow_px), feather_px)
        out[block.y0 : block.y1, block.x0 : block.x1] = alpha[inner.y0 : inner.y1, inner.x0 : inner.x1]
    return out


def _blocks(width: int, height: int) -> Iterator[Rect]:
    for y in range(0, height, BLOCK_PX):
        for x in range(0, width, BLOCK_PX):
            yield Rect(x, y, min(x + BLOCK_PX, width), min(y + BLOCK_PX, height))


def _feathered(changes: Pixels8, feather_px: int) -> Pixels8:
    if feather_px <= 0 or changes.all():
        return changes
    inside_px = cv2.distanceTransform(changes, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    ramp = np.minimum(inside_px * (255.0 / (feather_px + 1)), 255.0)
    # A feather wider than 255 px would round its outermost pixels to nothing.
    return np.where(changes != 0, np.maximum(np.rint(ramp), 1.0), 0.0).astype(np.uint8)


def denoise_mask(alpha: Pixels8, size: tuple[int, int]) -> Pixels8:
    """Where the denoiser may work so that every pixel with positive `alpha` is made new.

    `alpha`: (frame.height, frame.width). Returns uint8 (h, w) at `size` (width, height), 255 or 0, constant in each
    square of GRID_PX: a latent pixel is free as soon as one document pixel that it touches may change.
    """
    width, height = size
    touched = _any_along_rows(alpha != 0, height // GRID_PX)
    touched = _any_along_rows(touched.T, width // GRID_PX).T
    cells = np.where(touched, np.uint8(255), np.uint8(0))
    return np.repeat(np.repeat(cells, GRID_PX, axis=0), GRID_PX, axis=1)


def _any_along_rows(
    flags: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], cells: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    rows = flags.shape[0]
    starts = np.arange(cells) * rows // cells
    ends = -(-np.arange(1, cells + 1) * rows // cells)
    # A guard row lets an interval end at the last row: `reduceat` takes pairs start, end and needs indices in range.
    guarded = np.concatenate([flags, np.zeros((1, flags.shape[1]), bool)])
    pairs = np.stack([starts, ends], axis=1).ravel()
    return np.logical_or.reduceat(guarded, pairs, axis=0)[::2]
