"""Colours of print and of measurement as straight sRGB. Plain arithmetic; components are clipped to their range.

CMYK has no meaning without the profile of a press: these are the plain complements, as GIMP and Krita import them.
"""

from __future__ import annotations

from colorsys import hsv_to_rgb
from math import isfinite

from app.colours import Colour, from_xyz

#: Bradford adaptation from D50, which Lab in print means, to the D65 of sRGB (http://www.brucelindbloom.com).
_D50_TO_D65 = (
    (0.9555766, -0.0230393, 0.0631636),
    (-0.0282895, 1.0099416, 0.0210077),
    (0.0122982, -0.0204830, 1.3299098),
)
_D50_WHITE = (0.96422, 1.0, 0.82521)


def rgb(red: float, green: float, blue: float) -> Colour:
    """Each 0..1."""
    return _share(red), _share(green), _share(blue)


def hsb(hue: float, saturation: float, brightness: float) -> Colour:
    """Each 0..1."""
    return hsv_to_rgb(_share(hue), _share(saturation), _share(brightness))


def cmyk(cyan: float, magenta: float, yellow: float, black: float) -> Colour:
    """Ink, each 0..1."""
    light = 1.0 - _share(black)
    return (1.0 - _share(cyan)) * light, (1.0 - _share(magenta)) * light, (1.0 - _share(yellow)) * light


def grey(light: float) -> Colour:
    """0 black to 1 white, as the screen shows it."""
    return (_share(light),) * 3


def lab(lightness: float, a: float, b: float) -> Colour:
    """CIE L*a*b* under D50: L* 0..100, a* and b* about -128..127 (CIE 15:2004, 8.2.1)."""
    fy = (100 * _share(lightness / 100) + 16) / 116
    fx, fz = fy + _bounded(a) / 500, fy - _bounded(b) / 200
    xyz = [white * _inverse(f) for white, f in zip(_D50_WHITE, (fx, fy, fz), strict=True)]
    x, y, z = (sum(k * c for k, c in zip(row, xyz, strict=True)) for row in _D50_TO_D65)
    return from_xyz(x, y, z)


def _inverse(f: float) -> float:
    return f**3 if f > 6 / 29 else 3 * (6 / 29) ** 2 * (f - 4 / 29)


def _share(value: float) -> float:
    if not isfinite(value):
        raise ValueError("a colour that is no number")
    return min(1.0, max(0.0, value))


def _bounded(value: float) -> float:
    if not isfinite(value):
        raise ValueError("a colour that is no number")
    return min(128.0, max(-128.0, value))
