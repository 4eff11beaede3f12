"""Dabs along the curve through the places of a pen: where each lies and what the inputs make of the brush there."""

from __future__ import annotations

from math import atan2, ceil, cos, hypot, pi, sin, sqrt

import numpy as np

from canvas.kernels.compiling import kernel
from canvas.kernels.dab_table import (
    AIRBRUSH,
    ANGLE,
    ARM,
    BLUE,
    BUILD_UP,
    CAP,
    COLOUR_RATE,
    COUNT,
    CURVE,
    CURVE_STEPS,
    DAB_COLUMNS,
    DIRECTION,
    FLIPPED,
    FLOW,
    FLOWING,
    GRAIN,
    GREEN,
    HARD,
    HARDNESS,
    HUE,
    KEEP,
    KNOWN,
    LEFT_OVER,
    OPACITY,
    OWN_HUE,
    OWN_SATURATION,
    OWN_VALUE,
    PLACE_COLUMNS,
    PLACE_PRESSURE,
    PLACE_SPEED,
    PLACE_TILT,
    PLACE_TIME,
    PLACE_X,
    PLACE_Y,
    PLACES,
    PRESSING,
    RADIUS,
    RATE,
    RED,
    ROTATION,
    ROUND,
    ROUNDNESS,
    SATURATION,
    SCATTER,
    SEED,
    SIZE,
    SMUDGE,
    SPACING,
    STEP,
    TEXTURE,
    VALUE,
    Table,
    X,
    Y,
)

#: Dabs are never closer than this: nearer ones add time and nothing that shows.
MIN_STEP_PX = 0.5
#: The faintest touch still leaves a dot of this diameter, at this share of the opacity.
MIN_DIAMETER_PX = 1.0
MIN_OPACITY = 1.0 / 64.0
#: The spacing, in diameters, at which a dab lays the brush's flow; closer ones lay their part of it.
FLOW_SPACING = 0.25
#: How far in pixels the polyline that dabs are laid on may leave the curve.
FLATNESS_PX = 0.05
#: Nearer places are one.
SAME_PX = 1e-6

_PRESSURE, _TILT, _SPEED, _DIRECTION, _RANDOM = range(5)
#: Draws for the place of a dab; all others are made under the number of their parameter.
_SCATTER_FAR, _SCATTER_ANGLE = 32, 33


def _draw(seed: float, index: float, what: int) -> float:
    """A number 0..1 that depends on these three alone (the finaliser of SplitMix64, Steele et al. 2014)."""
    z = np.uint64(int(seed)) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(int(index)) * np.uint64(0xD1B54A32D192ED03)
    z += np.uint64(what + 1) * np.uint64(0x8CB92BA72F3D8DD7)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) / 9007199254740992.0


def _at(curve: Table, value: float) -> float:
    """The curve of a dynamic, a row of its table, at an input."""
    place = min(max(value, 0.0), 1.0) * (CURVE_STEPS - 1)
    i = min(int(place), CURVE_STEPS - 2)
    low, high = curve[CURVE + i], curve[CURVE + i + 1]
    return float(low + (high - low) * (place - i))


def _input(dynamic: Table, place: Table, direction: float, seed: float, index: float) -> float:
    which = int(dynamic[1])
    if which == _PRESSURE:
        return float(place[PLACE_PRESSURE])
    if which == _TILT:
        return float(place[PLACE_TILT])
    if which == _SPEED:
        return float(place[PLACE_SPEED])
    if which == _DIRECTION:
        return direction
    return _draw(seed, index, int(dynamic[0]))


def _shift(
    dynamics: Table, parameter: int, amount: float, place: Table, direction: float, seed: float, index: float
) -> float:
    """How far a channel of the colour is shifted."""
    if amount == 0.0:
        return 0.0
    total, driven = 0.0, 0
    for i in range(dynamics.shape[0]):
        if int(dynamics[i, 0]) == parameter:
            driven += 1
            total += 2.0 * _at(dynamics[i], _input(dynamics[i], place, direction, seed, index)) - 1.0
    if driven == 0:
        total = 2.0 * _draw(seed, index, parameter) - 1.0
    return amount * total


