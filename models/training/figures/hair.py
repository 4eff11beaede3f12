"""Hair and hats. Units are those of the head: half its width, v upwards from its middle."""

from __future__ import annotations

from models.training.figures.frame import Frame, add_form
from models.training.figures.look import Look
from models.training.forms import add_mark
from models.training.geometry import Colour, Point, Points
from models.training.palette import NAMED, mix, rgb
from models.training.shapes import Thing

_CROWN: list[Point] = [
    *((-1.12, -0.02), (-1.16, 0.5), (-0.92, 1.1), (-0.36, 1.46)),
    *((0.36, 1.46), (0.92, 1.1), (1.16, 0.5), (1.12, -0.02)),
]
_HAIRLINES: dict[str, list[Point]] = {
    "short": [(0.95, 0.1), (0.84, 0.5), (0.4, 0.6), (-0.25, 0.88), (-0.62, 0.6), (-0.88, 0.46), (-0.95, 0.1)],
    "long": [(1.0, -0.5), (0.9, 0.2), (0.42, 0.72), (-0.24, 1.02), (-0.64, 0.62), (-0.9, 0.2), (-1.0, -0.5)],
    "bun": [(0.95, 0.12), (0.82, 0.58), (0.4, 0.86), (0, 0.92), (-0.4, 0.86), (-0.82, 0.58), (-0.95, 0.12)],
    "ponytail": [(0.95, 0.12), (0.86, 0.5), (0.3, 0.6), (-0.35, 0.86), (-0.8, 0.58), (-0.95, 0.12)],
}
"""From image right to left, as one sees it from the front."""

_LONG_BEHIND: list[Point] = [
    *((-1.1, 0.7), (0, 1.36), (1.1, 0.7), (1.3, -0.4), (1.42, -1.5), (1.2, -2.15)),
    *((0.5, -1.95), (-0.5, -1.95), (-1.2, -2.15), (-1.42, -1.5), (-1.3, -0.4)),
]
_SIDE: dict[str, list[Point]] = {
    "short": [
        *((0.94, 0.56), (0.84, 1.08), (0.2, 1.45), (-0.62, 1.3), (-1.12, 0.66), (-1.12, -0.1), (-0.86, -0.72)),
        *((-0.5, -0.66), (-0.42, -0.1), (-0.1, 0.2), (0.18, 0.28), (0.4, 0.66)),
    ],
    "long": [
        *((0.9, 0.66), (0.66, 1.22), (-0.1, 1.46), (-0.86, 1.16), (-1.22, 0.4), (-1.34, -0.7), (-1.36, -1.7)),
        *((-0.9, -2.1), (-0.3, -1.85), (-0.16, -0.9), (0.02, -0.2), (0.3, 0.3), (0.55, 0.62)),
    ],
    "bun": [
        *((0.84, 0.72), (0.66, 1.2), (-0.1, 1.44), (-0.84, 1.14), (-1.14, 0.5), (-1.04, -0.2), (-0.72, -0.7)),
        *((-0.5, -0.5), (-0.3, 0.1), (0.14, 0.3), (0.44, 0.7)),
    ],
}
_SIDE["ponytail"] = _SIDE["bun"]
_TAILS: dict[str, list[Point]] = {
    "front": [(0.5, 1.2), (1.16, 1.0), (1.42, 0.1), (1.34, -1.2)],
    "side": [(-0.8, 0.9), (-1.5, 0.7), (-1.72, -0.2), (-1.5, -1.4)],
    "back": [(0, 0.7), (0.06, 0.0), (0.0, -0.9), (0.1, -2.0)],
}
_TAIL_HALVES = (0.2, 0.32, 0.32, 0.1)


def add_hair_behind(thing: Thing, place: Frame, look: Look, hair: Colour, view: str, side: int) -> None:
    """What falls behind neck and shoulders, painted before them; `view` is front, side or back."""
    outline = hair_behind(place, look, view)
    if outline is not None:
        add_form(thing, outline, hair * 0.85, side, place.unit_px * 0.12)


def hair_behind(place: Frame, look: Look, view: str) -> Points | None:
    """The outline of a bun, a ponytail or long hair where they are seen beside the head."""
    if look.hair_style == "long" and view == "front":
        return place.curve(_LONG_BEHIND)
    if look.hair_style == "ponytail" and view != "back":
        return place.ribbon(_TAILS[view], _TAIL_HALVES)
    if look.hair_style == "bun":
        return place.oval(-0.86, 1.26, 0.46, 0.42) if view == "side" else place.oval(0, 1.62, 0.5, 0.42)
    return None


def hair_outline(place: Frame, look: Look, view: str) -> Points:
    """The hair that lies on the head."""
    if view == "side":
        return place.curve(_SIDE[look.hair_style])
    if view == "back":
        low = -2.1 if look.hair_style == "long" else -0.72
        wide = 1.3 if look.hair_style == "long" else 0.86
        return place.curve([*_CROWN, (wide, low * 0.7), (wide * 0.6, low), (-wide * 0.6, low), (-wide, low * 0.7)])
    start, end = _HAIRLINES[look.hair_style][0], _HAIRLINES[look.hair_style][-1]
    return place.curve(
        [(end[0] - 0.14, end[1] - 0.1), *_CROWN[1:-1], (start[0] + 0.14, start[1] - 0.1), *_HAIRLINES[look.hair_style]]
    )


def add_hair(thing: Thing, place: Frame, look: Look, hair: Colour, view: str, side: int) -> None:
    """What lies on the head, with a sheen where it is large."""
    unit, outline = place.unit_px, hair_outline(place, look, view)
    add_form(thing, outline, hair, side, unit * 0.14)
    if unit > 14 and not look.hat:
        sheen = place.ribbon([(-0.72, 0.86), (-0.3, 1.16), (0.2, 1.22)], [0.03, 0.1, 0.03])
        add_mark(thing, sheen, outline, mix(hair, rgb(255, 236, 210), 0.26))
    if view == "front" and look.hair_style == "long":
        for s in (-1, 1):
            lock = place.ribbon(
                [(s * 1.04, 0.5), (s * 1.14, -0.5), (s * 1.14, -1.4), (s * 0.98, -2.1)], [0.01, 0.17, 0.24, 0.08]
            )
            add_form(thing, lock, hair * (1.0 if s == side else 0.9), side, unit * 0.08)
    if view == "back" and look.hair_style == "ponytail":
        add_form(thing, place.ribbon(_TAILS["back"], (0.24, 0.3, 0.34, 0.12)), hair * 0.86, side, unit * 0.1)


def add_hat(thing: Thing, place: Frame, colour_name: str, view: str, side: int) -> None:
    """A soft hat with a brim and a band."""
    colour = NAMED[colour_name]
    dome, brim = hat_outlines(place, view)
    add_form(thing, dome, colour, side, place.unit_px * 0.16)
    band = place.ribbon([(-1.3, 0.78), (0, 0.7), (1.3, 0.78)], [0.13, 0.13, 0.13])
    add_mark(thing, band, dome, colour * 0.6)
    add_form(thing, brim, colour * 0.92, side, place.unit_px * 0.06)


def hat_outlines(place: Frame, view: str) -> tuple[Points, Points]:
    """Dome and brim."""
    right = [(0.7, 1.72), (1.1, 1.2), (1.16, 0.66)]
    dome = place.curve([(0, 1.84), *right, (0, 0.56), *((-u, v) for u, v in reversed(right))])
    return dome, place.oval(0.22 if view == "side" else 0.0, 0.56, 1.66, 0.24)
