"""What both hosts do: keep a queue of jobs, open an engine, answer one job after another.

Importing this is cheap; torch comes in when `work` runs, on the thread or in the process that runs it. No Qt.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from inference.hosts.base import EngineSettings, OnMessage
from inference.messages import Cancel, Cancelled, EngineError, EngineState, Failed, Frame, Job

if TYPE_CHECKING:
    from inference.engine import Engine

log = logging.getLogger(__name__)


class JobQueue:
    """Jobs in order of submission, with cancel marks. Any thread may put, cancel and close; one thread takes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._running: int | None = None
        self._cancelled: set[int] = set()
        self._closed = False

    def put(self, job: Job) -> None:
        with self._changed:
            if job.id != self._running and all(job.id != waiting.id for waiting in self._jobs):
                self._jobs.append(job)
                self._changed.notify()

    def cancel(self, job_id: int) -> None:
        with self._changed:
            if job_id == self._running or any(job_id == job.id for job in self._jobs):
                self._cancelled.add(job_id)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def take(self) -> Job | None:
        """The next job, waiting for one without using the processor; None when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._closed)
            if self._closed:
                return None
            job = self._jobs.popleft()
            self._running = job.id
            return job

    def done(self) -> None:
        """The job taken last has ended."""
        with self._changed:
            if self._running is not None:
                self._cancelled.discard(self._running)
            self._running = None

    def wants_stop(self) -> bool:
        """The running job was cancelled, or everything is."""
        with self._changed:
            return self._closed or self._running in self._cancelled


def work(settings: EngineSettings, jobs: JobQueue, send: OnMessage) -> None:
    """Open an engine and answer jobs until the queue is closed. Returns then; raises nothing."""
    try:
        engine = open_engine(settings, send)
    except Exception as error:
        log.exception("the engine cannot start")
        sentence = _sentence(error, "The engine cannot start")
        send(EngineState("failed", sentence))
        _answer_all(jobs, lambda job: Failed(job.id, sentence), send)
        return
    try:
        if settings.model:
            engine.warm(settings.model)
        else:
            send(EngineState("ready", f"Ready on {engine.device.words}", engine.device.words))
    except Exception as error:
        log.exception("the first model cannot be loaded")
        send(EngineState("failed", _sentence(error, "The model cannot be loaded"), engine.device.words))
    _answer_all(jobs, lambda job: answer(engine, job, jobs.wants_stop, send), send)


def open_engine(settings: EngineSettings, send: OnMessage) -> Engine:
    """An engine on the device asked for. Raises EngineError."""
    import torch

    from inference.engine import Engine
    from inference.families.components import choose_device, quieten
    from models.catalogue import scan

    quieten()
    torch.set_num_threads(settings.threads or physical_cores())
    return Engine(partial(scan, settings.models_folder, settings.embedded_folder), choose_device(settings.device), send)


def answer(engine: Engine, job: Job, wants_stop: Callable[[], bool], send: OnMessage) -> Frame | Failed | Cancelled:
    """Run one job, sending its progress; gives its last message, whatever happens."""
    import torch

    try:
        return engine.run(job, wants_stop, send)
    except Cancel:
        return Cancelled(job.id)
    except EngineError as error:
        return Failed(job.id, str(error))
    except Exception as error:
        log.exception("a job failed")
        if isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate memory" in str(error):
            engine.forget()
            width, height = job.conditions.size
            sentence = (
                f"There was not enough memory for {width} × {height} pixels on {engine.device.words}; "
                "choose a smaller frame or model, or close other programs."
            )
        else:
            sentence = _sentence(error, "This image could not be made")
        return Failed(job.id, sentence)


def physical_cores() -> int:
    """Cores this process may use, hyperthreads not counted: more threads than cores slow convolutions down."""
    import psutil  # type: ignore[import-untyped]

    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(psutil.cpu_count(logical=False) or allowed, allowed)


def _answer_all(jobs: JobQueue, answer_one: Callable[[Job], Frame | Failed | Cancelled], send: OnMessage) -> None:
    while (job := jobs.take()) is not None:
        message = answer_one(job)
        jobs.done()  # first: who hears the message may submit the same id again
        send(message)


def _sentence(error: Exception, what: str) -> str:
    if isinstance(error, EngineError):
        return str(error)
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
    return f"{what} ({reason}); your painting is untouched."
