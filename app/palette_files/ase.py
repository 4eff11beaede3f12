"""Adobe Swatch Exchange (.ase), which Illustrator, InDesign, Photoshop and web sites share. Plain Python.

Format as known from the files of these programs: blocks of a type, a length and its content; colours stand between
the start and the end of their group, or outside of any.
"""

from __future__ import annotations

from app.colours import Colour
from app.palette_files import conversion
from app.palette_files.binary import Bytes
from app.palettes import Palette, Swatch

_MAGIC = b"ASEF"
_COLOUR, _GROUP, _GROUP_END = 0x0001, 0xC001, 0xC002


def parse(data: bytes, stem: str) -> Palette:
    """The palette in `data`; its only group gives it a name, several name the parts. Raises ValueError saying what is
    wrong."""
    source = Bytes(data)
    if source.take(4) != _MAGIC:
        raise ValueError("it does not begin with “ASEF”")
    _major, _minor, count = source.numbers("HHL")
    group = ""
    groups: list[str] = []
    swatches: list[Swatch] = []
    for _ in range(count):
        if not source.left:
            break  # some programs count blocks that they do not write
        kind, length = source.numbers("HL")
        block = Bytes(source.take(length))
        if kind == _GROUP:
            group = block.name(block.numbers("H")[0])
            groups.append(group)
        elif kind == _GROUP_END:
            group = ""
        elif kind == _COLOUR:
            swatches.append(_swatch(block, group))
    if len(groups) == 1 and all(swatch.group for swatch in swatches):
        return Palette(groups[0] or stem, tuple(Swatch(swatch.colour, swatch.name) for swatch in swatches))
    return Palette(stem, tuple(swatches))


def _swatch(block: Bytes, group: str) -> Swatch:
    name = block.name(block.numbers("H")[0])
    return Swatch(_colour(block), name, group)


def _colour(block: Bytes) -> Colour:
    model = block.take(4)
    match model:
        case b"RGB ":
            return conversion.rgb(*block.numbers("fff"))
        case b"CMYK":
            return conversion.cmyk(*block.numbers("ffff"))
        case b"LAB " | b"Lab ":
            lightness, a, b = block.numbers("fff")
            return conversion.lab(lightness * 100, a, b)
        case b"Gray" | b"GRAY":
            return conversion.grey(*block.numbers("f"))
    raise ValueError(f"a colour of the unknown kind {model!r}")
