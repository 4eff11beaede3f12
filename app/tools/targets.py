"""Which layer a gesture goes to, and the sentence an artist reads when it cannot go there."""

from __future__ import annotations

from app.session import Session
from canvas.layers import Group, Layer, Node
from canvas.roles import Pose, Role
from canvas.state import DocumentState


class Refused(Exception):
    """A gesture that cannot be; its text says why and what helps."""


def editable(state: DocumentState, node: Node | None) -> Layer:
    """`node` when its pixels or figures may be edited now. Raises Refused for a group or what is locked or hidden."""
    if node is None:
        raise Refused("There is no layer to work on; add one in the layers panel")
    if isinstance(node, Group):
        raise Refused(f"“{node.name}” is a group; choose a layer inside it")
    for holder in (node, *state.parents(node.id)):
        if holder.locked:
            raise Refused(f"“{holder.name}” is locked; unlock it in the layers panel")
        if not holder.visible:
            raise Refused(f"“{holder.name}” is hidden; show it in the layers panel")
    return node


def paintable(session: Session) -> Layer:
    """The active layer when strokes may go there. Raises Refused."""
    layer = editable(session.document.state, session.active_node)
    if isinstance(layer.role, Pose):
        raise Refused(
            f"“{layer.name}” holds figures; drag them with the pose tool, or choose another layer to paint on"
        )
    return layer


def of_role(session: Session, role: type[Role]) -> Layer | None:
    """The active layer when it has that role, else the topmost visible one that has it."""
    active = session.active_node
    if isinstance(active, Layer) and isinstance(active.role, role):
        return active
    found = [n for n in session.document.state.walk() if isinstance(n, Layer) and isinstance(n.role, role)]
    return next((layer for layer in reversed(found) if layer.visible), None)
