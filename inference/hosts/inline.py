"""`InlineHost`: the engine on a thread of this process. For the command line and for tests; a crash takes all along.

Importing this is cheap; torch is imported on the engine's thread. Must not import Qt.
"""

from __future__ import annotations

import threading

from inference.hosts.base import EngineSettings, OnMessage
from inference.hosts.work import JobQueue, work
from inference.messages import EngineState, FromHost, Job


class InlineHost:
    """A `Host` (see `inference.hosts.base`) without a second process."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._jobs = JobQueue()
        self._thread: threading.Thread | None = None
        self._closed = False

    def start(self, on_message: OnMessage) -> None:
        def send(message: FromHost) -> None:
            if not self._closed:
                on_message(message)

        def run() -> None:
            send(EngineState("starting", "Starting the engine"))
            work(self._settings, self._jobs, send)

        self._thread = threading.Thread(target=run, name="engine", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def cancel(self, job_id: int) -> None:
        self._jobs.cancel(job_id)

    def close(self) -> None:
        """Waits for the running step to end."""
        self._closed = True
        self._jobs.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
