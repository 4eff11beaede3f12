"""Gradient: drag from where it begins to where it ends; the canvas shows it while it is dragged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from app.session import Session
from app.tools.options import Held
from app.tools.pointer import Modifier, PointerEvent
from app.tools.selection_tool import far_from
from app.tools.shapes import Grip, Outline, Shape
from app.tools.tool import Tool, ToolSpec
from app.tools.turning import snapped
from canvas.document import Document
from canvas.edits import EditError
from canvas.gradient import Gradient, Rgba, source
from canvas.gradient import Shape as GradientShape
from canvas.layers import LayerId
from canvas.pouring import paint_for, poured, require_pourable
from canvas.state import DocumentState

Ends: TypeAlias = Literal["background", "transparent"]
#: With Shift the line turns in steps of this.
STEP_DEG = 15.0
#: On the selection a gradient goes from selected to not selected.
BLACK = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class GradientOptions:
    """`ends`: what the foreground colour changes to. `reversed`: the other way round. `opacity` 0..1."""

    shape: GradientShape = "linear"
    ends: Ends = "background"
    reversed: bool = False
    opacity: float = 1.0


@dataclass(slots=True)
class _Drag:
    document: Document
    state: DocumentState
    layer_id: LayerId | None
    start: PointerEvent
    end: tuple[float, float]
    shown: tuple[float, float] | None = None


class GradientTool(Tool):
    spec = ToolSpec(
        "gradient", "Gradient", "gradient", "G", "paint", "cross",
        "Drag from where the foreground colour begins to where it ends; Shift keeps to round angles.", "fill",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self._session = session
        self.options = Held(GradientOptions())
        self._drag: _Drag | None = None

    def press(self, event: PointerEvent) -> None:
        if event.button != "left":
            return
        session = self._session
        try:
            require_pourable(session.document.state, session.active, session.plane)
        except EditError as reason:
            session.message.emit(str(reason))
            return
        session.document.begin("Gradient")
        self._drag = _Drag(session.document, session.document.state, session.active, event, (event.x, event.y))

    def move(self, event: PointerEvent) -> None:
        drag = self._drag
        if drag is None or (drag.shown is None and not far_from(drag.start, event)):
            return
        end = event.x, event.y
        drag.end = snapped((drag.start.x, drag.start.y), end, STEP_DEG) if event.modifiers & Modifier.SHIFT else end

    def flush(self) -> None:
        drag = self._drag
        if drag is None or drag.end in (drag.shown, (drag.start.x, drag.start.y)):
            return
        drag.shown = drag.end
        options, session = self.options.value, self._session
        laid = source(self._gradient(drag), drag.state.rect)
        drag.document.update(poured(drag.state, drag.layer_id, session.plane, laid, options.opacity))

    def _gradient(self, drag: _Drag) -> Gradient:
        options, settings = self.options.value, self._session.settings
        colour = paint_for(self._session.plane, settings.colour)
        behind = BLACK if self._session.plane == "selection" else settings.background
        first: Rgba = (*colour, 1.0)
        second: Rgba = (*behind, 1.0) if options.ends == "background" else (*colour, 0.0)
        if options.reversed:
            first, second = second, first
        return Gradient(drag.start.x, drag.start.y, *drag.end, first, second, options.shape)

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        self.flush()
        drag, self._drag = self._drag, None
        if drag is None:
            return
        drag.document.commit()
        if drag.shown is None:
            self._session.message.emit("Drag to draw a gradient: it goes from where you press to where you lift")
        else:
            self._session.colour_used.emit(self._session.settings.colour)
        self._session.gesture_ended()

    def cancel(self) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and drag.document.in_gesture:
            drag.document.rollback()
            self._session.gesture_ended()

    def overlay(self) -> tuple[Shape, ...]:
        drag = self._drag
        if drag is None or drag.end == (drag.start.x, drag.start.y):
            return ()
        start = drag.start.x, drag.start.y
        return Outline((start, drag.end), closed=False), Grip(*start), Grip(*drag.end, hot=True)
