"""Photoshop's swatches (.aco), version 1 and version 2, which adds names. Plain Python.

Format: Adobe Photoshop File Formats Specification, "Color Swatches". A file holds version 1 and, after it, version 2
of the same colours, or only one of them.
"""

from __future__ import annotations

from app.colours import Colour
from app.palette_files import conversion
from app.palette_files.binary import Bytes
from app.palettes import Palette, Swatch

_FULL = 65535
#: Lab, grey and wide CMYK count in hundredths of a percent.
_WIDE = 10_000


def parse(data: bytes, stem: str) -> Palette:
    """The palette in `data`; colours of catalogues (Pantone and others), which only Adobe can look up, are left out.

    Raises ValueError saying what is wrong.
    """
    source = Bytes(data)
    swatches: tuple[Swatch, ...] = ()
    while source.left >= 4:
        version, count = source.numbers("HH")
        if version not in (1, 2):
            if swatches:
                break  # what some programs add after the colours
            raise ValueError("it is neither version 1 nor 2 of the format")
        read = (_swatch(source, named=version == 2) for _ in range(count))
        swatches = tuple(swatch for swatch in read if swatch is not None)
        if version == 2:
            break
    return Palette(stem, swatches)


def _swatch(source: Bytes, *, named: bool) -> Swatch | None:
    space, *values = source.numbers("HHHHH")
    name = source.name(source.numbers("L")[0]) if named else ""
    colour = _colour(space, *values)
    return None if colour is None else Swatch(colour, name)


def _colour(space: int, w: int, x: int, y: int, z: int) -> Colour | None:
    match space:
        case 0:
            return conversion.rgb(w / _FULL, x / _FULL, y / _FULL)
        case 1:
            return conversion.hsb(w / _FULL, x / _FULL, y / _FULL)
        case 2:  # 0 is full ink
            return conversion.cmyk(1 - w / _FULL, 1 - x / _FULL, 1 - y / _FULL, 1 - z / _FULL)
        case 7:
            return conversion.lab(w / 100, _signed(x) / 100, _signed(y) / 100)
        case 8:  # "75% Gray" is 7500: ink, not light
            return conversion.grey(1 - w / _WIDE)
        case 9:
            return conversion.cmyk(w / _WIDE, x / _WIDE, y / _WIDE, z / _WIDE)
    return None


def _signed(value: int) -> int:
    return value - 65536 if value >= 32768 else value
