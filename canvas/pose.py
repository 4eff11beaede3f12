"""Figures of 18 joints in the COCO order that OpenPose ControlNets expect, and how they draw themselves.

Joint 0 nose, 1 neck, 2-4 right shoulder/elbow/wrist, 5-7 left, 8-10 right hip/knee/ankle, 11-13 left, 14/15 right/left
eye, 16/17 right/left ear; "right" is the person's right, image left in a front view. Limb i and joint i both take
colour i. The drawing follows controlnet_aux 0.0.10: tapered limbs at 0.6 of their colour, then joints as full discs,
no antialiasing, figure after figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import atan2, degrees, hypot
from typing import Any

import cv2
import numpy as np

from canvas.geometry import EMPTY, Rect, rect_around
from canvas.tiles import Pixels8

JOINT_NAMES = (
    "nose", "neck", "right shoulder", "right elbow", "right wrist", "left shoulder", "left elbow", "left wrist",
    "right hip", "right knee", "right ankle", "left hip", "left knee", "left ankle",
    "right eye", "left eye", "right ear", "left ear",
)  # fmt: skip
LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13),
    (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255),
    (255, 0, 170), (255, 0, 85),
)  # fmt: skip
#: Which joint a joint hangs on, for dragging a limb with all that follows it; -1 is the root.
PARENTS = (1, -1, 1, 2, 3, 1, 5, 6, 1, 8, 9, 1, 11, 12, 0, 0, 14, 15)

# A standing figure in a box of height 1 and origin at the neck, about 7.5 heads tall, arms a little away from the body.
_STANDING = (
    (0.0, -0.105), (0.0, 0.0), (-0.11, 0.0), (-0.15, 0.19), (-0.17, 0.35), (0.11, 0.0), (0.15, 0.19), (0.17, 0.35),
    (-0.065, 0.33), (-0.075, 0.575), (-0.08, 0.81), (0.065, 0.33), (0.075, 0.575), (0.08, 0.81),
    (-0.025, -0.13), (0.025, -0.13), (-0.055, -0.115), (0.055, -0.115),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Joint:
    """A point in document pixels; one that is not visible is neither drawn nor given to the engine."""

    x: float
    y: float
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """One person: exactly 18 joints."""

    joints: tuple[Joint, ...]

    def __post_init__(self) -> None:
        if len(self.joints) != len(JOINT_NAMES):
            raise ValueError(f"a figure has {len(JOINT_NAMES)} joints, not {len(self.joints)}")

    @staticmethod
    def standing(x: float, y: float, height_px: float) -> Figure:
        """A standing figure whose box is centred on (x, y)."""
        return Figure(tuple(Joint(x + jx * height_px, y + (jy - 0.34) * height_px) for jx, jy in _STANDING))

    def moved(self, dx: float, dy: float) -> Figure:
        return Figure(tuple(replace(j, x=j.x + dx, y=j.y + dy) for j in self.joints))

    def with_joint(self, index: int, x: float, y: float) -> Figure:
        joints = list(self.joints)
        joints[index] = replace(joints[index], x=x, y=y)
        return Figure(tuple(joints))

    def bounds(self) -> Rect:
        seen = [j for j in self.joints if j.visible]
        if not seen:
            return EMPTY
        return rect_around(
            min(j.x for j in seen), min(j.y for j in seen), max(j.x for j in seen) + 1, max(j.y for j in seen) + 1
        )


def draw_openpose(figures: Sequence[Figure], frame: Rect, size: tuple[int, int]) -> Pixels8:
    """The control picture of `figures` seen through `frame`, at `size` (width, height): uint8 RGB (h, w, 3) on black.

    Limbs are 8 px and joints 4 px in radius at a short side of 512, as in training, and scale with the short side.
    """
    width, height = size
    out = np.zeros((height, width, 3), np.uint8)
    scale_x, scale_y = width / max(1, frame.width), height / max(1, frame.height)
    unit = min(size) / 512
    half_width, radius = max(1, round(4 * unit)), max(1, round(4 * unit))
    for figure in figures:
        points = [
            ((j.x - frame.x0) * scale_x, (j.y - frame.y0) * scale_y) if j.visible else None for j in figure.joints
        ]
        for colour, (a, b) in zip(COLOURS, LIMBS, strict=False):
            start, end = points[a], points[b]
            if start is None or end is None:
                continue
            centre = (int((start[0] + end[0]) / 2), int((start[1] + end[1]) / 2))
            length = hypot(start[0] - end[0], start[1] - end[1])
            angle = int(degrees(atan2(start[1] - end[1], start[0] - end[0])))
            polygon = cv2.ellipse2Poly(centre, (int(length / 2), half_width), angle, 0, 360, 1)
            cv2.fillConvexPoly(out, polygon, tuple(int(c * 0.6) for c in colour))
        for colour, point in zip(COLOURS, points, strict=True):
            if point is not None:
                cv2.circle(out, (int(point[0]), int(point[1])), radius, colour, thickness=-1)
    return out


def figures_to_json(figures: Sequence[Figure], size: tuple[int, int]) -> dict[str, Any]:
    """OpenPose JSON as the ControlNet editors write it: pixels, 18 points, confidence 1 or 0, with the canvas size."""
    people = [
        {"pose_keypoints_2d": [v for j in f.joints for v in (round(j.x, 2), round(j.y, 2), float(j.visible))]}
        for f in figures
    ]
    return {"people": people, "canvas_width": size[0], "canvas_height": size[1]}


def figures_from_json(data: object, size: tuple[int, int]) -> tuple[Figure, ...]:
    """Figures from OpenPose JSON (dict, or a list of them), scaled from its canvas to `size` (width, height).

    Reads 18 points or BODY_25, pixels or fractions of the canvas; a point of confidence <= 0.1 is hidden.
    Raises ValueError with one sentence when the data is not such JSON.
    """
    first = data[0] if isinstance(data, list) and data else data
    if not isinstance(first, dict) or not isinstance(first.get("people"), list):
        raise ValueError('not an OpenPose file: a "people" list is missing')
    canvas_w, canvas_h = first.get("canvas_width"), first.get("canvas_height")
    figures = []
    for person in first["people"]:
        flat = person.get("pose_keypoints_2d") if isinstance(person, dict) else None
        if not isinstance(flat, list) or not all(isinstance(v, (int, float)) for v in flat):
            raise ValueError("a person in the OpenPose file has no list of numbers pose_keypoints_2d")
        points = [tuple(float(v) for v in flat[i : i + 3]) for i in range(0, len(flat), 3)]
        if len(points) == 25:
            points = points[:8] + points[9:15] + points[15:19]
        if len(points) != len(JOINT_NAMES) or any(len(p) != 3 for p in points):
            raise ValueError(f"a person in the OpenPose file has {len(flat)} numbers, not 54 or 75 (18 or 25 joints)")
        seen = [p for p in points if p[2] > 0.1]
        if seen and all(abs(p[0]) <= 1 and abs(p[1]) <= 1 for p in seen):
            sx, sy = float(size[0]), float(size[1])
        else:
            sx = size[0] / canvas_w if canvas_w else 1.0
            sy = size[1] / canvas_h if canvas_h else 1.0
        figures.append(Figure(tuple(Joint(x * sx, y * sy, c > 0.1) for x, y, c in points)))
    return tuple(figures)
