"""Tiles as compressed blobs named by their content, for the native format and the journal.

A blob begins with a byte that names its codec:
- CODEC: then a byte of flags, six of zero, and the stream of `kernels.packing`, as it is or in a zstd frame. Tiles that
  are 8-bit pixels exactly are kept as such.
- 0x28, the first byte of a zstd frame: what files of schemas 1 and 2 hold. Each channel's differences from the left
  neighbour (modulo 2**16), first all low bytes, then all high bytes.

Milliseconds of one processor to pack and to unpack a tile of 128 px (128 kB), and what is left of it in kB:

| tiles of | schemas 1 and 2 | now |
|---|---|---|
| soft brushes | 0.38, 0.28, 43 | 0.14, 0.09, 23 |
| the same with grain | 0.49, 0.36, 96 | 0.15, 0.09, 93 |
| lines | 0.36, 0.29, 29 | 0.17, 0.10, 33 |
| flat areas | 0.21, 0.25, 6 | 0.15, 0.09, 5 |
| a picture of 8 bits | 0.52, 0.36, 29 | 0.16, 0.10, 14 |
| the layers of the benchmarks | 0.87, 0.51, 61 | 0.23, 0.18, 54 |
"""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt
import zstandard

from canvas.formats.threads import batches, in_threads
from canvas.formats.udraw_names import Memory
from canvas.kernels import packing
from canvas.tiles import ONE, Pixels

CODEC = 2
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_HEAD_BYTES = 8
#: Flags.
_FOUR_CHANNELS, _OCTETS, _COMPRESSED = 1, 2, 4
#: Negative levels of zstd leave out the entropy coding: the packed bits are dense already, what is left is repetition.
_LEVEL = -3
_DIGEST_BYTES = 16
#: Tiles that a thread takes at once, so that handing them over costs little beside the work.
BATCH = 16


def encode_tile(tile: Pixels) -> bytes:
    """The blob of a square tile (side, side, 1 or 4), the side a multiple of 32. Releases the GIL."""
    return encode_tiles((tile,))[0]


def encode_tiles(tiles: Sequence[Pixels]) -> list[bytes]:
    """`encode_tile` of each; the tiles share one size."""
    if not tiles:
        return []
    side_px = tiles[0].shape[0]
    if side_px % packing.SIDE_STEP:
        raise ValueError(f"tiles of {side_px} pixels, which is no multiple of {packing.SIDE_STEP}")
    compressor = zstandard.ZstdCompressor(level=_LEVEL)
    stream = np.empty((1, 1, packing.packed_bound(side_px, 4)), np.uint8)
    room = np.empty((4, side_px, side_px), np.uint16)
    blobs = []
    for tile in tiles:
        values = np.ascontiguousarray(tile)
        octets = room[: tile.shape[2]].reshape(tile.shape)
        flags = _FOUR_CHANNELS if tile.shape[2] == 4 else 0
        if packing.to_octets(octets, values):
            flags |= _OCTETS
            size = packing.pack(stream, octets, 8)
        else:
            size = packing.pack(stream, values, 16)
        body: bytes | memoryview = stream[0, 0, :size].data
        compressed = compressor.compress(body)
        if len(compressed) < size:
            flags |= _COMPRESSED
            body = compressed
        blobs.append(b"".join((bytes((CODEC, flags)), bytes(_HEAD_BYTES - 2), body)))
    return blobs


def decode_tile(blob: bytes, side_px: int) -> Pixels:
    """Inverse of `encode_tile`; the result is read-only. Releases the GIL. Raises ValueError on damage."""
    return decode_tiles((blob,), side_px)[0]


def decode_tiles(blobs: Sequence[bytes], side_px: int) -> list[Pixels]:
    """`decode_tile` of each."""
    decompressor = zstandard.ZstdDecompressor()
    tiles = []
    for blob in blobs:
        try:
            if blob.startswith(_ZSTD_MAGIC):
                tile = _decode_left_differences(blob, side_px, decompressor)
            else:
                tile = _decode_packed(blob, side_px, decompressor)
        except zstandard.ZstdError as error:
            raise ValueError("a tile cannot be unpacked") from error
        tile.flags.writeable = False
        tiles.append(tile)
    return tiles


