"""Texts hidden in the lowest bit of a picture's transparency, as NovelAI does. Read only, never written. Pure.

Bits go down the columns, from left to right: a magic word, the number of bits as 32 bits, and the text as gzip.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np

from canvas.formats.recipes.values import json_object, text_of
from canvas.geometry import Rect
from canvas.tiles import Surface, to_rgba8

_MAGIC = (b"stealth_pngcomp", b"stealth_pnginfo")
_HEAD_BITS = 8 * len(_MAGIC[0]) + 32
_MAX_BITS = 8 << 20
_MAX_TEXT = 4 << 20


def texts_in(surface: Surface, width: int, height: int) -> Mapping[str, str]:
    """The texts of a picture of that size at (0, 0), by key; empty for nearly all."""
    columns = -(-_HEAD_BITS // height)
    if columns > width:
        return {}
    head = _bits(surface, columns, height)[:_HEAD_BITS]
    data = np.packbits(head).tobytes()
    magic = data[: len(_MAGIC[0])]
    count = int.from_bytes(data[len(magic) :], "big")
    if magic not in _MAGIC or count % 8 or not 0 < count <= min(_MAX_BITS, width * height - _HEAD_BITS):
        return {}
    columns = -(-(_HEAD_BITS + count) // height)
    packed = np.packbits(_bits(surface, columns, height)[_HEAD_BITS : _HEAD_BITS + count]).tobytes()
    if magic == _MAGIC[0]:
        inflate = zlib.decompressobj(31)
        try:
            packed = inflate.decompress(packed, _MAX_TEXT)
        except zlib.error:
            return {}
    text = packed.decode("utf-8", "replace")
    found = {key: text_of(value) for key, value in json_object(text).items() if text_of(value)}
    return found or {"parameters": text}


def _bits(surface: Surface, columns: int, height: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    alpha = to_rgba8(surface.read(Rect(0, 0, columns, height)))[..., 3]
    return (alpha.T & np.uint8(1)).reshape(-1)
