"""People in any pose: joint angles first, then clothes around the joints.

Joints are the 18 of OpenPose (0 nose, 1 neck, 2-4 right arm, 5-7 left arm, 8-10 right leg, 11-13 left leg, 14 and 15
eyes, 16 and 17 ears); "right" is the person's own right, image left when facing us. Lengths are in units of a
seventh of the body's height.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.training import palette
from models.training.geometry import Point, closed, ellipse, limb
from models.training.palette import HAIR, NAMED, SKIN
from models.training.shapes import Thing

HEAD, NECK, HIP = 18, 1, 19
"""Two extra working points beside the 18 joints: the head's centre and the middle of the hips."""


@dataclass(frozen=True)
class Clothes:
    """Colour names; `trousers` None means a dress."""

    top: str
    trousers: str | None
    skin: str
    hair: str
    long_hair: bool


@dataclass(frozen=True)
class Pose:
    """Points in body units relative to the hips, y downwards: (20, 2); `facing` is front, back, left or right."""

    points: NDArray[np.float64]
    facing: str
    action: str


def random_clothes(rng: random.Random) -> Clothes:
    in_dress = rng.random() < 0.35
    return Clothes(
        top=rng.choice(palette.TOP_NAMES),
        trousers=None if in_dress else rng.choice(palette.TROUSER_NAMES),
        skin=rng.choice(list(SKIN)),
        hair=rng.choice(list(HAIR)),
        long_hair=rng.random() < (0.8 if in_dress else 0.25),
    )


def random_pose(rng: random.Random) -> Pose:
    """Angles from wide ranges; the action only chooses how the legs are biased and is also the caption's word."""
    facing = rng.choices(["front", "left", "right", "back"], [6, 2, 2, 1])[0]
    action = rng.choices(["standing", "walking", "running", "jumping", "kneeling", "sitting"], [4, 2, 2, 2, 1, 1.5])[0]
    ahead = {"left": -1, "right": 1}.get(facing, rng.choice([-1, 1]))
    lean = math.radians(rng.gauss(0, 9) + ahead * {"running": 14, "walking": 4}.get(action, 0))
    points = np.zeros((20, 2))

    def along(start: int, angle: float, length: float) -> NDArray[np.float64]:
        """From a joint, `angle` radians away from straight down, towards image right when positive."""
        step: NDArray[np.float64] = points[start] + length * np.array([math.sin(angle), math.cos(angle)])
        return step

    points[NECK] = along(HIP, math.pi - lean, 2.55)
    points[HEAD] = along(NECK, math.pi - lean + math.radians(rng.gauss(0, 10)), 0.78)
    across = np.array([math.cos(lean), math.sin(lean)])
    is_profile = facing in ("left", "right")
    shoulder, hip = (0.38, 0.2) if is_profile else (0.82, 0.42)
    mirrored = -1 if facing == "back" else 1
    points[2], points[5] = points[NECK] - across * shoulder * mirrored, points[NECK] + across * shoulder * mirrored
    points[8], points[11] = -across * hip * mirrored, across * hip * mirrored
    for first, outward in ((2, -1.0), (5, 1.0)):
        outward *= mirrored
        kind = rng.random()
        if kind < 0.3:
            raised = rng.uniform(5, 40)
        elif kind < 0.75:
            raised = rng.uniform(30, 175)
        else:
            raised = rng.uniform(-30, 60)
        swing = math.radians(raised) * (outward if not is_profile else rng.choice([-1, 1, ahead]))
        bend = math.radians(rng.choice([rng.uniform(0, 20), rng.uniform(15, 130)])) * (
            rng.choice([-1, 1]) if not is_profile else ahead
        )
        points[first + 1] = along(first, swing, 1.3)
        points[first + 2] = along(first + 1, swing + bend, 1.2)
    spreads = {
        "standing": ((-2, 14), (0, 10)),
        "walking": ((12, 34), (0, 35)),
        "running": ((20, 70), (15, 100)),
        "jumping": ((5, 75), (10, 120)),
        "kneeling": ((0, 70), (70, 110)),
        "sitting": ((65, 95), (70, 100)),
    }
    thigh_range, bend_range = spreads[action]
    for first, outward in ((8, -1.0), (11, 1.0)):
        outward *= mirrored
        if action in ("walking", "running") and is_profile:
            outward = outward * mirrored * ahead
        if action == "sitting":
            outward = ahead if is_profile or rng.random() < 0.6 else outward
        thigh = math.radians(rng.uniform(*thigh_range)) * outward
        if action == "kneeling" and first == 8:
            thigh *= 0.2
        bend = math.radians(rng.uniform(*bend_range))
        back = -ahead if is_profile or action in ("walking", "running", "sitting", "kneeling") else -outward
        points[first + 1] = along(first, thigh, 1.75)
        points[first + 2] = along(first + 1, thigh + back * bend, 1.7)
    turn = {"left": -0.36, "right": 0.36}.get(facing, rng.uniform(-0.12, 0.12))
    up = (points[HEAD] - points[NECK]) / 0.78
    right_hand = across * mirrored
    points[0] = points[HEAD] + turn * across - 0.06 * up
    for joint, offset, lift in ((14, -0.17, 0.1), (15, 0.17, 0.1), (16, -0.42, 0.04), (17, 0.42, 0.04)):
        shift = turn * across * (0.75 if joint < 16 else -0.3) if is_profile else turn * across * 0.6
        points[joint] = points[HEAD] + right_hand * offset * (0.35 if is_profile else 1) + shift + lift * up
    return Pose(points, facing, action)


