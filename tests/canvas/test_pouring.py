"""Fill and gradient on layers, masks and the selection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from canvas import edits, gradient, pouring, selection
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.gradient import Gradient
from canvas.layers import Layer, LayerMask
from canvas.pouring import one_colour, poured
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface, to_rgba8

RED = (1.0, 0.0, 0.0)
BLACK_TO_WHITE = ((0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0))


@pytest.fixture
def state() -> DocumentState:
    return edits.new_document(300, 200)


def pixels(state: DocumentState, index: int = 1) -> np.ndarray:
    layer = state.layers[index]
    assert isinstance(layer, Layer)
    return layer.surface.read(state.rect)


def full(state: DocumentState, colour: tuple[float, float, float] = RED) -> pouring.Source:
    return one_colour(selection.rectangle(state.rect), colour)


# One colour


def test_colour_covers_an_area_as_far_as_it_is_covered_and_selected(state: DocumentState) -> None:
    area = selection.ellipse(50, 50, 250, 150, state.rect)
    chosen = selection.feathered(selection.rectangle(Rect(0, 0, 150, 200)), state.rect, 10)
    state = edits.set_selection(state, chosen)
    done = poured(state, state.layers[0].id, "pixels", one_colour(area, RED), 0.5)
    cover = area.read(state.rect)[..., 0] / ONE * chosen.read(state.rect)[..., 0] / ONE * 0.5
    wanted = np.stack([np.ones_like(cover), 1 - cover, 1 - cover, np.ones_like(cover)], -1) * ONE
    assert np.abs(pixels(done, 0) - wanted).max() <= 2
    assert done.layers[0].surface.tiles[2, 0] is state.layers[0].surface.tiles[2, 0]  # type: ignore[union-attr]


def test_filling_everything_shares_one_tile(state: DocumentState) -> None:
    done = pouring.filled(state, state.layers[1].id, "pixels", RED)
    layer = done.layers[1]
    assert isinstance(layer, Layer)
    assert layer.surface.tiles[0, 0] is layer.surface.tiles[1, 0]
    assert layer.surface.content_bounds() == state.rect


def test_a_locked_alpha_keeps_its_shape(state: DocumentState) -> None:
    state = edits.set_pixels(
        state, state.layers[1].id, Surface.from_pixels(np.full((20, 20, 4), ONE // 2, np.uint16), 9, 9)
    )
    state = edits.set_alpha_locked(state, state.layers[1].id, True)
    done = pixels(poured(state, state.layers[1].id, "pixels", full(state), 1.0))
    assert np.array_equal(done[..., 3], pixels(state)[..., 3])
    assert done[15, 15].tolist() == [ONE // 2, 0, 0, ONE // 2]
    with pytest.raises(EditError, match="alpha"):
        poured(state, state.layers[1].id, "pixels", full(state), 1.0, "erase")


def test_erasing_takes_paint_away_and_leaves_no_empty_tiles(state: DocumentState) -> None:
    half = one_colour(selection.rectangle(Rect(0, 0, 150, 200)), RED)
    done = poured(state, state.layers[0].id, "pixels", half, 1.0, "erase")
    assert not pixels(done, 0)[:, :150].any()
    assert (pixels(done, 0)[:, 150:] == ONE).all()
    assert (0, 0) not in done.layers[0].surface.tiles  # type: ignore[union-attr]


def test_masks_and_the_selection_take_the_lightness(state: DocumentState) -> None:
    node = state.layers[1]
    masked = edits.set_mask(state, node.id, LayerMask(Surface.blank(1), ONE))
    box = one_colour(selection.rectangle(Rect(10, 10, 60, 60)), (0.0, 1.0, 0.0))
    done = poured(masked, node.id, "mask", box, 1.0).find(node.id).mask
    assert done is not None
    assert done.surface.read(Rect(10, 10, 11, 11))[0, 0, 0] == round(0.7152 * ONE)
    assert done.surface.read(Rect(70, 70, 71, 71))[0, 0, 0] == ONE
    box = one_colour(selection.rectangle(Rect(10, 10, 60, 60)), (1.0, 1.0, 1.0))
    begun, cut = poured(state, None, "selection", box, 1.0), poured(state, None, "selection", box, 1.0, "erase")
    assert begun.selection is not None
    assert cut.selection is not None
    assert begun.selection.content_bounds() == Rect(10, 10, 60, 60)
    assert np.array_equal(cut.selection.read(state.rect), ONE - begun.selection.read(state.rect))


def test_the_selection_limits_paint_on_a_mask_but_not_on_itself(state: DocumentState) -> None:
    node = state.layers[1]
    state = edits.set_mask(state, node.id, LayerMask(Surface.blank(1), 0))
    state = edits.set_selection(state, selection.rectangle(Rect(0, 0, 50, 200)))
    mask = poured(state, node.id, "mask", full(state, (1, 1, 1)), 1.0).find(node.id).mask
    assert mask is not None
    assert mask.surface.content_bounds() == Rect(0, 0, 50, 200)
    everything = poured(state, None, "selection", full(state, (1, 1, 1)), 1.0)
    assert everything.selection is not None
    assert everything.selection.content_bounds() == state.rect
    nothing = pouring.cleared(state, None, "selection")
    assert nothing.selection is not None
    assert not nothing.selection.tiles


@pytest.mark.parametrize(
    ("change", "plane", "words"),
    [
        (lambda n: replace(n, locked=True), "pixels", "locked"),
        (lambda n: replace(n, visible=False), "pixels", "hidden"),
        (lambda n: n, "mask", "no mask"),
    ],
)
def test_what_cannot_be_filled_says_so(state: DocumentState, change, plane, words: str) -> None:  # type: ignore[no-untyped-def]
    state = state.replaced(state.layers[1].id, change)
    with pytest.raises(EditError, match=words):
        poured(state, state.layers[1].id, plane, full(state), 1.0)


# Gradients


def laid(state: DocumentState, line: Gradient) -> np.ndarray:
    done = poured(state, state.layers[1].id, "pixels", gradient.source(line, state.rect), 1.0)
    return pixels(done)


def ways(shape: str, line: Gradient) -> np.ndarray:
    """The slow twin: how far along its way each pixel is."""
    y, x = np.indices((200, 300)) + 0.5
    dx, dy, u, v = line.bx - line.ax, line.by - line.ay, x - line.ax, y - line.ay
    if shape == "radial":
        return np.clip(np.hypot(u, v) / np.hypot(dx, dy), 0, 1)
    if shape == "angle":
        return (np.arctan2(v, u) - np.arctan2(dy, dx)) / (2 * np.pi) % 1.0
    along = (u * dx + v * dy) / (dx * dx + dy * dy)
    return np.clip(np.abs(along) if shape == "reflected" else along, 0, 1)


@pytest.mark.parametrize("shape", ["linear", "radial", "reflected", "angle"])
def test_colours_run_as_the_shape_says_within_one_step_of_8_bits(state: DocumentState, shape) -> None:  # type: ignore[no-untyped-def]
    line = Gradient(40, 60, 220, 130, *BLACK_TO_WHITE, shape)
    found, wanted = laid(state, line)[..., 0] / ONE, ways(shape, line)
    off = np.abs(found - wanted)
    off = np.minimum(off, 1 - off) if shape == "angle" else off
    assert off.max() <= 0.5 / 255 + 2 / ONE
    assert np.abs(np.mean(found - wanted)) < 0.0005
    assert (laid(state, line)[..., 3] == ONE).all()


def test_eight_bits_show_no_bands(state: DocumentState) -> None:
    """A ramp of four grey values over 300 pixels: without dithering it would be four flat bands."""
    low, high = 0.5, 0.5 + 4 / 255
    line = Gradient(0, 0, 300, 0, (low, low, low, 1.0), (high, high, high, 1.0))
    grey = to_rgba8(laid(state, line))[..., 0].astype(float)
    means = grey.mean(0)
    ramp = (low + (high - low) * (np.arange(300) + 0.5) / 300) * 255
    assert np.abs(np.convolve(means - ramp, np.ones(15) / 15, "valid")).max() < 0.12
    assert len(np.unique(grey[:, 40])) == 2


def test_ends_and_channels_that_do_not_change_are_exact(state: DocumentState) -> None:
    found = laid(state, Gradient(100, 0, 200, 0, (0.25, 0.0, 1.0, 1.0), (0.25, 1.0, 0.0, 1.0)))
    assert (found[:, :99] == [ONE // 4, 0, ONE, ONE]).all()
    assert (found[:, 201:] == [ONE // 4, ONE, 0, ONE]).all()
    assert (found[..., 0] == ONE // 4).all()


def test_fading_out_keeps_the_colour_and_leaves_the_rest_alone(state: DocumentState) -> None:
    found = laid(state, Gradient(0, 0, 128, 0, (*RED, 1.0), (*RED, 0.0)))
    assert np.array_equal(found[..., 0], found[..., 3])
    assert not found[..., 1:3].any()
    assert not found[:, 129:].any()


def test_a_gradient_reaches_the_edge_of_the_document_and_not_beyond(state: DocumentState) -> None:
    done = poured(
        state, state.layers[1].id, "pixels", gradient.source(Gradient(0, 0, 9, 9, *BLACK_TO_WHITE), state.rect), 1.0
    )
    layer = done.layers[1]
    assert isinstance(layer, Layer)
    assert layer.surface.content_bounds() == state.rect


def test_flat_parts_beyond_the_ends_share_a_tile() -> None:
    big = edits.new_document(8 * TILE_PX, TILE_PX)
    done = poured(
        big, big.layers[1].id, "pixels", gradient.source(Gradient(0, 0, 50, 0, *BLACK_TO_WHITE), big.rect), 1.0
    )
    layer = done.layers[1]
    assert isinstance(layer, Layer)
    assert layer.surface.tiles[3, 0] is layer.surface.tiles[6, 0]


def test_the_same_gradient_gives_the_same_pixels_and_one_point_gives_none(state: DocumentState) -> None:
    line = Gradient(3, 4, 250, 120, *BLACK_TO_WHITE, "radial")
    assert np.array_equal(laid(state, line), laid(state, line))
    with pytest.raises(ValueError, match="one point"):
        gradient.source(Gradient(1, 1, 1, 1, *BLACK_TO_WHITE), state.rect)
