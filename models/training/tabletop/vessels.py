"""Vessels turned on a wheel: vase, bowl, cup, jug, teapot and bottle.

Units: an object is 1 high (a bowl 1 high for 2 across) and stands at (0, 0) of its placing; a handle or spout points
the way it faces, or away from it. A vessel comes as its back (the opening) and its front, so that fruit and flowers
can stand between.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from models.training.forms import Placing, add_form, add_mark, add_shadow_within, spline, within
from models.training.geometry import Colour, Point, Points, closed, ellipse
from models.training.palette import mix, rgb
from models.training.shapes import Thing

SQUASH = 0.2
"""How flat a circle looks that lies on the table."""
WHITE = rgb(255, 253, 246)
COFFEE = rgb(84, 50, 34)
CORK = rgb(190, 144, 94)
LABEL = rgb(246, 234, 204)

VASE: Sequence[Point] = ((0.2, 0.04), (0.33, 0.2), (0.4, 0.44), (0.33, 0.68), (0.19, 0.84), (0.19, 0.9), (0.26, 0.96))
BOWL: Sequence[Point] = ((0.36, 0.08), (0.4, 0.14), (0.72, 0.34), (0.94, 0.66), (1.0, 0.94))
CUP: Sequence[Point] = ((0.3, 0.06), (0.4, 0.2), (0.45, 0.5), (0.47, 0.9))
JUG: Sequence[Point] = ((0.24, 0.05), (0.36, 0.2), (0.39, 0.4), (0.3, 0.62), (0.2, 0.78), (0.21, 0.88), (0.27, 0.95))
POT: Sequence[Point] = ((0.34, 0.06), (0.52, 0.18), (0.6, 0.4), (0.5, 0.62), (0.28, 0.76))
BOTTLE: Sequence[Point] = ((0.18, 0.035), (0.19, 0.1), (0.19, 0.5), (0.16, 0.6), (0.08, 0.7), (0.07, 0.8), (0.075, 0.9))


def thrown(place: Placing, profile: Sequence[Point]) -> Points:
    """The silhouette of a turned body with `profile` as (radius, height) upwards, up to the near edge of its rim."""
    half = spline(profile, is_closed=False)
    (foot, low), (mouth, high) = profile[0], profile[-1]
    base = ellipse(0, low, foot, foot * SQUASH, 10, math.pi, 2 * math.pi)
    rim = ellipse(0, high, mouth, mouth * SQUASH, 14, 2 * math.pi, math.pi)
    return place.points(np.concatenate([base, half, rim, half[::-1] * (-1, 1)]))


def _back(name: str, place: Placing, profile: Sequence[Point], colour: Colour) -> Thing:
    """The opening: its rim and the dark inside."""
    thing, (mouth, high) = Thing(name, place.y), profile[-1]
    rim = place.oval(0, high, mouth, mouth * SQUASH)
    thing.add(rim, mix(colour, WHITE, 0.35), 0.0, 0.0, outlined=True, named=True)
    inside = place.oval(0, high, mouth * 0.86, mouth * SQUASH * 0.72)
    thing.add(inside, colour * 0.5, 0.0, 0.0, named=True)
    thing.draw(closed(rim))
    thing.hide(rim)
    return thing


def _add_front(thing: Thing, place: Placing, profile: Sequence[Point], colour: Colour, side: int) -> Points:
    """The body with its gloss on the light side; gives its outline."""
    outline, widest = thrown(place, profile), max(radius for radius, _ in profile)
    add_form(thing, outline, colour, side, place.unit_px * widest * 0.26)
    half = spline(profile, is_closed=False)
    lit = half[int(len(half) * 0.35) : int(len(half) * 0.8)]
    gloss = [(place.facing * side * float(r) * 0.62, float(v) - 0.02) for r, v in lit[:: max(1, len(lit) // 5)]]
    wide = max(0.022 * widest / 0.4, 1.5 / place.unit_px)
    add_mark(thing, place.ribbon(gloss, [wide * 0.6, wide, wide * 0.6]), outline, mix(colour, WHITE, 0.75))
    foot, low = profile[0]
    keys = np.array([profile[0], *profile[1:-1:2], profile[-1]], np.float32)
    arc = ellipse(0, low, foot, foot * SQUASH, 7, math.pi, 2 * math.pi)
    thing.draw(place.line(keys), place.line(keys * (-1, 1)), place.points(arc))
    thing.hide(outline)
    return outline


def vase(place: Placing, colour: Colour, side: int) -> tuple[Thing, Thing]:
    """Its back and its front, with two pale bands round its shoulder."""
    front = Thing("vase", place.y)
    outline = _add_front(front, place, VASE, colour, side)
    for high, half in ((0.66, 0.02), (0.28, 0.02)):
        bend = [(u, high - 0.08 * math.sqrt(max(0.0, 1 - (u / 0.45) ** 2))) for u in (-0.45, -0.25, 0, 0.25, 0.45)]
        add_mark(front, place.ribbon(bend, [half] * 3), outline, mix(colour, WHITE, 0.6))
    return _back("vase", place, VASE, colour), front


def bowl(place: Placing, colour: Colour, side: int) -> tuple[Thing, Thing]:
    """Its back and its front, with a pale band under its rim."""
    front = Thing("bowl", place.y)
    outline = _add_front(front, place, BOWL, colour, side)
    rim = ellipse(0, 0.8, 0.99, 0.99 * SQUASH, 12, math.pi, 2 * math.pi)
    add_mark(front, place.ribbon([(float(u), float(v)) for u, v in rim], [0.035] * 3), outline, mix(colour, WHITE, 0.6))
    return _back("bowl", place, BOWL, colour), front


def _joined(back: Thing, *others: Thing) -> Thing:
    """One thing of several, painted in this order."""
    for other in others:
        back.parts += other.parts
        back.symbol += other.symbol
        back.hides += other.hides
    return back


def empty(back: Thing, front: Thing) -> Thing:
    """A vessel with nothing in it."""
    return _joined(back, front)


def _add_handle(thing: Thing, place: Placing, line: Sequence[Point], half: float, colour: Colour, side: int) -> None:
    add_form(thing, place.ribbon(line, [half] * 3), colour, side, place.unit_px * half * 0.8, 0.8)
    thing.draw(place.line(line))


def cup(place: Placing, colour: Colour, side: int) -> Thing:
    """A cup of coffee on its saucer."""
    thing = Thing("cup", place.y)
    saucer = place.oval(0, 0.07, 0.74, 0.13)
    add_form(thing, saucer, WHITE * 0.97, side, place.unit_px * 0.04, 0.7)
    thing.add(place.oval(0, 0.08, 0.52, 0.085), WHITE * 0.84, 0.0, 0.0, named=True)
    thing.draw(closed(saucer))
    raised = place.inner(0, 0.07, 0.93)
    handle = [(0.42, 0.76), (0.64, 0.78), (0.7, 0.54), (0.58, 0.32), (0.4, 0.28)]
    _add_handle(thing, raised, handle, 0.055, colour, side)
    back, front = _back("cup", raised, CUP, colour), Thing("cup", place.y)
    back.add(raised.oval(0, 0.885, 0.4, 0.062), COFFEE, 0.0, 0.0)
    _add_front(front, raised, CUP, colour, side)
    thing.hide(saucer)
    return _joined(thing, back, front)


def jug(place: Placing, colour: Colour, side: int) -> Thing:
    """A jug with a lip before it and a handle behind."""
    thing = Thing("jug", place.y)
    handle = [(-0.2, 0.86), (-0.42, 0.84), (-0.52, 0.66), (-0.48, 0.46), (-0.34, 0.36)]
    _add_handle(thing, place, handle, 0.042, colour, side)
    lip = place.points([(0.12, 0.98), (0.42, 1.03), (0.34, 0.9), (0.2, 0.78)])
    add_form(thing, lip, colour, side, place.unit_px * 0.02)
    front = Thing("jug", place.y)
    outline = _add_front(front, place, JUG, colour, side)
    bend = [(u, 0.42 - 0.08 * math.sqrt(max(0.0, 1 - (u / 0.42) ** 2))) for u in (-0.42, -0.25, 0, 0.25, 0.42)]
    add_mark(front, place.ribbon(bend, [0.05] * 3), outline, mix(colour, WHITE, 0.65))
    thing.draw(lip)
    return _joined(thing, _back("jug", place, JUG, colour), front)


def teapot(place: Placing, colour: Colour, side: int) -> Thing:
    """A round pot with spout, handle and a lid with a knob."""
    thing, unit = Thing("teapot", place.y), place.unit_px
    handle = [(-0.46, 0.62), (-0.74, 0.7), (-0.88, 0.46), (-0.74, 0.24), (-0.5, 0.24)]
    _add_handle(thing, place, handle, 0.055, colour, side)
    spout = place.ribbon([(0.4, 0.26), (0.66, 0.36), (0.76, 0.58), (0.92, 0.74)], [0.15, 0.1, 0.07, 0.06])
    add_form(thing, spout, colour, side, unit * 0.05)
    thing.draw(
        place.line([(0.52, 0.22), (0.78, 0.36), (0.84, 0.54), (0.98, 0.72)]),
        place.line([(0.55, 0.5), (0.68, 0.62), (0.84, 0.8)]),
    )
    outline = _add_front(thing, place, POT, colour, side)
    bend = [(u, 0.42 - 0.1 * math.sqrt(max(0.0, 1 - (u / 0.62) ** 2))) for u in (-0.62, -0.4, 0, 0.4, 0.62)]
    add_mark(thing, place.ribbon(bend, [0.055] * 3), outline, mix(colour, WHITE, 0.65))
    knob = place.oval(0, 0.94, 0.08, 0.07)
    add_form(thing, knob, colour, side, unit * 0.02)
    lid = place.curve([(-0.31, 0.75), (-0.24, 0.84), (0, 0.89), (0.24, 0.84), (0.31, 0.75), (0, 0.7)])
    add_shadow_within(thing, lid, outline, colour, side, unit * 0.03)
    add_form(thing, lid, colour, side, unit * 0.05)
    thing.draw(closed(lid), closed(knob))
    thing.hide(lid)
    return thing


def bottle(place: Placing, colour: Colour, side: int) -> Thing:
    """A corked bottle with a pale label."""
    thing = Thing("bottle", place.y)
    cork = place.points([(-0.055, 0.86), (0.055, 0.86), (0.062, 0.985), (-0.062, 0.985)])
    add_form(thing, cork, CORK, side, place.unit_px * 0.02)
    outline = _add_front(thing, place, BOTTLE, colour, side)
    label = [(-0.3, 0.16), (0, 0.13), (0.3, 0.16), (0.3, 0.42), (0, 0.39), (-0.3, 0.42)]
    add_mark(thing, place.points(label), outline, LABEL)
    away = -side * place.facing
    shaded = [(away * u, v) for u, v in ((0.1, 0.05), (0.3, 0.05), (0.3, 0.45), (0.1, 0.45))]
    for piece in within(place.points(label), place.points(shaded)):
        add_mark(thing, piece, outline, LABEL * 0.8)
    ring = place.points([(-0.085, 0.84), (0.085, 0.84), (0.085, 0.9), (-0.085, 0.9)])
    add_form(thing, ring, colour, side, place.unit_px * 0.02)
    thing.draw(closed(cork), place.points([(-0.18, 0.16), (0.18, 0.16)]), place.points([(-0.18, 0.4), (0.18, 0.4)]))
    return thing
