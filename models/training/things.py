"""Trees, houses, boats, rocks, clouds, mountains and hills: each function returns one `Thing`.

Sizes are in pixels; `haze` is the distance 0..1; `side` is where the light comes from (-1 left, 1 right).
"""

from __future__ import annotations

import math
import random

import numpy as np

from models.training import palette
from models.training.geometry import Point, bumpy, closed, ellipse, ragged, smooth
from models.training.palette import NAMED, mix
from models.training.shapes import Thing


def pine(rng: random.Random, x: float, y: float, height: float, haze: float, season: str, side: int) -> Thing:
    thing = Thing("pine", y)
    width, trunk_half = height * rng.uniform(0.38, 0.52), height * 0.045
    tiers, top, bottom = rng.choice([3, 4, 4]), y - height, y - height * 0.13
    thing.add(
        [
            (x - trunk_half, y),
            (x - trunk_half, y - height * 0.25),
            (x + trunk_half, y - height * 0.25),
            (x + trunk_half, y),
        ],
        palette.TRUNK,
        haze,
        outlined=True,
    )
    edges: list[tuple[float, float, float]] = []
    for tier in range(tiers):
        start = tier / tiers
        low = bottom - (bottom - top) * start * 0.96
        high = max(top, low - (bottom - top) / tiers * 1.9)
        half = width * 0.5 * (1 - start * 0.78)
        knee = low - (low - high) * 0.42
        colour = palette.PINE * (1 + 0.08 * tier)
        thing.add(
            [
                (x, high),
                (x + half * 0.55, knee),
                (x + half, low),
                (x, low + height * 0.02),
                (x - half, low),
                (x - half * 0.55, knee),
            ],
            colour,
            haze,
            0.12,
            outlined=True,
        )
        thing.add(
            [(x, high), (x + side * half * 0.55, knee), (x + side * half, low), (x + side * half * 0.2, low)],
            colour * 1.3,
            haze,
        )
        if season == "winter":
            cap = [
                (x, high),
                (x + half * 0.5, low - (low - high) * 0.45),
                (x + half * 0.2, low - (low - high) * 0.36),
                (x, low - (low - high) * 0.52),
                (x - half * 0.25, low - (low - high) * 0.33),
                (x - half * 0.5, low - (low - high) * 0.45),
            ]
            thing.add(cap, palette.SNOW, haze, 0.04)
        edges.append((high, low, half))
    hand = rng.random()
    if hand < 0.45:
        thing.draw([(x, top), (x + width / 2, bottom), (x - width / 2, bottom), (x, top)], [(x, bottom), (x, y)])
    elif hand < 0.8:
        right: list[Point] = [(x, top)]
        for _, low, half in reversed(edges):
            right += [(x + half, low), (x + half * 0.45, low)]
        left = [(2 * x - px, py) for px, py in reversed(right)]
        thing.draw(
            right + left,
            [(x - trunk_half, bottom), (x - trunk_half, y)],
            [(x + trunk_half, bottom), (x + trunk_half, y)],
        )
    else:
        thing.draw([(x, top), (x, y)])
        thing.draw(*[[(x - half, low), (x, low - (low - high) * 0.5), (x + half, low)] for high, low, half in edges])
    thing.hide([(x, top), (x + width / 2, bottom), (x - width / 2, bottom)])
    return thing


