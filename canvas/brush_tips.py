"""Bitmap tips and grains: what a brush prints, and the paper it prints on. Frozen values of 8 bits; no Qt, no files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import cv2
import numpy as np

from canvas.kernels.dab_table import Table
from canvas.tiles import Pixels8

#: Larger tips and grains are made smaller: nobody sees more, and they would take memory and time.
MAX_TIP_PX = 1024
MAX_GRAIN_PX = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Tip:
    """A print: `mask` (h, w), 255 where paint goes. Drawn in the middle of a square as long as the longer side.

    `pyramid` (rows, side, 1) holds it at full size, a half, a quarter and so on; `levels`: top and side of each.
    """

    mask: Pixels8
    pyramid: Pixels8 = field(init=False)
    levels: Table = field(init=False)

    def __post_init__(self) -> None:
        if self.mask.ndim != 2 or not self.mask.size:
            raise ValueError(f"a brush tip is a picture of one channel, not {self.mask.shape}")
        square = _squared(self.mask)
        pictures = [square]
        while pictures[-1].shape[0] > 2:
            side = pictures[-1].shape[0] // 2
            pictures.append(cv2.resize(pictures[-1], (side, side), interpolation=cv2.INTER_AREA))
        pyramid = np.zeros((sum(len(p) for p in pictures), square.shape[0], 1), np.uint8)
        levels, top = [], 0
        for picture in pictures:
            side = len(picture)
            pyramid[top : top + side, :side, 0] = picture
            levels.append((top, side))
            top += side
        object.__setattr__(self, "pyramid", pyramid)
        object.__setattr__(self, "levels", np.array(levels, np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Grain:
    """The tooth of a surface, repeated over the document: `heights` (h, w), 255 where it stands highest."""

    heights: Pixels8

    def __post_init__(self) -> None:
        if self.heights.ndim != 2 or not self.heights.size:
            raise ValueError(f"a texture is a picture of one channel, not {self.heights.shape}")

    def scaled(self, scale: float) -> Pixels8:
        """(h, w, 1), made larger or smaller so that it still fits its own edges."""
        height, width = (max(1, min(MAX_GRAIN_PX, round(side * scale))) for side in self.heights.shape)
        if (height, width) == self.heights.shape:
            return np.ascontiguousarray(self.heights)[..., None]
        around = np.tile(self.heights, (3, 3))
        how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
        large = cv2.resize(around, (3 * width, 3 * height), interpolation=how)
        return np.ascontiguousarray(large[height : 2 * height, width : 2 * width])[..., None]


@dataclass(frozen=True, slots=True, eq=False)
class BrushImages:
    """The tips and grains that brushes name."""

    tips: Mapping[str, Tip] = field(default_factory=lambda: MappingProxyType({}))
    grains: Mapping[str, Grain] = field(default_factory=lambda: MappingProxyType({}))


NO_IMAGES = BrushImages()


def _squared(mask: Pixels8) -> Pixels8:
    height, width = mask.shape
    longest = max(height, width)
    if longest > MAX_TIP_PX:
        shrunk = (max(1, width * MAX_TIP_PX // longest), max(1, height * MAX_TIP_PX // longest))
        mask = np.asarray(cv2.resize(mask, shrunk, interpolation=cv2.INTER_AREA), np.uint8)
        height, width = mask.shape
        longest = max(height, width)
    square = np.zeros((longest, longest), np.uint8)
    top, left = (longest - height) // 2, (longest - width) // 2
    square[top : top + height, left : left + width] = mask
    return square
