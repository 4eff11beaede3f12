"""Colour picker: takes the colour that is seen, result included; with Shift that of the paint alone."""

from __future__ import annotations

from dataclasses import dataclass

from app.session import Colour, Session, Settings
from app.signals import Signal
from app.tools.options import Held
from app.tools.pointer import Modifier, PointerEvent
from app.tools.sampling import Source, sampled
from app.tools.shapes import PickedColour, Shape
from app.tools.tool import Tool, ToolSpec

#: Sides in pixels of the square whose mean is taken.
SIDES_PX = (1, 3, 5, 11, 31)


@dataclass(frozen=True, slots=True)
class PickerOptions:
    """`side_px`: of the square whose mean is taken. `to_palette`: what is picked also joins the shown palette."""

    side_px: int = 1
    source: Source = "seen"
    to_palette: bool = False


class PickerTool(Tool):
    """The left button picks the foreground colour, the right one the background. While it is down the colour follows
    the pointer, once per display frame. `picked` once the button is lifted."""

    spec = ToolSpec(
        "picker", "Colour picker", "picker", "I", "look", "cross",
        "Click to take the colour you see, right-click for the background; with Shift from the paint under the image.",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self.options = Held(PickerOptions())
        self.picked: Signal[Colour] = Signal()
        self._session = session
        self._before: Settings | None = None
        self._at: PointerEvent | None = None
        self._stale = False

    def press(self, event: PointerEvent) -> None:
        self._before = self._session.settings
        self.move(event)

    def move(self, event: PointerEvent) -> None:
        if self._before is not None:
            self._at, self._stale = event, True

    def flush(self) -> None:
        if not self._stale or self._at is None:
            return
        self._stale = False
        at, options = self._at, self.options.value
        source: Source = "picture" if at.modifiers & Modifier.SHIFT else options.source
        colour = sampled(self._session, at.x, at.y, source, options.side_px)
        if colour is not None:
            self._take(colour)

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.flush()
        before, picked = self._before, self._colour
        self.finish()
        if before is not None and picked != (before.background if self._is_right else before.colour):
            self.picked.emit(picked)

    def finish(self) -> None:
        self._before = None

    def cancel(self) -> None:
        """Esc: the colours are those from before."""
        before, self._before = self._before, None
        if before is not None:
            self._session.set_colour(before.colour)
            self._session.set_background(before.background)

    def overlay(self) -> tuple[Shape, ...]:
        before = self._before
        if before is None or self._at is None:
            return ()
        old = before.background if self._is_right else before.colour
        return (PickedColour(self._at.x, self._at.y, _rgb8(self._colour), _rgb8(old)),)

    @property
    def _is_right(self) -> bool:
        return self._at is not None and self._at.button == "right"

    @property
    def _colour(self) -> Colour:
        """What the gesture has picked so far."""
        settings = self._session.settings
        return settings.background if self._is_right else settings.colour

    def _take(self, colour: Colour) -> None:
        if self._is_right:
            self._session.set_background(colour)
        else:
            self._session.set_colour(colour)


def _rgb8(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (round(255 * c) for c in colour)
    return red, green, blue
