"""Tell what is in a document: size, layers with their roles, and the recipes of kept results."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from canvas.filters.storing import filter_to_dict
from canvas.formats import registry
from canvas.layers import Adjustment, Group, Layer, Node
from canvas.roles import Pose, role_name, role_to_dict
from canvas.state import DocumentState


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(options: argparse.Namespace) -> int:
    state = registry.read(options.file)
    if options.json:
        sys.stdout.write(json.dumps(describe(state), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(f"{options.file.name}: {state.width} × {state.height} px\n" + "\n".join(_lines(state)) + "\n")
    return 0


def describe(state: DocumentState) -> dict[str, Any]:
    """JSON values; `layers` from top to bottom, as an artist reads the stack."""
    direction = state.metadata.get("direction")
    return {
        "width": state.width,
        "height": state.height,
        "direction": json.loads(direction) if direction else None,
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
        data["recipe"] = json.loads(node.recipe) if node.recipe else None
    return data


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