def round_tree(rng: random.Random, x: float, y: float, height: float, haze: float, season: str, side: int) -> Thing:
    thing = Thing("round", y)
    width, trunk_half = height * rng.uniform(0.55, 0.8), height * 0.05
    middle, ry, colour = y - height * 0.64, height * 0.36, palette.LEAF[season]
    t = trunk_half
    thing.add(
        [
            (x - t * 1.5, y),
            (x - t * 0.8, y - height * 0.2),
            (x - t * 1.9, y - height * 0.52),
            (x + t * 0.3, y - height * 0.6),
            (x + t * 2.2, y - height * 0.5),
            (x + t * 0.9, y - height * 0.18),
            (x + t * 1.6, y),
        ],
        palette.TRUNK,
        haze,
        outlined=True,
    )
    crown = bumpy(x, middle, width * 0.5, ry, rng.choice([7, 8, 9]), 0.24, rng.random() * 3)
    thing.add(crown, colour * 0.86, haze, 0.2, outlined=True)
    lit = x + side * width * 0.12
    for index, (dx, dy) in enumerate(((-0.2, -0.05), (0.14, -0.3), (-0.04, -0.45), (0.2, 0.1))):
        thing.add(
            bumpy(lit + dx * width * 0.5, middle + dy * ry, width * 0.2, ry * 0.3, 6, 0.25, 1.0 + index),
            colour * (1.04 + 0.06 * index),
            haze,
            0.1,
        )
    outline = closed(crown if rng.random() < 0.5 else ellipse(x, middle, width * 0.5, ry))
    thing.draw(outline)
    if rng.random() < 0.7:
        thing.draw([(x - t, middle + ry), (x - t, y)], [(x + t, middle + ry), (x + t, y)])
    else:
        thing.draw([(x, middle + ry), (x, y)])
    thing.hide(crown)
    return thing


def poplar(rng: random.Random, x: float, y: float, height: float, haze: float, season: str, side: int) -> Thing:
    thing = Thing("poplar", y)
    width, trunk_half, colour = height * rng.uniform(0.2, 0.3), height * 0.03, palette.POPLAR[season]
    middle, ry = y - height * 0.54, height * 0.46
    thing.add(
        [
            (x - trunk_half, y),
            (x - trunk_half, y - height * 0.3),
            (x + trunk_half, y - height * 0.3),
            (x + trunk_half, y),
        ],
        palette.TRUNK,
        haze,
    )
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    body = np.stack(
        [
            x + width * 0.5 * (1 + 0.07 * np.sin(turn * 9)) * np.cos(turn) * (1 + 0.28 * np.sin(turn)),
            middle + ry * np.sin(turn),
        ],
        1,
    )
    thing.add(body.astype(np.float32), colour * 0.92, haze, 0.16, outlined=True)
    thing.add(
        ellipse(x + side * width * 0.18, middle - ry * 0.05, width * 0.2, ry * 0.72, 18), colour * 1.22, haze, 0.1
    )
    thing.draw(closed(ellipse(x, middle, width * 0.5, ry)), [(x, middle + ry), (x, y)])
    thing.hide(body.astype(np.float32))
    return thing


