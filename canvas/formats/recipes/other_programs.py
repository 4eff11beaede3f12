"""Fooocus, SwarmUI, NovelAI and Draw Things: programs that write one JSON object. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from canvas.formats.recipes.found import FoundRecipe, Lora
from canvas.formats.recipes.values import json_object, number, share, size_of, stem, text_of, whole

PARAMETERS, SCHEME, COMMENT = "parameters", "fooocus_scheme", "Comment"
#: The property of XMP in which Draw Things keeps its settings.
USER_COMMENT = "exif:UserComment"
_FOOOCUS_LORA = re.compile(r"lora_combined_\d{1,2}|lora \d{1,2}", re.IGNORECASE)
_SWARM_OTHERS = (
    "aspectratio", "sigmashift", "fluxguidancescale", "refinercontrol", "refinermethod", "refinerupscale",
    "refinermodel", "variationseed", "variationseedstrength", "swarm_version",
)  # fmt: skip
_NOVEL_OTHERS = ("cfg_rescale", "sm", "sm_dyn", "noise", "request_type", "version")


def fooocus(texts: Mapping[str, str]) -> FoundRecipe | None:
    """`parameters`, or `Comment` in old versions. With another scheme the text is A1111's."""
    key = PARAMETERS if PARAMETERS in texts else COMMENT
    data = {name.lower().replace(" ", "_"): value for name, value in json_object(texts.get(key, "")).items()}
    if "base_model" not in data and "performance" not in data:
        return None
    return FoundRecipe(
        source="Fooocus",
        prompt=text_of(data.get("prompt")),
        negative=text_of(data.get("negative_prompt")),
        model=stem(text_of(data.get("base_model"))),
        model_hash=text_of(data.get("base_model_hash")),
        seed=whole(data.get("seed")),
        sampler=text_of(data.get("sampler")),
        schedule=text_of(data.get("scheduler")),
        steps=whole(data.get("steps")),
        guidance=number(data.get("guidance_scale")),
        size=size_of(data.get("resolution")),
        clip_skip=_skipped(whole(data.get("clip_skip"))),
        vae=stem(text_of(data.get("vae"))) if data.get("vae") != "Default (model)" else "",
        loras=tuple(_fooocus_loras(data)),
        other=_others(data, ("performance", "styles", "sharpness", "refiner_model", "refiner_switch", "version")),
        texts=tuple((name, texts[name]) for name in (key, SCHEME) if name in texts),
    )


def _fooocus_loras(data: Mapping[str, Any]) -> Iterator[Lora]:
    listed = data.get("loras")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, list) and entry and text_of(entry[0]) not in ("", "None"):
            weight = number(entry[1]) if len(entry) > 1 else None
            code = text_of(entry[2]) if len(entry) > 2 else ""
            yield Lora(stem(text_of(entry[0])), 1.0 if weight is None else weight, code)
    for key, value in data.items():
        if _FOOOCUS_LORA.fullmatch(key.replace("_", " ") if key.startswith("lora_") and key[5:].isdigit() else key):
            name, _, weight_text = text_of(value).rpartition(" : ")
            weight = number(weight_text)
            if name and name != "None":
                yield Lora(stem(name), 1.0 if weight is None else weight)


def swarm(texts: Mapping[str, str]) -> FoundRecipe | None:
    whole_text = json_object(texts.get(PARAMETERS, ""))
    data = whole_text.get("sui_image_params")
    if not isinstance(data, dict):
        return None
    hashes = _swarm_hashes(whole_text.get("sui_models"))
    model = text_of(data.get("model"))
    creativity = share(data.get("initimagecreativity"))
    from_image = "initimage" in data or creativity is not None
    return FoundRecipe(
        source="SwarmUI",
        prompt=text_of(data.get("prompt")),
        negative=text_of(data.get("negativeprompt")),
        model=stem(model),
        model_hash=hashes.get(stem(model), ""),
        seed=whole(data.get("seed")),
        sampler=text_of(data.get("sampler")),
        schedule=text_of(data.get("scheduler")),
        steps=whole(data.get("steps")),
        guidance=number(data.get("cfgscale")),
        size=size_of((data.get("width"), data.get("height"))),
        strength=creativity if from_image else None,
        clip_skip=_skipped(whole(data.get("clipstopatlayer"))),
        vae=stem(text_of(data.get("vae"))),
        loras=tuple(_swarm_loras(data, hashes)),
        other=_others(data, _SWARM_OTHERS),
        texts=((PARAMETERS, texts[PARAMETERS]),),
        mode="image" if from_image else "text",
    )


