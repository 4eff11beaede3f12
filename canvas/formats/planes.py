"""Pixels as files hold them, compiled: 8-bit straight alpha, and PackBits rows. All release the GIL."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels, Pixels8

#: Bytes that one PackBits packet can stand for.
_PACKET = 128
#: Bytes that are looked at at once.
_WORD = 8
#: Numbers that are never negative keep the compiler from allowing for indices that count from the end.
_0, _1, _2, _3, _7, _8, _257 = (np.uint64(value) for value in (0, 1, 2, 3, 7, 8, 257))


def straight_planes(pixels: Pixels) -> Pixels8:
    """`canvas.tiles.to_rgba8`, bit for bit, as four planes: uint8 (4, h, w)."""
    out = np.empty((4, *pixels.shape[:2]), np.uint8)
    _straight(np.ascontiguousarray(pixels), out)
    return out


def straight_rgba8(pixels: Pixels) -> Pixels8:
    """`canvas.tiles.to_rgba8`, bit for bit, without its intermediate arrays."""
    return np.ascontiguousarray(straight_planes(pixels).transpose(1, 2, 0))


def premultiplied(straight: Pixels8) -> Pixels:
    """`canvas.tiles.from_rgba8`, bit for bit, without its intermediate arrays."""
    out = np.empty(straight.shape, np.uint16)
    _premultiply(np.require(straight, requirements=["C", "W"]), out)
    return out


def pack_rows(planes: Pixels8) -> list[tuple[npt.NDArray[np.uint16], bytes]]:
    """PackBits of every row of `planes` (channels, height, width) by itself.

    For each channel: the packed length of each row, and all its rows joined.
    """
    channels, height, width = planes.shape
    packed = np.empty((1, channels, height * (width + -(-width // _PACKET))), np.uint8)
    lengths = np.empty((1, channels, height), np.uint16)
    equal = np.empty((1, 1, -(-width // _WORD) * _WORD + _WORD), np.uint8)
    _pack(np.require(planes, requirements=["C", "W"]), packed, lengths, equal)
    return [(lengths[0, c], packed[0, c, : lengths[0, c].sum(dtype=np.int64)].tobytes()) for c in range(channels)]


@kernel("in16", "out8")
def _straight(pixels: Pixels, out: Pixels8) -> None:
    height, width = pixels.shape[:2]
    for y in range(height):
        for x in range(width):
            alpha = np.int32(pixels[y, x, 3])
            # c * 255 + alpha / 2 < 2**24 and c <= alpha: the division in single precision floors exactly.
            divisor = np.float32(alpha if alpha > 0 else 1)
            for c in range(3):
                value = np.int32(np.float32(np.int32(pixels[y, x, c]) * 255 + (alpha >> 1)) / divisor)
                out[c, y, x] = np.uint8(value if value < 255 else 255)
            out[3, y, x] = np.uint8((alpha * 255 + (ONE >> 1)) >> 15)


# Kernels have no code for octets that are only read: theirs are "out8", and must be writable.
@kernel("out8", "out16")
def _premultiply(straight: Pixels8, out: Pixels) -> None:
    height, width = straight.shape[:2]
    for y in range(height):
        for x in range(width):
            alpha = (np.uint32(straight[y, x, 3]) * np.uint32(ONE) + np.uint32(127)) // np.uint32(255)
            for c in range(3):
                out[y, x, c] = (np.uint32(straight[y, x, c]) * alpha + np.uint32(127)) // np.uint32(255)
            out[y, x, 3] = alpha


@kernel("out8", "out8", "out16", "out8")
def _pack(planes: Pixels8, packed: Pixels8, lengths: Pixels, equal: Pixels8) -> None:
    """`equal` (1, 1, at least _WORD more than the width): room to mark where three equal bytes begin."""
    channels, height, width = planes.shape
    marks = equal[0, 0]
    words = marks.view(np.uint64)
    last = max(width - 2, 0)
    end, most = np.uint64(width), np.uint64(_PACKET)
    for channel in range(channels):
        out = packed[0, channel]
        at = _0
        for y in range(height):
            row = planes[channel, y]
            second, third = row[1:], row[2:]
            row_start = at
            for i in range(last):
                marks[i] = np.uint8(1) if (row[i] == second[i]) & (second[i] == third[i]) else np.uint8(0)
            for i in range(last, len(marks)):
                marks[i] = 1
            x = _0
            while x < end:
                # Bytes as they are, up to where three equal ones make a run worth its packet.
                start = x
                while x & _7 and marks[x] == 0:
                    x += _1
                if x & _7 == _0:
                    while words[x >> _3] == 0:
                        x += _8
                    while marks[x] == 0:
                        x += _1
                if x + _2 >= end:
                    x = end
                while start < x:
                    count = min(x - start, most)
                    out[at] = np.uint8(count - _1)
                    source, place = row[start : start + count], out[at + _1 : at + _1 + count]
                    for i in range(count):
                        place[i] = source[i]
                    at += _1 + count
                    start += count
                if x == end:
                    break
                value = row[x]
                start = x
                x += _3
                while x < end and row[x] == value:
                    x += _1
                while start < x:
                    count = min(x - start, most)
                    # A byte that is left over by itself is a packet of one byte as it is.
                    out[at] = np.uint8(_257 - count) if count > _1 else np.uint8(0)
                    out[at + _1] = value
                    at += _2
                    start += count
            lengths[0, channel, y] = at - row_start
