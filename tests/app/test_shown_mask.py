"""A layer mask looked at by itself on the canvas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from desk import Desk

from app import mask_intents
from canvas import layer_masks, pouring
from canvas.layers import LayerMask
from canvas.tiles import ONE, Surface


@pytest.fixture
def masked(desk: Desk) -> Desk:
    """“Paint” has a mask that shows the left half, and half as much of a strip in the middle."""
    values = np.zeros((256, 160, 1), np.uint16)
    values[:, :100], values[:, 100:] = ONE, ONE // 2
    mask = LayerMask(Surface.from_pixels(values))
    paint = desk.layer("Paint").id
    desk.session.document.edit("mask", lambda s: layer_masks.add(s, paint, mask))
    desk.session.set_look(replace(desk.session.look, mask=paint))
    return desk


def test_white_shows_black_hides_and_grey_is_between(masked: Desk) -> None:
    assert masked.seen(50, 128) == (255, 255, 255)
    assert masked.seen(130, 128) == (128, 128, 128)
    assert masked.seen(220, 128) == (0, 0, 0)


def test_it_follows_the_mask_at_every_zoom_and_goes_again(masked: Desk) -> None:
    mask_intents.invert(masked.session)
    assert masked.seen(220, 128) == (255, 255, 255)
    masked.view.set_viewport(replace(masked.view.viewport, zoom=0.25))
    assert masked.seen(50, 128) == (0, 0, 0)
    assert masked.seen(220, 128) == (255, 255, 255)
    masked.session.set_look(replace(masked.session.look, mask=None))
    assert masked.seen(50, 128) == (255, 255, 255)


def test_without_the_mask_the_picture_is_seen_again(masked: Desk) -> None:
    paint = masked.layer("Paint").id
    red = (1.0, 0.0, 0.0)
    masked.session.document.edit("fill", lambda s: pouring.filled(s, paint, "pixels", red))
    assert masked.seen(220, 128) == (0, 0, 0)
    masked.session.document.edit("delete mask", lambda s: layer_masks.remove(s, paint))
    assert masked.seen(220, 128) == (255, 0, 0)
