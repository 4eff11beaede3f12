"""Pose: figures of 18 joints. Click to add one, drag joints, limbs or the whole body; each drag is one step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from app.session import Session
from app.tools.pointer import Modifier, PointerEvent
from app.tools.posing import Grip, grip_at, joint_toggled, limb_moved, limb_turned, standing_in
from app.tools.shapes import Handle, Marquee, Shape
from app.tools.targets import of_role
from app.tools.tool import Tool, ToolSpec
from canvas import edits
from canvas.document import Document
from canvas.layers import Layer, LayerId, Node
from canvas.pose import COLOURS, Figure
from canvas.roles import Pose
from canvas.state import DocumentState

#: Distance in logical pixels within which a joint is taken hold of.
REACH_PX = 12.0

Figures: TypeAlias = tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Drag:
    """`figures` and `start`: the figures and the pointer as they were when the drag began."""

    document: Document
    layer_id: LayerId
    grip: Grip
    figures: Figures
    start: PointerEvent


class PoseTool(Tool):
    spec = ToolSpec(
        "pose", "Pose", "pose", "P", "instruct", "arrow",
        "Click to add a figure; drag joints, limbs or the body. Shift turns a limb, right-click hides a joint.",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self._session = session
        self._drag: _Drag | None = None
        self._pending: PointerEvent | None = None
        self._at = (0.0, 0.0)
        self._hover: Grip | None = None

    def press(self, event: PointerEvent) -> None:
        layer = of_role(self._session, Pose)
        if layer is None:
            role = Pose(figures=(self._new_figure(event),))
            self._session.add_node(Layer(name="Pose", role=role), "Add pose layer")
            return
        self._session.activate(layer.id)
        figures = _figures(layer)
        grip = grip_at(figures, event.x, event.y, REACH_PX / event.scale)
        try:
            _require_open(self._session.document.state, layer)
            if event.button == "right":
                self._take_away(layer.id, figures, grip)
            elif grip is None:
                self._add_figure(layer.id, (*figures, self._new_figure(event)), event)
            else:
                self._begin("Move figure" if grip.part == "body" else "Pose figure", layer.id, grip, figures, event)
        except edits.EditError as reason:
            self._session.message.emit(str(reason))

    def move(self, event: PointerEvent) -> None:
        if self._drag is not None and (event.x, event.y) != self._at:
            self._at = event.x, event.y
            self._pending = event

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def hover(self, event: PointerEvent) -> None:
        layer = of_role(self._session, Pose)
        self._hover = None if layer is None else grip_at(_figures(layer), event.x, event.y, REACH_PX / event.scale)

    def leave(self) -> None:
        self._hover = None

    def flush(self) -> None:
        drag, event = self._drag, self._pending
        if drag is None or event is None:
            return
        self._pending = None
        figures = list(drag.figures)
        figures[drag.grip.figure] = _dragged(figures[drag.grip.figure], drag.grip, drag.start, event)
        drag.document.update(edits.set_figures(drag.document.state, drag.layer_id, tuple(figures)))

    def finish(self) -> None:
        drag = self._drag
        if drag is None:
            return
        self.flush()
        self._drag = None
        drag.document.commit()
        self._session.gesture_ended()

    def cancel(self) -> None:
        drag, self._drag, self._pending = self._drag, None, None
        if drag is not None and drag.document.in_gesture:
            drag.document.rollback()
            self._session.gesture_ended()

    def delete(self) -> None:
        """Take away what lies under the pointer: hide the joint, or remove the figure."""
        layer = of_role(self._session, Pose)
        if layer is None or self._drag is not None:
            return
        try:
            self._take_away(layer.id, _figures(layer), self._hover)
        except edits.EditError as reason:
            self._session.message.emit(str(reason))

    def overlay(self) -> tuple[Shape, ...]:
        layer = of_role(self._session, Pose)
        if layer is None or not layer.visible:
            return ()
        figures = _figures(layer)
        held = self._drag.grip if self._drag is not None else self._hover
        shapes: list[Shape] = []
        if held is not None and held.figure < len(figures):
            shapes.append(Marquee(figures[held.figure].bounds()))
        for f, figure in enumerate(figures):
            for i, joint in enumerate(figure.joints):
                hot = held is not None and held.part != "body" and (held.figure, held.joint) == (f, i)
                shapes.append(Handle(joint.x, joint.y, COLOURS[i], hot, not joint.visible))
        return tuple(shapes)

    def _begin(self, label: str, layer_id: LayerId, grip: Grip, figures: Figures, event: PointerEvent) -> None:
        document = self._session.document
        document.begin(label)
        self._drag = _Drag(document, layer_id, grip, figures, event)
        self._at = event.x, event.y

    def _add_figure(self, layer_id: LayerId, figures: Figures, event: PointerEvent) -> None:
        self._begin("Add figure", layer_id, Grip(len(figures) - 1, "body"), figures, event)
        document = self._session.document
        document.update(edits.set_figures(document.state, layer_id, figures))

    def _new_figure(self, event: PointerEvent) -> Figure:
        return standing_in(self._session.document.state.rect, event.x, event.y)

    def _take_away(self, layer_id: LayerId, figures: Figures, grip: Grip | None) -> None:
        if grip is None or grip.figure >= len(figures):
            return
        if grip.part == "joint":
            changed = joint_toggled(figures[grip.figure], grip.joint)
            after = (*figures[: grip.figure], changed, *figures[grip.figure + 1 :])
            label = "Hide joint" if not changed.joints[grip.joint].visible else "Show joint"
        else:
            after = figures[: grip.figure] + figures[grip.figure + 1 :]
            label = "Remove figure"
        self._hover = None
        self._session.document.edit(label, lambda state: edits.set_figures(state, layer_id, after))


def _figures(layer: Layer) -> Figures:
    return layer.role.figures if isinstance(layer.role, Pose) else ()


def _require_open(state: DocumentState, layer: Layer) -> None:
    """Raises EditError when the figures cannot be seen or changed now."""
    holders: tuple[Node, ...] = (layer, *state.parents(layer.id))
    for holder in holders:
        if not holder.visible:
            raise edits.EditError(f"“{holder.name}” is hidden; show it to pose its figures")
        if holder.locked:
            raise edits.EditError(f"“{holder.name}” is locked; unlock it to pose its figures")


def _dragged(figure: Figure, grip: Grip, start: PointerEvent, now: PointerEvent) -> Figure:
    dx, dy = now.x - start.x, now.y - start.y
    if grip.part == "body":
        return figure.moved(dx, dy)
    held = figure.joints[grip.joint]
    if now.modifiers & Modifier.SHIFT:
        return limb_turned(figure, grip.joint, held.x + dx, held.y + dy)
    if grip.part == "limb":
        return limb_moved(figure, grip.joint, dx, dy)
    return figure.with_joint(grip.joint, held.x + dx, held.y + dy)
