"""`FoundRecipe`: how a picture was made, whatever program says it, and its form as the recipe of a layer. Pure.

The recipe of a layer is one JSON object. The engine's own has the keys of `inference.result.recipe_of`; one that came
with a file has the same keys for the same things, and others beside them: `source`, the program, and `texts`, what the
file said in that program's words. A recipe with `parts` is that of a picture made of several: a list of names and
recipes, from the bottom up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from canvas.formats.recipes.values import number, size_of, sound, text_of, whole
from canvas.layers import Layer
from canvas.state import DocumentState

#: Key of the metadata of a document of several layers: the recipe of the picture, where no layer has it.
RECIPE_KEY = "recipe"
Mode: TypeAlias = Literal["text", "image", "inpaint"]
#: Programs by the names that their makers write.
UNDERDRAW = "Underdraw"
#: Of all texts that a recipe keeps in other programs' words. Longer ones could not be written into most files.
MAX_KEPT_CHARS = 1 << 20
#: Parts of parts are read so deep.
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Lora:
    """`name`: the file without folder and ending. `hash`: as the program wrote it, "" when it did not."""

    name: str
    weight: float = 1.0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class ControlUnit:
    """`kind`: the control kind or preprocessor; `model` of the ControlNet; `start`, `end`: shares 0..1 of the steps."""

    kind: str
    model: str = ""
    weight: float = 1.0
    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True, slots=True)
class FoundRecipe:
    """What a file or a layer says about how it was made; "", None and () where it says nothing.

    `source`: the program. `strength` 0..1: denoising strength, None for a picture from text alone. `schedule`: of the
    noise. `other`: settings that have no field, name and value. `texts`: what the file said, by the key it stood under.
    `source_type`: the term of IPTC's Digital Source Type that the file names.
    """

    source: str
    prompt: str = ""
    negative: str = ""
    model: str = ""
    model_hash: str = ""
    seed: int | None = None
    sampler: str = ""
    schedule: str = ""
    steps: int | None = None
    guidance: float | None = None
    size: tuple[int, int] | None = None
    strength: float | None = None
    clip_skip: int | None = None
    vae: str = ""
    loras: tuple[Lora, ...] = ()
    controls: tuple[ControlUnit, ...] = ()
    other: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    mode: Mode = "text"
    source_type: str = ""

    @property
    def raw(self) -> str:
        """What the file said, unchanged; several texts with their keys above them."""
        if len(self.texts) == 1:
            return self.texts[0][1]
        return "\n\n".join(f"{key}:\n{text}" for key, text in self.texts)

    @property
    def can_be_followed(self) -> bool:
        """It says enough to begin again with it."""
        return bool(self.prompt or self.negative or self.model or self.seed is not None)

    @property
    def says_something(self) -> bool:
        """More than that there was a program."""
        return bool(self.prompt or self.model or self.seed is not None or self.steps or self.source_type)


def stored(found: FoundRecipe) -> str:
    """The recipe of a layer that says what `found` does; `found_in` is its inverse."""
    data: dict[str, Any] = {
        "source": found.source,
        "mode": found.mode,
        "prompt": found.prompt,
        "negative": found.negative,
        "model": found.model,
        "model_hash": found.model_hash,
        "seed": found.seed,
        "sampler": found.sampler,
        "schedule": found.schedule,
        "steps": found.steps,
        "guidance": found.guidance,
        "size": list(found.size) if found.size else None,
        "strength": found.strength,
        "clip_skip": found.clip_skip,
        "vae": found.vae,
        "loras": [{"name": lora.name, "weight": lora.weight, "hash": lora.hash} for lora in found.loras],
        "controls": [
            {"kind": c.kind, "model": c.model, "weight": c.weight, "start": c.start, "end": c.end}
            for c in found.controls
        ],
        "other": [list(pair) for pair in found.other],
        "texts": [list(pair) for pair in found.texts],
        "source_type": found.source_type,
    }
    said = {key: value for key, value in data.items() if value not in ("", None, [])}
    return sound(json.dumps(said, sort_keys=True, ensure_ascii=False))


def found_in(recipe: Mapping[str, Any]) -> FoundRecipe:
    """What a layer's recipe says, the engine's or one from a file. What cannot be understood is left out."""
    mode = recipe.get("mode")
    known: Mode = mode if mode in ("text", "image", "inpaint") else "image"
    engine = "source" not in recipe
    return FoundRecipe(
        source=text_of(recipe.get("source")) or UNDERDRAW,
        prompt=text_of(recipe.get("prompt")),
        negative=text_of(recipe.get("negative")),
        model=text_of(recipe.get("model")),
        model_hash=text_of(recipe.get("model_hash")),
        seed=whole(recipe.get("seed")),
        sampler=text_of(recipe.get("sampler")),
        schedule=text_of(recipe.get("schedule")),
        steps=whole(recipe.get("steps")),
        guidance=number(recipe.get("guidance")),
        size=size_of(recipe.get("size")),
        strength=None if engine and known == "text" else number(recipe.get("strength")),
        clip_skip=whole(recipe.get("clip_skip")),
        vae=text_of(recipe.get("vae")),
        loras=tuple(_loras(recipe.get("loras"))),
        controls=tuple(_controls(recipe.get("controls"))),
        other=tuple(_pairs(recipe.get("other"))) + tuple(_references(recipe.get("references"))),
        texts=tuple(_pairs(recipe.get("texts"))),
        mode=known,
        source_type=text_of(recipe.get("source_type")),
    )


def recipe_object(text: str) -> Mapping[str, Any]:
    """The object of a layer's recipe; what is no JSON object is kept as `text`, for it is still the layer's origin."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    return data if isinstance(data, dict) else {"text": text}


