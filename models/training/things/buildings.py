"""Houses and landmarks: castle, tower, church, windmill, lighthouse; fence and bridge."""

from __future__ import annotations

import math
import random
from types import MappingProxyType
from typing import Final

from models.training import palette
from models.training.forms import Placing
from models.training.geometry import Colour, Point, as_points, closed
from models.training.palette import NAMED
from models.training.shapes import Thing
from models.training.things import paints
from models.training.things.spot import HAZE, Spot, box


def add_window(thing: Thing, place: Placing, u: float, v: float, half: tuple[float, float], is_lit: bool) -> None:
    """A pane in its frame, `half` as wide and as high."""
    wide, high = half
    thing.add(
        place.points(box(u - wide - 0.02, v - high - 0.02, u + wide + 0.02, v + high + 0.02)), palette.SAIL, HAZE, 0
    )
    pane = place.points(box(u - wide, v - high, u + wide, v + high))
    thing.add(pane, palette.LIT_WINDOW if is_lit else palette.WINDOW, HAZE, 0.08, outlined=True, glows=is_lit)
    thing.draw(closed(pane))


def add_wall(thing: Thing, place: Placing, outline: list[Point], colour: Colour, side: int) -> None:
    """A flat wall, its edge away from the light in shade."""
    points = place.points(outline)
    thing.add(points, colour, HAZE, 0.06, outlined=True)
    us, vs = [u for u, _ in outline], [v for _, v in outline]
    left, right = min(us), max(us)
    dark = (left, left + (right - left) * 0.2) if side * place.facing > 0 else (right - (right - left) * 0.2, right)
    low, high = min(vs), sorted(vs)[-2] if len(outline) > 4 else max(vs)
    thing.add(place.points(box(dark[0], low, dark[1], high)), colour * 0.8, HAZE, 0)


def _add_door(thing: Thing, place: Placing, u: float, half: float, high: float) -> None:
    door = place.points([(u - half, 0), (u - half, high * 0.8), (u, high), (u + half, high * 0.8), (u + half, 0)])
    thing.add(door, palette.DOOR, HAZE, 0.1, outlined=True)
    thing.draw(door)


def house(rng: random.Random, spot: Spot, roof: str) -> Thing:
    """A gable to the front, or a long side with the roof's slope to the front."""
    thing, place = Thing("house", spot.y), spot.place(rng.choice([-1, 1]))
    half, eave = rng.uniform(0.46, 0.58), rng.uniform(0.5, 0.56)
    wall, colour, lit = paints.WALL[spot.season], NAMED[roof], spot.time in ("night", "sunset")
    stack = place.points(box(half * 0.42, 0.62, half * 0.42 + 0.12, 0.98))
    thing.add(stack, palette.CHIMNEY, HAZE, 0.1, outlined=True)
    is_gable = rng.random() < 0.6
    if is_gable:
        add_wall(thing, place, [(-half, 0), (-half, eave), (0, 0.9), (half, eave), (half, 0)], wall, spot.side)
        top: list[Point] = [(-half - 0.09, eave - 0.05), (0, 1.0), (half + 0.09, eave - 0.05)]
        slope = [*top, (half + 0.03, eave - 0.11), (0, 0.8), (-half - 0.03, eave - 0.11)]
    else:
        half *= 1.12
        add_wall(thing, place, box(-half, 0, half, eave + 0.02), wall, spot.side)
        top = [(-half - 0.08, eave), (-half * 0.72, 0.94), (half * 0.72, 0.94), (half + 0.08, eave)]
        slope = top
    thing.add(place.points(slope), colour, HAZE, 0.1, outlined=True, named=True)
    if is_gable:
        far = spot.side * place.facing
        shaded = [(0, 1.0), (-far * (half + 0.09), eave - 0.05), (-far * (half + 0.03), eave - 0.11), (0, 0.8)]
        thing.add(place.points(shaded), colour * 0.76, HAZE, 0, named=True)
    else:
        thing.add(place.points(box(-half - 0.06, eave, half + 0.06, eave + 0.05)), colour * 0.7, HAZE, 0, named=True)
    if spot.season == "winter":
        snow = [*top, *((u * 0.99, v - 0.05) for u, v in reversed(top))]
        thing.add(place.points(snow), palette.SNOW, HAZE, 0)
    _add_door(thing, place, 0, 0.09, 0.36)
    for s in (-1, 1):
        add_window(thing, place, s * half * 0.6, 0.27, (0.075, 0.085), lit)
    if is_gable:
        add_window(thing, place, 0, 0.58, (0.06, 0.06), lit)
    thing.draw(place.points([(-half, eave), (-half, 0), (half, 0), (half, eave)]), closed(place.points(top)))
    if rng.random() < 0.6:
        thing.draw(stack)
    thing.hide(place.points([(-half, 0), *top, (half, 0)]))
    return thing


