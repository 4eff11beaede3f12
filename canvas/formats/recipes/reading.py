"""Reading recipes: `read_recipe` asks a file, `with_found_recipe` lets a document carry what its file says. Any thread.

What is damaged, hostile or makes no sense is no recipe, and never an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from canvas.formats.notes import Notes
from canvas.formats.recipes import a1111, comfy, invoke, marked, other_programs, own, stealth
from canvas.formats.recipes.containers import Embedded, embedded_in
from canvas.formats.recipes.found import MAX_KEPT_CHARS, RECIPE_KEY, FoundRecipe, found_in, kept, recipe_object, stored
from canvas.formats.recipes.values import sound
from canvas.layers import Layer
from canvas.roles import Paint
from canvas.state import DocumentState

#: In this order: who writes JSON of an own kind into `parameters` comes before A1111, whose grammar takes nearly all.
_GRAMMARS = (
    other_programs.swarm, other_programs.fooocus, a1111.read, comfy.read, invoke.read, other_programs.novelai,
    other_programs.draw_things,
)  # fmt: skip


def read_recipe(path: Path) -> FoundRecipe | None:
    """How the picture in a file was made, as far as the file says; None where it does not. Never raises."""
    recipe = layer_recipe(embedded_in(path))
    return None if recipe is None else found_in(recipe_object(recipe))


def layer_recipe(embedded: Embedded) -> str | None:
    """The recipe of a layer that is the picture of that file."""
    mine = own.layer_recipe(embedded.texts.get(own.KEY, ""))
    if mine is None:
        found = recipe_in(embedded.texts, embedded.credentials)
        return None if found is None else stored(found)
    term = marked.term_of(embedded.texts)
    added = {"source_type": term} if term and term != marked.term_meant(mine) else {}
    return sound(json.dumps({**mine, **added}, sort_keys=True, ensure_ascii=False))


def recipe_in(texts: Mapping[str, str], credentials: bytes = b"") -> FoundRecipe | None:
    """What texts by the keys of PNG say, in the words of any program. Texts that are too long to keep are left out."""
    for grammar in _GRAMMARS:
        found = grammar(texts)
        if found is not None and found.says_something:
            return replace(found, source_type=marked.term_of(texts), texts=kept(found.texts))
    return marked.read(texts, credentials)


def with_found_recipe(state: DocumentState, path: Path, notes: Notes) -> DocumentState:
    """`state`, which was read from `path`, with what the file says about how it was made.

    A single layer carries it; a document of several, none of which has a recipe, has it in its metadata.
    """
    embedded = embedded_in(path)
    if embedded.credentials:
        notes.add("It carries content credentials (C2PA), which are valid for that file alone and not written again")
    layers = [node for node in state.walk() if isinstance(node, Layer)]
    if RECIPE_KEY in state.metadata or any(layer.recipe is not None for layer in layers):
        return state
    recipe = layer_recipe(embedded) or _hidden_recipe(state, layers)
    if recipe is None:
        return state
    if sum(len(text) for text in embedded.texts.values()) > MAX_KEPT_CHARS:
        notes.add("What it says about how it was made is too long to be kept word for word")
    if len(layers) == 1 and isinstance(layers[0].role, Paint):
        return state.replaced(layers[0].id, lambda _: replace(layers[0], recipe=recipe))
    return replace(state, metadata=MappingProxyType({**state.metadata, RECIPE_KEY: recipe}))


def _hidden_recipe(state: DocumentState, layers: Sequence[Layer]) -> str | None:
    """What is hidden in the pixels of a picture."""
    if len(layers) != 1:
        return None
    found = recipe_in(stealth.texts_in(layers[0].surface, state.width, state.height))
    return None if found is None else stored(found)
