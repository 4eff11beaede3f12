"""What only Underdraw understands of a document, as text that other formats carry along: roles, recipes, ids, settings.

A node's text is JSON with exactly the fields that were asked for. Reading takes what it knows and can use: the text has
been through other people's programs.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from canvas.layers import Group, Layer, LayerId, Node, new_layer_id
from canvas.roles import Paint, role_from_dict, role_to_dict
from canvas.state import DocumentState

Field: TypeAlias = Literal["id", "role", "recipe", "visible", "alpha_locked"]
#: The name of the XML namespace, of XMP properties, and of blocks in binary formats.
NAMESPACE = "https://underdraw.app/ns/1.0/"
VERSION = 1
_MAX_ID = 64


def carried_node(node: Node, fields: Collection[Field]) -> str:
    """JSON of those of `fields` that are not what every layer has; equal nodes give equal text."""
    data: dict[str, Any] = {"v": VERSION, "id": node.id} if "id" in fields else {"v": VERSION}
    if "role" in fields and not isinstance(node.role, Paint):
        data["role"] = role_to_dict(node.role)
    if "visible" in fields and not node.visible:
        data["visible"] = False
    if isinstance(node, Layer):
        if "recipe" in fields and node.recipe is not None:
            data["recipe"] = node.recipe
        if "alpha_locked" in fields and node.alpha_locked:
            data["alpha_locked"] = True
    return json.dumps(data, sort_keys=True, ensure_ascii=True)


def with_carried(node: Node, text: str, fields: Collection[Field]) -> Node:
    """`node` with those of `fields` that `text` holds in a usable form; damaged text changes nothing."""
    data = _object(text)
    changes: dict[str, Any] = {}
    node_id = data.get("id")
    if "id" in fields and isinstance(node_id, str) and 0 < len(node_id) <= _MAX_ID:
        changes["id"] = LayerId(node_id)
    if "role" in fields and isinstance(data.get("role"), dict):
        with suppress(ValueError, TypeError, AttributeError):
            changes["role"] = role_from_dict(data["role"])
    if "visible" in fields and isinstance(data.get("visible", True), bool):
        changes["visible"] = data.get("visible", True)
    if isinstance(node, Layer):
        if "recipe" in fields and isinstance(data.get("recipe"), str):
            changes["recipe"] = data["recipe"]
        if "alpha_locked" in fields and isinstance(data.get("alpha_locked"), bool):
            changes["alpha_locked"] = data["alpha_locked"]
    return replace(node, **changes) if changes else node


def carried_document(state: DocumentState) -> str:
    """JSON of the document's metadata: direction, active layer, resolution and whatever else is text."""
    return json.dumps({"v": VERSION, "metadata": dict(state.metadata)}, sort_keys=True, ensure_ascii=True)


def with_carried_document(state: DocumentState, text: str) -> DocumentState:
    """`state` with that metadata added; what `state` has already said itself stays."""
    metadata = _object(text).get("metadata")
    if not isinstance(metadata, dict):
        return state
    known: Mapping[str, str] = {k: v for k, v in metadata.items() if isinstance(k, str) and isinstance(v, str)}
    return replace(state, metadata=MappingProxyType({**known, **state.metadata}))


def with_unique_ids(state: DocumentState) -> DocumentState:
    """`state` where no two nodes have the same id; of several, all but the first get a new one."""
    seen: set[LayerId] = set()

    def unique(node: Node) -> Node:
        changes: dict[str, Any] = {"id": new_layer_id()} if node.id in seen else {}
        seen.add(node.id)
        if isinstance(node, Group):
            children = tuple(unique(child) for child in node.children)
            if any(new is not old for new, old in zip(children, node.children, strict=True)):
                changes["children"] = children
        return replace(node, **changes) if changes else node

    layers = tuple(unique(node) for node in state.layers)
    return replace(state, layers=layers)


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