def _crenels(left: float, right: float, low: float, high: float, count: int) -> list[Point]:
    """The teeth along the top of a wall, from left to right."""
    step = (right - left) / (2 * count - 1)
    teeth: list[Point] = []
    for index in range(count):
        u = left + 2 * index * step
        teeth += [(u, low), (u, high), (u + step, high), (u + step, low)]
    return teeth


def _battlement(left: float, right: float, low: float, high: float, count: int) -> list[Point]:
    return [(left, 0), *_crenels(left, right, low, high, count), (right, 0)]


def _add_flag(thing: Thing, place: Placing, u: float, v: float, tall: float, colour: Colour) -> None:
    thing.add(place.points(box(u - 0.009, v, u + 0.009, v + tall)), paints.IRON, HAZE, 0)
    flag = place.points([(u, v + tall), (u + tall * 1.1, v + tall * 0.78), (u, v + tall * 0.5)])
    thing.add(flag, colour, HAZE, 0.05, outlined=True, glows=False)
    thing.draw(closed(flag), place.points([(u, v), (u, v + tall)]))


def castle(rng: random.Random, spot: Spot) -> Thing:
    """Two round towers with pointed roofs, a keep and a gate between them."""
    thing, place = Thing("castle", spot.y), spot.place(rng.choice([-1, 1]))
    wide, lit = rng.uniform(0.5, 0.6), spot.is_dark
    keep = _battlement(-0.19, 0.19, 0.7, 0.77, 4)
    add_wall(thing, place, keep, paints.STONE * 0.88, spot.side)
    thing.draw(place.points(keep))
    _add_flag(thing, place, 0, 0.76, 0.2, NAMED["red"])
    curtain = _battlement(-wide, wide, 0.42, 0.5, 7)
    thing.add(place.points(curtain), paints.STONE * 1.06, HAZE, 0.1, outlined=True)
    thing.draw(place.points(curtain[1:-1]))
    hidden = [place.points(keep), place.points(curtain)]
    for s, top in ((-1, rng.uniform(0.56, 0.64)), (1, rng.uniform(0.56, 0.66))):
        middle = s * wide
        wall = box(middle - 0.13, 0, middle + 0.13, top)
        add_wall(thing, place, wall, paints.STONE, spot.side)
        cone = place.points([(middle - 0.17, top), (middle, top + 0.32), (middle + 0.17, top)])
        thing.add(cone, paints.SLATE, HAZE, 0.1, outlined=True)
        lee = -spot.side * place.facing * 0.17
        thing.add(
            place.points([(middle, top + 0.32), (middle + lee, top), (middle, top)]), paints.SLATE * 0.72, HAZE, 0
        )
        if spot.season == "winter":
            thing.add(
                place.points([(middle, top + 0.32), (middle + 0.09, top + 0.15), (middle - 0.09, top + 0.15)]),
                palette.SNOW,
                HAZE,
                0,
            )
        slit = place.points(box(middle - 0.028, top - 0.26, middle + 0.028, top - 0.1))
        thing.add(slit, palette.LIT_WINDOW if lit else paints.IRON, HAZE, 0, outlined=True, glows=lit)
        thing.draw(place.points(wall), closed(cone))
        hidden += [place.points(wall), cone]
    gate = place.points([(-0.11, 0), (-0.11, 0.18), (-0.06, 0.27), (0.06, 0.27), (0.11, 0.18), (0.11, 0)])
    thing.add(gate, palette.DOOR * 0.8, HAZE, 0.1, outlined=True)
    slit = place.points(box(-0.04, 0.54, 0.04, 0.64))
    thing.add(slit, palette.LIT_WINDOW if lit else paints.IRON, HAZE, 0, outlined=True, glows=lit)
    thing.draw(gate, place.points([(-wide + 0.13, 0), (wide - 0.13, 0)]))
    thing.hide(*hidden)
    return thing


