"""What an artist does with adjustments: each function is one undoable step on the session's document. No Qt in here."""

from __future__ import annotations

from app import layer_intents
from app.session import Session
from canvas import edits
from canvas.filters.values import PointFilter
from canvas.layers import Adjustment, LayerId, LayerMask


def add(session: Session, label: str, point_filter: PointFilter) -> None:
    """An adjustment above the active node, shown where something is selected, else everywhere."""
    selection = session.document.state.selection
    mask = None if selection is None else LayerMask(selection)
    node = Adjustment(layer_intents.free_name(session, label), point_filter, mask=mask)
    session.add_node(node, f"Add {label.lower()}")


def set_filter(session: Session, node_id: LayerId, label: str, point_filter: PointFilter) -> None:
    """Give an adjustment other settings; what a slider is dragged through becomes one step. Raises EditError."""
    session.document.edit(
        label, lambda state: edits.set_filter(state, node_id, point_filter), merge=f"filter {node_id}"
    )
