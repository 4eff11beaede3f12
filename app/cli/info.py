"""Tell what is in a document: format, size, colours, layers with their roles, and the recipes of kept results."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from canvas.filters.storing import filter_to_dict
from canvas.formats import colour_profiles, registry
from canvas.formats.notes import Notes
from canvas.formats.properties import icc_profile, ppi
from canvas.layers import Adjustment, Group, Layer, Node
from canvas.roles import Pose, role_name, role_to_dict
from canvas.state import DocumentState


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(options: argparse.Namespace) -> int:
    notes = Notes()
    found = registry.recognised(options.file)
    state = registry.read(options.file, notes=notes)
    described = {"format": found.name, **describe(state), "notes": list(notes.sentences)}
    if options.json:
        sys.stdout.write(json.dumps(described, ensure_ascii=False, indent=2) + "\n")
        return 0
    lines = [
        f"{options.file.name}: {found.name}, {state.width} × {state.height} px, {_counted(state)}",
        *_about(described),
        *_lines(state),
        *(f"Note: {note}" for note in notes.sentences),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def describe(state: DocumentState) -> dict[str, Any]:
    """JSON values; `layers` from top to bottom, as an artist reads the stack."""
    profile = icc_profile(state)
    return {
        "width": state.width,
        "height": state.height,
        "profile": colour_profiles.describe(profile) if profile else "sRGB",
        "ppi": ppi(state),
        "direction": _json(state.metadata.get("direction")),
        "layers": [_describe_node(node) for node in reversed(state.layers)],
    }


def _describe_node(node: Node) -> dict[str, Any]:
    role = role_to_dict(node.role)
    data: dict[str, Any] = {
        "name": node.name,
        "kind": type(node).__name__.lower(),
        "role": role.pop("role", "unknown"),
        "role_settings": role,
        "blend": node.blend.name.lower(),
        "opacity": node.opacity,
        "visible": node.visible,
        "locked": node.locked,
        "clip": node.clip,
        "mask": node.mask is not None,
    }
    if isinstance(node, Group):
        data["children"] = [_describe_node(child) for child in reversed(node.children)]
    elif isinstance(node, Adjustment):
        data["filter"] = filter_to_dict(node.filter)
    else:
        bounds = _bounds(node)
        data["bounds"] = bounds
        data["alpha_locked"] = node.alpha_locked
        data["recipe"] = _json(node.recipe)
    return data


def _json(text: str | None) -> Any:
    """What a text says; files are of strangers, and a text that says nothing is none."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _counted(state: DocumentState) -> str:
    count = sum(not isinstance(node, Group) for node in state.walk())
    return f"{count} layer{'' if count == 1 else 's'}"


def _about(described: dict[str, Any]) -> list[str]:
    """What there is to say beside the layers."""
    lines = [f"Colours: {described['profile']}"]
    if described["ppi"]:
        lines.append(f"Resolution: {described['ppi']:g} pixels an inch")
    for layer in _flat(described["layers"]):
        recipe = layer.get("recipe")
        if isinstance(recipe, dict):
            words = [f"{key} {recipe[key]}" for key in ("model", "seed", "steps") if key in recipe]
            lines.append(f"Made with: {', '.join(words)}: {recipe.get('prompt') or 'no prompt'}")
            break
    return lines


def _flat(layers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for layer in layers:
        yield layer
        yield from _flat(layer.get("children", []))


def _bounds(layer: Layer) -> list[int] | None:
    bounds = layer.surface.content_bounds()
    if isinstance(layer.role, Pose):
        for figure in layer.role.figures:
            bounds |= figure.bounds()
    return [bounds.x0, bounds.y0, bounds.x1, bounds.y1] if bounds else None


def _lines(state: DocumentState) -> list[str]:
    def below(nodes: tuple[Node, ...], depth: int) -> list[str]:
        lines = []
        for node in reversed(nodes):
            shown = "" if node.visible else ", hidden"
            lines.append(
                f"{'  ' * depth}{node.name}: {role_name(node.role)}, {node.blend.label} {node.opacity:.0%}{shown}"
            )
            if isinstance(node, Group):
                lines += below(node.children, depth + 1)
        return lines

    return below(state.layers, 1)
