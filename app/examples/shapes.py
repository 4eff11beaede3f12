"""What people draw when they draw a thing quickly: each as the lines of a hand, in document pixels. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin
from typing import TypeAlias

from app.examples.hand import Line
from canvas.pose import Figure, Joint

Lines: TypeAlias = list[Line]

#: 18 joints each, the neck at (0, 0), as shares of a figure's height. "Right" is the figure's own, left in the picture.
WAVING = (
    (0.0, -0.105), (0.0, 0.0), (-0.11, 0.005), (-0.15, 0.18), (-0.165, 0.34), (0.11, 0.0), (0.225, -0.09),
    (0.245, -0.25), (-0.065, 0.33), (-0.08, 0.575), (-0.085, 0.81), (0.065, 0.33), (0.085, 0.575), (0.1, 0.81),
    (-0.025, -0.13), (0.025, -0.13), (-0.055, -0.115), (0.055, -0.115),
)  # fmt: skip
STANDING = (
    (0.0, -0.105), (0.0, 0.0), (-0.11, 0.0), (-0.17, 0.17), (-0.2, 0.34), (0.11, 0.0), (0.17, 0.17), (0.2, 0.34),
    (-0.065, 0.33), (-0.08, 0.575), (-0.085, 0.81), (0.065, 0.33), (0.08, 0.575), (0.085, 0.81),
    (-0.025, -0.13), (0.025, -0.13), (-0.055, -0.115), (0.055, -0.115),
)  # fmt: skip
RUNNING = (
    (0.07, -0.1), (0.02, 0.0), (-0.08, 0.02), (-0.19, 0.13), (-0.26, 0.0), (0.11, 0.01), (0.17, 0.17), (0.3, 0.12),
    (-0.08, 0.32), (-0.17, 0.52), (-0.36, 0.6), (0.02, 0.33), (0.2, 0.45), (0.19, 0.7),
    (0.05, -0.125), (0.095, -0.125), (0.01, -0.115), (0.11, -0.11),
)  # fmt: skip
JUMPING = (
    (0.0, -0.105), (0.0, 0.0), (-0.11, -0.01), (-0.22, -0.12), (-0.27, -0.28), (0.11, -0.01), (0.22, -0.12),
    (0.27, -0.28), (-0.065, 0.32), (-0.2, 0.46), (-0.3, 0.65), (0.065, 0.32), (0.2, 0.46), (0.3, 0.65),
    (-0.025, -0.13), (0.025, -0.13), (-0.055, -0.115), (0.055, -0.115),
)  # fmt: skip
#: The joints of a picture that ends at the chest: nose, neck, shoulders, elbows, eyes, ears.
HALF_PORTRAIT = (0, 1, 2, 3, 5, 6, 14, 15, 16, 17)


def figure(
    joints: Sequence[tuple[float, float]], x: float, y: float, height_px: float, shown: Sequence[int] = range(18)
) -> Figure:
    """A figure with its neck at (x, y); joints that are not `shown` are hidden."""
    return Figure(tuple(Joint(x + a * height_px, y + b * height_px, i in shown) for i, (a, b) in enumerate(joints)))


def ellipse(x: float, y: float, rx: float, ry: float, start: float = -0.2, turns: float = 1.06) -> Line:
    """A round line that overshoots its beginning; `start` in turns from the right, clockwise."""
    steps = max(8, round(26 * turns))
    angles = [2 * pi * (start + turns * i / steps) for i in range(steps + 1)]
    return [(x + rx * cos(a), y + ry * sin(a)) for a in angles]


def corners(*points: tuple[float, float]) -> Line:
    """Straight from point to point."""
    return [points[0], *(p for point in points[1:-1] for p in (point, point)), points[-1]]


def house(x: float, y: float, width: float, wall: float, roof: float) -> Lines:
    """A front wall with a door and two windows under a gable; (x, y) is the middle of its foot."""
    left, right, eaves = x - width / 2, x + width / 2, y - wall
    door, pane = width * 0.09, width * 0.14
    return [
        corners((left, eaves), (left + 1, y), (right, y + 1), (right - 1, eaves)),
        corners((left - width * 0.1, eaves + 3), (x, eaves - roof), (right + width * 0.1, eaves + 2)),
        [(left - width * 0.09, eaves + 2), (right + width * 0.09, eaves + 1)],
        corners((x - door, y), (x - door, y - wall * 0.55), (x + door, y - wall * 0.56), (x + door, y)),
        *(_window(x + side * width * 0.3, y - wall * 0.55, pane) for side in (-1, 1)),
    ]


def _window(x: float, y: float, side: float) -> Line:
    h = side / 2
    return corners((x - h, y - h), (x - h, y + h), (x + h, y + h), (x + h, y - h), (x - h - 2, y - h))


def round_tree(x: float, y: float, height: float) -> Lines:
    """A crown of few bumps on a trunk; (x, y) is its foot."""
    r, top = height * 0.29, y - height * 0.68
    bumps = [(r * (1.0 + 0.11 * sin(5 * a)), a) for a in (2 * pi * i / 30 for i in range(32))]
    crown = [(x + b * cos(a + 0.6), top + b * 1.08 * sin(a + 0.6)) for b, a in bumps]
    foot = height * 0.055
    return [
        crown,
        [(x - foot * 0.7, y - height * 0.4), (x - foot, y - height * 0.15), (x - foot * 1.5, y)],
        [(x + foot * 0.7, y - height * 0.4), (x + foot, y - height * 0.15), (x + foot * 1.6, y)],
    ]


def pine(x: float, y: float, height: float) -> Lines:
    """Three tiers, each wider than the one above, over a stub of trunk; (x, y) is its foot."""
    top = y - height
    outline: list[tuple[float, float]] = [(x, top)]
    for side in (1, -1):
        tiers = [(0.36, 0.14, 0.07), (0.62, 0.2, 0.1), (0.88, 0.27, 0.0)]
        edge = []
        for down, out, back in tiers:
            edge += [(x + side * height * out, top + height * down)] * 2
            edge += [(x + side * height * back, top + height * down)] * 2 if back else []
        outline = [*outline, (x, top), *edge] if side == 1 else [*outline, *reversed(edge), (x, top)]
    stub = height * 0.045
    return [
        outline,
        [(x - stub, y - height * 0.12), (x - stub, y)],
        [(x + stub, y - height * 0.12), (x + stub, y)],
    ]


def boat(x: float, y: float, width: float) -> Lines:
    """A sailing boat; (x, y) is the middle of its waterline."""
    h = width / 2
    return [
        [(x - h, y - h * 0.28), (x - h * 0.6, y + h * 0.12), (x + h * 0.55, y + h * 0.13), (x + h, y - h * 0.3)],
        [(x - h * 1.03, y - h * 0.28), (x + h * 1.04, y - h * 0.3)],
        [(x, y - h * 0.3), (x + 1, y - h * 1.9)],
        corners((x + h * 0.06, y - h * 1.85), (x + h * 0.75, y - h * 0.48), (x + h * 0.05, y - h * 0.46)),
        corners((x - h * 0.06, y - h * 1.6), (x - h * 0.6, y - h * 0.48), (x - h * 0.05, y - h * 0.46)),
    ]


def cloud(x: float, y: float, width: float) -> Lines:
    """Bumps over a flat foot; (x, y) is the middle of the foot."""
    w = width / 2
    return [
        [
            (x - w, y), (x - w * 1.05, y - w * 0.26), (x - w * 0.65, y - w * 0.42), (x - w * 0.42, y - w * 0.72),
            (x + w * 0.05, y - w * 0.78), (x + w * 0.36, y - w * 0.5), (x + w * 0.8, y - w * 0.42),
            (x + w * 1.02, y - w * 0.12), (x + w * 0.85, y + 2), (x - w * 0.9, y + 1),
        ]
    ]  # fmt: skip


def sun(x: float, y: float, radius: float) -> Lines:
    return [ellipse(x, y, radius, radius)]


def apple(x: float, y: float, radius: float) -> Lines:
    """An apple with its stalk; (x, y) is its middle."""
    return [
        [
            (x, y - radius * 0.72), (x + radius * 0.5, y - radius * 0.95), (x + radius, y - radius * 0.2),
            (x + radius * 0.62, y + radius * 0.8), (x, y + radius * 0.86), (x - radius * 0.64, y + radius * 0.8),
            (x - radius, y - radius * 0.2), (x - radius * 0.5, y - radius * 0.94), (x + 2, y - radius * 0.7),
        ],
        [(x, y - radius * 0.7), (x + radius * 0.14, y - radius * 1.25)],
    ]  # fmt: skip


def bowl(x: float, y: float, width: float, depth: float) -> Lines:
    """A bowl on its foot; (x, y) is the middle of its rim."""
    h = width / 2
    return [
        [(x - h, y), (x - h * 0.82, y + depth * 0.6), (x - h * 0.4, y + depth * 0.97), (x + h * 0.4, y + depth * 0.97),
         (x + h * 0.82, y + depth * 0.6), (x + h, y)],
        [(x - h * 1.03, y), (x + h * 1.03, y - 1)],
        [(x - h * 0.36, y + depth), (x - h * 0.4, y + depth * 1.16), (x + h * 0.4, y + depth * 1.16),
         (x + h * 0.36, y + depth)],
    ]  # fmt: skip


def bottle(x: float, y: float, height: float) -> Lines:
    """(x, y) is the middle of its foot."""
    w, neck = height * 0.15, height * 0.05
    outline = corners((x - neck, y - height), (x - neck, y - height * 0.72))[:-1]
    side = [(x - neck, y - height * 0.72), (x - w * 0.85, y - height * 0.58), (x - w, y - height * 0.48)]
    other = [(2 * x - a, b) for a, b in reversed(side)]
    body = [*outline, *side, (x - w, y), (x - w, y), (x + w, y), (x + w, y), *other, (x + neck, y - height)]
    return [body, [(x - neck * 1.3, y - height), (x + neck * 1.3, y - height - 1)]]


def vase(x: float, y: float, height: float) -> Lines:
    """A bellied vase; (x, y) is the middle of its foot."""
    w = height * 0.34
    left = [
        (x - w * 0.55, y - height), (x - w * 0.42, y - height * 0.82), (x - w, y - height * 0.45),
        (x - w * 0.62, y - height * 0.06), (x - w * 0.5, y),
    ]  # fmt: skip
    right = [(2 * x - a, b) for a, b in left]
    return [left, right, [(x - w * 0.5, y), (x + w * 0.5, y)], ellipse(x, y - height, w * 0.56, w * 0.13)]


def flower(x: float, y: float, radius: float, foot: tuple[float, float]) -> Lines:
    """A head of petals on a stalk that ends at `foot`."""
    petals = [2 * pi * i / 40 for i in range(41)]
    head = [(x + radius * (0.78 + 0.24 * cos(5 * a)) * cos(a), y + radius * (0.78 + 0.24 * cos(5 * a)) * sin(a))
            for a in petals]  # fmt: skip
    bend = ((x + foot[0]) / 2 + (x - foot[0]) * 0.15, (y + foot[1]) / 2)
    return [head, ellipse(x, y, radius * 0.28, radius * 0.28), [(x, y + radius * 0.9), bend, foot]]
