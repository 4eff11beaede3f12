"""Colours of a PSD's modes as red, green and blue of sRGB, plane by plane. Pure after it was made; any thread.

Modes without a profile are taken as these: grey has the tones of sRGB, the four inks of CMYK subtract from white by
themselves, Lab is that of D50, and 32-bit values are linear light with the primaries of sRGB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.formats.colour_profiles import applicable, can_be_embedded, cmyk_to_srgb, to_srgb
from canvas.formats.notes import Notes
from canvas.formats.psd_channels import Plane
from canvas.formats.psd_sections import Header

BITMAP, GREY, INDEXED, RGB, CMYK, MULTICHANNEL, DUOTONE, LAB = 0, 1, 2, 3, 4, 7, 8, 9
#: Bits a channel that programs write in each mode.
_DEPTHS = {
    BITMAP: (1,), GREY: (8, 16, 32), INDEXED: (8,), RGB: (8, 16, 32), CMYK: (8, 16), MULTICHANNEL: (8, 16),
    DUOTONE: (8, 16), LAB: (8, 16),
}  # fmt: skip
_U8, _U16 = np.dtype(np.uint8), np.dtype(np.uint16)
_PALETTE_COLOURS = 256

ToRgb: TypeAlias = Callable[[list[Plane]], list[Plane]]

#: CIE XYZ (D50) to linear sRGB, chromatic adaptation by Bradford (B. Lindbloom, "RGB/XYZ Matrices").
_XYZ_TO_SRGB = np.array(
    [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]],
    np.float32,
)
_D50 = np.array([0.96422, 1.0, 0.82521], np.float32)
_LINEAR = "Its 32-bit colours were converted from linear light to sRGB; what is brighter than white was cut"


@dataclass(frozen=True, slots=True)
class Colours:
    """`planes`: how many of a picture's planes are colour. `profile`: the one that exporting may convert back into.

    `to_rgb` makes of those, and of an alpha plane that may follow, red, green, blue and that alpha, 8 or 16 bits.
    """

    planes: int
    to_rgb: ToRgb
    profile: bytes | None = None


def as_depth(plane: Plane, depth: np.dtype[Any]) -> Plane:
    """The plane with 8 or 16 bits a value; floats are cut to 0..1."""
    made = plane
    if plane.dtype == np.float32:
        most = np.iinfo(depth).max
        made = (np.clip(np.nan_to_num(plane), 0.0, 1.0) * most + 0.5).astype(depth)
    elif plane.dtype != depth and depth == _U16:
        made = plane.astype(np.uint16) * np.uint16(257)
    elif plane.dtype != depth:
        made = ((plane.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return made


def colours_of(header: Header, palette: bytes, profile: bytes | None, transparent: int | None, notes: Notes) -> Colours:
    """How the file's colours are read. `palette`: the colour mode data; `transparent`: an index that shows nothing.

    Says in `notes` what was converted. Raises ValueError for a mode or depth that no program writes.
    """
    mode = header.mode
    if header.depth not in _DEPTHS.get(mode, ()):
        raise ValueError(f"its colour mode is {mode} with {header.depth} bits")
    if mode == MULTICHANNEL:
        notes.add("Its spot colours were read as printing inks")
        mode = CMYK if header.channels >= 3 else GREY
    if mode in (BITMAP, GREY, DUOTONE):
        return Colours(1, _grey(header, profile, notes))
    if mode == INDEXED:
        return Colours(1, _indexed(palette, transparent))
    if mode == CMYK:
        count = min(header.channels, 4)
        return Colours(count, _leading(count, _inks(header, profile, notes)))
    if mode == LAB:
        notes.add("Its Lab colours were converted to sRGB")
        return Colours(3, _leading(3, _lab))
    to_rgb, kept = _rgb(header, profile, notes)
    return Colours(3, _leading(3, to_rgb), kept)


def _leading(count: int, convert: ToRgb) -> ToRgb:
    """`convert` of the colour planes; what follows them stays."""
    return lambda planes: [*convert(planes[:count]), *planes[count:]]


def _grey(header: Header, profile: bytes | None, notes: Notes) -> ToRgb:
    if header.mode == DUOTONE:
        notes.add("Its duotone inks are not shown: it came in shades of grey")
    if header.depth == 32:
        notes.add(_LINEAR)
        return _leading(1, lambda planes: [from_linear(planes[0])] * 3)
    used = applicable(profile, "GRAY", notes) if header.depth > 1 else None
    return _leading(1, lambda planes: _profiled([planes[0]] * 3, used))


def _rgb(header: Header, profile: bytes | None, notes: Notes) -> tuple[ToRgb, bytes | None]:
    if header.depth == 32:
        notes.add(_LINEAR)
        return lambda planes: [from_linear(plane) for plane in planes], None
    used = applicable(profile, "RGB", notes)
    kept = used if used is not None and can_be_embedded(used) else None
    return lambda planes: _profiled(planes, used), kept


def _profiled(planes: list[Plane], profile: bytes | None) -> list[Plane]:
    if profile is None:
        return planes
    converted = to_srgb(np.dstack(planes), profile)
    return planes if converted is None else [converted[..., c] for c in range(3)]


def _indexed(palette: bytes, transparent: int | None) -> ToRgb:
    table = np.zeros((4, _PALETTE_COLOURS), np.uint8)
    given = np.frombuffer(palette[: 3 * _PALETTE_COLOURS], np.uint8)
    count = len(given) // 3
    table[:3, :count] = given[: 3 * count].reshape(3, count)
    table[3] = 255
    if transparent is None:
        return _leading(1, lambda planes: list(table[:3, planes[0]]))
    if 0 <= transparent < _PALETTE_COLOURS:
        table[3, transparent] = 0
    return lambda planes: list(table[:, planes[0]])


def _inks(header: Header, profile: bytes | None, notes: Notes) -> ToRgb:
    """Of CMYK, which files hold inverted: 0 is full ink. Inks that stand for themselves keep 16 bits."""
    used = applicable(profile, "CMYK", notes) if header.mode == CMYK else None
    if used is None:
        notes.add("Its printing inks were converted to sRGB by a simple formula, as it has no colour profile for them")
        return _subtracted
    return lambda planes: _printed(planes, used)


def _printed(planes: list[Plane], profile: bytes) -> list[Plane]:
    rgb = cmyk_to_srgb(255 - np.dstack([as_depth(plane, _U8) for plane in planes]), profile)
    return [rgb[..., c] for c in range(3)]


def _subtracted(planes: list[Plane]) -> list[Plane]:
    if len(planes) == 3:
        return planes
    full = np.iinfo(planes[0].dtype).max
    black = planes[3].astype(np.uint32)
    return [((plane * black + full // 2) // full).astype(plane.dtype) for plane in planes[:3]]


def _lab(planes: list[Plane]) -> list[Plane]:
    deep = planes[0].dtype == np.uint16
    lightness = planes[0].astype(np.float32) * np.float32(100 / (65535 if deep else 255))
    neutral, unit = np.float32(32768 if deep else 128), np.float32(256 if deep else 1)
    a, b = ((plane.astype(np.float32) - neutral) / unit for plane in planes[1:3])
    return _from_lab(lightness, a, b)


def lab_colour(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """One colour of CIE L*a*b* (D50), L* 0..100, as straight sRGB 0..1."""
    red, green, blue = _from_lab(*(np.array([[value]], np.float32) for value in (lightness, a, b)))
    return float(red[0, 0]) / 65535, float(green[0, 0]) / 65535, float(blue[0, 0]) / 65535


def _from_lab(
    lightness: npt.NDArray[np.float32], a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]
) -> list[Plane]:
    """CIE L*a*b* (D50) to sRGB, both by their standards' formulas."""
    fy = (lightness + 16) / 116
    f = np.stack([fy + a / 500, fy, fy - b / 200])
    xyz = np.where(f > 6 / 29, f**3, (f - 4 / 29) * np.float32(3 * (6 / 29) ** 2)) * _D50[:, None, None]
    linear = np.tensordot(_XYZ_TO_SRGB, xyz, 1).astype(np.float32)
    return [from_linear(plane) for plane in linear]


def from_linear(plane: Plane) -> Plane:
    """Linear light, 1.0 white, with the tones of sRGB (IEC 61966-2-1) as 16 bits; cut to 0..1."""
    light = np.clip(np.nan_to_num(plane), 0.0, 1.0)
    tones = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    codes: Plane = (tones * 65535 + 0.5).astype(np.uint16)
    return codes
