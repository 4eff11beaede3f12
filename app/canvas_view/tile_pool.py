"""A few threads that compute tiles while the window goes on: the most urgent job first, of equals the oldest.

Jobs are plain callables without arguments; what they make they leave where their owner looks. The threads start with
the first job and sleep while there is none. Any thread may submit. No Qt.
"""

from __future__ import annotations

import atexit
import os
from collections import deque
from collections.abc import Callable, Iterable
from enum import IntEnum
from threading import Semaphore, Thread
from typing import TypeAlias

Job: TypeAlias = Callable[[], None]


class Urgency(IntEnum):
    """`SEEN_ROUGH`: what the artist waits for. `SEEN`: what is visible. `LATER`: what may be needed soon."""

    SEEN_ROUGH = 0
    SEEN = 1
    LATER = 2


class TilePool:
    """`threads`: None for one less than the machine has cores, at least one: the window keeps one for itself."""

    def __init__(self, threads: int | None = None) -> None:
        self.thread_count = max(1, (os.cpu_count() or 2) - 1) if threads is None else threads
        self._waiting: tuple[deque[Job], ...] = tuple(deque() for _ in Urgency)
        self._count = Semaphore(0)
        self._threads: list[Thread] = []
        self._closed = False

    def submit(self, job: Job, urgency: Urgency) -> None:
        self._waiting[urgency].append(job)
        self._count.release()
        if not self._threads:
            # A thread that is in compiled code while the interpreter goes would take the process down with it.
            atexit.register(self.close)
        while len(self._threads) < self.thread_count:
            thread = Thread(target=self._work, name="tiles", daemon=True)
            self._threads.append(thread)
            thread.start()

    def help(self, urgency: Urgency, may_go_on: Callable[[], bool]) -> None:
        """Run waiting jobs of one urgency on the calling thread while `may_go_on()`."""
        while may_go_on() and (job := self._next((urgency,))) is not None:
            job()

    def close(self) -> None:
        """Return when the threads have ended; jobs that wait are never run."""
        atexit.unregister(self.close)
        self._closed = True
        self._count.release(len(self._threads) or 1)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while True:
            self._count.acquire()
            if self._closed:
                return
            job = self._next(Urgency)
            if job is not None:  # else somebody helped
                job()

    def _next(self, urgencies: Iterable[Urgency]) -> Job | None:
        for urgency in urgencies:
            try:
                return self._waiting[urgency].popleft()
            except IndexError:
                continue
        return None
