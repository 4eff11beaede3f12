"""The filters there are, as frozen values: what an adjustment layer holds and what a filter command was asked for.

Point filters give each pixel a new colour from its own straight sRGB colour (and, for noise, its place); they may be
adjustment layers. Area filters look at neighbours and are applied to pixels. Values compare by content and any thread
may use them. Shares and tones run 0..1, signed amounts -1..1; constructors raise ValueError for anything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TypeAlias

from canvas.curves import LINEAR, Curve, checked

MAX_RADIUS_PX = 500.0
MIN_GAMMA, MAX_GAMMA = 0.1, 10.0


def _within(value: object, low: float, high: float, *names: str) -> None:
    """Raises ValueError unless the named fields of `value` are numbers from `low` to `high`."""
    for name in names:
        number = getattr(value, name)
        if not (isinstance(number, int | float) and low <= number <= high):
            raise ValueError(f"{name} lies between {low:g} and {high:g}, not at {number}")


@dataclass(frozen=True, slots=True)
class Tones:
    """Levels of one channel: what lies from `black` to `white` spreads over `out_black` to `out_white`.

    `gamma` above 1 lightens the tones between.
    """

    black: float = 0.0
    gamma: float = 1.0
    white: float = 1.0
    out_black: float = 0.0
    out_white: float = 1.0

    def __post_init__(self) -> None:
        _within(self, 0.0, 1.0, "black", "white", "out_black", "out_white")
        _within(self, MIN_GAMMA, MAX_GAMMA, "gamma")
        if self.black >= self.white:
            raise ValueError(f"black lies below white, not at {self.black} above {self.white}")


@dataclass(frozen=True, slots=True)
class Levels:
    """Each channel's own tones first, then those of all three."""

    rgb: Tones = field(default_factory=Tones)
    red: Tones = field(default_factory=Tones)
    green: Tones = field(default_factory=Tones)
    blue: Tones = field(default_factory=Tones)


@dataclass(frozen=True, slots=True)
class Curves:
    """Each channel's own curve first, then that of all three."""

    rgb: Curve = LINEAR
    red: Curve = LINEAR
    green: Curve = LINEAR
    blue: Curve = LINEAR

    def __post_init__(self) -> None:
        for channel in fields(self):
            checked(getattr(self, channel.name))


@dataclass(frozen=True, slots=True)
class HueSaturation:
    """`hue` in degrees -180..180 is added; with `colourise` it and `saturation` (0..1) replace those of the picture."""

    hue: float = 0.0
    saturation: float = 0.0
    lightness: float = 0.0
    colourise: bool = False

    def __post_init__(self) -> None:
        _within(self, -180.0, 180.0, "hue")
        _within(self, 0.0 if self.colourise else -1.0, 1.0, "saturation")
        _within(self, -1.0, 1.0, "lightness")


@dataclass(frozen=True, slots=True)
class BrightnessContrast:
    """`brightness` moves the tones towards white or black, `contrast` away from or towards the middle."""

    brightness: float = 0.0
    contrast: float = 0.0

    def __post_init__(self) -> None:
        _within(self, -1.0, 1.0, "brightness", "contrast")


@dataclass(frozen=True, slots=True)
class Balance:
    """Towards red, green and blue (1) or their opposites cyan, magenta and yellow (-1)."""

    red: float = 0.0
    green: float = 0.0
    blue: float = 0.0

    def __post_init__(self) -> None:
        _within(self, -1.0, 1.0, "red", "green", "blue")


@dataclass(frozen=True, slots=True)
class ColourBalance:
    """A colour cast for dark, middle and light tones; `preserve_luminosity` keeps each pixel as light as it was."""

    shadows: Balance = field(default_factory=Balance)
    midtones: Balance = field(default_factory=Balance)
    highlights: Balance = field(default_factory=Balance)
    preserve_luminosity: bool = True


@dataclass(frozen=True, slots=True)
class Invert:
    """Every tone becomes its opposite."""


class Grey(StrEnum):
    """How a colour becomes a grey."""

    LIGHTNESS = "lightness"
    LUMINOSITY = "luminosity"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class Desaturate:
    method: Grey = Grey.LUMINOSITY

    def __post_init__(self) -> None:
        Grey(self.method)


@dataclass(frozen=True, slots=True)
class Posterise:
    """Only `levels` (2..255) even tones a channel."""

    levels: int = 4

    def __post_init__(self) -> None:
        _within(self, 2, 255, "levels")


@dataclass(frozen=True, slots=True)
class Threshold:
    """White where the luminosity is at least `level`, else black."""

    level: float = 0.5

    def __post_init__(self) -> None:
        _within(self, 0.0, 1.0, "level")


@dataclass(frozen=True, slots=True)
class Noise:
    """Even noise of up to `amount` either way; the same at a place of the document for ever."""

    amount: float = 0.1
    monochrome: bool = False

    def __post_init__(self) -> None:
        _within(self, 0.0, 1.0, "amount")


@dataclass(frozen=True, slots=True)
class UnknownFilter:
    """A filter of a newer file, kept as it is so that saving loses nothing. `text` is its JSON. It changes nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class GaussianBlur:
    """`radius` is the standard deviation in pixels."""

    radius: float = 4.0

    def __post_init__(self) -> None:
        _within(self, 0.1, MAX_RADIUS_PX, "radius")


@dataclass(frozen=True, slots=True)
class BoxBlur:
    """The mean of a square that reaches `radius` whole pixels to every side."""

    radius: int = 4

    def __post_init__(self) -> None:
        _within(self, 1, MAX_RADIUS_PX, "radius")


@dataclass(frozen=True, slots=True)
class MotionBlur:
    """The mean along a line of `distance` pixels at `angle` degrees, counter-clockwise from the right."""

    angle: float = 0.0
    distance: float = 20.0

    def __post_init__(self) -> None:
        _within(self, -180.0, 180.0, "angle")
        _within(self, 1.0, 2 * MAX_RADIUS_PX, "distance")


@dataclass(frozen=True, slots=True)
class UnsharpMask:
    """Adds `amount` (0..5) of the difference from a blur of `radius`, where it is at least `threshold`."""

    amount: float = 1.0
    radius: float = 1.0
    threshold: float = 0.0

    def __post_init__(self) -> None:
        _within(self, 0.0, 5.0, "amount")
        _within(self, 0.1, MAX_RADIUS_PX, "radius")
        _within(self, 0.0, 1.0, "threshold")


@dataclass(frozen=True, slots=True)
class Sharpen:
    """Adds the difference from the four neighbours, times `amount` (0..1)."""

    amount: float = 0.25

    def __post_init__(self) -> None:
        _within(self, 0.0, 1.0, "amount")


PointFilter: TypeAlias = (
    Levels
    | Curves
    | HueSaturation
    | BrightnessContrast
    | ColourBalance
    | Invert
    | Desaturate
    | Posterise
    | Threshold
    | Noise
    | UnknownFilter
)
AreaFilter: TypeAlias = GaussianBlur | BoxBlur | MotionBlur | UnsharpMask | Sharpen
Filter: TypeAlias = PointFilter | AreaFilter
