"""The columns of the tables that pass between the kernels of the brush; float64 throughout. No imports of ours.

The kernels compile these numbers in: after a change here, change a byte of `laying`, `dabs` and `smudging` as well, or
their caches on disk keep the old ones.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Table: TypeAlias = npt.NDArray[np.float64]

# A place of the steadied pen: document pixels, pressure, tilt and speed 0..1, seconds.
PLACE_X, PLACE_Y, PLACE_PRESSURE, PLACE_TILT, PLACE_SPEED, PLACE_TIME = range(6)
PLACE_COLUMNS = 6

# A dab. RADIUS in document pixels; ANGLE in radians, clockwise on the screen; ROUNDNESS short axis over long one;
# CAP: the highest value it may reach; FLOW: the share by which it goes there; TEXTURE: how deep the grain cuts;
# KEEP: the share of the paint a smudging brush carries on; RATE: the share of its own colour that it adds;
# RED, GREEN, BLUE straight 0..1; FLIPPED: 1 when the tip is mirrored; ARM: which copy of a symmetric stroke it is.
X, Y, RADIUS, HARDNESS, FLOW, CAP, ANGLE, ROUNDNESS, TEXTURE, KEEP, RATE, RED, GREEN, BLUE, FLIPPED, ARM = range(16)
DAB_COLUMNS = 16

# Where the stamp of a dab lies: its first value in the buffer of stamps, its box in document pixels.
START, LEFT, TOP, WIDTH, HEIGHT = range(5)
BOX_COLUMNS = 5

# What `laying.lay_dabs` is told of a brush, one row. The first thirteen stand in the order of `brush.Parameter`; HUE,
# SATURATION, VALUE are how far the colour may shift.
(
    SIZE, OPACITY, FLOWING, HARD, SPACING, ROTATION, ROUND, SCATTER, GRAIN, HUE, SATURATION, VALUE, SMUDGE,
    OWN_HUE, OWN_SATURATION, OWN_VALUE, COLOUR_RATE, AIRBRUSH, PRESSING, BUILD_UP, SEED,
) = range(21)  # fmt: skip
BRUSH_COLUMNS = 21

# A dynamic: which parameter (its place above), which input (its place in `brush.Input`), then 256 values of its curve.
CURVE = 2
CURVE_STEPS = 256
DYNAMIC_COLUMNS = CURVE + CURVE_STEPS

# What `lay_dabs` remembers from call to call, one row: how many places it knows, the last three of them, the part of
# a step that is left to the next dab, the length of a step, how many dabs there are, the direction in turns.
KNOWN, PLACES, LEFT_OVER, STEP, COUNT, DIRECTION = 0, 1, 19, 20, 21, 22
STATE_COLUMNS = 23
