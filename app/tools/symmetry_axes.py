"""Symmetry axes: a drag on the canvas puts the point where they meet. Held for one gesture, not on the tool bar."""

from __future__ import annotations

from collections.abc import Callable

from app.tools.painting import Painting
from app.tools.pointer import PointerEvent
from app.tools.shapes import Grip, Shape
from app.tools.tool import Tool, ToolSpec
from canvas.symmetry import Symmetry


class SymmetryAxesTool(Tool):
    """`done`: called when the axes have been put down, or the gesture was called off."""

    spec = ToolSpec("symmetry-axes", "Symmetry axes", "symmetry", "", "paint", "move", "Drag to move the axes.")

    def __init__(self, painting: Painting, done: Callable[[], None]) -> None:
        self._painting, self._done = painting, done
        self._before: Symmetry | None = None
        self._at: tuple[float, float] | None = None

    def press(self, event: PointerEvent) -> None:
        self._before = self._painting.symmetry.value
        self.move(event)

    def move(self, event: PointerEvent) -> None:
        self._at = event.x, event.y
        if self._before is not None:
            # In the middle of a pixel or between two: nothing else mirrors whole pixels onto whole ones.
            self._painting.symmetry.set(x=round(2 * event.x) / 2, y=round(2 * event.y) / 2)

    def hover(self, event: PointerEvent) -> None:
        self._at = event.x, event.y

    def leave(self) -> None:
        self._at = None

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        self._before = None
        self._done()

    def cancel(self) -> None:
        """The axes are where they were."""
        if self._before is not None:
            self._painting.symmetry.put(self._before)
        self.finish()

    def overlay(self) -> tuple[Shape, ...]:
        axes = self._painting.axes()
        return axes if self._at is None else (*axes, Grip(*self._at, hot=self._before is not None))
