"""Dogs: sitting, standing, lying, and a head as a portrait. Units: a sitting dog is 1 high, a head 2 wide."""

from __future__ import annotations

from models.training.animals.coats import NOSE, PINK, Coat
from models.training.forms import Placing, add_eye, add_form, add_mark, add_shadow_within, union
from models.training.geometry import Points, closed
from models.training.palette import NAMED, rgb
from models.training.shapes import Thing

_FACE = [(0, 0.9), (0.5, 0.84), (0.8, 0.45), (0.82, -0.05), (0.66, -0.5), (0.5, -0.86), (0, -1.0)]


def _head(thing: Thing, place: Placing, coat: Coat, side: int, turn: float) -> Points:
    """A long face from the front with hanging ears and a tongue; returns the face without the ears."""
    face = place.curve([*_FACE, *((-u, v) for u, v in _FACE[-2:0:-1])])
    add_form(thing, face, coat.fur, side, place.unit_px * 0.18)
    blaze = place.curve([(turn, 0.9), (turn + 0.16, 0.5), (turn + 0.14, 0), (turn - 0.14, 0), (turn - 0.16, 0.5)])
    add_mark(thing, blaze, face, coat.pale)
    for s in (-1, 1):
        ear = place.curve(
            [
                (s * 0.42, 0.86),
                (s * 0.8, 0.9),
                (s * 1.12, 0.5),
                (s * 1.24, -0.1),
                (s * 1.06, -0.44),
                (s * 0.86, -0.2),
                (s * 0.74, 0.3),
            ]
        )
        add_form(thing, ear, coat.dark, side, place.unit_px * 0.09)
    muzzle = union(
        place.oval(-0.22 + turn, -0.46, 0.34, 0.34),
        place.oval(0.22 + turn, -0.46, 0.34, 0.34),
        place.oval(turn, -0.2, 0.3, 0.3),
    )
    tongue = place.curve(
        [(turn - 0.15, -0.7), (turn - 0.17, -0.98), (turn, -1.16), (turn + 0.17, -0.98), (turn + 0.15, -0.7)]
    )
    add_form(thing, tongue, PINK * 0.94, side, place.unit_px * 0.06)
    thing.add(muzzle, coat.pale, 0.0, 0.06, named=True)
    half = max(0.035, 0.9 / place.unit_px)
    for s in (-1, 1):
        mouth = [(turn, -0.36), (turn, -0.6), (turn + s * 0.18, -0.74), (turn + s * 0.4, -0.62)]
        thing.add(place.ribbon(mouth, [half, half, half]), NOSE, 0.0, 0.0)
    nose = place.curve(
        [(turn - 0.25, -0.1), (turn, -0.02), (turn + 0.25, -0.1), (turn + 0.14, -0.32), (turn - 0.14, -0.32)]
    )
    thing.add(nose, NOSE, 0.0, 0.0, outlined=True)
    thing.add(place.oval(turn - place.facing * 0.08, -0.11, 0.08, 0.045), rgb(190, 184, 190), 0.0, 0.0)
    for s in (-1, 1):
        add_eye(thing, place, s * 0.4 + turn, 0.2, 0.155, coat.iris, 0.62)
    return face


def _doodle_head(thing: Thing, place: Placing, turn: float) -> None:
    """A long face, two hanging ears, dots, a round nose and a tongue."""
    thing.draw(closed(place.oval(0, -0.05, 0.8, 0.95)))
    for s in (-1, 1):
        thing.draw(place.line([(s * 0.5, 0.72), (s * 1.1, 0.6), (s * 1.2, -0.2), (s * 0.98, -0.4), (s * 0.78, 0.1)]))
        thing.draw(closed(place.oval(s * 0.38 + turn, 0.22, 0.1, 0.12)))
    thing.draw(
        closed(place.oval(turn, -0.18, 0.2, 0.13)),
        place.line([(turn - 0.36, -0.56), (turn, -0.72), (turn + 0.36, -0.56)]),
        place.line([(turn - 0.14, -0.7), (turn, -1.08), (turn + 0.14, -0.7)]),
    )


