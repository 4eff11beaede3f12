"""The exported model behind one call, through the app's own engine: its catalogue, its loader, its stages, its loop.

What is measured here is what an artist gets. Pictures and maps are uint8 RGB (H, W, 3), sides multiples of 8; sizes
are (width, height). Only the engine's canvas is left out: conditions are given ready-made instead of drawn on layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from inference.cache import ByteCache
from inference.condition_set import ConditionSet, ControlInput, Part, ReferenceInput
from inference.conditions import schedule_of
from inference.engine import FAMILIES, Stages
from inference.families.components import choose_device, quieten
from inference.region import denoise_mask, paste_alpha
from inference.seams import tones_matched
from inference.stopwatch import Stopwatch
from models.catalogue import describe
from models.control_kinds import control_kinds

Pictures = list[NDArray[np.uint8]]
Maps = Mapping[str, Sequence[NDArray[np.uint8]]]
Mask = NDArray[np.bool_]

INKED = ("lines", "lines_binary")
"""Preprocessors that make white lines on black of an artist's dark lines on white."""


class Studio:
    """Paints with the model of one folder, on the CPU."""

    def __init__(self, folder: Path) -> None:
        quieten()
        home = folder.resolve()
        self.info = describe(home, str(home), home)
        if self.info.problem:
            raise ValueError(self.info.problem)
        self.device = choose_device("cpu")
        self.model = FAMILIES[self.info.family](self.info, self.device)
        self.native_px = self.info.native_size
        self.preview_steps, self.settle_steps = self.info.preview_steps, self.info.steps
        self.controls: Mapping[str, Path] = self.info.controls
        """Where the network lies that follows each kind of map."""

    def paint(
        self,
        captions: Sequence[str],
        controls: Maps,
        steps: int = 4,
        seed: int = 0,
        reference: Sequence[NDArray[np.uint8]] | None = None,
        size: tuple[int, int] | None = None,
    ) -> Pictures:
        """One picture a caption. `controls` maps a kind to one map a caption, as its network is to see it (lines white
        on black); a reference for each caption or none at all. Each place in the list has a noise of its own."""
        made: Pictures = []
        for index, caption in enumerate(captions):
            shown = () if reference is None else (ReferenceInput("style", Part.of(reference[index]), 1.0),)
            given = tuple(_drawn(kind, maps[index]) for kind, maps in controls.items())
            made.append(self._frame(caption, steps, seed + index, size, given, shown))
        return made

    def repaint(
        self,
        captions: Sequence[str],
        pictures: Sequence[NDArray[np.uint8]],
        masks: Sequence[Mask],
        strength: float,
        seed: int = 0,
    ) -> Pictures:
        """What the mask covers made anew, as when the hand rests; `strength` 1 starts it from nothing but noise.

        Outside the mask the results show what the autoencoder makes of the pictures; `paste` puts those back.
        """
        steps = max(schedule_of(self.preview_steps, strength), self.settle_steps)
        made: Pictures = []
        for index, (caption, picture, mask) in enumerate(zip(captions, pictures, masks, strict=True)):
            size = (picture.shape[1], picture.shape[0])
            free = denoise_mask(mask.astype(np.uint8), size)
            frame = self._frame(caption, steps, seed + index, size, base=picture, mask=free, strength=strength)
            made.append(tones_matched(frame, picture, np.where(mask, np.uint8(255), np.uint8(0))))
        return made

    def live_frame(self, caption: str, controls: Maps, base: NDArray[np.uint8], steps: int) -> NDArray[np.uint8]:
        """All that a frame can need: the picture encoded, one map for each kind, every step, the result decoded."""
        given = tuple(_drawn(kind, maps[0]) for kind, maps in controls.items())
        return self._frame(caption, steps, 0, (base.shape[1], base.shape[0]), given, base=base)

    def _frame(
        self,
        caption: str,
        steps: int,
        seed: int,
        size: tuple[int, int] | None,
        controls: tuple[ControlInput, ...] = (),
        references: tuple[ReferenceInput, ...] = (),
        base: NDArray[np.uint8] | None = None,
        mask: NDArray[np.uint8] | None = None,
        strength: float = 1.0,
    ) -> NDArray[np.uint8]:
        conditions = ConditionSet(
            mode="text" if base is None else "image" if mask is None else "inpaint",
            model=self.info.id,
            size=size or (self.native_px, self.native_px),
            prompt=caption,
            negative="",
            steps=steps,
            strength=strength,
            guidance=self.info.guidance,
            seed=seed,
            base=None if base is None else Part.of(base),
            mask=None if mask is None else Part.of(mask),
            controls=controls,
            references=references,
        )
        forgetful = ByteCache[object](0, lambda _: 1)  # nothing is remembered from one picture to the next
        stages = Stages(self.model, forgetful, Stopwatch(self.device.place))
        return self.model.decode(self.model.denoise(stages.prepare(conditions), _Unwatched()))

    def reconstruct(self, pictures: Sequence[NDArray[np.uint8]]) -> Pictures:
        """Encode and decode: the ceiling of whatever the diffusion can do."""
        return [
            self.model.decode(self.model.encode_image(picture).sample(torch.Generator().manual_seed(0)))
            for picture in pictures
        ]


class _Unwatched:
    """Nobody waits for a step, nobody stops one."""

    def step(self, done: int, steps: int) -> None: ...

    def network(self) -> AbstractContextManager[None]:
        return nullcontext()


def _drawn(kind: str, seen: NDArray[np.uint8]) -> ControlInput:
    """The control layer on which an artist would have drawn what the network is to see."""
    preprocessor = control_kinds()[kind].preprocessor
    image = np.asarray(255 - seen, np.uint8) if preprocessor in INKED else seen
    return ControlInput(kind, preprocessor, Part.of(image), 1.0, 0.0, 1.0)


def paste(picture: NDArray[np.uint8], made: NDArray[np.uint8], mask: Mask, feather_px: int) -> NDArray[np.uint8]:
    """`made` over `picture` where the mask is, as the app pastes: rising over `feather_px` from the edge inward."""
    alpha = paste_alpha(np.where(mask, np.uint8(255), np.uint8(0)), 0, feather_px)[..., None] / np.float32(255)
    return np.asarray((picture * (1 - alpha) + made * alpha).round(), np.uint8)
