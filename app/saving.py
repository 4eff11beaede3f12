"""`Saving`: files are written on a thread, one at a time, while the artist goes on painting. No Qt.

Orders are given, watched and ended on the session's thread; only `Order.write` runs on another one. What is written is
a value, so nobody waits for anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, TimeoutError
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Literal, TypeAlias

from app.signals import Signal
from canvas.formats.errors import FormatError
from canvas.formats.job import Cancelled, Job

#: Saving that takes no longer needs no word.
UNNOTICED_S = 0.3

Since: TypeAlias = Literal["begun", "opened", "saved"]


@dataclass(frozen=True, slots=True)
class OnDisk:
    """How a document and its file stand: since `at_s` (seconds, as `time.time`) it is `since`. `unkept`: what the
    format of that file could not keep of the document."""

    since: Since
    at_s: float
    unkept: tuple[str, ...] = ()

    def sentence(self, now_s: float) -> str:
        """How long ago that was: "Last saved 12 minutes ago." """
        ago = ago_text(now_s - self.at_s)
        if self.since == "saved":
            return f"Last saved {ago}."
        return f"Never saved; {self.since} {ago}."


def ago_text(seconds: float) -> str:
    """ "12 minutes ago" """
    minutes = int(seconds // 60)
    if minutes < 1:
        return "just now"
    count, unit = (minutes, "minute") if minutes < 60 else (minutes // 60, "hour")
    if count >= 48 and unit == "hour":
        count, unit = count // 24, "day"
    return f"{count} {unit}{'' if count == 1 else 's'} ago"


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """A file to be written. `write` does it on any thread and raises FormatError or Cancelled; then `written` is called
    on the session's thread."""

    path: Path
    write: Callable[[Job], None]
    written: Callable[[], None]


class Saving:
    """`changed`: something begins, has ended or was called off. `failed`: one sentence about a file that could not be
    written; it is as it was. `cancelled`: the file that was called off.

    `executor`: one thread for each order when None. `clock`: seconds.
    """

    def __init__(self, executor: Executor | None = None, clock: Callable[[], float] = monotonic) -> None:
        self.changed: Signal[()] = Signal()
        self.failed: Signal[str] = Signal()
        self.cancelled: Signal[Path] = Signal()
        self._executor, self._clock = executor, clock
        self._running: tuple[Order, Job, Future[None], float] | None = None
        self._waiting: list[Order] = []

    @property
    def busy(self) -> bool:
        return self._running is not None

    @property
    def path(self) -> Path | None:
        """The file that is being written."""
        return self._running[0].path if self._running else None

    @property
    def progress(self) -> float:
        """The share of it that is written, 0..1."""
        return self._running[1].progress if self._running else 1.0

    @property
    def noticed(self) -> bool:
        """It takes long enough to be shown."""
        return self._running is not None and self._clock() - self._running[3] > UNNOTICED_S

    def put(self, order: Order) -> None:
        """Write it when those before it are written. Of several that wait for one file only the newest is."""
        self._waiting = [other for other in self._waiting if other.path != order.path] + [order]
        self._start_next()

    def write_now(self, order: Order) -> None:
        """Write it on this thread, after those before it. Raises FormatError."""
        self.wait()
        order.write(Job())
        order.written()

    @property
    def done(self) -> bool:
        """What was being written is, and waits for `poll`."""
        return self._running is not None and self._running[2].done()

    def poll(self) -> None:
        """Take over what is done and start what waits; to be called now and then, and by `wait`."""
        if self._running is None or not self.done:
            return
        order, _, future, _ = self._running
        self._running = None
        try:
            future.result()
        except Cancelled:
            self.cancelled.emit(order.path)
        except FormatError as reason:
            self.failed.emit(str(reason))
        else:
            order.written()
        finally:
            self._start_next()
            self.changed.emit()

    def wait(self, seconds: float | None = None) -> bool:
        """Give it time, all there is when None; whether everything is written."""
        while self._running is not None:
            try:
                self._running[2].exception(seconds)
            except TimeoutError:
                return False
            self.poll()
        return True

    def cancel(self) -> None:
        """Call off what is being written, as far as it is not done, and what waits. The files stay as they are."""
        waiting, self._waiting = self._waiting, []
        if self._running is not None:
            self._running[1].cancel()
        for order in waiting:
            self.cancelled.emit(order.path)

    def _start_next(self) -> None:
        if self._running is not None or not self._waiting:
            return
        order, job = self._waiting.pop(0), Job()
        if self._executor is not None:
            future = self._executor.submit(order.write, job)
        else:
            # Its thread is waited for when the interpreter goes: an order that was given is carried out.
            pool = ThreadPoolExecutor(1, thread_name_prefix="saving")
            future = pool.submit(order.write, job)
            pool.shutdown(wait=False)
        self._running = order, job, future, self._clock()
        self.changed.emit()
