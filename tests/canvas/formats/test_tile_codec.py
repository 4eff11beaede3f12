"""Tiles as blobs: what comes back, how small it gets, and what is refused."""

from __future__ import annotations

import gc
import threading

import numpy as np
import old_udraw
import pytest
import zstandard
from conftest import blob, noise

from canvas.formats.tile_codec import CODEC, TileDigests, decode_tile, digest_blob, encode_tile, encode_tiles, encoded
from canvas.tiles import ONE, TILE_PX, from_rgba8


def some_tiles() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    mask = rng.integers(0, ONE + 1, (TILE_PX, TILE_PX, 1)).astype(np.uint16)
    flat = np.full((TILE_PX, TILE_PX, 4), ONE, np.uint16)
    picture = from_rgba8(rng.integers(0, 256, (TILE_PX, TILE_PX, 4), dtype=np.uint8))
    return [
        noise(TILE_PX, TILE_PX, 1),
        blob(TILE_PX, TILE_PX, (0.3, 0.5, 0.1)),
        mask,
        flat,
        np.zeros_like(flat),
        picture,
    ]


def test_tiles_come_back_bit_for_bit_and_cannot_be_written_to():
    for tile in some_tiles():
        back = decode_tile(encode_tile(tile), TILE_PX)
        assert back.dtype == np.uint16
        assert (back == tile).all()
        assert not back.flags.writeable


def test_equal_tiles_give_equal_blobs_whatever_was_encoded_before():
    tiles = some_tiles()
    assert encode_tiles(tiles) == [encode_tile(tile.copy()) for tile in tiles]


def test_what_people_paint_gets_smaller_than_it_was_with_the_first_codec():
    soft = blob(512, 512, (0.7, 0.2, 0.4))[128:256, 128:256]
    y, x = np.mgrid[:TILE_PX, :TILE_PX]
    photo = np.stack([128 + 60 * np.sin(x / 9) + 40 * np.cos(y / (5 + c)) for c in range(4)], axis=2)
    photo += np.random.default_rng(1).normal(0, 3, photo.shape)
    photo[..., 3] = 255
    opened = from_rgba8(photo.astype(np.uint8))
    flat = np.full((TILE_PX, TILE_PX, 4), ONE // 2, np.uint16)
    for tile, most in ((soft, 0.9), (opened, 0.6), (flat, 1.0)):
        assert len(encode_tile(tile)) <= most * len(old_udraw.encode(np.ascontiguousarray(tile)))


def test_blobs_of_the_first_codec_are_read():
    for tile in some_tiles():
        assert (decode_tile(old_udraw.encode(tile), TILE_PX) == tile).all()


def framed(content: bytes, flags: int) -> bytes:
    return bytes((CODEC, flags, 0, 0, 0, 0, 0, 0)) + zstandard.ZstdCompressor().compress(content)


@pytest.mark.parametrize(
    ("damaged", "sentence"),
    [
        (b"", "unknown kind"),
        (b"\x07" + bytes(20), "unknown kind"),
        (bytes((CODEC, 9)) + bytes(20), "unknown kind"),
        (bytes((CODEC, 1)) + bytes(6), "what a tile can be"),
        (bytes((CODEC, 5)) + bytes(6) + b"no frame", "cannot be unpacked|bytes"),
        (framed(bytes(50_000_000), 5), "50000000 bytes"),
        (framed(bytes(100), 5), "what a tile can be"),
        (zstandard.ZstdCompressor().compress(bytes(50_000_000)), "50000000 bytes"),
        (b"\x28\xb5\x2f\xfd" + bytes(9), "unpacked|bytes"),
    ],
)
def test_damage_and_bombs_are_refused_before_memory_is_taken_for_them(damaged, sentence):
    with pytest.raises(ValueError, match=sentence):
        decode_tile(damaged, TILE_PX)


def test_values_above_one_are_refused_whoever_wrote_them():
    tile = np.full((TILE_PX, TILE_PX, 4), ONE + 1, np.uint16)
    for encode in (encode_tile, old_udraw.encode):
        with pytest.raises(ValueError, match="tile"):
            decode_tile(encode(tile), TILE_PX)


def test_tiles_whose_side_is_no_multiple_of_32_are_not_encoded():
    with pytest.raises(ValueError, match="multiple of 32"):
        encode_tile(np.zeros((100, 100, 4), np.uint16))


def test_many_tiles_are_encoded_in_order_and_remembered():
    digests = TileDigests()
    tiles = [np.full((TILE_PX, TILE_PX, 1), value, np.uint16) for value in range(100)]
    for tile in tiles:
        tile.flags.writeable = False
    found = list(encoded(tiles, digests))
    assert [tile[0, 0, 0] for tile, _, _ in found] == list(range(100))
    for tile, digest, data in found:
        assert digest == digest_blob(data) == digests.get(tile)
        assert (decode_tile(data, TILE_PX) == tile).all()


def test_whoever_stops_asking_leaves_no_thread_behind():
    before = threading.active_count()
    tiles = [np.full((TILE_PX, TILE_PX, 1), value, np.uint16) for value in range(600)]
    some = encoded(tiles, TileDigests())
    next(some)
    some.close()
    assert threading.active_count() == before


def test_digests_live_as_long_as_their_tiles_and_only_for_tiles_that_cannot_change():
    digests = TileDigests()
    tile = np.zeros((TILE_PX, TILE_PX, 4), np.uint16)
    digests.put(tile, b"a")
    assert digests.get(tile) is None
    tile.flags.writeable = False
    digests.put(tile, b"a")
    assert digests.get(tile) == b"a"
    del tile
    gc.collect()
    assert not digests._known