def parts_of(name: str, recipe: Mapping[str, Any]) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """The recipes that a picture of that name is made by, from the bottom up: its own, or those of its parts."""
    return tuple(_parts(name, recipe, 0))


def _parts(name: str, recipe: Mapping[str, Any], depth: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    parts = recipe.get("parts")
    if depth == _MAX_DEPTH or not isinstance(parts, list) or not parts:
        yield name, recipe
        return
    for part in parts:
        inner = part.get("recipe") if isinstance(part, dict) else None
        if isinstance(inner, dict):
            yield from _parts(text_of(part.get("name")) or name, inner, depth + 1)


def with_parts(made: Sequence[tuple[str, Mapping[str, Any]]]) -> Mapping[str, Any]:
    """The recipe of a picture made by those, at least one, from the bottom up; `parts_of` is its inverse."""
    top = made[-1][1]
    if len(made) == 1:
        return top
    return {**top, "parts": [{"name": name, "recipe": recipe} for name, recipe in made]}


def has_recipe(state: DocumentState) -> bool:
    """Whether the document, or any layer in it, says how it was made."""
    return RECIPE_KEY in state.metadata or any(isinstance(n, Layer) and n.recipe is not None for n in state.walk())


def kept(texts: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those of `texts` that a recipe may keep, the shorter ones first in case of need, in their order."""
    room, chosen = MAX_KEPT_CHARS, set()
    for key, text in sorted(texts, key=lambda pair: len(pair[1])):
        room -= len(text)
        if room < 0:
            break
        chosen.add(key)
    return tuple(pair for pair in texts if pair[0] in chosen)


def _loras(value: object) -> Iterator[Lora]:
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict) and text_of(entry.get("name")):
            yield Lora(text_of(entry["name"]), _or(number(entry.get("weight")), 1.0), text_of(entry.get("hash")))


def _controls(value: object) -> Iterator[ControlUnit]:
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict):
            yield ControlUnit(
                text_of(entry.get("kind")),
                text_of(entry.get("model")),
                _or(number(entry.get("weight")), 1.0),
                _or(number(entry.get("start")), 0.0),
                _or(number(entry.get("end")), 1.0),
            )


def _references(value: object) -> Iterator[tuple[str, str]]:
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict) and text_of(entry.get("kind")):
            yield "Reference", f"{entry['kind']} {_or(number(entry.get('weight')), 1.0):g}"


def _pairs(value: object) -> Iterator[tuple[str, str]]:
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, str) for part in entry):
            yield sound(entry[0]), sound(entry[1])


def _or(value: float | None, usual: float) -> float:
    return usual if value is None else value
