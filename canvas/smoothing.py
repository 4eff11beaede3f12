"""The stabiliser: a point that is drawn after the pen as if on a soft string. Pure; owned by the stroke's thread."""

from __future__ import annotations

from math import exp, hypot

#: Length of the string in document pixels at smoothing 1.
_FULL_STRING_PX = 60.0


class Follower:
    """Follows the pen at about `smoothing`**2 * 60 px, measured along the way it went.

    Distance rather than time governs it: the same line drawn with more or fewer events, faster or slower, is smoothed
    alike, and a resting pen needs no clock. What it lags behind is drawn when the stroke ends.
    """

    def __init__(self, smoothing: float) -> None:
        self._string_px = _FULL_STRING_PX * smoothing * smoothing
        self._at: tuple[float, float] | None = None
        self._target = (0.0, 0.0)

    @property
    def target(self) -> tuple[float, float]:
        """Where the pen is."""
        return self._target

    def follow(self, x: float, y: float) -> tuple[float, float]:
        """The pen is now at (x, y); returns where the stroke is."""
        before, self._target = self._target, (x, y)
        if self._at is None or self._string_px <= 0.0:
            self._at = (x, y)
            return self._at
        way = hypot(x - before[0], y - before[1]) / self._string_px
        # Exact for a pen that moves evenly from `before` to (x, y): the lag of a straight line tends to the string.
        share = 1.0 - exp(-way)
        lead = 1.0 - share / way if way > 1e-9 else 0.0
        ax, ay = self._at
        self._at = (
            ax + (before[0] - ax) * share + (x - before[0]) * lead,
            ay + (before[1] - ay) * share + (y - before[1]) * lead,
        )
        return self._at
