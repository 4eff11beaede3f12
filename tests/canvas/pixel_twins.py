"""Slow, obvious float64 twins of the kernels, and random pixels to try them on."""

import numpy as np

from canvas.blend_modes import BlendMode as M
from canvas.tiles import ONE

#: A step of 8-bit colour in fixed point: what may never be off.
STEP_8BIT = ONE / 255


def random_pixels(rng, shape=(128, 128)):
    """Premultiplied pixels among which fully transparent, opaque, black, white and grey ones are common."""
    height, width = shape
    alpha = rng.choice([0.0, 1.0, 0.5, rng.random()], (height, width, 1))
    alpha = np.where(rng.random((height, width, 1)) < 0.5, rng.random((height, width, 1)), alpha)
    colour = rng.random((height, width, 3))
    colour = np.where(rng.random((height, width, 1)) < 0.3, rng.choice([0.0, 0.25, 0.5, 1.0], colour.shape), colour)
    out = np.empty((height, width, 4), np.uint16)
    out[..., 3:] = np.rint(alpha * ONE)
    out[..., :3] = np.floor(colour * out[..., 3:])
    return out


def random_opaque(rng, shape=(128, 128)):
    """Opaque pixels of 8-bit colours."""
    out = np.empty((*shape, 4), np.uint16)
    out[..., :3] = np.rint(rng.integers(0, 256, (*shape, 3)) / 255 * ONE)
    out[..., 3] = ONE
    return out


def to_float(pixels):
    """Straight colour (black where transparent) and alpha, float64."""
    alpha = pixels[..., 3:] / ONE
    straight = np.divide(pixels[..., :3] / ONE, alpha, out=np.zeros(pixels[..., :3].shape), where=alpha > 0)
    return straight, alpha


def lum(c):
    return (c * [0.3, 0.59, 0.11]).sum(-1, keepdims=True)


def sat(c):
    return c.max(-1, keepdims=True) - c.min(-1, keepdims=True)


def clip_color(c):
    middle, low, high = lum(c), c.min(-1, keepdims=True), c.max(-1, keepdims=True)
    with np.errstate(all="ignore"):
        c = np.where(low < 0, middle + (c - middle) * middle / (middle - low), c)
        return np.where(high > 1, middle + (c - middle) * (1 - middle) / (high - middle), c)


def set_lum(c, value):
    return clip_color(c + value - lum(c))


def set_sat(c, value):
    low, spread = c.min(-1, keepdims=True), sat(c)
    return np.divide((c - low) * value, spread, out=np.zeros(c.shape), where=spread > 0)


def hard_light(cb, cs):
    return np.where(cs <= 0.5, 2 * cb * cs, cb + (2 * cs - 1) - cb * (2 * cs - 1))


def soft_light(cb, cs):
    d = np.where(cb <= 0.25, ((16 * cb - 12) * cb + 4) * cb, np.sqrt(cb))
    return np.where(cs <= 0.5, cb - (1 - 2 * cs) * cb * (1 - cb), cb + (2 * cs - 1) * (d - cb))


def burn(cb, cs):
    with np.errstate(all="ignore"):
        return np.where(cs <= 0, 0, np.maximum(0, 1 - (1 - cb) / cs))


def dodge(cb, cs):
    with np.errstate(all="ignore"):
        return np.where(cs >= 1, 1, np.minimum(1, cb / (1 - cs)))


def divide(cb, cs):
    with np.errstate(all="ignore"):
        return np.where(cs > 0, np.minimum(1, cb / cs), np.where(cb > 0, 1.0, 0.0))


