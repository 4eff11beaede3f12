"""What other rooms may read of a document: a `Snapshot` and its value types. The engine imports only this module."""

from __future__ import annotations

from dataclasses import dataclass

from canvas.compositor import composite
from canvas.geometry import EMPTY, Rect
from canvas.layers import Group, Layer, LayerId, Node
from canvas.pose import Figure, Joint, draw_openpose
from canvas.reading import PictureReader, layer_rgba8
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Region, Role, UnknownRole, role_name
from canvas.state import DocumentState
from canvas.tiles import ONE, Pixels, Pixels8, Surface, from_rgba8, to_rgba8

__all__ = [
    "EMPTY", "ONE", "Control", "DocumentState", "Figure", "Group", "InpaintMask", "Joint", "Layer", "LayerId", "Node",
    "Paint", "PictureReader", "Pixels", "Pixels8", "Pose", "Rect", "Reference", "Region", "Role", "Snapshot", "Surface",
    "UnknownRole", "draw_openpose", "from_rgba8", "layer_rgba8", "node_pixels", "role_name", "to_rgba8",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A document at one revision. Taking it is O(1); it may be read on any thread."""

    revision: int
    state: DocumentState

    def picture(self, rect: Rect) -> Pixels:
        """The composite of everything whose role is paint, shape (rect.height, rect.width, 4)."""
        return composite(self.state, rect)


def node_pixels(node: Node, rect: Rect) -> Pixels:
    """One layer or group alone, whatever its role, visibility and opacity, shape (rect.height, rect.width, 4)."""
    from canvas.compositor import compile_node, composite_program

    return composite_program(compile_node(node), rect)