def _print(
    dab: Table, place: Table, direction: float, brush: Table, dynamics: Table, seed: float, index: float
) -> float:
    """Fill in the row of a dab; returns the length of the step to the next one in pixels."""
    size, opacity, flow, hardness = brush[SIZE], brush[OPACITY], brush[FLOWING], brush[HARD]
    spacing, roundness, scatter, grain = brush[SPACING], brush[ROUND], brush[SCATTER], brush[GRAIN]
    smudge, turns, lightest = brush[SMUDGE], brush[ROTATION], 1.0
    for i in range(dynamics.shape[0]):
        parameter = int(dynamics[i, 0])
        value = _at(dynamics[i], _input(dynamics[i], place, direction, seed, index))
        if parameter == SIZE:
            size *= value
        elif parameter == OPACITY:
            lightest *= value
        elif parameter == FLOWING:
            flow *= value
        elif parameter == HARD:
            hardness *= value
        elif parameter == SPACING:
            spacing *= value
        elif parameter == ROTATION:
            turns += value
        elif parameter == ROUND:
            roundness *= value
        elif parameter == SCATTER:
            scatter *= value
        elif parameter == GRAIN:
            grain *= value
        elif parameter == SMUDGE:
            smudge *= value
    size = max(size, min(brush[SIZE], MIN_DIAMETER_PX))
    lightest = max(lightest, MIN_OPACITY)
    step = max(spacing * size, MIN_STEP_PX)
    # The exponent makes n dabs lay what one does at the reference spacing, where n of them fit.
    part = min(1.0, step / size / FLOW_SPACING)
    dab[X], dab[Y] = place[PLACE_X], place[PLACE_Y]
    if scatter > 0.0:
        far = scatter * size * sqrt(_draw(seed, index, _SCATTER_FAR))
        angle = 2.0 * pi * _draw(seed, index, _SCATTER_ANGLE)
        dab[X] += far * cos(angle)
        dab[Y] += far * sin(angle)
    dab[RADIUS], dab[HARDNESS] = size / 2.0, hardness
    dab[ANGLE], dab[ROUNDNESS] = 2.0 * pi * turns, max(roundness, 0.01)
    dab[TEXTURE], dab[FLIPPED], dab[ARM] = grain, 0.0, 0.0
    if brush[BUILD_UP] > 0.0:
        dab[CAP] = 1.0
        dab[FLOW] = 1.0 - (1.0 - min(flow * opacity * lightest, 1.0)) ** part
    else:
        dab[CAP] = lightest
        dab[FLOW] = 1.0 - (1.0 - flow) ** part
    # What a dab takes up at its front reaches its back after a way of a diameter over 1 - keep, whatever the spacing.
    dab[KEEP] = smudge
    dab[RATE] = 1.0 - (1.0 - brush[COLOUR_RATE]) ** part

    hue, saturation, value = brush[OWN_HUE], brush[OWN_SATURATION], brush[OWN_VALUE]
    for parameter in range(HUE, VALUE + 1):
        shift = _shift(dynamics, parameter, brush[parameter], place, direction, seed, index)
        if parameter == HUE:
            hue += 0.5 * shift
        elif parameter == SATURATION:
            saturation = min(max(saturation + shift, 0.0), 1.0)
        else:
            value = min(max(value + shift, 0.0), 1.0)
    for sixths, column in ((5.0, RED), (3.0, GREEN), (1.0, BLUE)):
        k = (sixths + 6.0 * hue) % 6.0
        dab[column] = value - value * saturation * max(0.0, min(min(k, 4.0 - k), 1.0))
    return float(step)


def _line_to(
    out: Table, count: int, end: Table, here: Table, state: Table, brush: Table, dynamics: Table, first: int
) -> tuple[Table, int]:
    """Lay dabs from `here` to `end` and move `here` there; returns the table, larger when it was full, and its rows.

    `first`: the first dab of the stroke lies at `here`, also when there is no way to go.
    """
    dx, dy = end[PLACE_X] - here[PLACE_X], end[PLACE_Y] - here[PLACE_Y]
    length = hypot(dx, dy)
    if length > SAME_PX:
        state[DIRECTION] = (atan2(dy, dx) / (2.0 * pi)) % 1.0
    pressing = (end[PLACE_PRESSURE] - here[PLACE_PRESSURE]) * brush[PRESSING]
    spraying = max(0.0, end[PLACE_TIME] - here[PLACE_TIME]) * brush[AIRBRUSH]
    done = 0.0
    place = np.empty(PLACE_COLUMNS)
    while done < 1.0:
        # The length of a step is the newest dab's, so it is taken anew after each.
        steps = hypot(length / state[STEP], pressing) + spraying
        if first == 0 and (steps == 0.0 or steps * (1.0 - done) < state[LEFT_OVER]):
            state[LEFT_OVER] -= steps * (1.0 - done)
            break
        if first == 0:
            done += state[LEFT_OVER] / steps
        first = 0
        for i in range(PLACE_COLUMNS):
            place[i] = here[i] + (end[i] - here[i]) * done
        if count == out.shape[0]:
            larger = np.empty((2 * count, DAB_COLUMNS))
            for i in range(count):
                for k in range(DAB_COLUMNS):
                    larger[i, k] = out[i, k]
            out = larger
        state[STEP] = _print(out[count], place, state[DIRECTION], brush, dynamics, brush[SEED], state[COUNT])
        state[COUNT] += 1.0
        state[LEFT_OVER] = 1.0
        count += 1
    for i in range(PLACE_COLUMNS):
        here[i] = end[i]
    return out, count


