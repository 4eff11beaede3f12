"""ICC profiles for tests, of other makes than our own: version 2 with curves as tables or gammas, grey, and of ink."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import numpy as np

#: Colourants adapted to D50 (Bradford), a column for each primary. Source: Lindbloom, RGB working spaces.
ADOBE_RGB = np.array(
    [[0.6097559, 0.2052401, 0.1492240], [0.3111242, 0.6256560, 0.0632197], [0.0194811, 0.0608902, 0.7448387]]
)
DISPLAY_P3 = np.array([[0.515102, 0.291965, 0.157153], [0.241182, 0.692236, 0.066582], [-0.001050, 0.041882, 0.784378]])
PRO_PHOTO = np.array([[0.7976749, 0.1351917, 0.0313534], [0.2880402, 0.7118741, 0.0000857], [0.0, 0.0, 0.8252100]])


def gamma(value: float) -> bytes:
    return b"curv" + struct.pack(">4xIH", 1, round(value * 256))


def table(values: np.ndarray) -> bytes:
    """A curve through evenly spaced values 0..1."""
    return b"curv" + struct.pack(f">4xI{len(values)}H", len(values), *np.round(values * 65535).astype(int))


def srgb_table(entries: int = 1024) -> bytes:
    x = np.linspace(0, 1, entries)
    return table(np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4))


def rgb_profile(name: str, colourants: np.ndarray, curve: bytes) -> bytes:
    tags = {b"desc": description(name), b"wtpt": xyz(0.9642, 1.0, 0.8249)}
    for i, colour in enumerate((b"r", b"g", b"b")):
        tags[colour + b"XYZ"] = xyz(*colourants[:, i])
        tags[colour + b"TRC"] = curve
    return profile(b"RGB ", b"XYZ ", tags)


def grey_profile(name: str, curve: bytes) -> bytes:
    return profile(b"GRAY", b"XYZ ", {b"desc": description(name), b"wtpt": xyz(0.9642, 1.0, 0.8249), b"kTRC": curve})


def ink_profile() -> bytes:
    """CMYK by a table of the 16 corners: white paper, each ink darkens to a strong colour, black to black."""
    lab = bytearray()
    for corner in range(16):
        c, m, y, k = (corner >> shift & 1 for shift in (3, 2, 1, 0))
        lightness = 255 * (1 - 0.3 * c) * (1 - 0.4 * m) * (1 - 0.1 * y) * (1 - k)
        lab += bytes((round(lightness), 128 + 60 * (m - c) * (1 - k), 128 + 80 * (2 * y - c - m) // 2 * (1 - k)))
    straight = bytes(range(256))
    lut = b"mft1" + struct.pack(">4xBBBx9i", 4, 3, 2, *(round(v * 65536) for v in np.eye(3).ravel()))
    return profile(
        b"CMYK", b"Lab ", {b"desc": description("Ink"), b"A2B0": lut + straight * 4 + bytes(lab) + straight * 3}
    )


def description(name: str) -> bytes:
    text = name.encode() + b"\0"
    return b"desc" + struct.pack(">4xI", len(text)) + text + bytes(78)


def xyz(*values: float) -> bytes:
    return b"XYZ " + struct.pack(">4x3i", *(round(v * 65536) for v in values))


def profile(space: bytes, connection: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    at = 132 + 12 * len(tags)
    listed, body = struct.pack(">I", len(tags)), b""
    for key, data in tags.items():
        listed += struct.pack(">4sII", key, at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4xI4s4s4s12x4s28x3i48x", at + len(body), 0x02400000, b"mntr", space, connection, b"acsp",
                       *(round(v * 65536) for v in (0.9642, 1.0, 0.8249)))  # fmt: skip
    return head + listed + body
