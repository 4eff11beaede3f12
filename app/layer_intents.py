"""What an artist does with layers: each function is one undoable step on the session's document. No Qt in here.

Steps are taken on several nodes at once, `targets` being those the artist has chosen. Values that are dragged (opacity,
weights) merge into one step as long as nothing else happens between. Functions raise `EditError`, one sentence for the
artist, when the step is not possible. Masks are in `app.mask_intents`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from app.session import Session
from canvas import edits, hit, layer_edits, merging
from canvas.blend_modes import BlendMode
from canvas.edits import EditError
from canvas.layers import Group, LabelColour, Layer, LayerId, Node
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Role, role_name
from canvas.state import DocumentState

#: The roles that a layer can be given by its badge, with their first settings.
ROLES: tuple[Role, ...] = (Paint(), Control(), Pose(), InpaintMask(), Reference())

#: The blend modes of layers in families, as painters know them.
BLEND_MODES: tuple[tuple[BlendMode, ...], ...] = (
    (BlendMode.NORMAL, BlendMode.DISSOLVE),
    (
        BlendMode.DARKEN, BlendMode.MULTIPLY, BlendMode.COLOR_BURN, BlendMode.LINEAR_BURN, BlendMode.DARKER_COLOR,
    ),
    (
        BlendMode.LIGHTEN, BlendMode.SCREEN, BlendMode.COLOR_DODGE, BlendMode.LINEAR_DODGE, BlendMode.LIGHTER_COLOR,
    ),
    (
        BlendMode.OVERLAY, BlendMode.SOFT_LIGHT, BlendMode.HARD_LIGHT, BlendMode.VIVID_LIGHT, BlendMode.LINEAR_LIGHT,
        BlendMode.PIN_LIGHT, BlendMode.HARD_MIX,
    ),
    (BlendMode.DIFFERENCE, BlendMode.EXCLUSION, BlendMode.SUBTRACT, BlendMode.DIVIDE),
    (BlendMode.HUE, BlendMode.SATURATION, BlendMode.COLOR, BlendMode.LUMINOSITY),
)  # fmt: skip

Place: TypeAlias = Literal["above", "below", "into"]
"""Where nodes go, seen from another: "above" is nearer to the viewer, "into" on top inside a group."""


def active_id(session: Session) -> LayerId:
    """The active node. Raises EditError when there is none."""
    node = session.active_node
    if node is None:
        raise EditError("There is no layer to work on; add one first")
    return node.id


def targets(session: Session) -> tuple[LayerId, ...]:
    """What commands work on: the chosen nodes, the active one first. Raises EditError when there is none."""
    active = active_id(session)
    return (active, *(node_id for node_id in session.chosen if node_id != active))


def attempt(session: Session, step: Callable[[], None]) -> None:
    """Carry out one step after what is open is finished; when it is not possible, say why instead of raising."""
    session.about_to_edit.emit()
    try:
        if session.document.in_gesture:
            raise EditError("Finish the stroke before changing layers")
        step()
    except EditError as reason:
        session.message.emit(str(reason))


def _titled(state: DocumentState, node_ids: Sequence[LayerId]) -> str:
    """“Name” of one node, the number of several: what the label of a step ends with."""
    return f"“{state.find(node_ids[0]).name}”" if len(node_ids) == 1 else f"{len(node_ids)} layers"


# The tree


def top_down(state: DocumentState) -> Iterator[Node]:
    """All nodes in the order of the layers panel: from the top down, a group before its children."""
    return reversed(list(state.walk()))


def layer_at(session: Session, x: float, y: float) -> LayerId | None:
    """The topmost layer that is visible at a point in document pixels, None when there is none."""
    return hit.layer_at(session.document.state, x, y)


def add_layer(session: Session, name: str, role: Role) -> None:
    """An empty layer above the active node; `name` gets a number when it is taken."""
    session.add_node(Layer(free_name(session, name), role=role), f"Add {role_name(role)} layer")


def add_group(session: Session) -> None:
    """An empty group above the active node."""
    session.add_node(Group(free_name(session, "Group")), "Add group")


def free_name(session: Session, name: str) -> str:
    """`name`, with a number when it is taken."""
    taken = {node.name for node in session.document.state.walk()}
    if name not in taken:
        return name
    return next(f"{name} {n}" for n in range(2, len(taken) + 3) if f"{name} {n}" not in taken)


def duplicate(session: Session) -> None:
    """Copies of what is chosen, above the topmost of it; they become what is chosen."""
    state = session.document.state
    nodes = layer_edits.tops(state, targets(session))
    parent, index = _beside(state, nodes[-1].id, "above", ())
    _insert_copies(session, nodes, parent, index)


def _insert_copies(session: Session, nodes: Sequence[Node], parent: LayerId | None, index: int) -> None:
    copies = [edits.copied(node) for node in nodes]
    label = f"Duplicate {_titled(session.document.state, [node.id for node in nodes])}"
    session.document.edit(label, lambda s: layer_edits.insert_all(s, copies, parent, index))
    session.choose(tuple(node.id for node in copies), copies[-1].id)


def delete(session: Session) -> None:
    """Remove what is chosen; what was below it becomes active, or what was above."""
    state, doomed = session.document.state, targets(session)
    heir = _heir(state, doomed)
    session.document.edit(f"Delete {_titled(state, doomed)}", lambda s: layer_edits.remove_all(s, doomed))
    session.activate(heir)


def _heir(state: DocumentState, doomed: Sequence[LayerId]) -> LayerId | None:
    lowest = layer_edits.tops(state, doomed)[0].id
    siblings = _siblings(state, lowest)
    at = siblings.index(lowest)
    for candidate in (*reversed(siblings[:at]), *siblings[at:]):
        if candidate not in doomed:
            return candidate
    parents = state.parents(lowest)
    return parents[-1].id if parents else None


def group(session: Session) -> None:
    """Put what is chosen into a new group, which becomes active."""
    chosen, name = targets(session), free_name(session, "Group")
    session.document.edit("Group", lambda s: edits.group(s, chosen, name))
    session.activate(session.document.state.parents(chosen[0])[-1].id)


def ungroup(session: Session) -> None:
    """Dissolve the chosen groups; what was in them becomes what is chosen."""
    state = session.document.state
    groups = [node for node in layer_edits.tops(state, targets(session)) if isinstance(node, Group)]
    if not groups:
        raise EditError(f"“{state.find(active_id(session)).name}” is not a group; choose a group to dissolve")
    ids = [node.id for node in groups]
    session.document.edit("Ungroup", lambda s: layer_edits.set_on_all(s, ids, edits.ungroup))
    freed = tuple(child.id for node in groups for child in node.children)
    if freed:
        session.choose(freed, freed[-1])


def merge_down(session: Session) -> None:
    """Merge several chosen nodes with each other, a group with what is in it, or a layer with the one below it."""
    chosen = targets(session)
    if len(chosen) > 1:
        merge_chosen(session)
    elif isinstance(session.active_node, Group):
        merge_group(session)
    else:
        siblings = _siblings(session.document.state, chosen[0])
        at = siblings.index(chosen[0])
        session.document.edit("Merge down", lambda s: edits.merge_down(s, chosen[0]))
        session.activate(siblings[at - 1])


def merge_chosen(session: Session) -> None:
    """Make one layer of what is chosen, in the place of the topmost of it."""
    chosen = targets(session)
    top = layer_edits.tops(session.document.state, chosen)[-1].id
    parent, index = _beside(session.document.state, top, "below", chosen)
    session.document.edit("Merge layers", lambda s: merging.merge(s, chosen))
    session.activate(_children(session.document.state, parent)[index].id)


def merge_group(session: Session) -> None:
    """Make one layer of the active group."""
    merged = active_id(session)
    session.document.edit("Merge group", lambda s: merging.merge_group(s, merged))


def merge_visible(session: Session) -> None:
    """Make one layer of the picture; hidden layers and those for the engine stay."""
    _merge_picture(session, "Merge visible", merging.merge_visible)


def flatten(session: Session) -> None:
    """Make one layer of the picture, without hidden paint; layers for the engine stay."""
    dropped = merging.hidden_paint(session.document.state)
    _merge_picture(session, "Flatten image", merging.flatten)
    if dropped:
        session.message.emit(f"Flattened without {dropped} hidden layer{'s' if dropped > 1 else ''}; undo brings back")


def _merge_picture(session: Session, label: str, merge: Callable[[DocumentState], DocumentState]) -> None:
    before = {node.id: node for node in session.document.state.walk()}
    session.document.edit(label, merge)
    made = [n.id for n in session.document.state.walk() if isinstance(n, Layer) and before.get(n.id) is not n]
    if made:
        session.activate(made[0])


def stamp_visible(session: Session) -> None:
    """A new layer with the picture as it is, above the active node, or above the group that makes it instructions."""
    state = session.document.state
    surface, recipe = merging.visible_surface(state), merging.visible_recipe(state)
    picture = Layer(free_name(session, "Visible"), surface=surface, recipe=recipe)
    above = session.active
    if above is not None and state.has(above):
        above = next((outer.id for outer in state.parents(above) if not isinstance(outer.role, Paint)), above)
    session.document.edit("Stamp visible", lambda s: edits.add_layer(s, picture, above))
    session.activate(picture.id)


# Order


def move(session: Session, moved: Sequence[LayerId], target: LayerId, place: Place) -> None:
    """Put nodes, in their order, beside or into another."""
    state = session.document.state
    if target in moved and place != "into":
        return
    parent, index = _beside(state, target, place, moved)
    label = f"Move {_titled(state, moved)}"
    session.document.edit(label, lambda s: layer_edits.move_all(s, moved, parent, index))


def copy_to(session: Session, copied: Sequence[LayerId], target: LayerId, place: Place) -> None:
    """Put copies of nodes, in their order, beside or into another; they become what is chosen."""
    state = session.document.state
    parent, index = _beside(state, target, place, ())
    _insert_copies(session, layer_edits.tops(state, copied), parent, index)


def _beside(
    state: DocumentState, target: LayerId, place: Place, moved: Sequence[LayerId]
) -> tuple[LayerId | None, int]:
    """The group (None: the document) and how many of its children, without `moved`, stay below such a place."""
    if place == "into":
        return target, sum(child.id not in moved for child in _children(state, target))
    parents = state.parents(target)
    siblings = _siblings(state, target)
    at = siblings.index(target) + (place == "above")
    return (parents[-1].id if parents else None), sum(sibling not in moved for sibling in siblings[:at])


def move_by(session: Session, steps: Literal[1, -1]) -> None:
    """What is chosen one place up (1) or down (-1): past a layer, into an open group, or out of its own.

    What reaches the end stays there, and the others do not pass it.
    """
    before = session.document.state
    moved = [node.id for node in layer_edits.tops(before, targets(session))]
    after = before
    for node_id in reversed(moved) if steps > 0 else moved:
        after = _stepped(after, node_id, steps, moved)
    session.document.edit(f"Move {_titled(before, moved)}", lambda _: after)


def _stepped(state: DocumentState, moved: LayerId, steps: Literal[1, -1], together: Sequence[LayerId]) -> DocumentState:
    siblings = _siblings(state, moved)
    at = siblings.index(moved) + steps
    parents = state.parents(moved)
    if not 0 <= at < len(siblings):
        return _moved(state, moved, parents[-1].id, "above" if steps > 0 else "below") if parents else state
    beside = state.find(siblings[at])
    if beside.id in together:
        return state
    if isinstance(beside, Group) and steps > 0 and beside.children:
        return _moved(state, moved, beside.children[0].id, "below")
    if isinstance(beside, Group):
        return _moved(state, moved, beside.id, "into")
    return _moved(state, moved, beside.id, "above" if steps > 0 else "below")


def _moved(state: DocumentState, moved: LayerId, target: LayerId, place: Place) -> DocumentState:
    return layer_edits.move_all(state, (moved,), *_beside(state, target, place, (moved,)))


def arrange(session: Session, end: Literal["top", "bottom"]) -> None:
    """Put what is chosen on top of its group, or at the bottom of it."""
    state = session.document.state
    moved = [node.id for node in layer_edits.tops(state, targets(session))]
    after = state
    for node_id in moved if end == "top" else reversed(moved):
        parents = state.parents(node_id)
        index = len(_siblings(state, node_id)) if end == "top" else 0
        after = layer_edits.move_all(after, (node_id,), parents[-1].id if parents else None, index)
    session.document.edit(f"Move {_titled(state, moved)} to the {end}", lambda _: after)


def _children(state: DocumentState, parent: LayerId | None) -> tuple[Node, ...]:
    """The children of a group, or of the document when `parent` is None."""
    if parent is None:
        return state.layers
    node = state.find(parent)
    return node.children if isinstance(node, Group) else ()


def _siblings(state: DocumentState, layer_id: LayerId) -> list[LayerId]:
    """The nodes of the same group from the bottom up, itself among them."""
    parents = state.parents(layer_id)
    return [node.id for node in _children(state, parents[-1].id if parents else None)]


# Values


def rename(session: Session, layer_id: LayerId, name: str) -> None:
    session.document.edit(f"Rename to “{name}”", lambda s: edits.rename(s, layer_id, name))


def set_opacity(session: Session, node_ids: Sequence[LayerId], opacity: float) -> None:
    """`opacity`: 0..1."""
    _set(session, "Layer opacity", node_ids, lambda s, i: edits.set_opacity(s, i, opacity), "opacity")


def set_fill(session: Session, node_ids: Sequence[LayerId], fill: float) -> None:
    """`fill`: 0..1."""
    _set(session, "Layer fill", node_ids, lambda s, i: edits.set_fill(s, i, fill), "fill")


def set_blend(session: Session, node_ids: Sequence[LayerId], blend: BlendMode) -> None:
    """Pass-through is given to the groups among several nodes. Going through modes is one step."""
    label, key = f"Blend mode {blend.label}", f"blend {' '.join(sorted(node_ids))}"
    session.document.edit(label, lambda s: with_blend(s, node_ids, blend), key)


def with_blend(state: DocumentState, node_ids: Sequence[LayerId], blend: BlendMode) -> DocumentState:
    """The state that `set_blend` makes, to look at without a step."""
    if blend is BlendMode.PASS_THROUGH and len(node_ids) > 1:
        node_ids = [i for i in node_ids if isinstance(state.find(i), Group)] or node_ids
    return layer_edits.set_on_all(state, node_ids, lambda s, i: edits.set_blend(s, i, blend))


def set_visible(session: Session, node_ids: Sequence[LayerId], *, on: bool, sweep: str = "") -> None:
    """Show or hide. Steps of the same `sweep`, a drag over several eyes, become one."""
    label = f"{'Show' if on else 'Hide'} {_titled(session.document.state, node_ids)}"
    _set(session, label, node_ids, lambda s, i: edits.set_visible(s, i, on), sweep, whole=True)


def set_locked(session: Session, node_ids: Sequence[LayerId], *, on: bool, sweep: str = "") -> None:
    """Lock or unlock. Steps of the same `sweep`, a drag over several locks, become one."""
    label = f"{'Lock' if on else 'Unlock'} {_titled(session.document.state, node_ids)}"
    _set(session, label, node_ids, lambda s, i: edits.set_locked(s, i, on), sweep, whole=True)


def set_alpha_locked(session: Session, node_ids: Sequence[LayerId], *, on: bool) -> None:
    """Of the layers with pixels among the nodes. Raises EditError when there is none."""
    state = session.document.state
    layers = [i for i in node_ids if isinstance(state.find(i), Layer)] or node_ids
    label = f"{'Lock' if on else 'Unlock'} alpha of {_titled(state, layers)}"
    _set(session, label, layers, lambda s, i: edits.set_alpha_locked(s, i, on))


def set_clip(session: Session, node_ids: Sequence[LayerId], *, on: bool) -> None:
    """Show nodes only where what lies below them is, or everywhere again."""
    state = session.document.state
    if on:
        node_ids = [i for i in node_ids if _siblings(state, i)[0] != i]
        if not node_ids:
            raise EditError("There is nothing below it in its group to clip to; move it above a layer first")
    label = f"{'Clip' if on else 'Unclip'} {_titled(state, node_ids)}"
    _set(session, label, node_ids, lambda s, i: edits.set_clip(s, i, on))


def set_label(session: Session, node_ids: Sequence[LayerId], label: LabelColour) -> None:
    _set(session, "Colour label", node_ids, lambda s, i: edits.set_label(s, i, label))


def _set(
    session: Session,
    label: str,
    node_ids: Sequence[LayerId],
    change: Callable[[DocumentState, LayerId], DocumentState],
    merge: str = "",
    *,
    whole: bool = False,
) -> None:
    """`merge`: what it has in common with steps that become one with it; `whole`: whichever nodes they were on."""
    key = None if not merge else merge if whole else f"{merge} {' '.join(sorted(node_ids))}"
    session.document.edit(label, lambda s: layer_edits.set_on_all(s, node_ids, change), key)


def set_role(session: Session, layer_id: LayerId, role: Role) -> None:
    """Take the node for `role` from now on; when it has that role already it keeps its settings."""
    node = session.document.state.find(layer_id)
    if role_name(node.role) != role_name(role):
        session.document.edit(f"“{node.name}” as {role_name(role)}", lambda s: edits.set_role(s, layer_id, role))


def set_role_values(session: Session, layer_id: LayerId, **values: object) -> None:
    """Change settings of the present role, such as weight=0.8. Raises TypeError for one that it does not have."""
    role = replace(session.document.state.find(layer_id).role, **values)  # type: ignore[arg-type] # fields of any role
    label = f"{role_name(role).capitalize()} settings"
    session.document.edit(label, lambda s: edits.set_role(s, layer_id, role), f"role {sorted(values)} {layer_id}")
