"""Smudging: paint is dragged along, no farther than the brush says, the same however often dabs come."""

from dataclasses import replace

import numpy as np
import pytest
from strokes import HARD, alpha, document, drawn, line

from canvas.brush import BrushMode
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

SMUDGE = replace(HARD, size_px=40.0, hardness=0.5, mode=BrushMode.SMUDGE, smudge=0.6, spacing=0.05)


def halves(left=(1, 0, 0, 1), right=(0, 0, 1, 1)):
    """Two colours that meet at x = 150."""
    pixels = np.zeros((300, 300, 4), np.uint16)
    pixels[:, :150], pixels[:, 150:] = (np.round(np.array(c) * ONE) for c in (left, right))
    return document(Layer("Paint", surface=Surface.from_pixels(pixels)))


def row(state, y=50):
    return state.layers[0].surface.read(Rect(0, y, 300, y + 1))[0] / ONE


def test_colour_is_dragged_over_the_edge_and_fades():
    red = row(drawn(halves(), line((100, 50), (250, 50)), SMUDGE))[:, 0]
    assert red[160] > 0.7
    assert red[160] > red[190] > red[230]
    assert red[295] == 0.0


def test_more_smudge_drags_farther_and_none_leaves_all_as_it_was():
    def reach(smudge):
        return row(drawn(halves(), line((100, 50), (280, 50)), replace(SMUDGE, smudge=smudge)))[150:, 0].sum()

    assert reach(0.75) > 1.3 * reach(0.6) > 1.3 * 1.3 * reach(0.4)
    assert reach(0.0) == pytest.approx(0.0, abs=0.01)


def test_how_far_it_drags_does_not_depend_on_spacing():
    def reach(spacing):
        return row(drawn(halves(), line((100, 50), (280, 50)), replace(SMUDGE, spacing=spacing)))[150:, 0].sum()

    assert reach(0.05) == pytest.approx(reach(0.1), rel=0.03)


def test_an_even_colour_stays_even():
    grey = (0.5, 0.5, 0.5, 1)
    state = halves(grey, grey)
    after = drawn(state, line((50, 50), (250, 120)), SMUDGE)
    assert (
        np.abs(after.layers[0].surface.read(state.rect).astype(int) - state.layers[0].surface.read(state.rect)).max()
        <= 1
    )


def test_transparency_is_dragged_as_well_and_what_is_laid_there_has_no_fringe():
    state = halves(right=(0, 0, 0, 0))
    after = drawn(state, line((100, 50), (250, 50)), SMUDGE)
    assert 0.1 < alpha(after)[50, 185] < 0.95
    pixels = row(after)
    thin = pixels[(pixels[:, 3] > 0.05) & (pixels[:, 3] < 0.95)]
    assert thin[:, 0] == pytest.approx(thin[:, 3], abs=2e-3)
    inward = drawn(state, line((250, 50), (100, 50)), SMUDGE)
    assert alpha(inward)[50, 140] < 0.95


def test_a_wet_brush_adds_its_own_colour():
    wet = replace(SMUDGE, mode=BrushMode.PAINT, smudge=0.6, colour_rate=0.6)
    after = row(drawn(halves(), line((40, 50), (140, 50)), wet, (0.0, 1.0, 0.0)))
    assert after[100, 1] > 0.5
    blank = drawn(document(), line((40, 50), (140, 50)), wet, (0.0, 1.0, 0.0))
    assert alpha(blank).max() > 0.5


def test_all_layers_are_picked_up_and_put_down_on_the_one_that_is_painted_on():
    below = halves().layers[0]
    empty = Layer("Top")
    state = DocumentState(300, 300, (empty, below))
    own = drawn(state, line((100, 50), (250, 50)), SMUDGE)
    assert own.layers[0].surface is empty.surface or not own.layers[0].surface.tiles
    state = DocumentState(300, 300, (below, empty))
    stroke = drawn(replace(state, layers=(empty, below)), line((100, 50), (250, 50)), SMUDGE, all_layers=True)
    top = stroke.layers[0].surface.read(Rect(0, 50, 300, 51))[0] / ONE
    assert top[170, 0] > 0.4
    assert top[170, 3] > 0.8
    assert stroke.layers[1] is below


def test_smudging_nothing_makes_no_tiles_and_no_step():
    state = document()
    assert drawn(state, line((50, 50), (250, 50)), SMUDGE) is state


def test_a_lighter_touch_smudges_less():
    firm = row(drawn(halves(), line((100, 50), (250, 50)), SMUDGE))[170, 0]
    light = row(drawn(halves(), line((100, 50), (250, 50)), replace(SMUDGE, opacity=0.1)))[170, 0]
    assert light < firm
