"""A small network that finds people's joints in pictures, trained on the painter's figures only to measure poses with.

It works at 128 px and gives a heat map of 64 x 64 cells for each of KINDS. Left and right are one kind: in a flat
picture a figure seen from behind is the same as one seen from the front.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, cast

import cv2
import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import nn

from models.training.budget import Budget, learning_rate, set_learning_rate
from models.training.geometry import SIZE
from models.training.measures import Picture
from models.training.picture_set import PictureSet
from models.training.pose import LIMBS

KINDS: Final = ("nose", "neck", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
KIND_OF_JOINT: Final = (0, 1, 2, 3, 4, 2, 3, 4, 5, 6, 7, 5, 6, 7)
"""For OpenPose's first 14 joints."""
BODY_LIMBS: Final = LIMBS[:13]
SIDE_PX, CELLS = 128, 64
CELL_PX = SIZE // CELLS
SPREAD_CELLS = 1.3
RARE_LOGIT = -4.0
"""Where an untrained detector starts: most cells hold no joint."""
FOUND = 0.3
NEAR_SHARE = 0.05
"""A joint is where it was asked for when it is off by no more than this share of the figure's height."""
BATCH = 16
PEAK_RATE = 4e-3
SMALLEST_FIGURE_PX = 96
"""Of smaller figures a twentieth of the height is less than a joint can be found to."""
NOISE = 0.03
MOST_TURN, SCALES, MOST_SHIFT_PX = 14.0, (0.8, 1.15), 24.0
"""What it learns with: degrees, factors and pixels by which pictures are changed."""

Joints = NDArray[np.float32]
"""OpenPose's 18 joints: x, y in pixels, 1 where visible."""
Found = list[NDArray[np.float32]]
"""For each of KINDS, places (n, 2) in pixels."""


def figure_height(joints: Joints) -> float:
    """Pixels from nose to ankle of the figure stretched out, whatever its pose."""
    at = joints[:, :2]
    hips = (at[8] + at[11]) / 2

    def reach(*places: NDArray[np.float32]) -> float:
        return float(sum(np.hypot(*(b - a)) for a, b in pairwise(places)))

    leg = max(reach(at[8], at[9], at[10]), reach(at[11], at[12], at[13]))
    return reach(at[0], at[1], hips) + leg


def large_figures(pictures: PictureSet, index: int) -> list[Joints]:
    """The people of a picture who are large enough to be measured."""
    return [joints for joints in pictures.figures(index) if figure_height(joints) >= SMALLEST_FIGURE_PX]


def _is_shown(joint: NDArray[np.float32]) -> bool:
    return bool(joint[2] > 0.5 and 0 <= joint[0] < SIZE and 0 <= joint[1] < SIZE)


def heat_maps(people: Sequence[Joints]) -> NDArray[np.float32]:
    """A bump of height 1 at each joint within the picture: (kinds, CELLS, CELLS)."""
    ys, xs = np.mgrid[0:CELLS, 0:CELLS].astype(np.float32)
    maps = np.zeros((len(KINDS), CELLS, CELLS), np.float32)
    for joints in people:
        for joint, kind in zip(joints, KIND_OF_JOINT, strict=False):
            if _is_shown(joint):
                x, y = joint[:2] / CELL_PX - 0.5
                bump = np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * SPREAD_CELLS**2))
                np.maximum(maps[kind], bump, out=maps[kind])
    return maps


def _tensor(pictures: Sequence[Picture]) -> torch.Tensor:
    small = [cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA) for picture in pictures]
    return torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float().div(127.5).sub(1)


class JointDetector(nn.Module):
    """Down to 4 x 4 and up to 64 x 64 again, with skips; a logit for each kind and cell."""

    def __init__(self) -> None:
        super().__init__()
        widths = (16, 32, 64, 96, 128)
        self.stem = self._level(3, widths[0], 2)
        self.down = nn.ModuleList(self._level(a, b, 2) for a, b in pairwise(widths))
        self.up = nn.ModuleList(self._level(b + a, a, 1) for a, b in pairwise(widths))
        self.last = nn.Conv2d(widths[0], len(KINDS), 3, 1, 1)

    @staticmethod
    def _level(before: int, after: int, stride: int) -> nn.Sequential:
        return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        levels = [self.stem(pictures)]
        for layer in self.down:
            levels.append(layer(levels[-1]))
        values = levels[-1]
        for index in reversed(range(len(self.up))):
            raised = functional.interpolate(values, scale_factor=2.0, mode="nearest")
            values = self.up[index](torch.cat([raised, levels[index]], 1))
        return cast(torch.Tensor, self.last(values) + RARE_LOGIT)

    @torch.no_grad()
    def find(self, pictures: Sequence[Picture]) -> list[Found]:
        found: list[Found] = []
        for start in range(0, len(pictures), BATCH):
            found += [peaks(heat) for heat in self(_tensor(pictures[start : start + BATCH])).sigmoid().numpy()]
        return found


