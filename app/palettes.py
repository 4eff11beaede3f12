"""Colour palettes as values, and those that come with the app: data in `resources/palettes`. Plain Python."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from typing import Any

import resources
from app.colours import Colour, colour_of_hex

#: In the order in which they are offered; the first is shown at the first start.
BUILT_IN = ("studio", "greys", "portrait", "landscape", "night", "comic", "pastel", "circle")


@dataclass(frozen=True, slots=True)
class Swatch:
    """`group`: a title that it shares with its neighbours in the palette, "" for none."""

    colour: Colour
    name: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Palette:
    """`columns`: how many swatches stand in a row as it was made, 0 when that does not matter."""

    name: str
    swatches: tuple[Swatch, ...] = ()
    columns: int = 0

    @property
    def colours(self) -> tuple[Colour, ...]:
        return tuple(swatch.colour for swatch in self.swatches)

    def with_swatch(self, swatch: Swatch) -> Palette:
        return replace(self, swatches=(*self.swatches, swatch))

    def without(self, index: int) -> Palette:
        return replace(self, swatches=self.swatches[:index] + self.swatches[index + 1 :])

    def with_name_at(self, index: int, name: str) -> Palette:
        named = replace(self.swatches[index], name=name)
        return replace(self, swatches=(*self.swatches[:index], named, *self.swatches[index + 1 :]))


def load_palette(name: str) -> Palette:
    """The palette `resources/palettes/<name>.toml`: each colour is "#rrggbb", with its name after a space if it has
    one. Raises ValueError naming a text that is no colour."""
    data = tomllib.loads(resources.path("palettes", f"{name}.toml").read_text("utf-8"))
    return Palette(str(data["name"]), tuple(_swatch(name, text) for text in data["colours"]), int(data["columns"]))


def _swatch(palette: str, text: Any) -> Swatch:
    digits, _, name = str(text).partition(" ")
    colour = colour_of_hex(digits)
    if colour is None:
        raise ValueError(f"palette {palette}.toml: “{text}” does not begin with a colour like #d9874a")
    return Swatch(colour, name.strip())
