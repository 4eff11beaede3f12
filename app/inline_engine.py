"""`InlineEngine`: a session's engine that makes one image while the caller waits. For the command line and benchmarks.

Owned by one thread. Must not import Qt; torch is imported on the engine's own thread when the first image is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue

from canvas.snapshot import Snapshot
from inference.conditions import Compiler
from inference.direction import Direction
from inference.hosts.base import EngineSettings
from inference.hosts.inline import InlineHost
from inference.messages import EngineError, EngineState, Failed, Frame, FromHost, Job, Progress
from inference.result import Result
from models.catalogue import Catalogue


class InlineEngine:
    """`deliver` receives the result, `on_message` every state and progress on the way."""

    def __init__(
        self, catalogue: Catalogue, deliver: Callable[[Result], None], on_message: Callable[[FromHost], None]
    ) -> None:
        self._catalogue = catalogue
        self._deliver = deliver
        self._on_message = on_message
        self._compiler = Compiler()
        self._direction = Direction()
        self._messages: SimpleQueue[FromHost] = SimpleQueue()
        self._host: InlineHost | None = None
        self._jobs = 0

    def canvas_changed(self, snapshot: Snapshot, pen_down: bool) -> None:
        """There is no live mode here."""

    def undone(self, snapshot: Snapshot) -> None:
        """There is no live mode here."""

    def set_live(self, live: bool) -> None:
        """There is no live mode here."""

    def direction_changed(self, direction: Direction) -> None:
        self._direction = direction

    def generate(self, snapshot: Snapshot) -> None:
        """Make the image and deliver it. Raises EngineError (also for what the model cannot do) and LookupError."""
        model = self._catalogue.find(self._direction.model)
        conditions, placement = self._compiler.compile(snapshot, self._direction, model, "final")
        if self._host is None:
            self._host = InlineHost(EngineSettings(models_folder=self._catalogue.folder, model=""))
            self._host.start(self._messages.put)
        self._jobs += 1
        job = Job(self._jobs, snapshot.revision, "final", conditions, placement)
        self._host.submit(job)
        while True:
            match self._messages.get():
                case Frame() as frame:
                    return self._deliver(Result.of(job, frame, snapshot))
                case Failed(_, sentence):
                    raise EngineError(sentence)
                case EngineState() | Progress() as message:
                    self._on_message(message)

    def cancel(self) -> None:
        if self._host is not None:
            self._host.cancel(self._jobs)

    def close(self) -> None:
        if self._host is not None:
            self._host.close()