def peaks(heat: NDArray[np.float32]) -> Found:
    """Where heat maps (kinds, CELLS, CELLS) are highest around, between the cells where the heat says so."""
    padded = np.pad(heat, ((0, 0), (1, 1), (1, 1)))
    highest = functional.max_pool2d(torch.from_numpy(heat), 3, 1, 1).numpy()
    found: Found = []
    for kind in range(len(heat)):
        places = []
        for y, x in np.argwhere((heat[kind] == highest[kind]) & (heat[kind] > FOUND)):
            around = padded[kind, y : y + 3, x : x + 3]
            shift = (
                np.array([around[:, 2].sum() - around[:, 0].sum(), around[2].sum() - around[0].sum()]) / around.sum()
            )
            places.append((np.array([x, y]) + shift + 0.5) * CELL_PX)
        found.append(np.array(places, np.float32).reshape(-1, 2))
    return found


def limbs_in_place(found: Found, people: Sequence[Joints]) -> list[bool]:
    """For each limb that the picture shows whole: are both its joints within NEAR_SHARE of the figure's height?"""
    right: list[bool] = []
    for joints in people:
        reach_px = NEAR_SHARE * figure_height(joints)

        def is_near(index: int, joints: Joints = joints, reach_px: float = reach_px) -> bool:
            away = np.hypot(*(found[KIND_OF_JOINT[index]] - joints[index, :2]).T)
            return bool((away <= reach_px).any())

        shown = [(a, b) for a, b in BODY_LIMBS if _is_shown(joints[a]) and _is_shown(joints[b])]
        right += [is_near(a) and is_near(b) for a, b in shown]
    return right


def _moved(picture: Picture, people: Sequence[Joints], rng: np.random.Generator) -> tuple[Picture, list[Joints]]:
    """Both turned, scaled and shifted a little, mirrored or not; the picture's rim is mirrored outward."""
    turn, scale = rng.uniform(-MOST_TURN, MOST_TURN), rng.uniform(*SCALES)
    middle = SIZE / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), turn, scale)
    matrix[:, 2] += rng.uniform(-MOST_SHIFT_PX, MOST_SHIFT_PX, 2)
    if rng.random() < 0.5:
        matrix[0] = (-matrix[0, 0], -matrix[0, 1], SIZE - matrix[0, 2])
    turned = [joints.copy() for joints in people]
    for joints in turned:
        joints[:, :2] = joints[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    warped = cv2.warpAffine(picture, matrix, (SIZE, SIZE), borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(warped, np.uint8), turned


def train_joint_detector(pictures: PictureSet, budget: Budget) -> JointDetector:
    """Three pictures in four of every batch have people in them. Learns until the budget is spent."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    everything = range(pictures.training_count)
    with_people = [i for i in everything if pictures.figures(i)] or list(everything)
    detector = JointDetector()
    optimizer = torch.optim.AdamW(detector.parameters(), lr=PEAK_RATE)
    step = 0
    while (fraction := budget.fraction()) < 1:
        set_learning_rate(optimizer, learning_rate(PEAK_RATE, step, fraction))
        chosen = [int(rng.choice(with_people)) if i % 4 else int(rng.integers(len(everything))) for i in range(BATCH)]
        drawn = [_moved(np.asarray(pictures.pictures[i]), pictures.figures(i), rng) for i in chosen]
        shown = _tensor([picture for picture, _ in drawn])
        wanted = torch.from_numpy(np.stack([heat_maps(people) for _, people in drawn]))
        shown = shown + NOISE * torch.randn(shown.shape)
        loss = functional.binary_cross_entropy_with_logits(detector(shown), wanted, weight=1 + 12 * wanted)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        step += 1
    return detector.eval()
