"""A fish from the side. Units: from its mouth to the root of the tail it is 1 long; the placing is its middle."""

from __future__ import annotations

import math

from models.training.animals.coats import Coat
from models.training.forms import Placing, add_eye, add_form, add_mark
from models.training.geometry import closed
from models.training.palette import mix, rgb
from models.training.shapes import Thing


def fish(place: Placing, coat: Coat, side: int, is_banded: bool, base_y: float) -> Thing:
    """`is_banded`: two pale bands across (orange fish); else a pale belly."""
    thing, unit = Thing("fish", base_y), place.unit_px
    fin = coat.pale if float(coat.pale[2]) < 0.4 else coat.dark
    tail = place.curve(
        [(-0.4, 0.03), (-0.62, 0.2), (-0.82, 0.34), (-0.74, 0), (-0.82, -0.34), (-0.62, -0.2), (-0.4, -0.03)]
    )
    add_form(thing, tail, fin, side, unit * 0.04)
    back = place.curve([(-0.28, 0.2), (-0.26, 0.42), (-0.02, 0.5), (0.2, 0.34), (0.24, 0.2), (0, 0.1)])
    add_form(thing, back, fin, side, unit * 0.04)
    low = place.curve([(-0.18, -0.2), (-0.24, -0.42), (-0.04, -0.38), (0.1, -0.22)])
    add_form(thing, low, fin, side, unit * 0.03)
    for u in (-0.68, -0.58):
        add_mark(thing, place.ribbon([(u + 0.06, 0.1), (u - 0.05, 0.2)], [0.015, 0.015]), tail, fin * 0.78)
        add_mark(thing, place.ribbon([(u + 0.06, -0.1), (u - 0.05, -0.2)], [0.015, 0.015]), tail, fin * 0.78)
    body = place.curve(
        [
            (-0.5, 0.05),
            (-0.3, 0.22),
            (0, 0.31),
            (0.3, 0.25),
            (0.47, 0.08),
            (0.5, -0.03),
            (0.4, -0.18),
            (0.1, -0.29),
            (-0.22, -0.23),
            (-0.5, -0.05),
        ]
    )
    add_form(thing, body, coat.fur, side, unit * 0.09)
    if is_banded:
        for u, half in ((0.14, 0.065), (-0.22, 0.055)):
            bend = [(u - 0.03, 0.4), (u + 0.05, 0), (u - 0.03, -0.4)]
            add_mark(thing, place.ribbon(bend, [half + 0.025] * 3), body, rgb(60, 40, 44))
            add_mark(thing, place.ribbon(bend, [half] * 3), body, coat.pale)
    else:
        add_mark(thing, place.oval(0.08, -0.28, 0.42, 0.14), body, mix(coat.fur, coat.pale, 0.75))
        for u, v in [(0.02, 0.1), (-0.12, 0.02), (-0.26, 0.1), (-0.12, 0.18), (0.02, -0.06)]:
            scale = place.arc(u, v, 0.07, 0.07, math.pi * 0.5, math.pi * 1.5)
            flipped = Placing(0, 0, 1).ribbon(
                [(float(x), -float(y)) for x, y in scale[::4]], [max(1.1, unit * 0.011)] * 4
            )
            thing.add(flipped, coat.fur * 0.8, 0.0, 0.0, named=True)
        gill = place.ribbon([(0.24, 0.16), (0.18, 0), (0.24, -0.14)], [0.008, 0.016, 0.008])
        thing.add(gill, coat.fur * 0.68, 0.0, 0.0, named=True)
    hand = place.curve([(0.1, -0.02), (-0.02, -0.04), (-0.14, -0.16), (-0.04, -0.18), (0.08, -0.12)])
    add_form(thing, hand, fin, side, unit * 0.02)
    thing.add(place.oval(0.33, 0.08, 0.085, 0.085), rgb(255, 255, 255), 0.0, 0.0, outlined=True)
    add_eye(thing, place, 0.345, 0.08, 0.05, rgb(34, 30, 44))
    mouth = place.ribbon([(0.5, -0.06), (0.44, -0.08), (0.39, -0.05)], [0.013, 0.013, 0.009])
    thing.add(mouth, coat.dark * 0.6, 0.0, 0.0)
    thing.draw(
        closed(place.oval(0, 0, 0.5, 0.28)),
        place.points([(-0.45, 0.05), (-0.82, 0.3), (-0.78, -0.3), (-0.45, -0.05)]),
        closed(place.oval(0.32, 0.08, 0.05, 0.05)),
        place.line([(0.5, -0.06), (0.42, -0.09), (0.37, -0.04)]),
        place.line([(-0.2, 0.24), (-0.1, 0.46), (0.2, 0.24)]),
        place.line([(0.2, 0.18), (0.13, 0), (0.2, -0.18)]),
    )
    thing.hide(body, tail)
    return thing
