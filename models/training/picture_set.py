"""A rendered set on disk: pictures, the maps that describe them, joints, and the facts captions are made of.

Arrays beside each other, one row a scene: `pictures.npy` uint8 (N, 256, 256, 3); `sketches.npy` bits packed along x,
uint8 (N, 2, 256, 32), and `line_art.npy` likewise (N, 256, 32); `depth.npy` uint8 (N, 128, 128); `classes.npy`, the
ADE20K class of each pixel, uint8 (N, 256, 256); `people.npy` float32 (N, 2, 18, 3), absent people all zero;
`facts*.jsonl` one line a scene. `encode_set` adds the latents. The last HELD_OUT scenes are for measuring only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from models.training.compose import compose
from models.training.conditions import class_colours
from models.training.geometry import SIZE
from models.training.shapes import Scene

LATENTS, HALF_LATENTS = "latents.npy", "latents_half.npy"
HELD_OUT = 192
SKETCHES = 2
MOST_PEOPLE = 2
DEPTH_SIZE = SIZE // 2

ARRAYS: Final = MappingProxyType(
    {
        "pictures": (np.uint8, (SIZE, SIZE, 3)),
        "sketches": (np.uint8, (SKETCHES, SIZE, SIZE // 8)),
        "line_art": (np.uint8, (SIZE, SIZE // 8)),
        "depth": (np.uint8, (DEPTH_SIZE, DEPTH_SIZE)),
        "classes": (np.uint8, (SIZE, SIZE)),
        "people": (np.float32, (MOST_PEOPLE, 18, 3)),
    }
)
"""Each array's type and the shape of one scene's row."""
FACTS: Final = ("seed", "style", "time", "season", "weather", "family", "subject", "tags")

Bytes = NDArray[np.uint8]


def create(folder: Path, count: int) -> None:
    """Allocate the arrays unless they exist."""
    folder.mkdir(parents=True, exist_ok=True)
    last = list(ARRAYS)[-1]
    if (folder / f"{last}.npy").exists():
        return
    for name, (dtype, shape) in ARRAYS.items():
        open_memmap(folder / f"{name}.npy", "w+", dtype, (count, *shape))


def painted_so_far(folder: Path) -> int:
    """How many scenes from the first on are painted, while others still are; 0 before there is anything."""
    files = sorted(folder.glob("facts*.jsonl"))
    return min((path.read_bytes().count(b"\n") for path in files), default=0) * len(files)


def facts_line(index: int, scene: Scene) -> str:
    return json.dumps({"index": index, **{name: getattr(scene, name) for name in FACTS}})


def scene_from_facts(line: str) -> tuple[int, Scene]:
    """The index and a Scene with nothing in it but what a caption needs."""
    facts = json.loads(line)
    index, tags = facts.pop("index"), [tuple(tag) for tag in facts.pop("tags")]
    return index, Scene(**facts, light_side=1, horizon=0.0, tags=tags)


@dataclass(frozen=True)
class PictureSet:
    """Memory-mapped arrays of one folder, by the names of ARRAYS, and the facts of each picture."""

    arrays: dict[str, NDArray[np.uint8]]
    people: NDArray[np.float32]
    scenes: tuple[Scene, ...]

    def __len__(self) -> int:
        return len(self.scenes)

    @property
    def training_count(self) -> int:
        return max(1, len(self) - HELD_OUT)

    @property
    def pictures(self) -> Bytes:
        return self.arrays["pictures"]

    def sketch(self, index: int, hand: int) -> Bytes:
        """0 or 1 per pixel: uint8 (256, 256)."""
        return np.unpackbits(self.arrays["sketches"][index, hand], axis=-1)

    def line_art(self, index: int) -> Bytes:
        """0 or 1 per pixel: uint8 (256, 256)."""
        return np.unpackbits(self.arrays["line_art"][index], axis=-1)

    def depth(self, index: int) -> Bytes:
        """Near is white: uint8 (256, 256)."""
        return np.asarray(cv2.resize(np.asarray(self.arrays["depth"][index]), (SIZE, SIZE)), np.uint8)

    def segmentation(self, index: int) -> Bytes:
        """ADE20K colours: uint8 (256, 256, 3)."""
        return np.asarray(class_colours()[self.arrays["classes"][index]])

    def blocks(self, index: int) -> Bytes:
        """Every class of things filled with its mean colour, as an artist blocks a picture in: uint8 (256, 256, 3)."""
        classes = self.arrays["classes"][index][::4, ::4].ravel()
        pixels = np.asarray(self.pictures[index])[::4, ::4].reshape(-1, 3)
        counts = np.maximum(np.bincount(classes, minlength=256), 1)
        sums = [np.bincount(classes, pixels[:, channel], minlength=256) / counts for channel in range(3)]
        return np.asarray(np.stack(sums, axis=1).astype(np.uint8)[self.arrays["classes"][index]])

    def figures(self, index: int) -> list[NDArray[np.float32]]:
        """The joints (18, 3) of each person in the picture."""
        return [joints for joints in np.asarray(self.people[index]) if joints[:, 2].any()]

    def recomposed(self, index: int) -> Scene:
        """The whole scene again, for whatever can be drawn from it."""
        facts = self.scenes[index]
        return compose(facts.seed, facts.style)


def open_latents(folder: Path, name: str = LATENTS) -> NDArray[np.float16]:
    """What `encode_set` made of the training pictures, float16 (N, 4, side, side)."""
    latents: NDArray[np.float16] = np.load(folder / name, mmap_mode="r")
    return latents


def open_set(folder: Path) -> PictureSet:
    """Raises ValueError while scenes are missing."""
    lines = [line for path in sorted(folder.glob("facts*.jsonl")) for line in path.read_text().splitlines()]
    scenes = dict(scene_from_facts(line) for line in lines)
    if sorted(scenes) != list(range(len(scenes))):
        raise ValueError(f"{folder} is not fully rendered")
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS if name != "people"}
    people = np.load(folder / "people.npy", mmap_mode="r")
    return PictureSet(arrays, people, tuple(scenes[i] for i in range(len(scenes))))
