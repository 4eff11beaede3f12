"""Palette files of other programs: reading GIMP's .gpl, Adobe's .aco and .ase, and writing .gpl. Plain Python, any
thread.

Files come from strangers: whatever is in them, a reader gives a palette or raises FormatError with one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from app.palette_files import aco, ase, gpl
from app.palettes import Palette
from canvas.formats.atomic import replacing
from canvas.formats.errors import cannot_open, damaged, from_os_error

#: Endings that can be read, the one that can be written first.
SUFFIXES = (".gpl", ".aco", ".ase")
MAX_FILE_BYTES = 8 << 20
#: More than any artist's palette holds, and few enough to be shown at once.
MAX_SWATCHES = 4096

_READERS: Mapping[str, Callable[[bytes, str], Palette]] = MappingProxyType(
    {".gpl": gpl.parse, ".aco": aco.parse, ".ase": ase.parse}
)


def read_palette(path: Path) -> Palette:
    """The palette in a file, named as it says itself or after the file. Raises FormatError."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise cannot_open(path, "it is no palette that Underdraw reads", "choose a .gpl, .aco or .ase file")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise from_os_error(path, error, "open") from error
    if len(data) > MAX_FILE_BYTES:
        raise cannot_open(path, "it is larger than any palette (8 MB)", "check that it is one")
    try:
        palette = reader(data, path.stem)
    except ValueError as error:
        raise damaged(path, str(error)) from error
    if not palette.swatches and reader is not gpl.parse:  # an own palette may be empty still
        raise cannot_open(path, "it holds no colours that can be shown", "export it again with RGB colours")
    if len(palette.swatches) > MAX_SWATCHES:
        raise cannot_open(path, f"it holds more than {MAX_SWATCHES} colours", "split it into smaller palettes")
    return palette


def write_palette(palette: Palette, path: Path) -> None:
    """Write a .gpl file, which GIMP, Krita, Inkscape and MyPaint read. Raises FormatError; the old file then stays."""
    with replacing(path) as temporary:
        temporary.write_bytes(gpl.text_of(palette).encode("utf-8"))
