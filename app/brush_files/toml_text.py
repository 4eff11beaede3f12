"""Brushes as TOML: a list `[[brush]]` of the fields of `canvas.brush.Brush`; pictures as base64 in `[tips]`,
`[textures]`. Values that are missing keep their default. No Qt; any thread."""

from __future__ import annotations

import json
import tomllib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from typing import Any

from app.brush_files.brush_set import MAX_BRUSHES, BrushSet, picture_of, png_of
from canvas.brush import Brush, BrushMode, Dynamic, Input, Parameter, Stabiliser, StabiliserKind
from canvas.tiles import Pixels8

_ENUMS: dict[str, type[StrEnum]] = {
    "BrushMode": BrushMode, "StabiliserKind": StabiliserKind, "Parameter": Parameter, "Input": Input
}  # fmt: skip
_TYPES: dict[type, dict[str, str]] = {
    made: {f.name: str(f.type) for f in fields(made)} for made in (Brush, Stabiliser, Dynamic)
}
_WORDS = {"float": "a number", "str": "a text", "bool": "true or false", "Stabiliser": "a table"}


def parse(text: str) -> BrushSet:
    """Raises ValueError with what is wrong and with which brush."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ValueError(f"it is not a TOML file of brushes: {error}") from error
    entries = data.get("brush")
    if not isinstance(entries, list) or not entries:
        raise ValueError("it holds no brushes; each starts with a line [[brush]]")
    if len(entries) > MAX_BRUSHES:
        raise ValueError(f"it holds more than {MAX_BRUSHES} brushes")
    brushes = tuple(_brush(number, entry) for number, entry in enumerate(entries, 1))
    names: set[str] = set()
    for brush in brushes:
        if brush.name in names:
            raise ValueError(f"it holds two brushes named “{brush.name}”; rename one")
        names.add(brush.name)
    return BrushSet(brushes, _pictures(data, "tips"), _pictures(data, "textures"))


def text_of(brushes: BrushSet) -> str:
    """The text that `parse` reads; fields that have their default are left out."""
    blocks = [f"[[brush]]\n{_fields(brush)}" for brush in brushes.brushes]
    for table, pictures in (("tips", brushes.tips), ("textures", brushes.textures)):
        if pictures:
            lines = [f'{_text(name)} = "{b64encode(png_of(p)).decode()}"' for name, p in pictures.items()]
            blocks.append("\n".join((f"[{table}]", *lines)))
    return "\n\n".join(blocks) + "\n"


def _pictures(data: Mapping[str, Any], table: str) -> dict[str, Pixels8]:
    entries = data.get(table, {})
    if not isinstance(entries, dict):
        raise ValueError(f"{table} must be a table of pictures")
    pictures = {}
    for name, value in entries.items():
        what = f"the picture “{name}” in {table}"
        try:
            pictures[name] = picture_of(b64decode(value, validate=True), what)
        except (NotBase64, TypeError) as error:
            raise ValueError(f"{what} is not written in base64") from error
    return pictures


def _brush(number: int, entry: object) -> Brush:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise ValueError(f"brush {number} has no name")
    try:
        return Brush(**_values(entry, Brush))
    except ValueError as error:
        raise ValueError(f"brush “{entry['name']}”: {error}") from error


def _values(entry: Mapping[str, Any], made: type) -> dict[str, Any]:
    known = _TYPES[made]
    for key in entry:
        if key not in known:
            raise ValueError(f"there is no field “{key}”; known are {', '.join(known)}")
    return {key: _value(key, known[key], value) for key, value in entry.items()}


def _value(key: str, kind: str, value: Any) -> Any:
    """`value` as TOML gives it, as a field of that type. Raises ValueError."""
    if kind in _ENUMS:
        if value not in list(_ENUMS[kind]):
            raise ValueError(f"{key} is one of {', '.join(_ENUMS[kind])}, not {value!r}")
        return _ENUMS[kind](value)
    if kind == "float" and _is_number(value):
        return float(value)
    if kind in ("str", "bool") and type(value).__name__ == kind:
        return value
    if kind == "tuple[str, ...]" and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    if kind == "Curve" and isinstance(value, list) and all(_is_point(point) for point in value):
        return tuple((float(x), float(y)) for x, y in value)
    if kind == "Stabiliser" and isinstance(value, dict):
        return Stabiliser(**_values(value, Stabiliser))
    if kind == "tuple[Dynamic, ...]" and isinstance(value, list) and all(isinstance(v, dict) for v in value):
        return tuple(_dynamic(each) for each in value)
    raise ValueError(f"{key} must be {_WORDS.get(kind, 'a list')}, not {value!r}")


def _dynamic(entry: Mapping[str, Any]) -> Dynamic:
    values = _values(entry, Dynamic)
    if "parameter" not in values or "input" not in values:
        raise ValueError("a dynamic names its parameter and its input")
    return Dynamic(**values)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_point(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_number(v) for v in value)


def _fields(brush: Brush) -> str:
    lines = []
    for field in fields(Brush):
        value = getattr(brush, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if value == default:
            continue
        if field.name == "dynamics":
            rows = (f"    {_inline(dynamic)},\n" for dynamic in value)
            lines.append(f"dynamics = [\n{''.join(rows)}]")
        else:
            lines.append(f"{field.name} = {_written(value)}")
    return "\n".join(lines)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (int, float)):
        return repr(float(value))
    if isinstance(value, tuple):
        return f"[{', '.join(_written(each) for each in value)}]"
    return _inline(value)


def _inline(value: Any) -> str:
    return f"{{ {', '.join(f'{f.name} = {_written(getattr(value, f.name))}' for f in fields(value))} }}"


def _text(value: str) -> str:
    # The escapes of JSON are TOML's, but for the delete character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
