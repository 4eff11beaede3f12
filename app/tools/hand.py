"""Hand: drag the view. With Ctrl the drag zooms, with Shift it turns the view."""

from __future__ import annotations

from app.tools.pointer import Modifier, PointerEvent
from app.tools.tool import Navigator, NoView, Tool, ToolSpec

#: Dragging so many logical pixels doubles or halves the zoom.
DOUBLING_PX = 120.0


def drag_zoom(navigator: Navigator, anchor: PointerEvent, before: PointerEvent, now: PointerEvent) -> None:
    """Zoom about where the drag began: right and up magnify."""
    way_px = (now.view_x - before.view_x) - (now.view_y - before.view_y)
    navigator.zoom_about(2.0 ** (way_px / DOUBLING_PX), anchor.view_x, anchor.view_y)


class HandTool(Tool):
    spec = ToolSpec(
        "hand", "Hand", "hand", "H", "look", "hand",
        "Drag to move the view; with Ctrl it zooms, with Shift it turns. Holding Space is the same.",
        family="view",
    )  # fmt: skip

    def __init__(self) -> None:
        self.navigator: Navigator = NoView()
        self._anchor: PointerEvent | None = None
        self._last: PointerEvent | None = None

    def press(self, event: PointerEvent) -> None:
        self._anchor = self._last = event

    def move(self, event: PointerEvent) -> None:
        if self._anchor is None or self._last is None:
            return
        last, self._last = self._last, event
        if self._anchor.modifiers & Modifier.CTRL:
            drag_zoom(self.navigator, self._anchor, last, event)
        elif self._anchor.modifiers & Modifier.SHIFT:
            self.navigator.rotate_about_middle(last.view_x, last.view_y, event.view_x, event.view_y)
        else:
            self.navigator.pan(event.view_x - last.view_x, event.view_y - last.view_y)

    def release(self, event: PointerEvent) -> None:
        self.cancel()

    def finish(self) -> None:
        self.cancel()

    def cancel(self) -> None:
        self._anchor = self._last = None
