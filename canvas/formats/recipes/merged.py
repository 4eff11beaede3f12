"""The recipe of a layer that several were merged into: what programs made of it is not forgotten by merging. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable

from canvas.formats.recipes.found import parts_of, recipe_object, with_parts
from canvas.formats.recipes.marked import term_meant, term_of_all
from canvas.layers import Layer


def merged_recipe(layers: Iterable[Layer]) -> str | None:
    """Of `layers`, the lowest first; None when people painted all of them."""
    seen = [layer for layer in layers if layer.surface.tiles]
    made = [(layer.name, recipe_object(layer.recipe)) for layer in seen if layer.recipe is not None]
    made = [(name, recipe) for name, recipe in made if recipe]
    if not made:
        return None
    merged = with_parts([part for name, recipe in made for part in parts_of(name, recipe)])
    term = term_of_all([recipe for _, recipe in made], painted=any(layer.recipe is None for layer in seen))
    if term != term_meant(merged):
        merged = {**merged, "source_type": term}
    return json.dumps(merged, sort_keys=True, ensure_ascii=False)
