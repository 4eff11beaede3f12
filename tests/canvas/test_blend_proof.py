"""Every blend mode where documents use it: over any backdrop, masked, clipped, in groups; within 1/255 of float64."""

from dataclasses import dataclass

import numpy as np
import pixel_twins as twin
import pytest

from canvas.blend_modes import BlendMode
from canvas.compositor import composite
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface

SIDE = TILE_PX // 2
MODES = [mode for mode in BlendMode if mode not in (BlendMode.PASS_THROUGH, BlendMode.DISSOLVE)]
NORMAL = BlendMode.NORMAL


def opaque(rng):
    return twin.random_opaque(rng, (SIDE, SIDE))


def half_transparent(rng):
    pixels = opaque(rng).astype(np.uint32)
    return (pixels // 2).astype(np.uint16)


def transparent(rng):
    return np.zeros((SIDE, SIDE, 4), np.uint16)


def mixed(rng):
    return twin.random_pixels(rng, (SIDE, SIDE))


BACKDROPS = [opaque, half_transparent, transparent, mixed]


@dataclass(frozen=True)
class Case:
    """A document, and how its definition composes it: `dst` under `src` by the mode, then what happens to that."""

    nodes: tuple
    dst: np.ndarray
    src: np.ndarray
    expected: np.ndarray


def layer(pixels, **values):
    return Layer("layer", surface=Surface.from_pixels(pixels), **values)


def over(dst, src, opacity=1.0):
    return twin.blend(dst, src, opacity)


def plain(mode, below, lower, upper, mask):
    nodes = (layer(below), layer(upper, blend=mode, opacity=0.75))
    return Case(nodes, below, upper, twin.blend(below, upper, 0.75, mode))


def masked(mode, below, lower, upper, mask):
    shown = upper * (mask / ONE)
    nodes = (layer(below), layer(upper, blend=mode, mask=LayerMask(Surface.from_pixels(mask))))
    return Case(nodes, below, shown, twin.blend(below, shown, 1.0, mode))


def group_that_blends(mode, below, lower, upper, mask):
    inside = over(lower, upper)
    nodes = (layer(below), Group("group", children=(layer(lower), layer(upper)), blend=mode, opacity=0.5))
    return Case(nodes, below, inside, twin.blend(below, inside, 0.5, mode))


def masked_group_that_blends(mode, below, lower, upper, mask):
    inside = over(lower, upper) * (mask / ONE)
    group = Group("group", children=(layer(lower), layer(upper)), blend=mode, mask=LayerMask(Surface.from_pixels(mask)))
    return Case((layer(below), group), below, inside, twin.blend(below, inside, 1.0, mode))


def inside_an_isolated_group(mode, below, lower, upper, mask):
    nodes = (layer(below), Group("group", children=(layer(lower), layer(upper, blend=mode)), blend=NORMAL))
    return Case(nodes, lower, upper, over(below, twin.blend(lower, upper, 1.0, mode)))


def inside_a_pass_through_group(mode, below, lower, upper, mask):
    nodes = (layer(below), Group("group", children=(layer(upper, blend=mode),), opacity=0.5))
    return Case(nodes, below, upper, (twin.blend(below, upper, 1.0, mode) + below) / 2)


def clipped(mode, below, lower, upper, mask):
    nodes = (layer(below), layer(lower), layer(upper, blend=mode, clip=True, opacity=0.75))
    return Case(nodes, lower, upper, over(below, twin.blend(lower, upper, 0.75, mode, atop=True)))


def base_of_a_clip(mode, below, lower, upper, mask):
    inside = twin.blend(lower, upper, 1.0, NORMAL, atop=True)
    nodes = (layer(below), layer(lower, blend=mode), layer(upper, clip=True))
    return Case(nodes, below, inside, twin.blend(below, inside, 1.0, mode))


SETTINGS = [
    plain, masked, group_that_blends, masked_group_that_blends, inside_an_isolated_group, inside_a_pass_through_group,
    clipped, base_of_a_clip,
]  # fmt: skip


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.__name__)
def test_every_mode_everywhere_equals_its_formula_to_within_one_step_of_8_bits(mode, setting):
    rng = np.random.default_rng(int(mode))
    for backdrop in BACKDROPS:
        mask = rng.choice([0, 9000, ONE], (SIDE, SIDE, 1)).astype(np.uint16)
        case = setting(mode, backdrop(rng), mixed(rng), mixed(rng), mask)
        state = DocumentState(SIDE, SIDE, case.nodes)
        out = composite(state, Rect(0, 0, SIDE, SIDE))
        # Where hardly anything is, a digit of rounding on the way is a large part of the colour.
        alphas = case.src[..., 3], case.dst[..., 3]
        faint = np.any([(alpha > 0) & (alpha < ONE / 64) for alpha in alphas], axis=0)
        jump = twin.on_a_jump(case.dst, case.src, mode) & np.all([alpha > 0 for alpha in alphas], axis=0)
        sure = ~(jump | (faint if setting is not plain else False))
        assert sure.mean() > 0.3
        error = np.abs(out - case.expected)[sure]
        assert error.max() <= twin.STEP_8BIT, backdrop.__name__
        assert (out[..., :3] <= out[..., 3:]).all()


@pytest.mark.parametrize("backdrop", BACKDROPS, ids=lambda backdrop: backdrop.__name__)
def test_dissolve_shows_the_source_or_the_backdrop_and_nothing_between(backdrop):
    rng = np.random.default_rng(5)
    below, above = backdrop(rng), mixed(rng)
    state = DocumentState(SIDE, SIDE, (layer(below), layer(above, blend=BlendMode.DISSOLVE, opacity=0.5)))
    out = composite(state, Rect(0, 0, SIDE, SIDE)).astype(int)
    straight = np.zeros((SIDE, SIDE, 4))
    there = above[..., 3] > 0
    straight[there] = above[there] / above[there][:, 3:] * ONE
    is_source = there & (np.abs(out - straight).max(-1) <= 1)
    is_backdrop = (out == below).all(-1)
    assert (is_source | is_backdrop).all()
    clear = there & ~(np.abs(straight - below).max(-1) <= 1)
    expected = above[clear][:, 3].astype(float).sum() / ONE / 2
    assert is_source[clear].sum() == pytest.approx(expected, rel=0.06)
