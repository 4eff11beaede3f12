"""ComfyUI: what its graphs say about the picture that they saved. Pure.

From the node that saves back to the sampler that feeds it; from a sampler that only refines, back to the one that made
the picture. From there to prompts, models, LoRAs, ControlNets and the size of the latents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from canvas.formats.recipes.comfy_graph import Graph, GraphNode, api_graph, source, ui_graph, upstream, value
from canvas.formats.recipes.found import ControlUnit, FoundRecipe, Lora, Mode
from canvas.formats.recipes.values import json_object, number, share, size_of, stem, text_of, whole

NAME = "ComfyUI"
#: The graph as it was run, and as it is drawn.
PROMPT_KEY, WORKFLOW_KEY = "prompt", "workflow"
_SEEDS, _TEXTS = ("seed", "noise_seed"), ("text", "text_g", "text_l", "clip_l", "t5xxl", "prompt", "string")
_LATENTS = ("latent_image", "samples", "latent", "latents", "image", "pixels", "images", "optional_latent")
_MODELS = ("ckpt_name", "unet_name", "model_name", "base_ckpt_name", "checkpoint")
#: A node with an input of each of these makes pictures.
_SAMPLER_INPUTS = (
    {*_SEEDS, "noise"}, {"steps", "sigmas"}, {"positive", "guider", "sdxl_tuple", "latent_image"},
)  # fmt: skip
_MAX_PROMPT_NODES = 200
#: Nodes that save, looked at for the picture.
_MAX_ENDS = 16


def read(texts: Mapping[str, str]) -> FoundRecipe | None:
    used = tuple((key, texts[key]) for key in (PROMPT_KEY, WORKFLOW_KEY) if key in texts)
    graphs = [api_graph(json_object(texts.get(PROMPT_KEY, ""))), ui_graph(json_object(texts.get(WORKFLOW_KEY, "")))]
    if not any(graphs) and "parameters" in texts:
        # Some nodes put both graphs into one text.
        both = json_object(texts["parameters"])
        used = (("parameters", texts["parameters"]),)
        inner = [both.get(PROMPT_KEY), both.get(WORKFLOW_KEY)]
        graphs = [
            read_graph(data) if isinstance(data, dict) else {}
            for read_graph, data in zip((api_graph, ui_graph), inner, strict=True)
        ]
    found = [_described(graph, used) for graph in graphs if graph]
    return next((f for f in found if f.says_something), found[0] if found else None)


def _described(graph: Graph, texts: tuple[tuple[str, str], ...]) -> FoundRecipe:
    samplers = _samplers_of_the_picture(graph)
    if not samplers:
        return FoundRecipe(NAME, texts=texts)
    refining, sampler = samplers[:-1], samplers[-1]
    steps_node = _behind(graph, sampler, "sigmas") or sampler
    guider = _behind(graph, sampler, "guider") or sampler
    noise = _behind(graph, sampler, "noise") or sampler
    chosen = _behind(graph, sampler, "sampler") or sampler
    models = tuple(_models_before(graph, guider, sampler))
    encoders = tuple(_encoders(graph, guider, "positive")), tuple(_encoders(graph, guider, "negative"))
    mode, size = _origin(graph, sampler)
    if size is None:
        size = _loader_size(graph, models)
    strength = share(value(graph, steps_node, "denoise"))
    other = [pair for node in refining for pair in _refinement(graph, node)]
    distilled = next((g for g in (number(value(graph, n, "guidance")) for n in _all(encoders)) if g is not None), None)
    if distilled is not None:
        other.insert(0, ("Distilled CFG Scale", f"{distilled:g}"))
    if mode == "text" and strength is not None and strength < 1.0:
        other.append(("Denoising strength", f"{strength:g}"))
    return FoundRecipe(
        source=NAME,
        prompt=_prompt(graph, encoders[0], "positive"),
        negative=_prompt(graph, encoders[1], "negative"),
        model=_first_text(graph, models, _MODELS),
        seed=whole(value(graph, noise, *_SEEDS)),
        sampler=text_of(value(graph, chosen, "sampler_name")),
        schedule=text_of(value(graph, steps_node, "scheduler")),
        steps=whole(value(graph, steps_node, "steps")),
        guidance=number(value(graph, guider, "cfg")),
        size=size,
        strength=None if mode == "text" else strength,
        clip_skip=_clip_skip(graph, encoders[0], models),
        vae=_vae(graph, sampler),
        loras=tuple(_loras(graph, models)),
        controls=tuple(_controls(graph, encoders[0])),
        other=tuple(other),
        texts=texts,
        mode=mode,
    )


# Which sampler


def _is_sampler(node: GraphNode) -> bool:
    has = {*node.settings, *node.links}
    return all(has & names for names in _SAMPLER_INPUTS)


def _samplers_of_the_picture(graph: Graph) -> list[GraphNode]:
    """The sampler that feeds what was saved, then those that it only refines the work of."""
    last = next((s for end in _ends(graph) for s in upstream(graph, end, _LATENTS) if _is_sampler(s)), None)
    if last is None:
        last = next((node for node in graph.values() if _is_sampler(node) and not node.bypassed), None)
    found = [last] if last is not None else []
    while last is not None and _refines(graph, last):
        seen = {node.id for node in found}
        last = next((n for n in _latents_before(graph, last) if _is_sampler(n) and n.id not in seen), None)
        if last is not None:
            found.append(last)
    return found


def _ends(graph: Graph) -> Sequence[GraphNode]:
    """Nodes that keep or show pictures, those that keep them first."""
    keeping = [node for node in graph.values() if "save" in node.kind.lower() and not node.bypassed]
    showing = [node for node in graph.values() if "preview" in node.kind.lower() and "image" in node.kind.lower()]
    return [node for node in (*keeping, *showing) if node.links][:_MAX_ENDS]


def _refines(graph: Graph, sampler: GraphNode) -> bool:
    """It begins with a picture that is there already."""
    steps_node = _behind(graph, sampler, "sigmas") or sampler
    strength = number(value(graph, steps_node, "denoise"))
    start = number(value(graph, sampler, "start_at_step"))
    no_noise = value(graph, sampler, "add_noise") in ("disable", False)
    return (strength is not None and strength < 1.0) or bool(start) or no_noise


def _refinement(graph: Graph, sampler: GraphNode) -> Iterator[tuple[str, str]]:
    steps_node = _behind(graph, sampler, "sigmas") or sampler
    values = {
        "steps": whole(value(graph, steps_node, "steps")),
        "denoise": number(value(graph, steps_node, "denoise")),
        "start at step": whole(value(graph, sampler, "start_at_step")),
    }
    said = ", ".join(f"{name} {found:g}" for name, found in values.items() if found is not None)
    yield "Refined by", f"{sampler.kind}, {said}" if said else sampler.kind


def _behind(graph: Graph, node: GraphNode, name: str) -> GraphNode | None:
    found = source(graph, node.links.get(name))
    return None if found is None else found[0]


# Latents


def _latents_before(graph: Graph, node: GraphNode) -> Iterator[GraphNode]:
    """The chain of latents and pictures that a sampler begins with, the nearest first."""
    seen, waiting = {node.id}, [node]
    while waiting:
        at = waiting.pop(0)
        for name, link in at.links.items():
            found = source(graph, link) if name in _LATENTS or name.startswith(("image", "latent")) else None
            if found is not None and found[0].id not in seen:
                seen.add(found[0].id)
                waiting.append(found[0])
                yield found[0]


def _origin(graph: Graph, sampler: GraphNode) -> tuple[Mode, tuple[int, int] | None]:
    """What the sampler began with, and its size where the graph says it."""
    mode: Mode = "text"
    for node in _latents_before(graph, sampler):
        kind = node.kind.lower()
        if "noisemask" in kind or "inpaint" in kind:
            mode = "inpaint"
        elif mode == "text" and ("vaeencode" in kind or "loadimage" in kind or "load image" in kind):
            mode = "image"
        size = size_of((value(graph, node, "width"), value(graph, node, "height")))
        if size is None:
            size = size_of(text_of(value(graph, node, "resolution", "dimensions")))
        if size is not None:
            return mode, size
    return mode, None


def _loader_size(graph: Graph, models: Sequence[GraphNode]) -> tuple[int, int] | None:
    sizes = (size_of((value(graph, n, "empty_latent_width"), value(graph, n, "empty_latent_height"))) for n in models)
    return next((size for size in sizes if size is not None), None)


def _vae(graph: Graph, sampler: GraphNode) -> str:
    for node in graph.values():
        behind = _behind(graph, node, "samples")
        if behind is not None and behind.id == sampler.id and "vae" in node.links:
            loader = _behind(graph, node, "vae")
            return stem(text_of(value(graph, loader, "vae_name"))) if loader is not None else ""
    return ""


# Models


def _models_before(graph: Graph, *starts: GraphNode) -> Iterator[GraphNode]:
    """The nodes that the model comes through, the nearest first, the one that loads it last."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        at = waiting.pop(0)
        for name, link in at.links.items():
            if "model" not in name.lower() and name not in ("lora_stack", "sdxl_tuple"):
                continue
            found = source(graph, link)
            if found is not None and found[0].id not in seen:
                seen.add(found[0].id)
                waiting.append(found[0])
                yield found[0]


