"""When an image is made: a machine that turns events and the time into actions, and does nothing else.

It never reads a clock, sleeps, or sees a pixel; `inference.thread` feeds it and carries out what it answers. One owner,
one thread. Must not import Qt, torch or a host.

The rules
- One job at a time, on the newest canvas when its turn comes: drawing on never queues a second preview.
- A running preview is not cancelled because the pen moved on, or nothing would ever finish. It is cancelled for an
  undo, another prompt or model, a final image, and when the pen lifts early in a long frame and a fresh one would
  still arrive in time.
- After the pen has rested comes a settle pass with more steps. It gives way to the pen unless it is nearly done.
- Whoever compiles says what the image depends on; when that is what is shown, nothing is computed.
- Final images go first, in order, and every one is made and shown, whatever happened meanwhile, unless the artist
  cancels it.
- A job lost with its worker is made again; lost twice in a row it is given up, with a sentence.

A job starts when the one before it has ended, and never takes a canvas older than that moment: so images come in order,
and while drawing none is older than twice the time of a frame.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import Literal, TypeAlias

from inference.messages import Purpose

Outcome: TypeAlias = Literal["frame", "failed", "cancelled", "refused"]
"""How a job ended. "refused": its layers could not be compiled; "failed": the engine could not make the image."""


# --- events


@dataclass(frozen=True, slots=True)
class CanvasChanged:
    pen_down: bool


@dataclass(frozen=True, slots=True)
class PenMoved:
    """The pen went down or up and the canvas is as it was."""

    down: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """Undo, redo or another document: what is being made shows a canvas that is gone."""


@dataclass(frozen=True, slots=True)
class DirectionChanged:
    """`urgency`: "discard" when an image of the old direction would mislead (another prompt, model or seed), "follow"
    for values that are dragged (strength, steps), where cancelling would starve the preview."""

    urgency: Literal["discard", "follow"]


@dataclass(frozen=True, slots=True)
class LiveSet:
    on: bool


@dataclass(frozen=True, slots=True)
class FinalWanted:
    """Generate was pressed. `ticket` holds the canvas and direction to use; it comes back in `Compile` untouched."""

    ticket: object


@dataclass(frozen=True, slots=True)
class UserCancelled:
    """Stop what runs, drop waiting finals, and make nothing until something changes."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """The answer to `Compile`. `inputs`: digest of all that the image depends on but its number of steps."""

    job_id: int
    inputs: str
    steps: int


@dataclass(frozen=True, slots=True)
class Ended:
    job_id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class HostReady:
    pass


@dataclass(frozen=True, slots=True)
class HostLost:
    """The worker died, and with it the running job. `HostReady` follows when it is back."""


@dataclass(frozen=True, slots=True)
class HostFailed:
    """The worker cannot come back; `sentence` says why and what helps."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A time asked for by `WakeAt` has come."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The last event: from here on there are no actions."""


Event: TypeAlias = (
    CanvasChanged | PenMoved | Undone | DirectionChanged | LiveSet | FinalWanted | UserCancelled | Compiled | Ended
    | HostReady | HostLost | HostFailed | Tick | Closed
)  # fmt: skip


# --- actions


@dataclass(frozen=True, slots=True)
class Compile:
    """Compile the newest canvas, or that of `ticket` when there is one; answer `Compiled` or `Ended(id, "refused")`."""

    job_id: int
    purpose: Purpose
    ticket: object = None


@dataclass(frozen=True, slots=True)
class Submit:
    """Hand the compiled job to the host."""

    job_id: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Ask the host to stop this job; it still ends with one message."""

    job_id: int


@dataclass(frozen=True, slots=True)
class Show:
    """The frame that just ended is the newest image."""

    job_id: int


@dataclass(frozen=True, slots=True)
class Drop:
    """The job leads to no image; what was kept for it may be forgotten."""

    job_id: int


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Send `Tick` at this time; a later `WakeAt` replaces this one."""

    time_s: float


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the artist."""

    sentence: str


Action: TypeAlias = Compile | Submit | Cancel | Show | Drop | WakeAt | Report


# --- the machine


@dataclass(frozen=True, slots=True)
class Pace:
    """`rest_s`: stillness before the settle pass. `long_s`: time left that makes a preview worth cancelling."""

    rest_s: float = 0.4
    long_s: float = 1.0


