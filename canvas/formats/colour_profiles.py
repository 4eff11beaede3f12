"""Colours of pictures with an ICC profile, turned into sRGB and back.

Profiles made of a matrix and curves, and grey ones, are computed here in full depth; those made of tables (presses,
scanners) go through LittleCMS with 8 bits. All relative to the media white, what sRGB cannot show is clipped. Profiles
are strangers' data: what is damaged is not used. Any thread; kernels release the GIL.

Formulas: ICC.1:2022, `curveType`, `parametricCurveType` and annex F (three-component matrix-based profiles).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from canvas.formats.icc import MAX_BYTES, Curves, IccProfile, ProfileError, matrix_profile, parsed
from canvas.formats.notes import Notes
from canvas.kernels.compiling import kernel

Straight = TypeVar("Straight", bound=npt.NDArray[np.uint8] | npt.NDArray[np.uint16])
"""Straight RGB or RGBA, uint8 or uint16 (h, w, 3 or 4), 0 to the largest value of its type."""
Space: TypeAlias = Literal["RGB", "GRAY", "CMYK"]
"""What the values of a picture stand for, in the words of ICC headers."""

#: sRGB: its primaries adapted to D50, a row for each of X, Y and Z, as nearly all sRGB profiles have them.
_SRGB_COLOURANTS = np.array([[28578, 25241, 9376], [14581, 46981, 3972], [912, 6362, 46799]], np.float64) / 65536
#: Its curve as ICC's parametric curve of type 3: g, a, b, c, d.
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
#: Entries of a table from linear light to codes. It is entered with the square root of the light, which makes all
#: usual curves nearly straight: interpolation is then finer than a 16-bit step.
_ENCODED = 1 << 14
#: A profile by which no value moves further than this is sRGB already.
_IN_EFFECT = 1.0 / 255
#: How far the primaries of profiles with the same white may add up to something else.
_WHITE_ROUNDED = 0.002
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION


@dataclass(frozen=True, slots=True, eq=False)
class _Conversion:
    """`linear` (1, 3, 65536): code to light. `matrix` (3, 3): between the lights. `encoded` (1, 3, _ENCODED + 1): the
    square root of light to code; all 0..1."""

    linear: npt.NDArray[np.float32]
    matrix: npt.NDArray[np.float64]
    encoded: npt.NDArray[np.float32]


def to_srgb(pixels: Straight, profile: bytes) -> Straight | None:
    """`pixels` with the colours that they have by `profile`, as sRGB; alpha stays.

    A grey profile takes pixels whose three channels are the grey one. None when nothing is to be done: the profile is
    sRGB in effect, is none for such pixels, or cannot be used; `applicable` tells which.
    """
    found = _usable(profile)
    if found is None or found.space == "CMYK" or in_effect_srgb(profile):
        return None
    if found.tabled:
        return _through_tables(pixels, profile, _SRGB)
    return _converted(pixels, _reading(profile))


def from_srgb(pixels: Straight, profile: bytes) -> Straight | None:
    """The inverse of `to_srgb`; None when no RGB picture can be written with that profile, see `can_be_embedded`."""
    if not can_be_embedded(profile):
        return None
    if in_effect_srgb(profile):
        return pixels
    found = _usable(profile)
    if found is not None and found.tabled:
        return _through_tables(pixels, _SRGB, profile)
    return _converted(pixels, _writing(profile))


def cmyk_to_srgb(cmyk: npt.NDArray[np.uint8], profile: bytes | None) -> npt.NDArray[np.uint8]:
    """Ink (h, w, 4), 255 = all of it, as straight sRGB (h, w, 3).

    Without a usable CMYK profile by the plain formula (1 - ink) * (1 - black), more garish than print.
    """
    transform = None if profile is None else _cmyk_transform(profile)
    if transform is None:
        light = 255 - cmyk.astype(np.uint16)
        return ((light[..., :3] * light[..., 3:].astype(np.uint32) + 127) // 255).astype(np.uint8)
    return np.asarray(transform.apply(Image.fromarray(cmyk, "CMYK")))


def applicable(profile: bytes | None, space: Space, notes: Notes) -> bytes | None:
    """`profile` when pixels of that space need converting by it, with a note that they are; else None.

    A profile that cannot be used is noted, too.
    """
    if profile is None:
        return None
    found = _usable(profile)
    if found is None or (found.space == "CMYK" and _cmyk_transform(profile) is None):
        notes.add("Its colour profile is damaged and was ignored")
        return None
    if found.space != space and not (found.space == "RGB" and space == "GRAY"):
        notes.add(f"Its colour profile, {describe(profile)}, is not one for such a picture and was ignored")
        return None
    if in_effect_srgb(profile):
        return None
    notes.remark(f"Its colours were converted from {describe(profile)} to sRGB")
    return profile


def can_be_embedded(profile: bytes) -> bool:
    """Pictures can be written with it: an RGB profile whose inverse is known."""
    found = _usable(profile)
    return found is not None and found.space == "RGB" and (found.invertible if not found.tabled else found.both_ways)


@lru_cache(maxsize=8)
def in_effect_srgb(profile: bytes) -> bool:
    """No 8-bit value means anything visibly else than in sRGB."""
    found = _usable(profile)
    if found is None or found.space == "CMYK":
        return False
    steps = np.arange(0, 65536, 4369, dtype=np.uint16)
    # Grey and the corners of the cube, with what lies between: enough to see any other primaries, white or curve.
    grid = steps[::3] if found.space == "RGB" else steps
    red, green, blue = np.meshgrid(grid, grid, grid) if found.space == "RGB" else (grid[None],) * 3
    lattice = np.stack([np.concatenate([c.ravel(), steps]) for c in (red, green, blue)], axis=1)[None]
    if found.tabled:
        eight = (lattice >> 8).astype(np.uint8)
        seen = _through_tables(eight, profile, _SRGB)
        return bool(np.abs(seen.astype(np.float64) - eight).max() / 255 <= _IN_EFFECT)
    seen16 = _converted(lattice, _reading(profile))
    return bool(np.abs(seen16.astype(np.float64) - lattice).max() / 65535 <= _IN_EFFECT)


def describe(profile: bytes) -> str:
    """Its name, such as "Display P3"."""
    found = _usable(profile)
    name = "" if found is None else found.name
    return name or "an unnamed profile"


def srgb_profile() -> bytes:
    """A profile of sRGB, exact, small, the same bytes every time."""
    return _SRGB


def _usable(profile: bytes) -> IccProfile | None:
    try:
        return _parsed(profile)
    except ProfileError:
        return None


@lru_cache(maxsize=4)
def _parsed(profile: bytes) -> IccProfile:
    if len(profile) > MAX_BYTES:
        raise ProfileError("larger than profiles are")
    found = parsed(profile)
    if found.tabled and found.space != "CMYK":
        try:
            _transform(profile, _SRGB, "RGB" if found.space == "RGB" else "L", "RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
            raise ProfileError(str(error)) from error
    return found


@lru_cache(maxsize=4)
def _reading(profile: bytes) -> _Conversion:
    found = _parsed(profile)
    matrix = np.eye(3) if found.space == "GRAY" else np.linalg.inv(_SRGB_COLOURANTS) @ found.colourants
    return _Conversion(_light(found.curves), _white_kept(matrix), _codes(_parsed(_SRGB).curves))


@lru_cache(maxsize=4)
def _writing(profile: bytes) -> _Conversion:
    found = _parsed(profile)
    matrix = np.linalg.inv(found.colourants) @ _SRGB_COLOURANTS
    return _Conversion(_light(_parsed(_SRGB).curves), _white_kept(matrix), _codes(found.curves))


def _white_kept(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """White becomes white exactly where profiles only round it differently."""
    rows = matrix.sum(axis=1, keepdims=True)
    return matrix / rows if np.abs(rows - 1).max() < _WHITE_ROUNDED else matrix


def _light(curves: Curves) -> npt.NDArray[np.float32]:
    return curves.astype(np.float32)[None]


def _codes(curves: Curves) -> npt.NDArray[np.float32]:
    """The inverse of curves from code to light, entered with the square root of light."""
    wanted = np.linspace(0, 1, _ENCODED + 1) ** 2
    codes = np.linspace(0, 1, curves.shape[1])
    return np.stack([np.interp(wanted, np.maximum.accumulate(curve), codes) for curve in curves])[None].astype(
        np.float32
    )


def _converted(pixels: Straight, conversion: _Conversion) -> Straight:
    source = np.ascontiguousarray(pixels)
    out: Any = np.empty_like(source)
    if pixels.dtype == np.uint8:
        linear = np.ascontiguousarray(conversion.linear[:, :, ::257])
        _convert8(source.view(np.uint8), linear, conversion.matrix, conversion.encoded, out)
    else:
        _convert16(source.view(np.uint16), conversion.linear, conversion.matrix, conversion.encoded, out)
    return cast(Straight, out)


def _through_tables(pixels: Straight, source: bytes, target: bytes) -> Straight:
    eight = pixels if pixels.dtype == np.uint8 else ((pixels.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    grey = _parsed(source).space == "GRAY"
    transform = _transform(source, target, "L" if grey else "RGB", "RGB")
    seen = np.ascontiguousarray(eight[..., 0] if grey else eight[..., :3])
    colours = np.asarray(transform.apply(Image.fromarray(seen)))
    out = pixels.copy()
    out[..., :3] = colours if pixels.dtype == np.uint8 else colours.astype(np.uint16) * np.uint16(257)
    return cast(Straight, out)


@lru_cache(maxsize=4)
def _transform(source: bytes, target: bytes, source_mode: str, target_mode: str) -> ImageCms.ImageCmsTransform:
    opened = [ImageCms.ImageCmsProfile(io.BytesIO(data)) for data in (source, target)]
    return ImageCms.ImageCmsTransform(opened[0], opened[1], source_mode, target_mode, _INTENT, flags=_FLAGS)


def _cmyk_transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    found = _usable(profile)
    if found is None or found.space != "CMYK":
        return None
    try:
        return _transform(profile, _SRGB, "CMYK", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _code(light: np.float32, encoded: npt.NDArray[np.float32], channel: int, largest: int) -> int:
    root = np.sqrt(min(max(light, np.float32(0)), np.float32(1))) * np.float32(_ENCODED)
    i = min(int(root), _ENCODED - 1)
    low, high = encoded[0, channel, i], encoded[0, channel, i + 1]
    return int((low + (high - low) * (root - np.float32(i))) * np.float32(largest) + np.float32(0.5))


@kernel("in8", "in32f", "table", "in32f", "out8", helpers=(_code,))
def _convert8(
    pixels: npt.NDArray[np.uint8],
    linear: npt.NDArray[np.float32],
    matrix: npt.NDArray[np.float64],
    encoded: npt.NDArray[np.float32],
    out: npt.NDArray[np.uint8],
) -> None:
    height, width, channels = pixels.shape
    m = matrix.astype(np.float32)
    for y in range(height):
        for x in range(width):
            r, g, b = linear[0, 0, pixels[y, x, 0]], linear[0, 1, pixels[y, x, 1]], linear[0, 2, pixels[y, x, 2]]
            for c in range(3):
                out[y, x, c] = _code(m[c, 0] * r + m[c, 1] * g + m[c, 2] * b, encoded, c, 255)
            if channels == 4:
                out[y, x, 3] = pixels[y, x, 3]


@kernel("in16", "in32f", "table", "in32f", "out16", helpers=(_code,))
def _convert16(
    pixels: npt.NDArray[np.uint16],
    linear: npt.NDArray[np.float32],
    matrix: npt.NDArray[np.float64],
    encoded: npt.NDArray[np.float32],
    out: npt.NDArray[np.uint16],
) -> None:
    height, width, channels = pixels.shape
    m = matrix.astype(np.float32)
    for y in range(height):
        for x in range(width):
            r, g, b = linear[0, 0, pixels[y, x, 0]], linear[0, 1, pixels[y, x, 1]], linear[0, 2, pixels[y, x, 2]]
            for c in range(3):
                out[y, x, c] = _code(m[c, 0] * r + m[c, 1] * g + m[c, 2] * b, encoded, c, 65535)
            if channels == 4:
                out[y, x, 3] = pixels[y, x, 3]


_SRGB = matrix_profile("sRGB", _SRGB_COLOURANTS, _SRGB_CURVE)
