"""Pictures for references and paint layers, made by the painter that draws what the embedded model is trained on.

Needs skia, which is installed for development only. No Qt.
"""

from __future__ import annotations

from itertools import count

import cv2
import numpy as np

from canvas.tiles import Pixels8, Surface, from_rgba8
from models.training import palette
from models.training.compose import compose
from models.training.painter import paint


def painting(style: str, family: str, time: str, seed: int) -> Pixels8:
    """RGB (256, 256, 3) of the first scene from `seed` on that is of that family and hour, in `style`. Raises
    ValueError for a style that the painter has not learnt."""
    if style not in palette.STYLES:
        raise ValueError(f"the painter has no style “{style}”; it has {', '.join(palette.STYLES)}")
    scenes = (compose(each, style) for each in count(seed))
    return np.asarray(paint(next(s for s in scenes if s.family == family and s.time == time)), np.uint8)


def surface_of(picture: Pixels8, side_px: int, x: int, y: int) -> Surface:
    """The picture at that size, its corner at (x, y)."""
    how = cv2.INTER_CUBIC if side_px > picture.shape[0] else cv2.INTER_AREA
    scaled = np.asarray(cv2.resize(picture, (side_px, side_px), interpolation=how), np.uint8)
    opaque = np.full((side_px, side_px, 1), 255, np.uint8)
    return Surface.from_pixels(from_rgba8(np.concatenate([scaled, opaque], axis=2)), x, y)
