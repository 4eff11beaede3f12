"""`Engine`: runs jobs. Encode -> prepare -> denoise -> decode, every stage cached by the digests of its inputs.

Knows no model family's details (`inference.families`), no process and no thread (`inference.hosts`). One thread at a
time. Must not import Qt.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import psutil  # type: ignore[import-untyped]
import torch

from inference.cache import ByteCache
from inference.condition_set import Bytes, ConditionSet, Part
from inference.families.base import ControlHint, Denoising, Device, EncodedImage, LoadedModel, ReferenceTokens
from inference.families.sd15 import Sd15
from inference.messages import Cancel, EngineError, EngineState, Frame, Job, Progress
from inference.preprocess import preprocess
from inference.stopwatch import Stopwatch
from models.catalogue import Catalogue, ModelInfo

#: By the family that `models.probe` tells.
FAMILIES: Mapping[str, Callable[[ModelInfo, Device], LoadedModel]] = MappingProxyType({"sd15": Sd15})

STAGE_CACHE_BYTES = 256 << 20
FRAME_CACHE_BYTES = 64 << 20

#: Share of the device's memory that loaded models may take before the longest unused is dropped.
MODEL_SHARE = 0.6

#: Models larger than this are not warmed on a CPU.
WARM_BYTES = 256 << 20

Cancelled: TypeAlias = Callable[[], bool]
OnProgress: TypeAlias = Callable[[Progress], None]
OnState: TypeAlias = Callable[[EngineState], None]


class Engine:
    """One device, its loaded models and their caches. `on_state` hears of every model that is loaded.

    `look_for_models` is called again whenever a job asks for a model that was not there or not right the last time.
    """

    def __init__(self, look_for_models: Callable[[], Catalogue], device: Device, on_state: OnState) -> None:
        self.device = device
        self._look_for_models = look_for_models
        self._catalogue = look_for_models()
        self._on_state = on_state
        self._models: OrderedDict[str, LoadedModel] = OrderedDict()
        self._model_budget_bytes = int(_memory_bytes(device) * MODEL_SHARE)
        self._stages: ByteCache[Any] = ByteCache(STAGE_CACHE_BYTES, _size_of)
        self._frames: ByteCache[Frame] = ByteCache(FRAME_CACHE_BYTES, lambda frame: frame.pixels.nbytes)

    @property
    def made(self) -> Mapping[str, int]:
        """How often each stage really ran: text, control, hint, reference, base, frame."""
        return {**self._stages.made, **self._frames.made}

    def run(self, job: Job, cancelled: Cancelled, progress: OnProgress) -> Frame:
        """The image of `job`; the same conditions give the same pixels, at once when they are remembered.

        Raises Cancel when `cancelled()` turns true (asked at every step), EngineError for what cannot be done.
        """
        watch = Stopwatch(self.device.place)
        make = partial(self._make, job, watch, cancelled, progress)
        frame = self._frames.get(("frame", job.conditions.digest), make)
        return replace(frame, job_id=job.id, timings_s=watch.seconds())

    def warm(self, model: str) -> None:
        """Load a model and make one blank frame, so that the artist's first frame finds everything in place.

        Raises EngineError. Large models on a CPU are only loaded: there a frame takes longer than what it would save.
        """
        info = self._find(model)
        loaded = self._model(model)
        if self.device.place.type == "cpu" and loaded.size_bytes > WARM_BYTES:
            return
        size = (info.native_size, info.native_size)
        blank = np.zeros((*size, 3), np.uint8)
        kinds = {folder: kind for kind, folder in sorted(info.controls.items())}.values()  # one for each network
        hints = tuple(ControlHint(kind, loaded.embed_control(kind, blank), 1.0, 0.0, 1.0) for kind in kinds)
        run = Denoising(
            size=size,
            steps=1,
            strength=1.0,
            guidance=1.0,
            seed=0,
            positive=loaded.encode_text(""),
            base=loaded.encode_image(blank),
            hints=hints,
        )
        unwatched = _Watch(Stopwatch(self.device.place), cancelled=lambda: False, progress=lambda _: None, job_id=0)
        loaded.decode(loaded.denoise(run, unwatched))

    def forget(self) -> None:
        """Give back all memory that is not needed to go on: caches and models."""
        self._stages.clear()
        self._frames.clear()
        self._models.clear()
        if self.device.place.type == "cuda":
            torch.cuda.empty_cache()

    # Stages

    def _make(self, job: Job, watch: Stopwatch, cancelled: Cancelled, progress: OnProgress) -> Frame:
        if cancelled():
            raise Cancel
        conditions = job.conditions
        model = self._model(conditions.model)
        run = Stages(model, self._stages, watch).prepare(conditions)
        with watch.stage("denoise"):
            latents = model.denoise(run, _Watch(watch, cancelled, progress, job.id))
        with watch.stage("decode"):
            pixels = model.decode(latents)
        pixels.flags.writeable = False
        return Frame(job.id, pixels)

    # Models

    def _find(self, model: str) -> ModelInfo:
        try:
            info = self._catalogue.find(model)
            if info.problem:
                raise LookupError(info.problem)
        except LookupError:
            # The artist may have added or repaired it since.
            self._catalogue = self._look_for_models()
            try:
                info = self._catalogue.find(model)
            except LookupError as error:
                raise EngineError(str(error.args[0])) from error
        if info.problem:
            raise EngineError(info.problem)
        return info

    def _model(self, model: str) -> LoadedModel:
        info = self._find(model)
        loaded = self._models.get(info.id)
        if loaded is None:
            self._on_state(EngineState("loading", f"Loading {info.name}", self.device.words))
            self._make_room(info)
            loaded = FAMILIES[info.family](info, self.device)
            self._models[info.id] = loaded
            self._on_state(EngineState("ready", f"{info.name} on {self.device.words}", self.device.words))
        self._models.move_to_end(info.id)
        return loaded

    def _make_room(self, info: ModelInfo) -> None:
        """Drop the longest unused models until `info` fits into the budget beside the others, as far as files tell."""
        wanted = sum(path.stat().st_size for path in info.folder.rglob("*.safetensors"))
        while self._models and wanted + sum(m.size_bytes for m in self._models.values()) > self._model_budget_bytes:
            self._models.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Stages:
    """The cached stages of one model, from a `ConditionSet` to a `Denoising`."""

    model: LoadedModel
    cache: ByteCache[Any]
    watch: Stopwatch

    def prepare(self, conditions: ConditionSet) -> Denoising:
        with self.watch.stage("text"):
            positive = self._text(conditions.prompt)
            guided = conditions.guidance > 1 and not self.model.distilled_guidance
            negative = self._text(conditions.negative) if guided else None
        with self.watch.stage("controls"):
            hints = tuple(
                ControlHint(control.kind, self._hint(control.kind, control.preprocessor, control.image),
                            control.weight, control.start, control.end)
                for control in conditions.controls
            )  # fmt: skip
        with self.watch.stage("references"):
            references = tuple(
                ReferenceTokens(*self._reference(reference.image), reference.weight)
                for reference in conditions.references
            )
        with self.watch.stage("base"):
            base = self._base(conditions.base) if conditions.base is not None else None
        return Denoising(
            size=conditions.size,
            steps=conditions.steps,
            strength=conditions.strength,
            guidance=conditions.guidance,
            seed=conditions.seed,
            positive=positive,
            negative=negative,
            base=base,
            mask=self._mask(conditions),
            hints=hints,
            references=references,
        )

    def _text(self, text: str) -> torch.Tensor:
        made: torch.Tensor = self.cache.get(("text", self.model.info.id, text), lambda: self.model.encode_text(text))
        return made

    def _hint(self, kind: str, preprocessor: str, image: Part) -> torch.Tensor:
        def embed() -> torch.Tensor:
            key = ("control", preprocessor, image.digest)
            prepared: Bytes = self.cache.get(key, lambda: preprocess(preprocessor, image.pixels))
            return self.model.embed_control(kind, prepared)

        made: torch.Tensor = self.cache.get(("hint", self.model.info.id, kind, preprocessor, image.digest), embed)
        return made

    def _reference(self, image: Part) -> tuple[torch.Tensor, torch.Tensor]:
        key = ("reference", self.model.info.id, image.digest)
        made: tuple[torch.Tensor, torch.Tensor] = self.cache.get(key, lambda: self.model.embed_reference(image.pixels))
        return made

    def _base(self, base: Part) -> EncodedImage:
        key = ("base", self.model.info.id, base.digest)
        made: EncodedImage = self.cache.get(key, lambda: self.model.encode_image(base.pixels))
        return made

    def _mask(self, conditions: ConditionSet) -> torch.Tensor | None:
        return self.model.latent_mask(conditions.mask.pixels) if conditions.mask is not None else None


@dataclass(frozen=True, slots=True)
class _Watch:
    """Joins a denoising run to the stopwatch, the cancel flag and the progress of its job."""

    stopwatch: Stopwatch
    cancelled: Cancelled
    progress: OnProgress
    job_id: int

    def step(self, done: int, steps: int) -> None:
        if self.cancelled():
            raise Cancel
        if done:
            self.progress(Progress(self.job_id, done, steps))

    def network(self) -> AbstractContextManager[None]:
        return self.stopwatch.stage("network")


def _size_of(value: Any) -> int:
    """Bytes of what a stage makes."""
    if isinstance(value, tuple):
        return sum(_size_of(part) for part in value)
    return int(value.size_bytes) if isinstance(value, EncodedImage) else int(value.nbytes)


def _memory_bytes(device: Device) -> int:
    if device.place.type == "cuda":
        return int(torch.cuda.get_device_properties(device.place).total_memory)
    return int(psutil.virtual_memory().total)
