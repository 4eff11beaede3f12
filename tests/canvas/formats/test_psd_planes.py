"""Planes of a band equal what the tiles say, wherever the band lies, in 8 and in 16 bits."""

from __future__ import annotations

import numpy as np
import pytest

from canvas.compositor import compile_program
from canvas.formats.psd_planes import layer_planes, mask_planes, octets, on_white, picture_planes
from canvas.geometry import Rect
from canvas.layers import Layer, LayerMask
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface, from_rgba8, to_rgba8

BANDS = [
    Rect(-30, -7, 150, 0),
    Rect(0, 0, 128, 128),
    Rect(5, 130, 290, 140),
    Rect(127, 3, 129, 4),
    Rect(900, 0, 910, 9),
]


@pytest.fixture
def surface() -> Surface:
    rng = np.random.default_rng(5)
    alpha = rng.integers(0, ONE + 1, (200, 300, 1))
    alpha[:100] = ONE
    colour = rng.integers(0, ONE + 1, (200, 300, 3)) * alpha // ONE
    return Surface.from_pixels(np.concatenate([colour, alpha], axis=2).astype(np.uint16), -25, -20)


def deep(value, whole):
    """Rounded to 16 bits; 257 times the 8-bit value where the pixel stands for one."""
    value, whole = value.astype(np.int64), np.maximum(whole.astype(np.int64), 1)
    eight = (value * 255 + whole // 2) // whole
    exact = (eight * whole + 127) // 255 == value
    return np.where(exact, eight * 257, (value * 65535 + whole // 2) // whole)


@pytest.mark.parametrize("band", BANDS)
def test_layers_of_8_bits_are_what_tiles_give(surface, band):
    planes = layer_planes(surface, band, 8)
    assert (planes.transpose(1, 2, 0) == to_rgba8(surface.read(band))).all()


@pytest.mark.parametrize("band", BANDS)
def test_layers_of_16_bits_are_rounded_or_exact(surface, band):
    pixels = surface.read(band)
    planes = layer_planes(surface, band, 16).transpose(1, 2, 0)
    assert (planes[..., :3] == deep(pixels[..., :3], pixels[..., 3:])).all()
    assert (planes[..., 3:] == deep(pixels[..., 3:], np.array(ONE))).all()


@pytest.mark.parametrize("depth", [8, 16])
def test_the_picture_of_one_layer_is_the_layer(surface, depth):
    program = compile_program(DocumentState(300, 200, (Layer("A", surface=surface),)))
    for band in BANDS:
        assert (picture_planes(program, band, depth) == layer_planes(surface, band, depth)).all()


@pytest.mark.parametrize("outside", [0, ONE])
@pytest.mark.parametrize("band", BANDS)
def test_masks_have_what_lies_outside(band, outside):
    values = np.random.default_rng(1).integers(0, ONE + 1, (128, 128, 1)).astype(np.uint16)
    mask = LayerMask(Surface({(0, 0): values}, 1), outside)
    expected = np.full((band.height, band.width), outside)
    inside = band & Rect(0, 0, 128, 128)
    if inside:
        expected[inside.y0 - band.y0 : inside.y1 - band.y0, inside.x0 - band.x0 : inside.x1 - band.x0] = values[
            inside.y0 : inside.y1, inside.x0 : inside.x1, 0
        ]
    assert (mask_planes(mask, band, 8)[0] == np.rint(expected / ONE * 255)).all()
    assert (mask_planes(mask, band, 16)[0] == deep(expected, np.array(ONE))).all()


@pytest.mark.parametrize(("depth", "full"), [(8, 255), (16, 65535)])
def test_what_lies_on_white_can_be_taken_off_again(surface, depth, full):
    band = Rect(0, 90, 100, 150)
    planes = layer_planes(surface, band, depth).astype(np.float64)
    laid = on_white(layer_planes(surface, band, depth))
    alpha = planes[3] / full
    assert np.abs(laid[:3] - (planes[:3] * alpha + full * (1 - alpha))).max() <= 0.5 + 1e-6
    assert (laid[3] == planes[3]).all()


def test_of_16_bits_the_higher_byte_comes_first():
    assert octets(np.array([[[0x1234, 0x00FF]]], np.uint16)).tolist() == [[[0x12, 0x34, 0x00, 0xFF]]]
    eight = np.array([[[1, 2]]], np.uint8)
    assert octets(eight) is eight


def test_octets_of_an_opaque_picture_come_out_as_they_went_in():
    rgba = np.random.default_rng(2).integers(0, 256, (40, 40, 4)).astype(np.uint8)
    rgba[..., 3] = 255
    surface = Surface.from_pixels(from_rgba8(rgba))
    band = Rect(0, 0, 40, 40)
    assert (layer_planes(surface, band, 8).transpose(1, 2, 0) == rgba).all()
    assert (layer_planes(surface, band, 16).transpose(1, 2, 0) == rgba.astype(int) * 257).all()
