"""A small network that reads style, time of day, season and main object off a picture, to measure others with.

It learns from the painter's pictures and labels only, with some noise and changed brightness, so that it reads what a
person sees and not the last bit of a pixel. What it knows of a picture before it answers, FEATURES values, is also the
space in which distances between sets of pictures are taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import nn

from models.training.autoencoder import to_tensor
from models.training.budget import Budget, learning_rate, set_learning_rate
from models.training.measures import Picture
from models.training.picture_set import PictureSet
from models.training.shapes import Scene

FEATURES = 64
WIDTHS = (24, 48, 80, 112)
BATCH = 32
PEAK_RATE = 4e-3
CROP_PX = 240
NOISE, DIMMEST = 0.04, 0.9
"""Strongest noise (deviation in -1..1) and least contrast that it learns with."""
UNSAID = -1
"""The class of a scene that has nothing to say on a question."""

NAMES: Final = MappingProxyType({"style": "style", "time": "time of day", "season": "season", "subject": "main object"})
"""What is read, by the name of the scene's field, in words."""
QUESTIONS: Final = tuple(NAMES)

Labels = Mapping[str, tuple[str, ...]]


def labels_of(scenes: Sequence[Scene]) -> Labels:
    """The answers that occur to each question, sorted."""
    found = {name: {str(getattr(scene, name)) for scene in scenes} - {""} for name in QUESTIONS}
    return MappingProxyType({name: tuple(sorted(values)) for name, values in found.items()})


class LookReader(nn.Module):
    """Pictures (N, 3, H, W) in -1..1 to the logits of each question."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.labels = labels
        layers: list[nn.Module] = [nn.Conv2d(3, WIDTHS[0], 8, 4, 2, bias=False)]
        for before, after in pairwise(WIDTHS):
            layers += [nn.BatchNorm2d(before), nn.ReLU(), nn.Conv2d(before, after, 3, 2, 1, bias=False)]
        last = WIDTHS[-1]
        layers += [nn.BatchNorm2d(last), nn.ReLU(), nn.Conv2d(last, last, 3, 1, 1, bias=False)]
        self.body = nn.Sequential(*layers, nn.BatchNorm2d(last), nn.ReLU())
        self.summary = nn.Sequential(nn.Linear(2 * last, FEATURES, bias=False), nn.BatchNorm1d(FEATURES))
        self.heads = nn.ModuleDict({name: nn.Linear(FEATURES, max(1, len(labels[name]))) for name in QUESTIONS})

    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        """(N, FEATURES)."""
        seen = self.body(pictures)
        summed: torch.Tensor = self.summary(torch.cat([seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))], 1))
        return summed

    def forward(self, pictures: torch.Tensor) -> dict[str, torch.Tensor]:
        known = functional.relu(self.features(pictures))
        return {name: self.heads[name](known) for name in QUESTIONS}

    @torch.no_grad()
    def read(self, pictures: Sequence[Picture]) -> dict[str, list[str]]:
        """The answer to each question for each picture."""
        answers: dict[str, list[str]] = {name: [] for name in QUESTIONS}
        for start in range(0, len(pictures), BATCH):
            logits = self(to_tensor(np.stack(pictures[start : start + BATCH])))
            for name in QUESTIONS:
                names = self.labels[name] or ("",)
                answers[name] += [names[index] for index in logits[name].argmax(1).tolist()]
        return answers

    @torch.no_grad()
    def features_of(self, pictures: Sequence[Picture]) -> NDArray[np.float64]:
        """(N, FEATURES)."""
        parts = [
            self.features(to_tensor(np.stack(pictures[start : start + BATCH]))).double().numpy()
            for start in range(0, len(pictures), BATCH)
        ]
        return np.concatenate(parts)


def _classes(scenes: Sequence[Scene], labels: Labels) -> dict[str, torch.Tensor]:
    return {
        name: torch.tensor([names.index(said) if (said := getattr(s, name)) in names else UNSAID for s in scenes])
        for name, names in labels.items()
    }


def _disturbed(pictures: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Cut out anywhere, mirrored or not, dimmed and noisy."""
    y, x = rng.integers(0, pictures.shape[-1] - CROP_PX + 1, 2)
    cut = pictures[:, :, y : y + CROP_PX, x : x + CROP_PX]
    if rng.random() < 0.5:
        cut = cut.flip(-1)
    contrast = torch.from_numpy(rng.uniform(DIMMEST, 1.0, (len(cut), 1, 1, 1))).float()
    noise = torch.from_numpy(rng.uniform(0, NOISE, (len(cut), 1, 1, 1))).float()
    return cut * contrast + noise * torch.randn(cut.shape)


def train_look_reader(pictures: PictureSet, budget: Budget) -> LookReader:
    """Learns until the budget is spent."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    count = pictures.training_count
    labels = labels_of(pictures.scenes[:count])
    classes = _classes(pictures.scenes[:count], labels)
    reader = LookReader(labels)
    optimizer = torch.optim.AdamW(reader.parameters(), lr=PEAK_RATE, weight_decay=0.05)
    step = 0
    while (fraction := budget.fraction()) < 1:
        set_learning_rate(optimizer, learning_rate(PEAK_RATE, step, fraction))
        chosen = np.sort(rng.integers(0, count, BATCH))
        logits = reader(_disturbed(to_tensor(pictures.pictures[chosen]), rng))
        losses = [
            functional.cross_entropy(logits[name], classes[name][chosen], ignore_index=UNSAID, reduction="sum") / BATCH
            for name in QUESTIONS
        ]
        optimizer.zero_grad()
        torch.autograd.backward(torch.stack(losses).sum())
        optimizer.step()
        step += 1
    return reader.eval()
