"""Our own `underdraw_metadata`: the recipes of all that was seen in a picture, from the bottom up. Pure.

{"version": 1, "layers": [{"name": "Result 1", "recipe": {…}}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from canvas.formats.recipes.found import with_parts
from canvas.formats.recipes.values import json_object, text_of

KEY = "underdraw_metadata"
VERSION = 1
_MAX_LAYERS = 10_000


def text_for(made: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """The text that says it; `layer_recipe` is its inverse."""
    layers = [{"name": name, "recipe": recipe} for name, recipe in made]
    return json.dumps({"version": VERSION, "layers": layers}, ensure_ascii=False, sort_keys=True)


def layer_recipe(text: str) -> Mapping[str, Any] | None:
    """The recipe of a layer that is that whole picture. None when the text says nothing."""
    made = tuple(_made(json_object(text).get("layers")))
    return with_parts(made) if made else None


def _made(layers: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for entry in layers[:_MAX_LAYERS] if isinstance(layers, list) else ():
        recipe = entry.get("recipe") if isinstance(entry, dict) else None
        if isinstance(recipe, dict):
            yield text_of(entry.get("name")), recipe
