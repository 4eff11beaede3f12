"""Files of brushes: our own `.udbrushes` and `.toml`, GIMP's `.gbr`, Photoshop's `.abr`. Plain Python, any thread.

Files come from strangers: whatever is in them, a reader gives a set of brushes or raises FormatError with one sentence.
"""

from __future__ import annotations

from pathlib import Path

from app.brush_files import abr, archive, gbr, toml_text
from app.brush_files.brush_set import BrushSet
from canvas.formats.atomic import replacing
from canvas.formats.errors import cannot_open, cannot_save, damaged, from_os_error

#: Endings that can be read; the first two can be written.
SUFFIXES = (".udbrushes", ".toml", ".abr", ".gbr")
MAX_FILE_BYTES = 256 << 20


def read_brushes(path: Path) -> BrushSet:
    """The brushes in a file. Raises FormatError."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise cannot_open(path, "it is no file of brushes", f"choose one that ends in {', '.join(SUFFIXES)}")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise from_os_error(path, error, "open") from error
    if len(data) > MAX_FILE_BYTES:
        raise cannot_open(path, "it is larger than any set of brushes (256 MB)", "check that it is one")
    try:
        if suffix == ".toml":
            return toml_text.parse(data.decode("utf-8"))
        if suffix == ".udbrushes":
            return archive.parse(data)
        return abr.parse(data, path.stem) if suffix == ".abr" else gbr.parse(data, path.stem)
    except ValueError as error:
        raise damaged(path, str(error)) from error


def write_brushes(brushes: BrushSet, path: Path) -> None:
    """Write a set; the ending picks the format. Raises FormatError and leaves the old file alone."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES[:2]:
        raise cannot_save(path, "brushes are saved as .udbrushes or .toml", "choose one of these endings")
    data = archive.data_of(brushes) if suffix == ".udbrushes" else toml_text.text_of(brushes).encode("utf-8")
    with replacing(path) as temporary:
        temporary.write_bytes(data)
