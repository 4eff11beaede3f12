"""Layers that are not part of the picture but seen on the canvas: masks and references at work, figures. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from app.canvas_view.uncached import Uncached
from canvas.compositor import Program, changed_tiles, compile_node, run
from canvas.layers import Group, Layer, LayerId, Node
from canvas.pose import Figure
from canvas.roles import InpaintMask, Pose, Reference, Role
from canvas.state import DocumentState
from canvas.tiles import Pixels, TileKey

Choice: TypeAlias = Callable[[DocumentState, LayerId | None], Iterator[Layer]]
"""Picks layers, bottom first, of a state and its active layer."""


class ChosenLayers(Uncached):
    """Composes only the layers that `choose` picks: they are few."""

    def __init__(self, choose: Choice) -> None:
        self._choose = choose
        self.program: Program = ()

    def update(self, state: DocumentState, active: LayerId | None) -> set[TileKey]:
        """Take over a newer state; returns the tiles that may look different now."""
        old = self.program
        self.program = tuple(op for layer in self._choose(state, active) for op in compile_node(layer))
        return changed_tiles(old, self.program)

    def composed(self, key: TileKey) -> Pixels | None:
        """The tile, read-only; None where it is transparent."""
        return run(self.program, key)[0]


def visible_layers(state: DocumentState, role: type[Role]) -> Iterator[Layer]:
    """Layers of a role that neither they nor a group around them hides, bottom first."""
    return _visible(state.layers, role)


def _visible(nodes: tuple[Node, ...], role: type[Role]) -> Iterator[Layer]:
    for node in nodes:
        if not node.visible:
            continue
        if isinstance(node, Group):
            yield from _visible(node.children, role)
        elif isinstance(node, Layer) and isinstance(node.role, role):
            yield node


def mask_layers(state: DocumentState, active: LayerId | None) -> Iterator[Layer]:
    """All mask layers while one of them is being worked on; else their tint would lie over every picture."""
    masks = tuple(visible_layers(state, InpaintMask))
    return iter(masks if any(layer.id == active for layer in masks) else ())


def active_reference(state: DocumentState, active: LayerId | None) -> Iterator[Layer]:
    """The reference layer that is being worked on; the others stay out of sight."""
    return (layer for layer in visible_layers(state, Reference) if layer.id == active)


def figures(state: DocumentState) -> tuple[Figure, ...]:
    """All figures of visible pose layers, bottom first."""
    return tuple(f for layer in visible_layers(state, Pose) if isinstance(layer.role, Pose) for f in layer.role.figures)
