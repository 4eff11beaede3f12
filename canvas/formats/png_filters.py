"""PNG's row filters, compiled: all five, chosen row by row. Rows are bytes; `step` is how many of them a pixel has.

Formulas: PNG specification (third edition), section 9. A filter is chosen for each row by the least sum of absolute
differences, the heuristic of section 12.7. All release the GIL.
"""

from __future__ import annotations

import numpy as np

from canvas.kernels.compiling import kernel
from canvas.tiles import Pixels8


def _paeth(left: np.int32, up: np.int32, corner: np.int32) -> np.int32:
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - corner - corner)
    nearer = up if to_up <= to_corner else corner
    return left if to_left <= to_up and to_left <= to_corner else nearer


def _size(difference: np.int32) -> int:
    """How far a byte is from 0, around the circle."""
    byte = int(difference) & 255
    return min(byte, 256 - byte)


@kernel("in8", "int", "out8", helpers=(_paeth, _size))
def filter_rows(rows: Pixels8, step: int, out: Pixels8) -> None:
    """`rows` (1, height + 1, n): the first is the one above. `out` (1, height, 1 + n): the filter's number, bytes."""
    height, n = rows.shape[1] - 1, rows.shape[2]
    for y in range(height):
        up, row, to = rows[0, y], rows[0, y + 1], out[0, y]
        none = sub = above = average = paeth = 0
        for i in range(step):
            v, u = np.int32(row[i]), np.int32(up[i])
            none += _size(v)
            sub += _size(v)
            above += _size(v - u)
            average += _size(v - (u >> 1))
            paeth += _size(v - u)
        for i in range(step, n):
            v, a, u, c = np.int32(row[i]), np.int32(row[i - step]), np.int32(up[i]), np.int32(up[i - step])
            none += _size(v)
            sub += _size(v - a)
            above += _size(v - u)
            average += _size(v - ((a + u) >> 1))
            paeth += _size(v - _paeth(a, u, c))
        least = min(none, sub, above, average, paeth)
        if least == none:
            to[0] = 0
            for i in range(n):
                to[1 + i] = row[i]
        elif least == sub:
            to[0] = 1
            for i in range(step):
                to[1 + i] = row[i]
            for i in range(step, n):
                to[1 + i] = row[i] - row[i - step]
        elif least == above:
            to[0] = 2
            for i in range(n):
                to[1 + i] = row[i] - up[i]
        elif least == average:
            to[0] = 3
            for i in range(step):
                to[1 + i] = row[i] - (up[i] >> 1)
            for i in range(step, n):
                to[1 + i] = np.uint8(np.int32(row[i]) - ((np.int32(row[i - step]) + np.int32(up[i])) >> 1))
        else:
            to[0] = 4
            for i in range(step):
                to[1 + i] = row[i] - up[i]
            for i in range(step, n):
                a, u, c = np.int32(row[i - step]), np.int32(up[i]), np.int32(up[i - step])
                to[1 + i] = np.uint8(np.int32(row[i]) - _paeth(a, u, c))


@kernel("in8", "int", "out8", helpers=(_paeth,))
def unfilter_rows(filtered: Pixels8, step: int, rows: Pixels8) -> int:
    """The inverse: `filtered` as `out` of `filter_rows`; the first of `rows` must hold the one above.

    The number of the first row whose filter does not exist, or -1.
    """
    height, n = rows.shape[1] - 1, rows.shape[2]
    for y in range(height):
        up, to, row = rows[0, y], rows[0, y + 1], filtered[0, y]
        kind = row[0]
        if kind == 0:
            for i in range(n):
                to[i] = row[1 + i]
        elif kind == 1:
            for i in range(min(step, n)):
                to[i] = row[1 + i]
            for i in range(step, n):
                to[i] = row[1 + i] + to[i - step]
        elif kind == 2:
            for i in range(n):
                to[i] = row[1 + i] + up[i]
        elif kind == 3:
            for i in range(min(step, n)):
                to[i] = row[1 + i] + (up[i] >> 1)
            for i in range(step, n):
                to[i] = np.uint8(np.int32(row[1 + i]) + ((np.int32(to[i - step]) + np.int32(up[i])) >> 1))
        elif kind == 4:
            for i in range(min(step, n)):
                to[i] = row[1 + i] + up[i]
            for i in range(step, n):
                a, u, c = np.int32(to[i - step]), np.int32(up[i]), np.int32(up[i - step])
                to[i] = np.uint8(np.int32(row[1 + i]) + _paeth(a, u, c))
        else:
            return y
    return -1
