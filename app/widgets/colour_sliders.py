"""Three sliders for the components of a colour, each over the ramp of what it gives: HSV and RGB."""

from __future__ import annotations

from colorsys import hsv_to_rgb

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.colours import Hsv, hsv_of
from app.theme import Theme
from app.widgets.ramp_slider import RampSlider
from app.widgets.scale import PERCENT, Scale

_DEGREES = Scale(0, 360, unit="°")
_BYTE = Scale(0, 255)
_GAP_PX = 4


class HsvSliders(QWidget):
    """`changed(hsv)` for what the artist does, never for `show_hsv`."""

    changed = Signal(tuple)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._hsv: Hsv = (0.0, 0.0, 0.0)
        self.hue = RampSlider(theme, "H", _DEGREES)
        self.saturation = RampSlider(theme, "S", PERCENT)
        self.value = RampSlider(theme, "V", PERCENT)
        self.hue.setToolTip("Hue")
        self.saturation.setToolTip("Saturation: 0 % is grey")
        self.value.setToolTip("Value: 0 % is black")
        self.hue.changed.connect(lambda degrees: self._take(0, degrees / 360))
        self.saturation.changed.connect(lambda percent: self._take(1, percent / 100))
        self.value.changed.connect(lambda percent: self._take(2, percent / 100))
        _stack(self, self.hue, self.saturation, self.value)

    def show_hsv(self, hsv: Hsv) -> None:
        self._hsv = hsv
        hue, saturation, value = hsv
        self.hue.set_value(hue * 360)
        self.saturation.set_value(saturation * 100)
        self.value.set_value(value * 100)
        self.hue.set_ramp([hsv_to_rgb(sixth / 6, saturation, value) for sixth in range(7)])
        self.saturation.set_ramp([hsv_to_rgb(hue, end, value) for end in (0.0, 1.0)])
        self.value.set_ramp([hsv_to_rgb(hue, saturation, end) for end in (0.0, 1.0)])

    def _take(self, index: int, share: float) -> None:
        parts = list(self._hsv)
        parts[index] = share
        self.show_hsv((parts[0], parts[1], parts[2]))
        self.changed.emit(self._hsv)


class RgbSliders(QWidget):
    """As `HsvSliders`; it too is told hue, saturation and value, so that greys keep their hue."""

    changed = Signal(tuple)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._hsv: Hsv = (0.0, 0.0, 0.0)
        self.sliders = tuple(RampSlider(theme, letter, _BYTE) for letter in "RGB")
        for index, (slider, tip) in enumerate(zip(self.sliders, ("Red", "Green", "Blue"), strict=True)):
            slider.setToolTip(tip)
            slider.changed.connect(lambda level, i=index: self._take(i, level / 255))
        _stack(self, *self.sliders)

    def show_hsv(self, hsv: Hsv) -> None:
        self._hsv = hsv
        colour = hsv_to_rgb(*hsv)
        for index, slider in enumerate(self.sliders):
            slider.set_value(colour[index] * 255)
            slider.set_ramp([(*colour[:index], end, *colour[index + 1 :]) for end in (0.0, 1.0)])  # type: ignore[misc] # three parts

    def _take(self, index: int, share: float) -> None:
        parts = list(hsv_to_rgb(*self._hsv))
        parts[index] = share
        self.show_hsv(hsv_of((parts[0], parts[1], parts[2]), self._hsv))
        self.changed.emit(self._hsv)


def _stack(column: QWidget, *sliders: RampSlider) -> None:
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(_GAP_PX)
    for slider in sliders:
        layout.addWidget(slider)
