"""The loops behind flood and its edges, against slow twins."""

from __future__ import annotations

import numpy as np
import pytest

from canvas import kernels
from canvas.kernels.flooding import FARTHEST, FLOODED, OTHER, OUTSIDE
from canvas.tiles import ONE


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(8)


def test_the_distance_of_colours_is_the_largest_of_a_channel(rng: np.random.Generator) -> None:
    pixels = rng.integers(0, ONE + 1, (128, 128, 4)).astype(np.uint16)
    out = np.empty((128, 128, 1), np.uint8)
    colour = (100, 20_000, ONE, 5)
    kernels.flooding.colour_distance(out, pixels, *colour)
    far = np.abs(pixels.astype(int) - colour).max(-1)
    assert np.abs(out[..., 0] - far * FARTHEST / ONE).max() <= 0.5
    kernels.flooding.colour_distance(out, np.full_like(pixels, ONE), 0, 0, 0, 0)
    assert (out == FARTHEST).all()


def test_what_is_left_goes_to_the_nearer_area(rng: np.random.Generator) -> None:
    free = (rng.random((40, 60, 1)) < 0.75).astype(np.uint8)
    area = np.zeros_like(free)
    area[5:8, 5:8], area[30:33, 50:53] = FLOODED, OTHER
    area *= free
    steps = {kind: _steps(free[..., 0], area[..., 0] == kind) for kind in (FLOODED, OTHER)}
    found = area.copy()
    kernels.flooding.share_out(found, free)
    for kind, other in ((FLOODED, OTHER), (OTHER, FLOODED)):
        assert (found[..., 0][steps[kind] < steps[other]] == kind).all()
    unreached = np.isinf(steps[FLOODED]) & np.isinf(steps[OTHER])
    assert not found[..., 0][unreached].any()
    assert not found[free == 0].any()


def _steps(free: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Steps over free pixels from `start`, by spreading again and again."""
    out = np.where(start, 0.0, np.inf)
    while True:
        padded = np.pad(out, 1, constant_values=np.inf)
        near = np.minimum.reduce([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]]) + 1
        after = np.where(free > 0, np.minimum(out, near), np.inf)
        if np.array_equal(after, out):
            return out
        out = after


def test_an_edge_is_covered_by_its_share_of_the_strongest_difference(rng: np.random.Generator) -> None:
    area = (rng.random((22, 32, 1)) < 0.3).astype(np.uint8) * FLOODED
    distance = rng.integers(0, FARTHEST + 1, area.shape).astype(np.uint8)
    distance[rng.random(area.shape) < 0.1] = OUTSIDE
    out = np.empty((20, 30, 1), np.uint16)
    assert kernels.flooding.soften_edge(out, area, distance)
    for y in range(20):
        for x in range(30):
            own, near = int(distance[y + 1, x + 1, 0]), distance[y : y + 3, x : x + 3]
            strongest = int(near[near != OUTSIDE].max(initial=0))
            if area[y + 1, x + 1, 0]:
                wanted = ONE
            elif own == OUTSIDE or not area[y : y + 3, x : x + 3].any() or strongest <= own:
                wanted = 0
            else:
                wanted = (strongest - own) * ONE // strongest
            assert out[y, x, 0] == wanted
    assert not kernels.flooding.soften_edge(out, np.zeros_like(area), distance)