def _first_text(graph: Graph, nodes: Sequence[GraphNode], names: Sequence[str]) -> str:
    for node in nodes:
        name = text_of(_plain(value(graph, node, *names)))
        if name:
            return stem(name)
    return ""


def _plain(found: object) -> object:
    """Some nodes keep a name in an object beside a picture of it."""
    return found.get("content") if isinstance(found, dict) else found


def _loras(graph: Graph, models: Sequence[GraphNode]) -> Iterator[Lora]:
    # The loader nearest to the checkpoint was applied first.
    for node in reversed(models):
        for key, found in node.settings.items():
            if isinstance(found, dict) and isinstance(found.get("lora"), str):
                if found.get("on", True) is not False:
                    yield Lora(stem(found["lora"]), _weight(found.get("strength")))
            elif key.lower().startswith("lora") and isinstance(found, str) and "." in found:
                number_of = key.rpartition("_")[2] if key.rpartition("_")[2].isdigit() else ""
                weights = (
                    "strength_model", "lora_model_strength", "lora_wt", "strength",
                    f"lora_wt_{number_of}", f"model_str_{number_of}", f"strength_{number_of}",
                )  # fmt: skip
                yield Lora(stem(found), _weight(value(graph, node, *weights)))


def _weight(found: object) -> float:
    weight = number(found)
    return 1.0 if weight is None else weight


