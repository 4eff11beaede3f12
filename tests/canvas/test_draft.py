"""The quick picture of what hovers shows, roughly, what will be put down."""

from dataclasses import replace

import numpy as np
import pytest

from canvas import fill
from canvas.draft import Draft
from canvas.geometry import Rect
from canvas.layers import Layer, LayerMask
from canvas.lifting import lift
from canvas.selection import rectangle
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface
from canvas.transform import Interpolation, Projective, resampled
from canvas.warp import Warped, even_grid


def smooth(side=256):
    """Colours that change slowly, and an alpha that fades to the edges."""
    v, u = (np.mgrid[0:side, 0:side] + 0.5) / side
    alpha = np.sin(np.pi * u) * np.sin(np.pi * v)
    pixels = np.stack([alpha * u, alpha * v, alpha * 0.5, alpha], axis=-1)
    return Surface.from_pixels(np.rint(pixels * ONE).astype(np.uint16), 40, 30)


BOX = (40.0, 30.0, 296.0, 286.0)
GRID = tuple((x + (12 if i == 5 else 0), y - (9 if i == 10 else 0)) for i, (x, y) in enumerate(even_grid(BOX, 4)))


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize(
    "mapping",
    [
        Projective.shift(17, -8),
        Projective.turn(25).about(150, 150),
        Projective.scale(1.5, 0.7),
        Projective.between(BOX, ((30, 40), (310, 20), (280, 290), (60, 250))),
        Warped(BOX, GRID, Projective.turn(10)),
    ],
)
def test_a_draft_shows_what_is_put_down(level, mapping):
    state = DocumentState(512, 512, (Layer("a", surface=smooth()),))
    draft = Draft(lift(state, [state.layers[0].id]), level)
    rect, pixels = draft.placed(mapping, Rect(0, 0, 512, 512))
    true = resampled(smooth(), mapping, Interpolation.BILINEAR).read(rect).astype(float) * 255 / ONE
    rows = (np.arange(rect.height) * pixels.shape[0] // rect.height)[:, None]
    columns = np.arange(rect.width) * pixels.shape[1] // rect.width
    shown = pixels[rows, columns][..., [2, 1, 0, 3]].astype(float)
    assert np.abs(shown - true).mean() < 1.5 + 0.7 * 2**level
    assert np.abs(shown - true).max() < 8 * 2 ** (level + 1)


def test_only_what_is_in_sight_is_made():
    state = DocumentState(512, 512, (Layer("a", surface=smooth()),))
    draft = Draft(lift(state, [state.layers[0].id]), 0)
    rect, pixels = draft.placed(Projective.shift(0, 0), Rect(100, 100, 150, 120))
    assert rect == Rect(100, 100, 150, 120)
    assert pixels.shape == (20, 50, 4)
    nothing, _ = draft.placed(Projective.shift(9000, 0), Rect(0, 0, 512, 512))
    assert not nothing


def test_layers_lie_over_each_other_through_their_masks_and_opacity():
    red = Layer("red", surface=fill.solid(Rect(0, 0, 128, 128), (1, 0, 0)))
    mask = LayerMask(rectangle(Rect(0, 0, 128, 64)), 0)
    blue = Layer("blue", surface=fill.solid(Rect(0, 0, 128, 128), (0, 0, 1)), opacity=0.5, mask=mask)
    hidden = replace(blue, id="x", visible=False, mask=None, opacity=1.0)
    state = DocumentState(128, 128, (red, blue, hidden))
    _, pixels = Draft(lift(state, [red.id, blue.id]), 0).placed(Projective.shift(0, 0), state.rect)
    assert pixels[20, 60].tolist() == pytest.approx([128, 0, 128, 255], abs=1)
    assert pixels[100, 60].tolist() == [0, 0, 255, 255]
