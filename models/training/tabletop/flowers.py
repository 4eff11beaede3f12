"""Cut flowers: sunflower, tulip, rose and daisy on their stems. Units of a head: 1 is its radius, (0, 0) its middle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from models.training.forms import Placing, add_form, add_mark
from models.training.geometry import Colour, Point, closed
from models.training.palette import mix, rgb
from models.training.shapes import Thing

STEM: Final = rgb(76, 146, 76)
SEEDS: Final = rgb(102, 62, 38)
GOLD: Final = rgb(250, 196, 62)
WHITE: Final = rgb(255, 252, 244)

COLOURS: Final = MappingProxyType(
    {
        "sunflower": MappingProxyType({"": rgb(252, 190, 44)}),
        "tulip": MappingProxyType({"red": rgb(222, 58, 60), "yellow": rgb(250, 204, 70), "pink": rgb(242, 130, 164)}),
        "rose": MappingProxyType({"red": rgb(206, 44, 62), "pink": rgb(244, 150, 176), "white": rgb(248, 240, 230)}),
        "daisy": MappingProxyType({"": rgb(252, 250, 246)}),
    }
)
"""Each flower and the colours it comes in by the name that captions say; "" where its colour goes without saying."""
PLURAL: Final = MappingProxyType({"sunflower": "sunflowers", "tulip": "tulips", "rose": "roses", "daisy": "daisies"})


def _petals(thing: Thing, place: Placing, count: int, wide: float, start: float, colour: Colour, side: int) -> None:
    """A wreath of petals from the middle to the rim, drawn as one form each."""
    for index in range(count):
        angle = start + index * 2 * math.pi / count
        along, across = math.cos(angle), math.sin(angle)
        thing.add(place.oval(0.6 * along, 0.6 * across, 0.42, wide, angle), colour, 0.0, 0.0, outlined=True, named=True)
        turned_away = along * place.facing * side + across < 0
        tone = colour * 0.86 if turned_away else mix(colour, WHITE, 0.35)
        thing.add(place.oval(0.66 * along, 0.66 * across, 0.28, wide * 0.5, angle), tone, 0.0, 0.0, named=True)


def _wreath(place: Placing, count: int, inner: float) -> list[Point]:
    """A scalloped line round a flower, as a hand draws petals."""
    steps = count * 6
    return [
        (
            (inner + (1 - inner) * abs(math.sin(step * math.pi / 6))) * math.cos(step * 2 * math.pi / steps),
            (inner + (1 - inner) * abs(math.sin(step * math.pi / 6))) * math.sin(step * 2 * math.pi / steps),
        )
        for step in range(steps + 1)
    ]


def sunflower(thing: Thing, place: Placing, colour: Colour, side: int) -> None:
    _petals(thing, place, 12, 0.2, 0.26, colour * 0.86, side)
    _petals(thing, place, 12, 0.19, 0.0, colour, side)
    middle = place.oval(0, 0, 0.46, 0.46)
    add_form(thing, middle, SEEDS, side, place.unit_px * 0.12)
    thing.add(place.oval(0, 0, 0.24, 0.24), SEEDS * 0.66, 0.0, 0.0)
    thing.draw(closed(middle), place.points(_wreath(place, 12, 0.56)))
    thing.hide(place.oval(0, 0, 0.8, 0.8))


def daisy(thing: Thing, place: Placing, colour: Colour, side: int) -> None:
    _petals(thing, place, 10, 0.2, 0.0, colour, side)
    middle = place.oval(0, 0, 0.3, 0.3)
    add_form(thing, middle, GOLD, side, place.unit_px * 0.1)
    thing.draw(closed(middle), place.points(_wreath(place, 10, 0.4)))
    thing.hide(place.oval(0, 0, 0.8, 0.8))


def tulip(thing: Thing, place: Placing, colour: Colour, side: int) -> None:
    unit = place.unit_px
    back = place.curve([(-0.34, 0.3), (-0.24, 0.8), (0, 1.0), (0.24, 0.8), (0.34, 0.3), (0, -0.2)])
    add_form(thing, back, colour * 0.8, side, unit * 0.1)
    for way in (-1, 1):
        keys = ((0, -0.86), (0.46, -0.7), (0.68, -0.2), (0.62, 0.4), (0.62, 0.92), (0.28, 0.5), (0.04, -0.1))
        petal = place.curve([(way * u, v) for u, v in keys])
        add_form(thing, petal, colour * 0.94, side, unit * 0.16)
    middle = place.curve([(-0.3, -0.5), (-0.32, 0.1), (0, 0.64), (0.32, 0.1), (0.3, -0.5), (0, -0.86)])
    add_form(thing, middle, mix(colour, WHITE, 0.12), side, unit * 0.14)
    cup = [(-0.64, 0.9), (-0.64, -0.2), (-0.4, -0.74), (0, -0.88), (0.4, -0.74), (0.64, -0.2), (0.64, 0.9)]
    zigzag = [(-0.64, 0.9), (-0.3, 0.44), (0, 0.96), (0.3, 0.44), (0.64, 0.9)]
    thing.draw(place.line(cup), place.points(zigzag))
    thing.hide(place.points(cup))


def rose(thing: Thing, place: Placing, colour: Colour, side: int) -> None:
    unit = place.unit_px
    leaves = ((0, 0, 0.9, 0.84), (-0.3, -0.18, 0.6, 0.92), (0.32, -0.16, 0.58, 0.92), (0, 0.1, 0.58, 1.0))
    for u, v, radius, gain in leaves:
        add_form(thing, place.oval(u, v, radius, radius * 0.92), colour * gain, side, unit * 0.14)
    bud = place.oval(0, 0.14, 0.4, 0.36)
    swirl = [(0.32, 0.14), (0.1, -0.14), (-0.24, 0.02), (-0.18, 0.32), (0.1, 0.36), (0.14, 0.14), (-0.02, 0.12)]
    add_mark(thing, place.ribbon(swirl, [0.05] * 3), bud, colour * 0.6)
    thing.draw(
        closed(place.oval(0, 0, 0.9, 0.83)),
        place.line([(0.5, 0.1), (0.2, -0.4), (-0.4, -0.16), (-0.34, 0.4), (0.16, 0.5), (0.24, 0.12), (-0.04, 0.08)]),
    )
    thing.hide(place.oval(0, 0, 0.88, 0.8))


HEADS: Final = MappingProxyType({"sunflower": sunflower, "tulip": tulip, "rose": rose, "daisy": daisy})


def flowers(
    kind: str, mouth: Point, heads: Sequence[Point], radius_px: float, colour: Colour, side: int, base_y: float
) -> Thing:
    """Flowers whose stems leave a vase at `mouth`; `heads` are their middles, all in pixels; nearest last."""
    thing = Thing("flower", base_y)
    half = max(2.0, radius_px * 0.09)
    still = Placing(0, 0, 1.0)
    for x, y in heads:
        bend = ((x * 0.6 + mouth[0] * 0.4), (y + mouth[1]) / 2)
        line = [(mouth[0] + (x - mouth[0]) * 0.12, -mouth[1] - 12), (bend[0], -bend[1]), (x, -y)]
        thing.add(still.ribbon(line, [half] * 2), STEM * 0.86, 0.0, 0.0, outlined=True)
        thing.draw(still.line(line))
    for x, y in heads:
        way = 1 if x >= mouth[0] else -1
        root = Placing(x * 0.45 + mouth[0] * 0.55, y * 0.45 + mouth[1] * 0.55, radius_px, way)
        leaf = root.curve([(0, 0), (0.3, 0.36), (0.95, 0.46), (0.66, 0.04)])
        add_form(thing, leaf, STEM, side, radius_px * 0.1)
        thing.draw(closed(leaf))
    for x, y in heads:
        HEADS[kind](thing, Placing(x, y, radius_px), colour, side)
    return thing
