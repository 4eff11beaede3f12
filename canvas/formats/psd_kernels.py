"""Loops over what PSD files hold, compiled: PackBits, prediction, and planes of straight colour as tiles.

All release the GIL; any thread. Planes are (1, rows, width).
"""

from __future__ import annotations

import numpy as np

from canvas.kernels.compiling import kernel
from canvas.tiles import ONE, Pixels, Pixels8


@kernel("in8", "in8", "out8")
def unpack_rows(packed: Pixels8, lengths: Pixels8, out: Pixels8) -> int:
    """PackBits of each row by itself.

    `packed` (1, 1, bytes): the rows one after the other. `lengths` (1, rows, 2 or 4): how long each is, big-endian.
    `out` (1, rows, row bytes) is filled. The number of the first row that is damaged, or -1: a row must give all its
    bytes; what it holds beyond them is left, as other programs leave it.
    """
    row_bytes = out.shape[2]
    octets = packed.reshape(packed.shape[2])
    start = np.int64(0)
    for y in range(out.shape[1]):
        length = np.int64(0)
        for i in range(lengths.shape[2]):
            length = (length << 8) | np.int64(lengths[0, y, i])
        if start + length > packed.shape[2]:
            return y
        row = octets[start : start + length]
        start += length
        into = out[0, y]
        at, x = np.int64(0), np.int64(0)
        while at < length and x < row_bytes:
            head = np.int64(row[at])
            at += 1
            if head < 128:
                count = min(head + 1, row_bytes - x)
                if at + count > length:
                    return y
                # Loops over slices of their own become vector instructions.
                copied, place = row[at : at + count], into[x : x + count]
                for i in range(count):
                    place[i] = copied[i]
                at += head + 1
                x += count
            elif head > 128:
                if at >= length:
                    return y
                value = row[at]
                at += 1
                count = min(257 - head, row_bytes - x)
                place = into[x : x + count]
                for i in range(count):
                    place[i] = value
                x += count
        if x < row_bytes:
            return y
    return -1


@kernel("out8")
def undo_prediction8(rows: Pixels8) -> None:
    """Each byte of a row holds its difference to the one before it."""
    for y in range(rows.shape[1]):
        value = np.uint8(0)
        for x in range(rows.shape[2]):
            value = np.uint8(value + rows[0, y, x])
            rows[0, y, x] = value


@kernel("out16")
def undo_prediction16(rows: Pixels) -> None:
    """The same for 16-bit values in the machine's order."""
    for y in range(rows.shape[1]):
        value = np.uint16(0)
        for x in range(rows.shape[2]):
            value = np.uint16(value + rows[0, y, x])
            rows[0, y, x] = value


@kernel("in8", "in8", "in8", "in8", "out16", "int", "int", "int")
def lay8(
    red: Pixels8, green: Pixels8, blue: Pixels8, alpha: Pixels8, tile: Pixels, start: int, tile_x: int, tile_y: int
) -> int:
    """Columns from `start` on of straight 8-bit planes as pixels of `tile` from (tile_x, tile_y) on, as many as fit.

    As `canvas.tiles.from_rgba8`, bit for bit. Returns the largest alpha; where that is 0 the tile is left as it came.
    """
    width = min(tile.shape[1] - tile_x, red.shape[2] - start)
    end = start + width
    most = np.uint8(0)
    for y in range(alpha.shape[1]):
        a = alpha[0, y, start:end]
        for i in range(width):
            most = max(most, a[i])
    if most == 0:
        return 0
    one, half, white = np.uint32(ONE), np.uint32(127), np.uint32(255)
    for y in range(red.shape[1]):
        r, g, b, a = red[0, y, start:end], green[0, y, start:end], blue[0, y, start:end], alpha[0, y, start:end]
        # Flat, and channels written out: several pixels at once then become vector instructions.
        to = tile[tile_y + y, tile_x : tile_x + width].reshape(width * 4)
        for i in range(width):
            share = (np.uint32(a[i]) * one + half) // white
            to[4 * i] = np.uint16((np.uint32(r[i]) * share + half) // white)
            to[4 * i + 1] = np.uint16((np.uint32(g[i]) * share + half) // white)
            to[4 * i + 2] = np.uint16((np.uint32(b[i]) * share + half) // white)
            to[4 * i + 3] = np.uint16(share)
    return int(most)


@kernel("in16", "in16", "in16", "in16", "out16", "int", "int", "int")
def lay16(
    red: Pixels, green: Pixels, blue: Pixels, alpha: Pixels, tile: Pixels, start: int, tile_x: int, tile_y: int
) -> int:
    """`lay8` for values 0..65535."""
    width = min(tile.shape[1] - tile_x, red.shape[2] - start)
    end = start + width
    most = np.uint16(0)
    for y in range(alpha.shape[1]):
        a = alpha[0, y, start:end]
        for i in range(width):
            most = max(most, a[i])
    if most == 0:
        return 0
    one, half, white = np.uint32(ONE), np.uint32(32767), np.uint32(65535)
    for y in range(red.shape[1]):
        r, g, b, a = red[0, y, start:end], green[0, y, start:end], blue[0, y, start:end], alpha[0, y, start:end]
        to = tile[tile_y + y, tile_x : tile_x + width].reshape(width * 4)
        for i in range(width):
            share = (np.uint32(a[i]) * one + half) // white
            to[4 * i] = np.uint16((np.uint32(r[i]) * share + half) // white)
            to[4 * i + 1] = np.uint16((np.uint32(g[i]) * share + half) // white)
            to[4 * i + 2] = np.uint16((np.uint32(b[i]) * share + half) // white)
            to[4 * i + 3] = np.uint16(share)
    return int(most)