def _collar(thing: Thing, band: Points, bounds: Points, tag: Points) -> None:
    """Every dog wears a red collar with a golden disc."""
    add_mark(thing, band, bounds, NAMED["red"])
    thing.add(tag, NAMED["yellow"], 0.0, 0.1)


def sitting_dog(place: Placing, coat: Coat, side: int) -> Thing:
    """Three quarters from the front, straight forelegs, tail up."""
    thing, unit = Thing("dog", place.y), place.unit_px
    wag = [(-0.26, 0.08), (-0.42, 0.14), (-0.5, 0.3), (-0.46, 0.42)]
    add_form(thing, place.ribbon(wag, [0.06, 0.06, 0.05, 0.035]), coat.fur, side, unit * 0.025)
    body = place.curve(
        [
            (-0.12, 0.66),
            (-0.22, 0.45),
            (-0.33, 0.22),
            (-0.33, 0.04),
            (-0.2, 0),
            (0.2, 0),
            (0.28, 0.05),
            (0.27, 0.22),
            (0.22, 0.45),
            (0.14, 0.66),
        ]
    )
    add_form(thing, body, coat.fur, side, unit * 0.07)
    add_mark(
        thing, place.curve([(-0.1, 0.66), (-0.12, 0.52), (0.03, 0.4), (0.16, 0.52), (0.12, 0.66)]), body, coat.pale
    )
    legs = [place.ribbon([(u, 0.42), (u * 1.05, 0.05)], [0.075, 0.06]) for u in (-0.07, 0.12)]
    for leg, u in zip(legs, (-0.0735, 0.126), strict=True):
        thing.add(leg, coat.fur * 0.98 + 0.02, 0.0, 0.03, named=True)
        add_form(thing, place.oval(u + 0.015, 0.04, 0.09, 0.05), coat.pale, side, unit * 0.02)
    thing.add(place.ribbon([(0.025, 0.32), (0.025, 0.07)], [0.014, 0.014]), coat.fur * 0.62, 0.0, 0.0)
    thing.add(place.oval(-0.25, 0.03, 0.1, 0.04), coat.pale, 0.0, 0.04, outlined=True, named=True)
    head = place.inner(0.03, 0.76, 0.215)
    add_shadow_within(thing, head.oval(0, -0.1, 0.8, 0.95), body, coat.fur, side, unit * 0.035)
    _collar(
        thing,
        head.curve([(-0.7, -0.8), (0, -1.2), (0.7, -0.8), (0.75, -1.1), (0, -1.5), (-0.75, -1.1)]),
        body,
        head.oval(0.05, -1.5, 0.15, 0.16),
    )
    face = _head(thing, head, coat, side, 0.1)
    thing.draw(
        place.line([(-0.13, 0.58), (-0.33, 0.2), (-0.3, 0.01), (0.24, 0.01), (0.27, 0.2), (0.16, 0.56)]),
        place.line(wag),
        place.line([(-0.02, 0.36), (-0.02, 0.02)]),
        place.line([(0.07, 0.36), (0.07, 0.02)]),
    )
    _doodle_head(thing, head, 0.1)
    thing.hide(body, face)
    return thing


