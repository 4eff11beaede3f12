"""A brush as the numbers that the kernels read: one row of parameters, one row for every curve. Pure; no Qt."""

from __future__ import annotations

from colorsys import rgb_to_hsv

import numpy as np

from canvas import curves
from canvas.brush import Brush, BrushMode, Input, Parameter
from canvas.kernels.dab_table import (
    AIRBRUSH,
    BRUSH_COLUMNS,
    BUILD_UP,
    COLOUR_RATE,
    CURVE,
    CURVE_STEPS,
    DYNAMIC_COLUMNS,
    OWN_HUE,
    OWN_VALUE,
    PRESSING,
    SEED,
    SIZE,
    SMUDGE,
    Table,
)

Colour = tuple[float, float, float]

#: Pressing the pen from 0 to 1 without moving it lays this many dabs, so that a held point grows with the pressure.
_DABS_PER_FULL_PRESSURE = 12.0
_PARAMETERS = tuple(Parameter)
_INPUTS = tuple(Input)


def brush_row(brush: Brush, colour: Colour, seed: int) -> Table:
    """The parameters of a brush that paints in `colour` (straight 0..1); (1, BRUSH_COLUMNS)."""
    row = np.zeros((1, BRUSH_COLUMNS))
    row[0, SIZE : SMUDGE + 1] = (
        brush.size_px, brush.opacity, brush.flow, brush.hardness, brush.spacing, brush.rotation_deg / 360.0,
        brush.roundness, brush.scatter, brush.texture_strength if brush.texture else 0.0,
        brush.hue_jitter, brush.saturation_jitter, brush.value_jitter, brush.smudge,
    )  # fmt: skip
    row[0, OWN_HUE : OWN_VALUE + 1] = rgb_to_hsv(*(min(max(c, 0.0), 1.0) for c in colour))
    row[0, COLOUR_RATE], row[0, AIRBRUSH] = brush.colour_rate, brush.airbrush_rate
    pressed = any(dynamic.input is Input.PRESSURE for dynamic in brush.dynamics)
    row[0, PRESSING] = _DABS_PER_FULL_PRESSURE if pressed else 0.0
    # A smudging brush works straight on the pixels, where every dab counts.
    row[0, BUILD_UP], row[0, SEED] = brush.build_up or brush.smudges, seed
    return row


def dynamics_table(brush: Brush) -> Table:
    """The curves of a brush; (number of dynamics, DYNAMIC_COLUMNS)."""
    table = np.zeros((len(brush.dynamics), DYNAMIC_COLUMNS))
    for row, dynamic in zip(table, brush.dynamics, strict=True):
        row[0], row[1] = _PARAMETERS.index(dynamic.parameter), _INPUTS.index(dynamic.input)
        row[CURVE:] = curves.table(dynamic.curve, CURVE_STEPS)
    return table


def is_coloured(brush: Brush) -> bool:
    """Dabs of one stroke may differ in colour."""
    return brush.mode is BrushMode.PAINT and max(brush.hue_jitter, brush.saturation_jitter, brush.value_jitter) > 0.0
