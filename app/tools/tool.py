"""What a tool is: its description, and the events it may answer. Tools run on the session's thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from app.tools.pointer import PointerEvent
from app.tools.shapes import Shape
from canvas.geometry import Rect
from canvas.state import MAX_SIDE_PX

Group: TypeAlias = Literal["paint", "select", "instruct", "look"]
Cursor: TypeAlias = Literal["brush", "cross", "arrow", "hand", "zoom", "move", "grip", "rotate"]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """How a tool appears: `icon` is the name of a line icon, `shortcut` a default key, `hint` one sentence on hover."""

    id: str
    label: str
    icon: str
    shortcut: str
    group: Group
    cursor: Cursor
    hint: str
    family: str = ""
    """Tools of one family share a button of the tool bar; "" stands alone."""


class Navigator(Protocol):
    """What the looking tools ask of a view; coordinates and distances in logical pixels of that view."""

    def pan(self, dx: float, dy: float) -> None: ...
    def zoom_about(self, factor: float, x: float, y: float) -> None: ...
    def rotate_about_middle(self, from_x: float, from_y: float, to_x: float, to_y: float) -> None: ...
    def seen(self) -> tuple[Rect, int]:
        """The document rectangle in sight, and the mip level that it is shown at."""


class NoView:
    """The navigator of a session that has no window."""

    def pan(self, dx: float, dy: float) -> None: ...
    def zoom_about(self, factor: float, x: float, y: float) -> None: ...
    def rotate_about_middle(self, from_x: float, from_y: float, to_x: float, to_y: float) -> None: ...
    def seen(self) -> tuple[Rect, int]:
        return Rect(0, 0, MAX_SIDE_PX, MAX_SIDE_PX), 3


class Tool:
    """The neutral tool: answers nothing. A gesture is `press`, any number of `move`, then `release` or `cancel`.

    `flush` does the work that may wait for the next display frame; `release` leaves none undone.
    """

    spec: ToolSpec

    @property
    def cursor(self) -> Cursor:
        """How the pointer looks now."""
        return self.spec.cursor

    @property
    def busy(self) -> bool:
        """Something is being made in the background; `flush` takes it when it is there."""
        return False

    def press(self, event: PointerEvent) -> None:
        """A button went down or the pen touched."""

    def move(self, event: PointerEvent) -> None:
        """The pointer moved while it was down."""

    def release(self, event: PointerEvent) -> None:
        """The pointer was lifted; the gesture becomes one undoable step."""

    def hover(self, event: PointerEvent) -> None:
        """The pointer moved without touching."""

    def leave(self) -> None:
        """The pointer has left the view."""

    def cancel(self) -> None:
        """Take the open gesture back as if it had never been."""

    def finish(self) -> None:
        """Close the open gesture where it stands, as if the pointer had been lifted."""

    @property
    def pending(self) -> bool:
        """Something stays open between gestures (a transform, a polygon): Enter confirms it, Escape dismisses it.
        Taking another tool, or any other command, confirms it too."""
        return False

    def confirm(self) -> None:
        """Enter: make what is pending one undoable step."""

    def dismiss(self) -> None:
        """Escape: take what is pending back as if it had never been."""

    def nudge(self, dx: int, dy: int) -> bool:
        """An arrow key, in document pixels; False when it means nothing to this tool."""
        return False

    @property
    def restless(self) -> bool:
        """The gesture goes on while the pointer rests: `rest` is called once per display frame."""
        return False

    def rest(self, seconds: float) -> None:
        """The pointer has stayed where it is for so long since its last event or the last call."""

    def flush(self) -> None:
        """Publish what the gesture has gathered since the last display frame."""

    def delete(self) -> None:
        """The Delete key."""

    def overlay(self) -> tuple[Shape, ...]:
        """What to draw over the canvas now."""
        return ()
