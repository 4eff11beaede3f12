"""`Solo`: one layer seen alone, and then everything as it was. One undoable step each way. No Qt in here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.session import Session
from canvas import edits
from canvas.layers import Group, LayerId, Node
from canvas.state import DocumentState


@dataclass(frozen=True, slots=True)
class _Memory:
    """`of` is seen alone; `before`: what was visible then, for the nodes that were changed."""

    of: LayerId
    before: Mapping[LayerId, bool]
    shown: Mapping[LayerId, bool]


class Solo:
    """Remembers what was visible before a layer was seen alone, until the artist changes it by other means."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._memory: _Memory | None = None

    def toggle(self, layer_id: LayerId) -> None:
        """See the node alone, with the groups around it and what it is clipped to; or all again as it was."""
        state = self._session.document.state
        memory = self._memory
        known = {node.id: node.visible for node in state.walk()}
        holds = memory is not None and all(known.get(i) == v for i, v in memory.shown.items())
        if memory is not None and holds and memory.of == layer_id:
            self._memory = None
            self._set(f"Show all again beside “{state.find(layer_id).name}”", memory.before)
            return
        before = dict(memory.before) if memory is not None and holds else {}
        wanted = alone(state, layer_id)
        # From one solo to the next: what the first one hid comes back with the artist's own choice.
        shown = {i: wanted.get(i, before.get(i, known[i])) for i in {*wanted, *before}}
        before |= {i: known[i] for i in wanted if i not in before}
        self._memory = _Memory(layer_id, before, shown)
        self._set(f"Solo “{state.find(layer_id).name}”", shown)

    def _set(self, label: str, visible: Mapping[LayerId, bool]) -> None:
        def change(state: DocumentState) -> DocumentState:
            for node_id, on in visible.items():
                if state.has(node_id):
                    state = edits.set_visible(state, node_id, on)
            return state

        self._session.document.edit(label, change)


def alone(state: DocumentState, layer_id: LayerId) -> Mapping[LayerId, bool]:
    """What must be visible and what hidden for one node to be seen alone; nodes left out stay as they are."""
    return dict(_alone(state.layers, layer_id, {layer_id, *(outer.id for outer in state.parents(layer_id))}))


def _alone(nodes: tuple[Node, ...], layer_id: LayerId, path: set[LayerId]) -> Iterator[tuple[LayerId, bool]]:
    kept = next(i for i, node in enumerate(nodes) if node.id in path)
    base = kept
    while base and nodes[base].clip:
        base -= 1
    for i, node in enumerate(nodes):
        yield node.id, i in (kept, base)
    inside = nodes[kept]
    if inside.id != layer_id and isinstance(inside, Group):
        yield from _alone(inside.children, layer_id, path)
