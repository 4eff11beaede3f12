"""What can be done to a document in one step: functions from a state to a state. Undo is keeping the old one.

A function that finds nothing to change returns its argument. They raise EditError, one sentence for the artist, when
the step is not possible, and KeyError for a node that does not exist. Pure: any thread, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from canvas import fill
from canvas.blend_modes import BlendMode
from canvas.compositor import compile_pair, run
from canvas.fill import Colour
from canvas.filters.values import PointFilter
from canvas.formats.recipes.merged import merged_recipe
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerId, LayerMask, Node, new_layer_id
from canvas.pose import Figure
from canvas.roles import Control, Paint, Pose, Role, role_name
from canvas.state import DocumentState
from canvas.tiles import Surface

WHITE: Colour = (1.0, 1.0, 1.0)


class EditError(ValueError):
    """What was asked for is not possible; the message is one sentence with what to do about it."""


def new_document(width: int, height: int) -> DocumentState:
    """A white background, a layer to paint on, and above it one to sketch on for the engine.

    Raises ValueError for a size that a document cannot have.
    """
    empty = DocumentState(width, height)
    layers = (
        Layer("Background", surface=fill.solid(empty.rect, WHITE)),
        Layer("Paint"),
        Layer("Sketch", role=Control("scribble")),
    )
    return replace(empty, layers=layers)


# The tree


def add_layer(state: DocumentState, node: Node, above: LayerId | None) -> DocumentState:
    """Put `node` directly above another node, into the same group; at the very top when `above` is None."""
    if state.has(node.id):
        raise EditError(f"“{node.name}” is in the document already; duplicate it instead")
    if above is None:
        return replace(state, layers=(*state.layers, node))
    parent, siblings = _family(state, above)
    return _inserted(state, node, parent, _index(siblings, above) + 1)


def remove(state: DocumentState, node_id: LayerId) -> DocumentState:
    require_unlocked(state, node_id, "remove it")
    return state.replaced(node_id, lambda _: None)


def duplicate(state: DocumentState, node_id: LayerId) -> DocumentState:
    """Put a copy directly above. The copy shares its tiles with the original."""
    return add_layer(state, copied(state.find(node_id)), node_id)


def copied(node: Node) -> Node:
    """The same node under new ids throughout, named as a copy."""
    return replace(_with_new_ids(node), name=f"{node.name} copy")


def move(state: DocumentState, node_id: LayerId, parent: LayerId | None, index: int) -> DocumentState:
    """Make a node the child number `index` (0 is the bottom) of a group, or of the document when `parent` is None.

    `index` counts the children without the node itself; one beyond the ends means the end.
    """
    node = state.find(node_id)
    if parent is not None:
        if not isinstance(state.find(parent), Group):
            raise EditError(f"“{state.find(parent).name}” is not a group; choose a group to move “{node.name}” into")
        if parent == node_id or any(outer.id == node_id for outer in state.parents(parent)):
            raise EditError(f"“{node.name}” cannot be moved into itself; choose another group")
    old_parent, siblings = _family(state, node_id)
    index = min(max(index, 0), len(siblings) - 1) if parent == old_parent else index
    if parent == old_parent and index == _index(siblings, node_id):
        return state
    return _inserted(state.replaced(node_id, lambda _: None), node, parent, index)


def group(state: DocumentState, node_ids: Iterable[LayerId], name: str) -> DocumentState:
    """Put nodes, in their present order, into a new group in the place of the topmost of them."""
    chosen = set(node_ids)
    for node_id in chosen:
        state.find(node_id)
    # What lies in a chosen group comes along with it.
    tops = [n for n in state.walk() if n.id in chosen and chosen.isdisjoint(g.id for g in state.parents(n.id))]
    if not tops:
        raise EditError("Nothing is chosen; choose the layers to group")
    made = Group(name, children=tuple(tops))
    for node in tops[:-1]:
        state = state.replaced(node.id, lambda _: None)
    return state.replaced(tops[-1].id, lambda _: made)


def ungroup(state: DocumentState, group_id: LayerId) -> DocumentState:
    """Put the children of a group in its place."""
    node = state.find(group_id)
    if not isinstance(node, Group):
        raise EditError(f"“{node.name}” is not a group; choose a group to dissolve")
    require_unlocked(state, group_id, "dissolve it")
    parent, siblings = _family(state, group_id)
    i = _index(siblings, group_id)
    return _with_children(state, parent, (*siblings[:i], *node.children, *siblings[i + 1 :]))


def merge_down(state: DocumentState, layer_id: LayerId) -> DocumentState:
    """Blend a layer onto the one below it in the same group, or filter that one, and remove what was above.

    The lower one keeps its name, role and blend mode; its opacity and mask are applied. Where the lower one blends
    normally the picture stays the same.
    """
    upper = state.find(layer_id)
    _, siblings = _family(state, layer_id)
    index = _index(siblings, layer_id)
    lower = siblings[index - 1] if index else None
    if isinstance(upper, Group) or not isinstance(lower, Layer):
        raise EditError(f"“{upper.name}” and what is below it are not two layers; ungroup, or move it above a layer")
    merging: tuple[Layer | Adjustment, ...] = (upper, lower)
    for layer in merging:
        require_unlocked(state, layer.id, "merge it")
        require_visible(state, layer.id, "merge it")
        if isinstance(layer.role, Pose):
            raise EditError(f"“{layer.name}” holds figures, not pixels; merge layers that were drawn")
    if isinstance(upper, Layer) and type(upper.role) is not type(lower.role):
        roles = f"“{upper.name}” is {role_name(upper.role)} and “{lower.name}” {role_name(lower.role)}"
        raise EditError(f"{roles}; give them the same role to merge them")
    program = compile_pair(lower, upper)
    keys = {*lower.surface.tiles, *(upper.surface.tiles if isinstance(upper, Layer) else ())}
    tiles = {key: run(program, key)[0] for key in keys}
    surface = Surface({key: tile for key, tile in tiles.items() if tile is not None})
    recipe = merged_recipe([lower, upper] if isinstance(upper, Layer) else [lower])
    merged = replace(lower, surface=surface, opacity=1.0, fill=1.0, mask=None, recipe=recipe)
    return state.replaced(upper.id, lambda _: None).replaced(lower.id, lambda _: merged)


# Properties


def rename(state: DocumentState, node_id: LayerId, name: str) -> DocumentState:
    return _changed(state, node_id, lambda node: node if node.name == name else replace(node, name=name))


def set_opacity(state: DocumentState, node_id: LayerId, opacity: float) -> DocumentState:
    """`opacity` 0..1."""
    if not 0.0 <= opacity <= 1.0:
        raise ValueError(f"opacity lies between 0 and 1, not {opacity}")
    return _changed(state, node_id, lambda node: node if node.opacity == opacity else replace(node, opacity=opacity))


def set_fill(state: DocumentState, node_id: LayerId, fill: float) -> DocumentState:
    """Photoshop's second opacity, `fill` 0..1."""
    if not 0.0 <= fill <= 1.0:
        raise ValueError(f"fill lies between 0 and 1, not {fill}")
    return _changed(state, node_id, lambda node: node if node.fill == fill else replace(node, fill=fill))


