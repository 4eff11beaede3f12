"""A filter being tried on what the artist works on: one open gesture of the document, in slices of time. No Qt.

What is filtered is what the pen would paint on: the active layer's pixels, its mask, or the selection. The session's
thread owns a `Filtering`, lends it time until it is done, and ends it by `confirm` or `dismiss`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from app.session import Session
from app.signals import Signal
from canvas import edits
from canvas.edits import EditError
from canvas.filters.running import FilterRun
from canvas.filters.targets import Target
from canvas.filters.values import Filter
from canvas.geometry import Rect
from canvas.layers import LayerId
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

Put: TypeAlias = Callable[[Surface], DocumentState]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is filtered, and the state with something else in its place."""

    target: Target
    put: Put


def subject_of(session: Session) -> Subject:
    """What a filter applies to now. Raises EditError when there is nothing to filter."""
    state, active = session.document.state, session.active
    if session.plane == "selection":
        selected = state.selection if state.selection is not None else Surface.blank(1)
        target = Target(selected, state.rect, outside=ONE if state.selection is None else 0)
        return Subject(target, lambda surface: edits.set_selection(state, surface))
    if active is None:
        raise EditError("There is no layer to filter; add one first")
    if session.plane == "mask":
        return _mask_of(state, active)
    layer = edits.paintable_layer(state, active)
    if not layer.surface.tiles:
        raise EditError(f"“{layer.name}” is empty; choose a layer with something on it")
    if state.selection is not None and not layer.surface.tiles.keys() & state.selection.tiles.keys():
        raise EditError(f"Nothing of “{layer.name}” is selected; select a part of it, or deselect")
    target = Target(layer.surface, state.rect, state.selection, layer.alpha_locked)
    return Subject(target, lambda surface: edits.set_pixels(state, layer.id, surface))


def _mask_of(state: DocumentState, node_id: LayerId) -> Subject:
    node = state.find(node_id)
    mask = node.mask
    if mask is None:
        raise EditError(f"“{node.name}” has no mask to filter; add one first")
    edits.require_unlocked(state, node_id, "change its mask")
    target = Target(mask.surface, state.rect, state.selection, outside=mask.outside)
    return Subject(target, lambda surface: edits.set_mask(state, node_id, replace(mask, surface=surface)))


class Filtering:
    """`ended`: emitted once, with whether the filter was applied. Nothing may be called after that but `over`.

    Raises EditError when something else holds the document, or there is nothing to filter.
    """

    def __init__(self, session: Session, label: str) -> None:
        self.ended: Signal[bool] = Signal()
        if session.document.in_gesture:
            raise EditError("Finish the stroke before filtering")
        self.subject = subject_of(session)
        self.label = label
        self.over = False
        self._session = session
        self._document = session.document
        self._before = session.document.state
        self._run = FilterRun(self.subject.target)
        self._value: Filter | None = None
        self._shown = True
        self._forget = session.document_replaced.connect(self._on_document_replaced)
        session.document.begin(label)

    @property
    def value(self) -> Filter | None:
        """What OK would apply."""
        return self._value

    @property
    def progress(self) -> float:
        """The share of the work that is done, 0..1."""
        return self._run.progress

    @property
    def done(self) -> bool:
        return self._run.done

    def use(self, value: Filter) -> None:
        """Try other settings."""
        self._value = value
        if self._shown:
            self._run.use(value)

    def show(self, *, on: bool) -> None:
        """Whether the canvas shows the filter or what was there before."""
        self._shown = on
        self._run.use(self._value if on else None)
        self._publish()

    def look_at(self, in_sight: Rect) -> None:
        """What lies in this rectangle of the document is filtered first."""
        self._run.look_at(in_sight)

    def step(self, seconds: float) -> bool:
        """Work for about so long and show what has changed; whether there is more to do."""
        if self._run.advance(seconds):
            self._publish()
        return not self._run.done

    def confirm(self) -> None:
        """Apply it, however long what is left takes: one undoable step."""
        if self.over:
            return
        if self._value is not None:
            self._run.use(self._value)
        surface = self._run.finish()
        self._show_state(surface)
        self._end()
        self._document.commit()
        self._session.gesture_ended()
        self.ended.emit(True)

    def dismiss(self) -> None:
        """Take it back as if it had never been."""
        if self.over:
            return
        self._end()
        self._document.rollback()
        self._session.gesture_ended()
        self.ended.emit(False)

    def _publish(self) -> None:
        self._show_state(self._run.surface)

    def _show_state(self, surface: Surface) -> None:
        changed = self.subject.target.surface.changed_tiles(surface)
        self._document.update(self.subject.put(surface) if changed else self._before)

    def _end(self) -> None:
        self.over = True
        self._run.close()
        self._forget()

    def _on_document_replaced(self) -> None:
        """Another document ends this; the session has rolled its gesture back."""
        if self._session.document is not self._document and not self.over:
            self._end()
            self.ended.emit(False)