def house(
    rng: random.Random, x: float, y: float, height: float, haze: float, season: str, side: int, time: str, roof: str
) -> Thing:
    thing = Thing("house", y)
    width, wall_height = height * rng.uniform(0.95, 1.5), height * 0.55
    eave = y - wall_height
    roof_colour = palette.SNOW if season == "winter" else NAMED[roof]
    is_lit = time in ("night", "sunset")
    pane = palette.LIT_WINDOW if is_lit else palette.WINDOW
    wall = palette.WALL

    def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
        return [(left, top), (right, top), (right, bottom), (left, bottom)]

    def window(cx: float, cy: float, size: float) -> None:
        thing.add(box(cx - size * 0.66, cy - size * 0.76, cx + size * 0.66, cy + size * 0.76), wall * 0.58, haze, 0)
        thing.add(
            box(cx - size * 0.48, cy - size * 0.58, cx + size * 0.48, cy + size * 0.58),
            pane,
            haze,
            0.1,
            outlined=True,
            glows=time == "night",
        )
        thing.draw(closed(box(cx - size * 0.5, cy - size * 0.6, cx + size * 0.5, cy + size * 0.6)))

    chimney = x + width * rng.uniform(0.12, 0.28)
    thing.add(
        box(chimney - height * 0.05, y - height * 0.98, chimney + height * 0.06, y - height * 0.6),
        palette.CHIMNEY,
        haze,
        outlined=True,
    )
    if rng.random() < 0.5:
        turn = rng.choice([-1, 1])
        gable, corner, end = x - turn * width * 0.5, x - turn * width * 0.08, x + turn * width * 0.5
        peak, apex = (gable + corner) / 2, y - height
        front, long_side = (1.02, 0.8) if turn * side < 0 else (0.8, 1.0)
        thing.add(
            [(gable, y), (gable, eave), (peak, apex), (corner, eave), (corner, y)],
            wall * front,
            haze,
            0.06,
            outlined=True,
        )
        thing.add([(corner, y), (corner, eave), (end, eave), (end, y)], wall * long_side, haze, 0.06, outlined=True)
        thing.add(
            [
                (peak, apex),
                (peak + turn * width * 0.56, apex),
                (end + turn * width * 0.05, eave + height * 0.05),
                (corner, eave + height * 0.05),
            ],
            roof_colour,
            haze,
            0.12,
            outlined=True,
            named=True,
        )
        thing.add(
            [
                (gable - turn * width * 0.05, eave + height * 0.05),
                (peak, apex - height * 0.04),
                (peak + turn * width * 0.05, apex),
                (gable + turn * width * 0.02, eave + height * 0.07),
            ],
            roof_colour * 0.7,
            haze,
            0,
            named=True,
        )
        thing.draw(closed([(gable, y), (gable, eave), (peak, apex), (corner, eave), (corner, y)]))
        thing.draw(
            [(corner, eave), (end, eave), (end, y), (corner, y)],
            [(peak, apex), (peak + turn * width * 0.56, apex), (end, eave)],
        )
        door = peak
        window((corner + end) / 2, y - wall_height * 0.55, height * 0.2)
    else:
        thing.add(
            [
                (x - width * 0.5, y),
                (x - width * 0.5, eave),
                (x, eave - height * 0.2),
                (x + width * 0.5, eave),
                (x + width * 0.5, y),
            ],
            wall,
            haze,
            0.08,
            outlined=True,
        )
        roof_line: list[Point] = [
            (x - width * 0.6, eave + height * 0.04),
            (x, y - height),
            (x + width * 0.6, eave + height * 0.04),
        ]
        thing.add(roof_line, roof_colour, haze, 0.14, outlined=True, named=True)
        thing.add(
            [
                (x, y - height),
                (x - side * width * 0.6, eave + height * 0.04),
                (x - side * width * 0.08, eave + height * 0.04),
            ],
            roof_colour * 0.84,
            haze,
            named=True,
        )
        thing.draw(
            [(x - width * 0.5, eave), (x - width * 0.5, y), (x + width * 0.5, y), (x + width * 0.5, eave)],
            closed(roof_line),
        )
        door = x
        window(x - width * 0.3, y - wall_height * 0.52, height * 0.18)
        window(x + width * 0.3, y - wall_height * 0.52, height * 0.18)
    frame = box(door - height * 0.09, y - wall_height * 0.62, door + height * 0.09, y)
    thing.add(frame, palette.DOOR, haze, 0.1, outlined=True)
    thing.draw(closed(frame))
    thing.hide(
        [
            (x - width * 0.55, y),
            (x - width * 0.55, eave),
            (x - width * 0.2, y - height),
            (x + width * 0.2, y - height),
            (x + width * 0.55, eave),
            (x + width * 0.55, y),
        ]
    )
    return thing