def _lean(before: Table, start: Table, end: Table, after: Table, tangents: Table) -> None:
    """The tangents of a centripetal Catmull-Rom curve at start and end, for a parameter that runs 0..1 between them
    (Yuksel, Schaefer and Keyser 2011)."""
    d0 = sqrt(hypot(start[0] - before[0], start[1] - before[1]))
    d1 = sqrt(hypot(end[0] - start[0], end[1] - start[1]))
    d2 = sqrt(hypot(after[0] - end[0], after[1] - end[1]))
    for axis in range(2):
        chord = end[axis] - start[axis]
        tangents[0, axis] = tangents[1, axis] = chord
        if d0 > SAME_PX:
            tangents[0, axis] += d1 * ((start[axis] - before[axis]) / d0 - (end[axis] - before[axis]) / (d0 + d1))
        if d2 > SAME_PX:
            tangents[1, axis] += d1 * ((after[axis] - end[axis]) / d2 - (after[axis] - start[axis]) / (d1 + d2))


def _bend(chord: Table, tangents: Table) -> float:
    """The larger second difference of the curve's Bézier points, which bounds how far a polyline leaves it."""
    most = 0.0
    for a, b in ((2.0, 1.0), (1.0, 2.0)):
        x = chord[0] - (a * tangents[0, 0] + b * tangents[1, 0]) / 3.0
        y = chord[1] - (a * tangents[0, 1] + b * tangents[1, 1]) / 3.0
        most = max(most, hypot(x, y))
    return most


@kernel(
    "table", "out64f", "table", "table", "int",
    helpers=(_draw, _at, _input, _shift, _print, _line_to, _lean, _bend),
)  # fmt: skip
def lay_dabs(places: Table, memory: Table, brushes: Table, dynamics: Table, lifted: int) -> Table:
    """The dabs that `places` (rows as in `dab_table`) add to a stroke, in rows of DAB_COLUMNS.

    The curve goes through all places and its shape near one depends on the next, so it lags one place behind; with
    `lifted` it is drawn to the end. `memory`: one row of zeros for a new stroke, kept between calls. `brushes`: one
    row. The same places give the same dabs in however many calls.
    """
    state, brush = memory[0], brushes[0]
    out, count = np.empty((32, DAB_COLUMNS)), 0
    # Of the four places that shape a piece, the piece goes from the second to the third.
    four, tangents, chord = np.zeros((4, PLACE_COLUMNS)), np.zeros((2, 2)), np.zeros(2)
    here, at = np.zeros(PLACE_COLUMNS), np.zeros(PLACE_COLUMNS)
    waits = 0
    for i in range(dynamics.shape[0]):
        if int(dynamics[i, 1]) == _DIRECTION:
            waits = 1
    for i in range(places.shape[0] + lifted):
        last = i == places.shape[0]
        known = int(state[KNOWN])
        if last and known == 0:
            break
        if known == 1 and not last:
            for k in range(PLACE_COLUMNS):
                state[PLACES + PLACE_COLUMNS + k] = state[PLACES + 2 * PLACE_COLUMNS + k]
                state[PLACES + 2 * PLACE_COLUMNS + k] = places[i, k]
                # Beyond its ends the stroke is thought to go straight on.
                state[PLACES + k] = 2.0 * state[PLACES + PLACE_COLUMNS + k] - places[i, k]
            state[KNOWN] = 2.0
            continue
        for k in range(PLACE_COLUMNS):
            for j in range(3):
                four[j, k] = state[PLACES + j * PLACE_COLUMNS + k]
            four[3, k] = 2.0 * four[2, k] - four[1, k] if last else places[i, k]
            if known == 0:
                four[0, k] = four[1, k] = four[2, k] = four[3, k]
            elif known == 1:
                four[0, k] = four[1, k] = four[3, k] = four[2, k]
            for j in range(3):
                state[PLACES + j * PLACE_COLUMNS + k] = four[j + 1, k]
        if known == 0:
            state[KNOWN] = state[STEP] = 1.0
        start, end = four[1], four[2]
        for k in range(2):
            chord[k] = end[k] - start[k]
        pieces, way = 1, hypot(chord[0], chord[1])
        if way > SAME_PX:
            _lean(four[0], start, end, four[3], tangents)
            pieces = min(64, max(1, ceil(sqrt(0.75 * _bend(chord, tangents) / FLATNESS_PX))))
        for k in range(PLACE_COLUMNS):
            here[k] = start[k]
        for piece in range(1, pieces + 1):
            t = piece / pieces
            for k in range(PLACE_COLUMNS):
                at[k] = end[k] if piece == pieces else start[k] + (end[k] - start[k]) * t
            if piece < pieces:
                rise, leave, arrive = t * t * (3.0 - 2.0 * t), t * (1.0 - t) * (1.0 - t), t * t * (t - 1.0)
                for k in range(2):
                    at[k] = start[k] + chord[k] * rise + tangents[0, k] * leave + tangents[1, k] * arrive
            # Where the direction matters the first dab waits until there is one.
            first = 1 if state[COUNT] == 0.0 and (waits == 0 or way > SAME_PX or last) else 0
            out, count = _line_to(out, count, at, here, state, brush, dynamics, first)
    return out[:count]
