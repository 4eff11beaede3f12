"""Limbs and clothes around the joints of a pose, and the whole figure built of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.figures.frame import Frame, add_form
from models.training.figures.hair import add_hair_behind
from models.training.figures.head import add_head
from models.training.figures.look import BUILDS, Build, Colours, Look, colours_of
from models.training.figures.skeleton import HEAD, HIP, NECK, RESTING, Pose, visible_joints
from models.training.forms import add_mark, outside, union
from models.training.geometry import SIZE, Colour, Point, Points, as_points, ellipse, limb
from models.training.palette import mix, rgb
from models.training.shapes import Part, Thing

FAR_TONE = 0.72
"""How dark limbs on the far side are."""
SEAM = 0.06
"""Units of shadow around an arm before the body."""
SKIRT_SHARE, COAT_SHARE, TROUSER_SHARE = 0.84, 0.42, 0.1
"""How far down the thighs each reaches."""
SLEEVE: Final = MappingProxyType({"dress": 0.52, "shirt": 0.62, "coat": 1.0, "jumper": 1.0})
"""How far down the arm each garment reaches."""
BUST_PX = 45.0
"""Pixels to a unit from which hanging sleeves are one piece with the torso, a crease between them."""
CUT_PX = SIZE + 1.9
"""What reaches below the picture ends here, still unseen."""


@dataclass(frozen=True)
class Figure:
    """A pose standing in the picture: joints in pixels (20, 2), pixels to a unit, and everything said of the person."""

    at: NDArray[np.float64]
    unit: float
    pose: Pose
    look: Look
    build: Build
    colours: Colours
    side: int

    @property
    def view(self) -> str:
        return "side" if self.pose.ahead else self.pose.facing

    def point(self, joint: int) -> Point:
        return float(self.at[joint, 0]), float(self.at[joint, 1])

    @property
    def has_legs(self) -> bool:
        """Whether any of them can be seen."""
        return float(self.at[HIP, 1]) < SIZE + 0.5 * self.unit

    @property
    def is_bust(self) -> bool:
        return self.unit > BUST_PX and self.view == "front" and self.pose.action == RESTING

    def head_place(self) -> Frame:
        x, y = self.point(HEAD)
        return Frame(x, y, self.build.head * self.unit, self.pose.ahead or 1, self.pose.head_tilt)

    def body_place(self) -> Frame:
        (hip_x, hip_y), (neck_x, neck_y) = self.point(HIP), self.point(NECK)
        return Frame(hip_x, hip_y, self.unit, self.pose.ahead or 1, math.atan2(neck_x - hip_x, hip_y - neck_y))


def standing_at(x: float, ground_y: float, unit: float, pose: Pose, look: Look, side: int) -> Figure:
    """The lowest point of the pose on `ground_y`; who jumps is above it."""
    build = BUILDS[look.build]
    lowest = max(float(pose.points[joint, 1]) for joint in (9, 10, 12, 13)) + 0.2
    lift = 0.7 if pose.action == "jumping" else 0.0
    at = (pose.points - (0, lowest + lift)) * unit + (x, ground_y)
    return Figure(at, unit, pose, look, build, colours_of(look), side)


def headed_at(x: float, y: float, unit: float, pose: Pose, look: Look, side: int) -> Figure:
    """The middle of the head at a place."""
    at = (pose.points - pose.points[HEAD]) * unit + (x, y)
    return Figure(at, unit, pose, look, BUILDS[look.build], colours_of(look), side)


def joints_of(figure: Figure) -> NDArray[np.float32]:
    """float32 (18, 3): x, y in pixels and 1 where visible; nothing outside the picture is visible."""
    at = figure.at[:18].astype(np.float32)
    inside = ((at >= 0) & (at < SIZE)).all(axis=1)
    return np.concatenate([at, (visible_joints(figure.pose) * inside)[:, None]], 1).astype(np.float32)


def arm_outline(figure: Figure, first: int, share: float = 1.0, spare: float = 0.0) -> Points:
    """An arm to its wrist, or the upper `share` (above 0.5) of it; `spare` units wider all around."""
    width = (0.72 + 0.28 * figure.build.width) * figure.build.limbs * figure.unit
    extra = spare * figure.unit
    shoulder, elbow, wrist = (figure.point(first + k) for k in range(3))
    along = (share - 0.5) * 2
    end = elbow[0] + (wrist[0] - elbow[0]) * along, elbow[1] + (wrist[1] - elbow[1]) * along
    half = 0.2 - 0.05 * along
    upper = limb(shoulder, elbow, 0.25 * width + extra, 0.205 * width + extra)
    return union(upper, limb(elbow, end, 0.2 * width + extra, half * width + extra))


def hand_outline(figure: Figure, first: int) -> Points:
    """A mitten with a thumb."""
    elbow, wrist = figure.at[first + 1], figure.at[first + 2]
    unit = figure.unit * figure.build.limbs
    way = (wrist - elbow) / (float(np.hypot(*(wrist - elbow))) + 1e-6)
    aside = np.array((-way[1], way[0])) * (1 if first == 2 else -1) * (figure.pose.ahead or 1)
    tip, thumb = wrist + way * 0.26 * unit, wrist + (way * 0.16 + aside * 0.22) * unit
    palm = limb(_point(wrist), _point(tip), 0.15 * unit, 0.16 * unit)
    return union(palm, limb(_point(wrist), _point(thumb), 0.1 * unit, 0.075 * unit))


def leg_outline(figure: Figure, first: int) -> Points:
    width = figure.build.width * figure.build.limbs * figure.unit
    hip, knee, ankle = (figure.point(first + k) for k in range(3))
    loose = 1.0 if figure.look.is_bare_legged else 1.16
    return union(
        limb(hip, knee, 0.36 * width, 0.25 * width * loose),
        limb(knee, ankle, 0.25 * width * loose, 0.15 * width * loose),
    )


def shoe_outline(figure: Figure, first: int) -> Points:
    knee, ankle = figure.at[first + 1], figure.at[first + 2]
    unit = figure.unit * figure.build.limbs
    down = (ankle - knee) / (float(np.hypot(*(ankle - knee))) + 1e-6)
    ahead = figure.pose.ahead
    if ahead:
        toe = np.array((down[1], -down[0])) * ahead
        return union(
            limb(
                _point(ankle - toe * 0.05 * unit),
                _point(ankle + toe * 0.42 * unit + down * 0.06 * unit),
                0.19 * unit,
                0.13 * unit,
            ),
            limb(_point(ankle), _point(ankle + down * 0.06 * unit), 0.17 * unit, 0.19 * unit),
        )
    outward = 1 if figure.at[first, 0] > figure.at[HIP, 0] else -1
    toe = down * 0.1 + np.array((outward * 0.16, 0.0))
    return limb(_point(ankle), _point(ankle + toe * unit), 0.18 * unit, 0.2 * unit)


def _point(place: NDArray[np.float64]) -> Point:
    return float(place[0]), float(place[1])


def torso_outline(figure: Figure) -> Points:
    build, place = figure.build, figure.body_place()
    top, width = build.torso, build.width
    waist = build.hip + (0.2 if figure.look.who in ("woman", "girl") else 0.3) * width + build.belly * 0.6
    if figure.view == "side":
        deep = 0.28 + 0.16 * width
        front = [(0.14, top + 0.06), (deep * 0.9, top - 0.42), (deep, top * 0.62)]
        front += [(deep * 0.86 + build.belly * 1.1, top * 0.3), (deep * 0.94, -0.1), (0, -0.22)]
        back = [(-deep * 0.94, -0.1), (-deep * 0.86, top * 0.32), (-deep * 1.02, top * 0.7), (-deep * 0.7, top - 0.1)]
        return place.curve([*front, *back, (-0.14, top + 0.06)])
    shoulder, hip = build.shoulder + 0.16 * width, build.hip + 0.34 * width
    right = [(0.2, top + 0.08), (shoulder * 0.72, top - 0.02), (shoulder, top - 0.26), (shoulder * 0.93, top * 0.66)]
    right += [(waist, top * 0.32), (hip, 0.0), (hip * 0.9, -0.2)]
    return place.curve([*right, *((-u, v) for u, v in reversed(right))])


def skirt_outline(figure: Figure, share: float) -> Points:
    """Cloth around hips and the upper `share` of both thighs, hanging between them."""
    unit, width, place = figure.unit, figure.build.width, figure.body_place()
    wide = figure.build.hip + 0.22 * width if figure.view != "side" else 0.36 * width
    points = [place.points([(-wide, 0.42), (wide, 0.42)])]
    for first in (8, 11):
        hip, knee = figure.at[first], figure.at[first + 1]
        low = hip + (knee - hip) * share
        points.append(ellipse(*_point(hip), 0.36 * width * unit, 0.36 * width * unit, 16))
        flare = (0.3 + 0.3 * share if share > 0.5 else 0.32 + 0.26 * share) * width * unit
        if share > 0.5:
            points.append(as_points([(low[0] - flare, low[1]), (low[0] + flare, low[1])]))
        else:
            points.append(ellipse(*_point(low), flare, flare, 16))
    hull = cv2.convexHull(np.concatenate(points).astype(np.float32))
    return as_points(hull.reshape(-1, 2))


def _add_arm(thing: Thing, figure: Figure, first: int, tone: float, behind: tuple[Points, Colour] | None) -> None:
    """`behind` is what the arm throws its shadow on, with its colour."""
    outline, unit, colours, side = arm_outline(figure, first), figure.unit, figure.colours, figure.side
    hand = hand_outline(figure, first)
    if figure.is_bust:
        _add_hanging_arm(thing, figure, first, hand)
        return
    if behind is not None:
        shadow = arm_outline(figure, first, spare=SEAM) + np.array((-side * SEAM * unit, SEAM * unit), np.float32)
        add_mark(thing, shadow, behind[0], behind[1] * 0.6)
    add_form(thing, hand, colours.skin * tone, side, unit * 0.06)
    if figure.look.garment in ("coat", "jumper"):
        add_form(thing, outline, colours.top * tone, side, unit * 0.1)
        return
    add_form(thing, union(outline, hand), colours.skin * tone, side, unit * 0.1)
    sleeve = arm_outline(figure, first, SLEEVE[figure.look.garment])
    add_form(thing, sleeve, colours.top * tone, side, unit * 0.1)


def _add_hanging_arm(thing: Thing, figure: Figure, first: int, hand: Points) -> None:
    """What a sleeve leaves bare, and the crease between sleeve and torso."""
    unit, colours, share = figure.unit, figure.colours, SLEEVE[figure.look.garment]
    for piece in outside(union(arm_outline(figure, first), hand), arm_outline(figure, first, share)):
        add_form(thing, piece, colours.skin, figure.side, unit * 0.08)
    inward = 1 if figure.at[first, 0] < figure.at[NECK, 0] else -1
    shoulder, elbow = figure.at[first], figure.at[first + 1]
    aside = np.array((inward * 0.17 * unit, 0.0))
    start, end = shoulder * 0.72 + elbow * 0.28 + aside, shoulder * 0.1 + elbow * 0.9 + aside
    crease = limb(_point(start), _point(end), 0.02 * unit, 0.035 * unit)
    thing.add(crease, colours.top * 0.6, 0.0, 0.0, named=True)


def _add_leg(thing: Thing, figure: Figure, first: int, tone: float) -> None:
    unit, colours = figure.unit, figure.colours
    colour = colours.skin if figure.look.is_bare_legged else colours.lower
    add_form(thing, shoe_outline(figure, first), colours.shoe * tone, figure.side, unit * 0.06)
    add_form(thing, leg_outline(figure, first), colour * tone, figure.side, unit * 0.11)


def _add_trunk(thing: Thing, figure: Figure) -> Points:
    """Torso and what is worn around the hips; returns the torso's silhouette."""
    look, colours, unit, side = figure.look, figure.colours, figure.unit, figure.side
    torso = torso_outline(figure)
    if figure.has_legs:
        if look.garment in ("dress", "coat"):
            torso = union(torso, skirt_outline(figure, SKIRT_SHARE if look.garment == "dress" else COAT_SHARE))
        else:
            share = SKIRT_SHARE if look.lower == "skirt" else TROUSER_SHARE
            add_form(thing, skirt_outline(figure, share), colours.lower, side, unit * 0.14)
    if figure.is_bust:
        torso = union(torso, *(arm_outline(figure, first, SLEEVE[look.garment]) for first in (2, 5)))
    add_form(thing, torso, colours.top, side, unit * 0.16)
    return torso


