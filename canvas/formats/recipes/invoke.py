"""InvokeAI: `invokeai_metadata` since version 3, `sd-metadata` of version 2, the command line `Dream` before. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from canvas.formats.recipes.found import ControlUnit, FoundRecipe, Lora, Mode
from canvas.formats.recipes.values import json_object, number, share, size_of, stem, text_of, whole

NAME = "InvokeAI"
_KEYS = ("invokeai_metadata", "sd-metadata", "Dream")
#: Written beside the first; kept with it.
_BESIDE = ("invokeai_workflow", "invokeai_graph")
_NEGATIVE_PART = re.compile(r"\[([^\[\]]{1,4000})\]")
_MAX_DREAM = 20_000
_OTHERS = (
    "app_version", "positive_style_prompt", "negative_style_prompt", "cfg_rescale_multiplier", "rand_device",
    "refiner_steps", "refiner_cfg_scale", "seamless_x", "seamless_y", "hrf_enabled", "hrf_strength",
)  # fmt: skip


def read(texts: Mapping[str, str]) -> FoundRecipe | None:
    for key, reader in zip(_KEYS, (_modern, _second, _dream), strict=True):
        found = reader(texts[key]) if key in texts else None
        if found is not None:
            beside = tuple((name, texts[name]) for name in (key, *_BESIDE) if name in texts)
            return replace(found, texts=beside)
    return None


def _modern(text: str) -> FoundRecipe | None:
    data = json_object(text)
    if not data:
        return None
    model = data.get("model")
    strength = share(data.get("strength"))
    mode = _mode(text_of(data.get("generation_mode")), strength)
    return FoundRecipe(
        source=NAME,
        prompt=text_of(data.get("positive_prompt")),
        negative=text_of(data.get("negative_prompt")),
        model=_name(model),
        model_hash=text_of(model.get("hash")).removeprefix("blake3:") if isinstance(model, dict) else "",
        seed=whole(data.get("seed")),
        sampler=text_of(data.get("scheduler")),
        steps=whole(data.get("steps")),
        guidance=number(data.get("cfg_scale")),
        size=size_of((data.get("width"), data.get("height"))),
        strength=None if mode == "text" else strength,
        clip_skip=whole(data.get("clip_skip")) or None,
        vae=_name(data.get("vae")),
        loras=tuple(_loras(data.get("loras"))),
        controls=tuple(_controls(data.get("controlnets"))),
        other=tuple((key, text_of(data[key])) for key in _OTHERS if text_of(data.get(key))),
        mode=mode,
    )


def _mode(generation: str, strength: float | None) -> Mode:
    if "inpaint" in generation or "outpaint" in generation:
        return "inpaint"
    return "image" if "img2img" in generation or (not generation and strength is not None) else "text"


def _name(model: object) -> str:
    """Of a model as an object, whose shape has changed with the versions, or as a text."""
    if isinstance(model, dict):
        return stem(text_of(model.get("name")) or text_of(model.get("model_name")) or text_of(model.get("key")))
    return stem(text_of(model))


def _loras(value: object) -> Iterator[Lora]:
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict):
            model = entry.get("model") or entry.get("lora")
            weight = number(entry.get("weight"))
            code = text_of(model.get("hash")).removeprefix("blake3:") if isinstance(model, dict) else ""
            yield Lora(_name(model), 1.0 if weight is None else weight, code)


def _controls(value: object) -> Iterator[ControlUnit]:
    for entry in value if isinstance(value, list) else ():
        if not isinstance(entry, dict):
            continue
        weight = entry.get("control_weight")
        first = number(weight[0] if isinstance(weight, list) and weight else weight)
        start, end = share(entry.get("begin_step_percent")), share(entry.get("end_step_percent"))
        model = _name(entry.get("control_model"))
        yield ControlUnit("", model, 1.0 if first is None else first, start or 0.0, 1.0 if end is None else end)


def _second(text: str) -> FoundRecipe | None:
    data = json_object(text)
    image: Any = data.get("image")
    if not isinstance(image, dict):
        return None
    prompt = image.get("prompt")
    if isinstance(prompt, list):
        prompt = ", ".join(text_of(part.get("prompt")) for part in prompt if isinstance(part, dict))
    positive, negative = _both_sides(text_of(prompt))
    strength = share(image.get("strength"))
    mode = _mode(text_of(image.get("type")), None)
    return FoundRecipe(
        source=NAME,
        prompt=positive,
        negative=negative,
        model=stem(text_of(data.get("model_weights"))),
        model_hash=text_of(data.get("model_hash")),
        seed=whole(image.get("seed")),
        sampler=text_of(image.get("sampler")),
        steps=whole(image.get("steps")),
        guidance=number(image.get("cfg_scale")),
        size=size_of((image.get("width"), image.get("height"))),
        strength=None if mode == "text" else strength,
        mode=mode,
    )


def _both_sides(prompt: str) -> tuple[str, str]:
    """What stood in brackets was the negative prompt."""
    negative = ", ".join(part.strip() for part in _NEGATIVE_PART.findall(prompt))
    return _NEGATIVE_PART.sub("", prompt).strip(" ,"), negative


def _dream(text: str) -> FoundRecipe | None:
    try:
        words = shlex.split(text[:_MAX_DREAM])
    except ValueError:
        return None
    switches: dict[str, str] = {}
    free: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if len(word) >= 2 and word[0] == "-" and word[1].isalpha():
            follows = words[at + 1] if at + 1 < len(words) else ""
            glued = word[2:]
            switches[word[1]] = glued or follows
            at += 1 if glued else 2
        else:
            free.append(word)
            at += 1
    if not free or "S" not in switches:
        return None
    positive, negative = _both_sides(" ".join(free))
    strength = share(switches.get("f"))
    return FoundRecipe(
        source=NAME,
        prompt=positive,
        negative=negative,
        seed=whole(switches["S"]),
        sampler=switches.get("A", ""),
        steps=whole(switches.get("s")),
        guidance=number(switches.get("C")),
        size=size_of((switches.get("W"), switches.get("H"))),
        strength=strength if "I" in switches else None,
        mode="image" if "I" in switches else "text",
    )
