"""Which layer a gesture goes to. What may be done to it is for `canvas.edits` to say."""

from __future__ import annotations

from app.session import Session
from canvas.edits import EditError
from canvas.layers import Layer, LayerId
from canvas.roles import Role


def active_id(session: Session) -> LayerId:
    """The active layer or group. Raises EditError when there is none."""
    node = session.active_node
    if node is None:
        raise EditError("There is no active layer; add one, or choose one in the layers panel")
    return node.id


def of_role(session: Session, role: type[Role]) -> Layer | None:
    """The active layer when it has that role, else the topmost visible one that has it."""
    active = session.active_node
    if isinstance(active, Layer) and isinstance(active.role, role):
        return active
    found = [n for n in session.document.state.walk() if isinstance(n, Layer) and isinstance(n.role, role)]
    return next((layer for layer in reversed(found) if layer.visible), None)
