"""`.udbrushes`: a zip of `brushes.toml` and its pictures, `tips/<name>.png` and `textures/<name>.png`. No Qt."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from app.brush_files import toml_text
from app.brush_files.brush_set import BrushSet, picture_of, png_of
from canvas.tiles import Pixels8

_LIST = "brushes.toml"
_MAX_ENTRIES = 4000
_MAX_ENTRY_BYTES = 16 << 20
_MAX_BYTES = 256 << 20


def parse(data: bytes) -> BrushSet:
    """Raises ValueError with what is wrong. Nothing but the entries named above is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_BYTES:
                raise ValueError("it is larger than any set of brushes")
            if _LIST not in archive.namelist():
                raise ValueError(f"it holds no {_LIST}")
            found = toml_text.parse(_unpacked(archive, archive.getinfo(_LIST)).decode("utf-8"))
            tips, textures = dict(found.tips), dict(found.textures)
            for entry in entries:
                place = PurePosixPath(entry.filename)
                pictures: dict[str, Pixels8] | None = {"tips": tips, "textures": textures}.get(str(place.parent))
                if pictures is not None and place.suffix.lower() == ".png":
                    pictures[place.stem] = picture_of(_unpacked(archive, entry), entry.filename)
            return BrushSet(found.brushes, tips, textures)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, UnicodeDecodeError, NotImplementedError, EOFError) as error:
        raise ValueError(str(error) or "the zip ends early") from error
    except (RuntimeError, OSError) as error:  # an encrypted entry, a damaged stream
        raise ValueError(str(error)) from error


def data_of(brushes: BrushSet) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_LIST, toml_text.text_of(BrushSet(brushes.brushes)))
        for folder, pictures in (("tips", brushes.tips), ("textures", brushes.textures)):
            for name, picture in pictures.items():
                archive.writestr(f"{folder}/{name}.png", png_of(picture))
    return out.getvalue()


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # The size that an entry claims may be a lie: what is read is limited, not what is said.
    with archive.open(entry) as file:
        data = file.read(_MAX_ENTRY_BYTES + 1)
    if len(data) > _MAX_ENTRY_BYTES:
        raise ValueError(f"{entry.filename} is larger than any brush")
    return data
