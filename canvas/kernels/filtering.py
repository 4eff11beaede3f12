"""Filters of premultiplied fixed-point tiles: look-up tables, hue and saturation, balance, greys, noise, sharpening.

Point filters write straight colours, opaque where the source is not transparent and zero elsewhere: `lay_atop` then
lays them atop the source. Luminosity is that of the W3C's non-separable blend modes.
"""

from __future__ import annotations

from math import floor
from typing import Any

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import Kernel, kernel
from canvas.tiles import ONE, Pixels

#: The shift of one channel by a full balance in the tones it is for.
BALANCE_STRENGTH = 0.35


@kernel("out16", "in16", "int")
def lay_atop(dst: Pixels, src: Pixels, opacity: int) -> None:
    """Lay `src` times `opacity` (0..ONE) atop `dst`, in place: mode Normal that keeps the alpha of `dst`."""
    height, width, _ = dst.shape
    half = np.uint32(1 << 14)
    shift = np.uint32(15)
    share = np.uint32(opacity)
    for y in range(height):
        d = dst[y].reshape(width * 4)
        s = src[y].reshape(width * 4)
        for x in range(width):
            alpha = np.uint32(d[4 * x + 3])
            weight = (np.uint32(s[4 * x + 3]) * share + half) >> shift
            rest = np.uint32(ONE) - weight
            part = (alpha * share + half) >> shift
            for c in range(3):
                i = 4 * x + c
                total = (np.uint32(s[i]) * part + np.uint32(d[i]) * rest + half) >> shift
                d[i] = np.uint16(min(total, alpha))


