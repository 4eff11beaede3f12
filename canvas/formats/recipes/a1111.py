"""The `parameters` text of AUTOMATIC1111's web UI, which Forge, Civitai and most others write and read. Pure.

Grammar: `modules/infotext_utils.py` of that program: prompt, negative prompt, and a last line of settings, which is one
when it has three of them or more. Quoted values are JSON strings. What Civitai changes in it is understood, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from canvas.formats.recipes.found import UNDERDRAW, ControlUnit, FoundRecipe, Lora, Mode
from canvas.formats.recipes.values import number, share, size_of, stem, text_of, whole

NAME = "AUTOMATIC1111"
KEY = "parameters"
#: Longer texts are no recipes.
MAX_CHARS = 1 << 20
_MAX_LINE = 1 << 16
_LEAST_SETTINGS = 3
_NEGATIVE = "Negative prompt:"
_STEPS = "Steps: "
#: Keys are bounded here, which the original's are not: its search takes minutes for a long line without a colon.
_SETTING = re.compile(r'(\w[\w \-/]{1,80}):\s{0,80}("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_TAG = re.compile(r"<(lora|lyco|hypernet):([^<>:\n]{1,200})(?::([^<>\n]{0,80}))?>")
_CONTROL_PART = re.compile(r"\s*([\w ]{1,40}):\s*([^,]*)")
_PARTING = re.compile(r'[,:"]')
_HASHED_MODEL = re.compile(r"(.*?)\s*\[[0-9a-fA-F]+\]\s*")
#: Of settings, up to the extras.
_ORDER = (
    "Steps", "Sampler", "Schedule type", "CFG scale", "Distilled CFG Scale", "Image CFG scale", "Seed",
    "Face restoration", "Size", "Model hash", "Model", "VAE hash", "VAE", "Variation seed", "Variation seed strength",
    "Seed resize from", "Denoising strength", "Conditional mask weight", "Clip skip", "ENSD", "Token merging ratio",
    "Init image hash", "RNG", "Tiling",
)  # fmt: skip
#: Whose recipes come in this grammar, also from here.
_PROGRAMS = (UNDERDRAW, "ComfyUI", "InvokeAI", "SwarmUI", "NovelAI", "Draw Things", "Fooocus")
_BARE_JSON = ("Hashes", "Civitai resources", "Civitai metadata")
#: Settings that have a field of their own.
_TAKEN = frozenset({
    "Steps", "Sampler", "Schedule type", "CFG scale", "Seed", "Size", "Model hash", "Model", "VAE", "Clip skip",
    "Denoising strength", "Lora hashes", "Version",
})  # fmt: skip


def read(texts: Mapping[str, str]) -> FoundRecipe | None:
    text = texts.get(KEY, "")
    return parse(text) if is_one(text) else None


def is_one(text: str) -> bool:
    """Whether a text has a line of settings."""
    return len(text) <= MAX_CHARS and bool(_split(text)[1])


def parse(text: str) -> FoundRecipe:
    """What a text says; one without settings is a prompt."""
    lines, last, added = _split(text[:MAX_CHARS])
    prompt, negative = _prompts(lines)
    last, bare = _without_json(last)
    settings = {**dict(_settings(last)), **bare}
    hashes, resources = _hashes(settings), tuple(_resources(settings))
    other = [(key, value) for key, value in settings.items() if key not in _TAKEN and not _is_control(key)]
    strength = share(settings.get("Denoising strength"))
    mode, source = _mode(settings), _source(settings)
    if mode == "text" and strength is not None:
        other.append(("Denoising strength", settings["Denoising strength"]))
    return FoundRecipe(
        source=source,
        prompt=prompt,
        negative=negative,
        model=settings.get("Model", "") or next((n for kind, n, _ in resources if kind == "checkpoint"), ""),
        model_hash=settings.get("Model hash", "") or hashes.get("model", ""),
        seed=whole(settings.get("Seed")),
        sampler=settings.get("Sampler", ""),
        schedule=settings.get("Schedule type", ""),
        steps=whole(settings.get("Steps")),
        guidance=number(settings.get("CFG scale")),
        size=size_of(settings.get("Size")),
        strength=None if mode == "text" else strength,
        clip_skip=whole(settings.get("Clip skip")),
        vae=settings.get("VAE", ""),
        loras=tuple(_loras(prompt, hashes, settings))
        or tuple(Lora(n, w) for kind, n, w in resources if kind == "lora"),
        controls=tuple(_controls(settings, source)),
        other=tuple(other) + added,
        texts=((KEY, text),),
        mode=mode,
    )


def without_tags(prompt: str) -> str:
    """A prompt without `<lora:name:weight>` and its like, which are no words."""
    bare = _TAG.sub("", prompt)
    return prompt if bare == prompt else re.sub(r"[ \t]*,(?:[ \t]*,)+", ",", bare).strip(" ,\t")


def text_for(found: FoundRecipe) -> str:
    """The text that says it, with the fields in the order of the original; `parse` is its inverse.

    What the grammar cannot hold changes: white space at the ends of lines, and a prompt's line that begins as the
    negative prompt does.
    """
    tags = {name for _, name, _ in _TAG.findall(found.prompt)}
    named = [lora for lora in found.loras if lora_name(lora) not in tags]
    prompt = " ".join([found.prompt, *(f"<lora:{lora_name(lora)}:{_plain(lora.weight)}>" for lora in named)]).strip()
    negative = f"{_NEGATIVE} {found.negative}" if found.negative else ""
    settings = ", ".join(f"{key}: {_quoted(value)}" for key, value in _in_order(found))
    return "\n".join(part for part in (prompt, negative, settings) if part).replace("\r\n", "\n").strip()


def lora_name(lora: Lora) -> str:
    """The name without what ends it in a tag and in the list of hashes."""
    return re.sub(r'[<>:,"\n]', "", stem(lora.name)).strip()


def _in_order(found: FoundRecipe) -> Iterator[tuple[str, str]]:
    size = "x".join(str(side) for side in found.size) if found.size else ""
    hashes = ", ".join(f"{lora_name(lora)}: {lora.hash}" for lora in found.loras if lora.hash)
    own: dict[str, str] = {
        "Steps": _plain(found.steps),
        "Sampler": found.sampler,
        "Schedule type": found.schedule,
        "CFG scale": _plain(found.guidance),
        "Seed": _plain(found.seed),
        "Size": size,
        "Model hash": found.model_hash,
        "Model": stem(found.model),
        "VAE": found.vae,
        "Denoising strength": _plain(found.strength),
        "Clip skip": _plain(found.clip_skip if (found.clip_skip or 0) > 1 else None),
    }
    others = {key: value for key, value in found.other if key not in own and re.fullmatch(r"\w[\w \-/]{1,80}", key)}
    others.pop("Version", None)
    for key in _ORDER:
        value = own.get(key) or others.pop(key, "")
        if value:
            yield key, value
    yield from ((key, value) for key, value in others.items() if value)
    for i, control in enumerate(found.controls):
        yield f"ControlNet {i}", _unit(control)
    if hashes:
        yield "Lora hashes", hashes
    yield "Version", found.source if found.source in _PROGRAMS else UNDERDRAW


def _unit(control: ControlUnit) -> str:
    """As the ControlNet extension writes it, which knows no commas and colons in values."""
    kind, model = (control.kind, control.model) if control.model else ("", control.kind)
    values = {
        "Module": kind or "none",
        "Model": model,
        "Weight": _plain(control.weight),
        "Guidance Start": _plain(control.start),
        "Guidance End": _plain(control.end),
    }
    return ", ".join(f"{key}: {'' if _PARTING.search(value) else value}" for key, value in values.items())


def _plain(value: float | None) -> str:
    """A number with as many digits as it needs."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(value)


