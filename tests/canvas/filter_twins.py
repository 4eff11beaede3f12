"""Slow, obvious float64 twins of the point filters: straight colours (h, w, 3) in, straight colours out."""

import colorsys

import numpy as np
import pixel_twins as twin

from canvas.curves import evaluated
from canvas.filters import values as f

BALANCE_STRENGTH = 0.35


def levels(tones, c):
    t = np.clip((c - tones.black) / (tones.white - tones.black), 0, 1)
    return t ** (1 / tones.gamma) * (tones.out_white - tones.out_black) + tones.out_black


def each_channel(value, function, c):
    own = [function(channel, c[..., i]) for i, channel in enumerate((value.red, value.green, value.blue))]
    return function(value.rgb, np.stack(own, -1))


def hue_saturation(value, c):
    def one(pixel):
        h, light, s = colorsys.rgb_to_hls(*pixel)
        if value.colourise:
            h, s = value.hue / 360, value.saturation
        else:
            h += value.hue / 360
            if value.saturation <= 0:
                s *= 1 + value.saturation
            elif s > 0:
                s = min(1, s / max(1 - value.saturation, 1e-12))
        return colorsys.hls_to_rgb(h % 1, light, s)

    k = value.lightness
    return np.apply_along_axis(one, -1, c * (1 + k) if k < 0 else c + (1 - c) * k)


def brightness_contrast(value, c):
    b = value.brightness
    c = c * (1 + b) if b < 0 else c + (1 - c) * b
    return np.clip((c - 0.5) * np.tan((min(value.contrast, 0.9999) + 1) * np.pi / 4) + 0.5, 0, 1)


def colour_balance(value, c):
    light = twin.lum(c)
    weights = (1 - light) ** 2, 4 * light * (1 - light), light**2
    out = c
    for weight, b in zip(weights, (value.shadows, value.midtones, value.highlights), strict=True):
        out = out + BALANCE_STRENGTH * weight * [b.red, b.green, b.blue]
    out = np.clip(out, 0, 1)
    return twin.set_lum(out, light) if value.preserve_luminosity else out


def desaturate(value, c):
    by = {
        f.Grey.LIGHTNESS: (c.max(-1) + c.min(-1)) / 2,
        f.Grey.LUMINOSITY: twin.lum(c)[..., 0],
        f.Grey.AVERAGE: c.mean(-1),
    }
    return np.repeat(by[value.method][..., None], 3, -1)


def filtered(value, c):
    """`c` as the filter makes it; noise has no twin, it is held to what noise must be."""
    match value:
        case f.Levels():
            return each_channel(value, levels, c)
        case f.Curves():
            return each_channel(value, evaluated, c)
        case f.HueSaturation():
            return hue_saturation(value, c)
        case f.BrightnessContrast():
            return brightness_contrast(value, c)
        case f.ColourBalance():
            return colour_balance(value, c)
        case f.Invert():
            return 1 - c
        case f.Desaturate():
            return desaturate(value, c)
        case f.Posterise():
            return np.minimum(np.floor(c * value.levels), value.levels - 1) / (value.levels - 1)
        case f.Threshold():
            return np.repeat((twin.lum(c) >= value.level - 1e-9).astype(float), 3, -1)
    return c


def adjusted(value, backdrop, opacity=1.0, mode=None, mask=1.0):
    """co = as ab B(Cb, F(Cb)) + cb (1 - as), ao = ab, on premultiplied float64 fixed point (h, w, 4)."""
    straight, alpha = twin.to_float(backdrop)
    source = np.concatenate([filtered(value, straight), np.ones_like(alpha)], -1) * twin.ONE
    source = np.where(alpha > 0, source, 0.0) * mask
    return twin.blend(backdrop, source, opacity, twin.M.NORMAL if mode is None else mode, atop=True)
