"""`DabPath`: how the points of a pen become dabs. No pixels, no clock, no Qt.

The same points give the same dabs however they were batched: it looks at one point after the other and keeps only
what the next one needs. Chance is part of that: it comes from the number of the dab and a seed that the first point
gives. Owned by the thread that owns the stroke.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, hypot, isfinite
from struct import pack
from zlib import crc32

import numpy as np

from canvas import kernels
from canvas.brush import FULL_SPEED_PX_S, FULL_TILT_DEG, Brush, StrokePoint
from canvas.dynamics import Colour, brush_row, dynamics_table
from canvas.kernels.dab_table import DAB_COLUMNS, PLACE_COLUMNS, STATE_COLUMNS, Table
from canvas.smoothing import Place, steadier

#: Over how long the speed of the pen is averaged.
_SPEED_S = 0.05

#: A pen that reports nothing for longer is one whose clock has jumped: an airbrush must not spray for hours.
_LONGEST_GAP_S = 1.0

NO_DABS: Table = np.zeros((0, DAB_COLUMNS))


class DabPath:
    """Dabs along the steadied curve through the points of one stroke, as rows of `kernels.dab_table`.

    `scale`: screen pixels in a document pixel, for the stabiliser. The curve lags one place behind the line, and
    `finish` draws it to its end.
    """

    def __init__(self, brush: Brush, colour: Colour = (0.0, 0.0, 0.0), scale: float = 1.0) -> None:
        self._brush, self._colour = brush, colour
        self._row: Table | None = None
        self._dynamics = dynamics_table(brush)
        self._memory: Table = np.zeros((1, STATE_COLUMNS))
        self._steadier = steadier(brush.stabiliser, scale)
        self._speed = _Speed()
        self._pen: Place | None = None
        self._skipped_s = 0.0

    @property
    def restless(self) -> bool:
        """Dabs would be added if the pen rested."""
        return self._pen is not None and (self._brush.airbrush_rate > 0.0 or self._steadier.behind)

    def add(self, points: Iterable[StrokePoint]) -> Table:
        """The dabs that these points add."""
        places: list[Place] = []
        for point in points:
            if point.possible:
                self._pen = self._placed(point)
                places += self._steadier.follow(self._pen)
        return self._laid(places, lifted=False)

    def rest(self, seconds: float) -> Table:
        """The dabs that are added when the pen stays where it is for so long."""
        if self._pen is None or not self.restless:
            return NO_DABS
        self._pen = self._pen._replace(time_s=self._pen.time_s + seconds)
        return self._laid(self._steadier.rest(self._pen, seconds), lifted=False)

    def finish(self) -> Table:
        """The dabs from the end of the curve so far to where the pen was lifted."""
        return self._laid(self._steadier.lift(), lifted=True)

    def _laid(self, places: list[Place], *, lifted: bool) -> Table:
        if not places and not lifted:
            return NO_DABS
        if self._row is None:
            if self._pen is None:
                return NO_DABS
            first = places[0]
            seed = crc32(pack("<4d", first.x, first.y, first.pressure, first.time_s))
            self._row = brush_row(self._brush, self._colour, seed)
        table = np.array(places, np.float64).reshape(-1, PLACE_COLUMNS)
        return kernels.lay_dabs(table, self._memory, self._row, self._dynamics, int(lifted))

    def _placed(self, point: StrokePoint) -> Place:
        pressure = min(max(point.pressure, 0.0), 1.0) if isfinite(point.pressure) else 0.0
        tilt = hypot(point.tilt_x, point.tilt_y) / FULL_TILT_DEG
        tilt = min(tilt, 1.0) if isfinite(tilt) else 0.0
        time_s = point.time_s
        if self._pen is not None:
            # A rest may have been counted for longer than the pen took to report again.
            gap_s = max(0.0, time_s - self._skipped_s - self._pen.time_s)
            self._skipped_s += max(0.0, gap_s - _LONGEST_GAP_S)
            time_s = self._pen.time_s + min(gap_s, _LONGEST_GAP_S)
        return Place(point.x, point.y, pressure, tilt, self._speed.at(point.x, point.y, time_s), time_s)


class _Speed:
    """The speed of the pen as a share of the full one, averaged over the last moments, however often it reports."""

    def __init__(self) -> None:
        self._last: tuple[float, float, float] | None = None
        self._way_px = 0.0
        self._value = 0.0

    def at(self, x: float, y: float, time_s: float) -> float:
        if self._last is None:
            self._last = x, y, time_s
            return 0.0
        x0, y0, before_s = self._last
        self._way_px += hypot(x - x0, y - y0)
        # Drivers give several points one time: what they covered counts for the next interval.
        elapsed_s = time_s - before_s
        self._last = x, y, max(before_s, time_s)
        if elapsed_s > 0.0:
            keep = exp(-elapsed_s / _SPEED_S)
            self._value = self._value * keep + self._way_px / elapsed_s / FULL_SPEED_PX_S * (1.0 - keep)
            self._way_px = 0.0
        return min(self._value, 1.0)
