"""Copy-on-write: what was frozen never changes, whatever is written later; and 8-bit pictures come back exact."""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import canvas.tiles
from canvas.geometry import EMPTY, Rect
from canvas.tiles import ONE, TILE_PX, Surface, from_rgba8, tile_rect, to_rgba8

rects = st.builds(
    lambda x, y, w, h: Rect(x, y, x + w, y + h),
    *(st.integers(-200, 200), st.integers(-200, 200), st.integers(1, 180), st.integers(1, 180)),
)


def test_the_contract_in_the_module_holds():
    assert doctest.testmod(canvas.tiles).failed == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(rects, st.integers(0, ONE)), max_size=6), rects)
def test_reading_gives_what_was_written_last_everywhere(writes, window):
    edit = Surface.blank().edit()
    truth = np.zeros((800, 800, 4), np.uint16)
    for rect, value in writes:
        pixels = np.full((rect.height, rect.width, 4), value, np.uint16)
        edit.write(rect, pixels)
        truth[rect.y0 + 300 : rect.y1 + 300, rect.x0 + 300 : rect.x1 + 300] = pixels
    read = edit.freeze().read(window)
    np.testing.assert_array_equal(read, truth[window.y0 + 300 : window.y1 + 300, window.x0 + 300 : window.x1 + 300])


def test_frozen_tiles_are_read_only_and_later_writes_copy():
    edit = Surface.blank().edit()
    edit.writable((0, 0))[...] = 7
    first = edit.freeze()
    with pytest.raises(ValueError, match="read-only"):
        first.tiles[0, 0][...] = 1
    edit.writable((0, 0))[...] = 9
    second = edit.freeze()
    assert (first.tiles[0, 0] == 7).all()
    assert (second.tiles[0, 0] == 9).all()
    assert first.changed_tiles(second) == {(0, 0)}


def test_untouched_tiles_are_shared():
    base = Surface.from_pixels(np.full((300, 300, 4), ONE, np.uint16))
    edit = base.edit()
    edit.writable((1, 1))[0, 0] = 0
    changed = edit.freeze()
    assert base.changed_tiles(changed) == {(1, 1)}
    assert changed.tiles[0, 0] is base.tiles[0, 0]
    assert edit.dirty == tile_rect((1, 1))


def test_tiles_can_be_handed_over_and_dropped():
    edit = Surface.from_pixels(np.full((10, 10, 4), ONE, np.uint16)).edit()
    tile = np.ones((TILE_PX, TILE_PX, 4), np.uint16)
    edit.put((3, 2), tile)
    edit.drop((0, 0))
    edit.drop((9, 9))
    surface = edit.freeze()
    assert surface.tiles.keys() == {(3, 2)}
    assert surface.tiles[3, 2] is tile
    assert not tile.flags.writeable
    assert edit.touched == {(3, 2), (0, 0)}


def test_empty_tiles_are_not_stored():
    surface = Surface.from_pixels(np.zeros((500, 500, 4), np.uint16))
    assert not surface.tiles
    assert surface.tile_bounds() == surface.content_bounds() == EMPTY


def test_bounds_are_those_of_what_is_visible():
    pixels = np.zeros((300, 300, 4), np.uint16)
    pixels[140:150, 20:290, 3] = 1
    surface = Surface.from_pixels(pixels, x=-100, y=5)
    assert surface.content_bounds() == Rect(-80, 145, 190, 155)


def test_writing_pixels_of_the_wrong_size_is_an_error():
    with pytest.raises(ValueError, match="do not fit"):
        Surface.blank().edit().write(Rect(0, 0, 5, 5), np.zeros((4, 5, 4), np.uint16))


def test_8_bit_colours_come_back_exact_but_for_the_faintest_alpha_which_cannot_hold_256_of_them():
    colour, alpha = np.meshgrid(np.arange(256), np.arange(1, 256))
    straight = np.stack([colour, 255 - colour, colour // 2, alpha], -1).astype(np.uint8)
    back = to_rgba8(from_rgba8(straight))
    np.testing.assert_array_equal(back[1:], straight[1:])
    assert np.abs(back[0].astype(int) - straight[0]).max() <= 1
    assert not from_rgba8(np.array([[[9, 9, 9, 0]]], np.uint8)).any()
