"""`PenSettings`: how the artist's pen answers, whatever the brush: its pressure, and what its side buttons do.

Values and their text only, no Qt; the window keeps the text. `app.canvas_view` obeys them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args

from canvas.curves import LINEAR, Curve, checked, table

ButtonDeed: TypeAlias = Literal["palette", "hand", "picker", "erase", "undo", "nothing"]

#: What a side button can do, as the artist reads it.
DEEDS: Mapping[ButtonDeed, str] = MappingProxyType({
    "palette": "Right-click: brush palette",
    "hand": "Move the canvas",
    "picker": "Pick a colour",
    "erase": "Erase while held",
    "undo": "Undo",
    "nothing": "Nothing",
})  # fmt: skip
assert tuple(DEEDS) == get_args(ButtonDeed)

#: Pressure curves for hands of different weight: a soft one reaches full pressure with little force.
PRESETS: Mapping[str, Curve] = MappingProxyType({
    "Soft": ((0.0, 0.0), (0.25, 0.5), (0.7, 0.92), (1.0, 1.0)),
    "Linear": LINEAR,
    "Firm": ((0.0, 0.0), (0.3, 0.08), (0.75, 0.5), (1.0, 1.0)),
})  # fmt: skip

_STEPS = 1024


@dataclass(frozen=True, slots=True)
class PenSettings:
    """`curve`: from the pressure that the pen reports to the one that brushes get, both 0..1. `lower_button`: the one
    nearest to the tip, which reports as the right button; `upper_button` as the middle one.

    Raises ValueError for what is no curve and for an unknown deed.
    """

    curve: Curve = LINEAR
    lower_button: ButtonDeed = "palette"
    upper_button: ButtonDeed = "hand"

    def __post_init__(self) -> None:
        checked(self.curve)
        for deed in (self.lower_button, self.upper_button):
            if deed not in DEEDS:
                raise ValueError(f"a side button cannot do “{deed}”, only {', '.join(DEEDS)}")


def response(curve: Curve) -> Callable[[float], float]:
    """The curve as a fast function of a pressure 0..1, read from a table; the straight one is exact.

    >>> response(((0.0, 0.0), (0.5, 1.0), (1.0, 1.0)))(0.5)
    1.0
    """
    if curve == LINEAR:
        return lambda pressure: pressure
    values: list[float] = table(curve, _STEPS + 1).tolist()

    def answer(pressure: float) -> float:
        place = pressure * _STEPS
        index = min(_STEPS - 1, int(place))
        return values[index] + (place - index) * (values[index + 1] - values[index])

    return answer


def as_text(pen: PenSettings) -> str:
    """What `read` understands."""
    return json.dumps(asdict(pen))


def read(text: str) -> PenSettings:
    """What `as_text` wrote; the defaults for anything else."""
    try:
        found: dict[str, Any] = json.loads(text)
        curve = tuple((float(x), float(y)) for x, y in found["curve"])
        return PenSettings(curve, found["lower_button"], found["upper_button"])
    except (ValueError, TypeError, KeyError):
        return PenSettings()
