"""Making one layer of many: merging, flattening, stamping; `edits.merge_down` merges two. Pure: any thread, no Qt.

What is merged is composed by itself, so that the picture stays the same where all of it blends normally; other modes
no longer reach what lies below. Layers that instruct the engine are no part of the picture: they are merged only with
their like, and flattening leaves them. Functions raise EditError, one sentence for the artist, when a merge is not
possible.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from canvas import edits, layer_edits
from canvas.blend_modes import BlendMode
from canvas.compositor import BlendLayer, Program, compile_program, run
from canvas.edits import EditError
from canvas.formats.recipes.merged import merged_recipe
from canvas.layers import Adjustment, Group, Layer, LayerId, Node
from canvas.roles import Paint, Pose, role_name
from canvas.state import DocumentState
from canvas.tiles import Surface


def visible_surface(state: DocumentState) -> Surface:
    """The picture as one surface, also beyond the edges of the document. Raises EditError when it is empty."""
    surface = _run(compile_program(state))
    if not surface.tiles:
        raise EditError("There is nothing visible to merge; show a layer with paint on it first")
    return surface


def visible_recipe(state: DocumentState) -> str | None:
    """How the picture was made; None when people painted all of it."""
    return merged_recipe(_shown(state.layers))


def merge(state: DocumentState, node_ids: Collection[LayerId]) -> DocumentState:
    """Make one layer of several nodes, in the place of the topmost.

    It keeps the id, name, label and role of the topmost layer or group among them, and blends as the lowest did;
    opacities and masks are applied.
    """
    nodes = layer_edits.tops(state, node_ids)
    drawn = [node for node in nodes if not isinstance(node, Adjustment)]
    if not drawn:
        raise EditError("Adjustments hold no pixels; choose the layer that they are to change as well")
    if len(nodes) == 1:
        raise EditError(f"“{nodes[0].name}” is alone; choose several layers to merge them")
    for node in nodes:
        _require_mergeable(state, node)
    kept = drawn[-1]
    for node in drawn:
        if type(node.role) is not type(kept.role):
            roles = f"“{node.name}” is {role_name(node.role)} and “{kept.name}” {role_name(kept.role)}"
            raise EditError(f"{roles}; give them the same role to merge them")
    lowest, clipped = nodes[0], all(node.clip for node in nodes)
    stack = [_as_paint(node) for node in nodes]
    stack[0] = replace(stack[0], blend=BlendMode.NORMAL, clip=False)
    if clipped:
        stack = [replace(node, clip=False) for node in stack]
    result = Layer(
        kept.name, kept.id, _composed(state, stack), blend=_of_a_layer(lowest.blend), clip=clipped, role=kept.role,
        label=kept.label, recipe=merged_recipe(_shown(stack)),
    )  # fmt: skip
    for node in nodes[:-1]:
        state = state.replaced(node.id, lambda _: None)
    return state.replaced(nodes[-1].id, lambda _: result)


def merge_group(state: DocumentState, group_id: LayerId) -> DocumentState:
    """Make a layer of what is visible in a group. It keeps the group's id, name, mask and opacity."""
    group = state.find(group_id)
    if not isinstance(group, Group):
        raise EditError(f"“{group.name}” is not a group; choose a group to merge")
    edits.require_unlocked(state, group_id, "merge it")
    _require_plain(group)
    children = [_as_paint(child) for child in group.children]
    surface = _composed(state, children)
    if not surface.tiles:
        raise EditError(f"The group “{group.name}” shows nothing; put layers into it or show them to merge it")
    return state.replaced(
        group_id,
        lambda _: Layer(
            group.name, group.id, surface, group.opacity, _of_a_layer(group.blend), group.visible, clip=group.clip,
            mask=group.mask, role=group.role, label=group.label, fill=group.fill,
            recipe=merged_recipe(_shown(children)),
        ),
    )  # fmt: skip


def merge_visible(state: DocumentState) -> DocumentState:
    """Make one layer of the picture. What is hidden, and what instructs the engine, stays as it is."""
    surface = visible_surface(state)
    lowest = next(_shown(state.layers))
    root = next(i for i, node in enumerate(state.layers) if node.id in (lowest.id, *_ids_around(state, lowest)))
    below = _without_shown(state.layers[:root])
    rest = (*below, _picture(lowest, surface, state), *_without_shown(state.layers)[len(below) :])
    return replace(state, layers=rest)


