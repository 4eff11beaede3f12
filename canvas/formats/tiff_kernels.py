"""TIFF's LZW and differences between neighbours, compiled. All release the GIL.

Formulas: TIFF 6.0, sections 13 (LZW, codes from the high bit down, wider one code early) and 14 (predictor).
"""

from __future__ import annotations

import numpy as np

from canvas.formats.pixels import Pixels16
from canvas.kernels.compiling import kernel
from canvas.tiles import Pixels8

_CLEAR, _END, _CODES = 256, 257, 4096


@kernel("in8", "out8")
def unpack_lzw(packed: Pixels8, out: Pixels8) -> int:
    """Unpack `packed` (1, 1, n) until `out` (1, 1, m) is full; how many bytes there were, or -1 for damaged data."""
    source, to = packed[0, 0], out[0, 0]
    size, most = len(source), len(to)
    # A string is a place in what has been written, and a length: no table of characters is needed.
    start, length = np.zeros(_CODES, np.int64), np.zeros(_CODES, np.int64)
    at = written = bits = have = before = 0
    width, next_code = 9, 258
    while written < most:
        while have < width and at < size:
            bits = (bits << 8 | source[at]) & 0xFFFFFFFF
            at += 1
            have += 8
        if have < width:
            break
        code = (bits >> (have - width)) & ((1 << width) - 1)
        have -= width
        if code == _END:
            break
        if code == _CLEAR:
            width, next_code, before = 9, 258, 0
            continue
        begin = written
        if code < _CLEAR:
            to[written] = code
            written += 1
        else:
            if before == 0 or code > next_code or code >= _CODES:
                return -1
            # A code that is only about to be given stands for the string before and its own first byte.
            source_at = start[code] if code < next_code else begin - before
            count = min(length[code] if code < next_code else before + 1, most - written)
            for i in range(count):
                to[written + i] = to[source_at + i]
            written += count
        if before > 0 and next_code < _CODES:
            # The string before with the first byte of this one stands where the string before was written.
            start[next_code], length[next_code] = begin - before, before + 1
            next_code += 1
            if next_code + 1 >= 1 << width and width < 12:
                width += 1
        before = written - begin
    return written


@kernel("out8", "int")
def add_up8(rows: Pixels8, step: int) -> None:
    """Each byte of `rows` (1, height, n) holds its difference to the one `step` before it."""
    for y in range(rows.shape[1]):
        row = rows[0, y]
        for i in range(step, rows.shape[2]):
            row[i] = row[i] + row[i - step]


@kernel("out16", "int")
def add_up16(rows: Pixels16, step: int) -> None:
    """The same for 16-bit values in the machine's order."""
    for y in range(rows.shape[1]):
        row = rows[0, y]
        for i in range(step, rows.shape[2]):
            row[i] = row[i] + row[i - step]
