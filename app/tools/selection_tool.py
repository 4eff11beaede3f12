"""What all selection tools share: how the new selection meets the old one, and dragging the old one's edge. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Literal, TypeAlias

from app import selection_intents
from app.session import Session
from app.tools.options import Held
from app.tools.pointer import Modifier, PointerEvent
from app.tools.selection_edge import SelectionEdge
from app.tools.tool import Tool
from canvas import selection
from canvas.selection import Mode
from canvas.tiles import Surface

#: A press that moved less than this in logical pixels is a click.
CLICK_PX = 3.0
Style: TypeAlias = Literal["free", "ratio", "size"]
Reference: TypeAlias = Literal["layer", "picture"]
"""Where colours are looked at: on the active layer, or in the picture of all visible ones."""


@dataclass(frozen=True, slots=True)
class SelectionOptions:
    """What the selection tools have in common, and what each of them needs; one hand, one set.

    `style`, `width`, `height`: of rectangles and ellipses, free, of a ratio, or of a size in pixels. `tolerance` and
    `fuzziness` 0..1, `gap_px`, `grow_px`, `contiguous`, `reference`: of the magic wand and of selecting by colour.
    """

    mode: Mode = "replace"
    antialias: bool = True
    feather_px: float = 0.0
    style: Style = "free"
    width: float = 1.0
    height: float = 1.0
    tolerance: float = 0.1
    fuzziness: float = 0.15
    contiguous: bool = True
    gap_px: int = 0
    grow_px: int = 0
    reference: Reference = "layer"


def mode_of(modifiers: Modifier, mode: Mode) -> Mode:
    """Shift adds, Alt subtracts, both intersect; else `mode`."""
    shift, alt = bool(modifiers & Modifier.SHIFT), bool(modifiers & Modifier.ALT)
    if shift and alt:
        return "intersect"
    return "add" if shift else "subtract" if alt else mode


class SelectionTool(Tool):
    """A press inside the selection, in replace mode, drags its edge; any other press makes a new one.

    Subclasses answer `begin`, `drag`, `end` and `abandon` for the new one, and `click` for a press inside the
    selection that did not move. Modifiers choose the mode at the press and only while there is a selection; those that
    did are none to the shape until they are lifted once (`Modifier`s of `shaping`).
    """

    def __init__(self, session: Session, edge: SelectionEdge, options: Held[SelectionOptions]) -> None:
        self._session = session
        self._edge = edge
        self.options = options
        self._mode: Mode = "replace"
        self._spent = Modifier.NONE
        self._moving: PointerEvent | None = None
        self._moved = (0, 0)

    # For heirs

    def begin(self, event: PointerEvent) -> None:
        """A new selection begins."""

    def drag(self, event: PointerEvent) -> None:
        """The pointer moved, or was lifted, while a new selection is being made."""

    def end(self) -> None:
        """Make the new selection as it stands."""

    def abandon(self) -> None:
        """Forget the new selection."""

    def click(self, event: PointerEvent) -> None:
        """A click inside the selection: select nothing."""
        selection_intents.select_none(self._session)

    def shaping(self, event: PointerEvent) -> Modifier:
        """The modifiers that mean the shape and not the mode."""
        self._spent &= event.modifiers
        return event.modifiers & ~self._spent

    def apply(self, shape: Surface) -> None:
        """Soften a shape as the options say, and select it."""
        options, document = self.options.value, self._session.document.state.rect
        if not options.antialias:
            shape = selection.hardened(shape)
        shape = selection.feathered(shape, document, options.feather_px)
        selection_intents.select(self._session, shape, self._mode, self.spec.label)

    # The pointer

    def press(self, event: PointerEvent) -> None:
        if event.button != "left":
            return
        chosen = self._session.document.state.selection
        keys = event.modifiers & (Modifier.SHIFT | Modifier.ALT)
        self._spent = Modifier.NONE if chosen is None else keys
        self._mode = "replace" if chosen is None else mode_of(keys, self.options.value.mode)
        if chosen is not None and self._mode == "replace" and selection.coverage_at(chosen, event.x, event.y) >= 0.5:
            self._moving, self._moved = event, (0, 0)
        else:
            self.begin(event)

    def move(self, event: PointerEvent) -> None:
        start = self._moving
        if start is None:
            self.drag(event)
        elif self._moved != (0, 0) or far_from(start, event):
            self._moved = round(event.x - start.x), round(event.y - start.y)
            self._edge.shift(*self._moved)

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        start, self._moving = self._moving, None
        self._edge.shift(0, 0)
        if start is None:
            self.end()
        elif self._moved == (0, 0):
            self.click(start)
        else:
            selection_intents.move_by(self._session, *self._moved)

    def cancel(self) -> None:
        self._moving = None
        self._edge.shift(0, 0)
        self.abandon()

    def nudge(self, dx: int, dy: int) -> bool:
        """Arrow keys move the edge of the selection."""
        if self._session.document.state.selection is None:
            return False
        selection_intents.move_by(self._session, dx, dy, merge="nudge selection")
        return True


def far_from(a: PointerEvent, b: PointerEvent) -> bool:
    return hypot(a.view_x - b.view_x, a.view_y - b.view_y) >= CLICK_PX
