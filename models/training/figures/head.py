"""Faces from the front, the side and behind. Units: half the head's width, u to image right or ahead, v upwards."""

from __future__ import annotations

from models.training.figures.frame import Frame, add_form, mirrored
from models.training.figures.hair import add_hair, add_hat
from models.training.figures.look import Colours, Look
from models.training.forms import add_mark, add_shadow_within, spline
from models.training.geometry import Colour, Point, Points
from models.training.palette import mix, rgb
from models.training.shapes import Thing

_FRONT = mirrored(
    [(0, 1.2), (0.55, 1.08), (0.92, 0.62), (1.0, 0.02), (0.93, -0.46), (0.66, -0.94), (0.28, -1.22), (0, -1.28)]
)
_SIDE: list[Point] = [
    *((0.0, 1.2), (0.6, 1.02), (0.88, 0.6), (0.88, 0.2), (0.84, 0.04), (0.98, -0.2), (1.12, -0.4), (0.93, -0.5)),
    *((0.95, -0.62), (0.9, -0.72), (0.93, -0.82), (0.82, -0.92), (0.84, -1.08), (0.58, -1.26), (0.22, -1.14)),
    *((-0.3, -0.86), (-0.85, -0.5), (-1.0, 0.2), (-0.7, 0.95)),
]
EYE_U = 0.42
DARK = rgb(42, 28, 32)
WHITE = rgb(255, 253, 248)
FACE_PX, EYE_PX, LARGE_PX = 11.0, 24.0, 44.0
"""Half widths of the head from which brows and cheeks, from which whole eyes, nose and lips are painted, and from
which a careful sketch traces the iris."""


def face_outline(place: Frame, view: str) -> Points:
    return place.curve(_SIDE if view == "side" else _FRONT)


def open_face(place: Frame, view: str) -> Points:
    """The part of the face's outline that no hair covers, as an open line."""
    curve = spline(_SIDE if view == "side" else _FRONT, is_closed=True)
    shown = (curve[:, 1] < 0.6) & (curve[:, 0] > -0.3) if view == "side" else curve[:, 1] < 0.12
    return place.points(curve[shown])


def add_head(thing: Thing, place: Frame, look: Look, colours: Colours, view: str, turn: float, side: int) -> None:
    """Face, hair and hat; `turn` moves the features towards where the face looks."""
    unit, face = place.unit_px, face_outline(place, view)
    if view != "side":
        for s in (-1, 1):
            add_form(thing, place.oval(s * 1.02, -0.1, 0.16, 0.24), colours.skin * 0.92, side, unit * 0.05)
    add_form(thing, face, colours.skin, side, unit * 0.2, 0.66)
    if view == "front":
        add_shadow_within(thing, _fringe_shadow(place), face, colours.skin * 1.12, side, unit * 0.04)
        _add_features(thing, place, look, colours, face, turn, side)
    elif view == "side":
        _add_profile(thing, place, look, colours, face)
    add_hair(thing, place, look, colours.hair, view, side)
    if view == "side" and look.hair_style != "long":
        add_form(thing, place.oval(-0.15, -0.1, 0.17, 0.25), colours.skin * 0.94, side, unit * 0.05)
    if look.hat:
        add_hat(thing, place, look.hat, view, side)


def _fringe_shadow(place: Frame) -> Points:
    return place.curve([(-1.1, 1.3), (1.1, 1.3), (1.0, 0.3), (0.4, 0.62), (-0.4, 0.76), (-1.0, 0.3)])


def _half(place: Frame, share: float) -> float:
    """Half a line's width: `share` of the unit, never under a pixel."""
    return max(share, 0.95 / place.unit_px)


def _line(thing: Thing, place: Frame, points: list[Point], share: float, colour: Colour) -> None:
    half = _half(place, share)
    thing.add(place.ribbon(points, [half * 0.7, half, half * 0.7]), colour, 0.0, 0.0, named=True)


