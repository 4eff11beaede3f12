"""A rendered set on disk: pictures, two sketches each, joints, and the facts captions are made of.

`pictures.npy` uint8 (N, 256, 256, 3); `sketches.npy` bits packed along x, uint8 (N, 2, 256, 32); `people.npy` float32
(N, 2, 18, 3), absent people all zero; `facts.jsonl` one line a scene. The last HELD_OUT scenes are for measuring only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.training.shapes import Scene

HELD_OUT = 192
SKETCHES = 2
MOST_PEOPLE = 2


def facts_line(index: int, scene: Scene) -> str:
    facts = {"style": scene.style, "time": scene.time, "season": scene.season, "tags": scene.tags}
    return json.dumps({"index": index, "seed": scene.seed, **facts})


def scene_from_facts(line: str) -> tuple[int, Scene]:
    """The index and a Scene with nothing in it but what a caption needs."""
    facts = json.loads(line)
    tags = [tuple(tag) for tag in facts["tags"]]
    return facts["index"], Scene(facts["seed"], facts["style"], facts["time"], facts["season"], 1, 0.0, tags=tags)


@dataclass(frozen=True)
class PictureSet:
    """Memory-mapped arrays of one folder and the facts of each picture."""

    pictures: NDArray[np.uint8]
    packed_sketches: NDArray[np.uint8]
    people: NDArray[np.float32]
    scenes: tuple[Scene, ...]

    def __len__(self) -> int:
        return len(self.scenes)

    @property
    def training_count(self) -> int:
        return max(1, len(self) - HELD_OUT)

    def sketch(self, index: int, hand: int) -> NDArray[np.uint8]:
        """0 or 1 per pixel: uint8 (256, 256)."""
        return np.unpackbits(self.packed_sketches[index, hand], axis=-1)

    def figures(self, index: int) -> list[NDArray[np.float32]]:
        """The joints (18, 3) of each person in the picture."""
        return [joints for joints in np.asarray(self.people[index]) if joints[:, 2].any()]


def open_set(folder: Path) -> PictureSet:
    lines = [line for path in sorted(folder.glob("facts*.jsonl")) for line in path.read_text().splitlines()]
    scenes = dict(scene_from_facts(line) for line in lines)
    if sorted(scenes) != list(range(len(scenes))):
        raise ValueError(f"{folder} is not fully rendered")
    return PictureSet(
        np.load(folder / "pictures.npy", mmap_mode="r"),
        np.load(folder / "sketches.npy", mmap_mode="r"),
        np.load(folder / "people.npy", mmap_mode="r"),
        tuple(scenes[i] for i in range(len(scenes))),
    )