@dataclass(slots=True)
class _Job:
    id: int
    purpose: Purpose
    started_s: float
    ticket: object
    #: When something first changed after this job took its canvas.
    changed_s: float | None
    inputs: str = ""
    steps: int = 0
    submitted: bool = False
    cancelled: bool = False


class Scheduler:
    """`handle(event, now)` answers with actions to carry out in order. `now`: seconds on a clock that never falls."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._live = False
        self._pen_down = False
        self._host: Literal["away", "ready", "failed"] = "away"
        self._host_sentence = ""
        self._closed = False
        self._running: _Job | None = None
        self._finals: deque[tuple[object, float]] = deque()
        self._preview_wanted = False
        self._settle_wanted = False
        self._touched_s = 0.0
        self._changed_s = 0.0
        self._behind_since_s: float | None = None
        self._shown: tuple[str, int] | None = None
        self._losses = 0
        self._next_id = 1
        self._durations_s: dict[Purpose, deque[float]] = {}

    @property
    def behind_since_s(self) -> float | None:
        """When the first change was made that the shown image does not have; None while it is in sync."""
        return self._behind_since_s

    def handle(self, event: Event, now: float) -> list[Action]:
        actions: list[Action] = []
        if self._closed:
            return actions
        match event:
            case CanvasChanged(pen_down):
                self._changed(now)
                self._pen(pen_down, now, actions)
            case PenMoved(down):
                self._pen(down, now, actions)
            case Undone():
                self._pen_down = False
                self._changed(now)
                self._cancel_live(actions)
            case DirectionChanged("discard"):
                self._changed(now)
                self._cancel_live(actions)
            case DirectionChanged(_):
                self._changed(now)
                self._cancel_slow_settle(now, actions)
            case LiveSet(on):
                self._live = on
                self._preview_wanted = self._settle_wanted = on
                if not on:
                    self._cancel_live(actions)
            case FinalWanted(ticket):
                self._final_wanted(ticket, now, actions)
            case UserCancelled():
                self._finals.clear()
                self._cancel(actions)
                self._preview_wanted = self._settle_wanted = False
            case Compiled():
                self._compiled(event, actions)
            case Ended(job_id, outcome):
                self._ended(job_id, outcome, now, actions)
            case HostReady():
                self._host = "ready"
            case HostLost():
                self._host = "away"
                self._lost(actions)
            case HostFailed(sentence):
                self._host_failed(sentence, actions)
            case Tick():
                pass
            case Closed():
                self._closed = True
                self._cancel(actions)
                return actions
        self._start_next(now, actions)
        return actions

    # What the artist does.

    def _changed(self, now: float) -> None:
        self._touched_s = self._changed_s = now
        self._preview_wanted = self._settle_wanted = True
        if self._behind_since_s is None:
            self._behind_since_s = now
        if self._running is not None and self._running.changed_s is None:
            self._running.changed_s = now

    def _pen(self, down: bool, now: float, actions: list[Action]) -> None:
        lifted = self._pen_down and not down
        self._pen_down = down
        self._touched_s = now
        if down or self._preview_wanted:
            self._cancel_slow_settle(now, actions)
        if lifted and self._preview_wanted:
            self._cancel_early_preview(now, actions)

    def _final_wanted(self, ticket: object, now: float, actions: list[Action]) -> None:
        if self._host == "failed":
            actions.append(Report(self._host_sentence))
            return
        self._finals.append((ticket, now))
        self._cancel_live(actions)

    # Cancelling. A cancelled job keeps its place until the host says that it has ended.

    def _cancel(self, actions: list[Action]) -> None:
        job = self._running
        if job is not None and not job.cancelled:
            job.cancelled = True
            if job.submitted:
                actions.append(Cancel(job.id))

    def _cancel_live(self, actions: list[Action]) -> None:
        job = self._running
        if job is None or job.purpose == "final" or job.cancelled:
            return
        self._want_again(job)
        self._cancel(actions)

    def _cancel_slow_settle(self, now: float, actions: list[Action]) -> None:
        job = self._running
        if job is None or job.purpose != "settle":
            return
        # One that ends within a preview's time leaves time for that preview within twice the frame time.
        remaining_s, preview_s = self._remaining_s(job, now), self._typical_s("preview")
        if remaining_s is None or preview_s is None or remaining_s > preview_s:
            self._cancel_live(actions)

    def _cancel_early_preview(self, now: float, actions: list[Action]) -> None:
        job = self._running
        if job is None or job.purpose != "preview" or self._behind_since_s is None:
            return
        remaining_s, preview_s = self._remaining_s(job, now), self._typical_s("preview")
        if remaining_s is None or preview_s is None or remaining_s < self._pace.long_s:
            return
        # The engine notices a cancel at its next step, about a quarter of a few-step frame later at worst.
        if now - self._behind_since_s + 1.25 * preview_s <= 2 * preview_s:
            self._cancel_live(actions)

    def _remaining_s(self, job: _Job, now: float) -> float | None:
        typical_s = self._typical_s(job.purpose)
        return None if typical_s is None else typical_s - (now - job.started_s)

    def _typical_s(self, purpose: Purpose) -> float | None:
        durations_s = self._durations_s.get(purpose)
        return median(durations_s) if durations_s else None

    def _want_again(self, job: _Job) -> None:
        if job.purpose == "preview":
            self._preview_wanted = True
        self._settle_wanted = True

    # A job's life.

    def _start_next(self, now: float, actions: list[Action]) -> None:
        if self._running is not None or self._host != "ready":
            return
        if self._finals:
            ticket, asked_s = self._finals.popleft()
            self._start("final", now, actions, ticket, asked_s if self._changed_s > asked_s else None)
        elif not self._live:
            return
        elif self._preview_wanted:
            self._preview_wanted = False
            self._start("preview", now, actions)
        elif self._settle_wanted and not self._pen_down:
            rested_s = self._touched_s + self._pace.rest_s
            if now < rested_s:
                actions.append(WakeAt(rested_s))
            else:
                self._settle_wanted = False
                self._start("settle", now, actions)

    def _start(
        self,
        purpose: Purpose,
        now: float,
        actions: list[Action],
        ticket: object = None,
        changed_s: float | None = None,
    ) -> None:
        self._running = _Job(self._next_id, purpose, now, ticket, changed_s)
        self._next_id += 1
        actions.append(Compile(self._running.id, purpose, ticket))

    def _compiled(self, event: Compiled, actions: list[Action]) -> None:
        job = self._running
        if job is None or job.id != event.job_id or job.submitted:
            return
        job.inputs, job.steps = event.inputs, event.steps
        if job.cancelled:
            self._finish(job, actions)
        elif self._is_shown(job):
            self._behind_since_s = job.changed_s
            self._finish(job, actions)
        else:
            job.submitted = True
            actions.append(Submit(job.id))

    def _is_shown(self, job: _Job) -> bool:
        if self._shown is None or job.purpose == "final":
            return False
        inputs, steps = self._shown
        # A preview has nothing to add to the settled image of the same inputs, whatever its steps.
        return inputs == job.inputs and (job.purpose == "preview" or steps == job.steps)

    def _ended(self, job_id: int, outcome: Outcome, now: float, actions: list[Action]) -> None:
        job = self._running
        if job is None or job.id != job_id:
            return
        self._losses = 0
        if outcome == "frame" and not job.cancelled:
            self._durations_s.setdefault(job.purpose, deque(maxlen=3)).append(now - job.started_s)
            self._shown = (job.inputs, job.steps)
            self._behind_since_s = job.changed_s
            self._running = None
            actions.append(Show(job_id))
            return
        if outcome in ("failed", "refused") and job.purpose != "final" and job.changed_s is None:
            # The same canvas again would end the same way.
            self._preview_wanted = self._settle_wanted = False
        self._finish(job, actions)

    def _finish(self, job: _Job, actions: list[Action]) -> None:
        self._running = None
        actions.append(Drop(job.id))

    # What the worker does.

    def _lost(self, actions: list[Action]) -> None:
        job = self._running
        if job is None:
            return
        self._finish(job, actions)
        if job.cancelled:
            return
        self._losses += 1
        if self._losses == 2:
            self._losses = 0
            actions.append(
                Report(
                    "The engine stopped twice while making this image; try a smaller canvas or fewer control layers."
                )
            )
            if job.purpose != "final" and job.changed_s is None:
                self._preview_wanted = self._settle_wanted = False
        elif job.purpose == "final":
            self._finals.appendleft((job.ticket, job.started_s if job.changed_s is None else job.changed_s))
        else:
            self._want_again(job)

    def _host_failed(self, sentence: str, actions: list[Action]) -> None:
        self._host, self._host_sentence = "failed", sentence
        unanswered = len(self._finals)
        self._finals.clear()
        if self._running is not None:
            unanswered += self._running.purpose == "final"
            self._finish(self._running, actions)
        if unanswered:
            actions.append(Report(sentence))
