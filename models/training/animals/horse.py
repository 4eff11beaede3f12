"""Horses: standing, galloping, and a head as a portrait. Units: a standing horse is 1 high at its ears."""

from __future__ import annotations

from models.training.animals.coats import HOOF, NOSE, Coat
from models.training.forms import Placing, add_eye, add_form, add_mark, union
from models.training.geometry import Point, Points, closed
from models.training.palette import mix
from models.training.shapes import Thing

_Leg = list[Point]
_HALVES = [0.085, 0.04, 0.03, 0.03]
_THIGH = [0.13, 0.05, 0.032, 0.03]


def _leg(thing: Thing, place: Placing, line: _Leg, halves: list[float], coat: Coat, side: int) -> None:
    """A far leg: in the shade, hoof and all."""
    outline = place.ribbon(line, halves)
    add_form(thing, outline, coat.fur * 0.74, side, place.unit_px * 0.012)
    _hoof(thing, place, line, outline)


def _hoof(thing: Thing, place: Placing, line: _Leg, bounds: Points) -> None:
    u, v = line[-1]
    add_mark(thing, place.oval(u, v - 0.015, 0.06, 0.05), bounds, HOOF)


def _head_outline(place: Placing) -> list[Points]:
    """Skull, jaw, nose and ears; the poll is near (0.42, 0.96)."""
    return [
        place.ribbon([(0.42, 0.91), (0.53, 0.81), (0.62, 0.73)], [0.085, 0.072, 0.056]),
        place.oval(0.455, 0.865, 0.085, 0.085),
        place.curve([(0.375, 0.96), (0.38, 1.06), (0.44, 0.98)]),
        place.curve([(0.42, 0.97), (0.46, 1.05), (0.47, 0.95)]),
    ]


def _face(thing: Thing, place: Placing, silhouette: Points, coat: Coat) -> None:
    """A blaze, a dark muzzle with its nostril, an eye."""
    add_mark(thing, place.ribbon([(0.51, 0.94), (0.6, 0.85), (0.68, 0.76)], [0.022, 0.03, 0.03]), silhouette, coat.pale)
    muzzle = mix(coat.fur, NOSE, 0.5)
    add_mark(thing, place.oval(0.645, 0.7, 0.07, 0.062, -0.7), silhouette, muzzle)
    thing.add(place.oval(0.665, 0.725, 0.012, 0.017, -0.6), NOSE * 0.7, 0.0, 0.0)
    add_eye(thing, place, 0.495, 0.895, 0.022, coat.iris, 0.8)


def _mane(thing: Thing, outline: Points, coat: Coat, side: int, unit: float) -> None:
    add_form(thing, outline, coat.dark, side, unit * 0.02)


def _doodle(thing: Thing, place: Placing, legs: list[_Leg], tail: _Leg) -> None:
    """An oval, four legs, a slanting neck, a long head with an ear, mane and tail."""
    thing.draw(closed(place.oval(-0.04, 0.56, 0.36, 0.15)), place.line(tail))
    for leg in legs:
        thing.draw(place.points([leg[0], leg[-1]]))
    thing.draw(
        place.line([(0.1, 0.68), (0.24, 0.86), (0.38, 0.98)]),
        place.line([(0.31, 0.6), (0.4, 0.78)]),
        closed(place.oval(0.52, 0.83, 0.16, 0.075, -0.75)),
        place.points([(0.38, 0.95), (0.39, 1.06), (0.45, 0.96)]),
        closed(place.oval(0.49, 0.88, 0.02, 0.02)),
        place.points([(0.36, 1.0), (0.26, 0.97), (0.27, 0.9), (0.17, 0.86), (0.18, 0.78), (0.08, 0.74)]),
    )


