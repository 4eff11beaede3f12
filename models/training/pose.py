"""OpenPose maps as controlnet_aux draws them: made at 512 px, area-averaged to the picture's size.

The colour table and the limb order are those of COCO-18 (limb i in colour i at 0.6, joint j in colour j).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.geometry import SIZE

LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10),
    (1, 11), (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0),
    (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85), (0, 255, 170),
    (0, 255, 255), (0, 170, 255), (0, 85, 255),
    (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
DRAWN_AT_PX = 512


def pose_map(people: Sequence[NDArray[np.float32]], size_px: int = SIZE) -> NDArray[np.uint8]:
    """People as (18, 3) joints in pixels of a `size_px` square (third column: visible) to uint8 (size, size, 3) RGB."""
    drawn = np.zeros((DRAWN_AT_PX, DRAWN_AT_PX, 3), np.uint8)
    scale = DRAWN_AT_PX / size_px
    for joints in people:
        at = joints[:, :2] * scale
        seen = joints[:, 2] > 0.5
        for (start, end), colour in zip(LIMBS, COLOURS, strict=False):
            if not (seen[start] and seen[end]):
                continue
            middle, (dx, dy) = (at[start] + at[end]) / 2, at[start] - at[end]
            outline = cv2.ellipse2Poly(
                (int(middle[0]), int(middle[1])),
                (int(math.hypot(dx, dy) / 2), 4),
                int(math.degrees(math.atan2(dy, dx))),
                0,
                360,
                1,
            )
            cv2.fillConvexPoly(drawn, outline, [int(channel * 0.6) for channel in colour])
        for index, colour in enumerate(COLOURS):
            if seen[index]:
                cv2.circle(drawn, (int(at[index, 0]), int(at[index, 1])), 4, colour, -1)
    return np.asarray(cv2.resize(drawn, (size_px, size_px), interpolation=cv2.INTER_AREA), np.uint8)
