"""How a picture came about, as other programs read it: A1111 text, IPTC source type in XMP, and our own JSON.

Formats: the `parameters` text of AUTOMATIC1111's web UI, which most tools read; IPTC NewsCodes Digital Source Type.
Only layers that show count. Never pixels, never paths.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from canvas.layers import Group, Layer, Node
from canvas.roles import Paint
from canvas.state import DocumentState

#: Of the JSON in `metadata_json`.
METADATA_VERSION = 1
_SOURCE_TYPE_URI = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@dataclass(frozen=True, slots=True)
class Made:
    """A visible layer that the engine made. `recipe`: what it was made from, keys as in `Layer.recipe`."""

    layer: str
    recipe: Mapping[str, Any]


def made_layers(state: DocumentState) -> tuple[Made, ...]:
    """Visible layers that hold a recipe, from bottom to top."""
    return tuple(Made(layer.name, _recipe(layer.recipe)) for layer in _shown(state.layers) if layer.recipe is not None)


def source_type(state: DocumentState) -> str:
    """The IPTC term: did people, an engine, or both make what is seen?"""
    made = made_layers(state)
    if not made:
        return "digitalCreation"
    if any(m.recipe.get("mode") != "text" for m in made):
        return "compositeWithTrainedAlgorithmicMedia"
    painted = any(layer.recipe is None and layer.surface.tiles for layer in _shown(state.layers))
    return "compositeSynthetic" if painted else "trainedAlgorithmicMedia"


def xmp_packet(state: DocumentState) -> str:
    """XMP that names the source type."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmp:CreatorTool="Underdraw" '
        f'Iptc4xmpExt:DigitalSourceType="{_SOURCE_TYPE_URI}{source_type(state)}"/>'
        "</rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    )


def metadata_json(state: DocumentState) -> str:
    """All recipes of what is seen, from bottom to top."""
    layers = [{"name": made.layer, "recipe": made.recipe} for made in made_layers(state)]
    return json.dumps({"version": METADATA_VERSION, "layers": layers}, ensure_ascii=False, sort_keys=True)


def a1111_parameters(recipe: Mapping[str, Any]) -> str:
    """The `parameters` text of one recipe: prompt, negative prompt, and one line of settings."""
    lines = [str(recipe.get("prompt", ""))]
    if recipe.get("negative"):
        lines.append(f"Negative prompt: {recipe['negative']}")
    settings: dict[str, object] = {
        "Steps": recipe.get("steps"),
        "CFG scale": recipe.get("guidance"),
        "Seed": recipe.get("seed"),
        "Size": "x".join(str(side) for side in recipe.get("size", ())) or None,
        # A catalogue name may be a folder; only its last part is the model's name to others.
        "Model": str(recipe.get("model", "")).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or None,
        "Denoising strength": recipe.get("strength") if recipe.get("mode") != "text" else None,
    }
    for i, control in enumerate(recipe.get("controls", ())):
        settings[f"ControlNet {i}"] = (
            f"Module: none, Model: {control['kind']}, Weight: {control['weight']}, "
            f"Guidance Start: {control['start']}, Guidance End: {control['end']}"
        )
    settings["Version"] = "Underdraw"
    lines.append(", ".join(f"{key}: {_quoted(value)}" for key, value in settings.items() if value is not None))
    return "\n".join(lines)


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if any(c in text for c in ",:\n") else text


def _recipe(text: str) -> Mapping[str, Any]:
    """The recipe's values; what is no JSON object is kept as text, for it is still the layer's origin."""
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    return data if isinstance(data, dict) else {"text": text}


def _shown(nodes: tuple[Node, ...]) -> Iterator[Layer]:
    for node in nodes:
        if node.visible and node.opacity > 0 and isinstance(node.role, Paint):
            if isinstance(node, Group):
                yield from _shown(node.children)
            elif isinstance(node, Layer):
                yield node
