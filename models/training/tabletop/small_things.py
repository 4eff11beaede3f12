"""A candle and a book. Units: a candle is 1 high, a book 1 wide; both stand at (0, 0) of their placing."""

from __future__ import annotations

from models.training.forms import Placing, add_form
from models.training.geometry import Colour, Point, closed
from models.training.palette import mix, rgb
from models.training.shapes import Thing

WAX = rgb(250, 240, 214)
BRASS = rgb(206, 160, 74)
FLAME = rgb(255, 164, 46)
HEART = rgb(255, 244, 178)
PAGES = rgb(250, 242, 222)


def candle(place: Placing, colour: Colour, side: int) -> Thing:
    """A burning candle of `colour` on a brass dish."""
    thing, unit = Thing("candle", place.y), place.unit_px
    ring = place.ribbon([(0.2, 0.1), (0.36, 0.16), (0.42, 0.08), (0.3, 0.02), (0.2, 0.05)], [0.022] * 3)
    add_form(thing, ring, BRASS, side, unit * 0.01)
    dish = place.oval(0, 0.06, 0.3, 0.062)
    add_form(thing, dish, BRASS, side, unit * 0.03)
    thing.add(place.oval(0, 0.072, 0.22, 0.036), BRASS * 0.66, 0.0, 0.0)
    half: list[Point] = [(0.06, 0.06), (0.115, 0.08), (0.115, 0.66), (0.06, 0.68)]
    stick = place.points([*half, *((-u, v) for u, v in half[::-1])])
    add_form(thing, stick, colour, side, unit * 0.07)
    drip = place.curve([(-0.115, 0.66), (-0.03, 0.66), (-0.04, 0.5), (-0.08, 0.44), (-0.11, 0.52)])
    thing.add(drip, mix(colour, rgb(255, 255, 255), 0.45), 0.0, 0.0, named=True)
    thing.add(place.ribbon([(0, 0.66), (0, 0.75)], [0.014] * 2), rgb(50, 40, 40), 0.0, 0.0)
    flame = place.curve([(0, 0.7), (0.075, 0.78), (0.05, 0.88), (0, 1.02), (-0.05, 0.88), (-0.075, 0.78)])
    thing.add(flame, FLAME, 0.0, 0.0, outlined=True, glows=True)
    thing.add(place.curve([(0, 0.72), (0.036, 0.78), (0, 0.9), (-0.036, 0.78)]), HEART, 0.0, 0.0, glows=True)
    thing.draw(closed(stick), closed(flame), closed(dish), place.points([(0, 0.68), (0, 0.74)]))
    thing.hide(dish, stick, flame)
    return thing


def book(place: Placing, colour: Colour, side: int) -> Thing:
    """A closed book lying with its pages to the viewer."""
    thing, unit = Thing("book", place.y), place.unit_px
    low = place.points([(-0.5, 0.0), (0.5, 0.0), (0.5, 0.045), (-0.5, 0.045)])
    add_form(thing, low, colour * 0.9, side, unit * 0.01)
    pages = place.points([(-0.46, 0.045), (0.47, 0.045), (0.47, 0.2), (-0.46, 0.2)])
    thing.add(pages, PAGES, 0.0, 0.08, outlined=True)
    for v in (0.085, 0.125, 0.165):
        thing.add(place.points([(-0.4, v), (0.47, v), (0.47, v + 0.014), (-0.4, v + 0.014)]), PAGES * 0.8, 0.0, 0.0)
    back = place.points([(-0.52, 0.0), (-0.44, 0.0), (-0.44, 0.24), (-0.52, 0.24)])
    add_form(thing, back, colour * 0.8, side, unit * 0.02)
    cover = place.points([(-0.52, 0.2), (0.5, 0.2), (0.5, 0.245), (0.4, 0.4), (-0.36, 0.4), (-0.52, 0.245)])
    add_form(thing, cover, colour, side, unit * 0.02)
    edge = place.points([(-0.52, 0.2), (0.5, 0.2), (0.5, 0.245), (-0.52, 0.245)])
    thing.add(edge, colour * 0.8, 0.0, 0.0, named=True)
    title = place.points([(-0.2, 0.29), (0.24, 0.29), (0.22, 0.34), (-0.18, 0.34)])
    thing.add(title, BRASS, 0.0, 0.0)
    thing.draw(closed(low), closed(pages), closed(cover), place.points([(-0.46, 0.12), (0.47, 0.12)]))
    thing.hide(low, pages, cover)
    return thing
