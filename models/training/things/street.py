"""What makes a street: fronts of houses, towers, a lamp, a car; and the snowman before the door."""

from __future__ import annotations

import random

from models.training import palette
from models.training.forms import add_form
from models.training.geometry import SIZE, closed
from models.training.palette import NAMED, rgb
from models.training.shapes import Thing
from models.training.things import paints
from models.training.things.buildings import add_wall
from models.training.things.spot import HAZE, Spot, add_mass, box

AWNINGS = ("red", "green")
GLASS = rgb(148, 196, 220)
CARROT = rgb(236, 128, 50)


def building(rng: random.Random, spot: Spot, half_px: float, rows: int) -> Thing:
    """A front with `rows` of large windows and a shop below; its colour is that of its quarter of the picture."""
    thing, place = Thing("building", spot.y), spot.place()
    half, lit = half_px / spot.height_px, spot.time in ("night", "sunset")
    quarter = min(3, max(0, int(spot.x / SIZE * 4)))
    colour = paints.FACADES[quarter]
    add_wall(thing, place, box(-half, 0, half, 1), colour, spot.side)
    ledge = place.points(box(-half - 0.012, 0.955, half + 0.012, 1.0))
    thing.add(ledge, palette.SNOW if spot.season == "winter" else colour * 0.66, HAZE, 0, outlined=True)
    shop = min(0.3, 46 / spot.height_px)
    columns = 2 if half_px < 36 else 3
    step, rise = 2 * half / columns, (0.93 - shop) / rows
    for row in range(rows):
        for column in range(columns):
            u, v = -half + step * (column + 0.5), shop + rise * (row + 0.5)
            wide, high = step * 0.27, min(rise * 0.34, step * 0.42)
            pane = place.points(box(u - wide, v - high, u + wide, v + high))
            thing.add(
                place.points(box(u - wide - 0.014, v - high - 0.014, u + wide + 0.014, v + high + 0.014)),
                palette.SAIL,
                HAZE,
                0,
            )
            is_on = lit and (row + column + quarter) % 3 != 2
            thing.add(pane, palette.LIT_WINDOW if is_on else palette.WINDOW, HAZE, 0, outlined=True, glows=is_on)
            thing.draw(closed(pane))
    front = place.points(box(-half * 0.78, 0, half * 0.3, shop * 0.72))
    thing.add(front, palette.LIT_WINDOW if lit else GLASS, HAZE, 0, outlined=True, glows=lit)
    door = place.points(box(half * 0.42, 0, half * 0.78, shop * 0.72))
    thing.add(door, palette.DOOR, HAZE, 0.05, outlined=True)
    awning = place.points(
        [(-half * 0.94, shop * 0.6), (-half * 0.8, shop * 0.9), (half * 0.8, shop * 0.9), (half * 0.94, shop * 0.6)]
    )
    thing.add(awning, NAMED[AWNINGS[quarter % 2]], HAZE, 0.08, outlined=True)
    thing.draw(place.points([(-half, 0), (-half, 1), (half, 1), (half, 0)]), door, closed(awning))
    thing.hide(place.points(box(-half, 0, half, 1)))
    return thing


def skyscraper(rng: random.Random, spot: Spot, half_px: float) -> Thing:
    """A tall block in bands of windows, flat or with a spire; bluer towards the right of the picture."""
    thing, place = Thing("building", spot.y), spot.place()
    half, lit = half_px / spot.height_px, spot.time in ("night", "sunset")
    colour = (rgb(110, 130, 158), rgb(150, 142, 152), rgb(84, 108, 146), rgb(128, 150, 176))[
        min(3, max(0, int(spot.x / SIZE * 4)))
    ]
    top = 0.88 if rng.random() < 0.4 else 1.0
    outline = box(-half, 0, half, top)
    if top < 1:
        outline = [
            (-half, 0),
            (-half, top),
            (-half * 0.3, top + 0.04),
            (0, 1.0),
            (half * 0.3, top + 0.04),
            (half, top),
            (half, 0),
        ]
    add_wall(thing, place, outline, colour, spot.side)
    pitch = 32 / spot.height_px
    for row in range(int((top - 0.06) / pitch)):
        v = top - 0.05 - pitch * (row + 0.5)
        for s in (-1, 1):
            pane = place.points(
                box(s * half * 0.42 - half * 0.27, v - pitch * 0.3, s * half * 0.42 + half * 0.27, v + pitch * 0.3)
            )
            is_on = lit and (row * 2 + s) % 5 != 1
            thing.add(pane, palette.LIT_WINDOW if is_on else palette.WINDOW * 0.8, HAZE, 0, outlined=True, glows=is_on)
            if row < 5:
                thing.draw(closed(pane))
    thing.draw(place.points(outline))
    thing.hide(place.points(outline))
    return thing


