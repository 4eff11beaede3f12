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


# Below, d = Cb as ab, s = Cs as ab, a = as ab and p = Cb Cs as ab: B of the straight colours times as ab, computed
# from premultiplied values. No mode but those that divide by nature then needs a division, and all sums and products
# are exact in float64, also the comparison in Hard mix.


def _burn(d: float, s: float, a: float) -> float:
    return max(0.0, a - (a - d) * a / s) if s > 0.0 else 0.0


def _dodge(d: float, s: float, a: float) -> float:
    return min(a, d * a / (a - s)) if s < a else a


def _hard_light(d: float, s: float, a: float, p: float) -> float:
    return 2.0 * p if 2.0 * s <= a else 2.0 * (d + s - p) - a


def _soft_light(d: float, s: float, a: float) -> float:
    cb = d / a
    if 2.0 * s <= a:
        return d - (a - 2.0 * s) * cb * (1.0 - cb)
    curve = ((16.0 * cb - 12.0) * cb + 4.0) * cb if cb <= 0.25 else sqrt(cb)
    return d + (2.0 * s - a) * (curve - cb)


def _separable(mode: int, d: float, s: float, a: float, p: float) -> float:
    """B as ab of one channel."""
    if mode == MULTIPLY:
        return p
    if mode == SCREEN:
        return d + s - p
    if mode == OVERLAY:
        return _hard_light(s, d, a, p)
    if mode == DARKEN:
        return min(d, s)
    if mode == LIGHTEN:
        return max(d, s)
    if mode == COLOR_DODGE:
        return 0.0 if d <= 0.0 else _dodge(d, s, a)
    if mode == COLOR_BURN:
        return a if d >= a else _burn(d, s, a)
    if mode == HARD_LIGHT:
        return _hard_light(d, s, a, p)
    if mode == SOFT_LIGHT:
        return _soft_light(d, s, a)
    if mode == LINEAR_BURN:
        return max(0.0, d + s - a)
    if mode == LINEAR_DODGE:
        return min(a, d + s)
    if mode == VIVID_LIGHT:
        # Without the special cases of the backdrop that burn and dodge have on their own.
        return _burn(d, 2.0 * s, a) if 2.0 * s <= a else _dodge(d, 2.0 * s - a, a)
    if mode == LINEAR_LIGHT:
        return min(a, max(0.0, d + 2.0 * s - a))
    if mode == PIN_LIGHT:
        return min(d, 2.0 * s) if 2.0 * s <= a else max(d, 2.0 * s - a)
    if mode == HARD_MIX:
        return a if d + s > a or (d + s == a and 2.0 * d > a) else 0.0
    if mode == DIFFERENCE:
        return abs(d - s)
    if mode == EXCLUSION:
        return d + s - 2.0 * p
    if mode == SUBTRACT:
        return max(0.0, d - s)
    if mode == DIVIDE:
        if s > 0.0:
            return min(a, d * a / s)
        return a if d > 0.0 else 0.0
    return s


def _lum(r: float, g: float, b: float) -> float:
    return 0.3 * r + 0.59 * g + 0.11 * b


def _set_lum(r: float, g: float, b: float, lum: float, a: float) -> tuple[float, float, float]:
    """SetLum with ClipColor, for colours 0..a."""
    d = lum - _lum(r, g, b)
    r, g, b = r + d, g + d, b + d
    low, high = min(r, g, b), max(r, g, b)
    if low < 0.0:
        k = lum / (lum - low)
        r, g, b = lum + (r - lum) * k, lum + (g - lum) * k, lum + (b - lum) * k
    if high > a:
        k = (a - lum) / (high - lum)
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
    mode: int, dr: float, dg: float, db: float, sr: float, sg: float, sb: float, a: float
) -> tuple[float, float, float]:
    """B as ab of the modes that look at all three channels at once."""
    lum_d, lum_s = _lum(dr, dg, db), _lum(sr, sg, sb)
    if mode == DARKER_COLOR:
        return (sr, sg, sb) if lum_s < lum_d else (dr, dg, db)
    if mode == LIGHTER_COLOR:
        return (sr, sg, sb) if lum_s > lum_d else (dr, dg, db)
    if mode == HUE:
        r, g, b = _set_sat(sr, sg, sb, max(dr, dg, db) - min(dr, dg, db))
        return _set_lum(r, g, b, lum_d, a)
    if mode == SATURATION:
        r, g, b = _set_sat(dr, dg, db, max(sr, sg, sb) - min(sr, sg, sb))
        return _set_lum(r, g, b, lum_d, a)
    if mode == COLOR:
        return _set_lum(sr, sg, sb, lum_d, a)
    return _set_lum(dr, dg, db, lum_s, a)


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
    share = opacity / ONE
    for y in range(height):
        for x in range(width):
            if src[y, x, 3] == 0:
                continue
            alpha_b = dst[y, x, 3]
            if atop == 1 and alpha_b == 0:
                continue
            k = share
            if mode == DISSOLVE:
                # The pixel is there in full or not at all, as often as its alpha says.
                if _noise(x0 + x, y0 + y) >= src[y, x, 3] * share:
                    continue
                k = ONE / src[y, x, 3]
            ab = float(alpha_b)
            sa = src[y, x, 3] * k
            sr, sg, sb = src[y, x, 0] * k, src[y, x, 1] * k, src[y, x, 2] * k
            br, bg, bb = float(dst[y, x, 0]), float(dst[y, x, 1]), float(dst[y, x, 2])
            r, g, b = 0.0, 0.0, 0.0
            if alpha_b > 0:
                a = sa * ab
                if whole:
                    r, g, b = _whole_pixel(mode, br * sa, bg * sa, bb * sa, sr * ab, sg * ab, sb * ab, a)
                else:
                    r = _separable(mode, br * sa, sr * ab, a, br * sr)
                    g = _separable(mode, bg * sa, sg * ab, a, bg * sg)
                    b = _separable(mode, bb * sa, sb * ab, a, bb * sb)
            keep_s = 0.0 if atop == 1 else ONE - ab
            keep_b = ONE - sa
            alpha_o = int(alpha_b) if atop == 1 else int((sa * keep_s + ab * ONE) / ONE + 0.5)
            dst[y, x, 0] = min(alpha_o, int((sr * keep_s + br * keep_b + r) / ONE + 0.5))
            dst[y, x, 1] = min(alpha_o, int((sg * keep_s + bg * keep_b + g) / ONE + 0.5))
            dst[y, x, 2] = min(alpha_o, int((sb * keep_s + bb * keep_b + b) / ONE + 0.5))
            dst[y, x, 3] = alpha_o
