"""Several one-thread workers train one model: each steps alone and meets the shared centre every few steps.

This is elastic averaging (Zhang, Choromanska, LeCun 2015) without barriers. On a machine whose cores are shared with
other work it beats one process with several threads, in which every operator waits for its slowest thread.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Lock
from typing import Any

import torch
from torch import nn
from torch.multiprocessing.spawn import spawn

MEET_EVERY = 5


@dataclass
class Worker:
    """One of `count` workers; number 0 also saves and reports. `centre` is shared memory, all parameters in a row; a
    worker that is alone needs neither centre nor lock."""

    number: int
    count: int
    centre: torch.Tensor | None
    lock: Lock | None

    @property
    def leads(self) -> bool:
        return self.number == 0

    @torch.no_grad()
    def meet(self, parameters: Sequence[nn.Parameter]) -> None:
        """Parameters and centre both move to their midpoint."""
        if self.centre is None or self.lock is None:
            return
        with self.lock:
            start = 0
            for parameter in parameters:
                stop = start + parameter.numel()
                shared = self.centre[start:stop].view_as(parameter)
                shared.lerp_(parameter, 0.5)
                parameter.copy_(shared)
                start = stop


@torch.no_grad()
def centre_of(parameters: Sequence[nn.Parameter]) -> torch.Tensor:
    """A shared copy of all parameters in a row."""
    row = torch.cat([parameter.detach().reshape(-1) for parameter in parameters])
    row.untyped_storage().share_memory_()
    return row


def _run(number: int, target: Callable[..., None], count: int, centre: torch.Tensor, lock: Lock, rest: Any) -> None:
    torch.set_num_threads(1)
    os.setsid()  # Linux shares the CPU by session first; in one session two workers would count as one
    threading.Thread(target=_end_with_driver, args=(os.getppid(),), daemon=True).start()
    target(Worker(number, count, centre, lock), *rest)


def _end_with_driver(driver: int) -> None:
    """A worker whose driver was killed must not go on writing checkpoints that a new run may be using."""
    while os.getppid() == driver:
        time.sleep(1.0)
    os._exit(1)


def run_workers(target: Callable[..., None], count: int, centre: torch.Tensor, *rest: object) -> None:
    """Call `target(worker, *rest)` in `count` processes and wait for all of them."""
    lock = get_context("spawn").Lock()
    spawn(_run, (target, count, centre, lock, rest), nprocs=count)  # type: ignore[no-untyped-call]