def set_blend(state: DocumentState, node_id: LayerId, blend: BlendMode) -> DocumentState:
    node = state.find(node_id)
    if blend is BlendMode.PASS_THROUGH and not isinstance(node, Group):
        raise EditError(f"Only groups can pass through, “{node.name}” is none; choose another blend mode")
    return _changed(state, node_id, lambda node: node if node.blend is blend else replace(node, blend=blend))


def set_visible(state: DocumentState, node_id: LayerId, visible: bool) -> DocumentState:
    return _changed(state, node_id, lambda node: node if node.visible is visible else replace(node, visible=visible))


def set_locked(state: DocumentState, node_id: LayerId, locked: bool) -> DocumentState:
    return _changed(state, node_id, lambda node: node if node.locked is locked else replace(node, locked=locked))


def set_alpha_locked(state: DocumentState, layer_id: LayerId, locked: bool) -> DocumentState:
    layer = _pixel_layer(state, layer_id)
    if layer.alpha_locked is locked:
        return state
    return state.replaced(layer_id, lambda _: replace(layer, alpha_locked=locked))


def set_clip(state: DocumentState, node_id: LayerId, clip: bool) -> DocumentState:
    return _changed(state, node_id, lambda node: node if node.clip is clip else replace(node, clip=clip))


def set_mask(state: DocumentState, node_id: LayerId, mask: LayerMask | None) -> DocumentState:
    return _changed(state, node_id, lambda node: node if node.mask is mask else replace(node, mask=mask))


def set_label(state: DocumentState, node_id: LayerId, label: LabelColour) -> DocumentState:
    return _changed(state, node_id, lambda node: node if node.label is label else replace(node, label=label))


def set_filter(state: DocumentState, node_id: LayerId, point_filter: PointFilter) -> DocumentState:
    """Give an adjustment another filter, or its filter other settings."""
    node = state.find(node_id)
    if not isinstance(node, Adjustment):
        raise EditError(f"“{node.name}” is not an adjustment; choose one to change its settings")
    require_unlocked(state, node_id, "change its settings")
    changed = replace(node, filter=point_filter)
    return state if node.filter == point_filter else state.replaced(node_id, lambda _: changed)


def set_role(state: DocumentState, node_id: LayerId, role: Role) -> DocumentState:
    node = state.find(node_id)
    if isinstance(node, Adjustment) and not isinstance(role, Paint):
        raise EditError(f"“{node.name}” is an adjustment, which is part of the picture; give the role to a layer")
    return _changed(state, node_id, lambda node: node if node.role == role else replace(node, role=role))