def _swarm_hashes(models: object) -> Mapping[str, str]:
    found = [entry for entry in models if isinstance(entry, dict)] if isinstance(models, list) else []
    return {stem(text_of(e.get("name"))): text_of(e.get("hash")).removeprefix("0x") for e in found}


def _swarm_loras(data: Mapping[str, Any], hashes: Mapping[str, str]) -> Iterator[Lora]:
    names, weights = data.get("loras"), data.get("loraweights")
    names = names.split(",") if isinstance(names, str) else names if isinstance(names, list) else []
    weights = weights.split(",") if isinstance(weights, str) else weights if isinstance(weights, list) else []
    for i, entry in enumerate(names):
        weight = number(weights[i]) if i < len(weights) else None
        name = stem(text_of(entry).strip())
        yield Lora(name, 1.0 if weight is None else weight, hashes.get(name, ""))


def novelai(texts: Mapping[str, str]) -> FoundRecipe | None:
    if not texts.get("Software", "").startswith("NovelAI"):
        return None
    data = json_object(texts.get(COMMENT, ""))
    negative = text_of(data.get("uc"))
    if not negative and isinstance(data.get("v4_negative_prompt"), dict):
        caption = data["v4_negative_prompt"].get("caption")
        negative = text_of(caption.get("base_caption")) if isinstance(caption, dict) else ""
    strength = share(data.get("strength")) if "img2img" in text_of(data.get("request_type")).lower() else None
    return FoundRecipe(
        source="NovelAI",
        prompt=text_of(data.get("prompt")) or texts.get("Description", ""),
        negative=negative,
        model=texts.get("Source", ""),
        seed=whole(data.get("seed")),
        sampler=text_of(data.get("sampler")),
        schedule=text_of(data.get("noise_schedule")),
        steps=whole(data.get("steps")),
        guidance=number(data.get("scale")),
        size=size_of((data.get("width"), data.get("height"))),
        strength=strength,
        other=_others(data, _NOVEL_OTHERS),
        texts=tuple((k, texts[k]) for k in ("Title", "Description", "Software", "Source", COMMENT) if k in texts),
        mode="text" if strength is None else "image",
    )


def draw_things(texts: Mapping[str, str]) -> FoundRecipe | None:
    data = json_object(texts.get(USER_COMMENT, ""))
    if "c" not in data or "uc" not in data:
        return None
    more = data.get("v2")
    more = more if isinstance(more, dict) else {}
    strength = share(data.get("strength"))
    from_image = strength is not None and strength < 1.0
    entries = more.get("loras") or data.get("lora")
    loras = [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    return FoundRecipe(
        source="Draw Things",
        prompt=text_of(data.get("c")),
        negative=text_of(data.get("uc")),
        model=stem(text_of(data.get("model"))),
        seed=whole(data.get("seed")),
        sampler=text_of(data.get("sampler")),
        steps=whole(data.get("steps")),
        guidance=number(data.get("scale")),
        size=size_of(data.get("size")),
        strength=strength if from_image else None,
        clip_skip=_skipped(whole(more.get("clipSkip"))),
        loras=tuple(Lora(stem(text_of(e.get("file") or e.get("model"))), _weight(e.get("weight"))) for e in loras),
        other=_others(data, ("seed_mode", "shift")),
        texts=((USER_COMMENT, texts[USER_COMMENT]),),
        mode="image" if from_image else "text",
    )


def _weight(value: object) -> float:
    found = number(value)
    return 1.0 if found is None else found


def _skipped(layers: int | None) -> int | None:
    """Layers left out count from 1; 1 is the last one, which is what everybody takes. Some count backwards."""
    return None if layers is None or abs(layers) < 2 else abs(layers)


def _others(data: Mapping[str, Any], names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    said = ((name, text_of(data.get(name))) for name in names)
    return tuple((name, text) for name, text in said if text and text != "None")
