"""`Document`: the one long-lived mutable object of a painting. It holds the current state, its history and listeners.

Owned by one thread (the GUI's, or the command line's); whoever needs the document elsewhere takes a `Snapshot`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from canvas.history import DEFAULT_DISK_BYTES, DEFAULT_MEMORY_BYTES, History, HistoryReport, Step
from canvas.snapshot import Snapshot
from canvas.state import DocumentState

Listener: TypeAlias = Callable[[DocumentState, DocumentState], None]
"""Called as changed(old, new) after every change, also within a gesture."""


class Document:
    """Current state plus history. The history is bounded by bytes of tiles that the current state does not share: of
    `memory_bytes` in memory, and `disk_bytes` beyond them compressed in a temporary file.

    `edit` makes one step. A gesture (a stroke, a drag) is `begin`, any number of `update`, then `commit` or
    `rollback`. Steps with the same `merge` key that follow each other directly become one (a slider being dragged).
    """

    def __init__(
        self,
        state: DocumentState,
        memory_bytes: int = DEFAULT_MEMORY_BYTES,
        disk_bytes: int = DEFAULT_DISK_BYTES,
    ) -> None:
        self._state = state
        self._revision = 0
        self._history = History(state, memory_bytes, disk_bytes)
        self._listeners: list[Listener] = []
        self._gesture: tuple[str, DocumentState] | None = None

    @property
    def state(self) -> DocumentState:
        return self._state

    @property
    def revision(self) -> int:
        """Grows by one with every change that listeners hear of."""
        return self._revision

    @property
    def in_gesture(self) -> bool:
        return self._gesture is not None

    @property
    def undo_labels(self) -> tuple[str, ...]:
        """What could be undone, the oldest first."""
        return tuple(step.label for step in self._history.undo)

    @property
    def redo_labels(self) -> tuple[str, ...]:
        """What could be redone, the next one last."""
        return tuple(step.label for step in self._history.redo)

    def snapshot(self) -> Snapshot:
        """The present as a value; O(1)."""
        return Snapshot(self._revision, self._state)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def edit(self, label: str, change: Callable[[DocumentState], DocumentState], merge: str | None = None) -> None:
        """Apply `change` as one undoable step. A change that returns its argument leaves no step."""
        if self._gesture is not None:
            raise RuntimeError("finish the stroke before another edit")
        before = self._state
        after = change(before)
        if after is before:
            return
        self._history.push(Step(label, before, after, merge))
        self._set(after)

    def begin(self, label: str) -> None:
        if self._gesture is not None:
            raise RuntimeError("a gesture is already open")
        self._gesture = (label, self._state)

    def update(self, state: DocumentState) -> None:
        """Publish an intermediate state of the open gesture."""
        if self._gesture is None:
            raise RuntimeError("no gesture is open")
        self._set(state)

    def commit(self) -> None:
        """Close the gesture; all its updates become one step, or none when nothing changed."""
        if self._gesture is None:
            raise RuntimeError("no gesture is open")
        label, before = self._gesture
        self._gesture = None
        if self._state is not before:
            self._history.push(Step(label, before, self._state))

    def rollback(self) -> None:
        """Close the gesture as if it had never been."""
        if self._gesture is None:
            raise RuntimeError("no gesture is open")
        _, before = self._gesture
        self._gesture = None
        self._set(before)

    def undo(self) -> str | None:
        """Take the last step back; its label, or None when there is nothing to undo or a gesture is open."""
        step = None if self._gesture is not None else self._history.step_back()
        if step is None:
            return None
        self._set(step.before)
        return step.label

    def redo(self) -> str | None:
        """Make the step again that was taken back last; as `undo`."""
        step = None if self._gesture is not None else self._history.step_forward()
        if step is None:
            return None
        self._set(step.after)
        return step.label

    @property
    def forgotten_steps(self) -> int:
        """How many steps were dropped for the budgets."""
        return self._history.forgotten

    def history_size_bytes(self) -> int:
        """Memory of tiles that only the history keeps alive."""
        return self._history.size_bytes(self._state)

    def history_report(self) -> HistoryReport:
        """What the history holds, in memory and on disk."""
        return self._history.report(self._state)

    def _set(self, state: DocumentState) -> None:
        if state is self._state:
            return
        old, self._state = self._state, state
        self._revision += 1
        for listener in tuple(self._listeners):
            listener(old, state)
