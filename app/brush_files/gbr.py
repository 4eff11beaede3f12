"""GIMP's brushes, `.gbr` versions 1 and 2 (devel-docs/gbr.txt of GIMP): one picture, grey or RGBA. No Qt."""

from __future__ import annotations

import struct

import numpy as np

from app.brush_files.brush_set import MAX_PICTURE_PX, BrushSet, collected, sampled_brush
from canvas.tiles import Pixels8

_DEFAULT_SPACING = 0.2


def parse(data: bytes, stem: str) -> BrushSet:
    """`stem`: its name when the file gives none. Raises ValueError with what is wrong."""
    if len(data) < 20:
        raise ValueError("it ends early")
    header, version, width, height, depth = struct.unpack(">5I", data[:20])
    fixed, spacing = 20, _DEFAULT_SPACING
    if version == 2:
        if len(data) < 28 or data[20:24] != b"GIMP":
            raise ValueError("it is no GIMP brush")
        fixed, spacing = 28, struct.unpack(">I", data[24:28])[0] / 100.0
    elif version != 1:
        raise ValueError(f"version {version} of GIMP brushes is unknown")
    if depth not in (1, 4) or not 0 < width * height <= MAX_PICTURE_PX or not fixed <= header <= len(data):
        raise ValueError(f"it says that it is {width} x {height} px of {depth} bytes")
    pixels = data[header : header + width * height * depth]
    if len(pixels) < width * height * depth:
        raise ValueError("it ends early")
    picture = np.frombuffer(pixels, np.uint8).reshape(height, width, depth)
    name = data[fixed:header].partition(b"\0")[0].decode("utf-8", "replace") or stem
    brush, mask = sampled_brush(name, _mask(picture), spacing)
    return collected([(name, mask, brush)])


def _mask(picture: Pixels8) -> Pixels8:
    """A grey brush is a mask; of a coloured one its alpha, or how dark it is where it has none."""
    if picture.shape[2] == 1:
        return picture[..., 0].copy()
    if picture[..., 3].min() < 255:
        return picture[..., 3].copy()
    return np.asarray(255 - picture[..., :3].mean(-1), np.uint8)