def tower(rng: random.Random, spot: Spot) -> Thing:
    """A stone tower with teeth and a red flag."""
    thing, place, lit = Thing("tower", spot.y), spot.place(rng.choice([-1, 1])), spot.is_dark
    half = rng.uniform(0.13, 0.18)
    shaft: list[Point] = [(-half * 1.15, 0), (-half, 0.66), (half, 0.66), (half * 1.15, 0)]
    add_wall(thing, place, shaft, paints.STONE, spot.side)
    head = [(-half * 1.3, 0.64), *_crenels(-half * 1.3, half * 1.3, 0.76, 0.83, 4), (half * 1.3, 0.64)]
    thing.add(place.points(head), paints.STONE * 1.12, HAZE, 0.08, outlined=True)
    _add_flag(thing, place, 0, 0.76, 0.22, NAMED["red"])
    for v in (0.32, 0.52):
        slit = place.points(box(-0.03, v - 0.05, 0.03, v + 0.05))
        thing.add(slit, palette.LIT_WINDOW if lit else paints.IRON, HAZE, 0, outlined=True, glows=lit)
        thing.draw(closed(slit))
    _add_door(thing, place, 0, 0.055, 0.2)
    thing.draw(place.points(shaft), closed(place.points(head)))
    thing.hide(place.points(shaft), place.points(head))
    return thing


def church(rng: random.Random, spot: Spot, roof: str) -> Thing:
    """A nave beside a steeple."""
    thing, place = Thing("church", spot.y), spot.place(rng.choice([-1, 1]))
    long, lit, wall, colour = (
        rng.uniform(0.56, 0.7),
        spot.time in ("night", "sunset"),
        paints.WALL[spot.season],
        NAMED[roof],
    )
    nave = box(-0.1, 0, long, 0.32)
    add_wall(thing, place, nave, wall * 0.92, spot.side)
    slope = place.points([(-0.1, 0.3), (-0.1, 0.54), (long - 0.1, 0.54), (long + 0.05, 0.3)])
    thing.add(slope, colour * 0.9, HAZE, 0.1, outlined=True, named=True)
    for index in range(2):
        add_window(thing, place, 0.2 + index * 0.24, 0.16, (0.045, 0.08), lit)
    shaft = box(-0.28, 0, 0.02, 0.62)
    add_wall(thing, place, shaft, wall, spot.side)
    spire = place.points([(-0.32, 0.6), (-0.13, 0.93), (0.06, 0.6)])
    thing.add(spire, colour, HAZE, 0.1, outlined=True, named=True)
    if spot.season == "winter":
        thing.add(
            place.points([(-0.1, 0.54), (long - 0.1, 0.54), (long - 0.08, 0.48), (0.02, 0.48), (0.02, 0.54)]),
            palette.SNOW,
            HAZE,
            0,
        )
        thing.add(place.points([(-0.22, 0.77), (-0.13, 0.93), (-0.04, 0.77)]), palette.SNOW, HAZE, 0)
    for bar in (box(-0.142, 0.92, -0.118, 1.02), box(-0.17, 0.965, -0.09, 0.988)):
        thing.add(place.points(bar), paints.IRON, HAZE, 0)
    add_window(thing, place, -0.13, 0.47, (0.045, 0.05), lit)
    _add_door(thing, place, -0.13, 0.07, 0.25)
    thing.draw(place.points(nave), closed(slope), place.points(shaft), closed(spire))
    thing.draw(place.points([(-0.13, 0.93), (-0.13, 1.02)]), place.points([(-0.17, 0.98), (-0.09, 0.98)]))
    thing.hide(place.points(nave), slope, place.points(shaft), spire)
    return thing


