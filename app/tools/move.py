"""Move: shifts what is chosen by whole pixels: layers and groups with their masks, or what is selected of them.

Selected pixels float: moved again before anything else happened, they are still those that were lifted first, and what
they passed over is unharmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from app.session import Session
from app.tools.carrying import Carry, Seen
from app.tools.options import Held
from app.tools.pointer import Modifier, PointerEvent
from app.tools.shapes import Shape
from app.tools.targets import active_id
from app.tools.tool import NoView, Tool, ToolSpec
from canvas import edits, layer_edits
from canvas.edits import EditError
from canvas.hit import layer_at
from canvas.layers import LayerId
from canvas.lifting import Lifted, lift, lift_mask, lift_selection, placed
from canvas.state import DocumentState
from canvas.transform import Interpolation, Projective

Way: TypeAlias = tuple[int, int]
"""dx, dy in document pixels."""


@dataclass(frozen=True, slots=True)
class MoveOptions:
    """`auto_select`: a press takes the layer that is seen under the pointer; Ctrl does the opposite for one press."""

    auto_select: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Drag:
    """`before`: how far it had been moved already since it was lifted. `chosen`: what was chosen, when that changed."""

    carry: Carry
    start: PointerEvent
    before: Way = (0, 0)
    chosen: tuple[LayerId, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Floating:
    """What was put down last, in case that it is moved on: `state` is the document since then."""

    state: DocumentState
    chosen: tuple[LayerId, ...]
    plane: str
    lifted: Lifted
    way: Way


class MoveTool(Tool):
    spec = ToolSpec(
        "move", "Move", "move", "V", "select", "move",
        "Drag to move what is chosen, or what is selected of it. Shift keeps to an axis, Alt moves a copy, Ctrl takes "
        "the layer under the pointer; arrow keys move by a pixel, with Shift by ten.",
        "transform",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self.options = Held(MoveOptions())
        self.seen: Seen = NoView().seen
        self._session = session
        self._drag: _Drag | None = None
        self._way: Way = (0, 0)
        self._floating: _Floating | None = None

    def press(self, event: PointerEvent) -> None:
        if event.button != "left":
            return
        try:
            self._drag = self._begin(event)
            self._way = self._drag.before
        except EditError as reason:
            self._session.message.emit(str(reason))

    def _begin(self, event: PointerEvent) -> _Drag:
        session = self._session
        state = session.document.state
        active_id(session)
        if self.options.value.auto_select != bool(event.modifiers & Modifier.CTRL) and session.plane == "pixels":
            self._take_under(event)
        if event.modifiers & Modifier.ALT and session.plane == "pixels":
            if state.selection is None:
                return self._with_copies(event)
            return _Drag(Carry(session, lift(state, session.chosen, "a copy"), "Move a copy", self.seen), event)
        lifted, before = self._hold()
        return _Drag(Carry(session, lifted, self._label(), self.seen), event, before)

    def _take_under(self, event: PointerEvent) -> None:
        """Choose the layer that is seen under the pointer; where there is none the choice stays."""
        session = self._session
        found = layer_at(session.document.state, event.x, event.y)
        if found is not None and not _among(session.document.state, found, session.chosen):
            session.activate(found)

    def _with_copies(self, event: PointerEvent) -> _Drag:
        """Duplicate what is chosen and carry the copies: both are one step."""
        session = self._session
        state = session.document.state
        copies = []
        for node in layer_edits.tops(state, session.chosen):
            copy = edits.copied(node)
            state = edits.add_layer(state, copy, node.id)
            copies.append(copy.id)
        carry = Carry(session, lift(state, copies), "Move a copy", self.seen)
        session.document.update(state)
        chosen = session.chosen
        session.choose(tuple(copies), copies[-1])
        return _Drag(carry, event, chosen=chosen)

    def _hold(self) -> tuple[Lifted, Way]:
        """What is to be moved, and how far it was moved already since it was lifted."""
        session = self._session
        state, floating = session.document.state, self._floating
        here = (session.chosen, session.plane)
        if floating is not None and floating.state is state and (floating.chosen, floating.plane) == here:
            return floating.lifted, floating.way
        if session.plane == "selection":
            return lift_selection(state), (0, 0)
        if session.plane == "mask":
            return lift_mask(state, active_id(session)), (0, 0)
        return lift(state, session.chosen), (0, 0)

    def _label(self) -> str:
        return {"pixels": "Move", "mask": "Move mask", "selection": "Move selection"}[self._session.plane]

    def move(self, event: PointerEvent) -> None:
        drag = self._drag
        if drag is not None:
            dx, dy = round(event.x - drag.start.x), round(event.y - drag.start.y)
            if event.modifiers & Modifier.SHIFT:
                dx, dy = (dx, 0) if abs(dx) >= abs(dy) else (0, dy)
            self._way = drag.before[0] + dx, drag.before[1] + dy
            drag.carry.carry_to(Projective.shift(*self._way))

    def flush(self) -> None:
        if self._drag is not None:
            self._drag.carry.flush()

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        drag = self._drag
        if drag is None or not drag.carry.is_open or self._way == drag.before:
            self.cancel()
            return
        self._drag = None
        drag.carry.commit()
        self._session.gesture_ended()
        self._remember(drag.carry.lifted, self._way)

    def cancel(self) -> None:
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.carry.rollback()
            if drag.chosen:
                self._session.choose(drag.chosen, drag.chosen[-1])

    def nudge(self, dx: int, dy: int) -> bool:
        """One step of history for a run of key presses."""
        session = self._session
        if session.document.in_gesture:
            return True
        try:
            lifted, before = self._hold()
            way = before[0] + dx, before[1] + dy
            moved = placed(lifted, Projective.shift(*way), Interpolation.NEAREST)
        except EditError as reason:
            session.message.emit(str(reason))
            return True
        session.document.edit(self._label(), lambda _state: moved, merge=f"nudge {session.plane} {session.chosen}")
        session.gesture_ended()
        self._remember(lifted, way)
        return True

    def _remember(self, lifted: Lifted, way: Way) -> None:
        session = self._session
        self._floating = _Floating(session.document.state, session.chosen, session.plane, lifted, way)

    def overlay(self) -> tuple[Shape, ...]:
        return () if self._drag is None else self._drag.carry.overlay()


def _among(state: DocumentState, found: LayerId, chosen: tuple[LayerId, ...]) -> bool:
    """The layer is chosen, or a group around it is."""
    return found in chosen or any(group.id in chosen for group in state.parents(found))
