"""Rotate view: drag to turn the canvas as a sheet of paper is turned; pixels stay as they are."""

from __future__ import annotations

from app.tools.pointer import PointerEvent
from app.tools.tool import Navigator, NoView, Tool, ToolSpec


class RotateViewTool(Tool):
    spec = ToolSpec(
        "rotate-view", "Rotate view", "rotate", "", "look", "hand",
        "Drag to turn the view; it stops for a moment when it stands upright.", family="view",
    )  # fmt: skip

    def __init__(self) -> None:
        self.navigator: Navigator = NoView()
        self._last: PointerEvent | None = None

    def press(self, event: PointerEvent) -> None:
        self._last = event

    def move(self, event: PointerEvent) -> None:
        if self._last is not None:
            last, self._last = self._last, event
            self.navigator.rotate_about_middle(last.view_x, last.view_y, event.view_x, event.view_y)

    def release(self, event: PointerEvent) -> None:
        self.cancel()

    def finish(self) -> None:
        self.cancel()

    def cancel(self) -> None:
        self._last = None