def boat(rng: random.Random, x: float, y: float, height: float, haze: float, hull: str) -> Thing:
    thing = Thing("boat", y)
    width, lean, colour = height * rng.uniform(0.75, 1.05), rng.choice([-1, 1]), NAMED[hull]
    main = [
        (x + lean * 0.03 * height, y - height * 0.97),
        (x + lean * width * 0.3, y - height * 0.6),
        (x + lean * width * 0.44, y - height * 0.24),
        (x + lean * 0.03 * height, y - height * 0.22),
    ]
    fore = [
        (x - lean * 0.03 * height, y - height * 0.9),
        (x - lean * width * 0.2, y - height * 0.5),
        (x - lean * width * 0.33, y - height * 0.24),
        (x - lean * 0.03 * height, y - height * 0.22),
    ]
    thing.add(
        [
            (x - 0.015 * height, y - height),
            (x + 0.015 * height, y - height),
            (x + 0.015 * height, y - height * 0.15),
            (x - 0.015 * height, y - height * 0.15),
        ],
        palette.MAST,
        haze,
        0,
    )
    thing.add(smooth(main, True), palette.SAIL, haze, 0.1, outlined=True)
    thing.add(smooth(fore, True), palette.SAIL * 0.86, haze, 0.1, outlined=True)
    body: list[Point] = [
        (x - width * 0.5, y - height * 0.19),
        (x + width * 0.5, y - height * 0.19),
        (x + width * 0.36, y),
        (x - width * 0.34, y),
    ]
    thing.add(body, colour, haze, 0.2, outlined=True, named=True)
    thing.add(
        [
            (x - width * 0.5, y - height * 0.19),
            (x + width * 0.5, y - height * 0.19),
            (x + width * 0.47, y - height * 0.14),
            (x - width * 0.47, y - height * 0.14),
        ],
        mix(colour, palette.SAIL, 0.4),
        haze,
        0,
    )
    thing.draw(
        closed(body),
        [(x, y - height), (x, y - height * 0.19)],
        [(x, y - height * 0.97), (x + lean * width * 0.44, y - height * 0.24), (x, y - height * 0.22)],
    )
    if rng.random() < 0.7:
        thing.draw([(x, y - height * 0.9), (x - lean * width * 0.33, y - height * 0.24), (x, y - height * 0.22)])
    thing.hide(body)
    return thing


def rock(rng: random.Random, x: float, y: float, height: float, haze: float, side: int) -> Thing:
    """A stone of any outline: what teaches the model to follow a line it has no name for."""
    thing = Thing("rock", y)
    count = rng.randint(5, 10)
    width = height * rng.uniform(0.6, 1.9)
    angles = sorted(rng.uniform(0, 2 * math.pi) for _ in range(count))
    corners = [
        (
            x + width * 0.5 * rng.uniform(0.55, 1) * math.cos(a),
            y - height * 0.5 + height * 0.5 * rng.uniform(0.55, 1) * math.sin(a),
        )
        for a in angles
    ]
    outline = smooth(corners, True) if rng.random() < 0.6 else closed(corners)
    outline = outline + np.array((0, y - float(outline[:, 1].max())), np.float32)
    thing.add(outline, palette.ROCK, haze, 0.18, outlined=True)
    middle = outline.mean(axis=0)
    shrunk = (outline - middle) * 0.6 + middle + (side * width * 0.08, -height * 0.06)
    thing.add(shrunk.astype(np.float32), palette.ROCK * 1.25, haze, 0.06)
    thing.draw(closed(outline))
    thing.hide(outline)
    return thing


def cloud(rng: random.Random, x: float, y: float, width: float, time: str, side: int) -> Thing:
    thing = Thing("cloud", y)
    height, lobes = width * rng.uniform(0.28, 0.4), rng.choice([4, 5, 6])
    base = y + height * 0.5
    colour = palette.CLOUD[time]
    shadow = mix(colour, palette.SKY[time][1], 0.42)
    puffs = []
    for index in range(lobes):
        rise = math.sin(math.pi * (index + 0.5) / lobes)
        puffs.append(
            (
                x - width * 0.5 + width * (index + 0.5) / lobes,
                base - height * (0.25 + 0.75 * rise) * rng.uniform(0.42, 0.6),
                width / lobes * rng.uniform(0.62, 0.85) * (0.75 + 0.5 * rise),
            )
        )
    thing.add(ellipse(x, base - height * 0.12, width * 0.55, height * 0.24, 20), shadow, 0, 0, glows=True)
    for px, py, radius in puffs:
        thing.add(ellipse(px, py + height * 0.06, radius * 1.06, radius, 18), shadow, 0, 0, glows=True)
    for px, py, radius in puffs:
        thing.add(
            ellipse(px + side * radius * 0.12, py - radius * 0.12, radius * 0.84, radius * 0.78, 18),
            colour,
            0,
            0,
            glows=True,
        )
    line: list[Point] = [(x - width * 0.55, base)]
    for px, py, radius in puffs:
        line += [(float(a), float(b)) for a, b in ellipse(px, py, radius, radius, 9, math.pi * 1.12, math.pi * 1.88)]
    line.append((x + width * 0.55, base))
    if rng.random() < 0.7:
        line.append((x - width * 0.55, base))
    thing.draw(line)
    thing.hide(line)
    return thing


