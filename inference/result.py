"""`Result`: an image the engine made, where it belongs and how it was made. It lies over the canvas until kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np

from canvas.snapshot import Pixels8, Snapshot
from inference.condition_set import Bytes, ConditionSet, Placement
from inference.messages import Frame, Job, Purpose
from inference.seams import tones_matched


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Result:
    """`pixels`: uint8 RGB (h, w, 3) at working size. `snapshot`: the canvas it was made from, to know what is newer."""

    pixels: Bytes
    placement: Placement
    purpose: Purpose
    snapshot: Snapshot
    recipe: str
    timings_s: Mapping[str, float] = field(default_factory=dict)

    @staticmethod
    def of(job: Job, frame: Frame, snapshot: Snapshot) -> Result:
        recipe = recipe_of(job.conditions)
        pixels = _without_seams(frame.pixels, job)
        return Result(pixels, job.placement, job.purpose, snapshot, recipe, frame.timings_s)

    def rgba(self) -> Pixels8:
        """Straight 8-bit RGBA at document resolution, shape (rect.height, rect.width, 4).

        Alpha is 0 wherever the document has to stay as it is, so blending this over the picture changes nothing there.
        """
        rect = self.placement.rect
        height, width = self.pixels.shape[:2]
        pixels = self.pixels
        if (width, height) != rect.size:
            shrinks = rect.width <= width and rect.height <= height
            pixels = cv2.resize(pixels, rect.size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
        out = np.empty((rect.height, rect.width, 4), np.uint8)
        out[..., :3] = pixels
        out[..., 3] = 255 if self.placement.alpha is None else self.placement.alpha.pixels
        return out


def _without_seams(pixels: Bytes, job: Job) -> Bytes:
    """The frame as it fits into the picture that its mask leaves."""
    base, alpha = job.conditions.base, job.placement.alpha
    if base is None or alpha is None:
        return pixels
    height, width = pixels.shape[:2]
    covered = alpha.pixels
    if covered.shape != (height, width):
        covered = cv2.resize(covered, (width, height), interpolation=cv2.INTER_AREA)
    return tones_matched(pixels, base.pixels, covered)


def recipe_of(conditions: ConditionSet) -> str:
    """Canonical JSON that says how to make the image again: settings, and a digest for every input."""
    return json.dumps(
        {
            "model": conditions.model,
            "mode": conditions.mode,
            "prompt": conditions.prompt,
            "negative": conditions.negative,
            "seed": conditions.seed,
            "steps": conditions.steps,
            "strength": conditions.strength,
            "guidance": conditions.guidance,
            "size": list(conditions.size),
            "controls": [
                {"kind": c.kind, "weight": c.weight, "start": c.start, "end": c.end} for c in conditions.controls
            ],
            "references": [{"kind": r.kind, "weight": r.weight} for r in conditions.references],
            "digests": conditions.parts(),
            "digest": conditions.digest,
        },
        sort_keys=True,
        ensure_ascii=False,
    )
