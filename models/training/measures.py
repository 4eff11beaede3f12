"""What is measured on pictures: edges on the drawn lines, sharpness, style, time of day. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
REACH_PX = 4


def edges(picture: Picture) -> NDArray[np.bool_]:
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
    errors = [((a.astype(np.float32) - b) / 255) ** 2 for a, b in zip(pictures, truths, strict=True)]
    return float(np.mean([-10 * np.log10(max(float(error.mean()), 1e-10)) for error in errors]))


def _features(picture: Picture) -> NDArray[np.float64]:
    """Colours of an 8 x 8 thumbnail, their squares, overall saturation and contrast, and a constant."""
    small = cv2.resize(picture, (8, 8), interpolation=cv2.INTER_AREA).astype(np.float64).ravel() / 255
    saturation = (picture.max(2).astype(np.float64) - picture.min(2)) / 255
    rest = [saturation.mean(), saturation.std(), picture.mean() / 255, picture.std() / 255, 1.0]
    return np.concatenate([small, small**2, rest])


@dataclass(frozen=True)
class LookClassifier:
    """Ridge regression onto one-hot labels; linear on purpose, it is a ruler and not a model."""

    labels: tuple[str, ...]
    weights: NDArray[np.float64]

    def __call__(self, pictures: Sequence[Picture]) -> list[str]:
        scores = np.stack([_features(picture) for picture in pictures]) @ self.weights
        return [self.labels[index] for index in scores.argmax(axis=1)]

    def agreement(self, pictures: Sequence[Picture], wanted: Sequence[str]) -> float:
        """Share of pictures classified as wanted."""
        return float(np.mean([seen == asked for seen, asked in zip(self(pictures), wanted, strict=True)]))


def fit_classifier(pictures: Sequence[Picture], labels: Sequence[str]) -> LookClassifier:
    names = tuple(sorted(set(labels)))
    inputs = np.stack([_features(picture) for picture in pictures])
    targets = np.array([[float(label == name) for name in names] for label in labels])
    gram = inputs.T @ inputs + 0.1 * np.eye(inputs.shape[1])
    return LookClassifier(names, np.linalg.solve(gram, inputs.T @ targets))