def set_figures(state: DocumentState, layer_id: LayerId, figures: tuple[Figure, ...]) -> DocumentState:
    """Replace the figures of a pose layer."""
    node = state.find(layer_id)
    if not isinstance(node.role, Pose):
        raise EditError(f"“{node.name}” is not a pose layer; give it the pose role first")
    require_unlocked(state, layer_id, "move its figures")
    return set_role(state, layer_id, replace(node.role, figures=figures))


# Pixels


def set_pixels(state: DocumentState, layer_id: LayerId, surface: Surface) -> DocumentState:
    """Replace the pixels of a layer."""
    layer = _pixel_layer(state, layer_id)
    require_unlocked(state, layer_id, "change it")
    if layer.surface is surface:
        return state
    return state.replaced(layer_id, lambda _: replace(layer, surface=surface))


def clear_layer(state: DocumentState, layer_id: LayerId) -> DocumentState:
    """Erase what is selected, or everything, also beyond the edges of the document."""
    layer = paintable_layer(state, layer_id)
    if layer.alpha_locked:
        raise EditError(f"The alpha of “{layer.name}” is locked; unlock it to erase")
    if not layer.surface.tiles:
        return state
    if state.selection is None:
        return set_pixels(state, layer_id, Surface.blank())
    return set_pixels(state, layer_id, fill.cleared(layer.surface, state.rect, state.selection))


def set_selection(state: DocumentState, selection: Surface | None) -> DocumentState:
    """`selection`: one channel, ONE where selected; None selects everything."""
    if selection is not None and selection.channels != 1:
        raise ValueError(f"a selection has one channel, not {selection.channels}")
    return state if selection is state.selection else replace(state, selection=selection)


def paintable_layer(state: DocumentState, layer_id: LayerId) -> Layer:
    """The layer, if it can be drawn on now. Raises EditError that says what is in the way."""
    layer = _pixel_layer(state, layer_id)
    if isinstance(layer.role, Pose):
        raise EditError(f"“{layer.name}” holds figures, not pixels; choose another layer to draw on")
    require_visible(state, layer_id, "draw on it")
    require_unlocked(state, layer_id, "draw on it")
    return layer


# Ways around the tree


def _pixel_layer(state: DocumentState, layer_id: LayerId) -> Layer:
    node = state.find(layer_id)
    if isinstance(node, Group):
        raise EditError(f"“{node.name}” is a group; choose a layer in it")
    if isinstance(node, Adjustment):
        raise EditError(f"“{node.name}” is an adjustment, without pixels; choose a layer, or paint on its mask")
    return node


def require_unlocked(state: DocumentState, node_id: LayerId, purpose: str) -> None:
    """Raises EditError when the node or a group around it is locked; `purpose` ends “unlock it to …”."""
    for node in (state.find(node_id), *state.parents(node_id)):
        if node.locked:
            raise EditError(f"“{node.name}” is locked; unlock it to {purpose}")


def require_visible(state: DocumentState, node_id: LayerId, purpose: str) -> None:
    """Raises EditError when the node or a group around it is hidden; `purpose` ends “show it to …”."""
    for node in (state.find(node_id), *state.parents(node_id)):
        if not node.visible:
            raise EditError(f"“{node.name}” is hidden; show it to {purpose}")


def _changed(state: DocumentState, node_id: LayerId, change: Callable[[Node], Node]) -> DocumentState:
    node = state.find(node_id)
    new = change(node)
    return state if new is node else state.replaced(node_id, lambda _: new)


def _family(state: DocumentState, node_id: LayerId) -> tuple[LayerId | None, tuple[Node, ...]]:
    """The group around a node, None for the document itself, and all its children."""
    parents = state.parents(node_id)
    return (parents[-1].id, parents[-1].children) if parents else (None, state.layers)


def _index(siblings: tuple[Node, ...], node_id: LayerId) -> int:
    return [node.id for node in siblings].index(node_id)


def _inserted(state: DocumentState, node: Node, parent: LayerId | None, index: int) -> DocumentState:
    found = None if parent is None else state.find(parent)
    siblings = found.children if isinstance(found, Group) else state.layers
    i = min(max(index, 0), len(siblings))
    return _with_children(state, parent, (*siblings[:i], node, *siblings[i:]))


def _with_children(state: DocumentState, parent: LayerId | None, children: tuple[Node, ...]) -> DocumentState:
    if parent is None:
        return replace(state, layers=children)
    return state.replaced(parent, lambda node: replace(node, children=children) if isinstance(node, Group) else node)


def _with_new_ids(node: Node) -> Node:
    if isinstance(node, Group):
        return replace(node, id=new_layer_id(), children=tuple(_with_new_ids(child) for child in node.children))
    return replace(node, id=new_layer_id())
