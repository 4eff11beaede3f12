"""What a mask's result is shifted by so that no edge of another tone shows where it meets the picture.

A model repaints what is masked a little too light, too warm or too grey, most of all at low strength, where an artist
expects colours to stay. The difference to the picture below is measured along the border, just inside it, and carried
inward as a smooth membrane: the border conditions of Perez et al., "Poisson Image Editing", 2003, solved by pulling
and pushing through a pyramid (Gortler et al., "The Lumigraph", 1996). Where the difference is large, something else
was painted there on purpose: that stays as it is.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from canvas.snapshot import Pixels8
from inference.condition_set import Bytes

CELL_PX = 4
"""Side of the squares in which differences are averaged: tones are matched, not the grain of a brush."""
BORDER_CELLS = 8
"""How far inside the border a difference counts: four latent pixels of most models."""
ON_PURPOSE = 32.0
"""Levels of 255, root mean square over the channels, from which on a difference is mostly left alone."""

Floats = NDArray[np.float32]


def tones_matched(made: Bytes, base: Bytes, alpha: Pixels8) -> Bytes:
    """`made` with the tones of `base` along the border of what it may cover.

    `made`, `base`: uint8 RGB (h, w, 3), sides multiples of CELL_PX. `alpha`: uint8 (h, w), 0 where nothing is pasted;
    there and where `alpha` has no border within the array `made` comes back as it is.
    """
    covered = alpha != 0
    if not covered.any() or covered.all():
        return made
    height, width = alpha.shape
    size = (width // CELL_PX, height // CELL_PX)
    inside = covered.astype(np.float32)
    difference = cv2.subtract(base, made, dtype=cv2.CV_32F) * inside[..., None]
    share = cv2.resize(inside, size, interpolation=cv2.INTER_AREA)
    tones = cv2.resize(difference, size, interpolation=cv2.INTER_AREA) / np.maximum(share, 1e-6)[..., None]
    tones *= (1 / (1 + (np.square(tones).mean(axis=2) / ON_PURPOSE**2) ** 2))[..., None]
    whole = (share > 0.999).astype(np.uint8)
    deep = cv2.distanceTransform(whole, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    membrane = _spread(tones, np.where(deep < BORDER_CELLS, share, np.float32(0)))
    shift = cv2.resize(membrane, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(covered[..., None], cv2.add(made, shift, dtype=cv2.CV_8U), made)


def _spread(values: Floats, weights: Floats) -> Floats:
    """`values` (h, w, 3) where `weights` (h, w) is 1, and what lies smoothly between them where it is 0."""
    height, width = weights.shape
    if height == 1 or width == 1:
        mean = (values * weights[..., None]).sum(axis=(0, 1)) / max(float(weights.sum()), 1e-6)
        return np.broadcast_to(mean, values.shape).astype(np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    seen = cv2.resize(weights, half, interpolation=cv2.INTER_AREA)
    pulled = cv2.resize(values * weights[..., None], half, interpolation=cv2.INTER_AREA)
    coarse = _spread(pulled / np.maximum(seen, 1e-6)[..., None], np.minimum(seen * 4, 1))
    pushed = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(pushed + (values - pushed) * weights[..., None], np.float32)
