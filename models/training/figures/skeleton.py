"""Poses: the 18 joints of OpenPose from the angles of the limbs.

0 nose, 1 neck, 2-4 right arm, 5-7 left arm, 8-10 right leg, 11-13 left leg, 14 and 15 eyes, 16 and 17 ears; "right" is
the person's own right, image left when facing us. Points are in units of a Build, relative to the middle of the hips,
y downwards.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.training.figures.look import Build

HEAD, NECK, HIP = 18, 1, 19
"""Two extra working points beside the 18 joints: the head's centre and the middle of the hips."""

ACTIONS: Final = MappingProxyType(
    {
        **{"standing": 3.0, "walking": 2.0, "running": 2.0, "jumping": 1.6, "dancing": 1.4},
        **{"waving": 1.6, "arms raised": 1.4, "kneeling": 1.0, "sitting": 1.6},
    }
)
"""What people do and how often."""

RESTING: Final = "resting"
"""Standing with both arms down: how one sits for a portrait. Not said."""

FRONT_FACE: Final = MappingProxyType(
    {0: (0.0, -0.36), 14: (-0.42, 0.0), 15: (0.42, 0.0), 16: (-1.0, -0.1), 17: (1.0, -0.1)}
)
SIDE_FACE: Final = MappingProxyType(
    {0: (1.0, -0.34), 14: (0.55, 0.0), 15: (0.55, 0.0), 16: (-0.15, -0.1), 17: (-0.15, -0.1)}
)
"""Where the joints of the face are in a head's own units: half its width, v upwards, u ahead from the side."""


@dataclass(frozen=True)
class Pose:
    """`points` (20, 2); `facing` is front, back, left or right; `turn` how far the face looks aside, -0.2..0.2."""

    points: NDArray[np.float64]
    facing: str
    action: str
    turn: float

    @property
    def ahead(self) -> int:
        """Which way a figure seen from the side faces; 0 for front and back."""
        return {"left": -1, "right": 1}.get(self.facing, 0)

    @property
    def head_tilt(self) -> float:
        """Radians by which the head leans towards image right."""
        x, y = self.points[HEAD] - self.points[NECK]
        return math.atan2(x, -y)


def random_pose(rng: random.Random, build: Build) -> Pose:
    """An action with its limbs in wide ranges."""
    action = rng.choices(list(ACTIONS), list(ACTIONS.values()))[0]
    sides = {"kneeling": 20.0, "walking": 5.0, "running": 9.0, "sitting": 3.0, "waving": 0.6, "arms raised": 0.5}
    aside = sides.get(action, 1.4)
    facing = rng.choices(("front", "left", "right", "back"), (0.0 if action == "kneeling" else 6.0, aside, aside, 0.8))[
        0
    ]
    if action == "kneeling" and facing == "back":
        facing = "left"
    return posed(rng, build, facing, action)


def posed(rng: random.Random, build: Build, facing: str, action: str) -> Pose:
    """A pose of this action; random within it."""
    ahead = {"left": -1, "right": 1}.get(facing, 0)
    most = {"dancing": 9.0, "jumping": 7.0}.get(action, 4.0)
    lean = math.radians(rng.uniform(-most, most) + ahead * {"running": 15, "walking": 4, "jumping": 6}.get(action, 0))
    points = np.zeros((20, 2))

    def along(start: int, angle: float, length: float) -> NDArray[np.float64]:
        """From a joint, `angle` radians away from straight down, towards image right when positive."""
        step: NDArray[np.float64] = points[start] + length * np.array([math.sin(angle), math.cos(angle)])
        return step

    points[NECK] = along(HIP, math.pi - lean, build.torso)
    nod = math.radians(rng.uniform(-9, 9))
    points[HEAD] = along(NECK, math.pi - lean * 0.5 + nod, build.neck)
    across, up = np.array([math.cos(lean), math.sin(lean)]), np.array([math.sin(lean), -math.cos(lean)])
    left = -1 if facing == "back" else 1
    shoulder, hip = (0.1, 0.08) if ahead else (build.shoulder, build.hip)
    for joint, towards in ((2, -left), (5, left)):
        points[joint] = points[NECK] + across * shoulder * towards - up * 0.16
    for joint, towards in ((8, -left), (11, left)):
        points[joint] = across * hip * towards

    arms = _side_arms(rng, action) if ahead else _front_arms(rng, action)
    for first, outward, (raised, bend) in ((2, ahead or -left, arms[0]), (5, ahead or left, arms[1])):
        swing = math.radians(raised) * outward
        points[first + 1] = along(first, swing, build.upper_arm)
        points[first + 2] = along(first + 1, swing + math.radians(bend) * outward, build.forearm)
    legs = _side_legs(rng, action) if ahead else _front_legs(rng, action)
    for first, outward, (raised, bend, shown) in ((8, ahead or -left, legs[0]), (11, ahead or left, legs[1])):
        swing = math.radians(raised) * outward
        points[first + 1] = along(first, swing, build.thigh * shown)
        points[first + 2] = along(first + 1, swing - math.radians(bend) * outward, build.shin)
    turn = 0.0 if ahead else rng.uniform(-0.16, 0.16)
    pose = Pose(points, facing, action, turn)
    _place_face(pose, build.head)
    return pose


