"""Brush presets: TOML files with a list `[[brush]]` of the fields of `canvas.brush.Brush`. No Qt; any thread."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import resources
from canvas.brush import Brush, BrushMode

_FIELDS = {field.name: field.type for field in fields(Brush)}


def default_path() -> Path:
    return resources.path("brushes", "default.toml")


def load(path: Path | None = None) -> tuple[Brush, ...]:
    """The brushes of a preset file, the built-in ones when no path is given.

    Raises ValueError with one sentence naming the file and the brush when a value cannot be.
    """
    path = path or default_path()
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is not a TOML file of brushes: {error}") from error
    entries = data.get("brush")
    if not isinstance(entries, list) or not entries:
        raise ValueError(f"{path.name} holds no brushes; each starts with a line [[brush]]")
    brushes = tuple(_brush(path, i, entry) for i, entry in enumerate(entries, 1))
    names = [brush.name for brush in brushes]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{path.name} holds two brushes named “{name}”; rename one")
    return brushes


def _brush(path: Path, number: int, entry: object) -> Brush:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str) or not entry["name"]:
        raise ValueError(f"{path.name}: brush {number} has no name")
    where = f"{path.name}: brush “{entry['name']}”"
    values: dict[str, object] = {}
    for key, value in entry.items():
        if key not in _FIELDS:
            raise ValueError(f"{where} has an unknown field “{key}”; known are {', '.join(_FIELDS)}")
        if key == "mode":
            if value not in list(BrushMode):
                raise ValueError(f"{where}: mode is {' or '.join(BrushMode)}, not {value!r}")
            values[key] = BrushMode(value)
        elif key == "name":
            values[key] = value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            values[key] = float(value)
        else:
            raise ValueError(f"{where}: {key} must be a number, not {value!r}")
    try:
        return Brush(**values)  # type: ignore[arg-type] # checked above, field by field
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
