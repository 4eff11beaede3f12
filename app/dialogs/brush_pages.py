"""What the brush editor shows, page by page, as data: which numbers of a brush, how they are written, what they mean.

No Qt. The order is that of the list at the left of the editor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from app.widgets.scale import PERCENT, Scale
from canvas.brush import MAX_SIZE_PX, Brush, Input, Parameter
from canvas.curves import LINEAR, Curve

_NEW = Brush("New")

Extra: TypeAlias = Literal["tip", "texture", "stabiliser", "mode", "matrix"]


@dataclass(frozen=True, slots=True)
class Number:
    """A slider for one number of a brush, which is multiplied by `shown` to be shown."""

    field: str
    name: str
    scale: Scale
    shown: float
    tip: str

    @property
    def default(self) -> float:
        """Where a middle click takes it: as a new brush or a new stabiliser has it."""
        return float(getattr(_NEW if hasattr(_NEW, self.field) else _NEW.stabiliser, self.field))


@dataclass(frozen=True, slots=True)
class Switch:
    """A box to tick for a field that is on or off; `inverted` when a tick means off."""

    field: str
    text: str
    tip: str
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class BrushPage:
    """`parameter`: what the inputs of the page's curves drive; None when nothing here can be driven."""

    group: str
    title: str
    about: str
    parts: tuple[Number | Switch | Extra, ...] = ()
    parameter: Parameter | None = None


def _share(field: str, name: str, tip: str) -> Number:
    return Number(field, name, PERCENT, 100.0, tip)


SIZE = Scale(1, MAX_SIZE_PX, unit=" px", curve="log")
_SPACING = Scale(1, 1000, unit=" %", curve="log")
_DEGREES = Scale(-180, 180, unit="°")
_SCATTER = Scale(0, 1000, unit=" %")
_ROUNDNESS = Scale(1, 100, unit=" %")
_TEXTURE_SCALE = Scale(10, 1000, unit=" %", curve="log")
_RATE = Scale(0, 200, unit=" / s")

PAGES: tuple[BrushPage, ...] = (
    BrushPage(
        "Tip", "Shape", "What one dab prints: a disc that is computed, or a picture.",
        ("tip", Switch("antialias", "Hard pixels", "Whole pixels without soft steps, for pixel art", inverted=True)),
    ),
    BrushPage(
        "Tip", "Size", "The diameter where nothing makes it smaller.",
        (Number("size_px", "Size", SIZE, 1.0, "Diameter in pixels of the document"),), Parameter.SIZE,
    ),
    BrushPage(
        "Tip", "Hardness", "How far the disc is solid before it fades; pictures have their own edge.",
        (_share("hardness", "Hardness", "100 % has a crisp edge, 0 % fades from the middle"),), Parameter.HARDNESS,
    ),
    BrushPage(
        "Tip", "Roundness", "The short side of the tip as a share of the long one.",
        (Number("roundness", "Roundness", _ROUNDNESS, 100.0, "100 % is a circle, less a flat brush"),),
        Parameter.ROUNDNESS,
    ),
    BrushPage(
        "Tip", "Rotation", "How the tip is turned. What drives it adds to the angle: a whole curve is a full turn.",
        (Number("rotation_deg", "Rotation", _DEGREES, 1.0, "Clockwise"),), Parameter.ROTATION,
    ),
    BrushPage(
        "Tip", "Texture", "The tooth of a paper or canvas that the paint lies on.",
        (
            "texture",
            _share("texture_strength", "Strength", "How deep the pits are that stay free of paint"),
            Number("texture_scale", "Scale", _TEXTURE_SCALE, 100.0, "How large the grain is"),
        ),
        Parameter.TEXTURE,
    ),
    BrushPage(
        "Stroke", "Spacing", "How far the dabs of a stroke are apart.",
        (
            Number("spacing", "Spacing", _SPACING, 100.0, "Share of the diameter; small is smooth, large is dotted"),
            Number("airbrush_rate", "Airbrush", _RATE, 1.0, "Dabs a second, also while the pen rests; 0 for none"),
        ),
        Parameter.SPACING,
    ),
    BrushPage(
        "Stroke", "Scatter", "How far dabs may land beside the line.",
        (Number("scatter", "Scatter", _SCATTER, 100.0, "Share of the diameter"),), Parameter.SCATTER,
    ),
    BrushPage("Stroke", "Stabiliser", "How the line is steadied while you draw.", ("stabiliser",)),
    BrushPage(
        "Colour", "Opacity", "How opaque a whole stroke gets, however often it crosses itself.",
        (
            _share("opacity", "Opacity", "Of the whole stroke"),
            Switch("build_up", "Build up", "Dabs and crossings of one stroke darken each other"),
        ),
        Parameter.OPACITY,
    ),
    BrushPage(
        "Colour", "Flow", "How much paint each touch adds, up to the opacity.",
        (_share("flow", "Flow", "100 % covers at once"),), Parameter.FLOW,
    ),
    BrushPage(
        "Colour", "Hue", "How far the hue of a dab may leave the chosen colour. What nothing drives is by chance.",
        (_share("hue_jitter", "Hue variation", "100 % is any hue"),), Parameter.HUE,
    ),
    BrushPage(
        "Colour", "Saturation", "How far the saturation of a dab may leave the chosen colour.",
        (_share("saturation_jitter", "Saturation variation", "100 % is from grey to pure"),), Parameter.SATURATION,
    ),
    BrushPage(
        "Colour", "Value", "How far a dab may be lighter or darker than the chosen colour.",
        (_share("value_jitter", "Value variation", "100 % is from black to full light"),), Parameter.VALUE,
    ),
    BrushPage(
        "Blending", "Mode", "What the brush does to what is there.",
        ("mode", _share("wet_edge", "Wet edge", "How much lighter the stroke is inside, as in watercolour")),
    ),
    BrushPage(
        "Blending", "Smudge", "How long paint that is there is dragged along.",
        (
            _share("smudge", "Smudge", "0 % drags nothing along, 100 % never ends"),
            _share("colour_rate", "Own colour", "How much of the chosen colour is added while smudging"),
        ),
        Parameter.SMUDGE,
    ),
    BrushPage("Dynamics", "Overview", "All that drives something. Click on a field to bend its curve.", ("matrix",)),
)  # fmt: skip

INPUT_NAMES = {
    Input.PRESSURE: "Pressure",
    Input.TILT: "Tilt",
    Input.SPEED: "Speed",
    Input.DIRECTION: "Direction",
    Input.RANDOM: "Random",
}
#: What the left and the right end of an input's curve stand for.
INPUT_ENDS = {
    Input.PRESSURE: ("light", "firm"),
    Input.TILT: ("upright", "flat"),
    Input.SPEED: ("slow", "fast"),
    Input.DIRECTION: ("right, down", "left, up"),
    Input.RANDOM: ("by", "chance"),
}
#: A pen held upright, or a slow one, must still leave a mark when its tilt or speed begins to drive something.
_FROM_A_QUARTER: Curve = ((0.0, 0.25), (1.0, 1.0))


def first_curve(parameter: Parameter, by: Input) -> Curve:
    """The curve to begin with when an input is to drive a parameter."""
    gentle = by in (Input.TILT, Input.SPEED) and parameter is not Parameter.ROTATION
    return _FROM_A_QUARTER if gentle else LINEAR


def page_of(parameter: Parameter) -> int:
    """The page on which a parameter's curves are."""
    return next(index for index, page in enumerate(PAGES) if page.parameter is parameter)
