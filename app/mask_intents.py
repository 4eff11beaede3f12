"""What an artist does with layer masks: each function is one undoable step on the session's document. No Qt in here.

Steps are taken on all chosen nodes that they are possible for. Functions raise `EditError`, one sentence for the
artist, when there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from app import layer_intents, selection_intents
from app.session import Session
from canvas import layer_edits, layer_masks
from canvas.layers import LayerId, LayerMask
from canvas.selection import Mode
from canvas.state import DocumentState

Beginning: TypeAlias = Literal["reveal", "hide", "reveal selection", "hide selection"]
"""What a new mask shows."""


def add(session: Session, beginning: Beginning) -> None:
    """Give the chosen nodes that have none a mask, and paint on that of the active one."""
    state = session.document.state
    node_ids = _those(state, layer_intents.targets(session), masked=False)
    mask = _new(state, beginning)
    session.document.edit(
        "Add mask", lambda s: layer_edits.set_on_all(s, node_ids, lambda t, i: layer_masks.add(t, i, mask))
    )
    session.paint_on("mask")


def _new(state: DocumentState, beginning: Beginning) -> LayerMask:
    match beginning:
        case "reveal":
            return layer_masks.revealing()
        case "hide":
            return layer_masks.hiding()
        case "reveal selection":
            return layer_masks.showing_selected(state)
        case "hide selection":
            return layer_masks.inverted(layer_masks.showing_selected(state))


def delete(session: Session) -> None:
    node_ids = _those(session.document.state, layer_intents.targets(session), masked=True)
    session.document.edit("Delete mask", lambda s: layer_edits.set_on_all(s, node_ids, layer_masks.remove))


def apply(session: Session) -> None:
    """Make what the masks hide transparent, and remove them."""
    node_ids = _those(session.document.state, layer_intents.targets(session), masked=True)
    session.document.edit("Apply mask", lambda s: layer_edits.set_on_all(s, node_ids, layer_masks.apply))


def invert(session: Session) -> None:
    node_ids = _those(session.document.state, layer_intents.targets(session), masked=True)
    session.document.edit("Invert mask", lambda s: layer_edits.set_on_all(s, node_ids, layer_masks.invert))


def toggle_enabled(session: Session, node_ids: Sequence[LayerId]) -> None:
    """Switch masks off or on again, all to what the first of them is not."""
    masked = _those(session.document.state, node_ids, masked=True)
    on = not layer_masks.mask_of(session.document.state, masked[0]).enabled
    session.document.edit(
        f"Mask {'on' if on else 'off'}",
        lambda s: layer_edits.set_on_all(s, masked, lambda t, i: layer_masks.set_enabled(t, i, on)),
    )


def select(session: Session, node_id: LayerId, mode: Mode = "replace") -> None:
    """Select what the mask of a node shows, or change the selection by it."""
    state = session.document.state
    shown = layer_masks.as_selection(layer_masks.mask_of(state, node_id), state.rect)
    selection_intents.select(session, shown, mode, "Select mask")


def toggle_plane(session: Session) -> None:
    """Paint on the mask of the active node, or on its pixels again."""
    if session.plane == "mask":
        session.paint_on("pixels")
    else:
        layer_masks.mask_of(session.document.state, layer_intents.active_id(session))
        session.paint_on("mask")


def _those(state: DocumentState, node_ids: Sequence[LayerId], *, masked: bool) -> Sequence[LayerId]:
    """The nodes with or without a mask; all when there are none, so that the edit says why it is not possible."""
    return [i for i in node_ids if (state.find(i).mask is not None) is masked] or node_ids
