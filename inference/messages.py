"""What the GUI process and a host say to each other: plain picklable values. Pixels may travel by shared memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from inference.condition_set import Bytes, ConditionSet, Placement

Purpose: TypeAlias = Literal["preview", "settle", "final"]
"""preview: few steps while drawing. settle: more steps after the pen has rested. final: what Generate asked for."""


@dataclass(frozen=True, slots=True)
class Job:
    """One image to make. `revision`: of the snapshot it was compiled from; ids grow in order of submission."""

    id: int
    revision: int
    purpose: Purpose
    conditions: ConditionSet
    placement: Placement


@dataclass(frozen=True, slots=True)
class Frame:
    """A finished image: uint8 RGB (h, w, 3) at working size. `timings_s`: seconds by stage, also "total", "network"."""

    job_id: int
    pixels: Bytes
    timings_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """`step` of `steps` denoising steps are done."""

    job_id: int
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A job ended without an image; `sentence` says why and what helps."""

    job_id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    job_id: int


@dataclass(frozen=True, slots=True)
class EngineState:
    """How the engine is: one word for logic, one sentence for the status bar."""

    name: Literal["starting", "loading", "ready", "restarting", "failed", "stopped"]
    sentence: str
    device: str = ""


FromHost: TypeAlias = Frame | Progress | Failed | Cancelled | EngineState


class Cancel(Exception):
    """Raised inside the engine at a step boundary when its job was cancelled."""


class EngineError(Exception):
    """The engine cannot do what a job asks for. Its text is one sentence for the artist, with a remedy."""