def _place_face(pose: Pose, half_width: float) -> None:
    tilt, left = pose.head_tilt, -1 if pose.facing == "back" else 1
    right, up = np.array([math.cos(tilt), math.sin(tilt)]), np.array([math.sin(tilt), -math.cos(tilt)])
    for joint, (u, v) in (SIDE_FACE if pose.ahead else FRONT_FACE).items():
        across = u * pose.ahead if pose.ahead else u * left + pose.turn * (joint not in (16, 17))
        pose.points[joint] = pose.points[HEAD] + (across * right + v * up) * half_width


Angles = tuple[tuple[float, float], tuple[float, float]]
"""Right arm and left: how far the upper arm is raised (outward or ahead) and the forearm bent on, in degrees."""


def _front_arms(rng: random.Random, action: str) -> Angles:
    def relaxed() -> tuple[float, float]:
        return rng.uniform(14, 26), rng.uniform(-14, 4)

    def free() -> tuple[float, float]:
        kind = rng.random()
        if kind < 0.3:
            return rng.uniform(38, 50), rng.uniform(-112, -95)
        if kind < 0.65:
            return rng.uniform(30, 100), rng.uniform(-40, 90)
        return rng.uniform(60, 165), rng.uniform(-30, 40)

    if action == "waving":
        pair = [(rng.uniform(95, 125), rng.uniform(30, 60)), relaxed()]
        rng.shuffle(pair)
        return pair[0], pair[1]
    if action == "arms raised":
        raised, bend = rng.uniform(122, 158), rng.uniform(-4, 34)
        return (raised, bend), (raised + rng.uniform(-8, 8), bend + rng.uniform(-8, 8))
    if action == "jumping":
        return (rng.uniform(60, 150), rng.uniform(-10, 50)), (rng.uniform(60, 150), rng.uniform(-10, 50))
    if action == "dancing":
        pair = [(rng.uniform(115, 150), rng.uniform(10, 40)), (rng.uniform(60, 100), rng.uniform(-30, 60))]
        rng.shuffle(pair)
        return pair[0], pair[1]
    if action in ("walking", "running", "sitting", RESTING):
        return relaxed(), relaxed()
    kind = rng.random()
    if kind < 0.35:
        return relaxed(), relaxed()
    if kind < 0.5:
        hands_on_hips = rng.uniform(40, 50), rng.uniform(-112, -98)
        return hands_on_hips, hands_on_hips
    return free(), free()


