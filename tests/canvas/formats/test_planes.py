"""The compiled loops agree with their plain twins."""

from __future__ import annotations

import numpy as np
import pytest
from psd_tools.compression import rle

from canvas.formats.planes import pack_rows, premultiplied, straight_rgba8
from canvas.tiles import ONE, from_rgba8, to_rgba8


def test_every_8_bit_value_at_every_alpha_is_premultiplied_as_tiles_do():
    colour, alpha = np.mgrid[:256, :256]
    straight = np.stack([colour, colour[::-1], colour, alpha], axis=2).astype(np.uint8)
    assert (premultiplied(straight) == from_rgba8(straight)).all()


@pytest.mark.parametrize("alphas", [range(1, 200), range(ONE - 60, ONE + 1)], ids=["faint", "nearly opaque"])
def test_every_premultiplied_value_is_divided_as_tiles_do(alphas):
    for alpha in alphas:
        colour = np.arange(alpha + 1, dtype=np.uint16)
        pixels = np.stack([colour, colour, colour, np.full_like(colour, alpha)], axis=1)[None]
        assert (straight_rgba8(pixels) == to_rgba8(pixels)).all(), alpha


@pytest.mark.parametrize("width", [1, 2, 3, 4, 127, 128, 129, 130, 300])
@pytest.mark.parametrize("values", [1, 2, 3, 256], ids=["solid", "two values", "three values", "noise"])
def test_packed_rows_unpack_to_themselves_each_alone(width, values):
    rng = np.random.default_rng(width)
    planes = rng.integers(0, values, (2, 12, width)).astype(np.uint8)
    planes[0, 3] = 9
    for plane, (lengths, data) in zip(planes, pack_rows(planes), strict=True):
        ends = np.cumsum(lengths, dtype=np.int64)
        assert ends[-1] == len(data)
        for row, end, length in zip(plane, ends, lengths, strict=True):
            assert rle.decode(data[end - length : end], width) == row.tobytes()


def test_packing_never_costs_more_than_one_byte_in_128_and_shrinks_flat_rows_64_fold():
    noise = np.random.default_rng(0).integers(0, 256, (1, 20, 1280)).astype(np.uint8)
    assert len(pack_rows(noise)[0][1]) <= noise.size + noise.size // 128
    flat = np.full((1, 20, 1280), 5, np.uint8)
    assert len(pack_rows(flat)[0][1]) == flat.size // 64
