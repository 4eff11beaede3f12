"""Fruit. Units: a fruit is 1 high and stands at (0, 0) of its placing; its stalk counts."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from models.training.forms import Placing, add_form, add_mark, add_shadow_within
from models.training.geometry import Colour, Point, Points, closed
from models.training.palette import mix, rgb
from models.training.shapes import Thing

STALK: Final = rgb(104, 70, 44)
LEAF: Final = rgb(84, 156, 72)
WHITE: Final = rgb(255, 252, 240)

COLOURS: Final = MappingProxyType(
    {
        "apple": MappingProxyType({"red": rgb(216, 52, 50), "green": rgb(148, 196, 72), "yellow": rgb(244, 200, 74)}),
        "pear": MappingProxyType({"": rgb(196, 204, 84)}),
        "orange": MappingProxyType({"": rgb(246, 142, 42)}),
        "lemon": MappingProxyType({"": rgb(250, 216, 66)}),
        "banana": MappingProxyType({"": rgb(250, 208, 74)}),
        "grapes": MappingProxyType({"purple": rgb(126, 74, 158), "green": rgb(160, 200, 92)}),
        "cherries": MappingProxyType({"": rgb(200, 36, 58)}),
    }
)
"""Each fruit and the colours it comes in by the name that captions say; "" where its colour goes without saying."""


def _gloss(
    thing: Thing, place: Placing, u: float, v: float, radius: float, body: Points, colour: Colour, side: int
) -> None:
    spot = place.oval(place.facing * side * u, v, radius, radius * 1.3, -0.5 * side * place.facing)
    add_mark(thing, spot, body, mix(colour, WHITE, 0.78))


def _stalk(thing: Thing, place: Placing, line: Sequence[Point], half: float = 0.026) -> None:
    half = max(half, 1.5 / place.unit_px)
    thing.add(place.ribbon(line, [half, half, half * 1.4]), STALK, 0.0, 0.0, outlined=True)
    thing.draw(place.line(line))


def _leaf(thing: Thing, place: Placing, u: float, v: float, side: int) -> None:
    leaf = place.curve([(u, v), (u + 0.1, v + 0.13), (u + 0.33, v + 0.12), (u + 0.22, v - 0.03)])
    add_form(thing, leaf, LEAF, side, place.unit_px * 0.03)
    thing.draw(closed(leaf))


def _body(thing: Thing, place: Placing, keys: Sequence[Point], colour: Colour, side: int) -> Points:
    body = place.curve(keys)
    add_form(thing, body, colour, side, place.unit_px * 0.17)
    thing.draw(closed(place.curve(keys)))
    thing.hide(body)
    return body


def apple(place: Placing, colour: Colour, side: int) -> Thing:
    thing = Thing("apple", place.y)
    right: list[Point] = [(0, 0.8), (0.16, 0.88), (0.36, 0.84), (0.49, 0.62), (0.46, 0.34), (0.3, 0.06), (0.13, 0.0)]
    body = _body(thing, place, [*right, (0, 0.03), *[(-u, v) for u, v in right[:0:-1]]], colour, side)
    add_mark(thing, place.oval(0, 0.81, 0.17, 0.045), body, colour * 0.62)
    _gloss(thing, place, 0.24, 0.62, 0.06, body, colour, side)
    _stalk(thing, place, [(0, 0.79), (0.0, 0.9), (0.06, 1.0)])
    _leaf(thing, place, 0.03, 0.88, side)
    return thing


def pear(place: Placing, colour: Colour, side: int) -> Thing:
    thing = Thing("pear", place.y)
    right: list[Point] = [(0.08, 0.88), (0.17, 0.74), (0.22, 0.56), (0.35, 0.36), (0.34, 0.14), (0.18, 0.01)]
    body = _body(thing, place, [(0, 0.9), *right, (0, 0.02), *[(-u, v) for u, v in right[::-1]]], colour, side)
    blush = place.oval(-place.facing * side * 0.12, 0.26, 0.12, 0.15)
    add_mark(thing, blush, body, mix(colour, rgb(226, 110, 60), 0.4))
    _gloss(thing, place, 0.16, 0.38, 0.05, body, colour, side)
    _stalk(thing, place, [(0, 0.88), (0.01, 0.94), (0.05, 1.02)], 0.022)
    _leaf(thing, place, 0.02, 0.9, side)
    return thing


def orange(place: Placing, colour: Colour, side: int) -> Thing:
    thing = Thing("orange", place.y)
    body = place.oval(0, 0.5, 0.51, 0.5)
    add_form(thing, body, colour, side, place.unit_px * 0.17)
    for u, v in ((-0.08, 0.3), (0.12, 0.24), (0.06, 0.44), (-0.14, 0.5), (0.2, 0.54)):
        add_mark(thing, place.oval(u, v, 0.022, 0.022), body, colour * 0.84)
    _gloss(thing, place, 0.24, 0.7, 0.055, body, colour, side)
    star = place.curve([(-0.07, 0.92), (0, 1.0), (0.07, 0.92), (0.03, 0.88), (-0.03, 0.88)])
    thing.add(star, LEAF * 0.8, 0.0, 0.0, named=True)
    _leaf(thing, place, 0.02, 0.92, side)
    thing.draw(closed(body), closed(place.oval(0, 0.92, 0.05, 0.03)))
    thing.hide(body)
    return thing


def lemon(place: Placing, colour: Colour, side: int) -> Thing:
    thing = Thing("lemon", place.y)
    right: list[Point] = [(0.36, 0.9), (0.58, 0.68), (0.72, 0.6), (0.76, 0.47), (0.66, 0.36), (0.52, 0.2), (0.26, 0.02)]
    body = _body(thing, place, [(0, 0.99), *right, (0, 0), *[(-u, v) for u, v in right[::-1]]], colour, side)
    _gloss(thing, place, 0.3, 0.7, 0.06, body, colour, side)
    for u, v in ((-0.1, 0.3), (0.16, 0.22), (0.06, 0.46), (-0.24, 0.5), (0.3, 0.46)):
        add_mark(thing, place.oval(u, v, 0.025, 0.025), body, colour * 0.86)
    return thing


def banana(place: Placing, colour: Colour, side: int) -> Thing:
    """Two bananas of one bunch."""
    thing = Thing("banana", place.y)
    lines: list[list[Point]] = [
        [(-0.82, 0.94), (-0.74, 0.6), (-0.4, 0.3), (0.1, 0.24), (0.6, 0.42), (0.86, 0.7)],
        [(-0.86, 0.94), (-0.86, 0.56), (-0.52, 0.2), (0, 0.12), (0.5, 0.18), (0.86, 0.36)],
    ]
    for line in lines:
        fruit = place.ribbon(line, [0.05, 0.1, 0.15, 0.16, 0.12, 0.04])
        if thing.parts:
            add_shadow_within(thing, fruit, thing.parts[0].points, colour, side, -place.unit_px * 0.05)
        add_form(thing, fruit, colour, side, place.unit_px * 0.1)
        ridge = place.ribbon([(u, v - 0.02) for u, v in line[1:-1]], [0.014] * 3)
        add_mark(thing, ridge, fruit, colour * 0.78)
        tip = place.oval(*line[-1], 0.05, 0.05)
        thing.add(tip, STALK * 0.8, 0.0, 0.0)
        thing.draw(closed(fruit))
        thing.hide(fruit)
    thing.add(place.oval(-0.84, 0.95, 0.09, 0.06), STALK, 0.0, 0.0, outlined=True)
    return thing


GRAPES: Sequence[Point] = (
    *((-0.34, 0.66), (-0.12, 0.72), (0.12, 0.72), (0.34, 0.66), (-0.24, 0.5), (0.24, 0.5), (0.0, 0.54)),
    *((-0.36, 0.38), (0.36, 0.38), (-0.12, 0.34), (0.14, 0.34), (-0.26, 0.16), (0.26, 0.16), (0, 0.14)),
)


def grapes(place: Placing, colour: Colour, side: int) -> Thing:
    """A bunch lying against the viewer: fourteen berries, a stalk and a leaf."""
    thing = Thing("grapes", place.y)
    _stalk(thing, place, [(0, 0.78), (0.0, 0.9), (-0.08, 1.0)], 0.03)
    leaf = place.curve([(0.02, 0.86), (0.16, 1.0), (0.3, 0.94), (0.46, 0.9), (0.4, 0.78), (0.2, 0.76)])
    add_form(thing, leaf, LEAF, side, place.unit_px * 0.04)
    thing.draw(closed(leaf))
    for u, v in GRAPES:
        berry = place.oval(u, v, 0.15, 0.15)
        lit = place.facing * side
        thing.add(berry, colour * 0.76, 0.0, 0.04, outlined=True, named=True)
        thing.add(place.oval(u + lit * 0.02, v + 0.018, 0.115, 0.115), colour, 0.0, 0.04, named=True)
        thing.add(place.oval(u + lit * 0.05, v + 0.06, 0.03, 0.035), mix(colour, WHITE, 0.8), 0.0, 0.0, named=True)
        thing.draw(closed(berry))
        thing.hide(berry)
    return thing


def cherries(place: Placing, colour: Colour, side: int) -> Thing:
    """Two on their stalks, hanging together under a leaf."""
    thing = Thing("cherries", place.y)
    for u, v, line in (
        (-0.3, 0.24, [(-0.28, 0.4), (-0.18, 0.72), (0.08, 0.96)]),
        (0.3, 0.2, [(0.28, 0.36), (0.24, 0.66), (0.08, 0.96)]),
    ):
        body = place.oval(u, v, 0.26, 0.24 if u < 0 else 0.21)
        add_form(thing, body, colour, side, place.unit_px * 0.09)
        _gloss(thing, place, u * place.facing * side + 0.1, v + 0.08, 0.04, body, colour, side)
        _stalk(thing, place, line, 0.02)
        thing.draw(closed(body))
        thing.hide(body)
    _leaf(thing, place, 0.08, 0.9, side)
    return thing


FRUIT: Final = MappingProxyType(
    {
        "apple": apple,
        "pear": pear,
        "orange": orange,
        "lemon": lemon,
        "banana": banana,
        "grapes": grapes,
        "cherries": cherries,
    }
)
