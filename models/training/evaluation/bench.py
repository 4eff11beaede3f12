"""What all questions share: the model, the held-out scenes, what is said about them, and pictures painted from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.captions import SAYINGS
from models.training.evaluation.findings import share
from models.training.evaluation.joint_detector import JointDetector, Joints, large_figures
from models.training.evaluation.look_reader import LookReader
from models.training.evaluation.rulers import Rulers
from models.training.geometry import SIZE
from models.training.picture_set import PictureSet
from models.training.shapes import Scene
from models.training.studio import Mask, Pictures, Studio

Item = TypeVar("Item")
SHIFT = 7
"""A shuffled baseline takes the condition of the scene this many places on."""


def shifted(items: Sequence[Item]) -> list[Item]:
    shift = SHIFT if len(items) > 2 * SHIFT else 1
    return [items[(index + shift) % len(items)] for index in range(len(items))]


def rgb(lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey 0..255 or bits 0..1 to three channels of 0..255."""
    scaled = lines * 255 if lines.max() <= 1 else lines
    return np.repeat(scaled[..., None], 3, axis=2).astype(np.uint8)


def resized(lines: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """To (width, height) without shades between black and white."""
    return np.asarray(cv2.resize(lines, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def tags_said(scene: Scene) -> list[str]:
    """Every fact about the scene but its style, time, season and weather, each in its plainest words."""
    said = [SAYINGS.get(word, (word,))[0] for tag in scene.tags for word in tag]
    return list(dict.fromkeys(said))


def told(scene: Scene, style: str | None = None) -> str:
    """All there is to say, nothing left out as training captions leave things out; `style` instead of the scene's."""
    look = [style or scene.style, scene.time, scene.season]
    look += [] if scene.weather == "clear" else [scene.weather]
    return ", ".join([*(SAYINGS.get(fact, (fact,))[0] for fact in look), *tags_said(scene)])


@dataclass
class Bench:
    """`chosen` are the held-out scenes to measure on."""

    studio: Studio
    pictures: PictureSet
    rulers: Rulers
    chosen: Sequence[int]
    _sketched: dict[int, Pictures] = field(default_factory=dict)

    @property
    def looks(self) -> LookReader:
        return self.rulers.looks

    @property
    def joints(self) -> JointDetector:
        return self.rulers.joints

    @cached_property
    def scenes(self) -> list[Scene]:
        return [self.pictures.scenes[i] for i in self.chosen]

    @cached_property
    def truths(self) -> Pictures:
        return [np.asarray(self.pictures.pictures[i]) for i in self.chosen]

    @cached_property
    def sketches(self) -> list[NDArray[np.uint8]]:
        """0 or 1 per pixel."""
        return [self.pictures.sketch(i, 0) for i in self.chosen]

    @cached_property
    def captions(self) -> list[str]:
        return [told(scene) for scene in self.scenes]

    def sketched(self, steps: int) -> Pictures:
        """The chosen scenes painted from sketch and caption, once for each number of steps."""
        if steps not in self._sketched:
            maps = {"scribble": [rgb(lines) for lines in self.sketches]}
            self._sketched[steps] = self.studio.paint(self.captions, maps, steps=steps)
        return self._sketched[steps]

    def large_figures(self, index: int) -> list[Joints]:
        return large_figures(self.pictures, index)

    def agreement(self, question: str, pictures: Pictures, scenes: Sequence[Scene]) -> float:
        """Share of pictures in which the look reader sees what their scene says, of the scenes that say something."""
        seen = self.looks.read(pictures)[question]
        wanted = [str(getattr(scene, question)) for scene in scenes]
        pairs = [(a, b) for a, b in zip(seen, wanted, strict=True) if b in self.looks.labels[question]]
        return share(a == b for a, b in pairs)


def disc(x: float, y: float, radius_px: float) -> Mask:
    drawn = cv2.circle(np.zeros((SIZE, SIZE), np.uint8), (round(x), round(y)), round(radius_px), 1, -1)
    return np.asarray(drawn > 0)
