"""Birds: perched and flying. Units: a perched bird is 1 high from its feet to its crown."""

from __future__ import annotations

from models.training.animals.coats import BEAK, Coat
from models.training.forms import Placing, add_eye, add_form, add_mark, union
from models.training.geometry import closed
from models.training.palette import mix
from models.training.shapes import Thing


def perched_bird(place: Placing, coat: Coat, side: int, base_y: float) -> Thing:
    """A round songbird from the side; its feet are at the placing."""
    thing, unit = Thing("bird", base_y), place.unit_px
    for u in (-0.02, 0.1):
        thing.add(place.ribbon([(u, 0.2), (u + 0.02, 0.02)], [0.022, 0.022]), BEAK * 0.75, 0.0, 0.0)
        thing.add(place.ribbon([(u - 0.04, 0.01), (u + 0.1, 0.01)], [0.022, 0.018]), BEAK * 0.75, 0.0, 0.0)
    tail = place.curve([(-0.24, 0.4), (-0.4, 0.24), (-0.62, 0.06), (-0.7, 0.1), (-0.66, 0.2), (-0.36, 0.5)])
    add_form(thing, tail, coat.dark, side, unit * 0.03)
    body = union(
        place.curve(
            [
                (-0.4, 0.42),
                (-0.24, 0.6),
                (-0.04, 0.74),
                (0.14, 0.8),
                (0.36, 0.62),
                (0.37, 0.42),
                (0.24, 0.22),
                (0, 0.13),
                (-0.22, 0.2),
            ]
        ),
        place.oval(0.17, 0.78, 0.22, 0.215),
    )
    add_form(thing, body, coat.fur, side, unit * 0.07)
    add_mark(thing, place.oval(0.22, 0.36, 0.22, 0.27, 0.25), body, coat.pale)
    wing = place.curve(
        [(0.06, 0.58), (-0.1, 0.6), (-0.28, 0.48), (-0.56, 0.2), (-0.3, 0.24), (-0.08, 0.28), (0.08, 0.42)]
    )
    add_form(thing, wing, coat.dark, side, unit * 0.05)
    for u, v in ((-0.1, 0.36), (-0.22, 0.34)):
        feather = place.ribbon([(u + 0.06, v + 0.04), (u - 0.04, v), (u - 0.16, v - 0.06)], [0.01, 0.014, 0.008])
        add_mark(thing, feather, wing, coat.dark * 0.7)
    beak = place.curve([(0.35, 0.84), (0.44, 0.81), (0.56, 0.74), (0.44, 0.72), (0.35, 0.71)])
    add_form(thing, beak, BEAK, side, unit * 0.025)
    add_eye(thing, place, 0.23, 0.83, 0.05, coat.iris)
    thing.draw(
        closed(place.oval(0.17, 0.78, 0.22, 0.21)),
        closed(place.oval(0, 0.42, 0.37, 0.27, 0.35)),
        place.points([(0.37, 0.84), (0.58, 0.75), (0.37, 0.7)]),
        place.line([(0.08, 0.52), (-0.12, 0.28), (-0.46, 0.26), (-0.2, 0.54), (0.08, 0.52)]),
        place.points([(-0.3, 0.36), (-0.68, 0.06), (-0.66, 0.22), (-0.34, 0.5)]),
        closed(place.oval(0.24, 0.83, 0.035, 0.035)),
        place.points([(0, 0.16), (0, 0.0)]),
        place.points([(0.12, 0.16), (0.12, 0.0)]),
    )
    thing.hide(body)
    return thing


