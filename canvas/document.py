"""`Document`: the one long-lived mutable object of a painting. It holds the current state, its history and listeners.

Owned by one thread (the GUI's, or the command line's); whoever needs the document elsewhere takes a `Snapshot`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from canvas.history import HistoryBytes, Step
from canvas.snapshot import Snapshot
from canvas.state import DocumentState

Listener: TypeAlias = Callable[[DocumentState, DocumentState], None]
"""Called as changed(old, new) after every change, also within a gesture."""

DEFAULT_HISTORY_BYTES = 1 << 30


class Document:
    """Current state plus history. The history is bounded by bytes of tiles that the current state does not share.

    `edit` makes one step. A gesture (a stroke, a drag) is `begin`, any number of `update`, then `commit` or
    `rollback`. Steps with the same `merge` key that follow each other directly become one (a slider being dragged).
    `forgotten_steps`: how many were dropped for the budget.
    """

    def __init__(self, state: DocumentState, history_bytes: int = DEFAULT_HISTORY_BYTES) -> None:
        self._state = state
        self._revision = 0
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._listeners: list[Listener] = []
        self._gesture: tuple[str, DocumentState] | None = None
        self._bytes = HistoryBytes(state)
        self.history_bytes = history_bytes
        self.forgotten_steps = 0

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
        return tuple(step.label for step in self._undo)

    @property
    def redo_labels(self) -> tuple[str, ...]:
        """What could be redone, the next one last."""
        return tuple(step.label for step in self._redo)

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
        self._push(Step(label, before, after, merge))
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
            self._push(Step(label, before, self._state))

    def rollback(self) -> None:
        """Close the gesture as if it had never been."""
        if self._gesture is None:
            raise RuntimeError("no gesture is open")
        _, before = self._gesture
        self._gesture = None
        self._set(before)

    def undo(self) -> str | None:
        """Take the last step back; its label, or None when there is nothing to undo or a gesture is open."""
        if not self._undo or self._gesture is not None:
            return None
        step = self._undo.pop()
        self._redo.append(step)
        self._set(step.before)
        return step.label

    def redo(self) -> str | None:
        if not self._redo or self._gesture is not None:
            return None
        step = self._redo.pop()
        self._undo.append(step)
        self._set(step.after)
        return step.label

    def history_size_bytes(self) -> int:
        """Bytes of tiles that only the history keeps alive."""
        return self._bytes.unshared(self._state)

    def _set(self, state: DocumentState) -> None:
        if state is self._state:
            return
        old, self._state = self._state, state
        self._revision += 1
        for listener in tuple(self._listeners):
            listener(old, state)

    def _push(self, step: Step) -> None:
        for undone in self._redo:
            self._bytes.forget(undone)
        self._redo.clear()
        last = self._undo[-1] if self._undo else None
        if step.merge is not None and last is not None and last.merge == step.merge and last.after is step.before:
            self._bytes.forget(last)
            step = replace(last, after=step.after)
            self._undo[-1] = step
        else:
            self._undo.append(step)
        self._bytes.remember(step)
        # The newest step always stays: an undo that is gone at once would be worse than a budget overrun.
        while len(self._undo) > 1 and self._bytes.unshared(step.after) > self.history_bytes:
            self._bytes.forget(self._undo.pop(0))
            self.forgotten_steps += 1