def _quoted(text: str) -> str:
    """A value of the settings line, as JSON where it holds what parts settings."""
    bare = not any(c in text for c in ",:\n") and not text.startswith('"') and text == text.strip()
    return text if bare else json.dumps(text, ensure_ascii=False)


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text


def _split(text: str) -> tuple[list[str], str, tuple[tuple[str, str], ...]]:
    """Lines of the prompts, the line of settings ("" when there is none), and what was added below it."""
    *lines, last = text.strip().split("\n")
    if _counts(last):
        return lines, last, ()
    lines.append(last)
    # Old versions of "Dynamic Prompts" and some sites add lines after the settings.
    for at in range(len(lines) - 1, max(-1, len(lines) - 12), -1):
        if lines[at].startswith(_STEPS) and _counts(lines[at]):
            return lines[:at], lines[at], tuple(_added(lines[at + 1 :]))
    return lines, "", ()


def _counts(line: str) -> bool:
    return len(line) <= _MAX_LINE and len(_SETTING.findall(line)) >= _LEAST_SETTINGS


def _added(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        key, colon, value = line.partition(":")
        if line.strip():
            yield (key.strip(), value.strip()) if colon and len(key) <= 40 else ("Added", line.strip())


def _prompts(lines: Sequence[str]) -> tuple[str, str]:
    prompt: list[str] = []
    negative: list[str] = []
    filling = prompt
    for raw in lines:
        line = raw.strip()
        if line.startswith(_NEGATIVE):
            filling, line = negative, line[len(_NEGATIVE) :].strip()
        # As in the original, empty lines in front are no lines.
        if line or filling:
            filling.append(line)
    return "\n".join(prompt), "\n".join(negative)


def _settings(line: str) -> Iterator[tuple[str, str]]:
    for key, value in _SETTING.findall(line):
        yield key.strip(), _unquoted(value.strip())


def _without_json(line: str) -> tuple[str, dict[str, str]]:
    """The line without values that are JSON and not quoted, which is how Civitai writes them; and these."""
    found: dict[str, str] = {}
    for key in _BARE_JSON:
        start = line.find(f"{key}: ")
        at = start + len(key) + 2
        if start < 0 or line[at : at + 1] not in ("{", "["):
            continue
        try:
            _, end = json.JSONDecoder().raw_decode(line, at)
        except (ValueError, RecursionError):
            continue
        found[key] = line[at:end]
        line = line[:start] + line[end:].lstrip(", ")
    return line, found


def _resources(settings: Mapping[str, str]) -> Iterator[tuple[str, str, float]]:
    """Kind, name and weight of the models that Civitai lists."""
    try:
        listed: Any = json.loads(settings.get("Civitai resources", "[]"))
    except (ValueError, RecursionError):
        return
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and text_of(entry.get("modelName")):
            weight = number(entry.get("weight"))
            yield text_of(entry.get("type")).lower(), text_of(entry["modelName"]), 1.0 if weight is None else weight


def _source(settings: Mapping[str, str]) -> str:
    version = settings.get("Version", "")
    named = next((program for program in _PROGRAMS if version.startswith(program)), "")
    if named:
        return named
    if version.startswith("f") or "forge" in version.lower() or "Distilled CFG Scale" in settings:
        return "Forge"
    return "Civitai" if "Civitai resources" in settings and "Model" not in settings else NAME


def _mode(settings: Mapping[str, str]) -> Mode:
    if any(key in settings for key in ("Mask blur", "Inpaint area", "Masked content", "Mask mode")):
        return "inpaint"
    hires = any(key.startswith("Hires ") for key in settings)
    return "image" if "Denoising strength" in settings and not hires else "text"


def _hashes(settings: Mapping[str, str]) -> Mapping[str, str]:
    """By name: of Civitai's `Hashes`, such as {"model": ..., "lora:name": ...}."""
    try:
        data: Any = json.loads(settings.get("Hashes", "") or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(k): text_of(v) for k, v in data.items()} if isinstance(data, dict) else {}


def _loras(prompt: str, hashes: Mapping[str, str], settings: Mapping[str, str]) -> Iterator[Lora]:
    """Those that the prompt names, then those that only have a hash."""
    known = {key.split(":", 1)[1]: value for key, value in hashes.items() if key.lower().startswith("lora:")}
    for part in settings.get("Lora hashes", "").split(","):
        name, colon, value = part.rpartition(":")
        if colon and name.strip():
            known[name.strip()] = value.strip()
    seen = set()
    for kind, name, weights in _TAG.findall(prompt):
        if kind != "hypernet" and (name, weights) not in seen:
            seen.add((name, weights))
            weight = number(weights.split(":")[0].strip()) if weights else 1.0
            yield Lora(name, 1.0 if weight is None else weight, known.get(name) or known.get(stem(name), ""))
    named = {name for name, _ in seen} | {stem(name) for name, _ in seen}
    for name, value in known.items():
        if name not in named:
            yield Lora(name, 1.0, value)


def _is_control(key: str) -> bool:
    return re.fullmatch(r"ControlNet(?: \d{1,3})?", key) is not None


def _controls(settings: Mapping[str, str], source: str) -> Iterator[ControlUnit]:
    # We know the kind of a ControlNet, and call that its model, which is what others ask for.
    own = source == UNDERDRAW
    for key, value in settings.items():
        if not _is_control(key):
            continue
        parts = {name.strip().lower(): part.strip() for name, part in _CONTROL_PART.findall(value[:4096])}
        match = _HASHED_MODEL.fullmatch(parts.get("model", ""))
        model = match.group(1) if match else parts.get("model", "")
        module = parts.get("module", parts.get("preprocessor", ""))
        kind = "" if module.lower() == "none" else module
        yield ControlUnit(
            model if own else kind,
            "" if own else model,
            _default(number(parts.get("weight")), 1.0),
            _default(share(parts.get("guidance start")), 0.0),
            _default(share(parts.get("guidance end")), 1.0),
        )


def _default(value: float | None, usual: float) -> float:
    return usual if value is None else value
