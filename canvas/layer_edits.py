"""What can be done to several nodes of the tree in one step; `canvas.edits` has what is done to one.

Functions from a state to a state, with the same rules: EditError for what is not possible, KeyError for a node that
does not exist, and the argument itself when there is nothing to change. Pure: any thread, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from canvas import edits
from canvas.edits import EditError
from canvas.layers import Group, LayerId, Node
from canvas.state import DocumentState


def tops(state: DocumentState, node_ids: Collection[LayerId]) -> tuple[Node, ...]:
    """The nodes from the bottom up, without those that lie in another one of them. Raises KeyError."""
    wanted = frozenset(node_ids)
    found = {node.id: node for node in state.walk() if node.id in wanted}
    for node_id in node_ids:
        if node_id not in found:
            raise KeyError(node_id)
    return tuple(n for n in found.values() if wanted.isdisjoint(outer.id for outer in state.parents(n.id)))


def set_on_all(
    state: DocumentState, node_ids: Collection[LayerId], change: Callable[[DocumentState, LayerId], DocumentState]
) -> DocumentState:
    """Apply an edit of one node to each of several."""
    for node_id in node_ids:
        state = change(state, node_id)
    return state


def remove_all(state: DocumentState, node_ids: Collection[LayerId]) -> DocumentState:
    return set_on_all(state, [node.id for node in tops(state, node_ids)], edits.remove)


def insert_all(state: DocumentState, nodes: Sequence[Node], parent: LayerId | None, index: int) -> DocumentState:
    """Put nodes, bottom first, among the children of a group, or of the document when `parent` is None.

    `index`: how many children stay below them; one beyond the ends means the end.
    """
    if parent is None:
        return replace(state, layers=_spliced(state.layers, nodes, index))
    group = state.find(parent)
    if not isinstance(group, Group):
        raise EditError(f"“{group.name}” is not a group; choose a group to put layers into")
    return state.replaced(parent, lambda _: replace(group, children=_spliced(group.children, nodes, index)))


def _spliced(children: tuple[Node, ...], nodes: Sequence[Node], index: int) -> tuple[Node, ...]:
    i = min(max(index, 0), len(children))
    return (*children[:i], *nodes, *children[i:])


def move_all(state: DocumentState, node_ids: Collection[LayerId], parent: LayerId | None, index: int) -> DocumentState:
    """Gather nodes, in their present order, as children of a group, or of the document when `parent` is None.

    `index` counts the children that do not move.
    """
    moved = tops(state, node_ids)
    if parent is not None:
        around = {parent, *(outer.id for outer in state.parents(parent))}
        for node in moved:
            if node.id in around:
                raise EditError(f"“{node.name}” cannot be moved into itself; choose another group")
    after = state
    for node in moved:
        after = after.replaced(node.id, lambda _: None)
    after = insert_all(after, moved, parent, index)
    return state if _shape(after.layers) == _shape(state.layers) else after


def _shape(nodes: tuple[Node, ...]) -> tuple[object, ...]:
    """Which node lies where."""
    return tuple((node.id, _shape(node.children)) if isinstance(node, Group) else node.id for node in nodes)
