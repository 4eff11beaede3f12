"""Pixels as files hold them, compiled: 8-bit straight alpha, and PackBits rows. All release the GIL."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels, Pixels8

#: Bytes that one PackBits packet can stand for.
_PACKET = 128


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
    _pack(np.require(planes, requirements=["C", "W"]), packed, lengths)
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


@kernel("out8", "out8", "out16")
def _pack(planes: Pixels8, packed: Pixels8, lengths: Pixels) -> None:
    channels, height, width = planes.shape
    for channel in range(channels):
        out = packed[0, channel]
        at = 0
        for y in range(height):
            row = planes[channel, y]
            row_start = at
            x = 0
            while x < width:
                run = 1
                while x + run < width and run < _PACKET and row[x + run] == row[x]:
                    run += 1
                if run >= 3 or (run == 2 and x + 2 == width):
                    out[at] = 257 - run
                    out[at + 1] = row[x]
                    at += 2
                    x += run
                    continue
                # Bytes as they are, up to where three equal ones make a run worth its packet.
                start = x
                x += run
                while x + 2 < width and x - start < _PACKET:
                    if row[x + 1] != row[x + 2]:
                        x += 2
                    elif row[x] != row[x + 1]:
                        x += 1
                    else:
                        break
                if x + 2 >= width:
                    x = width
                count = min(x - start, _PACKET)
                x = start + count
                out[at] = count - 1
                for i in range(count):
                    out[at + 1 + i] = row[start + i]
                at += 1 + count
            lengths[0, channel, y] = at - row_start