def _add_features(
    thing: Thing, place: Frame, look: Look, colours: Colours, face: Points, turn: float, side: int
) -> None:
    unit, skin = place.unit_px, colours.skin
    if look.beard:
        _add_beard(thing, place, colours.hair, turn)
    elif unit > FACE_PX:
        for s in (-1, 1):
            cheek = place.oval(s * 0.58 + turn, -0.44, 0.21, 0.15)
            add_mark(thing, cheek, face, mix(skin, rgb(232, 96, 92), 0.3))
    for s in (-1, 1):
        _add_eye(thing, place, s * EYE_U + turn, s, look, colours)
    if unit > EYE_PX:
        _line(
            thing,
            place,
            [(turn - side * 0.05, -0.02), (turn - side * 0.12, -0.34), (turn + side * 0.1, -0.38)],
            0.035,
            skin * 0.72,
        )
    elif unit > FACE_PX:
        _line(thing, place, [(turn - 0.06, -0.34), (turn + 0.08, -0.34)], 0.05, skin * 0.74)
    _add_mouth(thing, place, look, skin, turn)


def _add_eye(thing: Thing, place: Frame, u: float, s: int, look: Look, colours: Colours) -> None:
    """`s` is -1 for the eye at image left, 1 for the other."""
    unit = place.unit_px
    wide = 1.2 if look.expression == "surprised" else 1.0
    if unit > EYE_PX:
        lash = [(u - s * 0.22, 0.06), (u, 0.19 * wide), (u + s * 0.24, 0.1), (u + s * 0.31, 0.13)]
        half = _half(place, 0.04)
        thing.add(place.ribbon(lash, [half * 0.5, half, half, half * 0.4]), DARK, 0.0, 0.0)
        thing.add(place.oval(u, 0.0, 0.24, 0.185 * wide), DARK, 0.0, 0.0)
        thing.add(place.oval(u, -0.015, 0.215, 0.165 * wide), WHITE, 0.0, 0.0, outlined=True)
        thing.add(place.oval(u, 0.0, 0.15, 0.16), colours.iris, 0.0, 0.0, outlined=unit > LARGE_PX, named=True)
        thing.add(place.oval(u, 0.0, 0.085, 0.1), DARK, 0.0, 0.0)
        thing.add(place.oval(u - 0.055, 0.07, 0.055, 0.055), WHITE, 0.0, 0.0)
    else:
        _add_small_eye(thing, place, u)
    if unit > FACE_PX:
        inner, outer = {"sad": (0.48, 0.3), "surprised": (0.5, 0.5), "serious": (0.3, 0.36)}.get(
            look.expression, (0.36, 0.36)
        )
        brow = [(u - s * 0.22, inner), (u + s * 0.03, max(inner, outer) + 0.06), (u + s * 0.25, outer)]
        _line(thing, place, brow, 0.055, mix(colours.hair * 0.7, DARK, 0.25))


def _add_small_eye(thing: Thing, place: Frame, u: float) -> None:
    """A dark dot, in white where there is room."""
    if place.unit_px > FACE_PX:
        thing.add(place.oval(u, 0.0, 0.19, 0.19), WHITE, 0.0, 0.0)
    half = max(0.125, 1.25 / place.unit_px)
    thing.add(place.oval(u, 0.02, half, half * 1.3), DARK, 0.0, 0.0)


def _add_mouth(thing: Thing, place: Frame, look: Look, skin: Colour, turn: float) -> None:
    lip = mix(skin * 0.8, rgb(178, 48, 58), 0.62)
    v = -0.76
    if look.expression == "surprised":
        thing.add(
            place.oval(turn, v - 0.02, max(0.13, 1.4 / place.unit_px), max(0.17, 1.8 / place.unit_px)), lip * 0.7, 0, 0
        )
    elif look.expression == "smiling" and place.unit_px > EYE_PX:
        smile = place.curve(
            [
                (turn - 0.36, v + 0.08),
                (turn, v + 0.01),
                (turn + 0.36, v + 0.08),
                (turn + 0.2, v - 0.14),
                (turn - 0.2, v - 0.14),
            ]
        )
        thing.add(smile, lip * 0.86, 0.0, 0.0, outlined=True, named=True)
        teeth = place.curve(
            [
                (turn - 0.28, v + 0.045),
                (turn, v),
                (turn + 0.28, v + 0.045),
                (turn + 0.16, v - 0.045),
                (turn - 0.16, v - 0.045),
            ]
        )
        thing.add(teeth, WHITE, 0.0, 0.0)
    elif place.unit_px > EYE_PX:
        bow = -0.07 if look.expression == "sad" else 0.02
        lips = place.curve(
            [
                (turn - 0.25, v - bow * 0.4),
                (turn - 0.08, v + 0.07 - bow),
                (turn, v + 0.05 - bow),
                (turn + 0.08, v + 0.07 - bow),
                (turn + 0.25, v - bow * 0.4 if bow > 0 else v + bow),
                (turn, v - 0.11 - bow),
            ]
        )
        thing.add(lips, lip, 0.0, 0.0, outlined=True, named=True)
        _line(
            thing,
            place,
            [(turn - 0.26, v + min(0.0, bow)), (turn, v - bow), (turn + 0.26, v + min(0.0, bow))],
            0.025,
            lip * 0.6,
        )
    else:
        ends = {"smiling": 0.12, "sad": -0.1}.get(look.expression, 0.0)
        _line(thing, place, [(turn - 0.3, v + ends), (turn, v - ends * 0.5), (turn + 0.3, v + ends)], 0.06, lip * 0.8)


