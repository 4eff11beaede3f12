"""What an artist does with the selection: each function is one undoable step on the session's document. No Qt.

A selection of no pixel is never left behind: whatever comes to nothing deselects, and says so.
"""

from __future__ import annotations

from collections.abc import Callable

from app.session import Session
from canvas import edits, selection
from canvas.edits import EditError
from canvas.layers import Layer, LayerId
from canvas.selection import Mode
from canvas.state import DocumentState
from canvas.tiles import Surface

NOTHING = "No pixels are selected any more, so there is no selection now"
_NO_SELECTION = "There is no selection; select something first"


def select(session: Session, shape: Surface, mode: Mode, label: str) -> None:
    """Let a new selection meet the present one."""
    state = session.document.state
    put(session, selection.combined(state.selection, selection.within(shape, state.rect), mode), label)


def put(session: Session, wanted: Surface, label: str, merge: str | None = None) -> None:
    """Make `wanted` the selection; one of no pixel deselects."""
    state = session.document.state
    if not selection.is_empty(wanted, state.rect):
        session.document.edit(label, lambda s: edits.set_selection(s, wanted), merge)
        return
    if state.selection is not None:
        session.document.edit("Deselect", lambda s: edits.set_selection(s, None))
        session.message.emit(NOTHING)
    else:
        session.message.emit("That selects no pixel; the selection stays as it is")


def select_all(session: Session) -> None:
    everything = selection.rectangle(session.document.state.rect)
    session.document.edit("Select all", lambda s: edits.set_selection(s, everything))


def select_none(session: Session) -> None:
    session.document.edit("Deselect", lambda s: edits.set_selection(s, None))


def invert(session: Session) -> None:
    state = session.document.state
    put(session, selection.inverted(present(session), state.rect), "Invert selection")


def select_opaque(session: Session, layer_id: LayerId, mode: Mode = "replace") -> None:
    """Select the pixels of a layer as far as they are opaque. Raises EditError for what has none."""
    node = session.document.state.find(layer_id)
    if not isinstance(node, Layer):
        raise EditError(f"“{node.name}” has no pixels of its own; choose a layer to select what is opaque in it")
    opaque = selection.of_alpha(node.surface)
    if selection.is_empty(opaque, session.document.state.rect):
        raise EditError(f"“{node.name}” is empty; there is nothing opaque in it to select")
    select(session, opaque, mode, f"Select what is opaque in “{node.name}”")


def change(session: Session, label: str, changed: Callable[[Surface, DocumentState], Surface]) -> None:
    """Change the present selection. Raises EditError when there is none."""
    put(session, changed(present(session), session.document.state), label)


def move_by(session: Session, dx: int, dy: int, merge: str | None = None) -> None:
    """Move the edge of the selection, not the pixels under it."""
    put(session, selection.moved(present(session), dx, dy), "Move selection", merge)


def present(session: Session) -> Surface:
    """The selection. Raises EditError when there is none."""
    found = session.document.state.selection
    if found is None:
        raise EditError(_NO_SELECTION)
    return found


def toggle_quick_mask(session: Session) -> None:
    """Paint on the selection, or end that; a selection that came to nothing, or to everything, is none."""
    if session.plane != "selection":
        session.paint_on("selection")
        return
    session.paint_on("pixels")
    state = session.document.state
    if state.selection is None:
        return
    if selection.is_empty(state.selection, state.rect):
        session.document.edit("Deselect", lambda s: edits.set_selection(s, None))
        session.message.emit(NOTHING)
