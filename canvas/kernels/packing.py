"""Tiles as bit streams: what neighbours do not tell of a pixel, 16 values at a time in as many bits as they need.

A value is predicted as left + above - above left, which is exact on ramps: a soft brush leaves few bits a value. For
16 neighbouring values of a channel the stream holds the width of what is left in bits (half a byte; 15 stands for 16)
and then those bits; the widths of a tile come before all bits. Little-endian, the lowest bit first.
"""

from __future__ import annotations

import numpy as np

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels, Pixels8

#: Values of one channel that share a width.
BLOCK = 16
#: What the side of a tile is a multiple of: two widths fill a byte.
SIDE_STEP = 2 * BLOCK
_U64 = np.uint64
_BIT_LENGTHS = np.array([value.bit_length() for value in range(256)], np.uint8)


def packed_bound(side_px: int, channels: int) -> int:
    """The most bytes that `pack` writes for a tile."""
    return widths_bytes(side_px, channels) + side_px * side_px * channels * 2 + 8


def widths_bytes(side_px: int, channels: int) -> int:
    return side_px * side_px * channels // BLOCK // 2


def _differences(row: Pixels, above: Pixels, scratch: Pixels, pixels: Pixels, channels: int, bits: int) -> None:
    """What is unexpected in one row, smallest first (0, -1, 1, -2, ...), channel by channel into `row`.

    `above` holds the differences of the row above from their left neighbours, and then those of this row. Differences
    are modulo 2**bits.
    """
    n = len(row)
    top, half = np.uint16((1 << bits) - 1), np.uint16(1 << (bits - 1))
    here, left, inner = pixels[channels:], pixels[: n - channels], scratch[channels:]
    for i in range(channels):
        scratch[i] = pixels[i]
    for i in range(n - channels):
        inner[i] = np.uint16(here[i] - left[i])
    for i in range(n):
        step = scratch[i]
        off = np.uint16(step - above[i]) & top
        above[i] = step
        flipped = top if off & half else np.uint16(0)
        scratch[i] = np.uint16(np.uint16(off + off) ^ flipped) & top
    if channels == 4:
        width = n // 4
        r, g, b, a = row[:width], row[width : 2 * width], row[2 * width : 3 * width], row[3 * width :]
        for x in range(width):
            r[x], g[x], b[x], a[x] = scratch[4 * x], scratch[4 * x + 1], scratch[4 * x + 2], scratch[4 * x + 3]
    else:
        for i in range(n):
            row[i] = scratch[i]


