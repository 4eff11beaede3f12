"""Cats: sitting, walking, lying, and a head as a portrait. Units: a sitting cat is 1 high, a head 2 wide."""

from __future__ import annotations

import math

from models.training.animals.coats import PINK, Coat
from models.training.forms import Placing, add_eye, add_form, add_mark, add_shadow_within, union
from models.training.geometry import Colour, Points, closed
from models.training.palette import mix, rgb
from models.training.shapes import Thing

_FACE = [(0, 0.76), (0.5, 0.7), (0.86, 0.36), (1.0, -0.12), (0.82, -0.5), (0.42, -0.76), (0, -0.82)]


def _is_striped(coat: Coat) -> bool:
    return float(coat.dark[0]) < float(coat.fur[0]) - 0.12 and float(coat.fur[0]) < 0.95


def _head(thing: Thing, place: Placing, coat: Coat, side: int, turn: float) -> Points:
    """A round face; `turn` (0..0.3) moves its features towards where the cat faces. Returns the silhouette."""
    face = place.curve([*_FACE, *((-u, v) for u, v in _FACE[-2:0:-1])])
    ears = [
        place.curve([(s * 0.9, 0.22), (s * 0.96, 0.8), (s * 0.84, 1.28), (s * 0.52, 1.02), (s * 0.22, 0.66)])
        for s in (-1, 1)
    ]
    silhouette = union(face, *ears)
    add_form(thing, silhouette, coat.fur, side, place.unit_px * 0.2)
    for s in (-1, 1):
        inner = place.curve([(s * 0.82, 0.5), (s * 0.8, 1.04), (s * 0.6, 0.88), (s * 0.44, 0.7)])
        thing.add(inner, mix(PINK, coat.fur, 0.3), 0.0, 0.05)
    if _is_striped(coat):
        for u, length in ((0, 0.34), (-0.26, 0.26), (0.26, 0.26)):
            add_mark(
                thing,
                place.ribbon([(u + turn * 0.5, 0.84), (u * 0.86 + turn * 0.5, 0.78 - length)], [0.085, 0.05]),
                silhouette,
                coat.dark,
            )
        for s in (-1, 1):
            for v in (-0.12, -0.38):
                stripe = place.ribbon([(s * 1.04, v + 0.02), (s * 0.7, v - 0.02)], [0.09, 0.03])
                add_mark(thing, stripe, silhouette, coat.dark)
    muzzle = union(
        place.oval(-0.2 + turn, -0.4, 0.27, 0.22),
        place.oval(0.2 + turn, -0.4, 0.27, 0.22),
        place.oval(turn, -0.54, 0.2, 0.18),
    )
    thing.add(muzzle, coat.pale, 0.0, 0.05, named=True)
    for s in (-1, 1):
        add_eye(thing, place, s * 0.42 + turn, 0.08, 0.225, coat.iris, 0.48)
    nose = place.curve([(turn - 0.13, -0.2), (turn, -0.17), (turn + 0.13, -0.2), (turn, -0.34)])
    thing.add(nose, PINK * 0.94, 0.0, 0.0, outlined=place.unit_px > 40)
    dark = mix(rgb(70, 44, 48), coat.dark, 0.3) if float(coat.fur[0]) > 0.3 else rgb(24, 20, 28)
    half = max(0.028, 0.9 / place.unit_px)
    for s in (-1, 1):
        mouth = [(turn, -0.32), (turn + s * 0.03, -0.44), (turn + s * 0.16, -0.5), (turn + s * 0.28, -0.43)]
        thing.add(place.ribbon(mouth, [half, half, half]), dark, 0.0, 0.0)
    if place.unit_px > 30:
        _whiskers(thing, place, turn, rgb(250, 248, 244) if float(coat.fur[0]) < 0.95 else rgb(150, 140, 140))
    return silhouette


def _whiskers(thing: Thing, place: Placing, turn: float, colour: Colour) -> None:
    half = 1.1 / place.unit_px
    for s in (-1, 1):
        for fall in (0.06, -0.1):
            line = [
                (turn + s * 0.4, -0.36 + fall * 0.4),
                (turn + s * 0.85, -0.32 + fall),
                (turn + s * 1.3, -0.36 + fall * 2),
            ]
            thing.add(place.ribbon(line, [half, half, half * 0.6]), colour, 0.0, 0.0)


def _doodle_head(thing: Thing, place: Placing, turn: float) -> None:
    """A circle, two triangles, dots for eyes, a nose and whiskers."""
    thing.draw(closed(place.oval(0, -0.04, 0.98, 0.8)))
    for s in (-1, 1):
        thing.draw(place.points([(s * 0.92, 0.3), (s * 0.84, 1.28), (s * 0.3, 0.74)]))
        thing.draw(closed(place.oval(s * 0.42 + turn, 0.08, 0.14, 0.16)))
        thing.draw(place.points([(turn + s * 0.45, -0.34), (turn + s * 1.35, -0.24)]))
        thing.draw(place.points([(turn + s * 0.45, -0.44), (turn + s * 1.3, -0.56)]))
    thing.draw(
        place.points([(turn - 0.12, -0.2), (turn + 0.12, -0.2), (turn, -0.32), (turn - 0.12, -0.2)]),
        place.line(
            [(turn - 0.28, -0.42), (turn - 0.12, -0.5), (turn, -0.36), (turn + 0.12, -0.5), (turn + 0.28, -0.42)]
        ),
    )


