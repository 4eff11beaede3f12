"""Operations of OpenRaster and Krita that are no blend modes, as masks and clipping.

`svg:dst-in` and `svg:dst-out` become the mask of what they lie on, `svg:src-atop` clipping; both look as they did.
Where that cannot be, a note says so. Pure but for the notes; any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from canvas.blend_modes import BlendMode
from canvas.compositor import compile_program, run
from canvas.formats.notes import Notes
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask, Node
from canvas.roles import Paint
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey, tile_rect

Joint: TypeAlias = Literal["over", "atop", "in", "out"]
"""How a node meets those below it: by its mode; only where they are; leaving of them what it covers, or the rest."""


@dataclass(frozen=True, slots=True)
class Joining:
    """For one document of a size in pixels."""

    width: int
    height: int
    notes: Notes

    def joined(
        self, nodes: Sequence[Node], node: Node, joint: Joint, *, isolated: bool, is_top: bool
    ) -> tuple[list[Node], LayerMask | None]:
        """`nodes`, from bottom to top, with one more, and the mask that this makes for all of them.

        `isolated`: they are composed by themselves before they meet what lies below their group. `is_top`: nothing
        follows, so that a mask may be that of the group.
        """
        if joint == "over":
            return [*nodes, node], None
        if joint == "atop":
            return self._atop(nodes, node, isolated=isolated), None
        if not node.visible:
            return [*nodes, node], None
        if not (isolated and nodes):
            self.notes.add(f"“{node.name}” cut out what lies below its group; it is hidden now")
            return [*nodes, replace(node, visible=False)], None
        mask = self.hiding(node, joint)
        if is_top:
            return list(nodes), mask
        return [Group(node.name, children=tuple(nodes), blend=BlendMode.NORMAL, mask=mask)], None

    def hiding(self, node: Node, joint: Literal["in", "out"]) -> LayerMask:
        """What a node leaves of those below it."""
        shown = replace(node, blend=BlendMode.NORMAL, visible=True, clip=False, role=Paint())
        program = compile_program(DocumentState(self.width, self.height, (shown,)))
        tiles: dict[TileKey, Pixels] = {}
        for key in _keys(shown):
            (tile,) = run(program, key)
            if tile is not None and tile[..., 3].any():
                alpha = tile[..., 3:].copy() if joint == "in" else ONE - tile[..., 3:]
                alpha.flags.writeable = False
                tiles[key] = alpha
        return LayerMask(Surface(tiles, 1), 0 if joint == "in" else ONE)

    def _atop(self, nodes: Sequence[Node], node: Node, *, isolated: bool) -> list[Node]:
        if not nodes or any(self._covers(each) for each in nodes):
            return [*nodes, node]
        if not isolated:
            self.notes.add(f"“{node.name}” was clipped to what lies below its group; it is not clipped now")
            return [*nodes, node]
        if sum(not each.clip for each in nodes) > 1:
            nodes = [Group(f"Below “{node.name}”", children=tuple(nodes), blend=BlendMode.NORMAL)]
        return [*nodes, replace(node, clip=True)]

    def _covers(self, node: Node) -> bool:
        """Whether a node alone leaves nothing of the canvas transparent."""
        if not isinstance(node, Layer) or not node.visible or node.opacity < 1.0 or node.mask is not None or node.clip:
            return False
        canvas = Rect(0, 0, self.width, self.height)
        return all(_is_opaque(node.surface, canvas & tile_rect(key)) for key in canvas.tile_keys(TILE_PX))


def _is_opaque(surface: Surface, part: Rect) -> bool:
    """Whether a part of one tile is."""
    return bool((surface.read(part)[..., 3] == ONE).all())


def _keys(node: Node) -> set[TileKey]:
    if isinstance(node, Layer):
        return set(node.surface.tiles)
    children: Sequence[Node] = node.children if isinstance(node, Group) else ()
    return {key for child in children for key in _keys(child)}