def mountains(rng: random.Random, horizon: float, haze: float, amplitude: float, season: str, side: int) -> Thing:
    thing = Thing("mountains", horizon)
    base = horizon + 16
    xs = sorted(rng.uniform(10, 246) for _ in range(rng.choice([1, 2, 3, 3, 4])))
    xs = [x for i, x in enumerate(xs) if i == 0 or x - xs[i - 1] > 28]
    keys: list[Point] = [(-14, horizon - amplitude * rng.uniform(0.1, 0.4))]
    peaks: list[Point] = []
    for index, x in enumerate(xs):
        peaks.append((x, horizon - amplitude * rng.uniform(0.62, 1.0)))
        keys.append(peaks[-1])
        if index + 1 < len(xs):
            keys.append(((x + xs[index + 1]) / 2 + rng.uniform(-8, 8), horizon - amplitude * rng.uniform(0.12, 0.4)))
    keys.append((270, horizon - amplitude * rng.uniform(0.1, 0.4)))
    ridge = ragged(rng, keys, 0.05, 3)
    thing.add([*ridge, (270, base), (-14, base)], palette.MOUNTAIN, haze, -0.22, outlined=True)
    for px, py in peaks:
        drop = base - py
        crest = [
            (px, py),
            (px - side * drop * 0.02, py + drop * 0.35),
            (px + side * drop * 0.07, py + drop * 0.65),
            (px, base),
        ]
        slope = sorted(
            (p for p in ridge if (p[0] - px) * -side > 0 and abs(p[0] - px) < drop * 0.75), key=lambda p: abs(p[0] - px)
        )
        falling: list[Point] = []
        lowest = py
        for point in slope:
            if point[1] < lowest - drop * 0.12:
                break
            falling.append(point)
            lowest = point[1]
        if falling:
            thing.add([*crest[::-1], *falling, (falling[-1][0], base)], palette.MOUNTAIN * 0.76, haze, -0.22)
        if season == "winter" or amplitude > 60:
            snow = drop * 0.26
            top = sorted(p for p in ridge if abs(p[0] - px) < min(40.0, drop * 0.6) and p[1] < py + snow)
            if len(top) > 2:
                left, right = top[0][0], top[-1][0]
                hem = [(right + (left - right) * i / 6, py + snow * (1.05 if i % 2 else 0.62)) for i in range(1, 6)]
                thing.add([*top, *hem], palette.SNOW, haze * 0.8, 0.08)
    thing.draw(ridge if rng.random() < 0.35 else keys)
    thing.hide([*ridge, (270, base), (-14, base)])
    return thing


def hills(rng: random.Random, horizon: float, order: int, season: str) -> Thing:
    """A rolling ridge; `order` 0 is the farthest."""
    thing = Thing("hills", horizon)
    xs = np.arange(-14, 272, 7.0)
    level, amplitude, bottom = horizon - 14 + order * 9, rng.uniform(6, 24), horizon + 24
    ys = (
        level
        - amplitude * np.sin(xs * rng.uniform(0.016, 0.044) + rng.random() * 6)
        - amplitude * 0.2 * np.sin(xs * rng.uniform(0.06, 0.1) + rng.random() * 6)
    )
    ridge = np.stack([xs, ys], 1).astype(np.float32)
    ground = np.concatenate([ridge, np.array([(270, bottom), (-14, bottom)], np.float32)])
    thing.add(ground, palette.GROUND[season] * (0.82 + 0.06 * order), 0.58 - 0.2 * order, -0.16, outlined=True)
    thing.draw(ridge)
    thing.hide(ground)
    return thing
