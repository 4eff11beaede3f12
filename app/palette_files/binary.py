"""`Bytes`: reading big-endian numbers and names one after the other from a palette file. Plain Python."""

from __future__ import annotations

import struct
from typing import Any


class Bytes:
    """Raises ValueError where the data end early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise ValueError("it ends early")
        self._at += count
        return self._data[self._at - count : self._at]

    def numbers(self, layout: str) -> tuple[Any, ...]:
        """As `struct` names them, big-endian."""
        return struct.unpack(f">{layout}", self.take(struct.calcsize(f">{layout}")))

    def name(self, units: int) -> str:
        """UTF-16 of so many units, without the zero that ends it."""
        return self.take(2 * units).decode("utf-16-be", "replace").partition("\0")[0]
