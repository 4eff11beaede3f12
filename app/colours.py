"""Colours as numbers: their text, hue, saturation and value, and steps of lightness. Plain Python, any thread.

A colour is straight sRGB, each channel 0..1.
"""

from __future__ import annotations

from colorsys import hsv_to_rgb, rgb_to_hsv
from typing import TypeAlias

Colour: TypeAlias = tuple[float, float, float]
Hsv: TypeAlias = tuple[float, float, float]
"""Hue, saturation and value of the hexcone model as in `colorsys`, each 0..1."""

#: Half an 8-bit step: colours that lie closer are the same to the eye and in a hex text.
SAME = 0.5 / 255
#: What one press of "lighter" or "darker" moves the lightness of Oklab, 0..1.
LIGHTNESS_STEP = 0.04


def hex_of(colour: Colour) -> str:
    return "#" + "".join(f"{round(c * 255):02x}" for c in colour)


def colour_of_hex(text: str) -> Colour | None:
    """The colour of "#d9874a", "d9874a" or "d84"; None when `text` is none of these."""
    digits = text.strip().removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * d for d in digits)
    if len(digits) != 6:
        return None
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        return None
    return red / 255, green / 255, blue / 255


def is_same(a: Colour, b: Colour) -> bool:
    """Whether two colours look the same."""
    return all(abs(p - q) <= SAME for p, q in zip(a, b, strict=True))


def hsv_of(colour: Colour, before: Hsv) -> Hsv:
    """Hue, saturation and value of a colour that follows `before`.

    A grey has no hue and black no saturation: they keep those of `before`, so that a slider drawn to its end can be
    drawn back. The colour that `before` stands for already is `before`, unrounded.
    """
    if is_same(colour, hsv_to_rgb(*before)):
        return before
    hue, saturation, value = rgb_to_hsv(*colour)
    if value == 0.0:
        return before[0], before[1], 0.0
    return (before[0], 0.0, value) if saturation == 0.0 else (hue, saturation, value)


def with_lightness(colour: Colour, step: float) -> Colour:
    """The colour moved by `step` (-1..1) of Oklab's lightness, its hue kept.

    Chroma is kept too, as far as a screen can show it at that lightness. Oklab: Björn Ottosson, "A perceptual color
    space for image processing" (2020).
    """
    lightness, a, b = _to_oklab(colour)
    lightness = min(1.0, max(0.0, lightness + step))
    low, high = 0.0, 1.0
    shown = _from_oklab((lightness, a, b))
    if not _in_gamut(shown):
        # The most chroma that fits; 16 halvings are finer than any 16-bit step.
        for _ in range(16):
            middle = (low + high) / 2
            if _in_gamut(_from_oklab((lightness, a * middle, b * middle))):
                low = middle
            else:
                high = middle
        shown = _from_oklab((lightness, a * low, b * low))
    red, green, blue = (min(1.0, max(0.0, c)) for c in shown)
    return red, green, blue


def from_xyz(x: float, y: float, z: float) -> Colour:
    """CIE XYZ under D65, white at y = 1, to sRGB (IEC 61966-2-1); what the screen cannot show is cut off."""
    linear = (
        3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
        -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
        0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
    )
    red, green, blue = (_gamma(min(1.0, max(0.0, c))) for c in linear)
    return red, green, blue


def _in_gamut(colour: Colour) -> bool:
    return all(-1e-4 <= c <= 1 + 1e-4 for c in colour)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _gamma(linear: float) -> float:
    """The sRGB curve, continued below 0 as an odd function."""
    if linear < 0.0:
        return -_gamma(-linear)
    return 12.92 * linear if linear <= 0.0031308 else float(1.055 * linear ** (1 / 2.4) - 0.055)


def _to_oklab(colour: Colour) -> tuple[float, float, float]:
    r, g, b = (_linear(c) for c in colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _from_oklab(lab: tuple[float, float, float]) -> Colour:
    """Unclipped sRGB."""
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )
