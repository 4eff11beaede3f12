"""Image resources of a PSD, those that a document fills: what travels beside layers and picture. Pure.

Follows the chapter "Image Resources Section" of Adobe's "Photoshop File Formats Specification".
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Sequence
from enum import IntEnum

from PIL import Image

from canvas.tiles import Pixels8


class Resource(IntEnum):
    """Their numbers."""

    RESOLUTION = 1005
    ALPHA_NAMES = 1006
    THUMBNAIL = 1036
    ICC_PROFILE = 1039
    ALPHA_NAMES_UNICODE = 1045
    ALPHA_IDS = 1053
    VERSION = 1057
    XMP = 1060


_JPEG_QUALITY = 80
_FIXED_POINT = 1 << 16
_MOST_PPI = 0xFFFF
_PPI_UNIT, _INCH_UNIT = 1, 1


def section(resources: Iterable[tuple[Resource, bytes]]) -> bytes:
    """The whole section, its length in front."""
    parts = []
    for number, data in resources:
        # No name: two zeros.
        parts.append(b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + b"\0" * (len(data) % 2))
    body = b"".join(parts)
    return struct.pack(">I", len(body)) + body


def resolution(ppi: float) -> bytes:
    """Pixels an inch, the same both ways."""
    fixed = round(min(ppi, _MOST_PPI) * _FIXED_POINT)
    return struct.pack(">IHHIHH", fixed, _PPI_UNIT, _INCH_UNIT, fixed, _PPI_UNIT, _INCH_UNIT)


def version(program: str) -> bytes:
    """Who wrote the file, and that its merged picture is real."""
    return struct.pack(">IB", 1, 1) + _unicode(program) * 2 + struct.pack(">I", 1)


def alpha_names(names: Sequence[str]) -> bytes:
    """Names of the planes beyond the colours, for readers from before Unicode."""
    encoded = [name.encode("macroman", "replace")[:255] for name in names]
    return b"".join(struct.pack(">B", len(name)) + name for name in encoded)


def alpha_names_unicode(names: Sequence[str]) -> bytes:
    return b"".join(_unicode(name) for name in names)


def alpha_ids(count: int) -> bytes:
    """Numbers of the planes beyond the colours; 0, the first, is the picture's transparency."""
    return struct.pack(f">{count}I", *range(count))


def thumbnail(rgb: Pixels8) -> bytes:
    """A small picture (height, width, 3) as file browsers show it."""
    height, width = rgb.shape[:2]
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=_JPEG_QUALITY)
    data = out.getvalue()
    bits, planes = 24, 1
    row_bytes = (width * bits + 31) // 32 * 4
    jpeg_rgb = 1
    head = (jpeg_rgb, width, height, row_bytes, row_bytes * height * planes, len(data), bits, planes)
    return struct.pack(">6I2H", *head) + data


def _unicode(text: str) -> bytes:
    units = text.encode("utf-16-be", "replace")
    return struct.pack(">I", len(units) // 2) + units
