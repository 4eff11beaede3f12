"""What the engine asks of a model family: stages as functions of tensors, and one denoising loop.

Only inside the worker or the inline host. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import torch
from torch import Tensor

from inference.condition_set import Bytes
from models.catalogue import ModelInfo


@dataclass(frozen=True, slots=True)
class Device:
    """Where networks run and in which precision; `words` for the status bar."""

    place: torch.device
    dtype: torch.dtype
    words: str


Sampler: TypeAlias = Callable[[torch.Generator], Tensor]


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An image in latent space. `sample(generator)` gives float32 latents (1, c, h / 8, w / 8), scaled for the UNet.

    A variational autoencoder draws from its posterior; others ignore the generator.
    """

    sample: Sampler
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ControlHint:
    """A control image embedded for its ControlNet; it counts from `start` to `end`, as shares of the denoising run."""

    kind: str
    embedding: Tensor
    weight: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class ReferenceTokens:
    """A reference picture as IP-Adapter tokens (1, tokens, width); `empty`: those of no picture, for guidance."""

    tokens: Tensor
    empty: Tensor
    weight: float


@dataclass(frozen=True, slots=True)
class Denoising:
    """All inputs of one denoising run. `size`: (width, height) in pixels. `negative` is None without guidance.

    `mask`: bool (1, 1, h / 8, w / 8), true where latents may change; it needs `base`. `strength` counts with `base`.
    """

    size: tuple[int, int]
    steps: int
    strength: float
    guidance: float
    seed: int
    positive: Tensor
    negative: Tensor | None = None
    base: EncodedImage | None = None
    mask: Tensor | None = None
    hints: tuple[ControlHint, ...] = ()
    references: tuple[ReferenceTokens, ...] = ()


class Watch(Protocol):
    """How a denoising run is watched from outside."""

    def step(self, done: int, steps: int) -> None:
        """`done` of `steps` are done. Called before each step and after the last; raises Cancel to stop the run."""
        ...

    def network(self) -> AbstractContextManager[None]:
        """Wraps the bare calls of UNet and ControlNets, to time them."""
        ...


class LoadedModel(Protocol):
    """A model in memory. Pictures are uint8 RGB (h, w, 3) with edges that are multiples of 8.

    Every method raises EngineError with a sentence for what this model cannot do.
    """

    info: ModelInfo

    @property
    def size_bytes(self) -> int: ...
    @property
    def distilled_guidance(self) -> bool:
        """Guidance is an input of the network itself; a negative prompt has no effect."""
        ...

    def encode_text(self, text: str) -> Tensor: ...
    def embed_control(self, kind: str, image: Bytes) -> Tensor: ...
    def embed_reference(self, image: Bytes) -> tuple[Tensor, Tensor]: ...
    def encode_image(self, image: Bytes) -> EncodedImage: ...
    def latent_mask(self, mask: Bytes) -> Tensor: ...
    def denoise(self, run: Denoising, watch: Watch) -> Tensor: ...
    def decode(self, latents: Tensor) -> Bytes: ...