def _add_details(thing: Thing, figure: Figure, torso: Points) -> None:
    """Neck, neckline, belt and buttons."""
    look, colours, unit, side = figure.look, figure.colours, figure.unit, figure.side
    place, top = figure.body_place(), figure.build.torso
    dark = colours.top * 0.66
    if look.garment == "dress":
        u = figure.build.hip + 0.5
        add_mark(thing, place.ribbon([(-u, top * 0.34), (u, top * 0.34)], [0.07, 0.07]), torso, dark)
    if figure.view == "front":
        if look.garment == "dress":
            add_mark(thing, place.oval(0, top + 0.04, 0.34, 0.34), torso, colours.skin)
        elif look.garment == "shirt":
            add_mark(
                thing, place.curve([(-0.26, top + 0.16), (0, top - 0.36), (0.26, top + 0.16)]), torso, colours.skin
            )
        elif look.garment == "coat":
            add_mark(thing, place.ribbon([(0, top), (0, -0.9)], [0.035, 0.035]), torso, dark)
            for v in (0.72, 0.46, 0.2):
                button = place.oval(0.17, top * v, max(0.065, 1.2 / unit), max(0.065, 1.2 / unit))
                add_mark(thing, button, torso, mix(dark, rgb(255, 240, 200), 0.75))
    neck = limb(figure.point(NECK), figure.point(HEAD), 0.24 * unit, 0.21 * unit)
    add_form(thing, neck, colours.skin * 0.84, side, unit * 0.06, 0.6)
    if look.garment == "jumper":
        collar = place.curve(
            [(-0.32, top - 0.16), (-0.27, top + 0.2), (0.27, top + 0.2), (0.32, top - 0.16), (0, top - 0.26)]
        )
        add_form(thing, collar, colours.top * 0.88, side, unit * 0.05)
    if look.garment in ("coat", "shirt") and figure.view == "front":
        for s in (-1, 1):
            lapel = place.curve(
                [(s * 0.2, top + 0.2), (s * 0.4, top - 0.04), (s * 0.22, top - 0.42), (s * 0.02, top - 0.3)]
            )
            add_form(
                thing,
                lapel,
                mix(colours.top, rgb(255, 255, 255), 0.14) if look.garment == "shirt" else colours.top * 0.84,
                side,
                unit * 0.04,
            )


