"""Blending of premultiplied fixed-point tiles: the 27 modes, masks, and the fast path for Normal.

Formulas: W3C Compositing and Blending Level 1, for all modes

    co = cs (1 - ab) + cb (1 - as) + as ab B(Cb, Cs),    ao = as + ab - as ab

with c premultiplied and C straight colour, b the backdrop and s the source; and Photoshop's own B where the W3C has
none or differs (vivid light, hard mix, divide, subtract, darker and lighter colour). `atop` replaces the first term by
0 and ao by ab: the source then shows only where the backdrop is. Values of `mode` are those of `BlendMode`.

`fill` f is Photoshop's second opacity. In the modes of `canvas.blend_modes.FILLS_APART` it fades the source's colour
towards N, the colour that changes nothing (white for the burns, grey for vivid and linear light, black for the others),
before B sees it; hard mix, which no colour leaves as it is, has a softer formula of its own:

    B(Cb, (1 - f) N + f Cs),    hard mix (Cb - f (1 - Cs)) / (1 - f),    and f as in place of as where ab is missing.

These are what reverse engineering of Photoshop and of SAI, which stores its own modes so, found: cromachina's
psd-export (special modes) and photoblogstop.com, "Photoshop blend modes explained".
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.blend_modes import BlendMode
from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels

Row: TypeAlias = npt.NDArray[np.float32]
"""One channel of a row of pixels, 0..1."""

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
    half, shift = np.uint32(1 << 14), np.uint32(15)
    d = dst.reshape(height * width * 4)
    s = src.reshape(height * width * 4)
    for x in range(height * width):
        # One rounding for the whole sum keeps colour <= alpha, and unit sources and backdrops exact. Channels are
        # written out, because the compiler then turns several pixels at once into vector instructions.
        alpha = np.uint32(s[4 * x + 3]) * share
        rest = np.uint32(ONE) - ((alpha + half) >> shift)
        red = (np.uint32(s[4 * x]) * share + np.uint32(d[4 * x]) * rest + half) >> shift
        green = (np.uint32(s[4 * x + 1]) * share + np.uint32(d[4 * x + 1]) * rest + half) >> shift
        blue = (np.uint32(s[4 * x + 2]) * share + np.uint32(d[4 * x + 2]) * rest + half) >> shift
        alpha = (alpha + np.uint32(d[4 * x + 3]) * rest + half) >> shift
        d[4 * x] = np.uint16(red)
        d[4 * x + 1] = np.uint16(green)
        d[4 * x + 2] = np.uint16(blue)
        d[4 * x + 3] = np.uint16(alpha)


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


# The other modes go in float32, most of them row by row, one plane a channel and one loop a kind of mode: such loops
# become vector code. In them b and q are the premultiplied backdrop and source, ab and sa their alpha, all 0..1, and
#
#     d = b sa = Cb as ab,    s = q ab = Cs as ab,    a = as ab,    p = b q = Cb Cs as ab,
#
# so that B of the straight colours times as ab comes from premultiplied values: no mode but those that divide by nature
# then needs a division. 15-bit values and, where both pixels are opaque, their sums and products are exact in float32,
# which the comparison in Hard mix relies on. A division by zero gives inf, which the minimum or the choice removes.

# `fill` has already been taken into q, and s with it: what is left of (1 - f) N is added in each mode.

_0, _1, _2, _4, _12, _16 = (np.float32(value) for value in (0, 1, 2, 4, 12, 16))
_QUARTER, _HALF, _TINY = np.float32(0.25), np.float32(0.5), np.float32(1e-30)
_UNIT, _STEP = np.float32(ONE), np.float32(1 / ONE)
_RED, _GREEN, _BLUE = np.float32(0.3), np.float32(0.59), np.float32(0.11)


def _unpack(pixels: Pixels, share: float, rows: npt.NDArray[np.float32]) -> bool:
    """A row of pixels times `share` to red, green, blue and alpha rows; whether any of it is seen."""
    width = pixels.shape[0]
    flat = pixels.reshape(width * 4)
    k = np.float32(share) * _STEP
    seen = np.uint16(0)
    red, green, blue, alpha = rows[0], rows[1], rows[2], rows[3]
    for x in range(width):
        red[x] = np.float32(flat[4 * x]) * k
        green[x] = np.float32(flat[4 * x + 1]) * k
        blue[x] = np.float32(flat[4 * x + 2]) * k
        alpha[x] = np.float32(flat[4 * x + 3]) * k
        seen |= flat[4 * x + 3]
    return bool(seen != 0)


# B as ab of many modes is clamp(i d + j s + k p + l min(d, s) + m a) to 0..a; of three it is a quotient.
_SUMS = np.zeros((27, 5), np.float32)
for _mode, _factors in {
    BlendMode.NORMAL: (0, 1, 0, 0, 0),
    BlendMode.MULTIPLY: (0, 0, 1, 0, 0),
    BlendMode.SCREEN: (1, 1, -1, 0, 0),
    BlendMode.EXCLUSION: (1, 1, -2, 0, 0),
    BlendMode.DARKEN: (0, 0, 0, 1, 0),
    BlendMode.LIGHTEN: (1, 1, 0, -1, 0),
    BlendMode.DIFFERENCE: (1, 1, 0, -2, 0),
    BlendMode.SUBTRACT: (1, 0, 0, -1, 0),
    BlendMode.LINEAR_DODGE: (1, 1, 0, 0, 0),
    BlendMode.LINEAR_BURN: (1, 1, 0, 0, -1),
    BlendMode.LINEAR_LIGHT: (1, 2, 0, 0, -1),
}.items():
    _SUMS[_mode] = _factors


def _blend_sums(dst: Pixels, src: Pixels, opacity: int, fill: int, mode: int, atop: int) -> None:
    """The modes of `_SUMS` in one pass over the pixels, channels written out: twice as fast as by planes."""
    count = dst.shape[0] * dst.shape[1]
    back, source = dst.reshape(count * 4), src.reshape(count * 4)
    filled = np.float32(fill / ONE)
    i, j, k, l = _SUMS[mode, 0], _SUMS[mode, 1], _SUMS[mode, 2], _SUMS[mode, 3]  # noqa: E741
    # Linear burn and light: the part of the neutral colour that fill leaves, and the 1 that they take off.
    m = _SUMS[mode, 4] * filled
    share = np.float32(opacity / ONE) * _STEP
    colour = share * filled
    over_clear = _0 if atop == 1 else _1
    for x in range(count):
        ab, sa = np.float32(back[4 * x + 3]) * _STEP, np.float32(source[4 * x + 3]) * share
        keep_s, keep_b, a = over_clear * (_1 - ab), _1 - sa, ab * sa
        alpha = (sa * filled * keep_s + ab) * _UNIT + _HALF
        b0, q0 = np.float32(back[4 * x]) * _STEP, np.float32(source[4 * x]) * colour
        b1, q1 = np.float32(back[4 * x + 1]) * _STEP, np.float32(source[4 * x + 1]) * colour
        b2, q2 = np.float32(back[4 * x + 2]) * _STEP, np.float32(source[4 * x + 2]) * colour
        m0 = i * (b0 * sa) + j * (q0 * ab) + k * b0 * q0 + l * min(b0 * sa, q0 * ab) + m * a
        m1 = i * (b1 * sa) + j * (q1 * ab) + k * b1 * q1 + l * min(b1 * sa, q1 * ab) + m * a
        m2 = i * (b2 * sa) + j * (q2 * ab) + k * b2 * q2 + l * min(b2 * sa, q2 * ab) + m * a
        red = (q0 * keep_s + b0 * keep_b + min(a, max(_0, m0))) * _UNIT + _HALF
        green = (q1 * keep_s + b1 * keep_b + min(a, max(_0, m1))) * _UNIT + _HALF
        blue = (q2 * keep_s + b2 * keep_b + min(a, max(_0, m2))) * _UNIT + _HALF
        back[4 * x] = np.uint16(np.int32(min(alpha, red)))
        back[4 * x + 1] = np.uint16(np.int32(min(alpha, green)))
        back[4 * x + 2] = np.uint16(np.int32(min(alpha, blue)))
        back[4 * x + 3] = np.uint16(np.int32(alpha))


def _quotient(mode: int, fill: np.float32, b: Row, q: Row, ab: Row, sa: Row, out: Row) -> None:
    """B as ab of one channel: divide is d / s, dodge d / (1 - s), burn 1 - (1 - d) / s; 0 / 0 is 0."""
    swap_d, swap_s = mode == COLOR_BURN, mode == COLOR_DODGE
    white = _1 - fill if mode == COLOR_BURN else _0
    for x in range(len(out)):
        a = ab[x] * sa[x]
        d, s = b[x] * sa[x], q[x] * ab[x] + white * a
        above = a - d if swap_d else d
        below = a - s if swap_s else s
        ratio = min(a, above * a / below) if below > _0 else a
        ratio = ratio if above > _0 else _0
        out[x] = a - ratio if swap_d else ratio


def _contrast(mode: int, fill: np.float32, b: Row, q: Row, ab: Row, sa: Row, out: Row) -> None:
    """B as ab of one channel for the modes that depend on which half a colour lies in."""
    n = len(out)
    rest = _1 - fill
    if mode == SOFT_LIGHT:
        for x in range(n):
            d, s, a = b[x] * sa[x], q[x] * ab[x], ab[x] * sa[x]
            cb = b[x] / max(ab[x], _TINY)
            curve = ((_16 * cb - _12) * cb + _4) * cb if cb <= _QUARTER else np.sqrt(cb)
            out[x] = d - (a - s - s) * cb * (_1 - cb) if s + s <= a else d + (s + s - a) * (curve - cb)
    elif mode == VIVID_LIGHT:
        # Without the special cases of the backdrop that burn and dodge have on their own.
        for x in range(n):
            a = ab[x] * sa[x]
            d, t = b[x] * sa[x], _2 * q[x] * ab[x] + rest * a
            burnt = max(_0, a - (a - d) * a / t) if t > _0 else _0
            dodged = min(a, d * a / (a + a - t)) if t < a + a else a
            out[x] = burnt if t <= a else dodged
    elif mode == PIN_LIGHT:
        for x in range(n):
            d, t, a = b[x] * sa[x], _2 * q[x] * ab[x], ab[x] * sa[x]
            out[x] = min(d, t) if t <= a else max(d, t - a)
    elif mode == HARD_MIX and rest > _0:
        for x in range(n):
            d, s, a = b[x] * sa[x], q[x] * ab[x], ab[x] * sa[x]
            out[x] = min(a, max(_0, d - fill * a + s) / rest)
    elif mode == HARD_MIX:
        for x in range(n):
            d, s, a = b[x] * sa[x], q[x] * ab[x], ab[x] * sa[x]
            out[x] = a if d + s > a or (d + s == a and d + d > a) else _0
    else:
        overlay = mode == OVERLAY
        for x in range(n):
            d, s, a, p = b[x] * sa[x], q[x] * ab[x], ab[x] * sa[x], b[x] * q[x]
            dark = (d + d if overlay else s + s) <= a
            out[x] = p + p if dark else _2 * (d + s - p) - a


def _lum(r: np.float32, g: np.float32, b: np.float32) -> np.float32:
    return _RED * r + _GREEN * g + _BLUE * b


def _set_lum(
    r: np.float32, g: np.float32, b: np.float32, lum: np.float32, a: np.float32
) -> tuple[np.float32, np.float32, np.float32]:
    """SetLum with ClipColor, for colours 0..a."""
    d = lum - _lum(r, g, b)
    r, g, b = r + d, g + d, b + d
    low, high = min(r, g, b), max(r, g, b)
    up = lum / (lum - low) if low < _0 else _1
    down = (a - lum) / max(high - lum, _TINY) if high > a else _1
    # Never both: the spread of a colour is at most a. In either case the channels move towards the luminosity.
    k = min(up, down)
    return lum + (r - lum) * k, lum + (g - lum) * k, lum + (b - lum) * k


def _set_sat(r: np.float32, g: np.float32, b: np.float32, sat: np.float32) -> tuple[np.float32, np.float32, np.float32]:
    """SetSat: the smallest channel to 0, the largest to `sat`, the middle one in proportion."""
    low, high = min(r, g, b), max(r, g, b)
    k = sat / (high - low) if high > low else _0
    return (r - low) * k, (g - low) * k, (b - low) * k


def _whole_pixels(
    mode: int, back: npt.NDArray[np.float32], source: npt.NDArray[np.float32], out: npt.NDArray[np.float32]
) -> None:
    """B as ab of the modes that look at all three channels at once."""
    ab, sa = back[3], source[3]
    for i in range(len(ab)):
        a = ab[i] * sa[i]
        dr, dg, db = back[0, i] * sa[i], back[1, i] * sa[i], back[2, i] * sa[i]
        sr, sg, sb = source[0, i] * ab[i], source[1, i] * ab[i], source[2, i] * ab[i]
        lum_d, lum_s = _lum(dr, dg, db), _lum(sr, sg, sb)
        if mode == DARKER_COLOR:
            r, g, b = (sr, sg, sb) if lum_s < lum_d else (dr, dg, db)
        elif mode == LIGHTER_COLOR:
            r, g, b = (sr, sg, sb) if lum_s > lum_d else (dr, dg, db)
        elif mode == HUE:
            r, g, b = _set_sat(sr, sg, sb, max(dr, dg, db) - min(dr, dg, db))
            r, g, b = _set_lum(r, g, b, lum_d, a)
        elif mode == SATURATION:
            r, g, b = _set_sat(dr, dg, db, max(sr, sg, sb) - min(sr, sg, sb))
            r, g, b = _set_lum(r, g, b, lum_d, a)
        elif mode == COLOR:
            r, g, b = _set_lum(sr, sg, sb, lum_d, a)
        else:
            r, g, b = _set_lum(dr, dg, db, lum_s, a)
        out[0, i], out[1, i], out[2, i] = r, g, b


def _pack(
    pixels: Pixels,
    back: npt.NDArray[np.float32],
    source: npt.NDArray[np.float32],
    mixed: npt.NDArray[np.float32],
    fill: np.float32,
    atop: int,
) -> None:
    """co = cs (1 - ab) + cb (1 - as) + `mixed`, to fixed point."""
    width = pixels.shape[0]
    flat = pixels.reshape(width * 4)
    over_clear = _0 if atop == 1 else _1
    ab, sa = back[3], source[3]
    for c in range(3):
        b, q, m = back[c], source[c], mixed[c]
        for x in range(width):
            m[x] = (q[x] * over_clear * (_1 - ab[x]) + b[x] * (_1 - sa[x]) + m[x]) * _UNIT + _HALF
    red, green, blue = mixed[0], mixed[1], mixed[2]
    for x in range(width):
        alpha = (sa[x] * fill * over_clear * (_1 - ab[x]) + ab[x]) * _UNIT + _HALF
        flat[4 * x] = np.uint16(np.int32(min(alpha, red[x])))
        flat[4 * x + 1] = np.uint16(np.int32(min(alpha, green[x])))
        flat[4 * x + 2] = np.uint16(np.int32(min(alpha, blue[x])))
        flat[4 * x + 3] = np.uint16(np.int32(alpha))


def _dissolved(source: npt.NDArray[np.float32], pixels: Pixels, x0: int, y: int) -> None:
    """The pixel is there in full or not at all, as often as its alpha says."""
    for x in range(pixels.shape[0]):
        there = _noise(x0 + x, y) < source[3, x] * _UNIT
        k = _1 / max(np.float32(pixels[x, 3]), _1) if there else _0
        for c in range(4):
            source[c, x] = np.float32(pixels[x, c]) * k


@kernel(
    *("out16", "in16", "int", "int", "int", "int", "int", "int"),
    helpers=(
        *(_noise, _blend_sums, _unpack, _quotient, _contrast, _pack, _dissolved),
        *(_lum, _set_lum, _set_sat, _whole_pixels),
    ),
)
def blend(dst: Pixels, src: Pixels, opacity: int, fill: int, mode: int, atop: int, x0: int, y0: int) -> None:
    """Blend `src` times `opacity` (0..ONE) onto `dst`, in place, in any mode; `atop` 1 keeps the alpha of `dst`.

    `fill`: 0..ONE, other than ONE only in the modes of `FILLS_APART`. (`x0`, `y0`): the document pixel of the top left,
    which Dissolve needs.
    """
    height, width, _ = dst.shape
    whole = mode in (DARKER_COLOR, LIGHTER_COLOR, HUE, SATURATION, COLOR, LUMINOSITY)
    quotient = mode in (COLOR_BURN, COLOR_DODGE, DIVIDE)
    contrast = mode in (OVERLAY, HARD_LIGHT, SOFT_LIGHT, VIVID_LIGHT, PIN_LIGHT, HARD_MIX)
    if not (whole or quotient or contrast or mode == DISSOLVE):
        _blend_sums(dst, src, opacity, fill, mode, atop)
        return
    back, source = np.empty((4, width), np.float32), np.empty((4, width), np.float32)
    mixed = np.empty((3, width), np.float32)
    filled = np.float32(fill / ONE)
    for y in range(height):
        if not _unpack(src[y], opacity / ONE, source):
            continue
        if mode == DISSOLVE:
            _dissolved(source, src[y], x0, y0 + y)
        _unpack(dst[y], 1.0, back)
        if fill != ONE:
            for c in range(3):
                for x in range(width):
                    source[c, x] *= filled
        if whole:
            _whole_pixels(mode, back, source, mixed)
        else:
            for c in range(3):
                if contrast:
                    _contrast(mode, filled, back[c], source[c], back[3], source[3], mixed[c])
                elif quotient:
                    _quotient(mode, filled, back[c], source[c], back[3], source[3], mixed[c])
                else:
                    for x in range(width):
                        mixed[c, x] = source[c, x] * back[3, x]
        _pack(dst[y], back, source, mixed, filled, atop)