#: B(Cb, Cs) of straight colours, as the W3C and Photoshop write it.
BLEND = {
    M.NORMAL: lambda cb, cs: cs,
    M.DISSOLVE: lambda cb, cs: cs,
    M.DARKEN: np.minimum,
    M.MULTIPLY: lambda cb, cs: cb * cs,
    M.COLOR_BURN: lambda cb, cs: np.where(cb >= 1, 1, burn(cb, cs)),
    M.LINEAR_BURN: lambda cb, cs: np.maximum(0, cb + cs - 1),
    M.DARKER_COLOR: lambda cb, cs: np.where(lum(cs) < lum(cb), cs, cb),
    M.LIGHTEN: np.maximum,
    M.SCREEN: lambda cb, cs: cb + cs - cb * cs,
    M.COLOR_DODGE: lambda cb, cs: np.where(cb <= 0, 0, dodge(cb, cs)),
    M.LINEAR_DODGE: lambda cb, cs: np.minimum(1, cb + cs),
    M.LIGHTER_COLOR: lambda cb, cs: np.where(lum(cs) > lum(cb), cs, cb),
    M.OVERLAY: lambda cb, cs: hard_light(cs, cb),
    M.SOFT_LIGHT: soft_light,
    M.HARD_LIGHT: hard_light,
    M.VIVID_LIGHT: lambda cb, cs: np.where(cs <= 0.5, burn(cb, 2 * cs), dodge(cb, 2 * cs - 1)),
    M.LINEAR_LIGHT: lambda cb, cs: np.clip(cb + 2 * cs - 1, 0, 1),
    M.PIN_LIGHT: lambda cb, cs: np.where(cs <= 0.5, np.minimum(cb, 2 * cs), np.maximum(cb, 2 * cs - 1)),
    M.HARD_MIX: lambda cb, cs: np.where((cb + cs > 1) | ((cb + cs == 1) & (cb > 0.5)), 1.0, 0.0),
    M.DIFFERENCE: lambda cb, cs: np.abs(cb - cs),
    M.EXCLUSION: lambda cb, cs: cb + cs - 2 * cb * cs,
    M.SUBTRACT: lambda cb, cs: np.maximum(0, cb - cs),
    M.DIVIDE: divide,
    M.HUE: lambda cb, cs: set_lum(set_sat(cs, sat(cb)), lum(cb)),
    M.SATURATION: lambda cb, cs: set_lum(set_sat(cb, sat(cs)), lum(cb)),
    M.COLOR: lambda cb, cs: set_lum(cs, lum(cb)),
    M.LUMINOSITY: lambda cb, cs: set_lum(cb, lum(cs)),
}


#: The colour that changes nothing, of the modes in which fill is more than an opacity; hard mix has none.
NEUTRAL = {
    M.COLOR_BURN: 1.0,
    M.LINEAR_BURN: 1.0,
    M.COLOR_DODGE: 0.0,
    M.LINEAR_DODGE: 0.0,
    M.VIVID_LIGHT: 0.5,
    M.LINEAR_LIGHT: 0.5,
    M.DIFFERENCE: 0.0,
}


def filled(mode, cb, cs, fill):
    """B(Cb, Cs) of a layer with that fill, as Photoshop has it in its special modes."""
    if mode is M.HARD_MIX and fill < 1:
        return np.clip((cb - fill * (1 - cs)) / (1 - fill), 0, 1)
    return BLEND[mode](cb, cs if fill == 1 else NEUTRAL[mode] * (1 - fill) + cs * fill)


def blend(dst, src, opacity=1.0, mode=M.NORMAL, atop=False, fill=1.0):
    """co = f cs (1 - ab) + cb (1 - as) + as ab B(Cb, Cs, f), in premultiplied fixed point as float64."""
    if mode not in NEUTRAL and mode is not M.HARD_MIX:
        opacity, fill = opacity * fill, 1.0
    cb, ab = to_float(dst)
    cs, alpha = to_float(src)
    a_s = alpha * opacity
    mixed = a_s * ab * filled(mode, cb, cs, fill) + cb * ab * (1 - a_s)
    clear = a_s * fill * (1 - ab)
    colour = mixed if atop else mixed + cs * clear
    return np.concatenate([colour, ab if atop else ab + clear], -1) * ONE


def on_a_jump(dst, src, mode):
    """Where the result jumps within what rounding can move: no twin can tell on which side it must be."""
    cb, _ = to_float(dst)
    cs, _ = to_float(src)
    near = {
        M.HARD_MIX: np.abs(cb + cs - 1),
        M.DARKER_COLOR: np.abs(lum(cb) - lum(cs)),
        M.LIGHTER_COLOR: np.abs(lum(cb) - lum(cs)),
        M.COLOR_BURN: np.minimum(np.abs(1 - cb), cs),
        M.COLOR_DODGE: np.minimum(np.abs(1 - cs), cb),
        M.VIVID_LIGHT: np.minimum(np.abs(1 - cs), cs),
        M.DIVIDE: cs,
        M.HUE: sat(cs),
        M.SATURATION: sat(cb),
    }.get(mode)
    return np.zeros(dst.shape[:2], bool) if near is None else (near < 1e-3).any(-1)


def dab(shape, x, y, radius, hardness, cap):
    """A single dab, by 8x8 samples of its profile in every pixel."""
    height, width = shape
    n = 8
    v, u = np.mgrid[0 : height * n, 0 : width * n]
    r = np.hypot((u + 0.5) / n - x, (v + 0.5) / n - y)
    fall = max(1e-6, (1 - hardness) * radius)
    t = np.clip((radius - r) / fall, 0, 1) if hardness < 1 else (r <= radius).astype(float)
    profile = t * t * (3 - 2 * t)
    return cap * profile.reshape(height, n, width, n).mean((1, 3))
