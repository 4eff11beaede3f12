"""Filters that treat each channel by itself, as a table of every tone a channel can have. Pure; any thread."""

from __future__ import annotations

from functools import lru_cache
from math import pi, tan
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.curves import Curve, evaluated
from canvas.filters.values import BrightnessContrast, Curves, Invert, Levels, Posterise, Tones
from canvas.tiles import ONE, Pixels

ToneFilter: TypeAlias = Levels | Curves | BrightnessContrast | Invert | Posterise
_Tones: TypeAlias = npt.NDArray[np.float64]

#: Contrast 1 would be a division by zero; this is as good as a threshold.
_STEEPEST = 0.9999


@lru_cache(maxsize=32)
def tables(tone_filter: ToneFilter) -> Pixels:
    """What every fixed-point tone of red, green and blue becomes: read-only, shape (3, ONE + 1, 1), values 0..ONE."""
    tones = np.linspace(0.0, 1.0, ONE + 1)
    out = np.empty((3, ONE + 1, 1), np.uint16)
    for channel in range(3):
        out[channel, :, 0] = np.rint(shifted(tone_filter, tones, channel) * ONE)
    out.flags.writeable = False
    return out


def shifted(tone_filter: ToneFilter, tones: _Tones, channel: int) -> _Tones:
    """Straight tones 0..1 of channel 0, 1 or 2 as the filter makes them, 0..1."""
    match tone_filter:
        case Levels():
            own = (tone_filter.red, tone_filter.green, tone_filter.blue)[channel]
            return levelled(tone_filter.rgb, levelled(own, tones))
        case Curves():
            return bent(tone_filter.rgb, bent((tone_filter.red, tone_filter.green, tone_filter.blue)[channel], tones))
        case BrightnessContrast(brightness, contrast):
            moved = tones * (1.0 + brightness) if brightness < 0.0 else tones + (1.0 - tones) * brightness
            slope = tan((min(contrast, _STEEPEST) + 1.0) * pi / 4.0)
            return np.clip((moved - 0.5) * slope + 0.5, 0.0, 1.0)
        case Invert():
            return 1.0 - tones
        case Posterise(levels):
            return np.minimum(np.floor(tones * levels), levels - 1) / (levels - 1)


def levelled(tones: Tones, at: _Tones) -> _Tones:
    """Levels of one channel, the formula that all painting programs share."""
    spread = np.clip((at - tones.black) / (tones.white - tones.black), 0.0, 1.0) ** (1.0 / tones.gamma)
    return tones.out_black + spread * (tones.out_white - tones.out_black)


def bent(curve: Curve, at: _Tones) -> _Tones:
    return evaluated(curve, at)