def flying_bird(place: Placing, coat: Coat, side: int, base_y: float) -> Thing:
    """From the side, both wings up; the placing is the middle of its body."""
    thing, unit = Thing("bird", base_y), place.unit_px
    far = place.curve([(0.02, 0.1), (0.06, 0.38), (0.2, 0.66), (0.34, 0.8), (0.34, 0.56), (0.28, 0.3), (0.2, 0.1)])
    add_form(thing, far, coat.dark * 0.86, side, unit * 0.03)
    tail = place.curve(
        [(-0.3, 0.04), (-0.54, 0.1), (-0.74, 0.08), (-0.66, 0), (-0.74, -0.1), (-0.54, -0.1), (-0.3, -0.08)]
    )
    add_form(thing, tail, coat.dark, side, unit * 0.03)
    body = union(
        place.curve(
            [(-0.42, 0.0), (-0.2, 0.12), (0.1, 0.17), (0.36, 0.14), (0.4, 0), (0.24, -0.16), (0, -0.18), (-0.24, -0.12)]
        ),
        place.oval(0.4, 0.1, 0.16, 0.155),
    )
    add_form(thing, body, coat.fur, side, unit * 0.05)
    add_mark(thing, place.oval(0.14, -0.15, 0.32, 0.13, 0.12), body, coat.pale)
    near = place.curve(
        [
            (0.18, 0.08),
            (0.14, 0.32),
            (-0.02, 0.6),
            (-0.24, 0.82),
            (-0.4, 0.86),
            (-0.36, 0.7),
            (-0.44, 0.64),
            (-0.34, 0.5),
            (-0.4, 0.42),
            (-0.26, 0.3),
            (-0.28, 0.2),
            (-0.14, 0.06),
            (0.02, 0.0),
        ]
    )
    add_form(thing, near, mix(coat.fur, coat.dark, 0.65), side, unit * 0.05)
    tips = place.curve([(-0.2, 0.9), (-0.16, 0.62), (-0.24, 0.4), (-0.2, 0.2), (-0.5, 0.3), (-0.6, 0.9)])
    add_mark(thing, tips, near, coat.dark * 0.86)
    beak = place.curve([(0.53, 0.15), (0.6, 0.13), (0.7, 0.06), (0.6, 0.04), (0.53, 0.04)])
    add_form(thing, beak, BEAK, side, unit * 0.02)
    add_eye(thing, place, 0.45, 0.13, 0.036, coat.iris)
    thing.draw(
        closed(place.oval(0, -0.01, 0.4, 0.16)),
        closed(place.oval(0.4, 0.1, 0.15, 0.15)),
        place.line([(0.16, 0.08), (0.1, 0.4), (-0.38, 0.86), (-0.36, 0.4), (-0.12, 0.04)]),
        place.line([(0.06, 0.2), (0.34, 0.8), (0.22, 0.12)]),
        place.points([(-0.36, 0.04), (-0.74, 0.12), (-0.72, -0.12), (-0.36, -0.06)]),
        place.points([(0.53, 0.14), (0.7, 0.06), (0.53, 0.03)]),
        closed(place.oval(0.45, 0.13, 0.025, 0.025)),
    )
    thing.hide(body)
    return thing


def soaring_bird(place: Placing, coat: Coat, side: int, base_y: float) -> Thing:
    """From below, wings spread to both sides, as far birds are doodled; the placing is its middle."""
    thing, unit = Thing("bird", base_y), place.unit_px
    tail = place.curve([(-0.07, -0.2), (-0.16, -0.46), (0, -0.4), (0.16, -0.46), (0.07, -0.2)])
    add_form(thing, tail, coat.dark, side, unit * 0.03)
    for s in (-1, 1):
        wing = place.curve(
            [
                (s * 0.06, 0.16),
                (s * 0.36, 0.3),
                (s * 0.7, 0.2),
                (s * 0.96, -0.08),
                (s * 0.78, -0.04),
                (s * 0.62, -0.06),
                (s * 0.5, 0.0),
                (s * 0.36, -0.06),
                (s * 0.22, -0.02),
                (s * 0.06, -0.12),
            ]
        )
        add_form(thing, wing, mix(coat.fur, coat.dark, 0.65), side, unit * 0.045)
        tip = place.curve([(s * 0.62, 0.3), (s * 0.6, 0.0), (s * 0.7, -0.2), (s * 1.1, -0.2), (s * 1.0, 0.2)])
        add_mark(thing, tip, wing, coat.dark * 0.86)
    body = union(place.oval(0, -0.02, 0.13, 0.28), place.oval(0.0, 0.24, 0.115, 0.12))
    add_form(thing, body, coat.fur, side, unit * 0.04)
    add_mark(thing, place.oval(0, -0.12, 0.08, 0.18), body, coat.pale)
    beak = place.curve([(-0.05, 0.34), (0, 0.46), (0.05, 0.34)])
    add_form(thing, beak, BEAK, side, unit * 0.015)
    for s in (-1, 1):
        add_eye(thing, place, s * 0.06, 0.27, 0.026, coat.iris)
    thing.draw(
        closed(place.oval(0, 0.04, 0.13, 0.32)),
        place.line([(-0.1, 0.14), (-0.46, 0.3), (-0.96, -0.08), (-0.5, 0.0), (-0.1, -0.1)]),
        place.line([(0.1, 0.14), (0.46, 0.3), (0.96, -0.08), (0.5, 0.0), (0.1, -0.1)]),
        place.points([(-0.05, -0.24), (-0.16, -0.46), (0.16, -0.46), (0.05, -0.24)]),
        place.points([(-0.05, 0.34), (0, 0.46), (0.05, 0.34)]),
    )
    thing.hide(body)
    return thing