def flatten(state: DocumentState) -> DocumentState:
    """Make one layer of the picture and drop hidden paint. What instructs the engine stays, above it."""
    surface = visible_surface(state)
    return replace(state, layers=(_picture(next(_shown(state.layers)), surface, state), *_instructions(state.layers)))


def hidden_paint(state: DocumentState) -> int:
    """How many layers `flatten` would drop without their being seen."""
    shown = {node.id for node in _shown(state.layers)}
    kept = {node.id for node in DocumentState(1, 1, _instructions(state.layers)).walk()}
    return sum(isinstance(n, Layer) and n.id not in shown and n.id not in kept for n in state.walk())


def _picture(lowest: Node, surface: Surface, state: DocumentState) -> Layer:
    """The layer of the whole picture, in the name of the lowest layer in it."""
    return Layer(lowest.name, lowest.id, surface, label=lowest.label, recipe=visible_recipe(state))


def _ids_around(state: DocumentState, node: Node) -> list[LayerId]:
    return [outer.id for outer in state.parents(node.id)]


def _siblings(nodes: Sequence[Node]) -> Iterator[tuple[Node, bool]]:
    """Nodes of the picture and whether they are shown: what is clipped to a hidden base is hidden."""
    base_shown: bool | None = None
    for node in nodes:
        if isinstance(node.role, Paint):
            if base_shown is None or not node.clip:
                base_shown = node.visible
            yield node, node.visible and base_shown


def _shown(nodes: Sequence[Node]) -> Iterator[Layer]:
    """The visible layers of the picture, bottom first."""
    for node, shown in _siblings(nodes):
        if shown and isinstance(node, Group):
            yield from _shown(node.children)
        elif shown and isinstance(node, Layer):
            yield node


def _without_shown(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """What is left of nodes without the visible picture; groups that hold nothing else go with it."""
    shown = {node.id for node, is_shown in _siblings(nodes) if is_shown}
    return tuple(left for node in nodes for left in (_emptied(node, _without_shown) if node.id in shown else (node,)))


def _instructions(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """What is left of nodes without the picture, visible or not; groups that hold nothing else go with it."""
    return tuple(
        left for node in nodes for left in (_emptied(node, _instructions) if isinstance(node.role, Paint) else (node,))
    )


def _emptied(node: Node, prune: Callable[[Sequence[Node]], tuple[Node, ...]]) -> tuple[Node, ...]:
    """A group with what `prune` leaves of its children; nothing when that is nothing."""
    left = prune(node.children) if isinstance(node, Group) else ()
    return (replace(node, children=left),) if left and isinstance(node, Group) else ()


def _require_mergeable(state: DocumentState, node: Node) -> None:
    edits.require_unlocked(state, node.id, "merge it")
    edits.require_visible(state, node.id, "merge it")
    if isinstance(node.role, Pose):
        raise EditError(f"“{node.name}” holds figures, not pixels; merge layers that were drawn")
    if isinstance(node, Group):
        _require_plain(node)


def _require_plain(group: Group) -> None:
    """A group that imposes no role may hold layers for the engine, which would become paint."""
    if not isinstance(group.role, Paint):
        return
    for child in group.children:
        if not isinstance(child.role, Paint):
            kind = role_name(child.role)
            raise EditError(f"“{group.name}” holds “{child.name}”, which is {kind}; move it out to merge the group")
        if isinstance(child, Group):
            _require_plain(child)


def _as_paint(node: Node) -> Node:
    """The same node, composed whatever its role."""
    if isinstance(node, Group):
        return replace(node, role=Paint(), children=tuple(_as_paint(child) for child in node.children))
    return replace(node, role=Paint())


def _composed(state: DocumentState, nodes: Sequence[Node]) -> Surface:
    return _run(compile_program(replace(state, layers=tuple(nodes))))


def _run(program: Program) -> Surface:
    keys = {key for op in program if isinstance(op, BlendLayer) for key in op.surface.tiles}
    tiles = {key: run(program, key)[0] for key in keys}
    return Surface({key: tile for key, tile in tiles.items() if tile is not None and tile.any()})


def _of_a_layer(blend: BlendMode) -> BlendMode:
    return BlendMode.NORMAL if blend is BlendMode.PASS_THROUGH else blend
