"""Stabilisers: from where the pen is to where the line is. Pure; owned by the stroke's thread; no clock, no Qt.

Distance governs all of them, so that the same line drawn with more or fewer events, faster or slower, is steadied
alike. While the pen rests, time is handed in, and what lags behind catches up.
"""

from __future__ import annotations

from math import ceil, exp, hypot
from typing import NamedTuple, Protocol

import numpy as np

from canvas.brush import Stabiliser, StabiliserKind

#: How far behind the pen BASIC runs at strength 1, and the deviation of WEIGHTED's Gaussian, in pixels.
_FULL_STRING_PX = 60.0
_FULL_DEVIATION_PX = 90.0
#: How fast the line comes after a resting pen, in seconds to within a third.
_CATCH_UP_S = 0.08
#: Nearer than this the line has arrived.
_THERE_PX = 0.05


class Place(NamedTuple):
    """A sample of the pen: document pixels; pressure, tilt and speed 0..1; seconds. As `dab_table` orders it."""

    x: float
    y: float
    pressure: float
    tilt: float
    speed: float
    time_s: float


class Steadier(Protocol):
    """`follow`, `rest` and `lift` return the places that the line goes on through."""

    @property
    def behind(self) -> bool:
        """The line would go on if the pen rested."""

    def follow(self, pen: Place) -> list[Place]:
        """The pen is now here."""

    def rest(self, pen: Place, seconds: float) -> list[Place]:
        """The pen has stayed here for so long; `pen` has the time and pressure of now."""

    def lift(self) -> list[Place]:
        """The pen was lifted."""


def steadier(stabiliser: Stabiliser, scale: float) -> Steadier:
    """`scale`: screen pixels in a document pixel."""
    unit = 1.0 / scale if stabiliser.zoom_scaled else 1.0
    strength = stabiliser.strength * stabiliser.strength
    finish = stabiliser.finish_line
    if stabiliser.kind is StabiliserKind.BASIC and strength > 0.0:
        return SoftString(_FULL_STRING_PX * strength * unit, finish_line=finish)
    if stabiliser.kind is StabiliserKind.WEIGHTED and strength > 0.0:
        return WeightedMean(_FULL_DEVIATION_PX * strength * unit, finish_line=finish)
    if stabiliser.kind is StabiliserKind.STRING and stabiliser.string_px > 0.0:
        return TautString(stabiliser.string_px * unit, finish_line=finish)
    return Untouched()


class Untouched:
    """The line is the pen's."""

    behind = False

    def follow(self, pen: Place) -> list[Place]:
        return [pen]

    def rest(self, pen: Place, seconds: float) -> list[Place]:
        return [pen]

    def lift(self) -> list[Place]:
        return []


class SoftString:
    """Runs `string_px` behind a pen that moves straight on."""

    def __init__(self, string_px: float, *, finish_line: bool) -> None:
        self._string_px = string_px
        self._finish_line = finish_line
        self._at: tuple[float, float] | None = None
        self._pen: Place | None = None

    @property
    def behind(self) -> bool:
        return self._gap() > _THERE_PX

    def follow(self, pen: Place) -> list[Place]:
        before, self._pen = self._pen, pen
        if self._at is None or before is None:
            self._at = pen.x, pen.y
            return [pen]
        way = hypot(pen.x - before.x, pen.y - before.y) / self._string_px
        # Exact for a pen that moves evenly from `before`: the lag of a straight line tends to the string.
        share = 1.0 - exp(-way)
        lead = 1.0 - share / way if way > 1e-9 else 0.0
        ax, ay = self._at
        ax += (before.x - ax) * share + (pen.x - before.x) * lead
        ay += (before.y - ay) * share + (pen.y - before.y) * lead
        self._at = ax, ay
        return [pen._replace(x=ax, y=ay)]

    def rest(self, pen: Place, seconds: float) -> list[Place]:
        if self._at is None:
            return []
        self._pen = pen
        share = 1.0 - exp(-seconds / _CATCH_UP_S)
        ax, ay = self._at
        self._at = ax + (pen.x - ax) * share, ay + (pen.y - ay) * share
        return [pen._replace(x=self._at[0], y=self._at[1])]

    def lift(self) -> list[Place]:
        return [self._pen] if self._pen is not None and self._finish_line and self.behind else []

    def _gap(self) -> float:
        if self._at is None or self._pen is None:
            return 0.0
        return hypot(self._pen.x - self._at[0], self._pen.y - self._at[1])


