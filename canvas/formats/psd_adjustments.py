"""Point filters as Photoshop's adjustment records and back, with the whole numbers those have. Pure; no Qt.

Follows Adobe's "Photoshop File Formats Specification". Photoshop's brightness and colour balance weigh tones in ways of
their own: such a layer has the same settings there and looks much the same. Noise and most greys have no record.
"""

from __future__ import annotations

from typing import Any

from psd_tools.constants import Tag
from psd_tools.psd import adjustments as psd
from psd_tools.psd.descriptor import Bool, Integer
from psd_tools.psd.tagged_blocks import TaggedBlocks

from canvas.curves import Curve, evaluated
from canvas.filters.values import (
    Balance,
    BrightnessContrast,
    ColourBalance,
    Curves,
    Desaturate,
    Grey,
    HueSaturation,
    Invert,
    Levels,
    PointFilter,
    Posterise,
    Threshold,
    Tones,
)

#: The colours that Photoshop's six hue ranges have before anything is changed: fall-off, range, range, fall-off.
_HUE_RANGES = tuple(tuple((start + step) % 360 for step in (0, 30, 60, 90)) for start in (315, 15, 75, 135, 195, 255))
_LEVEL_SETS = 29
#: The ends of Photoshop's newer sliders.
_FULL_BRIGHTNESS, _LEAST_CONTRAST = 150, -50
_MAX_CURVE_POINTS = 19
_CHANNELS = 4


def write_filter(blocks: TaggedBlocks, point_filter: PointFilter) -> bool:
    """Put the filter's record among a layer's blocks; False when Photoshop has none for it."""
    match point_filter:
        case Levels(rgb, red, green, blue):
            sets = [_level_record(tones) for tones in (rgb, red, green, blue)]
            sets += [_level_record(Tones())] * (_LEVEL_SETS - len(sets))
            blocks.set_data(Tag.LEVELS, items=sets, version=2)
        case Curves(rgb, red, green, blue):
            points = [_curve_points(curve) for curve in (rgb, red, green, blue)]
            extra = psd.CurvesExtraMarker(items=[psd.CurvesExtraItem(i, each) for i, each in enumerate(points)])
            blocks.set_data(
                Tag.CURVES, is_map=False, version=1, count_map=(1 << _CHANNELS) - 1, data=points, extra=extra
            )
        case HueSaturation(hue, saturation, lightness, colourise):
            _write_hue(blocks, (round(hue), _percent(saturation), _percent(lightness)), colourise)
        case Desaturate(Grey.LIGHTNESS):
            _write_hue(blocks, (0, -100, 0), colourise=False)
        case BrightnessContrast(brightness, contrast):
            # The record holds signed numbers, psd-tools takes them for unsigned ones.
            values = (_percent(brightness) & 0xFFFF, _percent(contrast) & 0xFFFF)
            blocks.set_data(Tag.BRIGHTNESS_AND_CONTRAST, *values, mean=127)
            # What Photoshop since CS3 goes by: a brightness that moves neither black nor white, as ours.
            newer = {
                b"Vrsn": Integer(1),
                b"Brgh": Integer(round(brightness * _FULL_BRIGHTNESS)),
                b"Cntr": Integer(max(_LEAST_CONTRAST, _percent(contrast))),
                b"means": Integer(127),
                b"Lab ": Bool(False),
                b"useLegacy": Bool(False),
                b"Auto": Bool(False),
            }
            blocks.set_data(Tag.CONTENT_GENERATOR_EXTRA_DATA, newer, classID=b"null")
        case ColourBalance(shadows, midtones, highlights, preserve_luminosity):
            ranges = [tuple(_percent(v) for v in (b.red, b.green, b.blue)) for b in (shadows, midtones, highlights)]
            blocks.set_data(Tag.COLOR_BALANCE, *ranges, preserve_luminosity)
        case Invert():
            blocks.set_data(Tag.INVERT)
        case Posterise(levels):
            blocks.set_data(Tag.POSTERIZE, levels)
        case Threshold(level):
            blocks.set_data(Tag.THRESHOLD, max(1, round(level * 255)))
        case _:
            return False
    return True


def read_filter(blocks: TaggedBlocks) -> PointFilter | None:
    """The filter of an adjustment layer; None for other layers, and for adjustments that this program does not have."""
    for tag, read in (
        (Tag.LEVELS, _levels),
        (Tag.CURVES, _curves),
        (Tag.HUE_SATURATION, _hue_saturation),
        (Tag.BRIGHTNESS_AND_CONTRAST, lambda data: _brightness_contrast(data, blocks)),
        (Tag.COLOR_BALANCE, _colour_balance),
        (Tag.POSTERIZE, lambda data: Posterise(min(255, max(2, int(data))))),
        (Tag.THRESHOLD, lambda data: Threshold(min(255, max(1, int(data))) / 255)),
        (Tag.INVERT, lambda _data: Invert()),
    ):
        data = blocks.get_data(tag)
        if data is not None:
            found: PointFilter | None = read(data)
            return found
    return None


