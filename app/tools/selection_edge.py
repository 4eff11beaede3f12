"""The edge of the selection as it is shown over the canvas: traced once for each selection. Session's thread; no Qt."""

from __future__ import annotations

from app.session import Session
from app.signals import Signal
from app.tools.shapes import Ants, Shape
from canvas.contour import contour
from canvas.geometry import Rect
from canvas.tiles import Surface


class SelectionEdge:
    """`shown`: the artist wants to see it. While the selection is painted on (quick mask) its tint shows it instead."""

    def __init__(self, session: Session) -> None:
        self.changed: Signal[()] = Signal()
        self._session = session
        self._shown = True
        self._preview: Surface | None = None
        self._offset = (0, 0)
        self._traced: tuple[Surface | None, Rect] | None = None
        self._ants: Ants | None = None

    @property
    def shown(self) -> bool:
        return self._shown

    def show(self, *, on: bool) -> None:
        self._shown = on
        self.changed.emit()

    def preview(self, wanted: Surface | None) -> None:
        """Show the edge of another selection than that of the document; None ends that."""
        self._preview = wanted
        self.changed.emit()

    def shift(self, dx: int, dy: int) -> None:
        """Show the edge somewhere else while it is being dragged."""
        self._offset = dx, dy

    def overlay(self) -> tuple[Shape, ...]:
        """The edge; the same object again as long as it is the same edge in the same place."""
        if not self._shown or self._session.plane == "selection":
            return ()
        state = self._session.document.state
        selection = state.selection if self._preview is None else self._preview
        traced = self._traced
        if traced is None or traced[0] is not selection or traced[1] != state.rect:
            self._traced = selection, state.rect
            paths = () if selection is None else contour(selection, state.rect)
            self._ants = Ants(paths, self._offset) if paths else None
        if self._ants is not None and self._ants.offset != self._offset:
            self._ants = Ants(self._ants.paths, self._offset)
        return () if self._ants is None else (self._ants,)