def windmill(rng: random.Random, spot: Spot) -> Thing:
    """A brick tower with a dark cap and four sails."""
    thing, place = Thing("windmill", spot.y), spot.place(rng.choice([-1, 1]))
    body: list[Point] = [(-0.21, 0), (-0.12, 0.58), (0.12, 0.58), (0.21, 0)]
    add_wall(thing, place, body, paints.BRICK, spot.side)
    cap = place.curve([(-0.15, 0.56), (-0.12, 0.68), (0, 0.74), (0.12, 0.68), (0.15, 0.56)])
    thing.add(cap, paints.SLATE, HAZE, 0.1, outlined=True)
    add_window(thing, place, 0.0, 0.36, (0.04, 0.045), spot.is_dark)
    _add_door(thing, place, 0, 0.07, 0.2)
    turn, hub = rng.uniform(0, math.pi / 2), (0.0, 0.62)
    thing.draw(place.points(body), cap)
    for index in range(4):
        angle = turn + index * math.pi / 2
        along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))

        def at(u: float, v: float, along: Point = along, across: Point = across) -> Point:
            return (hub[0] + along[0] * u + across[0] * v, hub[1] + along[1] * u + across[1] * v)

        thing.add(
            place.points([at(0, -0.014), at(0.42, -0.014), at(0.42, 0.014), at(0, 0.014)]), paints.BRANCH, HAZE, 0
        )
        sail = place.points([at(0.1, 0.0), at(0.42, 0.0), at(0.42, 0.11), at(0.1, 0.11)])
        thing.add(sail, palette.SAIL, HAZE, 0, outlined=True)
        thing.draw(closed(sail), place.points([hub, at(0.1, 0)]))
    thing.add(place.oval(*hub, 0.035, 0.035), paints.BRANCH, HAZE, 0, outlined=True)
    thing.hide(place.points(body), cap)
    return thing


def lighthouse(rng: random.Random, spot: Spot) -> Thing:
    """Red and white bands under a lantern."""
    thing, place = Thing("lighthouse", spot.y), spot.place(rng.choice([-1, 1]))
    foot, bands = rng.uniform(0.16, 0.19), 4

    def half(v: float) -> float:
        return foot + (0.1 - foot) * v / 0.72

    shaft: list[Point] = [(-foot, 0), (-half(0.72), 0.72), (half(0.72), 0.72), (foot, 0)]
    thing.add(place.points(shaft), palette.SNOW, HAZE, 0.06, outlined=True)
    for index in range(bands):
        low, high = 0.72 * index / bands, 0.72 * (index + 1) / bands
        band = [(-half(low), low), (-half(high), high), (half(high), high), (half(low), low)]
        colour = NAMED["red"] if index % 2 == 0 else palette.SNOW
        thing.add(place.points(band), colour, HAZE, 0, outlined=True)
        lee = -spot.side * place.facing
        dark = [
            (lee * half(low), low),
            (lee * half(high), high),
            (lee * half(high) * 0.4, high),
            (lee * half(low) * 0.4, low),
        ]
        thing.add(place.points(dark), colour * 0.78, HAZE, 0)
        thing.draw(place.points([(-half(high), high), (half(high), high)]))
    gallery = place.points(box(-0.14, 0.71, 0.14, 0.75))
    thing.add(gallery, paints.IRON, HAZE, 0, outlined=True)
    lamp = place.points(box(-0.075, 0.75, 0.075, 0.87))
    thing.add(lamp, palette.LIT_WINDOW, HAZE, 0, outlined=True, glows=True)
    dome = place.points([(-0.11, 0.87), (0, 1.0), (0.11, 0.87)])
    thing.add(dome, NAMED["red"] * 0.9, HAZE, 0.1, outlined=True)
    _add_door(thing, place, 0, 0.05, 0.14)
    thing.draw(place.points(shaft), closed(gallery), lamp, closed(dome))
    thing.hide(place.points(shaft), lamp, dome)
    return thing