def street_lamp(spot: Spot) -> Thing:
    thing, place, lit = Thing("lamp", spot.y), spot.place(-spot.side), spot.time in ("night", "sunset", "misty")
    pole = place.points([(-0.05, 0), (-0.018, 0.08), (-0.016, 0.8), (0.016, 0.8), (0.018, 0.08), (0.05, 0)])
    thing.add(pole, paints.IRON, HAZE, 0, outlined=True)
    glass = place.points([(-0.05, 0.78), (-0.08, 0.93), (0.08, 0.93), (0.05, 0.78)])
    if lit:
        thing.add(place.oval(0, 0.86, 0.15, 0.15), palette.LIT_WINDOW * 0.8, 0.5, 0, glows=False)
    thing.add(glass, palette.LIT_WINDOW if lit else GLASS, HAZE, 0, outlined=True, glows=lit)
    cap = place.points([(-0.1, 0.93), (0, 1.0), (0.1, 0.93)])
    thing.add(cap, paints.IRON, HAZE, 0, outlined=True)
    thing.draw(place.points([(0, 0), (0, 0.78)]), closed(glass), closed(cap))
    thing.hide(glass, cap, pole)
    return thing


def car(rng: random.Random, spot: Spot, colour: str) -> Thing:
    """From the side: a body of a named colour, two wheels, two windows."""
    thing, place = Thing("car", spot.y), spot.place(rng.choice([-1, 1]))
    half = rng.uniform(1.1, 1.3)
    body = place.curve(
        [
            (-half, 0.24),
            (-half * 0.98, 0.52),
            (-half * 0.66, 0.62),
            (-half * 0.42, 0.95),
            (half * 0.22, 0.96),
            (half * 0.52, 0.62),
            (half * 0.94, 0.54),
            (half, 0.26),
            (half * 0.6, 0.17),
            (-half * 0.6, 0.17),
        ]
    )
    add_form(thing, body, NAMED[colour], spot.side, spot.height_px * 0.08)
    for pane in (
        [(-0.46, 0.62), (-0.34, 0.86), (-0.09, 0.87), (-0.09, 0.62)],
        [(-0.01, 0.62), (-0.01, 0.87), (0.18, 0.87), (0.38, 0.62)],
    ):
        window = place.points([(u * half, v) for u, v in pane])
        thing.add(window, palette.LIT_WINDOW if spot.is_dark else GLASS, HAZE, 0, outlined=True, glows=spot.is_dark)
        thing.draw(closed(window))
    lamp = place.oval(half * 0.93, 0.42, 0.07, 0.07)
    thing.add(lamp, palette.LIT_WINDOW, HAZE, 0, glows=spot.is_dark)
    thing.draw(closed(body))
    for s in (-1, 1):
        tyre, hub = place.oval(s * half * 0.56, 0.2, 0.22, 0.22), place.oval(s * half * 0.56, 0.2, 0.1, 0.1)
        thing.add(tyre, rgb(36, 36, 44), HAZE, 0, outlined=True)
        thing.add(hub, paints.PAVEMENT, HAZE, 0)
        thing.draw(closed(tyre))
        thing.hide(tyre)
    thing.hide(body)
    return thing


def snowman(rng: random.Random, spot: Spot) -> Thing:
    """Three balls, a carrot, a black hat and a red scarf."""
    thing, place = Thing("snowman", spot.y), spot.place(rng.choice([-1, 1]))
    snow, coal = rgb(188, 206, 234), rgb(40, 40, 50)
    for s in (-1, 1):
        arm = place.ribbon([(s * 0.12, 0.5), (s * 0.3, 0.62), (s * 0.38, 0.72)], (0.016, 0.014, 0.012))
        thing.add(arm, paints.BRANCH, HAZE, 0)
        thing.draw(place.points([(s * 0.16, 0.52), (s * 0.38, 0.72)]))
    balls = [place.oval(0, v, r, r * 0.94) for v, r in ((0.21, 0.23), (0.5, 0.175), (0.72, 0.135))]
    for ball in balls:
        add_mass(thing, ball, snow, spot.side, spot.height_px * 0.04)
        thing.draw(closed(ball))
    scarf = place.points(
        [(-0.13, 0.64), (0, 0.6), (0.13, 0.64), (0.12, 0.58), (0.1, 0.42), (0.03, 0.43), (0.04, 0.55), (-0.12, 0.58)]
    )
    thing.add(scarf, NAMED["red"], HAZE, 0, outlined=True)
    for u, v in ((-0.045, 0.755), (0.055, 0.755), (0, 0.5), (0, 0.41)):
        thing.add(place.oval(u, v, 0.02, 0.02), coal, HAZE, 0)
        thing.draw(closed(place.oval(u, v, 0.014, 0.014)))
    nose = place.points([(0.0, 0.73), (0.0, 0.69), (0.14, 0.69)])
    thing.add(nose, CARROT, HAZE, 0, outlined=True)
    hat = place.points(
        [(-0.16, 0.82), (-0.1, 0.82), (-0.09, 1), (0.09, 1), (0.1, 0.82), (0.16, 0.82), (0.16, 0.79), (-0.16, 0.79)]
    )
    thing.add(hat, coal, HAZE, 0, outlined=True)
    thing.draw(closed(nose), closed(hat))
    thing.hide(*balls, hat)
    return thing
