"""Scribbles entered by hand, as a user would draw them: nothing of the painter in them, the cat not even a known word.

Lines are polylines in a 256 px square.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Line = tuple[tuple[float, float], ...]


def _circle(x: float, y: float, radius: float, stretch: float = 1.0) -> Line:
    turns = [2 * math.pi * i / 22 for i in range(23)]
    return tuple((x + radius * math.cos(t), y + radius * stretch * math.sin(t) + 1.3 * math.sin(5 * t)) for t in turns)


DOODLES: Final = MappingProxyType(
    {
        "mountains, sun": (
            ((0, 150), (50, 70), (88, 128), (140, 46), (196, 132), (226, 96), (256, 140)),
            _circle(212, 44, 20),
            ((0, 170), (60, 162), (150, 174), (256, 164)),
        ),
        "house, tree, path": (
            ((70, 200), (70, 128), (160, 130), (160, 202), (70, 200)),
            ((58, 132), (114, 80), (174, 134), (58, 132)),
            ((104, 200), (104, 166), (124, 166), (124, 201)),
            ((82, 146), (98, 146), (98, 162), (82, 162), (82, 146)),
            ((134, 146), (150, 146), (150, 162), (134, 162), (134, 146)),
            _circle(212, 110, 32, 1.15),
            ((208, 146), (207, 204)),
            ((217, 146), (218, 204)),
            ((0, 196), (68, 200)),
            ((162, 202), (256, 198)),
            ((106, 204), (96, 228), (70, 256)),
            ((124, 204), (122, 230), (118, 256)),
        ),
        "sea, boat, sun": (
            ((0, 118), (256, 116)),
            ((76, 186), (180, 186), (158, 214), (98, 214), (76, 186)),
            ((124, 186), (124, 84)),
            ((128, 88), (172, 176), (128, 178)),
            ((118, 100), (88, 176), (118, 178)),
            _circle(48, 52, 22),
            ((20, 226), (34, 222), (48, 228), (62, 223)),
            ((190, 236), (206, 231), (222, 237)),
        ),
        "pines, hills, moon": (
            ((0, 160), (60, 138), (140, 158), (200, 134), (256, 150)),
            ((60, 96), (86, 200), (34, 200), (60, 96)),
            ((60, 200), (60, 222)),
            ((170, 70), (206, 206), (134, 206), (170, 70)),
            ((170, 206), (170, 232)),
            ((226, 120), (244, 190), (208, 190), (226, 120)),
            _circle(112, 46, 18),
        ),
        "cat": (
            _circle(128, 96, 46, 0.86),
            ((92, 70), (90, 30), (116, 54)),
            ((142, 54), (168, 30), (166, 70)),
            ((96, 132), (76, 200), (88, 236), (170, 236), (182, 200), (160, 132)),
            ((178, 222), (216, 214), (226, 172), (214, 150)),
            ((110, 90), (114, 94)),
            ((144, 90), (148, 94)),
            ((122, 112), (128, 118), (134, 112)),
        ),
        "person, hills, sun": (
            _circle(128, 62, 20, 1.1),
            ((128, 84), (128, 160)),
            ((128, 98), (86, 66)),
            ((128, 98), (172, 128)),
            ((128, 160), (98, 234)),
            ((128, 160), (164, 232)),
            ((0, 150), (70, 136), (180, 152), (256, 140)),
            _circle(218, 46, 20),
        ),
    }
)
"""What it shows, in words, and its lines."""


def doodle_lines(name: str, width_px: int = 3) -> NDArray[np.uint8]:
    """White on black: uint8 (256, 256)."""
    drawn = np.zeros((256, 256), np.uint8)
    for line in DOODLES[name]:
        points = np.array(line, np.float32).round().astype(np.int32)
        cv2.polylines(drawn, [points], False, 255, width_px, cv2.LINE_AA)
    return drawn
