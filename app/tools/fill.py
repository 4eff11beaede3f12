"""Fill: pours colour into the area of like colour around the pointer, and into those that it is dragged over."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.session import Session
from app.tools.options import Held
from app.tools.pointer import Modifier, PointerEvent
from app.tools.references import sampler
from app.tools.selection_tool import Reference
from app.tools.tool import Tool, ToolSpec
from canvas import selection
from canvas.document import Document
from canvas.edits import EditError
from canvas.flood import Colour, Likeness, Likenesses
from canvas.layers import LayerId
from canvas.pouring import How, filled, one_colour, paint_for, poured, require_pourable
from canvas.state import DocumentState
from canvas.tiles import Surface


@dataclass(frozen=True, slots=True)
class FillOptions:
    """As in `canvas.flood.Likeness`; `how`: colour or erase; `opacity` 0..1."""

    tolerance: float = 0.1
    contiguous: bool = True
    gap_px: int = 0
    grow_px: int = 1
    antialias: bool = True
    reference: Reference = "layer"
    opacity: float = 1.0
    how: How = "paint"

    @property
    def likeness(self) -> Likeness:
        return Likeness(self.tolerance, self.contiguous, self.gap_px, self.grow_px, antialias=self.antialias)


@dataclass(slots=True)
class _Pour:
    """A drag over areas to fill. `seen`: the pixels as they were before it; `area`: all that it fills."""

    document: Document
    state: DocumentState
    layer_id: LayerId | None
    seen: Likenesses
    colour: Colour
    how: How
    area: Surface
    places: list[tuple[float, float]] = field(default_factory=list)
    last: tuple[float, float] = (0.0, 0.0)


class FillTool(Tool):
    spec = ToolSpec(
        "fill", "Fill", "fill", "F", "paint", "cross",
        "Click or drag over areas to fill them; Shift-click fills the selection, or the whole layer.", "fill",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self._session = session
        self.options = Held(FillOptions())
        self._pour: _Pour | None = None

    def press(self, event: PointerEvent) -> None:
        if event.button != "left":
            return
        try:
            if event.modifiers & Modifier.SHIFT:
                self._fill_everything()
            else:
                self._begin(event)
        except EditError as reason:
            self.cancel()
            self._session.message.emit(str(reason))

    def _fill_everything(self) -> None:
        session, colour = self._session, self._session.settings.colour
        node_id, plane = session.active, session.plane
        session.document.edit("Fill", lambda state: filled(state, node_id, plane, colour))
        session.colour_used.emit(colour)

    def _begin(self, event: PointerEvent) -> None:
        session, options = self._session, self.options.value
        state = session.document.state
        how: How = "erase" if event.pointer == "eraser" else options.how
        limit = None if session.plane == "selection" else state.selection
        seen = Likenesses(sampler(session, options.reference), state.rect, limit)
        colour = seen.colour_at(event.x, event.y)
        require_pourable(state, session.active, session.plane, how)
        if not seen.near(event.x, event.y, colour, options.tolerance):
            where = "canvas" if limit is None else "selection"
            raise EditError(f"That is outside the {where}; click inside it to fill")
        session.document.begin("Fill")
        self._pour = _Pour(session.document, state, session.active, seen, colour, how, Surface.blank(1))
        self._pour.places.append((event.x, event.y))
        self._pour.last = event.x, event.y
        self.flush()

    def move(self, event: PointerEvent) -> None:
        pour = self._pour
        if pour is None:
            return
        # Between two events no area may be missed that is wider than a few pixels on the screen.
        (x, y), far = pour.last, max(abs(event.x - pour.last[0]), abs(event.y - pour.last[1])) * event.scale
        steps = max(1, round(far / 3))
        for i in range(1, steps + 1):
            pour.places.append((x + (event.x - x) * i / steps, y + (event.y - y) * i / steps))
        pour.last = event.x, event.y

    def flush(self) -> None:
        pour, options = self._pour, self.options.value
        if pour is None:
            return
        before = pour.area
        for x, y in pour.places:
            if selection.coverage_at(pour.area, x, y) < 0.5 and pour.seen.near(x, y, pour.colour, options.tolerance):
                pour.area = selection.combined(pour.area, pour.seen.area(x, y, options.likeness), "add")
        pour.places.clear()
        if pour.area is not before:
            plane = self._session.plane
            source = one_colour(pour.area, paint_for(plane, self._session.settings.colour))
            pour.document.update(poured(pour.state, pour.layer_id, plane, source, options.opacity, pour.how))

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        self.flush()
        pour, self._pour = self._pour, None
        if pour is not None:
            pour.document.commit()
            if pour.how == "paint":
                self._session.colour_used.emit(self._session.settings.colour)
            self._session.gesture_ended()

    def cancel(self) -> None:
        pour, self._pour = self._pour, None
        if pour is not None and pour.document.in_gesture:
            pour.document.rollback()
            self._session.gesture_ended()
