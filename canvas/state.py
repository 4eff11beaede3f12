"""`DocumentState`: the whole truth about a document, an immutable value; and how to find one's way in its tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerId, Node
from canvas.tiles import Surface

#: Largest side in pixels that a document may have: the PSD limit.
MAX_SIDE_PX = 30_000


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class DocumentState:
    """`layers` from bottom to top. `selection`: one channel, None selects everything. `metadata`: text by key."""

    width: int
    height: int
    layers: tuple[Node, ...] = ()
    selection: Surface | None = None
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not (1 <= self.width <= MAX_SIDE_PX and 1 <= self.height <= MAX_SIDE_PX):
            raise ValueError(f"a document is 1 to {MAX_SIDE_PX} px a side, not {self.width}x{self.height}")

    @property
    def rect(self) -> Rect:
        return Rect(0, 0, self.width, self.height)

    def walk(self) -> Iterator[Node]:
        """All nodes, from the bottom up, a group after its children."""
        yield from _walk(self.layers)

    def find(self, layer_id: LayerId) -> Node:
        """The node of that id. Raises KeyError."""
        for node in self.walk():
            if node.id == layer_id:
                return node
        raise KeyError(layer_id)

    def has(self, layer_id: LayerId) -> bool:
        return any(node.id == layer_id for node in self.walk())

    def layer(self, layer_id: LayerId) -> Layer:
        """The pixel layer of that id. Raises KeyError, also for a group."""
        node = self.find(layer_id)
        if not isinstance(node, Layer):
            raise KeyError(layer_id)
        return node

    def parents(self, layer_id: LayerId) -> tuple[Group, ...]:
        """The groups around a node, outermost first. Raises KeyError."""
        path = _path(self.layers, layer_id)
        if path is None:
            raise KeyError(layer_id)
        return path

    def replaced(self, layer_id: LayerId, change: Callable[[Node], Node | None]) -> DocumentState:
        """A state in which `change` was applied to one node; None removes it. Untouched nodes stay the same objects."""
        found, layers = _replaced(self.layers, layer_id, change)
        if not found:
            raise KeyError(layer_id)
        return replace(self, layers=layers)


def _walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Group):
            yield from _walk(node.children)
        yield node


def _path(nodes: tuple[Node, ...], layer_id: LayerId) -> tuple[Group, ...] | None:
    for node in nodes:
        if node.id == layer_id:
            return ()
        if isinstance(node, Group):
            deeper = _path(node.children, layer_id)
            if deeper is not None:
                return (node, *deeper)
    return None


def _replaced(
    nodes: tuple[Node, ...], layer_id: LayerId, change: Callable[[Node], Node | None]
) -> tuple[bool, tuple[Node, ...]]:
    for i, node in enumerate(nodes):
        if node.id == layer_id:
            new = change(node)
            return True, nodes[:i] + (() if new is None else (new,)) + nodes[i + 1 :]
        if isinstance(node, Group):
            found, children = _replaced(node.children, layer_id, change)
            if found:
                return True, (*nodes[:i], replace(node, children=children), *nodes[i + 1 :])
    return False, nodes


def surfaces(state: DocumentState) -> Iterator[Surface]:
    """Every surface a state holds: layers, masks, selection."""
    if state.selection is not None:
        yield state.selection
    for node in state.walk():
        if isinstance(node, Layer):
            yield node.surface
        if node.mask is not None:
            yield node.mask.surface
