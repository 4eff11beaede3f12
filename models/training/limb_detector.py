"""A small network that finds limbs in pictures, trained on the painter's figures only to measure poses with.

Pictures and masks are at 128 px; a mask holds the skeleton's limbs as 5 px lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import cv2
import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import nn

from models.training.geometry import SIZE
from models.training.picture_set import PictureSet
from models.training.pose import LIMBS

SIDE_PX = 128
LINE_PX = 5
BODY_LIMBS = LIMBS[:13]


def limb_mask(people: Sequence[NDArray[np.float32]]) -> NDArray[np.bool_]:
    """Limb pixels of joints (18, 3) given in picture pixels: bool (128, 128)."""
    mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    for joints in people:
        at = joints[:, :2] * SIDE_PX / SIZE
        for start, end in BODY_LIMBS:
            if joints[start, 2] > 0.5 and joints[end, 2] > 0.5:
                cv2.line(mask, (int(at[start, 0]), int(at[start, 1])), (int(at[end, 0]), int(at[end, 1])), 1, LINE_PX)
    return mask > 0


def _tensor(pictures: Sequence[NDArray[np.uint8]]) -> torch.Tensor:
    small = [cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA) for picture in pictures]
    return torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float().div(127.5).sub(1)


class LimbDetector(nn.Module):
    """Three levels down and up again with skips; one logit a pixel."""

    def __init__(self) -> None:
        super().__init__()
        widths = (16, 32, 48, 64)
        self.stem = nn.Conv2d(3, widths[0], 5, 2, 2)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in pairwise(widths))
        self.middle = nn.Conv2d(widths[-1], widths[-1], 3, 1, 2, 2)
        self.up = nn.ModuleList(nn.Conv2d(b + a, a, 3, 1, 1) for a, b in pairwise(widths))
        self.head = nn.Conv2d(widths[0] + 3, 16, 3, 1, 1)
        self.last = nn.Conv2d(16, 1, 3, 1, 1)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        levels = [functional.relu(self.stem(pictures))]
        for layer in self.down:
            levels.append(functional.relu(layer(levels[-1])))
        values = levels[-1] + functional.relu(self.middle(levels[-1]))
        for index in reversed(range(len(self.up))):
            raised = functional.interpolate(values, scale_factor=2.0, mode="nearest")
            values = functional.relu(self.up[index](torch.cat([raised, levels[index]], 1)))
        raised = functional.interpolate(values, scale_factor=2.0, mode="nearest")
        return cast(torch.Tensor, self.last(functional.relu(self.head(torch.cat([raised, pictures], 1)))))

    @torch.no_grad()
    def find(self, pictures: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.bool_]]:
        return [logit[0].numpy() > 0 for logit in self(_tensor(pictures))]


def train_detector(pictures: PictureSet, steps: int = 500, batch: int = 16) -> LimbDetector:
    """Half of every batch has people in it. Takes about a minute and a half on one core."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    with_people = [i for i in range(pictures.training_count) if pictures.figures(i)]
    detector = LimbDetector()
    optimizer = torch.optim.AdamW(detector.parameters(), lr=3e-3)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 3e-3 * (1 - step / steps) + 1e-5
        chosen = [
            int(rng.choice(with_people)) if i % 4 else int(rng.integers(pictures.training_count)) for i in range(batch)
        ]
        masks = torch.from_numpy(np.stack([limb_mask(pictures.figures(i)) for i in chosen]))[:, None].float()
        logits = detector(_tensor([np.asarray(pictures.pictures[i]) for i in chosen]))
        loss = functional.binary_cross_entropy_with_logits(logits, masks, pos_weight=torch.tensor(3.0))
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    return detector.eval()


def overlap(found: Sequence[NDArray[np.bool_]], wanted: Sequence[NDArray[np.bool_]]) -> dict[str, float]:
    """Mean recall of wanted limb pixels and mean intersection over union."""
    recalls = [float((a & b).sum() / max(1, b.sum())) for a, b in zip(found, wanted, strict=True)]
    unions = [float((a & b).sum() / max(1, (a | b).sum())) for a, b in zip(found, wanted, strict=True)]
    return {"recall": float(np.mean(recalls)), "iou": float(np.mean(unions))}
