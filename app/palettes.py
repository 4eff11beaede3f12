"""Colour palettes: rows of colours as data in `resources/palettes`. Plain Python."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

import resources
from app.session import Colour


@dataclass(frozen=True, slots=True)
class Palette:
    name: str
    colours: tuple[Colour, ...]


def load_palette(name: str) -> Palette:
    """The palette `resources/palettes/<name>.toml`. Raises ValueError naming a text that is no #rrggbb."""
    data = tomllib.loads(resources.path("palettes", f"{name}.toml").read_text("utf-8"))
    return Palette(str(data["name"]), tuple(_colour(name, text) for text in data["colours"]))


def _colour(palette: str, text: str) -> Colour:
    digits = text.removeprefix("#")
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError as error:
        raise ValueError(f"palette {palette}.toml: “{text}” is no colour like #d9874a") from error
    return red / 255, green / 255, blue / 255
