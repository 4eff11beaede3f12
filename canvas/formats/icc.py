"""ICC profiles as bytes: what is in one, and making small ones of a matrix and a curve. Plain values, any thread.

Format: ICC.1:2022. Profiles are strangers' data: all counts are checked against the length of the data.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

#: Larger ones are no profiles of pictures.
MAX_BYTES = 4 << 20
_MAX_TAGS, _MAX_NAME = 256, 80
_HEADER, _TAG = 128, 12
_SPACES = {b"RGB ": "RGB", b"GRAY": "GRAY", b"CMYK": "CMYK"}
_CLASSES = (b"mntr", b"scnr", b"prtr", b"spac")
#: Samples of a curve: one for each 16-bit code.
_SAMPLES = 1 << 16
#: How many numbers parametric curves of type 0..4 have.
_PARAMETERS = (1, 3, 4, 5, 7)
#: The white of all profiles' connection space, and Bradford's matrix, which adapts other whites to it.
_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])

Curves: TypeAlias = npt.NDArray[np.float64]
"""Code to light for three channels: (3, 65536), 0..1."""


class ProfileError(ValueError):
    """The profile is damaged, or of a kind that no picture has."""


@dataclass(frozen=True, slots=True, eq=False)
class IccProfile:
    """`space`: "RGB", "GRAY" or "CMYK". `colourants` (3, 3): X, Y, Z of the three primaries, in columns; of a grey
    profile meaningless. `tabled`: made of tables, which are not looked at; `both_ways`: it has those from colours back
    to values."""

    space: str
    name: str
    colourants: npt.NDArray[np.float64]
    curves: Curves
    tabled: bool
    both_ways: bool

    @property
    def invertible(self) -> bool:
        """Values can be found for colours."""
        return not self.tabled and bool(np.linalg.cond(self.colourants) < 1e4)


def parsed(data: bytes) -> IccProfile:
    """What is in a profile. Raises ProfileError."""
    if len(data) < _HEADER + 4 or data[36:40] != b"acsp":
        raise ProfileError("no profile")
    space = _SPACES.get(data[16:20])
    if space is None or data[12:16] not in _CLASSES or data[20:24] not in (b"XYZ ", b"Lab "):
        raise ProfileError("a kind of profile that no picture has")
    tags = _tags(data)
    name = _name(tags.get(b"desc", b""))
    nothing = np.eye(3), np.zeros((3, 1))
    if space == "CMYK" or b"A2B0" in tags or b"A2B1" in tags:
        if b"A2B0" not in tags and b"A2B1" not in tags:
            raise ProfileError("no way from ink to colour")
        return IccProfile(space, name, *nothing, tabled=True, both_ways=b"B2A0" in tags or b"B2A1" in tags)
    try:
        if space == "GRAY":
            curve = _curve(tags[b"kTRC"])
            if data[20:24] == b"Lab ":
                curve = _light_of_lightness(curve)
            return IccProfile(space, name, np.eye(3), np.stack([curve] * 3), tabled=False, both_ways=False)
        curves = np.stack([_curve(tags[key]) for key in (b"rTRC", b"gTRC", b"bTRC")])
        colourants = np.stack([_xyz(tags[key]) for key in (b"rXYZ", b"gXYZ", b"bXYZ")], axis=1)
    except KeyError as error:
        raise ProfileError(f"there is no {error}") from error
    if data[20:24] != b"XYZ " or not 0.1 < colourants[1].sum() < 10:
        raise ProfileError("its white is none")
    return IccProfile(space, name, colourants, curves, tabled=False, both_ways=True)


def matrix_profile(name: str, colourants: npt.NDArray[np.float64], curve: Sequence[float]) -> bytes:
    """A profile, version 4.3, the same bytes for the same values.

    `colourants` as in `IccProfile`. `curve`: g of value ** g, or g, a, b, c, d of parametric curve type 3.
    """
    kind = {1: 0, 5: 3}[len(curve)]
    shared = b"para" + struct.pack(f">4xHxx{len(curve)}i", kind, *(_fixed(v) for v in curve))
    parts = {
        b"desc": _text(name),
        b"cprt": _text("CC0"),
        b"wtpt": b"XYZ " + struct.pack(">4x3i", *(_fixed(v) for v in _D50)),
        b"rXYZ": b"XYZ " + struct.pack(">4x3i", *(_fixed(v) for v in colourants[:, 0])),
        b"gXYZ": b"XYZ " + struct.pack(">4x3i", *(_fixed(v) for v in colourants[:, 1])),
        b"bXYZ": b"XYZ " + struct.pack(">4x3i", *(_fixed(v) for v in colourants[:, 2])),
        b"rTRC": shared,
        b"gTRC": shared,
        b"bTRC": shared,
    }
    at = _HEADER + 4 + _TAG * len(parts)
    table, body, places = struct.pack(">I", len(parts)), b"", {}
    for key, part in parts.items():
        if part not in places:
            places[part] = at + len(body)
            body += part + bytes(-len(part) % 4)
        table += key + struct.pack(">II", places[part], len(part))
    size = at + len(body)
    # A fixed date: equal pictures make equal files.
    header = struct.pack(">I4xI4s4s4s6H4s", size, 0x04300000, b"mntr", b"RGB ", b"XYZ ", 2000, 1, 1, 0, 0, 0, b"acsp")
    header += struct.pack(">28x3i48x", *(_fixed(v) for v in _D50))
    return header + table + body


def colourants_of(white: Sequence[float], primaries: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    """The colourants for chromaticities x, y of a white and of red, green and blue; adapted to D50 by Bradford.

    Raises ProfileError when they make no colours. Source: ICC.1:2022 annex E; Lindbloom, RGB/XYZ matrices.
    """
    try:
        xyz = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
        white_xyz = np.array([white[0] / white[1], 1.0, (1 - white[0] - white[1]) / white[1]])
        scaled = xyz * np.linalg.solve(xyz, white_xyz)
        adapt = np.linalg.inv(_BRADFORD) @ np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white_xyz)) @ _BRADFORD
    except (ZeroDivisionError, np.linalg.LinAlgError) as error:
        raise ProfileError("chromaticities of no colours") from error
    found: npt.NDArray[np.float64] = adapt @ scaled
    if not np.isfinite(found).all() or np.abs(found).max() > 10:
        raise ProfileError("chromaticities of no colours")
    return found


def _tags(data: bytes) -> Mapping[bytes, bytes]:
    (count,) = struct.unpack_from(">I", data, _HEADER)
    if count > _MAX_TAGS or _HEADER + 4 + count * _TAG > len(data):
        raise ProfileError("it ends early")
    found = {}
    for i in range(count):
        key, at, size = struct.unpack_from(">4sII", data, _HEADER + 4 + i * _TAG)
        if at + size > len(data):
            raise ProfileError("it ends early")
        found[key] = data[at : at + size]
    return found


def _xyz(tag: bytes) -> npt.NDArray[np.float64]:
    if len(tag) < 20 or tag[:4] != b"XYZ ":
        raise ProfileError("a primary is damaged")
    return np.array(struct.unpack_from(">3i", tag, 8)) / 65536


def _curve(tag: bytes) -> npt.NDArray[np.float64]:
    """A curve from code to light, sampled at every 16-bit code."""
    x = np.linspace(0, 1, _SAMPLES)
    try:
        if tag[:4] == b"curv":
            y = _table_curve(tag, x)
        elif tag[:4] == b"para":
            y = _parametric_curve(tag, x)
        else:
            raise ProfileError("a curve of unknown kind")
    except struct.error as error:
        raise ProfileError("a curve ends early") from error
    if not np.isfinite(y).all():
        raise ProfileError("a curve that leads nowhere")
    y = np.clip(y, 0, 1)
    if y[-1] <= y[0]:
        raise ProfileError("a curve that does not rise")
    return y


def _table_curve(tag: bytes, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    (count,) = struct.unpack_from(">I", tag, 8)
    if count == 0:
        return x
    if count == 1:
        (gamma,) = struct.unpack_from(">H", tag, 12)
        return _power(x, gamma / 256)
    if count > len(tag) // 2:
        raise ProfileError("a curve ends early")
    table = np.array(struct.unpack_from(f">{count}H", tag, 12)) / 65535
    return np.interp(x, np.linspace(0, 1, count), table)


def _parametric_curve(tag: bytes, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    (kind,) = struct.unpack_from(">H", tag, 8)
    if kind >= len(_PARAMETERS):
        raise ProfileError("a curve of unknown kind")
    numbers = [v / 65536 for v in struct.unpack_from(f">{_PARAMETERS[kind]}i", tag, 12)]
    g, a, b, c, d, e, f = numbers + [0.0] * (7 - len(numbers))
    if kind == 0:
        return _power(x, g)
    if kind in (1, 2):
        # Below -b/a the base would be negative; `c` is added everywhere.
        return _power(a * x + b, g) + (c if kind == 2 else 0.0)
    upper = _power(a * x + b, g) + (e if kind == 4 else 0.0)
    return np.where(x >= d, upper, c * x + (f if kind == 4 else 0.0))


def _power(base: npt.NDArray[np.float64], exponent: float) -> npt.NDArray[np.float64]:
    with np.errstate(all="ignore"):
        raised: npt.NDArray[np.float64] = np.maximum(base, 0) ** exponent
    return raised


def _light_of_lightness(lightness: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """CIE 1976 L* / 100 -> Y."""
    f = (lightness * 100 + 16) / 116
    return np.where(f > 6 / 29, f**3, (f - 4 / 29) * 3 * (6 / 29) ** 2)


def _name(tag: bytes) -> str:
    """The text of a `desc` tag: version 2 has ASCII, version 4 UTF-16 in several languages, of which English counts."""
    text = ""
    try:
        if tag[:4] == b"desc":
            (length,) = struct.unpack_from(">I", tag, 8)
            text = tag[12 : 12 + min(length, _MAX_NAME)].split(b"\0")[0].decode("latin-1")
        elif tag[:4] == b"mluc":
            count, size = struct.unpack_from(">II", tag, 8)
            for i in range(min(count, _MAX_TAGS)):
                language, length, at = struct.unpack_from(">2sxxII", tag, 16 + i * max(size, 12))
                if not text or language == b"en":
                    text = tag[at : at + min(length, 2 * _MAX_NAME) // 2 * 2].decode("utf-16-be", "replace")
    except struct.error:
        pass
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded


def _fixed(value: float) -> int:
    return round(value * 65536)
