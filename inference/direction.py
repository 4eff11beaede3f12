"""`Direction`: what the artist asks of the engine beside the layers. A plain value, stored with the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

EMBEDDED_MODEL = "embedded"
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Direction:
    """Prompt and sampling settings.

    `model`: a catalogue id. `strength` 0..1: how far the result may leave the painted colours; 1 ignores them.
    `steps`: denoising steps of the settle pass and of Generate; `preview_steps`: of frames while drawing.
    `guidance`: classifier-free guidance scale, 1 runs without a negative pass.
    """

    prompt: str = ""
    negative: str = ""
    model: str = EMBEDDED_MODEL
    strength: float = 0.75
    steps: int = 4
    preview_steps: int = 2
    guidance: float = 1.0
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 1.0:
            raise ValueError(f"strength must lie between 0 and 1, not {self.strength}")
        if not (1 <= self.steps <= MOST_STEPS and 1 <= self.preview_steps <= MOST_STEPS):
            raise ValueError(f"steps must lie between 1 and {MOST_STEPS}, not {min(self.steps, self.preview_steps)}")
        if not 0 <= self.seed < 2**32:
            raise ValueError(f"the seed must lie between 0 and 4294967295, not {self.seed}")
        if not 0.0 <= self.guidance <= 30.0:
            raise ValueError(f"guidance must lie between 0 and 30, not {self.guidance}")


def direction_to_json(direction: Direction) -> str:
    return json.dumps(asdict(direction), sort_keys=True)


def direction_from_json(text: str) -> Direction:
    """Inverse of `direction_to_json`; fields of newer versions are ignored. Raises ValueError on damage."""
    known = {f.name for f in fields(Direction)}
    try:
        data: Mapping[str, Any] = json.loads(text)
        direction = Direction(**{k: v for k, v in data.items() if k in known})
    except (TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"the stored direction is damaged: {error}") from error
    for f in fields(Direction):
        value, usual = getattr(direction, f.name), type(f.default)
        if isinstance(value, bool) or not isinstance(value, (int, float) if usual is float else usual):
            raise ValueError(f"the stored direction is damaged: {f.name} is {value!r}")
    return direction
