"""The brush: what it is, and how the points of a pen become dabs. Pure arithmetic; no pixels, no clock, no Qt.

The same points give the same dabs however they were batched: `DabPath` looks at one point after the other and keeps
only what the next one needs. Owned by the thread that owns the stroke.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, hypot, isfinite, sqrt
from typing import NamedTuple

from canvas.smoothing import Follower

MAX_SIZE_PX = 1000.0
#: Dabs are never closer than this: nearer ones add time and nothing that shows.
_MIN_STEP_PX = 0.5
#: Pressing the pen from 0 to 1 without moving it lays this many dabs, so that a held point grows with the pressure.
_DABS_PER_FULL_PRESSURE = 12.0
#: The faintest touch still leaves a dot of this diameter, at this share of the opacity.
_MIN_DIAMETER_PX = 1.0
_MIN_OPACITY = 1 / 64
#: A pen can lie outside the document, but not as far as this: such points are glitches of a driver.
_FARTHEST_PX = 100_000.0
#: How far in pixels the polyline that dabs are laid on may leave the curve.
_FLATNESS_PX = 0.1


class BrushMode(StrEnum):
    PAINT = "paint"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Brush:
    """A round brush.

    `size_px`: diameter at full pressure. `hardness` 0 (fades from the centre) .. 1 (crisp edge). `opacity`: of the
    whole stroke, `flow`: how far one dab goes towards it. `spacing` of dabs as a share of the diameter. `smoothing`
    0 (follows the pen exactly) .. 1. `size_by_pressure`, `opacity_by_pressure`: the share 0..1 that pressure governs.
    """

    name: str
    size_px: float = 12.0
    hardness: float = 0.9
    opacity: float = 1.0
    flow: float = 1.0
    spacing: float = 0.08
    smoothing: float = 0.3
    size_by_pressure: float = 1.0
    opacity_by_pressure: float = 0.0
    mode: BrushMode = BrushMode.PAINT

    def __post_init__(self) -> None:
        if not 0.0 < self.size_px <= MAX_SIZE_PX:
            raise ValueError(f"a brush is up to {MAX_SIZE_PX:.0f} px wide, not {self.size_px}")
        if not 0.01 <= self.spacing <= 10.0:
            raise ValueError(f"brush spacing lies between 0.01 and 10 diameters, not {self.spacing}")
        for name in ("hardness", "opacity", "flow", "smoothing", "size_by_pressure", "opacity_by_pressure"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"brush {name.replace('_', ' ')} lies between 0 and 1, not {value}")

    def diameter_px(self, pressure: float) -> float:
        """The diameter at `pressure` 0..1."""
        diameter = self.size_px * (1.0 - self.size_by_pressure * (1.0 - pressure))
        return max(diameter, min(self.size_px, _MIN_DIAMETER_PX))

    def opacity_at(self, pressure: float) -> float:
        """The share of the stroke's opacity that a dab at `pressure` reaches."""
        return max(1.0 - self.opacity_by_pressure * (1.0 - pressure), _MIN_OPACITY)


@dataclass(frozen=True, slots=True)
class StrokePoint:
    """What the pen reported: document pixels, pressure 0..1, tilt in degrees, seconds on any steady clock."""

    x: float
    y: float
    pressure: float = 1.0
    tilt_x: float = 0.0
    tilt_y: float = 0.0
    time_s: float = 0.0


class Dab(NamedTuple):
    """One print of the brush, in the order that `kernels.rasterise` takes. `cap`: the highest value it may reach."""

    x: float
    y: float
    radius_px: float
    hardness: float
    flow: float
    cap: float


class _Place(NamedTuple):
    x: float
    y: float
    pressure: float


class DabPath:
    """Dabs along the smoothed curve through the points of one stroke.

    The curve is made of parabolas from the middle of one pair of points to the middle of the next, with the point
    between as control point; it lags half a step of the pen behind, and `finish` draws it to the last point.
    """

    def __init__(self, brush: Brush) -> None:
        self._brush = brush
        self._follower = Follower(brush.smoothing)
        self._control: _Place | None = None  # the newest smoothed point
        self._at: _Place | None = None  # where the curve ends so far
        self._steps_to_next = 1.0
        self._dabs: list[Dab] = []

    def add(self, points: Iterable[StrokePoint]) -> list[Dab]:
        """The dabs that these points add."""
        for point in points:
            if abs(point.x) <= _FARTHEST_PX and abs(point.y) <= _FARTHEST_PX:  # False for NaN as well
                pressure = min(max(point.pressure, 0.0), 1.0) if isfinite(point.pressure) else 0.0
                x, y = self._follower.follow(point.x, point.y)
                self._extend(_Place(x, y, pressure))
        return self._taken()

    def finish(self) -> list[Dab]:
        """The dabs from the end of the curve so far to where the pen was lifted."""
        if self._control is not None:
            lifted = _Place(*self._follower.target, self._control.pressure)
            self._line_to(self._control)
            self._line_to(lifted)
            self._control = lifted
        return self._taken()

    def _taken(self) -> list[Dab]:
        dabs, self._dabs = self._dabs, []
        return dabs

    def _extend(self, place: _Place) -> None:
        if self._control is None or self._at is None:
            self._at = place
            self._print(place)
        else:
            self._curve_to(self._control, _middle(self._control, place))
        self._control = place

    def _curve_to(self, control: _Place, end: _Place) -> None:
        start = self._at
        assert start is not None
        bend = hypot(start.x - 2 * control.x + end.x, start.y - 2 * control.y + end.y)
        pieces = max(1, ceil(sqrt(bend / (4 * _FLATNESS_PX))))
        for i in range(1, pieces):
            t = i / pieces
            a, b, c = (1 - t) * (1 - t), 2 * t * (1 - t), t * t
            self._line_to(_Place(*(a * s + b * k + c * e for s, k, e in zip(start, control, end, strict=True))))
        self._line_to(end)

    def _line_to(self, end: _Place) -> None:
        start = self._at
        assert start is not None
        length = hypot(end.x - start.x, end.y - start.y)
        rise = end.pressure - start.pressure
        pressing = rise * _DABS_PER_FULL_PRESSURE * max(self._brush.size_by_pressure, self._brush.opacity_by_pressure)
        done = 0.0
        while done < 1.0:
            # The size of a step follows the pressure, so it is taken anew after every dab.
            pressure = start.pressure + rise * done
            step_px = max(self._brush.spacing * self._brush.diameter_px(pressure), _MIN_STEP_PX)
            steps = hypot(length / step_px, pressing)
            if steps * (1.0 - done) < self._steps_to_next:
                self._steps_to_next -= steps * (1.0 - done)
                break
            done += self._steps_to_next / steps
            self._print(_Place(*(s + (e - s) * done for s, e in zip(start, end, strict=True))))
        self._at = end

    def _print(self, place: _Place) -> None:
        brush = self._brush
        radius, cap = brush.diameter_px(place.pressure) / 2, brush.opacity_at(place.pressure)
        self._dabs.append(Dab(place.x, place.y, radius, brush.hardness, brush.flow, cap))
        self._steps_to_next = 1.0


def _middle(a: _Place, b: _Place) -> _Place:
    return _Place((a.x + b.x) / 2, (a.y + b.y) / 2, (a.pressure + b.pressure) / 2)
