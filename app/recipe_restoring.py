"""Restoring a recipe: what of it can be asked of the engine here, and what cannot. Pure; no Qt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from canvas.formats.recipes.a1111 import without_tags
from canvas.formats.recipes.found import FoundRecipe
from canvas.formats.recipes.values import stem
from inference.direction import Direction
from models.catalogue import ModelInfo

_SEEDS, _STEPS, _GUIDANCE = 2**32, 200, 30.0


@dataclass(frozen=True, slots=True)
class Restoring:
    """`direction`: with what can be used. `used`: its parts in a few words each. `unused`: name, value and why."""

    direction: Direction
    used: tuple[str, ...]
    unused: tuple[tuple[str, str, str], ...]


def restoring(found: FoundRecipe, direction: Direction, models: Sequence[ModelInfo]) -> Restoring:
    """What `direction` becomes by the recipe; what the recipe does not say, or cannot be used, stays as it is."""
    changes: dict[str, Any] = {}
    used: list[str] = []
    unused: list[tuple[str, str, str]] = []
    prompt = without_tags(found.prompt)
    if found.prompt or found.negative:
        changes |= {"prompt": prompt, "negative": found.negative}
        used += ["prompt"] * bool(prompt) + ["negative prompt"] * bool(found.negative)
    _take_model(found, models, changes, used, unused)
    if found.seed is not None and 0 <= found.seed < _SEEDS:
        changes["seed"] = found.seed
        used.append(f"seed {found.seed}")
    elif found.seed is not None:
        unused.append(("Seed", str(found.seed), f"seeds reach to {_SEEDS - 1} here"))
    guidance = found.guidance
    info = next((each for each in models if each.id == changes.get("model", direction.model)), None)
    if info is not None and guidance is not None and guidance > 1.0 >= info.guidance:
        unused.append(("Guidance", f"{guidance:g}", f"the model {info.name} is made for 1"))
        guidance = None
    for name, value, least, most in (
        ("steps", found.steps, 1, _STEPS),
        ("guidance", guidance, 0.0, _GUIDANCE),
        ("strength", _strength(found), 0.0, 1.0),
    ):
        if value is None:
            continue
        if least <= value <= most:
            changes[name] = value
            used.append(f"{name} {value:g}")
        else:
            unused.append((name.capitalize(), f"{value:g}", f"it lies between {least:g} and {most:g} here"))
    unused += _not_used(found)
    return Restoring(replace(direction, **changes), tuple(used), tuple(unused))


def model_for(found: FoundRecipe, models: Sequence[ModelInfo]) -> ModelInfo | None:
    """The model that is meant: by id, by name, by the stem of its file, or by its hash in a name."""
    wanted = _plain(found.model)
    for info in models:
        if wanted and wanted in {_plain(name) for name in (info.id, stem(info.id), info.name, info.folder.name)}:
            return info
    code = found.model_hash.casefold()
    if len(code) >= 8:
        return next((m for m in models if code in m.name.casefold() or code in m.folder.name.casefold()), None)
    return None


def shortened(text: str, most: int) -> str:
    """`text` in one line of so many characters, cut off between words where it has some."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return line[:most].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def _take_model(
    found: FoundRecipe,
    models: Sequence[ModelInfo],
    changes: dict[str, Any],
    used: list[str],
    unused: list[tuple[str, str, str]],
) -> None:
    if not found.model and not found.model_hash:
        return
    info = model_for(found, models)
    name = found.model or found.model_hash
    if info is None:
        unused.append(("Model", name, "it is not among your models"))
    elif info.problem:
        unused.append(("Model", name, info.problem))
    else:
        changes |= {"model": info.id, "preview_steps": info.preview_steps}
        used.append(f"model {info.name}")


def _strength(found: FoundRecipe) -> float | None:
    """Of a picture from text alone 1: what is painted was ignored."""
    if found.strength is None and found.mode == "text" and found.can_be_followed:
        return 1.0
    return found.strength


def _not_used(found: FoundRecipe) -> Iterator[tuple[str, str, str]]:
    later = "this version cannot choose it"
    for name, value in (
        ("Sampler", found.sampler),
        ("Schedule", found.schedule),
        ("Clip skip", str(found.clip_skip or "")),
        ("VAE", found.vae),
    ):
        if value:
            yield name, value, later
    for lora in found.loras:
        yield "LoRA", f"{lora.name} {lora.weight:g}", "this version cannot load it"
    for control in found.controls:
        name = " ".join(part for part in (control.kind, control.model) if part) or "unnamed"
        yield "ControlNet", f"{name} {control.weight:g}", "add a control layer for it"


def _plain(name: str) -> str:
    """Names are written with spaces, underscores and hashes as it comes."""
    bare = re.sub(r"\[[0-9a-fA-F]{6,}\]", "", stem(name))
    return "".join(c for c in bare.casefold() if c.isalnum())
