"""A simulated artist and renderer around a `Scheduler`, on one simulated clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from inference.messages import Purpose
from inference.scheduler import (
    Action,
    Cancel,
    CanvasChanged,
    Compile,
    Compiled,
    Drop,
    Ended,
    Event,
    HostLost,
    HostReady,
    LiveSet,
    Pace,
    PenMoved,
    Report,
    Scheduler,
    Show,
    Submit,
    Tick,
    WakeAt,
)

PEN_S = 1 / 240
PREVIEW_STEPS, SETTLE_STEPS = 4, 8


@dataclass(frozen=True)
class Shown:
    """One image on the screen: when, what for, of which canvas, and when that canvas was taken."""

    at_s: float
    purpose: Purpose
    canvas: int
    taken_s: float


@dataclass
class _Rendering:
    job_id: int
    started_s: float
    done_s: float
    step_s: float
    cancelled: bool = False


@dataclass
class Studio:
    """A scheduler, an artist and a renderer on one simulated clock.

    The renderer needs `frame_s` for a preview, in PREVIEW_STEPS equal steps; settle passes and finals take as many more
    as they have steps. It notices a cancel at the end of a step. `canvas` counts the artist's changes.
    """

    frame_s: float
    pace: Pace = field(default_factory=Pace)
    now: float = 100.0
    canvas: int = 0
    shown: list[Shown] = field(default_factory=list)
    submitted: list[tuple[Purpose, int]] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    #: (time, behind since) after every event while the pen is down.
    lags: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scheduler = Scheduler(self.pace)
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._compiled: dict[int, tuple[Purpose, int, float]] = {}
        self._rendering: _Rendering | None = None
        self._wake_s: float | None = None
        self._pen_is_down = False
        self.send(HostReady())
        self.send(LiveSet(True))
        self.run_until_idle()
        self.shown.clear()
        self.submitted.clear()

    # The artist.

    def change(self, pen_down: bool = False) -> None:
        self.canvas += 1
        self._pen_is_down = pen_down
        self.send(CanvasChanged(pen_down))

    def lift(self) -> None:
        self._pen_is_down = False
        self.send(PenMoved(False))

    def stroke(self, seconds: float) -> None:
        """Draw at 240 Hz, then lift."""
        end_s = self.now + seconds
        while self.now < end_s:
            self.change(pen_down=True)
            self.run(PEN_S)
        self.lift()

    # The clock.

    def at(self, time_s: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (time_s, next(self._order), what))

    def run(self, seconds: float) -> None:
        end_s = self.now + seconds
        while (due_s := self._next_due_s()) is not None and due_s <= end_s:
            self._advance_to(due_s)
        self.now = end_s

    def run_until_idle(self) -> None:
        for _ in range(10_000):
            due_s = self._next_due_s()
            if due_s is None:
                return
            self._advance_to(due_s)
        raise AssertionError("the scheduler never comes to rest")

    def _next_due_s(self) -> float | None:
        times = [time_s for time_s, _, _ in self._agenda[:1]]
        times += [self._wake_s] if self._wake_s is not None else []
        return min(times) if times else None

    def _advance_to(self, due_s: float) -> None:
        self.now = max(self.now, due_s)
        if self._wake_s is not None and self._wake_s <= self.now:
            self._wake_s = None
            self.send(Tick())
        else:
            heapq.heappop(self._agenda)[2]()

    # The machinery.

    def send(self, event: Event) -> list[Action]:
        actions = self.scheduler.handle(event, self.now)
        for action in actions:
            self._carry_out(action)
        if self._pen_is_down and self.scheduler.behind_since_s is not None:
            self.lags.append((self.now, self.scheduler.behind_since_s))
        return actions

    def inputs(self, canvas: int) -> str:
        return f"canvas {canvas}"

    def _carry_out(self, action: Action) -> None:
        match action:
            case Compile(job_id, purpose, ticket):
                canvas = ticket if isinstance(ticket, int) else self.canvas
                steps = PREVIEW_STEPS if purpose == "preview" else SETTLE_STEPS
                self._compiled[job_id] = (purpose, canvas, self.now)
                self.send(Compiled(job_id, self.inputs(canvas), steps))
            case Submit(job_id):
                assert self._rendering is None, "two jobs at once"
                purpose, canvas, _ = self._compiled[job_id]
                self.submitted.append((purpose, canvas))
                self._render(job_id, PREVIEW_STEPS if purpose == "preview" else SETTLE_STEPS)
            case Cancel(job_id):
                self._cancel(job_id)
            case Show(job_id):
                self.shown.append(Shown(self.now, *self._compiled[job_id]))
            case WakeAt(time_s):
                self._wake_s = time_s
            case Report(sentence):
                self.reports.append(sentence)
            case Drop(_):
                pass

    def _render(self, job_id: int, steps: int) -> None:
        step_s = self.frame_s / PREVIEW_STEPS
        rendering = self._rendering = _Rendering(job_id, self.now, self.now + steps * step_s, step_s)
        self.at(rendering.done_s, lambda: self._end(rendering, "frame"))

    def _cancel(self, job_id: int) -> None:
        rendering = self._rendering
        if rendering is None or rendering.job_id != job_id:
            return
        self.cancelled.append(job_id)
        steps_done = (self.now - rendering.started_s) // rendering.step_s
        noticed_s = rendering.started_s + (steps_done + 1) * rendering.step_s
        if noticed_s < rendering.done_s:
            self.at(noticed_s, lambda: self._end(rendering, "cancelled"))

    def _end(self, rendering: _Rendering, outcome: str) -> None:
        if self._rendering is not rendering:
            return
        self._rendering = None
        self.send(Ended(rendering.job_id, "frame" if outcome == "frame" else "cancelled"))

    def kill_worker(self) -> None:
        self._rendering = None
        self.send(HostLost())