def visible_joints(pose: Pose) -> NDArray[np.float32]:
    """1 for each of the 18 joints a viewer sees: a back shows no face, a profile one eye and one ear."""
    seen = np.ones(18, np.float32)
    hidden = {"front": (), "back": (0, 14, 15), "left": (15, 17), "right": (14, 16)}[pose.facing]
    seen[list(hidden)] = 0
    return seen


def person(
    rng: random.Random, x: float, ground_y: float, height: float, haze: float, pose: Pose, clothes: Clothes
) -> tuple[Thing, NDArray[np.float32]]:
    """Paint a pose with the lowest foot on `ground_y`; also the joints (18, 3): x, y in pixels, 1 where visible."""
    unit = height / 7.2
    lowest = max(pose.points[10, 1], pose.points[13, 1], pose.points[9, 1], pose.points[12, 1], 0.4) + 0.12
    lift = 0.9 if pose.action == "jumping" else 0.0
    scaled = (pose.points - (0, lowest + lift)) * unit + (x, ground_y)
    at: list[Point] = [(float(a), float(b)) for a, b in scaled]
    thing = Thing("figure", ground_y)
    top, skin, hair = NAMED[clothes.top], SKIN[clothes.skin], HAIR[clothes.hair]
    leg = skin if clothes.trousers is None else NAMED[clothes.trousers]

    def arm(first: int, dim: float) -> None:
        thing.add(
            limb(at[first], at[first + 1], 0.24 * unit, 0.2 * unit), top * dim, haze, 0.04, outlined=True, named=True
        )
        thing.add(
            limb(at[first + 1], at[first + 2], 0.19 * unit, 0.13 * unit),
            skin * dim if clothes.trousers is None else top * dim,
            haze,
            0.04,
            outlined=True,
            named=True,
        )
        thing.add(ellipse(*at[first + 2], 0.18 * unit, 0.18 * unit, 10), skin * dim, haze, 0, named=True)

    def lower_limb(first: int, dim: float) -> None:
        thing.add(
            limb(at[first], at[first + 1], 0.36 * unit, 0.27 * unit), leg * dim, haze, 0.04, outlined=True, named=True
        )
        thing.add(
            limb(at[first + 1], at[first + 2], 0.26 * unit, 0.16 * unit),
            leg * dim,
            haze,
            0.04,
            outlined=True,
            named=True,
        )
        toe = {"left": -0.45, "right": 0.45}.get(pose.facing, -0.12 if first == 8 else 0.12) * unit
        foot = at[first + 2]
        thing.add(limb(foot, (foot[0] + toe, foot[1] + 0.08 * unit), 0.17 * unit, 0.15 * unit), palette.SHOE, haze, 0)

    far_arm, near_arm = (2, 5) if pose.facing == "left" else (5, 2)
    far_leg, near_leg = (8, 11) if pose.facing == "left" else (11, 8)
    neck, hip, head = at[NECK], at[HIP], at[HEAD]
    up = (scaled[HEAD] - scaled[NECK]) / (0.78 * unit)
    if clothes.long_hair:
        low = (head[0] - float(up[0]) * 0.75 * unit, head[1] - float(up[1]) * 0.75 * unit)
        thing.add(limb(head, low, 0.6 * unit, 0.5 * unit), hair, haze, 0.06, outlined=True, named=True)
    if pose.facing in ("left", "right"):
        arm(far_arm, 0.8)
    lower_limb(far_leg, 0.84)
    lower_limb(near_leg, 1.0)
    thing.add(limb(neck, head, 0.2 * unit, 0.2 * unit), skin * 0.9, haze, 0, named=True)
    across = (scaled[5] - scaled[2]) / max(1e-6, float(np.hypot(*(scaled[5] - scaled[2]))))
    if float(across[0]) < 0:
        across = -across
    bust, waist = (0.62, 0.5) if pose.facing in ("left", "right") else (0.95, 0.6)
    shoulder_left, shoulder_right = scaled[NECK] - across * bust * unit, scaled[NECK] + across * bust * unit
    hip_left, hip_right = scaled[HIP] - across * waist * unit, scaled[HIP] + across * waist * unit
    if clothes.trousers is None:
        knees = (scaled[9] + scaled[12]) / 2
        flare = max(0.8 * unit, abs(float(scaled[9, 0] - scaled[12, 0])) * 0.6)
        hem = scaled[HIP] + (knees - scaled[HIP]) * 0.8
        torso = [
            shoulder_left,
            shoulder_right,
            (hip_right + scaled[NECK]) / 2 + across * 0.05 * unit,
            hip_right,
            hem + np.array((flare, 0)),
            hem - np.array((flare, 0)),
            hip_left,
            (hip_left + scaled[NECK]) / 2 - across * 0.05 * unit,
        ]
    else:
        torso = [
            shoulder_left,
            shoulder_right,
            hip_right + np.array((0, 0.2 * unit)),
            hip_left + np.array((0, 0.2 * unit)),
        ]
    body = [(float(a), float(b)) for a, b in torso]
    thing.add(body, top * 0.95, haze, 0.1, outlined=True, named=True)
    if pose.facing not in ("left", "right"):
        arm(far_arm, 0.92)
    if pose.facing != "back":
        thing.add(ellipse(*head, 0.48 * unit, 0.58 * unit, 18), skin, haze, 0.04, outlined=True, named=True)
        turn = {"left": 0.16, "right": -0.16}.get(pose.facing, 0.0) * unit
        arc = ellipse(
            head[0] + turn, head[1] - 0.1 * unit, 0.53 * unit, 0.56 * unit, 12, math.pi * 0.97, math.pi * 2.03
        )
        fringe = np.array(
            [
                (head[0] + turn + 0.3 * unit, head[1] - 0.26 * unit),
                (head[0] + turn - 0.3 * unit, head[1] - 0.24 * unit),
            ],
            np.float32,
        )
        thing.add(np.concatenate([arc, fringe]), hair, haze, 0.06, named=True)
        for joint in (14, 15):
            if visible_joints(pose)[joint] and unit > 7:
                thing.add(ellipse(*at[joint], 0.07 * unit, 0.09 * unit, 8), palette.EYE, haze, 0)
    else:
        thing.add(ellipse(head[0], head[1], 0.54 * unit, 0.6 * unit, 18), hair, haze, 0.06, outlined=True, named=True)
    arm(near_arm, 1.0)
    oval = closed(ellipse(*head, 0.5 * unit, 0.6 * unit, 16))
    limbs = [[at[2], at[3], at[4]], [at[5], at[6], at[7]], [at[8], at[9], at[10]], [at[11], at[12], at[13]]]
    if rng.random() < 0.5:
        thing.draw(oval, [neck, hip], [at[4], at[3], at[2], at[5], at[6], at[7]], [at[10], at[9], hip, at[12], at[13]])
    else:
        thing.draw(oval, closed(body), *limbs)
    thing.hide(*[part.points for part in thing.parts])
    joints = np.concatenate([scaled[:18].astype(np.float32), visible_joints(pose)[:, None]], 1)
    return thing, joints
