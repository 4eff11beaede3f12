"""`Job`: how far reading or writing a file has come, and a way to call it off. Any thread; no Qt."""

from __future__ import annotations


class Cancelled(Exception):
    """The artist called it off. Nothing has changed: an old file is as it was."""


class Job:
    """One thread works and reports by `reach`; any other looks at `progress` and may `cancel`."""

    def __init__(self) -> None:
        self._progress = 0.0
        self._cancelled = False

    @property
    def progress(self) -> float:
        """The share that is done, 0..1."""
        return self._progress

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    def cancel(self) -> None:
        self._cancelled = True

    def reach(self, share: float) -> None:
        """Say how much is done, 0..1. Raises Cancelled once it was called off."""
        self._progress = min(max(share, 0.0), 1.0)
        if self._cancelled:
            raise Cancelled

    def part(self, start: float, end: float) -> Job:
        """A job whose 0..1 is `start`..`end` of this one."""
        return _Part(self, start, end)


class _Part(Job):
    def __init__(self, whole: Job, start: float, end: float) -> None:
        super().__init__()
        self._whole, self._start, self._end = whole, start, end

    @property
    def cancelled(self) -> bool:
        return self._whole.cancelled

    def cancel(self) -> None:
        self._whole.cancel()

    def reach(self, share: float) -> None:
        super().reach(share)
        self._whole.reach(self._start + (self._end - self._start) * self._progress)
