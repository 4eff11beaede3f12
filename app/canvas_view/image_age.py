"""`ImageAge`: is the shown image of the canvas as it is now, and if not, how old is what it lacks. Pure, no Qt.

Time is handed in, in seconds of any steady clock. The view and the status bar read the same object.
"""

from __future__ import annotations

from bisect import bisect_right

from canvas.state import DocumentState
from inference.result import Result

#: Changes remembered; older ones belong to images that nobody shows again.
MAX_CHANGES = 20_000


class ImageAge:
    """Hears of every document change and every result."""

    def __init__(self) -> None:
        self._revisions: list[int] = []
        self._times_s: list[float] = []
        self._state: DocumentState | None = None
        self._result: Result | None = None
        self._engine_behind_since_s: float | None = None

    def document_replaced(self, state: DocumentState) -> None:
        """Another document: nothing of the old one counts."""
        self._revisions.clear()
        self._times_s.clear()
        self._state, self._result = state, None
        self._engine_behind_since_s = None

    def document_changed(self, revision: int, state: DocumentState, now_s: float) -> None:
        self._state = state
        self._revisions.append(revision)
        self._times_s.append(now_s)
        if len(self._revisions) > MAX_CHANGES:
            del self._revisions[: MAX_CHANGES // 2], self._times_s[: MAX_CHANGES // 2]

    def result_changed(self, result: Result | None) -> None:
        self._result = result
        self._engine_behind_since_s = None

    def engine_synced(self, behind_since_s: float | None) -> None:
        """What the engine says, which also knows of changed prompts, and of changes that make no other image.

        None: the last image has everything. Otherwise the time of the first change that it lacks.
        """
        self._engine_behind_since_s = behind_since_s
        if behind_since_s is None:
            self._revisions.clear()
            self._times_s.clear()

    @property
    def in_sync(self) -> bool:
        """An image is shown, and the canvas is as it was when the image was asked for."""
        return self._result is not None and self._first_missing_s() is None

    def behind_s(self, now_s: float) -> float:
        """Seconds since the first change that the image does not show; 0 when it shows all, or there is no image."""
        first = self._first_missing_s()
        return 0.0 if first is None else max(0.0, now_s - first)

    def sentence(self, now_s: float) -> str:
        """ "in sync, 0.29 s" with the time the image took, "behind by 0.8 s", or nothing without an image."""
        if self._result is None:
            return ""
        if not self.in_sync:
            return f"behind by {self.behind_s(now_s):.1f} s"
        took_s = self._result.timings_s.get("total")
        return "in sync" if took_s is None else f"in sync, {took_s:.2f} s"

    def _first_missing_s(self) -> float | None:
        """When the first change came that the image does not show."""
        result = self._result
        if result is None:
            return None
        if result.snapshot.state is not self._state:
            first = bisect_right(self._revisions, result.snapshot.revision)
            if first < len(self._revisions):
                return self._times_s[first]
        return self._engine_behind_since_s
