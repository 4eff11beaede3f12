"""Tiles as bit streams, against an encoder that goes value by value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas.kernels import packing
from canvas.tiles import ONE, from_rgba8


def packed_slowly(tile: np.ndarray, bits: int) -> bytes:
    """As the docstring of the module says it, with Python's own integers."""
    side, _, channels = tile.shape
    widths, values = [], []
    for y in range(side):
        for c in range(channels):
            row = []
            for x in range(side):
                left, above, corner = (
                    int(tile[v, u, c]) if u >= 0 and v >= 0 else 0 for u, v in ((x - 1, y), (x, y - 1), (x - 1, y - 1))
                )
                off = (int(tile[y, x, c]) - (left + above - corner)) % (1 << bits)
                row.append(2 * off if off < 1 << (bits - 1) else 2 * ((1 << bits) - off) - 1)
            for start in range(0, side, packing.BLOCK):
                block = row[start : start + packing.BLOCK]
                width = max(block).bit_length()
                width = 16 if width >= 15 else width
                widths.append(min(width, 15))
                values += [(value, width) for value in block]
    length = 0
    bit_string = 0
    parts = []
    for value, width in values:
        bit_string |= value << length
        length += width
        while length >= 64:
            parts.append((bit_string & (1 << 64) - 1).to_bytes(8, "little"))
            bit_string >>= 64
            length -= 64
    if length:
        parts.append(bit_string.to_bytes(8, "little"))
    heads = bytes(widths[i] | widths[i + 1] << 4 for i in range(0, len(widths), 2))
    return heads + b"".join(parts)


def packed(tile: np.ndarray, bits: int) -> np.ndarray:
    out = np.empty((1, 1, packing.packed_bound(tile.shape[0], tile.shape[2])), np.uint8)
    return out[:, :, : packing.pack(out, tile, bits)].copy()


def ramp(side: int, channels: int) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    return np.stack([(x * (300 + c) + y * 170) % (ONE + 1) for c in range(channels)], axis=2).astype(np.uint16)


def tiles(channels: int, most: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(channels)
    shape = (32, 32, channels)
    spots = np.where(rng.random(shape) < 0.05, rng.integers(0, most + 1, shape), 0)
    return {
        "nothing": np.zeros(shape, np.uint16),
        "all": np.full(shape, most, np.uint16),
        "noise": rng.integers(0, most + 1, shape).astype(np.uint16),
        "extremes": (rng.integers(0, 2, shape) * most).astype(np.uint16),
        "spots": spots.astype(np.uint16),
        "ramp": (ramp(32, channels) % (most + 1)).astype(np.uint16),
    }


@pytest.mark.parametrize("channels", [1, 4])
@pytest.mark.parametrize(("bits", "most"), [(16, ONE), (8, 255)])
@pytest.mark.parametrize("kind", ["nothing", "all", "noise", "extremes", "spots", "ramp"])
def test_the_stream_is_that_of_the_slow_encoder_and_unpacks_to_the_tile(kind, channels, bits, most):
    tile = tiles(channels, most)[kind]
    stream = packed(tile, bits)
    assert stream.tobytes() == packed_slowly(tile, bits)
    back = np.full_like(tile, 7)
    assert packing.unpack(back, stream, bits) == 1
    assert (back == tile).all()


@given(st.integers(0, 2**32 - 1), st.integers(0, 15), st.sampled_from([1, 4]))
@settings(max_examples=60, deadline=None)
def test_any_tile_comes_back(seed, roughness, channels):
    rng = np.random.default_rng(seed)
    rough = rng.integers(0, (1 << roughness) + 1, (32, 32, channels))
    tile = np.clip(rough + rng.integers(0, ONE), 0, ONE).astype(np.uint16)
    back = np.empty_like(tile)
    assert packing.unpack(back, packed(tile, 16), 16) == 1
    assert (back == tile).all()


def test_streams_that_are_too_short_or_too_long_or_hold_too_much_are_refused():
    tile = tiles(4, ONE)["noise"]
    stream = packed(tile, 16)
    back = np.empty_like(tile)
    for length in (0, 1, 100, stream.shape[2] - 1, stream.shape[2] - 8):
        assert packing.unpack(back, stream[:, :, :length].copy(), 16) == 0
    longer = np.concatenate([stream, np.zeros((1, 1, 8), np.uint8)], axis=2)
    assert packing.unpack(back, longer, 16) == 0
    assert packing.unpack(back, packed(np.full((32, 32, 4), ONE + 1, np.uint16), 16), 16) == 0
    everything = np.full((1, 1, packing.widths_bytes(32, 4)), 255, np.uint8)
    assert packing.unpack(back, everything, 16) == 0


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_bytes_of_a_stranger_never_do_harm(seed):
    rng = np.random.default_rng(seed)
    stream = rng.integers(0, 256, (1, 1, int(rng.integers(0, 400))), dtype=np.uint8)
    widths = packing.widths_bytes(32, 1)
    stream[0, 0, :widths] &= 0x33
    packing.unpack(np.empty((32, 32, 1), np.uint16), stream, 16)


@pytest.mark.parametrize("opaque", [False, True])
def test_pixels_of_8_bits_are_recognised_and_come_back(opaque):
    straight = np.random.default_rng(3).integers(0, 256, (32, 32, 4), dtype=np.uint8)
    if opaque:
        straight[..., 3] = 255
    tile = from_rgba8(straight)
    octets = np.empty_like(tile)
    assert packing.to_octets(octets, tile) == 1
    assert octets.max() <= 255
    packing.from_octets(octets)
    assert (octets == tile).all()


def test_masks_of_8_bits_are_recognised_and_come_back():
    tile = np.zeros((16, 16, 1), np.uint16)
    tile[...] = ((np.arange(256) * ONE + 127) // 255).reshape(16, 16, 1)
    octets = np.empty_like(tile)
    assert packing.to_octets(octets, tile) == 1
    assert (octets.ravel() == np.arange(256)).all()
    packing.from_octets(octets)
    assert (octets == tile).all()


@pytest.mark.parametrize("where", [(0, 0, 0), (9, 3, 1), (15, 15, 3)])
def test_one_value_between_those_of_8_bits_makes_it_a_tile_of_16(where):
    tile = from_rgba8(np.random.default_rng(4).integers(0, 256, (16, 16, 4), dtype=np.uint8))
    tile[where] = 12_345
    assert packing.to_octets(np.empty_like(tile), tile) == 0