@kernel("out8", "in16", "int", helpers=(_differences,))
def pack(out: Pixels8, tile: Pixels, bits: int) -> int:
    """Write the stream of a tile (side, side, 1 or 4), whose values have `bits` bits (8 or 16); how many bytes it has.

    `out` is (1, 1, `packed_bound`).
    """
    height, width, channels = tile.shape
    n = width * channels
    blocks = n // 16
    first = height * blocks // 2
    words = out[0, 0, first:].view(np.uint64)
    row, scratch, above = np.empty(n, np.uint16), np.empty(n, np.uint16), np.zeros(n, np.uint16)
    quads = row.view(np.uint64)
    widths = np.empty(blocks, np.uint8)
    at = 0
    pending, filled = _U64(0), _U64(0)
    low = _U64(0x0000FFFF0000FFFF)
    for y in range(height):
        _differences(row, above, scratch, tile[y].reshape(n), channels, bits)
        for b in range(blocks):
            any_bit = quads[4 * b] | quads[4 * b + 1] | quads[4 * b + 2] | quads[4 * b + 3]
            any_bit |= any_bit >> _U64(32)
            any_bit = (any_bit | (any_bit >> _U64(16))) & _U64(0xFFFF)
            k = _BIT_LENGTHS[any_bit & _U64(255)]
            if any_bit >= _U64(256):
                k = _BIT_LENGTHS[any_bit >> _U64(8)] + 8
            widths[b] = min(k, 15)
        heads = out[0, 0, y * (blocks // 2) : (y + 1) * (blocks // 2)]
        for i in range(blocks // 2):
            heads[i] = widths[2 * i] | (widths[2 * i + 1] << 4)
        for b in range(blocks):
            bit_count = _U64(widths[b])
            if bit_count == _U64(0):
                continue
            if bit_count == _U64(15):
                bit_count = _U64(16)
            gap, two, four, high = _U64(16) - bit_count, _U64(2) * bit_count, _U64(4) * bit_count, low << bit_count
            for j in range(4):
                # Four values in 64 bits: close the gaps within pairs, then the one between the pairs.
                quad = quads[4 * b + j]
                quad = (quad & low) | ((quad >> gap) & high)
                quad = (quad & _U64(0xFFFFFFFF)) | ((quad >> _U64(32)) << two)
                pending |= quad << filled
                filled += four
                if filled >= _U64(64):
                    words[at] = pending
                    at += 1
                    filled -= _U64(64)
                    # In two steps: a shift by all 64 bits is undefined.
                    pending = (quad >> _U64(1)) >> (four - filled - _U64(1))
    if filled:
        words[at] = pending
        at += 1
    return int(first + 8 * at)


@kernel("out16", "in8", "int")
def unpack(tile: Pixels, stream: Pixels8, bits: int) -> int:
    """Inverse of `pack`, from `stream` (1, 1, length), and 1; 0 when its length is not what its widths say, or a value
    is above ONE."""
    height, width, channels = tile.shape
    n = width * channels
    blocks = n // 16
    first = height * blocks // 2
    heads = stream[0, 0]
    if len(heads) < first:
        return 0
    total = 0
    for i in range(first):
        even, odd = int(heads[i] & 15), int(heads[i] >> 4)
        total += even + odd + int(even == 15) + int(odd == 15)
    if len(heads) != first + (total + 3) // 4 * 8:
        return 0
    words = stream[0, 0, first:].view(np.uint64)
    row, above = np.empty(n, np.uint16), np.zeros(n, np.uint16)
    quads = row.view(np.uint64)
    at = 0
    pending, filled = _U64(0), _U64(0)
    top = np.uint16((1 << bits) - 1)
    for y in range(height):
        for b in range(blocks):
            i = y * blocks + b
            bit_count = _U64((heads[i >> 1] >> (4 * (i & 1))) & 15)
            if bit_count == _U64(0):
                for j in range(4):
                    quads[4 * b + j] = _U64(0)
                continue
            if bit_count == _U64(15):
                bit_count = _U64(16)
            gap, two, four = _U64(16) - bit_count, _U64(2) * bit_count, _U64(4) * bit_count
            pair = (_U64(1) << two) - _U64(1)
            low = ((_U64(1) << bit_count) - _U64(1)) * _U64(0x0000000100000001)
            high = low << bit_count
            for j in range(4):
                quad = pending
                if filled < four:
                    word = words[at]
                    at += 1
                    quad |= word << filled
                    pending = (word >> _U64(1)) >> (four - filled - _U64(1))
                    filled += _U64(64) - four
                else:
                    pending = (pending >> _U64(1)) >> (four - _U64(1))
                    filled -= four
                quad = (quad & pair) | (((quad >> two) & pair) << _U64(32))
                quads[4 * b + j] = (quad & low) | ((quad & high) << gap)
        for i in range(n):
            code = row[i]
            sign = np.uint16(np.uint16(0) - np.uint16(code & np.uint16(1)))
            above[i] = np.uint16(above[i] + np.uint16(np.uint16(code >> np.uint16(1)) ^ sign))
        out = tile[y].reshape(n)
        if channels == 4:
            reds, greens = above[:width], above[width : 2 * width]
            blues, alphas = above[2 * width : 3 * width], above[3 * width :]
            r, g, b_, a = np.uint16(0), np.uint16(0), np.uint16(0), np.uint16(0)
            for x in range(width):
                r, g = np.uint16(r + reds[x]), np.uint16(g + greens[x])
                b_, a = np.uint16(b_ + blues[x]), np.uint16(a + alphas[x])
                out[4 * x], out[4 * x + 1], out[4 * x + 2], out[4 * x + 3] = r & top, g & top, b_ & top, a & top
        else:
            value = np.uint16(0)
            for i in range(n):
                value = np.uint16(value + above[i])
                out[i] = value & top
        largest = np.uint16(0)
        for i in range(n):
            largest = max(largest, out[i])
        if largest > ONE:
            return 0
    return 1


@kernel("out16", "in16")
def to_octets(out: Pixels, tile: Pixels) -> int:
    """Straight values 0..255 that `from_octets` turns into exactly this tile, and 1; or 0, when there are none.

    Pictures of 8 bits that were opened, and results of the engine, are such tiles: they halve.
    """
    height, width, channels = tile.shape
    n = width * channels
    for y in range(height):
        values, octets = tile[y].reshape(n), out[y].reshape(n)
        see_through = np.int32(0)
        for i in range(channels - 1, n, channels):
            see_through |= np.int32(values[i] != ONE)
        wrong = np.int32(0)
        if channels == 1 or not see_through:
            for i in range(n):
                value = np.int32(values[i])
                octet = np.int32(np.int32(value * np.int32(255) + np.int32(ONE >> 1)) >> np.int32(15))
                wrong |= np.int32(np.int32(octet * np.int32(ONE) + np.int32(127)) // np.int32(255) != value)
                octets[i] = octet
        else:
            for i in range(0, n, 4):
                alpha = np.int32(values[i + 3])
                octet = np.int32((alpha * 255 + (ONE >> 1)) >> 15)
                wrong |= np.int32((octet * ONE + 127) // 255 != alpha)
                octets[i + 3] = octet
                # c * 255 + alpha / 2 < 2**24: the division in single precision floors exactly where c <= alpha.
                divisor = np.float32(alpha if alpha > 0 else 1)
                for c in range(3):
                    value = np.int32(values[i + c])
                    octet = min(np.int32(np.float32(value * 255 + (alpha >> 1)) / divisor), np.int32(255))
                    wrong |= np.int32((octet * alpha + 127) // 255 != value)
                    octets[i + c] = octet
        if wrong:
            return 0
    return 1


@kernel("out16")
def from_octets(tile: Pixels) -> None:
    """Straight values 0..255 become premultiplied fixed point, as `canvas.tiles.from_rgba8` makes it; in place."""
    height, width, channels = tile.shape
    n = width * channels
    for y in range(height):
        values = tile[y].reshape(n)
        see_through = np.int32(0)
        for i in range(channels - 1, n, channels):
            see_through |= np.int32(values[i] != 255)
        if channels == 1 or not see_through:
            for i in range(n):
                values[i] = np.int32(np.int32(values[i]) * np.int32(ONE) + np.int32(127)) // np.int32(255)
        else:
            for i in range(0, n, 4):
                alpha = (np.uint32(values[i + 3]) * np.uint32(ONE) + np.uint32(127)) // np.uint32(255)
                for c in range(3):
                    values[i + c] = (np.uint32(values[i + c]) * alpha + np.uint32(127)) // np.uint32(255)
                values[i + 3] = alpha


KERNELS = (pack, unpack, to_octets, from_octets)
