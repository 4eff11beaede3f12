"""The part of a native document that is not pixels, as JSON: the tree, its properties, and which surface belongs where.

Surfaces appear by name only; `udraw` keeps them. An unknown key is refused, never dropped: what a later version adds
raises the schema number of the file, so that this one says so instead of losing it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, TypeAlias

from canvas.blend_modes import BlendMode
from canvas.filters.storing import filter_from_dict, filter_to_dict
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerId, LayerMask, Node
from canvas.roles import role_from_dict, role_to_dict
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

SurfaceName: TypeAlias = str
_Json: TypeAlias = dict[str, Any]

_COMMON = frozenset({"id", "name", "opacity", "blend", "visible", "locked", "clip", "mask", "role"})
_LAYER = _COMMON | {"surface", "alpha_locked", "recipe"}
_GROUP = _COMMON | {"children"}
_ADJUSTMENT = _COMMON | {"filter"}
#: Groups in groups; the same holds for saving, so that what was saved opens.
MOST_DEPTH = 100
#: What files of schema 1 do not have, and what those of schema 2 do not.
_SINCE_2 = frozenset({"label"})
_SINCE_3 = frozenset({"fill"})
_TOO_DEEP = f"groups are nested more than {MOST_DEPTH} deep"
_DOCUMENT = frozenset({"width", "height", "tile_px", "layers", "selection", "metadata"})
_MASK = frozenset({"surface", "outside", "enabled"})


def tree_to_json(state: DocumentState, tile_px: int, name_of: Callable[[Surface], SurfaceName]) -> str:
    """All of `state` but its tiles; equal states give equal text."""
    document = {
        "width": state.width,
        "height": state.height,
        "tile_px": tile_px,
        "layers": [_node_to_json(node, name_of) for node in state.layers],
        "selection": None if state.selection is None else name_of(state.selection),
        "metadata": dict(state.metadata),
    }
    return json.dumps(document, sort_keys=True)


def tile_px_of(text: str) -> int:
    """The side of the tiles in pixels. Raises ValueError."""
    tile_px = _object(_parsed(text), _DOCUMENT)["tile_px"]
    if not (isinstance(tile_px, int) and 16 <= tile_px <= 4096):
        raise ValueError(f"tiles of {tile_px} pixels")
    return tile_px


def tree_from_json(text: str, surface_of: Callable[[SurfaceName, int], Surface]) -> DocumentState:
    """Inverse of `tree_to_json`; `surface_of(name, outside)` gives the surfaces.

    Raises ValueError, LookupError, TypeError or AttributeError on damage.
    """
    data = _object(_parsed(text), _DOCUMENT)
    selection, metadata = data["selection"], data["metadata"]
    if not all(isinstance(value, str) for value in metadata.values()):
        raise ValueError("metadata that is not text")
    state = DocumentState(
        _typed(data["width"], int),
        _typed(data["height"], int),
        tuple(_node_from_json(node, surface_of, 0) for node in data["layers"]),
        None if selection is None else _channels(surface_of(selection, 0), 1),
        MappingProxyType(dict(metadata)),
    )
    ids = [node.id for node in state.walk()]
    if len(ids) != len(set(ids)):
        raise ValueError("two layers with the same id")
    return state


def _node_to_json(node: Node, name_of: Callable[[Surface], SurfaceName]) -> _Json:
    mask = node.mask
    data: _Json = {
        "id": node.id,
        "name": node.name,
        "opacity": node.opacity,
        "blend": node.blend.key,
        "visible": node.visible,
        "locked": node.locked,
        "clip": node.clip,
        "mask": None
        if mask is None
        else {"surface": name_of(mask.surface), "outside": mask.outside, "enabled": mask.enabled},
        "role": role_to_dict(node.role),
        "label": node.label.value,
        "fill": node.fill,
    }
    if isinstance(node, Group):
        return data | {"children": [_node_to_json(child, name_of) for child in node.children]}
    if isinstance(node, Adjustment):
        return data | {"filter": filter_to_dict(node.filter)}
    return data | {"surface": name_of(node.surface), "alpha_locked": node.alpha_locked, "recipe": node.recipe}


def _node_from_json(value: object, surface_of: Callable[[SurfaceName, int], Surface], depth: int) -> Node:
    is_group = isinstance(value, dict) and "children" in value
    is_adjustment = isinstance(value, dict) and "filter" in value
    data = _object(value, _GROUP if is_group else _ADJUSTMENT if is_adjustment else _LAYER, _SINCE_2 | _SINCE_3)
    opacity, fill = float(data["opacity"]), float(data.get("fill", 1.0))
    if not (0.0 <= opacity <= 1.0 and 0.0 <= fill <= 1.0):
        raise ValueError(f"an opacity of {opacity} and a fill of {fill}")
    common: _Json = {
        "id": LayerId(_typed(data["id"], str)),
        "name": _typed(data["name"], str),
        "opacity": opacity,
        "blend": BlendMode.from_key(data["blend"]),
        "visible": _typed(data["visible"], bool),
        "locked": _typed(data["locked"], bool),
        "clip": _typed(data["clip"], bool),
        "mask": _mask_from_json(data["mask"], surface_of),
        "role": role_from_dict(data["role"]),
        "label": LabelColour(data.get("label", "none")),
        "fill": fill,
    }
    if is_group:
        if depth == MOST_DEPTH:
            raise ValueError(_TOO_DEEP)
        children = tuple(_node_from_json(child, surface_of, depth + 1) for child in data["children"])
        return Group(**common, children=children)
    if is_adjustment:
        return Adjustment(**common, filter=filter_from_dict(data["filter"]))
    return Layer(
        **common,
        surface=_channels(surface_of(data["surface"], 0), 4),
        alpha_locked=_typed(data["alpha_locked"], bool),
        recipe=None if data["recipe"] is None else _typed(data["recipe"], str),
    )


def _mask_from_json(value: object, surface_of: Callable[[SurfaceName, int], Surface]) -> LayerMask | None:
    if value is None:
        return None
    data = _object(value, _MASK)
    if data["outside"] not in (0, ONE):
        raise ValueError(f"a mask that is {data['outside']} outside")
    return LayerMask(
        _channels(surface_of(data["surface"], data["outside"]), 1), data["outside"], _typed(data["enabled"], bool)
    )


def group_depth(state: DocumentState) -> int:
    """How many groups lie in each other at most."""
    deepest, nodes = 0, [(node, 1) for node in state.layers]
    while nodes:
        node, depth = nodes.pop()
        if isinstance(node, Group):
            deepest = max(deepest, depth)
            nodes.extend((child, depth + 1) for child in node.children)
    return deepest


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error


def _object(value: object, keys: frozenset[str], optional: frozenset[str] = frozenset()) -> _Json:
    if not isinstance(value, dict) or value.keys() - optional != keys:
        raise ValueError("entries that this version does not know, or too few")
    return value


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r} where {kind.__name__} is expected")
    return value


def _channels(surface: Surface, channels: int) -> Surface:
    # A surface without tiles fits everywhere: its name does not tell the channels.
    if surface.channels != channels and surface.tiles:
        raise ValueError(f"a surface of {surface.channels} channels where {channels} are expected")
    return surface if surface.channels == channels else Surface.blank(channels)
