"""GIMP's palettes: lines of three numbers 0..255 and a name, after a short head. Plain Python.

Groups, which the format has not, stand in comments, so that other programs read the colours all the same.
"""

from __future__ import annotations

from app.palettes import Palette, Swatch

_MAGIC = "GIMP Palette"
_GROUP = "# Group:"
_UNNAMED = "Untitled"
#: As in GIMP.
_MAX_COLUMNS = 64


def parse(data: bytes, stem: str) -> Palette:
    """The palette in `data`, named `stem` when it has no name. Raises ValueError saying what is wrong."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # what GIMP wrote before version 2
    lines = text.splitlines()
    if not lines or lines[0].strip() != _MAGIC:
        raise ValueError("it does not begin with “GIMP Palette”")
    name, group = stem, ""
    channels, columns = 3, 0
    swatches: list[Swatch] = []
    for number, line in enumerate(lines[1:], 2):
        words = line.split(maxsplit=channels)
        key, _, value = line.partition(":")
        if line.startswith(_GROUP):
            group = line.removeprefix(_GROUP).strip()
        elif not words or line.lstrip().startswith("#"):
            continue
        elif key == "Columns":
            columns = _columns(value)
        elif key == "Name":
            name = value.strip() or stem
        elif key == "Channels":
            channels = 4 if value.strip() == "RGBA" else 3
        else:
            swatches.append(_swatch(words, channels, group, number))
    return Palette(name, tuple(swatches), columns)


def _columns(text: str) -> int:
    """0, which leaves it to the program, for what is no sensible number."""
    number = int(text) if text.strip().isdecimal() else 0
    return number if number <= _MAX_COLUMNS else 0


def _swatch(words: list[str], channels: int, group: str, number: int) -> Swatch:
    try:
        red, green, blue = (int(word) for word in words[:3])
    except ValueError:
        raise ValueError(f"line {number} is no colour") from None
    if not all(0 <= channel <= 255 for channel in (red, green, blue)):
        raise ValueError(f"line {number} has a number above 255 or below 0")
    name = words[channels].strip() if len(words) > channels else ""
    return Swatch((red / 255, green / 255, blue / 255), "" if name == _UNNAMED else name, group)


def text_of(palette: Palette) -> str:
    lines = [_MAGIC, f"Name: {_line(palette.name)}", f"Columns: {palette.columns}", "#"]
    group = ""
    for swatch in palette.swatches:
        if swatch.group != group:
            group = swatch.group
            lines.append(f"{_GROUP} {_line(group)}")
        red, green, blue = (round(c * 255) for c in swatch.colour)
        lines.append(f"{red:3d} {green:3d} {blue:3d}\t{_line(swatch.name) or _UNNAMED}")
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    """A name in one line, whatever it holds."""
    return " ".join(text.split())
