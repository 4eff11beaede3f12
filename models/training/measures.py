"""What is measured on pictures alone: edges on drawn lines, sharpness, borders, drift, distances. Pure functions.

Pictures are uint8 RGB (H, W, 3), masks bool (H, W).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]
REACH_PX = 4


def edges(picture: Picture) -> Mask:
    """Canny edges of the grey picture."""
    return np.asarray(cv2.Canny(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 40, 100) > 0)


def line_recall(picture: Picture, lines: NDArray[np.uint8]) -> float | None:
    """Share of drawn pixels (`lines` > 0) with an edge of the picture within REACH_PX; None if nothing is drawn."""
    if not lines.any():
        return None
    away = cv2.distanceTransform((~edges(picture)).astype(np.uint8), cv2.DIST_L2, 5)
    return float((away[lines > 0] <= REACH_PX).mean())


def mean_recall(pictures: Sequence[Picture], lines: Sequence[NDArray[np.uint8]]) -> float:
    values = [line_recall(picture, drawn) for picture, drawn in zip(pictures, lines, strict=True)]
    return float(np.mean([value for value in values if value is not None]))


def sharpness(pictures: Sequence[Picture]) -> float:
    """Mean absolute horizontal difference of grey, in grey levels."""
    return float(np.mean([np.abs(np.diff(p.astype(np.float32).mean(2), axis=1)).mean() for p in pictures]))


def psnr(pictures: Sequence[Picture], truths: Sequence[Picture]) -> float:
    """Mean PSNR in dB."""
    return float(np.mean([psnr_where(a, b, np.ones(a.shape[:2], bool)) for a, b in zip(pictures, truths, strict=True)]))


def psnr_where(picture: Picture, truth: Picture, where: Mask) -> float:
    """PSNR in dB over the pixels of `where`; 100 where nothing differs."""
    error = (picture[where].astype(np.float32) - truth[where]) / 255
    return float(-10 * np.log10(max(float((error**2).mean()), 1e-10)))


def border_step(picture: Picture, mask: Mask) -> float:
    """Mean absolute difference, in levels, of neighbouring pixels of which one is in the mask and the other is not."""
    values = picture.astype(np.float32)
    across = np.abs(values[:, 1:] - values[:, :-1])[mask[:, 1:] != mask[:, :-1]]
    down = np.abs(values[1:] - values[:-1])[mask[1:] != mask[:-1]]
    return float(np.concatenate([across, down]).mean())


def colour_drift(picture: Picture, truth: Picture, where: Mask) -> float:
    """How far the mean colour of the pixels of `where` has moved: mean over channels, in levels of 0..255."""
    means = [shown[where].astype(np.float64).mean(axis=0) for shown in (picture, truth)]
    return float(np.abs(means[0] - means[1]).mean())


def frechet_distance(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Between Gaussians fitted to two sets of features (N, D). It shrinks with N: compare only sets of equal size.

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of Heusel et al. 2017, the root taken through symmetric matrices.
    """
    moved = first.mean(axis=0) - second.mean(axis=0)
    covariances = [np.cov(features, rowvar=False) for features in (first, second)]
    values, vectors = np.linalg.eigh(covariances[0])
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ covariances[1] @ root).clip(0)).sum()
    return float(moved @ moved + sum(np.trace(covariance) for covariance in covariances) - 2 * shared)


def thinned(lines: NDArray[np.uint8], share: float, rng: np.random.Generator, cell_px: int = 64) -> NDArray[np.uint8]:
    """`lines` without about `share` of what is drawn: whole strokes go, long ones in pieces of at most `cell_px`."""
    pieces = np.zeros(lines.shape, np.int32)
    found = 0
    for y in range(0, lines.shape[0], cell_px):
        for x in range(0, lines.shape[1], cell_px):
            window = np.s_[y : y + cell_px, x : x + cell_px]
            count, labels = cv2.connectedComponents((lines[window] > 0).astype(np.uint8))
            pieces[window] = np.where(labels > 0, labels + found, 0)
            found += count - 1
    sizes = np.bincount(pieces.ravel(), minlength=found + 1)
    order = rng.permutation(np.arange(1, found + 1))
    before = np.cumsum(sizes[order]) - sizes[order]
    gone = order[before < share * sizes[1:].sum()]
    return np.where(np.isin(pieces, gone), 0, lines).astype(np.uint8)