def _decode_packed(blob: bytes, side_px: int, decompressor: zstandard.ZstdDecompressor) -> Pixels:
    if len(blob) < _HEAD_BYTES or blob[0] != CODEC or blob[1] > 7 or any(blob[2:_HEAD_BYTES]):
        raise ValueError("a tile of an unknown kind")
    if side_px % packing.SIDE_STEP:
        raise ValueError(f"packed tiles of {side_px} pixels")
    flags = blob[1]
    channels = 4 if flags & _FOUR_CHANNELS else 1
    body = memoryview(blob)[_HEAD_BYTES:]
    if flags & _COMPRESSED:
        # The frame says how much it unpacks to; zstandard would allocate whatever stands there.
        _check_size(zstandard.frame_content_size(body), packing.packed_bound(side_px, channels))
        body = memoryview(decompressor.decompress(body))
    stream = np.frombuffer(body, np.uint8)[None, None]
    tile = np.empty((side_px, side_px, channels), np.uint16)
    if not packing.unpack(tile, stream, 8 if flags & _OCTETS else 16):
        raise ValueError("a tile is not what a tile can be")
    if flags & _OCTETS:
        packing.from_octets(tile)
    return tile


def _decode_left_differences(blob: bytes, side_px: int, decompressor: zstandard.ZstdDecompressor) -> Pixels:
    size = zstandard.frame_content_size(blob)
    plane_bytes = side_px * side_px * 2
    if size not in (plane_bytes, plane_bytes * 4):
        raise ValueError(f"a tile of {size} bytes")
    octets = np.frombuffer(decompressor.decompress(blob), np.uint8)
    low, high = octets.reshape(2, -1, side_px)
    pairs: npt.NDArray[np.uint8] = cv2.merge((low, high))
    planes = pairs.view("<u2").reshape(-1, side_px, side_px).astype(np.uint16, copy=False)
    np.add.accumulate(planes, axis=2, out=planes)
    if planes.max() > ONE:
        raise ValueError("a tile has values above 1")
    return np.ascontiguousarray(cv2.merge(tuple(planes)).reshape(side_px, side_px, -1), np.uint16)


def _check_size(size: int, most: int) -> None:
    if not 0 <= size <= most:
        raise ValueError(f"a tile of {size} bytes")


def digest_blob(blob: bytes) -> bytes:
    """The first 16 bytes of the SHA-256 of a blob: its name in the file, and the proof that it came back whole.

    Most processors have instructions for SHA-256: it is then twice as fast as BLAKE2, which schemas 1 and 2 used.
    """
    return hashlib.sha256(blob).digest()[:_DIGEST_BYTES]


class TileDigests:
    """Remembers the digest of tiles already encoded, by identity, as long as they live.

    Tiles do not change once published, so a tile seen before need not be encoded again to know whether a file has it.
    Make one for as long as documents are open and give it to every read and write; any thread may use it.
    `memory`: what follows from the digests for surfaces and files.
    """

    def __init__(self) -> None:
        self.memory = Memory()
        self._known: dict[int, tuple[weakref.ref[Pixels], bytes]] = {}

    def get(self, tile: Pixels) -> bytes | None:
        entry = self._known.get(id(tile))
        return entry[1] if entry is not None and entry[0]() is tile else None

    def put(self, tile: Pixels, digest: bytes) -> None:
        if tile.flags.writeable:
            return
        key = id(tile)
        self._known[key] = (weakref.ref(tile, lambda _: self._forget(key)), digest)

    def _forget(self, key: int) -> None:
        entry = self._known.get(key)
        # The id may already belong to a new tile.
        if entry is not None and entry[0]() is None:
            self._known.pop(key, None)


def encoded(tiles: Iterable[Pixels], digests: TileDigests) -> Iterator[tuple[Pixels, bytes, bytes]]:
    """Each tile with its digest and blob, made ahead on all cores, in order; `digests` learns them."""

    def work(batch: Sequence[Pixels]) -> list[tuple[bytes, bytes]]:
        return [(digest_blob(blob), blob) for blob in encode_tiles(batch)]

    for batch, made in in_threads(work, batches(tiles, BATCH)):
        for tile, (digest, blob) in zip(batch, made, strict=True):
            digests.put(tile, digest)
            yield tile, digest, blob
