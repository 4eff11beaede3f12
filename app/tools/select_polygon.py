"""Polygon selection: click its corners."""

from __future__ import annotations

from math import hypot

from app.session import Session
from app.tools.options import Held
from app.tools.pointer import Modifier, PointerEvent
from app.tools.selection_edge import SelectionEdge
from app.tools.selection_tool import SelectionOptions, SelectionTool
from app.tools.shapes import Grip, Outline, Shape
from app.tools.tool import ToolSpec
from app.tools.turning import snapped
from canvas import selection

#: A click this near the first corner, in logical pixels, closes the polygon.
CLOSE_PX = 8.0
#: Two clicks at one place within this time are a double click.
DOUBLE_S = 0.4


class PolygonSelectionTool(SelectionTool):
    """Corners stay between gestures until Enter, a double click or a click on the first one closes them."""

    spec = ToolSpec(
        "select-polygon", "Polygon selection", "select-polygon", "Shift+L", "select", "cross",
        "Click corner after corner; a double click or Enter closes, Backspace takes the last one back.", "select",
    )  # fmt: skip

    def __init__(self, session: Session, edge: SelectionEdge, options: Held[SelectionOptions]) -> None:
        super().__init__(session, edge, options)
        self._corners: list[tuple[float, float]] = []
        self._last: PointerEvent | None = None
        self._at: tuple[float, float] | None = None
        self._document = session.document
        session.document_replaced.connect(self._on_document_replaced)

    def _on_document_replaced(self) -> None:
        """Corners are not for another document."""
        if self._session.document is not self._document:
            self._document = self._session.document
            self.dismiss()

    def press(self, event: PointerEvent) -> None:
        if not self._corners:
            super().press(event)
        elif event.button == "left":
            if self._closes(event):
                self.confirm()
            else:
                self.begin(event)

    def _closes(self, event: PointerEvent) -> bool:
        """Whether this press is the second of a double click, or on the first corner."""
        last, (x, y) = self._last, self._corners[0]
        if last is not None and not _apart(last, event) and event.time_s - last.time_s < DOUBLE_S:
            return True
        return len(self._corners) >= 3 and hypot(event.x - x, event.y - y) * event.scale < CLOSE_PX

    def begin(self, event: PointerEvent) -> None:
        self._corners.append(self._corner(event))
        self._last, self._at = event, self._corners[-1]

    def click(self, event: PointerEvent) -> None:
        self.begin(event)

    def drag(self, event: PointerEvent) -> None:
        """The corner that was just put down follows until the pen is lifted."""
        if self._corners and self._last is not None and _apart(self._last, event):
            before = self._corners[:-1]
            self._corners[-1] = self._corner(event, before)
            self._at = self._corners[-1]

    def hover(self, event: PointerEvent) -> None:
        self._at = self._corner(event) if self._corners else None

    def leave(self) -> None:
        self._at = None

    def _corner(self, event: PointerEvent, before: list[tuple[float, float]] | None = None) -> tuple[float, float]:
        """Where the next corner comes; with Shift at a multiple of 45 degrees from the one before."""
        before = self._corners if before is None else before
        if before and self.shaping(event) & Modifier.SHIFT:
            return snapped(before[-1], (event.x, event.y), 45.0)
        return event.x, event.y

    @property
    def pending(self) -> bool:
        return bool(self._corners)

    def confirm(self) -> None:
        corners = self._corners
        self.dismiss()
        if len(corners) >= 3:
            self.apply(selection.polygon(corners, self._session.document.state.rect))

    def dismiss(self) -> None:
        self._corners, self._last, self._at = [], None, None

    def cancel(self) -> None:
        """Esc in the middle of a click: everything goes."""
        super().cancel()
        self.dismiss()

    def delete(self) -> None:
        """Backspace: the last corner was none."""
        if self._corners:
            self._corners.pop()
            self._last = None

    def nudge(self, dx: int, dy: int) -> bool:
        return not self._corners and super().nudge(dx, dy)

    def overlay(self) -> tuple[Shape, ...]:
        if not self._corners:
            return ()
        ahead = () if self._at is None or self._at == self._corners[-1] else (self._at,)
        line = (*self._corners, *ahead)
        return (*((Outline(line, closed=False),) if len(line) > 1 else ()), Grip(*self._corners[0]))


def _apart(a: PointerEvent, b: PointerEvent) -> bool:
    return hypot(a.view_x - b.view_x, a.view_y - b.view_y) >= 4.0