def _side_head(thing: Thing, place: Placing, coat: Coat, side: int) -> Points:
    """Looking along its way: a skull, a snout with a black nose, one hanging ear."""
    head = union(
        place.oval(0, 0.1, 0.78, 0.72),
        place.curve([(0.3, 0.52), (0.75, 0.22), (1.3, 0.16), (1.45, -0.1), (1.3, -0.4), (0.7, -0.5), (0.2, -0.5)]),
    )
    add_form(thing, head, coat.fur, side, place.unit_px * 0.16)
    add_mark(
        thing,
        place.curve([(0.72, 0.06), (1.1, 0.02), (1.6, -0.1), (1.5, -0.6), (0.6, -0.6), (0.5, -0.2)]),
        head,
        coat.pale,
    )
    mouth = place.ribbon([(0.66, -0.26), (1.0, -0.28), (1.34, -0.2)], [0.045, 0.05, 0.04])
    thing.add(mouth, NOSE, 0.0, 0.0)
    thing.add(place.oval(1.4, 0.06, 0.18, 0.16), NOSE, 0.0, 0.0, outlined=True)
    ear = place.curve([(-0.3, 0.74), (0.12, 0.66), (0.14, 0.1), (-0.06, -0.5), (-0.42, -0.6), (-0.6, -0.1)])
    add_form(thing, ear, coat.dark, side, place.unit_px * 0.1)
    add_eye(thing, place, 0.42, 0.22, 0.16, coat.iris, 0.7)
    return head


def standing_dog(place: Placing, coat: Coat, side: int) -> Thing:
    """From the side, tail up."""
    thing, unit = Thing("dog", place.y), place.unit_px
    for line in ([(-0.28, 0.4), (-0.26, 0.2), (-0.24, 0.04)], [(0.28, 0.4), (0.32, 0.2), (0.32, 0.04)]):
        add_form(thing, place.ribbon(line, [0.1, 0.055, 0.055]), coat.fur * 0.76, side, unit * 0.02)
    wag = [(-0.42, 0.6), (-0.56, 0.68), (-0.66, 0.82), (-0.66, 0.94)]
    body = union(
        place.curve(
            [
                (-0.46, 0.56),
                (-0.34, 0.66),
                (-0.05, 0.63),
                (0.2, 0.66),
                (0.36, 0.62),
                (0.44, 0.48),
                (0.32, 0.34),
                (0.1, 0.34),
                (-0.14, 0.4),
                (-0.36, 0.36),
                (-0.48, 0.44),
            ]
        ),
        place.ribbon(wag, [0.06, 0.055, 0.05, 0.035]),
        place.ribbon([(0.26, 0.54), (0.42, 0.84)], [0.17, 0.12]),
        place.ribbon([(-0.36, 0.46), (-0.44, 0.22), (-0.4, 0.04)], [0.13, 0.06, 0.055]),
        place.ribbon([(0.24, 0.46), (0.22, 0.22), (0.22, 0.04)], [0.1, 0.06, 0.055]),
        place.oval(-0.37, 0.035, 0.08, 0.04),
        place.oval(0.25, 0.035, 0.08, 0.04),
    )
    add_form(thing, body, coat.fur, side, unit * 0.05)
    add_mark(thing, place.oval(0.36, 0.42, 0.13, 0.2), body, coat.pale)
    for u in (-0.37, 0.24):
        add_mark(thing, place.oval(u, 0.02, 0.13, 0.075), body, coat.pale)
    add_mark(thing, place.oval(-0.67, 0.96, 0.08, 0.1), body, coat.pale)
    add_mark(thing, place.oval(-0.1, 0.64, 0.22, 0.12), body, coat.dark)
    _collar(
        thing,
        place.ribbon([(0.22, 0.78), (0.4, 0.72), (0.54, 0.66)], [0.035, 0.035, 0.035]),
        body,
        place.oval(0.52, 0.65, 0.035, 0.038),
    )
    head = place.inner(0.46, 0.9, 0.19)
    face = _side_head(thing, head, coat, side)
    thing.draw(closed(place.oval(-0.02, 0.5, 0.44, 0.16)), place.line(wag), place.line([(0.3, 0.64), (0.38, 0.76)]))
    for u in (-0.38, -0.26, 0.2, 0.31):
        thing.draw(place.points([(u, 0.38), (u, 0.01)]))
    thing.draw(
        head.line([(0, -0.62), (-0.75, 0), (-0.2, 0.78), (0.5, 0.5), (1.4, 0.2), (1.5, -0.2), (0.8, -0.45), (0, -0.62)])
    )
    thing.draw(
        head.line([(-0.2, 0.7), (0.1, 0.2), (-0.2, -0.56), (-0.5, 0)]),
        closed(head.oval(0.42, 0.22, 0.1, 0.12)),
        closed(head.oval(1.4, 0.06, 0.16, 0.15)),
    )
    thing.hide(body, face)
    return thing


