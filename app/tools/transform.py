"""Transform: move, scale, turn, skew, distort, put into perspective or warp what is chosen, with handles on the canvas.

It stays open between gestures: Enter, another tool or any other command applies it as one undoable step, Escape takes
all of it back. Works on all chosen layers and groups in one box, on what is selected of them, on the mask or on the
selection alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from app.session import Session
from app.signals import Signal
from app.tools import options, transform_drags
from app.tools.carrying import Carry, Seen
from app.tools.free_transform import FreeTransform
from app.tools.pointer import PointerEvent
from app.tools.shapes import Shape
from app.tools.tool import Cursor, NoView, Tool, ToolSpec
from app.tools.transform_drags import Drag, Held, Mode
from canvas.edits import EditError
from canvas.lifting import Lifted, lift, lift_mask, lift_selection
from canvas.transform import Interpolation
from canvas.warp import side_of

Target: TypeAlias = Literal["layers", "selection"]


@dataclass(frozen=True, slots=True)
class TransformOptions:
    """`grid`: handles along a side of a warp. `target`: "selection" transforms the edge of the selection alone."""

    mode: Mode = "free"
    interpolation: Interpolation = Interpolation.BICUBIC
    grid: int = 4
    target: Target = "layers"


class TransformTool(Tool):
    """`changed`: the box, its numbers or what is under the pointer are different now. `seen`: the view's."""

    spec = ToolSpec(
        "transform", "Transform", "transform", "Ctrl+T", "select", "arrow",
        "Drag inside to move, a corner to scale, outside to turn; Ctrl skews and distorts. Enter applies, Esc cancels.",
        "transform",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self.changed: Signal[()] = Signal()
        self.options = options.Held(TransformOptions())
        self.seen: Seen = NoView().seen
        self._session = session
        self._carry: Carry | None = None
        self._lifted: Lifted | None = None
        self._lifted_from: tuple[object, ...] = ()
        self._shape: FreeTransform | None = None
        self._problem = ""
        self._drag: tuple[Drag, FreeTransform, PointerEvent] | None = None
        self._hover: Held | None = None
        self._interpolation = self.options.value.interpolation
        self.options.changed.connect(self._on_options)
        session.chosen_changed.connect(self._on_target_changed)
        session.plane_changed.connect(lambda _plane: self._on_target_changed())
        session.document_replaced.connect(self._on_document_replaced)

    # What there is to transform

    @property
    def shape(self) -> FreeTransform | None:
        """The transform as it stands; None when there is nothing to transform."""
        self._look()
        return self._shape

    @property
    def problem(self) -> str:
        """Why there is nothing to transform; "" when there is."""
        self._look()
        return self._problem

    def _look(self) -> None:
        """Take hold of what is chosen now, unless something is being transformed."""
        if self._carry is not None:
            return
        state, chosen, plane = self._session.document.state, self._session.chosen, self._session.plane
        # The values themselves are kept, so that comparing them by identity stays valid.
        now = (state.layers, state.selection, chosen, plane, self.options.value.target)
        before = self._lifted_from
        if before and now[0] is before[0] and now[1] is before[1] and now[2:] == before[2:]:
            return
        self._lifted_from = now
        self._lifted, self._shape, self._problem = None, None, ""
        try:
            self._lifted = self._take_hold()
        except EditError as reason:
            self._problem = str(reason)
        else:
            box = self._lifted.box
            self._shape = FreeTransform.of((float(box.x0), float(box.y0), float(box.x1), float(box.y1)))
        self.changed.emit()

    def _take_hold(self) -> Lifted:
        session = self._session
        state = session.document.state
        if self.options.value.target == "selection" or session.plane == "selection":
            return lift_selection(state)
        if session.plane == "mask" and session.active is not None:
            return lift_mask(state, session.active)
        return lift(state, session.chosen)

    # Changing it

    def set_shape(self, shape: FreeTransform) -> None:
        """Take a transform that was typed or chosen by a button; it is put down at once."""
        if self._carry_to(shape):
            self._rest()

    def _carry_to(self, shape: FreeTransform) -> bool:
        """Show another transform; False, with a sentence for the artist, when that is not possible."""
        self._look()
        if self._lifted is None:
            self._session.message.emit(self._problem)
            return False
        if shape == self._shape or (self._carry is None and self._session.document.in_gesture):
            return False
        try:
            mapping = shape.mapping()
            carry = self._carry or Carry(self._session, self._lifted, self._label(), self.seen)
            self._carry = carry
            carry.carry_to(mapping)
        except EditError as reason:
            self._session.message.emit(str(reason))
            return False
        self._shape = shape
        self.changed.emit()
        return True

    def _label(self) -> str:
        if self._lifted is not None and not self._lifted.pieces:
            return "Transform selection"
        return "Transform mask" if self._session.plane == "mask" else "Transform"

    def _rest(self) -> None:
        if self._carry is not None:
            self._interpolation = Interpolation(self.options.value.interpolation)
            self._carry.rest(self._interpolation)
            self.changed.emit()

    # The pointer

    def press(self, event: PointerEvent) -> None:
        if event.button != "left":
            return
        shape, chosen = self.shape, self.options.value
        if shape is None:
            self._session.message.emit(self._problem)
            return
        self._hover = transform_drags.held_at(shape, chosen.mode, chosen.grid, event)
        drag = transform_drags.drag_of(self._hover, shape, chosen.mode, chosen.grid, event)
        self._drag = None if drag is None else (drag, shape, event)

    def move(self, event: PointerEvent) -> None:
        if self._drag is not None:
            drag, before, _ = self._drag
            try:
                shape = drag(before, event)
            except ValueError:
                return  # no picture can lie so: it stays as near as it came
            self._carry_to(shape)

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        if self._drag is not None:
            self._drag = None
            self._rest()

    def cancel(self) -> None:
        """Takes back the drag under way alone; what was transformed before it stays open."""
        if self._drag is not None:
            _, before, _ = self._drag
            self._drag = None
            self._carry_to(before)
            self._rest()

    def flush(self) -> None:
        if self._carry is not None and self._carry.is_open:
            self._carry.flush()

    def hover(self, event: PointerEvent) -> None:
        shape, chosen = self.shape, self.options.value
        self._hover = None if shape is None else transform_drags.held_at(shape, chosen.mode, chosen.grid, event)

    def leave(self) -> None:
        self._hover = None

    @property
    def cursor(self) -> Cursor:
        part = None if self._hover is None else self._hover.part
        if part == "inside":
            return "move"
        if part == "outside":
            return "arrow" if self.options.value.mode == "warp" else "rotate"
        return "arrow" if part is None else "grip"

    def nudge(self, dx: int, dy: int) -> bool:
        shape = self.shape
        if shape is None:
            return False
        self.set_shape(shape.moved(dx, dy))
        return True

    # Between gestures

    @property
    def pending(self) -> bool:
        return self._carry is not None

    @property
    def busy(self) -> bool:
        return self._carry is not None and self._carry.busy

    def confirm(self) -> None:
        carry = self._carry
        self._let_go()
        if carry is not None and carry.is_open:
            try:
                carry.commit()
            except EditError as reason:
                carry.rollback()
                self._session.message.emit(str(reason))
            self._session.gesture_ended()

    def dismiss(self) -> None:
        carry = self._carry
        self._let_go()
        if carry is not None:
            carry.rollback()

    def _let_go(self) -> None:
        self._drag, self._carry, self._lifted_from = None, None, ()
        if self.options.value.target == "selection":
            self.options.set(target="layers")
        self.changed.emit()

    def _on_options(self, chosen: TransformOptions) -> None:
        shape = self._shape
        if shape is not None and shape.grid and side_of(shape.grid) != chosen.grid:
            self.set_shape(shape.with_grid(chosen.grid))
        elif chosen.interpolation != self._interpolation:
            self._rest()
        self.changed.emit()

    def _on_target_changed(self) -> None:
        """Other layers were chosen: what was transformed so far is done."""
        self.confirm()

    def _on_document_replaced(self) -> None:
        if self._carry is not None and not self._carry.is_open:
            self._let_go()

    def overlay(self) -> tuple[Shape, ...]:
        shape, chosen = self.shape, self.options.value
        if shape is None:
            return ()
        picture = () if self._carry is None else self._carry.overlay()
        return (*picture, *transform_drags.frame(shape, chosen.mode, chosen.grid, self._hover))
