"""Values of strangers' JSON and texts as what they are meant to be; None or "" for what they are not. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

#: JSON beyond this is not looked into: it would take seconds and a gigabyte.
MAX_JSON_CHARS = 8 << 20
_MAX_DIGITS = 25
_SIZE = re.compile(r"\D{0,3}(\d{1,6})\D{1,4}(\d{1,6})")
_MAX_SIDE = 1 << 20


def json_object(text: str) -> Mapping[str, Any]:
    """The object that a text holds, empty when it is none. Numbers may be NaN and infinite."""
    if len(text) > MAX_JSON_CHARS or not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return {}
    try:
        data = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def text_of(value: object) -> str:
    """Texts and numbers as text; "" for all else."""
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def sound(text: str) -> str:
    """`text` without halves of characters, which JSON can hold and files cannot."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def number(value: object) -> float | None:
    """A finite number, also where it is written as text."""
    if isinstance(value, str) and len(value) <= _MAX_DIGITS:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def whole(value: object) -> int | None:
    """A whole number, exact beyond what a float holds."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) <= _MAX_DIGITS and re.fullmatch(r"[+-]?\d+", text, re.ASCII):
            return int(text)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**_MAX_DIGITS else None
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def size_of(value: object) -> tuple[int, int] | None:
    """A width and a height: a pair of numbers, or a text such as "512x768" or "(1152, 896)"."""
    if isinstance(value, str):
        match = _SIZE.match(value[:40])
        value = match.groups() if match else None
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    width, height = whole(value[0]), whole(value[1])
    if width is None or height is None or not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        return None
    return width, height


def stem(name: str) -> str:
    """The name of a model without the folder it lay in and the ending of its file.

    >>> stem("sdxl\\\\painterly.v2.safetensors"), stem("models/lighthouse")
    ('painterly.v2', 'lighthouse')
    """
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    for ending in (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".sft"):
        if last.lower().endswith(ending):
            return last[: -len(ending)]
    return last


def share(value: object) -> float | None:
    """A number 0..1."""
    found = number(value)
    return found if found is not None and 0.0 <= found <= 1.0 else None