def standing_horse(place: Placing, coat: Coat, side: int) -> Thing:
    """From the side, tail hanging."""
    thing, unit = Thing("horse", place.y), place.unit_px
    far: list[_Leg] = [
        [(-0.22, 0.5), (-0.26, 0.3), (-0.22, 0.16), (-0.21, 0.02)],
        [(0.28, 0.5), (0.32, 0.3), (0.31, 0.16), (0.31, 0.02)],
    ]
    for leg in far:
        _leg(thing, place, leg, _HALVES, coat, side)
    hair: _Leg = [(-0.36, 0.66), (-0.46, 0.58), (-0.48, 0.4), (-0.44, 0.2)]
    _mane(thing, place.ribbon(hair, [0.03, 0.055, 0.065, 0.02]), coat, side, unit)
    near: list[_Leg] = [
        [(-0.3, 0.54), (-0.35, 0.3), (-0.31, 0.16), (-0.31, 0.02)],
        [(0.21, 0.54), (0.2, 0.3), (0.21, 0.16), (0.2, 0.02)],
    ]
    body = union(
        place.curve(
            [
                (-0.4, 0.62),
                (-0.33, 0.71),
                (-0.2, 0.72),
                (0, 0.68),
                (0.14, 0.72),
                (0.3, 0.66),
                (0.35, 0.54),
                (0.26, 0.43),
                (0.04, 0.4),
                (-0.2, 0.43),
                (-0.37, 0.46),
            ]
        ),
        place.curve([(0.06, 0.69), (0.22, 0.88), (0.36, 0.99), (0.45, 0.88), (0.4, 0.74), (0.35, 0.56), (0.18, 0.5)]),
        place.ribbon(near[0], _THIGH),
        place.ribbon(near[1], _HALVES),
        *_head_outline(place),
    )
    add_form(thing, body, coat.fur, side, unit * 0.04)
    for leg in near:
        _hoof(thing, place, leg, body)
    _face(thing, place, body, coat)
    crest = place.curve(
        [
            (0.46, 0.97),
            (0.4, 1.03),
            (0.28, 0.98),
            (0.14, 0.85),
            (0.05, 0.7),
            (0.15, 0.74),
            (0.2, 0.68),
            (0.25, 0.8),
            (0.31, 0.76),
            (0.34, 0.88),
            (0.41, 0.88),
        ]
    )
    _mane(thing, crest, coat, side, unit)
    _doodle(thing, place, [*far, *near], hair)
    thing.hide(body)
    return thing


def galloping_horse(place: Placing, coat: Coat, side: int) -> Thing:
    """From the side in full stretch, mane and tail flying; the placing is the ground below it."""
    thing, unit = Thing("horse", place.y), place.unit_px
    far: list[_Leg] = [
        [(-0.24, 0.54), (-0.36, 0.34), (-0.52, 0.28), (-0.6, 0.16)],
        [(0.28, 0.54), (0.44, 0.44), (0.56, 0.36), (0.7, 0.34)],
    ]
    for leg in far:
        _leg(thing, place, leg, _HALVES, coat, side)
    hair: _Leg = [(-0.36, 0.66), (-0.5, 0.74), (-0.64, 0.7), (-0.76, 0.58)]
    _mane(thing, place.ribbon(hair, [0.03, 0.06, 0.06, 0.015]), coat, side, unit)
    near: list[_Leg] = [
        [(-0.3, 0.54), (-0.28, 0.32), (-0.42, 0.2), (-0.46, 0.06)],
        [(0.22, 0.54), (0.34, 0.34), (0.26, 0.22), (0.38, 0.14)],
    ]
    body = union(
        place.curve(
            [
                (-0.4, 0.6),
                (-0.33, 0.7),
                (-0.2, 0.71),
                (0, 0.67),
                (0.14, 0.71),
                (0.3, 0.66),
                (0.36, 0.54),
                (0.26, 0.44),
                (0.04, 0.43),
                (-0.2, 0.47),
                (-0.38, 0.48),
            ]
        ),
        place.curve([(0.06, 0.69), (0.22, 0.88), (0.36, 0.99), (0.45, 0.88), (0.4, 0.74), (0.35, 0.56), (0.18, 0.5)]),
        place.ribbon(near[0], _THIGH),
        place.ribbon(near[1], _HALVES),
        *_head_outline(place),
    )
    add_form(thing, body, coat.fur, side, unit * 0.04)
    for leg in near:
        _hoof(thing, place, leg, body)
    _face(thing, place, body, coat)
    crest = place.curve(
        [
            (0.47, 0.97),
            (0.4, 1.04),
            (0.26, 1.05),
            (0.12, 1.0),
            (0.18, 0.94),
            (0.04, 0.92),
            (0.12, 0.86),
            (-0.04, 0.78),
            (0.1, 0.73),
            (0.22, 0.8),
            (0.34, 0.92),
        ]
    )
    _mane(thing, crest, coat, side, unit)
    _doodle(thing, place, [*far, *near], hair)
    thing.hide(body)
    return thing


