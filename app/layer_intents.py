"""What an artist does with layers: each function is one undoable step on the session's document. No Qt in here.

Values that are dragged (opacity, weights) merge into one step as long as nothing else happens between. Functions raise
`EditError`, one sentence for the artist, when the step is not possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np

from app.session import Colour, Session
from canvas import edits
from canvas.blend_modes import BlendMode
from canvas.edits import EditError
from canvas.layers import Group, Layer, LayerId, Node
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Role, role_name
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

#: The roles that a layer can be given by its badge, with their first settings.
ROLES: tuple[Role, ...] = (Paint(), Control(), Pose(), InpaintMask(), Reference())

Place: TypeAlias = Literal["above", "below", "into"]
"""Where a node goes, seen from another: "above" is nearer to the viewer, "into" on top inside a group."""


def active_id(session: Session) -> LayerId:
    """The active node. Raises EditError when there is none."""
    node = session.active_node
    if node is None:
        raise EditError("There is no layer to work on; add one first")
    return node.id


def attempt(session: Session, step: Callable[[], None]) -> None:
    """Carry out one step; when it is not possible, say why to the artist instead of raising."""
    try:
        if session.document.in_gesture:
            raise EditError("Finish the stroke before changing layers")
        step()
    except EditError as reason:
        session.message.emit(str(reason))


# The tree


def top_down(state: DocumentState) -> Iterator[Node]:
    """All nodes in the order of the layers panel: from the top down, a group before its children."""
    return reversed(list(state.walk()))


def add_layer(session: Session, name: str, role: Role) -> None:
    """An empty layer above the active node; `name` gets a number when it is taken."""
    session.add_node(Layer(_free_name(session, name), role=role), f"Add {role_name(role)} layer")


def add_group(session: Session) -> None:
    session.add_node(Group(_free_name(session, "Group")), "Add group")


def _free_name(session: Session, name: str) -> str:
    taken = {node.name for node in session.document.state.walk()}
    if name not in taken:
        return name
    return next(f"{name} {n}" for n in range(2, len(taken) + 3) if f"{name} {n}" not in taken)


def duplicate(session: Session) -> None:
    node = session.document.state.find(active_id(session))
    session.add_node(edits.copied(node), f"Duplicate “{node.name}”")


def delete(session: Session) -> None:
    """Remove the active node; the one that was below it becomes active, or the one above."""
    doomed = active_id(session)
    state = session.document.state
    name = state.find(doomed).name
    heir = _heir(state, doomed)
    session.document.edit(f"Delete “{name}”", lambda s: edits.remove(s, doomed))
    session.activate(heir)


def _heir(state: DocumentState, doomed: LayerId) -> LayerId | None:
    siblings = _siblings(state, doomed)
    at = siblings.index(doomed)
    if len(siblings) > 1:
        return siblings[at - 1] if at else siblings[1]
    parents = state.parents(doomed)
    return parents[-1].id if parents else None


def group(session: Session) -> None:
    """Put the active node into a new group, which becomes active."""
    chosen = active_id(session)
    name = _free_name(session, "Group")
    session.document.edit("Group", lambda s: edits.group(s, [chosen], name))
    session.activate(session.document.state.parents(chosen)[-1].id)


def merge_down(session: Session) -> None:
    upper = active_id(session)
    state = session.document.state
    if isinstance(state.find(upper), Group):
        raise EditError("A group cannot be merged down; choose a layer in it")
    siblings = _siblings(state, upper)
    at = siblings.index(upper)
    below = siblings[at - 1] if at else None
    session.document.edit("Merge down", lambda s: edits.merge_down(s, upper))
    session.activate(below)


def move(session: Session, layer_id: LayerId, target: LayerId, place: Place) -> None:
    """Put a node beside or into another."""
    state = session.document.state
    if layer_id == target or any(g.id == layer_id for g in state.parents(target)):
        raise EditError("A group cannot be moved into itself; drop it elsewhere")
    if place == "into":
        parent: LayerId | None = target
        index = len(_children(state, target))
    else:
        parents = state.parents(target)
        parent = parents[-1].id if parents else None
        others = [sibling for sibling in _siblings(state, target) if sibling != layer_id]
        index = others.index(target) + (place == "above")
    label = f"Move “{state.find(layer_id).name}”"
    session.document.edit(label, lambda s: edits.move(s, layer_id, parent, index))


def move_by(session: Session, steps: Literal[1, -1]) -> None:
    """One place up (1) or down (-1): past a layer, into an open group, or out of its own."""
    moved = active_id(session)
    state = session.document.state
    siblings = _siblings(state, moved)
    at = siblings.index(moved) + steps
    parents = state.parents(moved)
    if not 0 <= at < len(siblings):
        if parents:
            move(session, moved, parents[-1].id, "above" if steps > 0 else "below")
        return
    beside = state.find(siblings[at])
    if isinstance(beside, Group) and steps < 0:
        move(session, moved, beside.id, "into")
    elif isinstance(beside, Group) and beside.children:
        move(session, moved, beside.children[0].id, "below")
    elif isinstance(beside, Group):
        move(session, moved, beside.id, "into")
    else:
        move(session, moved, beside.id, "above" if steps > 0 else "below")


def _children(state: DocumentState, group_id: LayerId) -> tuple[Node, ...]:
    node = state.find(group_id)
    return node.children if isinstance(node, Group) else ()


def _siblings(state: DocumentState, layer_id: LayerId) -> list[LayerId]:
    """The nodes of the same group from the bottom up, itself among them."""
    parents = state.parents(layer_id)
    return [node.id for node in (parents[-1].children if parents else state.layers)]


# Values


def rename(session: Session, layer_id: LayerId, name: str) -> None:
    session.document.edit(f"Rename to “{name}”", lambda s: edits.rename(s, layer_id, name))


def set_opacity(session: Session, layer_id: LayerId, opacity: float) -> None:
    """`opacity`: 0..1."""
    session.document.edit("Layer opacity", lambda s: edits.set_opacity(s, layer_id, opacity), f"opacity {layer_id}")


def set_blend(session: Session, layer_id: LayerId, blend: BlendMode) -> None:
    session.document.edit(f"Blend mode {blend.label}", lambda s: edits.set_blend(s, layer_id, blend))


def toggle_visible(session: Session, layer_id: LayerId) -> None:
    node = session.document.state.find(layer_id)
    label = f"{'Hide' if node.visible else 'Show'} “{node.name}”"
    session.document.edit(label, lambda s: edits.set_visible(s, layer_id, not node.visible))


def toggle_lock(session: Session, layer_id: LayerId) -> None:
    node = session.document.state.find(layer_id)
    label = f"{'Unlock' if node.locked else 'Lock'} “{node.name}”"
    session.document.edit(label, lambda s: edits.set_locked(s, layer_id, not node.locked))


def toggle_alpha_lock(session: Session, layer_id: LayerId) -> None:
    """Raises EditError for a group, which has no pixels of its own."""
    node = session.document.state.find(layer_id)
    locked = isinstance(node, Layer) and node.alpha_locked
    session.document.edit(f"Alpha lock of “{node.name}”", lambda s: edits.set_alpha_locked(s, layer_id, not locked))


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


# Pixels


def fill(session: Session, colour: Colour) -> None:
    _on_active(session, "Fill", lambda s, layer: edits.fill_layer(s, layer, colour))


def clear(session: Session) -> None:
    _on_active(session, "Clear", edits.clear_layer)


def _on_active(session: Session, label: str, edit: Callable[[DocumentState, LayerId], DocumentState]) -> None:
    layer_id = active_id(session)
    session.document.edit(label, lambda s: edit(s, layer_id))


def select_all(session: Session) -> None:
    state = session.document.state
    everything = Surface.from_pixels(np.full((state.height, state.width, 1), ONE, np.uint16))
    session.document.edit("Select all", lambda s: edits.set_selection(s, everything))


def select_none(session: Session) -> None:
    session.document.edit("Select none", lambda s: edits.set_selection(s, None))
