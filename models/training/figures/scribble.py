"""How somebody would draw a person: a stick figure, a gingerbread outline, or a portrait's few lines."""

from __future__ import annotations

import random

import numpy as np

from models.training.figures.body import (
    SKIRT_SHARE,
    Figure,
    arm_outline,
    hand_outline,
    leg_outline,
    shoe_outline,
    skirt_outline,
    torso_outline,
)
from models.training.figures.hair import hair_behind, hair_outline, hat_outlines
from models.training.figures.head import EYE_U, open_face
from models.training.figures.skeleton import HIP, NECK
from models.training.forms import union
from models.training.geometry import SIZE, Points, as_points, closed
from models.training.shapes import Thing

LOW_PX = SIZE + 8.0


def scribble_figure(thing: Thing, figure: Figure, rng: random.Random) -> None:
    """A stick figure or an outline, with a head that has a face where one is seen and is large enough."""
    (_stick if rng.random() < 0.5 else _gingerbread)(thing, figure)
    scribble_head(thing, figure)


def scribble_portrait(thing: Thing, figure: Figure) -> None:
    """Neck, shoulders and arms below the head."""
    _gingerbread(thing, figure)
    head, body, top = figure.head_place(), figure.body_place(), figure.build.torso
    for s in (-1, 1):
        thing.draw(np.concatenate([head.points([(s * 0.42, -1.16)]), body.points([(s * 0.24, top)])]))
    scribble_head(thing, figure)
    thing.symbol = [np.minimum(line, np.array((np.inf, LOW_PX), np.float32)) for line in thing.symbol]


def _stick(thing: Thing, figure: Figure) -> None:
    at = [figure.point(joint) for joint in range(20)]
    neck, hip = at[NECK], at[HIP]
    chin = tuple(figure.head_place().points([(0.0, -1.28)])[0].tolist())
    thing.draw([chin, neck, hip], [at[4], at[3], neck, at[6], at[7]])
    if figure.look.is_bare_legged:
        thing.draw(closed(skirt_outline(figure, SKIRT_SHARE)), [at[9], at[10]], [at[12], at[13]])
    else:
        thing.draw([at[10], at[9], hip, at[12], at[13]])


def _gingerbread(thing: Thing, figure: Figure) -> None:
    """Torso, arms and legs in one line."""
    body = torso_outline(figure)
    pieces = [outline(figure, first) for first in (2, 5) for outline in (arm_outline, hand_outline)]
    if figure.has_legs:
        pieces += [outline(figure, first) for first in (8, 11) for outline in (leg_outline, shoe_outline)]
    if figure.has_legs and figure.look.is_bare_legged:
        pieces.append(skirt_outline(figure, SKIRT_SHARE))
    thing.draw(closed(union(body, *pieces)))


def scribble_head(thing: Thing, figure: Figure) -> None:
    place, view, turn = figure.head_place(), figure.view, figure.pose.turn
    behind = hair_behind(place, figure.look, view)
    if behind is not None:
        thing.draw(closed(behind))
    thing.draw(open_face(place, view), closed(hair_outline(place, figure.look, view)))
    if figure.look.hat:
        thing.draw(*(closed(outline) for outline in hat_outlines(place, view)))
    if view == "back" or place.unit_px < 8:
        return
    eyes = [(s * EYE_U + turn, 0.0) for s in (-1, 1)] if view == "front" else [(0.58, 0.0)]
    for u, v in eyes:
        thing.draw(closed(place.oval(u, v, 0.16, 0.15)))
    thing.draw(_mouth(figure))
    if place.unit_px > 24 and view == "front":
        thing.draw(place.line([(turn, 0.0), (turn - 0.12, -0.36), (turn + 0.08, -0.38)]))


def _mouth(figure: Figure) -> Points:
    place, turn = figure.head_place(), figure.pose.turn
    start, end = (turn - 0.34, turn + 0.34) if figure.view == "front" else (0.52, 0.94)
    middle = (start + end) / 2
    if figure.look.expression == "surprised":
        return closed(place.oval(middle, -0.76, 0.14, 0.18))
    bend = {"smiling": 0.12, "sad": -0.12}.get(figure.look.expression, 0.0)
    return as_points(place.line([(start, -0.74 + bend), (middle, -0.78 - bend * 0.6), (end, -0.74 + bend)]))