def _tail(thing: Thing, tail: Points, coat: Coat, place: Placing, side: int, tip: Points) -> None:
    add_form(thing, tail, coat.fur, side, place.unit_px * 0.03)
    add_mark(thing, tip, tail, coat.dark if _is_striped(coat) else coat.pale)


def sitting_cat(place: Placing, coat: Coat, side: int) -> Thing:
    """From the front, the tail curled out behind it."""
    thing, unit = Thing("cat", place.y), place.unit_px
    curl = [(-0.12, 0.07), (-0.36, 0.05), (-0.5, 0.16), (-0.47, 0.34), (-0.38, 0.4)]
    tail = place.ribbon(curl, [0.06, 0.06, 0.055, 0.05, 0.045])
    _tail(thing, tail, coat, place, side, place.oval(-0.4, 0.42, 0.09, 0.08))
    body = place.curve(
        [
            (-0.13, 0.62),
            (-0.19, 0.42),
            (-0.29, 0.2),
            (-0.29, 0.04),
            (-0.18, 0),
            (0.18, 0),
            (0.29, 0.04),
            (0.29, 0.2),
            (0.19, 0.42),
            (0.13, 0.62),
        ]
    )
    add_form(thing, body, coat.fur, side, unit * 0.07)
    if _is_striped(coat):
        for s in (-1, 1):
            for v in (0.42, 0.31, 0.2):
                stripe = place.ribbon([(s * 0.32, v), (s * 0.16, v - 0.02)], [0.022, 0.008])
                add_mark(thing, stripe, body, coat.dark)
    chest = place.curve([(-0.1, 0.6), (-0.12, 0.46), (0, 0.3), (0.12, 0.46), (0.1, 0.6)])
    add_mark(thing, chest, body, coat.pale)
    legs = union(
        place.ribbon([(-0.075, 0.36), (-0.085, 0.05)], [0.06, 0.058]),
        place.ribbon([(0.075, 0.36), (0.085, 0.05)], [0.06, 0.058]),
        place.oval(0, 0.36, 0.13, 0.08),
    )
    thing.add(legs, mix(coat.fur, rgb(255, 250, 236), 0.08), 0.0, 0.03, named=True)
    for s in (-1, 1):
        paw = place.oval(s * 0.09, 0.035, 0.075, 0.045)
        add_form(thing, paw, coat.pale, side, unit * 0.02)
    gap = place.ribbon([(0, 0.3), (0, 0.06)], [0.012, 0.012])
    thing.add(gap, coat.fur * 0.66, 0.0, 0.0)
    head = place.inner(0.02, 0.735, 0.215)
    face = closed(head.oval(0, 0, 0.95, 0.82))
    add_shadow_within(thing, face, body, coat.fur, side, unit * 0.045)
    _head(thing, head, coat, side, 0.08)
    thing.draw(
        closed(place.oval(0, 0.29, 0.25, 0.3)),
        place.line(curl),
        place.line([(-0.07, 0.32), (-0.08, 0.02)]),
        place.line([(0.07, 0.32), (0.08, 0.02)]),
    )
    _doodle_head(thing, head, 0.08)
    thing.hide(body, head.oval(0, 0, 0.95, 0.82))
    return thing


def walking_cat(place: Placing, coat: Coat, side: int) -> Thing:
    """From the side, looking out of the picture, tail up."""
    thing, unit = Thing("cat", place.y), place.unit_px
    for line in ([(-0.3, 0.32), (-0.27, 0.16), (-0.32, 0.03)], [(0.24, 0.32), (0.3, 0.17), (0.34, 0.03)]):
        add_form(thing, place.ribbon(line, [0.09, 0.05, 0.05]), coat.fur * 0.78, side, unit * 0.02)
    curl = [(-0.42, 0.48), (-0.58, 0.56), (-0.64, 0.74), (-0.58, 0.9)]
    tail = place.ribbon(curl, [0.05, 0.05, 0.045, 0.04])
    trunk = place.curve(
        [
            (-0.46, 0.46),
            (-0.34, 0.56),
            (-0.05, 0.55),
            (0.22, 0.56),
            (0.4, 0.5),
            (0.38, 0.34),
            (0.2, 0.27),
            (-0.1, 0.29),
            (-0.36, 0.26),
            (-0.48, 0.34),
        ]
    )
    near = [
        place.ribbon([(-0.36, 0.36), (-0.44, 0.18), (-0.42, 0.04)], [0.13, 0.055, 0.05]),
        place.ribbon([(0.26, 0.36), (0.22, 0.18), (0.2, 0.04)], [0.09, 0.055, 0.05]),
        place.oval(-0.385, 0.035, 0.07, 0.04),
        place.oval(0.235, 0.035, 0.07, 0.04),
    ]
    body = union(trunk, tail, *near)
    add_form(thing, body, coat.fur, side, unit * 0.05)
    add_mark(thing, place.oval(0.02, 0.24, 0.26, 0.07), body, mix(coat.fur, coat.pale, 0.6))
    if _is_striped(coat):
        for u in (-0.26, -0.1, 0.06):
            stripe = place.ribbon([(u, 0.6), (u - 0.02, 0.42)], [0.03, 0.012])
            add_mark(thing, stripe, body, coat.dark)
    add_mark(thing, place.oval(-0.57, 0.92, 0.09, 0.1), body, coat.dark if _is_striped(coat) else coat.pale)
    for u in (-0.39, 0.23):
        add_mark(thing, place.oval(u, 0.02, 0.11, 0.06), body, coat.pale)
    head = place.inner(0.42, 0.64, 0.22)
    face = head.oval(0, 0, 0.95, 0.82)
    add_shadow_within(thing, face, body, coat.fur, side, unit * 0.04)
    _head(thing, head, coat, side, 0.16)
    thing.draw(closed(place.oval(-0.04, 0.42, 0.42, 0.15)), place.line(curl))
    for u in (-0.36, -0.26, 0.2, 0.31):
        thing.draw(place.points([(u, 0.31), (u, 0.01)]))
    _doodle_head(thing, head, 0.12)
    thing.hide(trunk, face)
    return thing