class WeightedMean:
    """The mean of the pen's way and pressure, the newest weighing most: half a Gaussian over the length of the way.

    The way is sampled at even steps, whatever the events were.
    """

    def __init__(self, deviation_px: float, *, finish_line: bool) -> None:
        self._step_px = max(deviation_px / 8.0, 0.75)
        count = ceil(3.0 * deviation_px / self._step_px) + 1
        self._weights = np.exp(-0.5 * (np.arange(count) * self._step_px / deviation_px) ** 2)
        self._finish_line = finish_line
        self._way = np.zeros((count, 3))  # newest first: x, y, pressure
        self._pen: Place | None = None
        self._to_next = self._step_px
        self._resting = 0.0
        self._alike = 0  # how many of the newest samples are where the pen is

    @property
    def behind(self) -> bool:
        return self._pen is not None and self._alike < len(self._way)

    def follow(self, pen: Place) -> list[Place]:
        before, self._pen = self._pen, pen
        if before is None:
            self._way[:] = pen.x, pen.y, pen.pressure
            self._alike = len(self._way)
            return [pen]
        way = hypot(pen.x - before.x, pen.y - before.y)
        places, done = [], 0.0
        while done + self._to_next <= way:
            done += self._to_next
            self._to_next = self._step_px
            t = done / way
            self._alike = 0
            places.append(self._sampled(Place(*(a + (b - a) * t for a, b in zip(before, pen, strict=True)))))
        self._to_next -= way - done
        return places

    def rest(self, pen: Place, seconds: float) -> list[Place]:
        """As if the pen had gone on over its place: the whole way is forgotten within some multiples of the time."""
        self._pen = pen
        self._resting += seconds / (3.0 * _CATCH_UP_S) * len(self._way)
        places = []
        while self._resting >= 1.0:
            self._resting -= 1.0
            places.append(self._arriving(pen))
        return places or [self._mean(pen)]

    def lift(self) -> list[Place]:
        if self._pen is None or not self._finish_line:
            return []
        places = []
        while self.behind:
            places.append(self._arriving(self._pen))
        return places

    def _arriving(self, pen: Place) -> Place:
        place = self._sampled(pen)
        self._alike = min(self._alike + 1, len(self._way))
        return place

    def _sampled(self, pen: Place) -> Place:
        self._way[1:] = self._way[:-1]
        self._way[0] = pen.x, pen.y, pen.pressure
        return self._mean(pen)

    def _mean(self, pen: Place) -> Place:
        x, y, pressure = (self._weights @ self._way) / self._weights.sum()
        return pen._replace(x=float(x), y=float(y), pressure=float(pressure))


class TautString:
    """Pulled by a string: as long as the pen stays within its length the line waits."""

    def __init__(self, length_px: float, *, finish_line: bool) -> None:
        self._length_px = length_px
        self._finish_line = finish_line
        self._at: tuple[float, float] | None = None
        self._pen: Place | None = None

    behind = False

    def follow(self, pen: Place) -> list[Place]:
        before, self._pen = self._pen, pen
        if self._at is None or before is None:
            self._at = pen.x, pen.y
            return [pen]
        # In small steps the way that is pulled does not depend on how often the pen reports.
        count = max(1, ceil(hypot(pen.x - before.x, pen.y - before.y) / max(self._length_px / 8.0, 1.0)))
        places = []
        for i in range(1, count + 1):
            t = i / count
            hand = Place(*(a + (b - a) * t for a, b in zip(before, pen, strict=True)))
            dx, dy = hand.x - self._at[0], hand.y - self._at[1]
            far = hypot(dx, dy)
            if far > self._length_px:
                pull = 1.0 - self._length_px / far
                self._at = self._at[0] + dx * pull, self._at[1] + dy * pull
                places.append(hand._replace(x=self._at[0], y=self._at[1]))
        return places

    def rest(self, pen: Place, seconds: float) -> list[Place]:
        if self._at is None:
            return []
        self._pen = pen
        return [pen._replace(x=self._at[0], y=self._at[1])]

    def lift(self) -> list[Place]:
        return [self._pen] if self._pen is not None and self._finish_line else []