def horse_portrait(place: Placing, coat: Coat, side: int) -> Thing:
    """Head and neck from the side; the placing is the middle of the cheek, the unit the length of the face."""
    thing, unit = Thing("horse", 262.0), place.unit_px
    neck = place.curve(
        [(-0.12, 0.34), (-0.5, 0.1), (-0.85, -0.5), (-1.1, -1.6), (0.1, -1.7), (0.02, -0.8), (0.16, -0.26), (0.1, 0.1)]
    )
    head = place.curve(
        [
            (-0.16, 0.38),
            (0.06, 0.42),
            (0.24, 0.3),
            (0.46, -0.1),
            (0.66, -0.46),
            (0.68, -0.62),
            (0.56, -0.72),
            (0.42, -0.66),
            (0.3, -0.42),
            (0.12, -0.3),
            (-0.06, -0.26),
            (-0.22, -0.06),
            (-0.26, 0.2),
        ]
    )
    ears = [
        place.curve([(-0.18, 0.34), (-0.2, 0.56), (-0.1, 0.76), (0, 0.56), (0.0, 0.36)]),
        place.curve([(0.02, 0.38), (0.08, 0.6), (0.18, 0.7), (0.18, 0.5), (0.14, 0.36)]),
    ]
    add_form(thing, ears[1], coat.fur * 0.8, side, unit * 0.03)
    silhouette = union(neck, head, ears[0])
    add_form(thing, silhouette, coat.fur, side, unit * 0.08)
    thing.add(place.curve([(-0.14, 0.42), (-0.14, 0.56), (-0.1, 0.66), (-0.05, 0.54), (-0.06, 0.42)]), coat.dark, 0, 0)
    jaw = place.ribbon([(-0.2, 0.0), (-0.1, -0.22), (0.1, -0.3)], [0.01, 0.02, 0.008])
    thing.add(jaw, coat.fur * 0.7, 0.0, 0.0, named=True)
    blaze = place.ribbon([(0.14, 0.4), (0.34, 0.14), (0.54, -0.28), (0.64, -0.5)], [0.05, 0.075, 0.05, 0.05])
    add_mark(thing, blaze, silhouette, coat.pale)
    add_mark(thing, place.oval(0.57, -0.6, 0.19, 0.15, -0.9), silhouette, mix(coat.fur, NOSE, 0.5))
    thing.add(place.oval(0.6, -0.54, 0.03, 0.045, -0.5), NOSE * 0.7, 0.0, 0.0, outlined=True)
    mouth = place.ribbon([(0.56, -0.7), (0.46, -0.6), (0.38, -0.54)], [0.008, 0.014, 0.008])
    thing.add(mouth, NOSE * 0.8, 0.0, 0.0)
    add_eye(thing, place, 0.13, 0.13, 0.07, coat.iris, 0.8)
    crest = place.curve(
        [
            (0.14, 0.42),
            (0.0, 0.5),
            (-0.16, 0.46),
            (-0.42, 0.3),
            (-0.72, -0.1),
            (-0.96, -0.7),
            (-1.2, -1.6),
            (-0.86, -1.6),
            (-0.72, -1.0),
            (-0.6, -1.1),
            (-0.54, -0.5),
            (-0.42, -0.6),
            (-0.36, 0.0),
            (-0.24, -0.04),
            (-0.12, 0.26),
            (0.04, 0.16),
            (0.08, 0.32),
        ]
    )
    _mane(thing, crest, coat, side, unit)
    thing.draw(
        place.line([(0.1, 0.4), (0.68, -0.5), (0.54, -0.74), (0.12, -0.3), (-0.24, 0.0)]),
        place.points([(-0.18, 0.36), (-0.1, 0.76), (0.02, 0.4), (0.16, 0.7), (0.18, 0.36)]),
        place.line([(-0.16, 0.36), (-0.7, -0.2), (-1.1, -1.5)]),
        place.line([(0.1, -0.3), (0.02, -0.8), (0.1, -1.5)]),
        closed(place.oval(0.13, 0.13, 0.07, 0.06)),
        closed(place.oval(0.59, -0.54, 0.03, 0.04)),
        place.points(
            [(-0.1, 0.42), (-0.3, 0.12), (-0.42, 0.2), (-0.52, -0.3), (-0.7, -0.2), (-0.74, -0.8), (-0.94, -0.7)]
        ),
    )
    thing.hide(silhouette)
    return thing
