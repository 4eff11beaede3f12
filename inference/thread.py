"""The background QThread: it owns the scheduler, the compiler and the host, and emits the only cross-thread signals.

The GUI thread puts values into a mailbox and goes on; nothing here ever makes it wait but `close`. The engine thread
sleeps in that mailbox until something comes or the scheduler's alarm is due, so an idle program uses no CPU. Messages
of the host land in the same mailbox, from whatever thread.

Both threads share Python's interpreter lock. What takes long here (compositing, resizing, hashing) is compiled code
that releases it; between such calls the lock passes to a waiting GUI thread after one switch interval, 5 ms by default.
The program therefore calls `sys.setswitchinterval` with a millisecond or less where it is put together.

The only module of the engine that imports Qt; must not import torch.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeAlias

from PySide6.QtCore import QObject, QThread, Signal

from canvas.snapshot import Snapshot
from inference import scheduler
from inference.conditions import CannotDo, Compiler, inputs_digest
from inference.direction import Direction
from inference.hosts.base import Host
from inference.messages import Cancelled, EngineState, Failed, Frame, FromHost, Job, Progress, Purpose
from inference.result import Result
from inference.scheduler import Pace, Scheduler
from models.catalogue import Catalogue

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Canvas:
    snapshot: Snapshot
    pen_down: bool


@dataclass(frozen=True, slots=True)
class _Undone:
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class _Live:
    on: bool


@dataclass(frozen=True, slots=True)
class _Generate:
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class _CancelAll:
    pass


@dataclass(frozen=True, slots=True)
class _Close:
    pass


_Mail: TypeAlias = _Canvas | _Undone | _Live | _Generate | _CancelAll | _Close | Direction | Catalogue | FromHost


class EngineThread(QThread):
    """`start()` it once; `close()` ends it. All other methods are for the GUI thread, cost microseconds, never block.

    `clock`: seconds that never fall; it must be the one that `sync` is read against.
    """

    frame = Signal(object)
    """A `Result` to show; finals (`purpose` "final") belong into the results strip as well. Newer than all before."""
    progress = Signal(int, int, str)
    """Step, steps and purpose of what runs."""
    state = Signal(object)
    """An `EngineState`."""
    error = Signal(str)
    """One sentence for the artist. Live goes on."""
    sync = Signal(object)
    """`None`: the last result has everything that was drawn. A float: the clock's time of the first change it lacks."""

    def __init__(
        self,
        host: Host,
        catalogue: Catalogue,
        direction: Direction,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._mailbox: SimpleQueue[_Mail] = SimpleQueue()
        self._clock = clock
        # From here on: the engine thread's own.
        self._host = host
        self._catalogue = catalogue
        self._direction = direction
        self._scheduler = Scheduler(pace)
        self._compiler = Compiler()
        self._snapshot: Snapshot | None = None
        self._jobs: dict[int, tuple[Job, Snapshot]] = {}
        self._alarm_s: float | None = None
        self._behind_since_s: float | None = None
        self._refusal = ""
        self._open = True

    # What the GUI thread says.

    def canvas_changed(self, snapshot: Snapshot, pen_down: bool) -> None:
        """The canvas or the pen is now like this. Also for pen down and pen up on an unchanged canvas."""
        self._mailbox.put(_Canvas(snapshot, pen_down))

    def undone(self, snapshot: Snapshot) -> None:
        """Undo, redo or another document: images of what was before are not wanted any more."""
        self._mailbox.put(_Undone(snapshot))

    def direction_changed(self, direction: Direction) -> None:
        self._mailbox.put(direction)

    def models_changed(self, catalogue: Catalogue) -> None:
        self._mailbox.put(catalogue)

    def set_live(self, on: bool) -> None:
        """Whether images are made after every stroke. Off at first."""
        self._mailbox.put(_Live(on))

    def generate(self, snapshot: Snapshot) -> None:
        """Make one final image of this canvas and the present direction, before anything else."""
        self._mailbox.put(_Generate(snapshot))

    def cancel(self) -> None:
        """Stop what runs and forget waiting finals; live goes on with the next change."""
        self._mailbox.put(_CancelAll())

    def close(self) -> None:
        """End the thread and the host, and wait for both. The last call."""
        self._mailbox.put(_Close())
        self.wait()

    # The engine thread.

    def run(self) -> None:
        self._host.start(self._mailbox.put)
        try:
            while self._open:
                self._turn()
        finally:
            self._host.close()

    def _turn(self) -> None:
        wait_s = None if self._alarm_s is None else max(0.0, self._alarm_s - self._clock())
        try:
            self._read(self._mailbox.get(timeout=wait_s))
        except Empty:
            self._alarm_s = None
            self._feed(scheduler.Tick())
        if self._scheduler.behind_since_s != self._behind_since_s:
            self._behind_since_s = self._scheduler.behind_since_s
            self.sync.emit(self._behind_since_s)

    def _read(self, mail: _Mail) -> None:
        match mail:
            case _Canvas(snapshot, pen_down):
                known = self._snapshot is not None and self._snapshot.state is snapshot.state
                self._snapshot = snapshot
                self._feed(scheduler.PenMoved(pen_down) if known else scheduler.CanvasChanged(pen_down))
            case _Undone(snapshot):
                self._snapshot = snapshot
                self._feed(scheduler.Undone())
            case Direction():
                self._turn_to(mail)
            case Catalogue():
                self._catalogue = mail
                self._feed(scheduler.DirectionChanged("follow"))
            case _Live(on):
                self._feed(scheduler.LiveSet(on))
            case _Generate(snapshot):
                self._feed(scheduler.FinalWanted((snapshot, self._direction)))
            case _CancelAll():
                self._feed(scheduler.UserCancelled())
            case _Close():
                self._open = False
                self._feed(scheduler.Closed())
            case EngineState():
                self._host_state(mail)
            case Progress(job_id, step, steps):
                if job_id in self._jobs:
                    self.progress.emit(step, steps, self._jobs[job_id][0].purpose)
            case Frame(job_id):
                self._feed(scheduler.Ended(job_id, "frame"), mail)
            case Failed(job_id, sentence):
                if job_id in self._jobs:
                    self.error.emit(sentence)
                self._feed(scheduler.Ended(job_id, "failed"))
            case Cancelled(job_id):
                self._feed(scheduler.Ended(job_id, "cancelled"))

    def _turn_to(self, direction: Direction) -> None:
        old, self._direction = self._direction, direction
        if direction == old:
            return
        same_aim = all(
            getattr(old, name) == getattr(direction, name) for name in ("prompt", "negative", "model", "seed")
        )
        self._feed(scheduler.DirectionChanged("follow" if same_aim else "discard"))

    def _host_state(self, state: EngineState) -> None:
        self.state.emit(state)
        match state.name:
            case "ready":
                self._feed(scheduler.HostReady())
            case "restarting":
                self._feed(scheduler.HostLost())
            case "failed":
                self._feed(scheduler.HostFailed(state.sentence))

    # What the scheduler asks for.

    def _feed(self, event: scheduler.Event, frame: Frame | None = None) -> None:
        """Let the scheduler handle `event` and do what it says. `frame`: the one that the event tells of."""
        for action in self._scheduler.handle(event, self._clock()):
            match action:
                case scheduler.Compile(job_id, purpose, ticket):
                    self._feed(self._compile(job_id, purpose, ticket))
                case scheduler.Submit(job_id):
                    self._host.submit(self._jobs[job_id][0])
                case scheduler.Cancel(job_id):
                    self._host.cancel(job_id)
                case scheduler.Show(job_id):
                    job, snapshot = self._jobs.pop(job_id)
                    assert frame is not None
                    self.frame.emit(Result.of(job, frame, snapshot))
                case scheduler.Drop(job_id):
                    self._jobs.pop(job_id, None)
                case scheduler.WakeAt(time_s):
                    self._alarm_s = time_s
                case scheduler.Report(sentence):
                    self.error.emit(sentence)

    def _compile(self, job_id: int, purpose: Purpose, ticket: object) -> scheduler.Event:
        snapshot, direction = self._snapshot, self._direction
        if isinstance(ticket, tuple):
            snapshot, direction = ticket
        if snapshot is None:
            return scheduler.Ended(job_id, "refused")
        try:
            model = self._catalogue.find(direction.model)
            conditions, placement = self._compiler.compile(snapshot, direction, model, purpose)
        except (CannotDo, LookupError) as refusal:
            self._refuse(str(refusal), purpose)
            return scheduler.Ended(job_id, "refused")
        except Exception as fault:
            # A fault over one canvas must not end the thread for all that follow.
            log.exception("compiling revision %d failed", snapshot.revision)
            self._refuse(f"The layers could not be read for the engine ({fault}); undo the last change.", purpose)
            return scheduler.Ended(job_id, "refused")
        self._refusal = ""
        if conditions.says_nothing and purpose != "final":
            # An empty canvas without a prompt stays empty until something is drawn or said.
            return scheduler.Ended(job_id, "refused")
        self._jobs[job_id] = (Job(job_id, snapshot.revision, purpose, conditions, placement), snapshot)
        return scheduler.Compiled(job_id, inputs_digest(conditions, placement), conditions.steps)

    def _refuse(self, sentence: str, purpose: Purpose) -> None:
        # A stroke compiles many times a second; the same sentence is said once, unless Generate asks again.
        if sentence != self._refusal or purpose == "final":
            self._refusal = sentence
            self.error.emit(sentence)