def _percent(share: float) -> int:
    return round(share * 100)


def _share(percent: int) -> float:
    return min(100, max(-100, percent)) / 100


def _level_record(tones: Tones) -> psd.LevelRecord:
    low, high = round(tones.black * 255), round(tones.white * 255)
    low = min(low, 253)
    return psd.LevelRecord(
        input_floor=low,
        input_ceiling=max(high, low + 2),
        output_floor=round(tones.out_black * 255),
        output_ceiling=round(tones.out_white * 255),
        gamma=min(999, round(tones.gamma * 100)),
    )


def _levels(data: psd.Levels) -> Levels:
    return Levels(*(_tones(record) for record in list(data)[:_CHANNELS]))


def _tones(record: psd.LevelRecord) -> Tones:
    low = min(record.input_floor, 254) / 255
    return Tones(
        low,
        min(10.0, max(0.1, record.gamma / 100)),
        max(min(record.input_ceiling, 255) / 255, low + 1 / 255),
        min(record.output_floor, 255) / 255,
        min(record.output_ceiling, 255) / 255,
    )


def _curve_points(curve: Curve) -> list[tuple[int, int]]:
    """(output, input) 0..255, as many as the format takes."""
    if len(curve) > _MAX_CURVE_POINTS:
        xs = [
            curve[0][0] + (curve[-1][0] - curve[0][0]) * i / (_MAX_CURVE_POINTS - 1) for i in range(_MAX_CURVE_POINTS)
        ]
        curve = tuple(zip(xs, (float(y) for y in evaluated(curve, xs)), strict=True))
    rounded = {round(x * 255): round(y * 255) for x, y in curve}
    if len(rounded) == 1:
        # Two points that fall together are a level line.
        ((x, y),) = rounded.items()
        rounded = {max(0, x - 1): y, min(255, x + 1): y}
    return [(y, x) for x, y in rounded.items()]


def _curves(data: psd.Curves) -> Curves | None:
    """Curves by points; a map drawn freehand is none."""
    if data.is_map:
        return None
    by_channel: dict[int, Any] = {}
    if isinstance(data.extra, psd.CurvesExtraMarker):
        by_channel = {item.channel_id: item.points for item in data.extra}
    elif data.version == 1:
        channels = [bit for bit in range(32) if data.count_map >> bit & 1]
        by_channel = dict(zip(channels, data.data, strict=True))
    else:
        by_channel = dict(enumerate(data.data))
    linear = [(0, 0), (255, 255)]
    return Curves(*(_curve(by_channel.get(channel, linear)) for channel in range(_CHANNELS)))


def _curve(points: list[tuple[int, int]]) -> Curve:
    return tuple(sorted((min(x, 255) / 255, min(y, 255) / 255) for y, x in points))


def _write_hue(blocks: TaggedBlocks, values: tuple[int, int, int], colourise: bool) -> None:
    blocks.set_data(
        Tag.HUE_SATURATION,
        version=2,
        enable=int(colourise),
        colorization=values if colourise else (0, 25, 0),
        master=(0, 0, 0) if colourise else values,
        items=[[each, (0, 0, 0)] for each in _HUE_RANGES],
    )


def _hue_saturation(data: psd.HueSaturation) -> HueSaturation:
    hue, saturation, lightness = data.colorization if data.enable else data.master
    hue = (hue + 180) % 360 - 180 if data.enable else min(180, max(-180, hue))
    least = 0.0 if data.enable else -1.0
    return HueSaturation(float(hue), max(least, _share(saturation)), _share(lightness), bool(data.enable))


def _brightness_contrast(data: psd.BrightnessContrast, blocks: TaggedBlocks) -> BrightnessContrast:
    brightness, contrast = _signed(data.brightness), _signed(data.contrast)
    newer = blocks.get_data(Tag.CONTENT_GENERATOR_EXTRA_DATA)
    if newer is not None and not (brightness or contrast):
        brightness = round(int(newer.get(b"Brgh", 0)) * 100 / _FULL_BRIGHTNESS)
        contrast = int(newer.get(b"Cntr", 0))
    return BrightnessContrast(_share(brightness), _share(contrast))


def _signed(value: int) -> int:
    return value - 0x10000 if value & 0x8000 else value


def _colour_balance(data: psd.ColorBalance) -> ColourBalance:
    shadows, midtones, highlights = (
        Balance(*(_share(value) for value in each)) for each in (data.shadows, data.midtones, data.highlights)
    )
    return ColourBalance(shadows, midtones, highlights, bool(data.luminosity))
