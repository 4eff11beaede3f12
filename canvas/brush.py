"""What a brush is: frozen values, checked when they are made. No pixels, no path, no clock, no Qt.

A brush is a set of parameters; its `dynamics` say what the pen, the way it goes and chance make of them, dab by dab.
How points become dabs is told in `canvas.dab_path`, how dabs become pixels in `canvas.stroke`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import isfinite

from canvas.curves import LINEAR, Curve, checked

MAX_SIZE_PX = 1000.0
#: The name of the tip that is computed: a disc, or an ellipse with `roundness` below 1. Other names are bitmaps.
ROUND = "round"
#: The speed in document pixels a second at which the input SPEED is 1.
FULL_SPEED_PX_S = 3000.0
#: The tilt from upright at which the input TILT is 1.
FULL_TILT_DEG = 60.0


class BrushMode(StrEnum):
    PAINT = "paint"
    ERASE = "erase"
    SMUDGE = "smudge"


class Input(StrEnum):
    """What drives a parameter; each delivers 0..1.

    PRESSURE of the pen. TILT: 0 upright, 1 at 60 degrees or more. SPEED: 1 at 3000 document pixels a second or more.
    DIRECTION of the stroke as a share of a full turn: 0 to the right, 0.25 down. RANDOM: anew for every dab, but the
    same when the same points are drawn again.
    """

    PRESSURE = "pressure"
    TILT = "tilt"
    SPEED = "speed"
    DIRECTION = "direction"
    RANDOM = "random"


class Parameter(StrEnum):
    """What of a brush can be driven."""

    SIZE = "size"
    OPACITY = "opacity"
    FLOW = "flow"
    HARDNESS = "hardness"
    SPACING = "spacing"
    ROTATION = "rotation"
    ROUNDNESS = "roundness"
    SCATTER = "scatter"
    TEXTURE = "texture"
    HUE = "hue"
    SATURATION = "saturation"
    VALUE = "value"
    SMUDGE = "smudge"


@dataclass(frozen=True, slots=True)
class Dynamic:
    """One input drives one parameter: it is multiplied by curve(input); several dynamics of a parameter multiply.

    Two exceptions. ROTATION: curve(input) turns are added. HUE, SATURATION, VALUE: the colour shifts by the brush's
    jitter times 2 curve(input) - 1, and several shifts add up; a jitter that nothing drives is random.
    """

    parameter: Parameter
    input: Input
    curve: Curve = LINEAR

    def __post_init__(self) -> None:
        checked(self.curve)


class StabiliserKind(StrEnum):
    """NONE: the line is the pen's. BASIC: drawn after the pen on a soft string. WEIGHTED: a Gaussian mean along the
    way, of pressure too. STRING: pulled by a taut string; within its length the pen moves freely."""

    NONE = "none"
    BASIC = "basic"
    WEIGHTED = "weighted"
    STRING = "string"


@dataclass(frozen=True, slots=True)
class Stabiliser:
    """`strength` 0..1 for BASIC and WEIGHTED, `string_px` for STRING.

    Lengths are pixels of the screen when `zoom_scaled`, so that the hand feels the same at every zoom, else of the
    document. `finish_line`: when the pen is lifted, the line is drawn on to where it was.
    """

    kind: StabiliserKind = StabiliserKind.BASIC
    strength: float = 0.3
    string_px: float = 40.0
    zoom_scaled: bool = True
    finish_line: bool = True

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 1.0:
            raise ValueError(f"the strength of a brush's stabiliser lies between 0 and 1, not {self.strength}")
        if not 0.0 <= self.string_px <= 1000.0:
            raise ValueError(f"the string of a brush's stabiliser is up to 1000 px long, not {self.string_px}")


UNSTEADIED = Stabiliser(StabiliserKind.NONE)

_RANGES = {
    "hardness": (0.0, 1.0),
    "opacity": (0.0, 1.0),
    "flow": (0.0, 1.0),
    "spacing": (0.01, 10.0),
    "rotation_deg": (-360.0, 360.0),
    "roundness": (0.01, 1.0),
    "scatter": (0.0, 10.0),
    "texture_strength": (0.0, 1.0),
    "texture_scale": (0.1, 10.0),
    "hue_jitter": (0.0, 1.0),
    "saturation_jitter": (0.0, 1.0),
    "value_jitter": (0.0, 1.0),
    "smudge": (0.0, 1.0),
    "colour_rate": (0.0, 1.0),
    "airbrush_rate": (0.0, 200.0),
    "wet_edge": (0.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Brush:
    """A brush with its inputs at 1. Shares are 0..1; lengths that depend on the size are in diameters.

    `size_px`: the diameter. `hardness` 0 (fades from the centre) .. 1 (crisp edge). `opacity`: of the whole stroke;
    with `build_up` of each pass. `flow`: what a dab lays at a spacing of a quarter diameter; closer dabs lay less
    each, so that spacing does not change how strong a line is. `spacing` between dabs. `rotation_deg` clockwise,
    `roundness`: the short axis over the long one. `scatter`: how far dabs may land beside the line.
    `tip`: ROUND or the name of a bitmap. `texture`: the name of a grain or "", laid over the document at
    `texture_scale`, `texture_strength` how deep its pits are. `hue_jitter` in half turns, `saturation_jitter`,
    `value_jitter`: how far the colour of a dab may be shifted either way.
    `smudge` 0 (none) .. 1 (never ends): how far paint that is there is dragged along, about smudge / (1 - smudge)
    diameters; `colour_rate`: how much of its
    own colour a smudging brush adds. `build_up`: dabs and crossings of one stroke darken each other. `antialias`:
    False sets whole pixels. `airbrush_rate`: dabs a second, also while the pen rests; 0 for none.
    `wet_edge`: how much lighter the stroke is inside its edge.
    """

    name: str
    tags: tuple[str, ...] = ()
    size_px: float = 12.0
    hardness: float = 0.9
    opacity: float = 1.0
    flow: float = 1.0
    spacing: float = 0.08
    rotation_deg: float = 0.0
    roundness: float = 1.0
    scatter: float = 0.0
    tip: str = ROUND
    texture: str = ""
    texture_strength: float = 1.0
    texture_scale: float = 1.0
    hue_jitter: float = 0.0
    saturation_jitter: float = 0.0
    value_jitter: float = 0.0
    smudge: float = 0.0
    colour_rate: float = 0.0
    build_up: bool = False
    antialias: bool = True
    airbrush_rate: float = 0.0
    wet_edge: float = 0.0
    stabiliser: Stabiliser = field(default_factory=Stabiliser)
    mode: BrushMode = BrushMode.PAINT
    dynamics: tuple[Dynamic, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 < self.size_px <= MAX_SIZE_PX:
            raise ValueError(f"a brush is up to {MAX_SIZE_PX:.0f} px wide, not {self.size_px}")
        for name, (least, most) in _RANGES.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise ValueError(f"brush {name.replace('_', ' ')} lies between {least:g} and {most:g}, not {value}")
        driven = [(dynamic.parameter, dynamic.input) for dynamic in self.dynamics]
        for parameter, input_ in driven:
            if driven.count((parameter, input_)) > 1:
                raise ValueError(f"a brush has one curve of {parameter} by {input_}, not several")

    @property
    def smudges(self) -> bool:
        """The brush drags along what is there: it smudges, or it is a wet brush."""
        return self.mode is BrushMode.SMUDGE or (self.mode is BrushMode.PAINT and self.smudge > 0.0)

    def curve(self, parameter: Parameter, by: Input) -> Curve | None:
        """The curve by which an input drives a parameter, None where it does not."""
        return next((d.curve for d in self.dynamics if d.parameter is parameter and d.input is by), None)

    def driven(self, parameter: Parameter, by: Input, curve: Curve | None) -> Brush:
        """The brush with that input driving that parameter, None: no longer."""
        rest = tuple(d for d in self.dynamics if (d.parameter, d.input) != (parameter, by))
        return replace(self, dynamics=rest if curve is None else (*rest, Dynamic(parameter, by, curve)))


@dataclass(frozen=True, slots=True)
class StrokePoint:
    """What the pen reported: document pixels, pressure 0..1, tilt in degrees, seconds on any steady clock."""

    x: float
    y: float
    pressure: float = 1.0
    tilt_x: float = 0.0
    tilt_y: float = 0.0
    time_s: float = 0.0

    @property
    def possible(self) -> bool:
        """A pen can lie outside the document, but not as far as a glitch of its driver."""
        return abs(self.x) <= _FARTHEST_PX and abs(self.y) <= _FARTHEST_PX and isfinite(self.time_s)


_FARTHEST_PX = 100_000.0
