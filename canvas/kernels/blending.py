"""Blending of premultiplied fixed-point tiles: the 27 modes, masks, and the fast path for Normal.

Formulas: W3C Compositing and Blending Level 1, for all modes

    co = cs (1 - ab) + cb (1 - as) + as ab B(Cb, Cs),    ao = as + ab - as ab

with c premultiplied and C straight colour, b the backdrop and s the source; and Photoshop's own B where the W3C has
none or differs (vivid light, hard mix, divide, subtract, darker and lighter colour). `atop` replaces the first term by
0 and ao by ab: the source then shows only where the backdrop is. Values of `mode` are those of `BlendMode`.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from canvas.blend_modes import BlendMode
from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels

DISSOLVE = int(BlendMode.DISSOLVE)
DARKEN = int(BlendMode.DARKEN)
MULTIPLY = int(BlendMode.MULTIPLY)
COLOR_BURN = int(BlendMode.COLOR_BURN)
LINEAR_BURN = int(BlendMode.LINEAR_BURN)
DARKER_COLOR = int(BlendMode.DARKER_COLOR)
LIGHTEN = int(BlendMode.LIGHTEN)
SCREEN = int(BlendMode.SCREEN)
COLOR_DODGE = int(BlendMode.COLOR_DODGE)
LINEAR_DODGE = int(BlendMode.LINEAR_DODGE)
LIGHTER_COLOR = int(BlendMode.LIGHTER_COLOR)
OVERLAY = int(BlendMode.OVERLAY)
SOFT_LIGHT = int(BlendMode.SOFT_LIGHT)
HARD_LIGHT = int(BlendMode.HARD_LIGHT)
VIVID_LIGHT = int(BlendMode.VIVID_LIGHT)
LINEAR_LIGHT = int(BlendMode.LINEAR_LIGHT)
PIN_LIGHT = int(BlendMode.PIN_LIGHT)
HARD_MIX = int(BlendMode.HARD_MIX)
DIFFERENCE = int(BlendMode.DIFFERENCE)
EXCLUSION = int(BlendMode.EXCLUSION)
SUBTRACT = int(BlendMode.SUBTRACT)
DIVIDE = int(BlendMode.DIVIDE)
HUE = int(BlendMode.HUE)
SATURATION = int(BlendMode.SATURATION)
COLOR = int(BlendMode.COLOR)
LUMINOSITY = int(BlendMode.LUMINOSITY)


@kernel("out16", "in16", "int")
def over(dst: Pixels, src: Pixels, opacity: int) -> None:
    """Lay `src` times `opacity` (0..ONE) over `dst`, in place: source-over, mode Normal."""
    height, width, _ = dst.shape
    share = np.uint32(opacity)
    half = np.uint32(1 << 14)
    for y in range(height):
        d = dst[y].reshape(width * 4)
        s = src[y].reshape(width * 4)
        for x in range(width):
            # One rounding for the whole sum keeps colour <= alpha, and unit sources and backdrops exact.
            rest = np.uint32(ONE - ((s[4 * x + 3] * opacity + (1 << 14)) >> 15))
            for c in range(4):
                i = 4 * x + c
                d[i] = np.uint16((np.uint32(s[i]) * share + np.uint32(d[i]) * rest + half) >> np.uint32(15))


@kernel("out16", "in16", "in16")
def masked(out: Pixels, src: Pixels, mask: Pixels) -> None:
    """`out` = `src` times `mask` (h, w, 1)."""
    height, width, channels = out.shape
    for y in range(height):
        for x in range(width):
            m = np.uint32(mask[y, x, 0])
            for c in range(channels):
                out[y, x, c] = np.uint16((np.uint32(src[y, x, c]) * m + np.uint32(1 << 14)) >> np.uint32(15))


@kernel("out16", "in16", "in16", "int")
def mix(after: Pixels, before: Pixels, mask: Pixels, opacity: int) -> None:
    """Take `after` back towards `before`, in place: their mean weighted by `mask` (h, w, 1) times `opacity`."""
    height, width, channels = after.shape
    for y in range(height):
        for x in range(width):
            w = np.uint32((mask[y, x, 0] * opacity + (1 << 14)) >> 15)
            rest = np.uint32(ONE) - w
            for c in range(channels):
                total = np.uint32(after[y, x, c]) * w + np.uint32(before[y, x, c]) * rest + np.uint32(1 << 14)
                after[y, x, c] = np.uint16(total >> np.uint32(15))


def _noise(x: int, y: int) -> int:
    """0..ONE-1, evenly spread, the same for one document pixel for ever: Dissolve must not flicker."""
    h = (x * 0x9E3779B1 ^ y * 0x85EBCA77) & 0xFFFFFFFF
    h = ((h ^ (h >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    h = ((h ^ (h >> 12)) * 0x297A2D39) & 0xFFFFFFFF
    return (h ^ (h >> 15)) & (ONE - 1)


def _burn(cb: float, cs: float) -> float:
    return max(0.0, 1.0 - (1.0 - cb) / cs) if cs > 0.0 else 0.0


def _dodge(cb: float, cs: float) -> float:
    return min(1.0, cb / (1.0 - cs)) if cs < 1.0 else 1.0


def _hard_light(cb: float, cs: float) -> float:
    if cs <= 0.5:
        return 2.0 * cb * cs
    t = 2.0 * cs - 1.0
    return cb + t - cb * t


def _soft_light(cb: float, cs: float) -> float:
    if cs <= 0.5:
        return cb - (1.0 - 2.0 * cs) * cb * (1.0 - cb)
    d = ((16.0 * cb - 12.0) * cb + 4.0) * cb if cb <= 0.25 else sqrt(cb)
    return cb + (2.0 * cs - 1.0) * (d - cb)


def _separable(mode: int, cb: float, cs: float) -> float:
    """B(Cb, Cs) of one channel."""
    if mode == MULTIPLY:
        return cb * cs
    if mode == SCREEN:
        return cb + cs - cb * cs
    if mode == OVERLAY:
        return _hard_light(cs, cb)
    if mode == DARKEN:
        return min(cb, cs)
    if mode == LIGHTEN:
        return max(cb, cs)
    if mode == COLOR_DODGE:
        return 0.0 if cb <= 0.0 else _dodge(cb, cs)
    if mode == COLOR_BURN:
        return 1.0 if cb >= 1.0 else _burn(cb, cs)
    if mode == HARD_LIGHT:
        return _hard_light(cb, cs)
    if mode == SOFT_LIGHT:
        return _soft_light(cb, cs)
    if mode == LINEAR_BURN:
        return max(0.0, cb + cs - 1.0)
    if mode == LINEAR_DODGE:
        return min(1.0, cb + cs)
    if mode == VIVID_LIGHT:
        # Without the special cases of the backdrop that burn and dodge have on their own.
        return _burn(cb, 2.0 * cs) if cs <= 0.5 else _dodge(cb, 2.0 * cs - 1.0)
    if mode == LINEAR_LIGHT:
        return min(1.0, max(0.0, cb + 2.0 * cs - 1.0))
    if mode == PIN_LIGHT:
        return min(cb, 2.0 * cs) if cs <= 0.5 else max(cb, 2.0 * cs - 1.0)
    if mode == HARD_MIX:
        return 1.0 if cb + cs > 1.0 or (cb + cs == 1.0 and cb > 0.5) else 0.0
    if mode == DIFFERENCE:
        return abs(cb - cs)
    if mode == EXCLUSION:
        return cb + cs - 2.0 * cb * cs
    if mode == SUBTRACT:
        return max(0.0, cb - cs)
    if mode == DIVIDE:
        if cs > 0.0:
            return min(1.0, cb / cs)
        return 1.0 if cb > 0.0 else 0.0
    return cs


def _lum(r: float, g: float, b: float) -> float:
    return 0.3 * r + 0.59 * g + 0.11 * b


def _set_lum(r: float, g: float, b: float, lum: float) -> tuple[float, float, float]:
    """SetLum with ClipColor."""
    d = lum - _lum(r, g, b)
    r, g, b = r + d, g + d, b + d
    low, high = min(r, g, b), max(r, g, b)
    if low < 0.0:
        k = lum / (lum - low)
        r, g, b = lum + (r - lum) * k, lum + (g - lum) * k, lum + (b - lum) * k
    if high > 1.0:
        k = (1.0 - lum) / (high - lum)
        r, g, b = lum + (r - lum) * k, lum + (g - lum) * k, lum + (b - lum) * k
    return r, g, b


def _set_sat(r: float, g: float, b: float, sat: float) -> tuple[float, float, float]:
    """SetSat: the smallest channel to 0, the largest to `sat`, the middle one in proportion."""
    low, high = min(r, g, b), max(r, g, b)
    if high <= low:
        return 0.0, 0.0, 0.0
    k = sat / (high - low)
    return (r - low) * k, (g - low) * k, (b - low) * k


def _whole_pixel(
    mode: int, br: float, bg: float, bb: float, sr: float, sg: float, sb: float
) -> tuple[float, float, float]:
    """B(Cb, Cs) of the modes that look at all three channels at once."""
    lum_b, lum_s = _lum(br, bg, bb), _lum(sr, sg, sb)
    if mode == DARKER_COLOR:
        return (sr, sg, sb) if lum_s < lum_b else (br, bg, bb)
    if mode == LIGHTER_COLOR:
        return (sr, sg, sb) if lum_s > lum_b else (br, bg, bb)
    if mode == HUE:
        r, g, b = _set_sat(sr, sg, sb, max(br, bg, bb) - min(br, bg, bb))
        return _set_lum(r, g, b, lum_b)
    if mode == SATURATION:
        r, g, b = _set_sat(br, bg, bb, max(sr, sg, sb) - min(sr, sg, sb))
        return _set_lum(r, g, b, lum_b)
    if mode == COLOR:
        return _set_lum(sr, sg, sb, lum_b)
    return _set_lum(br, bg, bb, lum_s)


@kernel(
    *("out16", "in16", "int", "int", "int", "int", "int"),
    helpers=(
        *(_noise, _burn, _dodge, _hard_light, _soft_light, _separable),
        *(_lum, _set_lum, _set_sat, _whole_pixel),
    ),
)
def blend(dst: Pixels, src: Pixels, opacity: int, mode: int, atop: int, x0: int, y0: int) -> None:
    """Blend `src` times `opacity` (0..ONE) onto `dst`, in place, in any mode; `atop` 1 keeps the alpha of `dst`.

    (`x0`, `y0`): the document pixel of the top left, which Dissolve needs.
    """
    height, width, _ = dst.shape
    whole = mode in (DARKER_COLOR, LIGHTER_COLOR, HUE, SATURATION, COLOR, LUMINOSITY)
    for y in range(height):
        for x in range(width):
            raw_alpha = int(src[y, x, 3])
            if raw_alpha == 0:
                continue
            alpha_s = (raw_alpha * opacity + (1 << 14)) >> 15
            if mode == DISSOLVE:
                alpha_s = ONE if _noise(x0 + x, y0 + y) < alpha_s else 0
            if alpha_s == 0:
                continue
            alpha_b = int(dst[y, x, 3])
            if atop == 1 and alpha_b == 0:
                continue
            alpha_o = alpha_b if atop == 1 else (alpha_s * ONE + alpha_b * (ONE - alpha_s) + (1 << 14)) >> 15
            a_s, a_b = alpha_s / ONE, alpha_b / ONE
            # One division for each channel, none by a rounded reciprocal: complementary 8-bit values of opaque
            # pixels then add up to exactly 1, which Hard mix tests for.
            sr, sg, sb = src[y, x, 0] / raw_alpha, src[y, x, 1] / raw_alpha, src[y, x, 2] / raw_alpha
            br, bg, bb = 0.0, 0.0, 0.0
            if alpha_b > 0:
                br, bg, bb = dst[y, x, 0] / alpha_b, dst[y, x, 1] / alpha_b, dst[y, x, 2] / alpha_b
            if whole:
                r, g, b = _whole_pixel(mode, br, bg, bb, sr, sg, sb)
            else:
                r, g, b = _separable(mode, br, sr), _separable(mode, bg, sg), _separable(mode, bb, sb)
            keep_s = 0.0 if atop == 1 else a_s * (1.0 - a_b)
            keep_b, both = a_b * (1.0 - a_s), a_s * a_b
            dst[y, x, 0] = min(alpha_o, int((sr * keep_s + br * keep_b + r * both) * ONE + 0.5))
            dst[y, x, 1] = min(alpha_o, int((sg * keep_s + bg * keep_b + g * both) * ONE + 0.5))
            dst[y, x, 2] = min(alpha_o, int((sb * keep_s + bb * keep_b + b * both) * ONE + 0.5))
            dst[y, x, 3] = alpha_o