# Prompts


def _encoders(graph: Graph, start: GraphNode, sign: str) -> Iterator[GraphNode]:
    """The nodes that one side's conditioning comes through, the nearest first."""
    names = (sign, "conditioning", "conditioning_to", "conditioning_1", "conditioning_from", "conditioning_2")
    first = [name for name in (sign, "sdxl_tuple") if name in start.links]
    if not first and sign == "positive" and "conditioning" in start.links:
        first = ["conditioning"]
    seen: set[str] = {start.id}
    waiting = [source(graph, start.links[name]) for name in first]
    while waiting and len(seen) < _MAX_PROMPT_NODES:
        found = waiting.pop(0)
        if found is None or found[0].id in seen:
            continue
        node = found[0]
        seen.add(node.id)
        if "zeroout" in node.kind.lower():
            continue
        yield node
        waiting += [source(graph, node.links[name]) for name in names if name in node.links]


def _prompt(graph: Graph, encoders: Sequence[GraphNode], sign: str) -> str:
    """The texts of all encoders, each once."""
    said: dict[str, None] = {}
    for node in encoders:
        for name in (*_TEXTS, sign):
            if name in node.settings or (name in node.links and name != sign):
                text = text_of(value(graph, node, name)).strip()
                if text:
                    said[text] = None
    return "\n".join(said)


def _clip_skip(graph: Graph, encoders: Sequence[GraphNode], models: Sequence[GraphNode]) -> int | None:
    for node in (*encoders, *models):
        clip = _behind(graph, node, "clip")
        layer = whole(value(graph, clip, "stop_at_clip_layer")) if clip is not None else None
        if layer is None:
            layer = whole(value(graph, node, "clip_skip"))
        if layer is not None and -24 <= layer < 0:
            return -layer
    return None


def _controls(graph: Graph, encoders: Sequence[GraphNode]) -> Iterator[ControlUnit]:
    for node in encoders:
        if "control_net" not in node.links:
            continue
        loader = _behind(graph, node, "control_net")
        name = text_of(value(graph, loader, "control_net_name")) if loader is not None else ""
        start, end = share(value(graph, node, "start_percent")), share(value(graph, node, "end_percent"))
        yield ControlUnit(
            "", stem(name), _weight(value(graph, node, "strength")), start or 0.0, 1.0 if end is None else end
        )


def _all(both: tuple[tuple[GraphNode, ...], ...]) -> Iterator[GraphNode]:
    for nodes in both:
        yield from nodes