def fence(spot: Spot, left: float, right: float) -> Thing:
    """Posts and two rails from `left` to `right` (pixels); the spot's height is the posts'."""
    thing, high = Thing("fence", spot.y), spot.height_px
    colour = paints.WOOD * (0.8 if spot.season == "winter" else 1.0)
    for share in (0.36, 0.72):
        y = spot.y - high * share
        rail = as_points(
            [(left, y - high * 0.07), (right, y - high * 0.07), (right, y + high * 0.07), (left, y + high * 0.07)]
        )
        thing.add(rail, colour * 0.86, HAZE, 0.05, outlined=True)
        thing.draw(as_points([(left, y), (right, y)]))
    count = max(2, round((right - left) / (high * 0.62)))
    for index in range(count):
        x, half = left + (right - left) * (index + 0.5) / count, high * 0.1
        post = [
            (x - half, spot.y),
            (x - half, spot.y - high * 0.88),
            (x, spot.y - high),
            (x + half, spot.y - high * 0.88),
        ]
        post.append((x + half, spot.y))
        thing.add(post, colour * 1.16, HAZE, 0.08, outlined=True)
        if spot.season == "winter":
            thing.add([*post[1:4]], palette.SNOW, HAZE, 0)
        thing.draw(as_points([(x, spot.y), (x, spot.y - high)]))
        thing.hide(as_points(post))
    return thing


def bridge(rng: random.Random, spot: Spot, half_px: float) -> Thing:
    """A humped stone bridge on two arches; the spot's height is that of its middle."""
    thing, place = Thing("bridge", spot.y), Placing(spot.x, spot.y, spot.height_px, 1)
    wide, rise = half_px / spot.height_px, rng.uniform(0.24, 0.4)
    count = rng.choice([1, 2, 2, 3])
    deck: list[Point] = [(wide * t, 1 - rise * t * t) for t in (-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1)]
    pier = 0.16 * wide / count
    span = (2 * wide * 0.86 - pier * (count - 1)) / count
    arches: list[list[Point]] = []
    for index in range(count):
        left = -wide * 0.86 + index * (span + pier)
        crown = min(0.66, 0.9 - rise)
        arches.append(
            [
                (left + span * (1 - math.cos(math.pi * k / 10)) / 2, crown * math.sin(math.pi * k / 10))
                for k in range(11)
            ]
        )
    under = [point for arch in arches for point in arch]
    wall = place.points([*deck, (wide, 0), *reversed(under), (-wide, 0)])
    thing.add(wall, paints.STONE, HAZE, 0.12, outlined=True)
    for arch in arches:
        rim = [*arch, *((u, v + 0.09) for u, v in reversed(arch))]
        thing.add(place.points(rim), paints.STONE * 0.72, HAZE, 0)
        thing.draw(place.points(arch))
    parapet = place.points([*deck, *((u, v - 0.13) for u, v in reversed(deck))])
    top = palette.SNOW if spot.season == "winter" else paints.STONE * 1.22
    thing.add(parapet, top, HAZE, 0, outlined=True)
    thing.draw(
        place.points(deck), place.points([(-wide, 0), (-wide, 1 - rise)]), place.points([(wide, 0), (wide, 1 - rise)])
    )
    thing.hide(wall)
    return thing


LANDMARKS: Final = MappingProxyType({"castle": castle, "tower": tower, "windmill": windmill, "lighthouse": lighthouse})
"""Each tall building whose colours are its own, by its kind."""