def _side_arms(rng: random.Random, action: str) -> Angles:
    """The far and the near arm swing against each other."""
    if action == RESTING:
        return (rng.uniform(2, 10), rng.uniform(5, 15)), (rng.uniform(-12, -4), rng.uniform(5, 15))
    if action in ("walking", "running"):
        swing, bend = (rng.uniform(18, 36), rng.uniform(8, 28)) if action == "walking" else (rng.uniform(35, 60), 90.0)
        pair = [(swing, bend), (-swing, bend)]
        rng.shuffle(pair)
        return pair[0], pair[1]
    if action in ("arms raised", "jumping", "dancing"):
        low, high = (125, 165) if action == "arms raised" else (50, 160)
        return (rng.uniform(low, high), rng.uniform(0, 30)), (rng.uniform(low, high), rng.uniform(0, 30))
    if action == "waving":
        return (rng.uniform(-18, 5), 10.0), (rng.uniform(105, 135), rng.uniform(10, 40))
    if action in ("sitting", "kneeling"):
        return (rng.uniform(20, 60), rng.uniform(20, 60)), (rng.uniform(20, 60), rng.uniform(20, 60))
    if rng.random() < 0.5:
        return (rng.uniform(8, 26), rng.uniform(5, 20)), (rng.uniform(-26, -8), rng.uniform(5, 20))
    return (rng.uniform(-30, 110), rng.uniform(0, 80)), (rng.uniform(-30, 110), rng.uniform(0, 80))


Bends = tuple[tuple[float, float, float], tuple[float, float, float]]
"""Right leg and left: how far the thigh is raised, the knee bent back (degrees), and the share of the thigh shown."""


def _front_legs(rng: random.Random, action: str) -> Bends:
    if action == "sitting":
        return (rng.uniform(28, 42), rng.uniform(24, 36), 0.5), (rng.uniform(28, 42), rng.uniform(24, 36), 0.5)
    if action == "jumping":
        if rng.random() < 0.5:
            return (rng.uniform(25, 50), rng.uniform(-5, 30), 1.0), (rng.uniform(25, 50), rng.uniform(-5, 30), 1.0)
        return (rng.uniform(35, 60), rng.uniform(80, 115), 1.0), (rng.uniform(10, 60), rng.uniform(20, 110), 1.0)
    if action == "dancing":
        pair = [(rng.uniform(2, 14), rng.uniform(0, 8), 1.0), (rng.uniform(25, 60), rng.uniform(45, 115), 1.0)]
        rng.shuffle(pair)
        return pair[0], pair[1]
    if action in ("walking", "running"):
        lifted = (rng.uniform(6, 14), rng.uniform(2, 8), 0.86 if action == "walking" else 0.66)
        pair = [lifted, (rng.uniform(2, 8), rng.uniform(-2, 4), 1.0)]
        rng.shuffle(pair)
        return pair[0], pair[1]
    wide = rng.choice((4.0, 9.0, 16.0))
    return (wide + rng.uniform(-2, 4), rng.uniform(-2, 6), 1.0), (wide + rng.uniform(-2, 4), rng.uniform(-2, 6), 1.0)


def _side_legs(rng: random.Random, action: str) -> Bends:
    pairs = {
        "walking": ((rng.uniform(16, 30), rng.uniform(0, 10), 1.0), (-rng.uniform(14, 26), rng.uniform(8, 26), 1.0)),
        "running": ((rng.uniform(42, 68), rng.uniform(50, 85), 1.0), (-rng.uniform(16, 34), rng.uniform(25, 85), 1.0)),
        "jumping": ((rng.uniform(30, 80), rng.uniform(30, 110), 1.0), (-rng.uniform(5, 40), rng.uniform(20, 90), 1.0)),
        "dancing": ((rng.uniform(40, 75), rng.uniform(50, 100), 1.0), (-rng.uniform(0, 12), rng.uniform(0, 12), 1.0)),
        "kneeling": ((rng.uniform(82, 92), rng.uniform(84, 94), 1.0), (-rng.uniform(2, 8), rng.uniform(78, 84), 1.0)),
        "sitting": ((rng.uniform(80, 92), rng.uniform(80, 96), 1.0), (rng.uniform(72, 84), rng.uniform(62, 76), 1.0)),
    }
    first, second = pairs.get(
        action, ((rng.uniform(6, 16), rng.uniform(0, 8), 1.0), (-rng.uniform(5, 14), rng.uniform(0, 6), 1.0))
    )
    return (first, second) if rng.random() < 0.5 else (second, first)


def visible_joints(pose: Pose) -> NDArray[np.float32]:
    """1 for each of the 18 joints a viewer sees: a back shows no face, a profile the near eye and ear."""
    seen = np.ones(18, np.float32)
    hidden = {"front": (), "back": (0, 14, 15), "left": (14, 16), "right": (15, 17)}[pose.facing]
    seen[list(hidden)] = 0
    return seen