def lying_dog(place: Placing, coat: Coat, side: int) -> Thing:
    """On its belly, forelegs stretched out, head up."""
    thing, unit = Thing("dog", place.y), place.unit_px
    tail = [(-0.56, 0.1), (-0.74, 0.06), (-0.86, 0.12)]
    add_form(thing, place.ribbon(tail, [0.06, 0.055, 0.04]), coat.fur, side, unit * 0.02)
    body = place.curve(
        [
            (-0.6, 0.02),
            (-0.64, 0.2),
            (-0.5, 0.4),
            (-0.18, 0.42),
            (0.12, 0.5),
            (0.36, 0.5),
            (0.48, 0.24),
            (0.44, 0.02),
            (0, 0),
        ]
    )
    add_form(thing, body, coat.fur, side, unit * 0.07)
    add_mark(thing, place.oval(-0.22, 0.42, 0.22, 0.14), body, coat.dark)
    add_mark(thing, place.oval(0.4, 0.24, 0.14, 0.22), body, coat.pale)
    thing.add(place.ribbon([(-0.2, 0.04), (-0.16, 0.2), (-0.3, 0.34)], [0.008, 0.013, 0.006]), coat.fur * 0.7, 0.0, 0.0)
    for v, u in ((0.07, 0.72), (0.04, 0.58)):
        arm = place.ribbon([(0.22, v + 0.02), (u, v)], [0.07, 0.055])
        add_form(thing, arm, coat.fur, side, unit * 0.02)
        add_mark(thing, place.oval(u + 0.02, v, 0.11, 0.1), arm, coat.pale)
    head = place.inner(0.34, 0.6, 0.24)
    add_shadow_within(thing, head.oval(0, -0.1, 0.8, 0.95), body, coat.fur, side, unit * 0.04)
    face = _head(thing, head, coat, side, 0.1)
    thing.draw(
        place.line([(0.16, 0.46), (-0.3, 0.42), (-0.62, 0.2), (-0.56, 0.02), (0.4, 0.02)]),
        place.line(tail),
        place.line([(0.3, 0.12), (0.72, 0.12), (0.74, 0.02), (0.3, 0.02)]),
    )
    _doodle_head(thing, head, 0.1)
    thing.hide(body, face)
    return thing


def dog_portrait(place: Placing, coat: Coat, side: int) -> Thing:
    """Head and shoulders; the head's middle is at the placing, the shoulders run out of the picture."""
    thing, unit = Thing("dog", 262.0), place.unit_px
    shoulders = place.curve(
        [(-0.5, -0.4), (-0.8, -1.1), (-1.2, -2.0), (-1.2, -2.9), (1.2, -2.9), (1.2, -2.0), (0.8, -1.1), (0.5, -0.4)]
    )
    add_form(thing, shoulders, coat.fur, side, unit * 0.2)
    add_mark(
        thing, place.curve([(-0.5, -1.0), (-0.6, -1.6), (0, -2.6), (0.6, -1.6), (0.5, -1.0)]), shoulders, coat.pale
    )
    _collar(
        thing,
        place.curve([(-0.9, -0.8), (0, -1.2), (0.9, -0.8), (1.0, -1.1), (0, -1.5), (-1.0, -1.1)]),
        shoulders,
        place.oval(0.05, -1.5, 0.16, 0.17),
    )
    face = _head(thing, place, coat, side, 0.06)
    thing.draw(
        place.line([(-0.6, -0.7), (-0.9, -1.3), (-1.2, -2.4)]), place.line([(0.6, -0.7), (0.9, -1.3), (1.2, -2.4)])
    )
    _doodle_head(thing, place, 0.06)
    thing.hide(shoulders, face)
    return thing
