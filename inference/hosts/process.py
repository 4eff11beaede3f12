"""`ProcessHost`: the engine in a worker process, so that no fault of it touches the painting. What the app uses.

Any one thread at a time may call it; messages come from its listener thread. Must not import torch or Qt.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from inference.hosts.base import EngineSettings, OnMessage
from inference.hosts.wire import Blocks, Wire, room_for, seal, unseal
from inference.messages import Cancelled, EngineState, Failed, Frame, FromHost, Job

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "inference.hosts.worker")

RESTARTING = "The engine stopped unexpectedly and is starting again; your painting is untouched."
GIVEN_UP = (
    "The engine stopped {deaths} times in a row and stays off; your painting is untouched. "
    "Choose a smaller model or frame and start Underdraw again."
)

#: Deaths without a single image in between after which the engine stays off.
MAX_DEATHS = 4

#: Two defaults of Linux that cost most of a frame. glibc maps and faults in every large tensor anew. And libgomp's
#: threads wait for each other by spinning, which on cores that anything else uses too (such as the painting) made a
#: frame six times slower than threads that soon go to sleep. Other systems ignore these.
TUNING = MappingProxyType(
    {
        "MALLOC_MMAP_MAX_": "0",
        "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
        "MALLOC_TOP_PAD_": str(256 << 20),
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "GOMP_SPINCOUNT": "2000",
    }
)

#: The engine never asks a network for anything, and says what it has to say through messages.
OFFLINE = MappingProxyType(
    {
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "DIFFUSERS_VERBOSITY": "error",
    }
)


def restart_delay_s(deaths: int) -> float:
    """Seconds to wait before the next start: none after the first death, then doubling.

    >>> [restart_delay_s(deaths) for deaths in (1, 2, 3, 4)]
    [0.0, 1.0, 2.0, 4.0]
    """
    return 0.0 if deaths < 2 else 2.0 ** (deaths - 2)


class ProcessHost:
    """A `Host` (see `inference.hosts.base`) that survives its engine."""

    def __init__(
        self,
        settings: EngineSettings,
        command: Sequence[str] = COMMAND,
        delay_s: Callable[[int], float] = restart_delay_s,
    ) -> None:
        self._settings = settings
        self._command = tuple(command)
        self._delay_s = delay_s
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._given_up = ""
        self._wire: Wire | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._blocks = Blocks()
        self._jobs: dict[int, tuple[Job, str]] = {}
        self._thread: threading.Thread | None = None
        self._on_message: OnMessage = _ignore

    @property
    def pid(self) -> int | None:
        """Process id of the present worker."""
        return self._process.pid if self._process is not None else None

    def start(self, on_message: OnMessage) -> None:
        self._on_message = on_message
        self._thread = threading.Thread(target=self._live, name="engine listener", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        with self._lock:
            if self._given_up:
                self._on_message(Failed(job.id, self._given_up))
            elif job.id not in self._jobs and not self._closing.is_set():
                self._jobs[job.id] = (job, "")
                if self._wire is not None:
                    self._hand_over(self._wire, job)

    def cancel(self, job_id: int) -> None:
        with self._lock:
            if job_id in self._jobs and self._wire is not None:
                with suppress(OSError):
                    self._wire.send(seal(Cancelled(job_id), None))

    def close(self) -> None:
        """Ends the worker, which needs no time for it, and frees its shared memory."""
        with self._lock:
            self._closing.set()
            process = self._process
        if process is not None:
            process.kill()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    # On the listener thread

    def _live(self) -> None:
        deaths = 0
        self._tell(EngineState("starting", "Starting the engine"))
        while True:
            made_images = self._one_life()
            with self._lock:
                self._forget_worker()
                if self._closing.is_set():
                    self._blocks.close()
                    return
                deaths = 1 if made_images else deaths + 1
                if deaths >= MAX_DEATHS:
                    self._given_up = GIVEN_UP.format(deaths=deaths)
                    self._blocks.close()
                    self._on_message(EngineState("failed", self._given_up))
                    return
                # Under the lock: a job submitted from now on belongs to the next life.
                self._on_message(EngineState("restarting", RESTARTING))
            self._closing.wait(self._delay_s(deaths))

    def _one_life(self) -> bool:
        """Start a worker and pass on what it says until it ends. True if it made an image."""
        with self._lock:
            if self._closing.is_set():
                return False
            try:
                self._process = _spawn(self._command)
            except OSError:
                log.exception("the worker cannot be started")
                return False
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            wire = Wire(self._process.stdout, self._process.stdin)
            with suppress(OSError):
                wire.send(seal(self._settings, None))
            self._wire = wire
            for job, _ in list(self._jobs.values()):
                self._hand_over(wire, job)
        made_images = False
        while True:
            try:
                envelope = wire.receive()
            except EOFError:
                return made_images
            with self._lock:
                message = unseal(envelope, self._blocks.taken(envelope.block))
                if isinstance(message, Frame | Failed | Cancelled):
                    _, block = self._jobs.pop(message.job_id)
                    self._blocks.give_back(block)
            made_images = made_images or isinstance(message, Frame)
            self._tell(message)

    def _hand_over(self, wire: Wire, job: Job) -> None:
        """Called with the lock held. A worker that is gone is the listener's business."""
        width, height = job.conditions.size
        block = self._blocks.take(room_for(job, width * height * 3))
        self._jobs[job.id] = (job, block.name if block is not None else "")
        with suppress(OSError):
            wire.send(seal(job, block))

    def _forget_worker(self) -> None:
        """Called with the lock held, after the pipes have ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._wire is not None:
            self._wire.close()
        self._process = self._wire = None
        for _, block in self._jobs.values():
            self._blocks.give_back(block)
        self._jobs.clear()

    def _tell(self, message: FromHost) -> None:
        if not self._closing.is_set():
            self._on_message(message)


def _ignore(message: FromHost) -> None:
    """Before `start`, nobody listens."""


def _spawn(command: Sequence[str]) -> subprocess.Popen[bytes]:
    if sys.platform == "win32":
        flags = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
    else:
        flags = 0
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(os.environ),
        creationflags=flags,
        start_new_session=True,  # Ctrl-C in a terminal is for the program, which ends the worker itself
    )


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The worker's environment. What the user has set wins over the tuning."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([root, *filter(None, [environ.get("PYTHONPATH")])])
    return {**TUNING, **environ, **OFFLINE, "PYTHONPATH": path}
