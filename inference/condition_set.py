"""`ConditionSet`: everything a result depends on, as a picklable value of numpy arrays and digests.

Equal digests mean equal images on one device. Change detection, stage caches and recipes all read these digests.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.snapshot import Rect

Bytes: TypeAlias = npt.NDArray[np.uint8]
Mode: TypeAlias = Literal["text", "image", "inpaint"]


def digest_array(pixels: Bytes) -> str:
    """Hex BLAKE2b-128 of shape and content. Releases the GIL for the bulk of the work."""
    h = hashlib.blake2b(repr(pixels.shape).encode(), digest_size=16)
    h.update(np.ascontiguousarray(pixels).data.cast("B"))
    return h.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Pixels with the digest of their content; equal when the digests are."""

    pixels: Bytes
    digest: str

    @staticmethod
    def of(pixels: Bytes) -> Part:
        return Part(pixels, digest_array(pixels))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@dataclass(frozen=True, slots=True)
class ControlInput:
    """One ControlNet condition. `image`: uint8 RGB (h, w, 3) at working size, as the artist drew it over white
    (pose: the OpenPose map, already final). The worker runs `preprocessor` on it."""

    kind: str
    preprocessor: str
    image: Part
    weight: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class ReferenceInput:
    """A picture for the IP-Adapter: uint8 RGB (h, w, 3) of any size."""

    kind: str
    image: Part
    weight: float


@dataclass(frozen=True, slots=True)
class ConditionSet:
    """All that the engine needs for one image of `size` (width, height), multiples of 8.

    mode "text": no base, no mask. "image": `base` uint8 RGB (h, w, 3). "inpaint": also `mask` uint8 (h, w), 255 where
    the denoiser may change the latents. `strength` is 1 in mode "text".
    """

    mode: Mode
    model: str
    size: tuple[int, int]
    prompt: str
    negative: str
    steps: int
    strength: float
    guidance: float
    seed: int
    base: Part | None = None
    mask: Part | None = None
    controls: tuple[ControlInput, ...] = ()
    references: tuple[ReferenceInput, ...] = ()
    digest: str = field(init=False, compare=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.blake2b(self._canonical().encode(), digest_size=16).hexdigest())

    @property
    def says_nothing(self) -> bool:
        """Whether neither words nor layers say what the image should be."""
        told = self.prompt.strip() or self.base is not None or self.controls or self.references
        return not told

    def parts(self) -> dict[str, str]:
        """Digest by part: base, mask, control.0.scribble, reference.0.style ... for recipes and tests."""
        out: dict[str, str] = {}
        if self.base is not None:
            out["base"] = self.base.digest
        if self.mask is not None:
            out["mask"] = self.mask.digest
        out.update({f"control.{i}.{c.kind}": c.image.digest for i, c in enumerate(self.controls)})
        out.update({f"reference.{i}.{r.kind}": r.image.digest for i, r in enumerate(self.references)})
        return out

    def _canonical(self) -> str:
        controls = [[c.kind, c.preprocessor, c.weight, c.start, c.end] for c in self.controls]
        references = [[r.kind, r.weight] for r in self.references]
        values = [self.mode, self.model, self.size, self.prompt, self.negative, self.steps, self.strength]
        return json.dumps([*values, self.guidance, self.seed, self.parts(), controls, references], sort_keys=True)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an image belongs: `rect` in document pixels.

    `alpha`: uint8 (rect.height, rect.width) with 0 wherever the document must stay bit-identical, or None when the
    whole rectangle may change.
    """

    rect: Rect
    alpha: Part | None = None
