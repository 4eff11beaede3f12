"""The result as the view shows it: resampled once when it arrives, its alpha applied. Numpy only, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from canvas.geometry import Rect
from canvas.tiles import Pixels8
from inference.result import Result

#: Small results are enlarged towards this side, so that the painter's bilinear step has little left to do.
SMOOTH_SIDE_PX = 512


@dataclass(frozen=True, slots=True, eq=False)
class ResultPicture:
    """`pixels`: premultiplied BGRA uint8, to be stretched over `rect` of the document."""

    rect: Rect
    pixels: Pixels8

    @staticmethod
    def of(result: Result) -> ResultPicture:
        rect, alpha = result.placement.rect, result.placement.alpha
        height, width = result.pixels.shape[:2]
        factor = max(1.0, min(SMOOTH_SIDE_PX, max(rect.size)) / max(width, height))
        size = (round(width * factor), round(height * factor))
        rgb = result.pixels
        if size != (width, height):
            rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC), np.uint8)
        if alpha is None:
            return ResultPicture(rect, np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGRA), np.uint8))
        scaled = cv2.resize(alpha.pixels, size, interpolation=cv2.INTER_AREA)
        bgra = np.empty((size[1], size[0], 4), np.uint8)
        for target, source in ((2, 0), (1, 1), (0, 2)):
            bgra[..., target] = cv2.multiply(rgb[..., source], scaled, scale=1 / 255)
        bgra[..., 3] = scaled
        return ResultPicture(rect, bgra)
