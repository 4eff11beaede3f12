"""ComfyUI's graphs as one kind of value: nodes with settings and links, read from its API or its UI format. Pure.

Graphs are bounded in number of nodes; whoever follows links has to remember where it was, for they may form circles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from canvas.formats.recipes.values import text_of

_MAX_NODES = 5000
_MAX_LINKS = 50_000
_MAX_HOPS = 64
_MUTED, _BYPASSED = 2, 4
#: What comes between other settings in the UI format and is none.
_AFTER_SEED = "control_after_generate"
#: Settings in the order of the UI format, of the nodes that tell how a picture was made.
_WIDGETS: Mapping[str, Sequence[str]] = MappingProxyType({
    "KSampler": ("seed", _AFTER_SEED, "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (
        "add_noise", "noise_seed", _AFTER_SEED, "steps", "cfg", "sampler_name", "scheduler", "start_at_step",
        "end_at_step", "return_with_leftover_noise",
    ),
    "KSampler (Efficient)": ("seed", _AFTER_SEED, "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "SamplerCustom": ("add_noise", "noise_seed", _AFTER_SEED, "cfg"),
    "RandomNoise": ("noise_seed", _AFTER_SEED),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "KarrasScheduler": ("steps",),
    "CFGGuider": ("cfg",),
    "FluxGuidance": ("guidance",),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "CheckpointLoader": ("config_name", "ckpt_name"),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "UnetLoaderGGUF": ("unet_name",),
    "VAELoader": ("vae_name",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeSDXL": (
        "width", "height", "crop_w", "crop_h", "target_width", "target_height", "text_g", "text_l",
    ),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "CLIPSetLastLayer": ("stop_at_clip_layer",),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "LatentUpscale": ("upscale_method", "width", "height", "crop"),
    "ControlNetLoader": ("control_net_name",),
    "ControlNetApply": ("strength",),
    "ControlNetApplyAdvanced": ("strength", "start_percent", "end_percent"),
    "Efficient Loader": (
        "ckpt_name", "vae_name", "clip_skip", "lora_name", "lora_model_strength", "lora_clip_strength", "positive",
        "negative", "token_normalization", "weight_interpretation", "empty_latent_width", "empty_latent_height",
    ),
})  # fmt: skip
#: Nodes with one value, which other nodes take over.
_VALUE_KEYS = ("value", "Value", "text", "string", "String", "Text", "int", "float", "number", "seed", "noise_seed")


@dataclass(frozen=True, slots=True)
class GraphNode:
    """`settings` by name; `links`: which node and which of its outputs an input takes. `bypassed`: it hands on."""

    id: str
    kind: str
    settings: Mapping[str, Any]
    links: Mapping[str, tuple[str, int]]
    bypassed: bool = False


Graph = Mapping[str, GraphNode]


def api_graph(data: Mapping[str, Any]) -> Graph:
    """The graph of the text `prompt`; empty when it is none."""
    nodes: dict[str, GraphNode] = {}
    for key, entry in data.items():
        kind = entry.get("class_type") if isinstance(entry, dict) else None
        inputs = entry.get("inputs") if isinstance(entry, dict) else None
        if not isinstance(kind, str) or not isinstance(inputs, dict) or len(nodes) == _MAX_NODES:
            continue
        links = {name: (str(value[0]), value[1]) for name, value in inputs.items() if _is_link(value, data)}
        settings = {name: value for name, value in inputs.items() if name not in links}
        nodes[key] = GraphNode(key, kind, settings, links)
    return nodes


def ui_graph(data: Mapping[str, Any]) -> Graph:
    """The graph of the text `workflow`, without what is muted; empty when it is none."""
    entries, wires = data.get("nodes"), data.get("links")
    if not isinstance(entries, list) or not isinstance(wires, list):
        return {}
    ends = dict(_ends(wires[:_MAX_LINKS]))
    nodes: dict[str, GraphNode] = {}
    for entry in entries[:_MAX_NODES]:
        if not isinstance(entry, dict) or not isinstance(entry.get("type"), str) or entry.get("mode") == _MUTED:
            continue
        links: dict[str, tuple[str, int]] = {}
        named: list[str] = []
        inputs = entry.get("inputs")
        for plug in inputs if isinstance(inputs, list) else ():
            if not isinstance(plug, dict) or not isinstance(plug.get("name"), str):
                continue
            if isinstance(plug.get("widget"), dict):
                named.append(plug["name"])
            wire = plug.get("link")
            if isinstance(wire, int) and wire in ends:
                links[plug["name"]] = ends[wire]
        settings = _widget_values(entry["type"], entry.get("widgets_values"), named)
        node_id = text_of(entry.get("id"))
        bypassed = entry.get("mode") == _BYPASSED
        nodes[node_id] = GraphNode(node_id, entry["type"], settings, links, bypassed)
    return nodes


def source(graph: Graph, link: tuple[str, int] | None) -> tuple[GraphNode, int] | None:
    """The node that a link comes from, through reroutes and what is bypassed; which of its outputs."""
    for _ in range(_MAX_HOPS):
        node = graph.get(link[0]) if link is not None else None
        if node is None or link is None:
            return None
        passes = node.bypassed or (not node.settings and len(node.links) == 1 and "eroute" in node.kind)
        if not passes:
            return node, link[1]
        link = next(iter(node.links.values()), None)
    return None


def value(graph: Graph, node: GraphNode, *names: str) -> Any:
    """A setting by the first of `names` that the node has, also where another node gives it; None without."""
    for name in names:
        if name in node.settings:
            return node.settings[name]
        if name in node.links:
            return _given(graph, node.links[name])
    return None


def _given(graph: Graph, link: tuple[str, int]) -> Any:
    """What a node that makes numbers or texts gives."""
    at: tuple[str, int] | None = link
    for _ in range(_MAX_HOPS):
        found = source(graph, at)
        if found is None:
            return None
        node = found[0]
        for name in _VALUE_KEYS:
            if name in node.settings:
                return node.settings[name]
            if name in node.links:
                at = node.links[name]
                break
        else:
            joined = [text_of(v) for v in node.settings.values() if isinstance(v, str) and v]
            return "\n".join(joined) if joined else None
    return None


def upstream(graph: Graph, start: GraphNode, prefer: Sequence[str] = ()) -> Iterator[GraphNode]:
    """All nodes before `start`, each once, the nearest first; through inputs named `prefer` before others."""
    seen, waiting = {start.id}, [start]
    while waiting:
        node = waiting.pop(0)
        names = sorted(node.links, key=lambda name: name not in prefer)
        for name in names:
            found = source(graph, node.links[name])
            if found is not None and found[0].id not in seen:
                seen.add(found[0].id)
                waiting.append(found[0])
                yield found[0]


def _is_link(value: object, data: Mapping[str, Any]) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str | int)
        and isinstance(value[1], int)
        and str(value[0]) in data
    )


def _ends(wires: Sequence[Any]) -> Iterator[tuple[int, tuple[str, int]]]:
    for wire in wires:
        if isinstance(wire, list) and len(wire) >= 5 and isinstance(wire[0], int) and isinstance(wire[2], int):
            yield wire[0], (text_of(wire[1]), wire[2])
        elif isinstance(wire, dict) and isinstance(wire.get("id"), int) and isinstance(wire.get("origin_slot"), int):
            yield wire["id"], (text_of(wire.get("origin_id")), wire["origin_slot"])


def _widget_values(kind: str, values: object, named: Sequence[str]) -> Mapping[str, Any]:
    """Settings by name, of nodes whose order is known here or stands in the file."""
    if isinstance(values, dict):
        return values
    if not isinstance(values, list):
        return {}
    if kind in _WIDGETS:
        return dict(zip(_WIDGETS[kind], values, strict=False))
    if not named:
        return {"value": values[0]} if values else {}
    names: list[str] = []
    for name in named:
        names.append(name)
        if name in ("seed", "noise_seed") and len(values) > len(named):
            names.append(_AFTER_SEED)
    return dict(zip(names, values, strict=False))