def _tone(colour: int, alpha: int) -> int:
    """The straight tone 0..ONE of a premultiplied value."""
    if alpha == ONE:
        return colour
    return min(ONE, (colour * ONE + (alpha >> 1)) // alpha)


def _fixed(tone: float) -> int:
    return int(min(max(tone, 0.0), 1.0) * ONE + 0.5)


def _luminosity(r: float, g: float, b: float) -> float:
    return 0.3 * r + 0.59 * g + 0.11 * b


@kernel("out16", "in16", helpers=(_tone,))
def straighten(out: Pixels, src: Pixels) -> None:
    """Straight colours."""
    height, width, _ = src.shape
    for y in range(height):
        for x in range(width):
            alpha = int(src[y, x, 3])
            out[y, x, 3] = ONE if alpha else 0
            for c in range(3):
                out[y, x, c] = _tone(int(src[y, x, c]), alpha) if alpha else 0


@kernel("out16", "in16", "in16", helpers=(_tone,))
def look_up(out: Pixels, src: Pixels, tables: Pixels) -> None:
    """Each channel through its own table of `tables` (3, ONE + 1, 1)."""
    height, width, _ = src.shape
    for y in range(height):
        for x in range(width):
            alpha = int(src[y, x, 3])
            if alpha == ONE:
                for c in range(3):
                    out[y, x, c] = tables[c, src[y, x, c], 0]
                out[y, x, 3] = ONE
            elif alpha:
                for c in range(3):
                    out[y, x, c] = tables[c, _tone(int(src[y, x, c]), alpha), 0]
                out[y, x, 3] = ONE
            else:
                for c in range(4):
                    out[y, x, c] = 0


def _lightened(tone: float, lightness: float) -> float:
    """Towards white (`lightness` 1) or black (-1)."""
    return tone * (1.0 + lightness) if lightness < 0.0 else tone + (1.0 - tone) * lightness


def _hue_share(h: float) -> float:
    """How much of a channel a hue has, 0..1; `h` (0..12) in sixths of a turn from the opposite of the channel's hue."""
    h -= 6.0 if h >= 6.0 else 0.0
    return min(max(2.0 - abs(h - 3.0), 0.0), 1.0)


@kernel("out16", "in16", "float", "float", "float", "int", helpers=(_tone, _fixed, _lightened, _hue_share))
def shift_hsl(out: Pixels, src: Pixels, hue: float, saturation: float, lightness: float, colourise: int) -> None:
    """Lightness towards white or black, then hue (in turns) and saturation in HSL: Photoshop's order.

    A positive `saturation` divides what is missing to full saturation, so that 1 saturates whatever has a hue.
    With `colourise` 1, `hue` and `saturation` replace those of the pixel.
    """
    height, width, _ = src.shape
    less, more = (1.0 + saturation, 1.0) if saturation < 0.0 else (1.0, 1.0 - saturation)
    for y in range(height):
        for x in range(width):
            alpha = int(src[y, x, 3])
            if alpha == 0:
                for c in range(4):
                    out[y, x, c] = 0
                continue
            r = _lightened(_tone(int(src[y, x, 0]), alpha) / ONE, lightness)
            g = _lightened(_tone(int(src[y, x, 1]), alpha) / ONE, lightness)
            b = _lightened(_tone(int(src[y, x, 2]), alpha) / ONE, lightness)
            high, low = max(r, g, b), min(r, g, b)
            light = 0.5 * (high + low)
            h, s = 6.0 * hue, saturation
            if colourise == 0:
                spread = max(high - low, 1e-9)
                s = (high - low) / max(1.0 - abs(high + low - 1.0), 1e-9)
                s = min(s * less / more, 1.0) if more > 0.0 else (1.0 if s > 0.0 else 0.0)
                around = 4.0 + (r - g) / spread
                around = 2.0 + (b - r) / spread if high == g else around
                h += (g - b) / spread if high == r else around
            h -= 6.0 * floor(h / 6.0)
            low = light - s * min(light, 1.0 - light)
            span = 2.0 * (light - low)
            out[y, x, 0] = _fixed(low + span * _hue_share(h + 3.0))
            out[y, x, 1] = _fixed(low + span * _hue_share(h + 1.0))
            out[y, x, 2] = _fixed(low + span * _hue_share(h + 5.0))
            out[y, x, 3] = ONE


def _with_luminosity(r: float, g: float, b: float, lum: float) -> tuple[float, float, float]:
    """SetLum with ClipColor of the W3C, for colours around 0..1."""
    d = lum - _luminosity(r, g, b)
    r, g, b = r + d, g + d, b + d
    low, high = min(r, g, b), max(r, g, b)
    if low < 0.0:
        k = lum / (lum - low)
        r, g, b = lum + (r - lum) * k, lum + (g - lum) * k, lum + (b - lum) * k
    if high > 1.0:
        k = (1.0 - lum) / (high - lum)
        r, g, b = lum + (r - lum) * k, lum + (g - lum) * k, lum + (b - lum) * k
    return r, g, b


@kernel("out16", "in16", "table", "int", helpers=(_tone, _fixed, _luminosity, _with_luminosity))
def balance(out: Pixels, src: Pixels, shifts: npt.NDArray[np.float64], preserve: int) -> None:
    """Shift colours by `shifts` (3 ranges of shadows, midtones, highlights x 3 channels, -1..1).

    The ranges weigh (1 - L)**2, 4 L (1 - L) and L**2 at luminosity L; `preserve` 1 puts L back afterwards.
    """
    height, width, _ = src.shape
    for y in range(height):
        for x in range(width):
            alpha = int(src[y, x, 3])
            if alpha == 0:
                for c in range(4):
                    out[y, x, c] = 0
                continue
            r = _tone(int(src[y, x, 0]), alpha) / ONE
            g = _tone(int(src[y, x, 1]), alpha) / ONE
            b = _tone(int(src[y, x, 2]), alpha) / ONE
            lum = _luminosity(r, g, b)
            dark, light = (1.0 - lum) * (1.0 - lum) * BALANCE_STRENGTH, lum * lum * BALANCE_STRENGTH
            middle = 4.0 * lum * (1.0 - lum) * BALANCE_STRENGTH
            r = min(max(r + dark * shifts[0, 0] + middle * shifts[1, 0] + light * shifts[2, 0], 0.0), 1.0)
            g = min(max(g + dark * shifts[0, 1] + middle * shifts[1, 1] + light * shifts[2, 1], 0.0), 1.0)
            b = min(max(b + dark * shifts[0, 2] + middle * shifts[1, 2] + light * shifts[2, 2], 0.0), 1.0)
            if preserve == 1:
                r, g, b = _with_luminosity(r, g, b, lum)
            out[y, x, 0] = _fixed(r)
            out[y, x, 1] = _fixed(g)
            out[y, x, 2] = _fixed(b)
            out[y, x, 3] = ONE


@kernel("out16", "in16", "int", helpers=(_tone, _fixed, _luminosity))
def grey(out: Pixels, src: Pixels, method: int) -> None:
    """Greys: 0 the middle of the largest and smallest channel, 1 luminosity, 2 the mean of the channels."""
    height, width, _ = src.shape
    for y in range(height):
        for x in range(width):
            alpha = int(src[y, x, 3])
            if alpha == 0:
                for c in range(4):
                    out[y, x, c] = 0
                continue
            r = _tone(int(src[y, x, 0]), alpha) / ONE
            g = _tone(int(src[y, x, 1]), alpha) / ONE
            b = _tone(int(src[y, x, 2]), alpha) / ONE
            if method == 0:
                tone = 0.5 * (max(r, g, b) + min(r, g, b))
            elif method == 1:
                tone = _luminosity(r, g, b)
            else:
                tone = (r + g + b) / 3.0
            for c in range(3):
                out[y, x, c] = _fixed(tone)
            out[y, x, 3] = ONE


@kernel("out16", "in16", "float", helpers=(_tone, _luminosity))
def threshold(out: Pixels, src: Pixels, level: float) -> None:
    """White where the luminosity is at least `level` (0..1), else black."""
    height, width, _ = src.shape
    # Sums of three products need not be exact: a white of 0.99999... counts as white.
    least = level * ONE - 1e-6
    for y in range(height):
        for x in range(width):
            alpha = int(src[y, x, 3])
            r, g, b = float(src[y, x, 0]), float(src[y, x, 1]), float(src[y, x, 2])
            is_light = alpha > 0 and _luminosity(r, g, b) * (ONE / max(alpha, 1)) >= least
            for c in range(3):
                out[y, x, c] = ONE if is_light else 0
            out[y, x, 3] = ONE if alpha else 0


def _random(x: int, y: int, c: int) -> float:
    """-1..1, evenly spread, the same for one document pixel for ever."""
    h = (x * 0x9E3779B1 ^ y * 0x85EBCA77 ^ c * 0xC2B2AE3D) & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    h = ((h ^ (h >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return (h ^ (h >> 16)) / 0x7FFFFFFF - 1.0


@kernel("out16", "in16", "float", "int", "int", "int", helpers=(_tone, _fixed, _random))
def add_noise(out: Pixels, src: Pixels, amount: float, monochrome: int, x0: int, y0: int) -> None:
    """Add up to `amount` (0..1) either way; with `monochrome` 1 the same to all channels."""
    height, width, _ = src.shape
    for y in range(height):
        for x in range(width):
            alpha = int(src[y, x, 3])
            for c in range(3):
                shift = amount * _random(x0 + x, y0 + y, 0 if monochrome == 1 else c + 1)
                out[y, x, c] = _fixed(_tone(int(src[y, x, c]), alpha) / ONE + shift) if alpha else 0
            out[y, x, 3] = ONE if alpha else 0


@kernel("out16", "in16", helpers=(_tone,))
def keep_alpha(out: Pixels, src: Pixels) -> None:
    """Give `out` the alpha of `src` and keep its straight colour; where it has none, take the colour of `src`."""
    height, width, _ = out.shape
    for y in range(height):
        for x in range(width):
            alpha, had = int(src[y, x, 3]), int(out[y, x, 3])
            if alpha == had:
                continue
            for c in range(3):
                if had:
                    out[y, x, c] = (_tone(int(out[y, x, c]), had) * alpha + (1 << 14)) >> 15
                else:
                    out[y, x, c] = src[y, x, c]
            out[y, x, 3] = alpha


@kernel("out16", "in16", "float", "float")
def sharpen(out: Pixels, soft: Pixels, amount: float, threshold: float) -> None:
    """Move straight colours away from those of `soft`, in place, by `amount` of the difference; alpha stays.

    Channels that differ by less than `threshold` (0..1) stay as they are.
    """
    height, width, _ = out.shape
    for y in range(height):
        for x in range(width):
            alpha, about = float(out[y, x, 3]), float(soft[y, x, 3])
            if alpha == 0.0 or about == 0.0:
                continue
            for c in range(3):
                # Premultiplied by this pixel's alpha, as the result is.
                difference = out[y, x, c] - soft[y, x, c] * (alpha / about)
                if abs(difference) >= threshold * alpha:
                    out[y, x, c] = int(min(max(out[y, x, c] + amount * difference, 0.0), alpha) + 0.5)


KERNELS: tuple[Kernel[Any, Any], ...] = (
    *(lay_atop, straighten, look_up, shift_hsl, balance, grey, threshold, add_noise, keep_alpha, sharpen),
)
