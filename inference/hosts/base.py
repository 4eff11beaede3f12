"""`Host`: where the engine runs, seen from the program. One contract, two hosts: `inline` and worker `process`.

Plain Python, importable in the GUI process. Must not import torch, diffusers or Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from inference.messages import FromHost, Job

OnMessage: TypeAlias = Callable[[FromHost], None]
"""Receives every message of a host. Called on a thread of the host's choice, one call at a time; must return soon and
must not call back into the host."""


class Host(Protocol):
    """Runs jobs one after another, in the order of submission, and reports through `on_message`.

    Order of messages
    - After `start`: `EngineState` "starting", "loading" (possibly several), then "ready" or "failed".
    - For each job: any number of `Progress` with growing steps, then exactly one of `Frame`, `Failed`, `Cancelled`.
      `EngineState` "loading" and "ready" may come in between when a job asks for a model that is not loaded.
    - Messages of one job never follow its last one, and jobs end in the order in which they were submitted.
    - After `close`: at most `EngineState` "stopped".

    When a host dies (a crash, a kill, memory taken away by the system) it sends `EngineState` "restarting" at once and
    comes back as after `start`. Jobs that had not ended get no further message: submitting them again is the caller's
    decision, and new ids are not needed. A host that cannot come back sends "failed"; from then on every submitted job
    ends with `Failed`.

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
        """Stop a running job at its next step boundary, or a waiting one at once. It still ends with one message: a
        `Frame` if it was faster, otherwise `Cancelled`. Unknown or ended ids are ignored."""
        ...

    def close(self) -> None:
        """Stop everything and free all memory and processes. Unfinished jobs get no message. May be called twice."""
        ...
