"""The forms of levels and curves, over the histogram of what they filter. GUI thread only."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from app.dialogs.filters.form import FilterForm
from app.dialogs.filters.tone_bars import HistogramBar, ToneRamp
from app.theme import Theme
from app.widgets.buttons import TextButton
from app.widgets.curve_editor import CurveEditor
from app.widgets.scale import Scale
from app.widgets.segments import Segments
from canvas.curves import LINEAR, Curve
from canvas.filters.values import Curves, Levels, Tones
from canvas.histograms import Histogram

CHANNELS = (("rgb", "RGB"), ("red", "Red"), ("green", "Green"), ("blue", "Blue"))
_NAMES = tuple(name for name, _ in CHANNELS)

#: The share of pixels that Auto lets become pure black, and pure white.
AUTO_CLIP = 0.001
_TONE = Scale(0, 255)
_GAMMA = Scale(0.1, 9.99, 0.01, decimals=2, curve="log")
#: Black and white keep this apart, in tones of 255.
_GAP = 2
CURVE_PX = 220


class LevelsForm(FilterForm[Levels]):
    """Black, grey and white under the histogram; the tones they become under the ramp."""

    def __init__(self, theme: Theme, first: Levels) -> None:
        super().__init__(theme, first)
        self._channel = "rgb"
        self._histogram: Histogram | None = None
        self.channels = Segments(theme, "Channel", CHANNELS)
        self.channels.chosen.connect(self._show_channel)
        self.histogram = HistogramBar(theme, (0.0, 0.5, 1.0))
        self.histogram.setToolTip("Drag black, grey and white to where the picture begins, has its middle and ends")
        self.histogram.moved.connect(self._drag_in)
        self.ramp = ToneRamp(theme, (0.0, 1.0))
        self.ramp.setToolTip("What black and white become")
        self.ramp.moved.connect(self._drag_out)
        self.black = self.slider("Black", _TONE, 0, "This tone and darker ones become black")
        self.gamma = self.slider("Gamma", _GAMMA, 1.0, "Above 1 the middle tones become lighter")
        self.white = self.slider("White", _TONE, 255, "This tone and lighter ones become white")
        self.out_black = self.slider("Black becomes", _TONE, 0, "The darkest tone there will be")
        self.out_white = self.slider("White becomes", _TONE, 255, "The lightest tone there will be")
        self.black.changed.connect(self._set_black)
        self.gamma.changed.connect(lambda shown: self._set_tones(gamma=shown))
        self.white.changed.connect(self._set_white)
        self.out_black.changed.connect(lambda shown: self._set_tones(out_black=shown / 255))
        self.out_white.changed.connect(lambda shown: self._set_tones(out_white=shown / 255))
        self.auto = TextButton(theme, "Auto")
        self.auto.setToolTip("Spread each channel over all tones")
        self.auto.clicked.connect(self._spread)
        self.auto.setEnabled(False)
        self.column.addWidget(self.channels)
        self.column.addWidget(self.histogram)
        self.row(self.black, self.white)
        self.row(self.gamma, self.auto)
        self.column.addSpacing(4)
        self.column.addWidget(self.ramp)
        self.row(self.out_black, self.out_white)
        self.shows(self._show_tones)
        self.refresh()

    def set_histogram(self, histogram: Histogram | None) -> None:
        self._histogram = histogram
        self.auto.setEnabled(histogram is not None and bool(histogram.any()))
        self._show_counts()

    @property
    def tones(self) -> Tones:
        """Those of the channel that is shown."""
        tones: Tones = getattr(self.value, self._channel)
        return tones

    def _show_channel(self, key: str) -> None:
        self._channel = key
        self._show_counts()
        self.refresh()

    def _show_counts(self) -> None:
        counts = None if self._histogram is None else self._histogram[_NAMES.index(self._channel)]
        self.histogram.set_counts(counts)

    def _show_tones(self, _value: Levels) -> None:
        tones = self.tones
        # The grey marker stands where a tone becomes the middle one.
        grey = tones.black + (tones.white - tones.black) * 0.5**tones.gamma
        self.histogram.set_tones((tones.black, grey, tones.white))
        self.ramp.set_tones((tones.out_black, tones.out_white))
        self.black.set_value(tones.black * 255)
        self.gamma.set_value(tones.gamma)
        self.white.set_value(tones.white * 255)
        self.out_black.set_value(tones.out_black * 255)
        self.out_white.set_value(tones.out_white * 255)

    def _set_tones(self, **changes: float) -> None:
        channel: dict[str, Any] = {self._channel: replace(self.tones, **changes)}
        self.take(replace(self.value, **channel))

    def _set_black(self, shown: float) -> None:
        self._set_tones(black=min(shown, round(self.tones.white * 255) - _GAP) / 255)

    def _set_white(self, shown: float) -> None:
        self._set_tones(white=max(shown, round(self.tones.black * 255) + _GAP) / 255)

    def _drag_in(self, index: int, tone: float) -> None:
        if index == 0:
            self._set_black(round(tone * 255))
        elif index == 2:
            self._set_white(round(tone * 255))
        else:
            share = (tone - self.tones.black) / (self.tones.white - self.tones.black)
            self._set_tones(gamma=_GAMMA.clamped(log(min(max(share, 0.001), 0.999)) / log(0.5)))

    def _drag_out(self, index: int, tone: float) -> None:
        self._set_tones(**{("out_black", "out_white")[index]: round(tone * 255) / 255})

    def _spread(self) -> None:
        if self._histogram is not None:
            red, green, blue = (_spread(counts) for counts in self._histogram[1:])
            self.take(Levels(red=red, green=green, blue=blue))


def _spread(counts: npt.NDArray[np.float64]) -> Tones:
    """Black and white where all but a few pixels of a channel lie between."""
    shares = np.cumsum(counts) / max(counts.sum(), 1e-9)
    low = int(np.searchsorted(shares, AUTO_CLIP, side="right"))
    high = int(np.searchsorted(shares, 1.0 - AUTO_CLIP, side="left"))
    return Tones(low / 255, white=high / 255) if high - low >= _GAP else Tones()


class CurvesForm(FilterForm[Curves]):
    def __init__(self, theme: Theme, first: Curves) -> None:
        super().__init__(theme, first)
        self._channel = "rgb"
        self._histogram: Histogram | None = None
        self.channels = Segments(theme, "Channel", CHANNELS)
        self.channels.chosen.connect(self._show_channel)
        self.editor = CurveEditor(theme, shown=lambda share: str(round(share * 255)))
        self.editor.setFixedHeight(CURVE_PX)
        self.editor.changed.connect(self._bend)
        self.straighten = TextButton(theme, "Straighten")
        self.straighten.setToolTip("Make the curve of this channel a straight line again")
        self.straighten.clicked.connect(lambda: self._bend(LINEAR))
        self.column.addWidget(self.channels)
        self.column.addWidget(self.editor)
        self.row(self.straighten)
        self.shows(self._show_curve)
        self.refresh()

    def set_histogram(self, histogram: Histogram | None) -> None:
        self._histogram = histogram
        self._show_counts()

    @property
    def curve(self) -> Curve:
        """That of the channel that is shown."""
        curve: Curve = getattr(self.value, self._channel)
        return curve

    def _show_channel(self, key: str) -> None:
        self._channel = key
        self._show_counts()
        self.refresh()

    def _show_counts(self) -> None:
        counts = None if self._histogram is None else self._histogram[_NAMES.index(self._channel)]
        self.editor.set_histogram(None if counts is None else counts.tolist())

    def _show_curve(self, _value: Curves) -> None:
        self.editor.set_curve(self.curve)
        self.straighten.setEnabled(self.curve != LINEAR)

    def _bend(self, curve: object) -> None:
        changes: dict[str, Any] = {self._channel: curve}
        self.take(replace(self.value, **changes))
