"""Zoom: click to magnify, with Alt or the right button to step back, drag to zoom freely."""

from __future__ import annotations

from math import hypot

from app.tools.hand import drag_zoom
from app.tools.pointer import Modifier, PointerEvent
from app.tools.tool import Navigator, NoView, Tool, ToolSpec

#: A press that moved less than this in logical pixels is a click.
CLICK_PX = 4.0


class ZoomTool(Tool):
    spec = ToolSpec(
        "zoom", "Zoom", "zoom", "Z", "look", "zoom", "Click to magnify, Alt-click to step back, drag to zoom freely."
    )

    def __init__(self) -> None:
        self.navigator: Navigator = NoView()
        self._anchor: PointerEvent | None = None
        self._last: PointerEvent | None = None
        self._dragging = False

    def press(self, event: PointerEvent) -> None:
        self._anchor = self._last = event
        self._dragging = False

    def move(self, event: PointerEvent) -> None:
        anchor, last = self._anchor, self._last
        if anchor is None or last is None:
            return
        if not self._dragging and hypot(event.view_x - anchor.view_x, event.view_y - anchor.view_y) < CLICK_PX:
            return
        self._dragging = True
        drag_zoom(self.navigator, anchor, last, event)
        self._last = event

    def release(self, event: PointerEvent) -> None:
        if self._anchor is not None and not self._dragging:
            back = event.button == "right" or bool(event.modifiers & Modifier.ALT)
            self.navigator.zoom_about(0.5 if back else 2.0, event.view_x, event.view_y)
        self.cancel()

    def finish(self) -> None:
        self.cancel()

    def cancel(self) -> None:
        self._anchor = self._last = None