def paint_figure(figure: Figure, name: str, base_y: float) -> Thing:
    """The whole person as a Thing, from the farthest limb to the nearest; its symbol is not drawn yet."""
    thing = Thing(name, base_y)
    look, colours, side, view = figure.look, figure.colours, figure.side, figure.view
    head = figure.head_place()
    far_arm, near_arm, far_leg, near_leg = (2, 5, 8, 11) if figure.pose.ahead <= 0 else (5, 2, 11, 8)
    if view != "side" and (figure.at[2, 0] - figure.at[5, 0]) * side > 0:
        far_leg, near_leg = near_leg, far_leg
    add_hair_behind(thing, head, look, colours.hair, view, side)
    if view == "side":
        _add_arm(thing, figure, far_arm, FAR_TONE, None)
    for leg, tone in ((far_leg, FAR_TONE if view == "side" else 0.86), (near_leg, 1.0)) if figure.has_legs else ():
        _add_leg(thing, figure, leg, tone)
    if view == "back":
        _add_arm(thing, figure, far_arm, 0.94, None)
        _add_arm(thing, figure, near_arm, 0.94, None)
    torso = _add_trunk(thing, figure)
    _add_details(thing, figure, torso)
    add_head(thing, head, look, colours, view, figure.pose.turn, side)
    if view != "back":
        for first in (far_arm, near_arm) if view == "front" else (near_arm,):
            _add_arm(thing, figure, first, 0.95, (torso, colours.top))
    thing.parts = [_cut(part) for part in thing.parts if float(part.points[:, 1].min()) < SIZE]
    return thing


def _cut(part: Part) -> Part:
    part.points = np.minimum(part.points, np.array((np.inf, CUT_PX), np.float32))
    return part
