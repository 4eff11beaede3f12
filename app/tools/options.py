"""`Held`: the options of a tool, a frozen value that tells when it changes. One thread: the session's. No Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Generic, TypeVar

from app.signals import Signal

T = TypeVar("T")


class Held(Generic[T]):
    """A value of the artist's hand that is neither part of the document nor undoable.

    >>> from canvas.geometry import Rect
    >>> held = Held(Rect(0, 0, 1, 1))
    >>> held.set(x1=4)
    >>> held.value.width
    4
    """

    def __init__(self, value: T) -> None:
        self.changed: Signal[T] = Signal()
        self._value = value

    @property
    def value(self) -> T:
        return self._value

    def set(self, **changes: Any) -> None:
        """Replace fields of the value, a frozen dataclass. Raises what its constructor raises."""
        self.put(replace(self._value, **changes))  # type: ignore[type-var]

    def put(self, value: T) -> None:
        if value != self._value:
            self._value = value
            self.changed.emit(value)
