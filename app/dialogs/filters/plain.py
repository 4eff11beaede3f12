"""Forms of filters that a few sliders and boxes to tick say all about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from app.dialogs.filters.form import FilterForm, Number
from app.theme import Theme
from app.widgets.scale import PERCENT, Scale
from app.widgets.segments import Segments
from app.widgets.slider import ValueSlider
from canvas.filters import values as f
from canvas.filters.values import Balance, ColourBalance, Desaturate, Filter, Grey, HueSaturation

_SIGNED = Scale(-100, 100)
_DEGREES = Scale(-180, 180, unit="°")
_RADIUS = Scale(0.1, f.MAX_RADIUS_PX, 0.1, decimals=1, unit=" px", curve="log")
_WHOLE_RADIUS = Scale(1, f.MAX_RADIUS_PX, unit=" px", curve="log")


@dataclass(frozen=True, slots=True)
class Choice:
    """A box to tick for the field `name`."""

    name: str
    label: str
    tip: str


def _share(name: str, label: str, tip: str, scale: Scale = _SIGNED) -> Number:
    return Number(name, label, scale, tip, 0.01)


PLAIN: Mapping[type, Sequence[Number | Choice]] = MappingProxyType({
    f.BrightnessContrast: (
        _share("brightness", "Brightness", "Lighter or darker; black and white stay"),
        _share("contrast", "Contrast", "Away from or towards the middle grey"),
    ),
    f.Posterise: (Number("levels", "Tones", Scale(2, 255, curve="log"), "So many tones are left of each channel"),),
    f.Threshold: (Number("level", "Level", Scale(1, 255), "What is at least as light becomes white", 1 / 255),),
    f.Noise: (
        _share("amount", "Amount", "How far a tone may be moved", PERCENT),
        Choice("monochrome", "Monochrome", "The same noise in all channels"),
    ),
    f.GaussianBlur: (Number("radius", "Radius", _RADIUS, "How soft it becomes"),),
    f.BoxBlur: (Number("radius", "Radius", _WHOLE_RADIUS, "How far the square reaches"),),
    f.MotionBlur: (
        Number("angle", "Angle", _DEGREES, "Which way it moves"),
        Number("distance", "Distance", Scale(1, 2 * f.MAX_RADIUS_PX, unit=" px", curve="log"), "How far it moves"),
    ),
    f.UnsharpMask: (
        _share("amount", "Amount", "How much edges gain", Scale(1, 500, unit=" %", curve="log")),
        Number("radius", "Radius", _RADIUS, "How wide the edges are that gain"),
        Number("threshold", "Threshold", Scale(0, 255), "Smaller differences stay as they are", 1 / 255),
    ),
    f.Sharpen: (_share("amount", "Amount", "How much the finest edges gain", PERCENT),),
})  # fmt: skip


class PlainForm(FilterForm[Filter]):
    """The sliders and boxes of PLAIN, one below the other."""

    def __init__(self, theme: Theme, first: Filter) -> None:
        super().__init__(theme, first)
        for part in PLAIN[type(first)]:
            if isinstance(part, Number):
                self.number(part)
            else:
                self.check(part.name, part.label, part.tip)
        self.refresh()


class DesaturateForm(FilterForm[Desaturate]):
    WORDS = ((Grey.LUMINOSITY, "Luminosity"), (Grey.LIGHTNESS, "Lightness"), (Grey.AVERAGE, "Average"))

    def __init__(self, theme: Theme, first: Desaturate) -> None:
        super().__init__(theme, first)
        words = Segments(theme, "How a colour becomes a grey", [(str(key), word) for key, word in self.WORDS])
        words.chosen.connect(lambda key: self.take(Desaturate(Grey(key))))
        self.shows(lambda value: words.show_key(str(value.method)))
        self.column.addWidget(words)
        self.refresh()


class HueSaturationForm(FilterForm[HueSaturation]):
    """Colourising has only saturations above 0: the slider of each kind is shown in its turn."""

    #: What colourising begins with, so that it shows at once.
    COLOURISED = 0.25

    def __init__(self, theme: Theme, first: HueSaturation) -> None:
        super().__init__(theme, first)
        self.number(Number("hue", "Hue", _DEGREES, "Turns all hues on the colour wheel"))
        relative = self.number(_share("saturation", "Saturation", "Towards grey or towards the purest colour"))
        absolute = self.number(_share("saturation", "Saturation", "How coloured everything becomes", PERCENT))
        self.number(_share("lightness", "Lightness", "Towards black or white"))
        colourise = self.check("colourise", "Colourise", "Give everything this one hue")
        colourise.clicked.disconnect()  # the saturation has to change with it
        colourise.clicked.connect(self._colourise)
        self.shows(lambda value: relative.setVisible(not value.colourise))
        self.shows(lambda value: absolute.setVisible(value.colourise))
        self.refresh()

    def _colourise(self, on: bool) -> None:
        self.take(replace(self.value, colourise=on, saturation=self.COLOURISED if on else 0.0))


class ColourBalanceForm(FilterForm[ColourBalance]):
    RANGES = (("shadows", "Shadows"), ("midtones", "Midtones"), ("highlights", "Highlights"))
    AXES = (("red", "Cyan to red"), ("green", "Magenta to green"), ("blue", "Yellow to blue"))

    def __init__(self, theme: Theme, first: ColourBalance) -> None:
        super().__init__(theme, first)
        self._range = "midtones"
        ranges = Segments(theme, "Which tones", self.RANGES)
        ranges.show_key(self._range)
        ranges.chosen.connect(self._show_range)
        self.column.addWidget(ranges)
        for name, label in self.AXES:
            slider = self.slider(label, _SIGNED, 0.0, f"From {label.replace(' to ', ' towards ').lower()}")
            slider.changed.connect(partial(self._move, name))
            self.shows(partial(self._show_axis, slider, name))
            self.column.addWidget(slider)
        self.check("preserve_luminosity", "Keep luminosity", "Each pixel stays as light as it is")
        self.refresh()

    def _tones(self, value: ColourBalance) -> Balance:
        tones: Balance = getattr(value, self._range)
        return tones

    def _show_range(self, key: str) -> None:
        self._range = key
        self.refresh()

    def _show_axis(self, slider: ValueSlider, axis: str, value: ColourBalance) -> None:
        slider.set_value(getattr(self._tones(value), axis) * 100)

    def _move(self, axis: str, shown: float) -> None:
        changes: dict[str, Any] = {self._range: replace(self._tones(self.value), **{axis: shown / 100})}
        self.take(replace(self.value, **changes))
