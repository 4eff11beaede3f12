"""`Host`: where the engine runs, seen from the program. One contract, two hosts: `inline` and worker `process`.

Plain Python, importable in the GUI process. Must not import torch, diffusers or Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from inference.direction import EMBEDDED_MODEL
from inference.messages import FromHost, Job
from models.catalogue import EMBEDDED_FOLDER

OnMessage: TypeAlias = Callable[[FromHost], None]
"""Receives every message of a host. Called on a thread of the host's choice, one call at a time; must return soon and
must not call back into the host."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What an engine is started with. `models_folder`: None for the user's own. `device`: "auto", "cpu" or "cuda".

    `model`: the one to load at once, or "" to load models only when a job asks for them. `threads`: None for one on
    each core.
    """

    models_folder: Path | None = None
    embedded_folder: Path = EMBEDDED_FOLDER
    device: str = "auto"
    model: str = EMBEDDED_MODEL
    threads: int | None = None


class Host(Protocol):
    """Runs jobs one after another, in the order of submission, and reports through `on_message`.

    Order of messages
    - After `start`: `EngineState` "starting", "loading" (possibly several), then "ready", or "failed" when the engine
      cannot run or its first model cannot be loaded. Jobs are answered in every case.
    - For each job: any number of `Progress` with growing steps, then exactly one of `Frame`, `Failed`, `Cancelled`.
      `EngineState` "loading" and "ready" may come in between when a job asks for a model that is not loaded.
    - Messages of one job never follow its last one, and jobs end in the order in which they were submitted.
    - After `close`: nothing.

    When a host dies (a crash, a kill, memory taken away by the system) it sends `EngineState` "restarting" at once and
    comes back through "loading" and "ready". Jobs that had not ended get no further message: submitting them again,
    with the same ids, is the caller's decision. (A job whose id the host still holds is not taken twice, so a caller
    that submits while that message is on its way need not care.) A host that cannot come back sends "failed"; from
    then on every submitted job ends with `Failed`.

    All methods return at once and may be called from any one thread at a time. None raises for an engine that is
    starting, restarting or failed.
    """

    def start(self, on_message: OnMessage) -> None:
        """Begin; to be called once, before anything else."""
        ...

    def submit(self, job: Job) -> None:
        """Queue a job. It may be submitted before the engine is ready and then waits."""
        ...

    def cancel(self, job_id: int) -> None:
        """Stop a running job at its next step boundary; a waiting one ends when its turn comes, without being run.
        It still ends with one message: a `Frame` if it was faster, otherwise `Cancelled`. Other ids are ignored."""
        ...

    def close(self) -> None:
        """Stop everything and free all memory and processes. Unfinished jobs get no message. May be called twice."""
        ...
