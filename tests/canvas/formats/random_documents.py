"""Documents made by chance, of everything that a layered format may have to hold; and comparing two of them."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np
from hypothesis import strategies as st

from canvas.blend_modes import BlendMode
from canvas.filters.values import HueSaturation, Invert
from canvas.geometry import Rect
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerMask, Node
from canvas.pose import Figure
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Region
from canvas.state import DocumentState
from canvas.tiles import ONE, Pixels, Surface

#: What XML can hold.
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="￾￿"), max_size=12)
_UNIT = st.integers(0, 1000).map(lambda n: n / 1000)
_PLACES = st.tuples(st.integers(-40, 150), st.integers(-40, 150))
_SIZES = st.tuples(st.integers(1, 150), st.integers(1, 60))
_ROLES = st.sampled_from(
    [
        Control("depth", 0.5, 0.0, 0.7),
        Pose((Figure.standing(60, 50, 70),), 0.9),
        InpaintMask(3, 9),
        Reference("style", 0.4),
        Region("a tree", "fog"),
    ]
)


def premultiplied(width: int, height: int, seed: int) -> Pixels:
    """Noise of every opacity; a third of it opaque, a third transparent."""
    rng = np.random.default_rng(seed)
    alpha = rng.integers(0, ONE + 1, (height, width, 1))
    alpha[: height // 3] = ONE
    alpha[height // 3 : 2 * height // 3] = 0
    colour = rng.integers(0, ONE + 1, (height, width, 3)) * alpha // ONE
    return np.concatenate([colour, alpha], axis=2).astype(np.uint16)


@st.composite
def _surfaces(draw: Callable[..., Any]) -> Surface:
    (width, height), (x, y) = draw(_SIZES), draw(_PLACES)
    return Surface.from_pixels(premultiplied(width, height, draw(st.integers(0, 99))), x, y)


@st.composite
def _masks(draw: Callable[..., Any]) -> LayerMask:
    (width, height), (x, y), outside = draw(_SIZES), draw(_PLACES), draw(st.sampled_from([0, ONE]))
    values = np.random.default_rng(draw(st.integers(0, 99))).integers(0, ONE + 1, (height, width, 1)).astype(np.uint16)
    edit = Surface.blank(1).edit()
    for ty in range(-1, 3):
        for tx in range(-1, 3):
            edit.writable((tx, ty))[...] = outside
    edit.write(Rect(x, y, x + width, y + height), values)
    return LayerMask(edit.freeze(), outside, draw(st.booleans()))


@st.composite
def _nodes(draw: Callable[..., Any], depth: int) -> Node:
    common: dict[str, Any] = {
        "name": draw(NAMES),
        "opacity": draw(_UNIT),
        "visible": draw(st.booleans()),
        "locked": draw(st.booleans()),
        "clip": draw(st.booleans()),
        "mask": draw(st.none() | _masks()),
        "role": draw(st.just(Paint()) | _ROLES),
        "label": draw(st.sampled_from(LabelColour)),
        "fill": draw(st.just(1.0) | _UNIT),
    }
    kind = draw(st.sampled_from(["layer", "layer", "group", "adjustment"] if depth else ["layer"]))
    if kind == "group":
        children = tuple(draw(st.lists(_nodes(depth - 1), max_size=3)))
        return Group(**common, children=children, blend=draw(st.sampled_from(BlendMode)))
    blend = draw(st.sampled_from([mode for mode in BlendMode if mode is not BlendMode.PASS_THROUGH]))
    if kind == "adjustment":
        return Adjustment(**common, filter=draw(st.sampled_from([Invert(), HueSaturation(0.2, 0.1, 0.0)])), blend=blend)
    recipe = draw(st.none() | st.just('{"prompt": "a house", "seed": 7}'))
    surface = draw(st.just(Surface.blank()) | _surfaces())
    return Layer(**common, surface=surface, blend=blend, alpha_locked=draw(st.booleans()), recipe=recipe)


@st.composite
def documents(draw: Callable[..., Any]) -> DocumentState:
    nodes = tuple(draw(st.lists(_nodes(2), min_size=1, max_size=4)))
    selection = draw(st.none() | st.just(Surface.from_pixels(np.full((30, 40, 1), ONE // 3, np.uint16), 20, 30)))
    metadata = {"direction": '{"prompt": "猫"}', "active": str(nodes[0].id)}
    return DocumentState(
        draw(st.integers(1, 160)), draw(st.integers(1, 160)), nodes, selection, MappingProxyType(metadata)
    )


def described(state: DocumentState) -> object:
    """Everything about a document as plain values: equal ones compare equal."""
    selection = None if state.selection is None else _tiles(state.selection, 0)
    return state.width, state.height, dict(state.metadata), selection, [_node(node) for node in state.layers]


def _node(node: Node) -> object:
    own: object
    if isinstance(node, Group):
        own = [_node(child) for child in node.children]
    elif isinstance(node, Adjustment):
        own = node.filter
    else:
        own = _tiles(node.surface, 0), node.alpha_locked, node.recipe
    mask = (
        None
        if node.mask is None
        else (_tiles(node.mask.surface, node.mask.outside), node.mask.outside, node.mask.enabled)
    )
    look = node.opacity, node.blend, node.visible, node.locked, node.clip, node.role, node.label, node.fill
    return type(node), str(node.id), node.name, look, mask, own


def _tiles(surface: Surface, outside: int) -> object:
    """What is not as it is outside of all tiles."""
    return {key: tile.tobytes() for key, tile in surface.tiles.items() if (tile != outside).any()}