def lying_cat(place: Placing, coat: Coat, side: int) -> Thing:
    """Curled up on its belly with its head raised, tail along its side."""
    thing, unit = Thing("cat", place.y), place.unit_px
    body = place.curve(
        [
            (-0.58, 0.02),
            (-0.62, 0.2),
            (-0.48, 0.4),
            (-0.18, 0.46),
            (0.14, 0.42),
            (0.36, 0.36),
            (0.46, 0.18),
            (0.44, 0.02),
            (0, 0),
        ]
    )
    add_form(thing, body, coat.fur, side, unit * 0.07)
    if _is_striped(coat):
        for u in (-0.34, -0.16, 0.02):
            stripe = place.ribbon([(u, 0.5), (u - 0.04, 0.28)], [0.035, 0.012])
            add_mark(thing, stripe, body, coat.dark)
    haunch = place.arc(-0.34, 0.1, 0.22, 0.24, 0.0, math.pi * 0.7)
    thing.add(_band(haunch, max(1.2, unit * 0.012)), coat.fur * 0.72, 0.0, 0.0)
    for v, u in ((0.06, 0.62), (0.035, 0.5)):
        arm = place.ribbon([(0.24, v + 0.02), (u, v)], [0.06, 0.05])
        add_form(thing, arm, coat.fur, side, unit * 0.02)
        add_mark(thing, place.oval(u + 0.02, v, 0.1, 0.1), arm, coat.pale)
    curl = [(-0.56, 0.1), (-0.5, 0.03), (-0.28, 0.05), (-0.06, 0.05)]
    tail = place.ribbon(curl, [0.05, 0.055, 0.055, 0.045])
    _tail(thing, tail, coat, place, side, place.oval(0, 0.05, 0.11, 0.1))
    head = place.inner(0.32, 0.47, 0.25)
    face = head.oval(0, 0, 0.95, 0.82)
    add_shadow_within(thing, face, body, coat.fur, side, unit * 0.045)
    _head(thing, head, coat, side, 0.1)
    thing.draw(
        closed(place.oval(-0.08, 0.2, 0.5, 0.22)),
        place.line(curl),
        place.line([(0.25, 0.07), (0.64, 0.07), (0.5, 0.01)]),
    )
    _doodle_head(thing, head, 0.08)
    thing.hide(body, face)
    return thing


def _band(line: Points, half_px: float) -> Points:
    return Placing(0, 0, 1).ribbon(
        [(float(x), -float(y)) for x, y in line[::3]], [half_px * 0.5, half_px, half_px * 0.4]
    )


def cat_portrait(place: Placing, coat: Coat, side: int) -> Thing:
    """Head and shoulders; the head's middle is at the placing, the shoulders run out of the picture."""
    thing, unit = Thing("cat", 262.0), place.unit_px
    shoulders = place.curve(
        [(-0.5, -0.3), (-0.86, -1.0), (-1.1, -2.0), (-1.1, -2.9), (1.1, -2.9), (1.1, -2.0), (0.86, -1.0), (0.5, -0.3)]
    )
    add_form(thing, shoulders, coat.fur, side, unit * 0.2)
    add_mark(
        thing, place.curve([(-0.4, -0.6), (-0.55, -1.2), (0, -2.1), (0.55, -1.2), (0.4, -0.6)]), shoulders, coat.pale
    )
    face = place.oval(0, 0, 0.98, 0.84)
    add_shadow_within(thing, face, shoulders, coat.fur, side, unit * 0.2)
    _head(thing, place, coat, side, 0.05)
    thing.draw(
        place.line([(-0.6, -0.7), (-0.95, -1.2), (-1.1, -2.4)]), place.line([(0.6, -0.7), (0.95, -1.2), (1.1, -2.4)])
    )
    _doodle_head(thing, place, 0.05)
    thing.hide(shoulders, face)
    return thing
