"""Pixels as files hold them, compiled: 8-bit straight alpha, and PackBits rows. Both release the GIL."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from canvas.tiles import ONE, Pixels, Pixels8

#: Bytes that one PackBits packet can stand for.
_PACKET = 128


def straight_rgba8(pixels: Pixels) -> Pixels8:
    """`canvas.tiles.to_rgba8`, bit for bit, without its intermediate arrays."""
    out = np.empty(pixels.shape, np.uint8)
    _straight(np.ascontiguousarray(pixels), out)
    return out


def pack_rows(plane: Pixels8) -> tuple[npt.NDArray[np.uint16], bytes]:
    """PackBits of every row of `plane` (h, w) by itself: the packed length of each row, and all rows joined."""
    height, width = plane.shape
    packed = np.empty(height * (width + -(-width // _PACKET)), np.uint8)
    lengths = np.empty(height, np.uint16)
    total = _pack(np.ascontiguousarray(plane), packed, lengths)
    return lengths, packed[:total].tobytes()


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator] # numba has no types
def _straight(pixels: Any, out: Any) -> None:
    height, width = pixels.shape[:2]
    for y in range(height):
        for x in range(width):
            alpha = np.int32(pixels[y, x, 3])
            # c * 255 + alpha / 2 < 2**24 and c <= alpha: the division in single precision floors exactly.
            divisor = np.float32(alpha if alpha > 0 else 1)
            for c in range(3):
                value = np.int32(np.float32(np.int32(pixels[y, x, c]) * 255 + (alpha >> 1)) / divisor)
                out[y, x, c] = np.uint8(value if value < 255 else 255)
            out[y, x, 3] = np.uint8((alpha * 255 + (ONE >> 1)) >> 15)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator] # numba has no types
def _pack(plane: Any, packed: Any, lengths: Any) -> int:
    height, width = plane.shape
    at = 0
    for y in range(height):
        row = plane[y]
        row_start = at
        x = 0
        while x < width:
            run = 1
            while x + run < width and run < _PACKET and row[x + run] == row[x]:
                run += 1
            if run >= 3 or (run == 2 and x + 2 == width):
                packed[at] = 257 - run
                packed[at + 1] = row[x]
                at += 2
                x += run
                continue
            # Bytes as they are, up to where three equal ones make a run worth its packet.
            start = x
            x += run
            while x < width and x - start < _PACKET:
                if x + 2 < width and row[x] == row[x + 1] and row[x] == row[x + 2]:
                    break
                x += 1
            count = min(x - start, _PACKET)
            x = start + count
            packed[at] = count - 1
            for i in range(count):
                packed[at + 1 + i] = row[start + i]
            at += 1 + count
        lengths[y] = at - row_start
    return at
