"""A minimal synchronous signal for headless objects. It calls on the emitting thread and never crosses threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVarTuple

Args = TypeVarTuple("Args")


class Signal(Generic[*Args]):
    """`connect` returns a function that disconnects; `emit` calls in order of connection."""

    def __init__(self) -> None:
        self._slots: list[Callable[[*Args], object]] = []

    def connect(self, slot: Callable[[*Args], object]) -> Callable[[], None]:
        self._slots.append(slot)

        def disconnect() -> None:
            if slot in self._slots:
                self._slots.remove(slot)

        return disconnect

    def emit(self, *args: *Args) -> None:
        for slot in tuple(self._slots):
            slot(*args)
