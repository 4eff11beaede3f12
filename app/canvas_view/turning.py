"""How a hand turns the view: freely, but drawn to the next right angle when near. Plain arithmetic, no Qt."""

from __future__ import annotations

#: Within so many degrees of a right angle the view stands upright.
DRAWN_DEG = 3.0


def drawn_angle(degrees: float) -> float:
    """The angle to show for a free one, -180 up to 180: a right angle when it is near."""
    right = round(degrees / 90.0) * 90.0
    shown = right if abs(degrees - right) <= DRAWN_DEG else degrees
    return (shown + 180.0) % 360.0 - 180.0


class Turning:
    """Remembers the free angle of a drag, so that a view that was drawn to a right angle can be turned on past it."""

    def __init__(self) -> None:
        self._free = self._shown = 0.0

    def turned(self, present: float, by: float) -> float:
        """The angle to show after the hand turned `by` degrees; `present` is what the view shows now."""
        if present != self._shown:
            self._free = present
        self._free = (self._free + by + 180.0) % 360.0 - 180.0
        self._shown = drawn_angle(self._free)
        return self._shown
