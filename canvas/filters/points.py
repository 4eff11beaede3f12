"""Point filters on tiles: from premultiplied pixels to the opaque colours the filter gives them. Pure; any thread."""

from __future__ import annotations

import numpy as np

from canvas.filters.tones import tables
from canvas.filters.values import (
    BrightnessContrast,
    ColourBalance,
    Curves,
    Desaturate,
    Grey,
    HueSaturation,
    Invert,
    Levels,
    Noise,
    PointFilter,
    Posterise,
    Threshold,
)
from canvas.kernels import filtering
from canvas.tiles import Pixels

_GREYS = {Grey.LIGHTNESS: 0, Grey.LUMINOSITY: 1, Grey.AVERAGE: 2}


def recoloured(point_filter: PointFilter, pixels: Pixels, x0: int, y0: int) -> Pixels:
    """The colours the filter gives `pixels` (h, w, 4): fresh, opaque where `pixels` are not transparent, else zero.

    (`x0`, `y0`): the document pixel of the top left, which noise needs. A filter that this version does not know
    leaves the colours as they are.
    """
    out = np.empty_like(pixels)
    match point_filter:
        case Levels() | Curves() | BrightnessContrast() | Invert() | Posterise():
            filtering.look_up(out, pixels, tables(point_filter))
        case HueSaturation(hue, saturation, lightness, colourise):
            filtering.shift_hsl(out, pixels, hue / 360.0, saturation, lightness, int(colourise))
        case ColourBalance(shadows, midtones, highlights, preserve_luminosity):
            shifts = np.array([(b.red, b.green, b.blue) for b in (shadows, midtones, highlights)], np.float64)
            filtering.balance(out, pixels, shifts, int(preserve_luminosity))
        case Desaturate(method):
            filtering.grey(out, pixels, _GREYS[Grey(method)])
        case Threshold(level):
            filtering.threshold(out, pixels, level)
        case Noise(amount, monochrome):
            filtering.add_noise(out, pixels, amount, int(monochrome), x0, y0)
        case _:
            filtering.straighten(out, pixels)
    return out