def _add_beard(thing: Thing, place: Frame, hair: Colour, turn: float) -> None:
    """Round cheeks and chin and over the mouth, which is painted on it."""
    top = [(0.34, -0.55), (0.68, -0.68), (0.86, -0.3), (1.05, -0.1)]
    low = [(0.95, -0.8), (0.52, -1.28)]
    left = [(-u, v) for u, v in reversed([*top, *low])]
    beard = place.curve([(turn, -0.48), *top, *low, (0, -1.4), *left])
    thing.add(beard, hair, 0.0, 0.05, outlined=True, named=True)


def _add_profile(thing: Thing, place: Frame, look: Look, colours: Colours, face: Points) -> None:
    unit, skin = place.unit_px, colours.skin
    if look.beard:
        beard = [
            (0.92, -0.58),
            (0.5, -0.5),
            (0.1, -0.2),
            (-0.2, -0.4),
            (0.0, -1.1),
            (0.5, -1.42),
            (0.95, -1.3),
            (1.0, -0.9),
        ]
        thing.add(place.curve(beard), colours.hair, 0.0, 0.05, outlined=True, named=True)
    elif unit > FACE_PX:
        add_mark(thing, place.oval(0.48, -0.46, 0.22, 0.15), face, mix(skin, rgb(232, 96, 92), 0.3))
    if unit > EYE_PX:
        _line(thing, place, [(0.36, 0.06), (0.54, 0.2), (0.78, 0.14)], 0.04, DARK)
        thing.add(place.oval(0.58, 0.0, 0.17, 0.18), DARK, 0.0, 0.0)
        thing.add(place.oval(0.6, -0.01, 0.145, 0.155), WHITE, 0.0, 0.0, outlined=True)
        thing.add(place.oval(0.66, 0.0, 0.09, 0.15), colours.iris, 0.0, 0.0, outlined=unit > LARGE_PX, named=True)
        thing.add(place.oval(0.68, 0.0, 0.055, 0.09), DARK, 0.0, 0.0)
        thing.add(place.oval(0.86, -0.34, 0.06, 0.035), skin * 0.66, 0.0, 0.0)
    else:
        _add_small_eye(thing, place, 0.55)
    if unit > FACE_PX:
        lift = {"sad": -0.04, "surprised": 0.1}.get(look.expression, 0.0)
        _line(
            thing,
            place,
            [(0.32, 0.3 + lift), (0.54, 0.4 + lift), (0.8, 0.32 + lift)],
            0.055,
            mix(colours.hair * 0.7, DARK, 0.25),
        )
    lip = mix(skin * 0.8, rgb(178, 48, 58), 0.62) * 0.8
    v = -0.7
    if look.expression == "surprised":
        thing.add(place.oval(0.84, v - 0.02, 0.13, 0.13), lip * 0.8, 0.0, 0.0)
    else:
        corner = {"smiling": 0.14, "sad": -0.1}.get(look.expression, 0.0)
        _line(thing, place, [(0.95, v), (0.76, v - 0.01), (0.55, v + corner)], 0.05, lip)
