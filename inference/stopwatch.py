"""`Stopwatch`: seconds by stage, on the CPU by the clock, on CUDA by events so that measuring does not slow the work.

Only inside the worker or the inline host, one thread. Must not import Qt.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import torch


class Stopwatch:
    """`with watch.stage("decode"): ...` any number of times, then `seconds()`. Stages may nest; each counts itself."""

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        self._began = time.perf_counter()
        self._spent: defaultdict[str, float] = defaultdict(float)
        self._events: list[tuple[str, torch.cuda.Event, torch.cuda.Event]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        if self._cuda:
            begin = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
            end = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
            begin.record()
            yield
            end.record()
            self._events.append((name, begin, end))
        else:
            began = time.perf_counter()
            yield
            self._spent[name] += time.perf_counter() - began

    def seconds(self) -> dict[str, float]:
        """Seconds by stage, and "total" since this stopwatch was made. Waits for the device."""
        if self._cuda:
            torch.cuda.synchronize()
            for name, begin, end in self._events:
                self._spent[name] += begin.elapsed_time(end) / 1000
            self._events.clear()
        return {**self._spent, "total": time.perf_counter() - self._began}
