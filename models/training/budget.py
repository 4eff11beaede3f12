"""Wall-clock budgets and resumable checkpoints shared by every training phase.

A phase is given minutes, not steps: its learning rate follows the fraction of the budget that is spent, so it ends
on time however slow the machine is. A checkpoint carries the seconds already spent, so a killed phase goes on with
what is left.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch


@dataclass
class Budget:
    """A wall-clock allowance of `total_s` seconds, of which `spent_s` were used by earlier runs."""

    total_s: float
    spent_s: float = 0.0
    clock: Callable[[], float] = time.monotonic
    started_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.started_s = self.clock()

    def elapsed_s(self) -> float:
        """Seconds used so far, earlier runs included."""
        return self.spent_s + self.clock() - self.started_s

    def fraction(self) -> float:
        """Share of the allowance that is used, 0 to 1."""
        return min(1.0, self.elapsed_s() / max(self.total_s, 1e-6))


def learning_rate(peak: float, step: int, fraction: float, warmup_steps: int = 100, hold: float = 0.45) -> float:
    """Linear warm-up by steps, flat until `hold` of the budget, then a cosine down to 1 % of `peak`."""
    warm = min(1.0, (step + 1) / warmup_steps)
    fall = 0.0 if fraction <= hold else (fraction - hold) / (1.0 - hold)
    return peak * warm * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * min(1.0, fall))))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give every parameter group the same learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write atomically: a kill in the middle leaves the previous checkpoint readable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The state written by `save_checkpoint`, or None when there is none yet."""
    if not path.exists():
        return None
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state
