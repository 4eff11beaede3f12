"""Lasso: draw around what to select."""

from __future__ import annotations

from app import selection_intents
from app.session import Session
from app.tools.options import Held
from app.tools.pointer import PointerEvent
from app.tools.selection_edge import SelectionEdge
from app.tools.selection_tool import SelectionOptions, SelectionTool
from app.tools.shapes import Outline, Shape
from app.tools.tool import ToolSpec
from canvas import selection


class LassoTool(SelectionTool):
    spec = ToolSpec(
        "select-lasso", "Lasso", "lasso", "L", "select", "cross",
        "Draw around what to select; lifting the pen closes the line. Shift adds, Alt subtracts.", "select",
    )  # fmt: skip

    def __init__(self, session: Session, edge: SelectionEdge, options: Held[SelectionOptions]) -> None:
        super().__init__(session, edge, options)
        self._points: list[tuple[float, float]] = []

    def begin(self, event: PointerEvent) -> None:
        self._points = [(event.x, event.y)]

    def drag(self, event: PointerEvent) -> None:
        if self._points and self._points[-1] != (event.x, event.y):
            self._points.append((event.x, event.y))

    def end(self) -> None:
        points = self._points
        self.abandon()
        if len(points) >= 3:
            self.apply(selection.polygon(points, self._session.document.state.rect))
        elif points and self._mode == "replace" and self._session.document.state.selection is not None:
            selection_intents.select_none(self._session)

    def abandon(self) -> None:
        self._points = []

    def overlay(self) -> tuple[Shape, ...]:
        return (Outline(tuple(self._points), closed=False),) if len(self._points) > 1 else ()
