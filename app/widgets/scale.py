"""How a number lies on a slider: its range, its step, its curve, and how it is written and read. Plain Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import exp, log
from typing import Literal

_NUMBER = re.compile(r"[-+]?\d[\d\s\u00a0\u202f]*(?:[.,]\d+)?|[-+]?[.,]\d+")


@dataclass(frozen=True, slots=True)
class Scale:
    """`low`..`high` in shown units, moved by `step`. "log" gives small values more room and needs `low` > 0.

    `decimals`: digits after the point. `unit` is written after the number, with its own leading space if it has one.

    >>> Scale(0, 100, unit=" %").text(70)
    '70 %'
    >>> Scale(0, 1, 0.01, decimals=2).read("0,755")
    0.76
    """

    low: float
    high: float
    step: float = 1.0
    decimals: int = 0
    unit: str = ""
    curve: Literal["linear", "log"] = "linear"

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"a scale runs upwards, not from {self.low} to {self.high}")
        if self.curve == "log" and self.low <= 0:
            raise ValueError(f"a logarithmic scale starts above 0, not at {self.low}")

    def clamped(self, value: float) -> float:
        """The nearest value that can be shown."""
        return min(self.high, max(self.low, round(value, self.decimals)))

    def share(self, value: float) -> float:
        """Where `value` lies on the slider, 0..1."""
        value = min(self.high, max(self.low, value))
        if self.curve == "log":
            return log(value / self.low) / log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def at(self, share: float) -> float:
        """The value at a place 0..1 of the slider; the inverse of `share`, rounded."""
        share = min(1.0, max(0.0, share))
        if self.curve == "log":
            return self.clamped(self.low * exp(share * log(self.high / self.low)))
        return self.clamped(self.low + share * (self.high - self.low))

    def moved(self, value: float, steps: float) -> float:
        """The value `steps` further; on a logarithmic scale a step is a tenth of the value, at least `step`."""
        step = max(self.step, abs(value) * 0.1) if self.curve == "log" else self.step
        return self.clamped(value + steps * step)

    def text(self, value: float) -> str:
        return f"{value:.{self.decimals}f}{self.unit}"

    def read(self, text: str) -> float | None:
        """The number in `text`, clamped; None when there is none. A comma may be the decimal point."""
        found = _NUMBER.search(text)
        if found is None:
            return None
        return self.clamped(float(re.sub(r"\s", "", found[0]).replace(",", ".")))


PERCENT = Scale(0, 100, unit=" %")
WEIGHT = Scale(0, 2, 0.05, decimals=2)
"""Of ControlNets and references."""
