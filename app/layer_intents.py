"""What an artist does to one layer: each function is one undoable step on the session's document. No Qt in here.

Values that are dragged (opacity, weights) merge into one step as long as nothing else happens between.
"""

from __future__ import annotations

from dataclasses import replace

from app.session import Session
from canvas.blend_modes import BlendMode
from canvas.layers import Layer, LayerId, Node
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Role, role_name

#: The roles that a layer can be given by its badge, with their first settings.
ROLES: tuple[Role, ...] = (Paint(), Control(), Pose(), InpaintMask(), Reference())


def _change(session: Session, layer_id: LayerId, label: str, merge: str | None = None, **values: object) -> None:
    def changed(node: Node) -> Node:
        if all(getattr(node, name) == value for name, value in values.items()):
            return node
        return replace(node, **values)  # type: ignore[arg-type]

    state = session.document.state
    if changed(state.find(layer_id)) is not state.find(layer_id):
        session.document.edit(label, lambda s: s.replaced(layer_id, changed), None if merge is None else merge + layer_id)


def rename(session: Session, layer_id: LayerId, name: str) -> None:
    _change(session, layer_id, f"Rename to “{name}”", name=name)


def set_opacity(session: Session, layer_id: LayerId, opacity: float) -> None:
    """`opacity`: 0..1."""
    _change(session, layer_id, "Layer opacity", "opacity ", opacity=min(1.0, max(0.0, opacity)))


def set_blend(session: Session, layer_id: LayerId, blend: BlendMode) -> None:
    _change(session, layer_id, f"Blend mode {blend.label}", blend=blend)


def toggle_visible(session: Session, layer_id: LayerId) -> None:
    node = session.document.state.find(layer_id)
    _change(session, layer_id, f"Hide “{node.name}”" if node.visible else f"Show “{node.name}”", visible=not node.visible)


def toggle_lock(session: Session, layer_id: LayerId) -> None:
    node = session.document.state.find(layer_id)
    _change(session, layer_id, f"{'Unlock' if node.locked else 'Lock'} “{node.name}”", locked=not node.locked)


def toggle_alpha_lock(session: Session, layer_id: LayerId) -> None:
    """Does nothing to a group, which has no pixels of its own."""
    node = session.document.state.find(layer_id)
    if isinstance(node, Layer):
        _change(session, layer_id, f"Alpha lock of “{node.name}”", alpha_locked=not node.alpha_locked)


def set_role(session: Session, layer_id: LayerId, role: Role) -> None:
    """Take the layer for `role` from now on; a role of the same kind keeps the settings it has."""
    node = session.document.state.find(layer_id)
    if role_name(node.role) != role_name(role):
        _change(session, layer_id, f"“{node.name}” as {role_name(role)}", role=role)


def set_role_values(session: Session, layer_id: LayerId, **values: object) -> None:
    """Change settings of the present role, such as weight=0.8. Raises TypeError for one that it does not have."""
    node = session.document.state.find(layer_id)
    role = replace(node.role, **values)  # type: ignore[arg-type]
    _change(session, layer_id, f"{role_name(role).capitalize()} settings", f"role {' '.join(values)} ", role=role)
