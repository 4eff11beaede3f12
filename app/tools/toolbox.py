"""`Toolbox`: all tools, which one is in the hand, and where the pointer's gestures go. One thread: the session's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

from app import brush_presets
from app.pen_settings import PenSettings
from app.session import Session
from app.signals import Signal
from app.tools.brush import BrushTool
from app.tools.brush_size import BrushSizeTool
from app.tools.crop import CropTool
from app.tools.eraser import EraserTool
from app.tools.fill import FillTool
from app.tools.gradient import GradientTool
from app.tools.hand import HandTool
from app.tools.mask import MaskTool
from app.tools.move import MoveTool
from app.tools.options import Held
from app.tools.painting import Painting
from app.tools.picker import PickerTool
from app.tools.pointer import Button, Modifier, PointerEvent
from app.tools.pose import PoseTool
from app.tools.reference import ReferenceTool
from app.tools.rotate_view import RotateViewTool
from app.tools.select_ellipse import EllipseSelectionTool
from app.tools.select_lasso import LassoTool
from app.tools.select_polygon import PolygonSelectionTool
from app.tools.select_rectangle import RectangleSelectionTool
from app.tools.select_wand import SimilarColourTool, WandTool
from app.tools.selection_edge import SelectionEdge
from app.tools.selection_tool import SelectionOptions
from app.tools.shapes import Shape
from app.tools.smudge import SmudgeTool
from app.tools.symmetry_axes import SymmetryAxesTool
from app.tools.tool import Cursor, Navigator, Tool, ToolSpec
from app.tools.transform import TransformTool
from app.tools.zoom import ZoomTool
from canvas.brush import Brush


class Interlude(Protocol):
    """Something beside the tools that holds the document's gesture open: a filter that is being tried."""

    def confirm(self) -> None: ...
    def dismiss(self) -> None: ...


class Toolbox:
    """One gesture runs at a time and stays with the tool that began it, whatever is selected meanwhile.

    `gestures`: how many there have been. `edge`: of the selection; `selecting`: the options of the selection tools.
    `picker_modifier`: held while painting, it picks a colour. `pen`: how the artist's pen answers.

    `painting`: what the tools that paint share; its `symmetry` and `erasing` are here as well.

    The brush, the eraser, the smudge and the mask tool each keep a brush of their own: it becomes
    `session.settings.brush` when the tool is selected. Before any other edit, call `finish`, so that an open stroke
    becomes its own undo step.
    While there is an `interlude` only tools for looking work; Enter, Escape and taking another tool end it.
    """

    def __init__(self, session: Session) -> None:
        self.changed: Signal[()] = Signal()
        self.gestures = 0
        self.interlude: Interlude | None = None
        self.picker_modifier = Modifier.CTRL
        self.pen = Held(PenSettings())
        self._session = session
        self.presets: tuple[Brush, ...] = brush_presets.load()
        by_name = {brush.name: brush for brush in self.presets}
        self._brushes: dict[str, Brush] = {
            "brush": by_name["Ink pen"],
            "eraser": by_name["Eraser hard"],
            "mask": by_name["Hard round"],
            "smudge": by_name["Smudge"],
        }
        self.painting = Painting(session)
        self.painting.images = brush_presets.images()
        self.symmetry, self.erasing = self.painting.symmetry, self.painting.erasing
        self.reference = ReferenceTool(session)
        self._eraser = EraserTool(session, self.painting, lambda: self.brush_of("eraser"))
        self._pen_end = EraserTool(session, self.painting, lambda: session.settings.brush)
        self.edge = SelectionEdge(session)
        self.selecting = Held(SelectionOptions())
        selecting = session, self.edge, self.selecting
        self.moving, self.transforming, self.cropping = MoveTool(session), TransformTool(session), CropTool(session)
        self.redraw: Signal[()] = Signal()
        self.transforming.changed.connect(self.redraw.emit)
        self.cropping.changed.connect(self.redraw.emit)
        self._hand, self._zoom, self._turn = HandTool(), ZoomTool(), RotateViewTool()
        self._brush_size = BrushSizeTool(session)
        made: tuple[Tool, ...] = (
            BrushTool(session, self.painting, lambda: self.brush_of("brush")), self._eraser,
            SmudgeTool(session, self.painting, lambda: self.brush_of("smudge")), FillTool(session),
            GradientTool(session),
            RectangleSelectionTool(*selecting), EllipseSelectionTool(*selecting), LassoTool(*selecting),
            PolygonSelectionTool(*selecting), WandTool(*selecting), SimilarColourTool(*selecting),
            self.moving, self.transforming, self.cropping,
            PoseTool(session), MaskTool(session, self.painting, lambda: self.brush_of("mask")), self.reference,
            PickerTool(session), self._zoom, self._hand, self._turn,
        )  # fmt: skip
        self._axes = SymmetryAxesTool(self.painting, self._axes_placed)
        self._tools: Mapping[str, Tool] = MappingProxyType({tool.spec.id: tool for tool in (*made, self._axes)})
        self.tools: tuple[ToolSpec, ...] = tuple(tool.spec for tool in made)
        self._selected = "brush"
        self._near: Tool = self._tools["brush"]
        self._pushed: list[str] = []
        self._gesture: tuple[Tool, Button] | None = None
        self._document = session.document
        session.set_brush(self._brushes["brush"])
        session.about_to_edit.connect(self.finish)
        session.document_replaced.connect(self._on_document_replaced)

    @property
    def selected_id(self) -> str:
        """The tool that was taken, also while a key holds another one."""
        return self._selected

    @property
    def active_id(self) -> str:
        """The tool in the hand: the temporary one while a key holds it."""
        return self._pushed[-1] if self._pushed else self._selected

    def tool(self, tool_id: str) -> Tool:
        """The tool itself, for those who set its options. Raises KeyError."""
        return self._tools[tool_id]

    @property
    def cursor(self) -> Cursor:
        return self._tools[self.active_id].cursor

    def select(self, tool_id: str) -> None:
        """Take a tool. Raises KeyError for an unknown id."""
        wanted = self._tools[tool_id].spec.id
        if wanted == self._selected:
            return
        self._finish_gesture()
        if self.interlude is None or not self._may_use(self._tools[wanted]):
            self.confirm()
        if self._selected in self._brushes:
            self._brushes[self._selected] = self._session.settings.brush
        self._selected = wanted
        if wanted in self._brushes:
            self._session.set_brush(self._brushes[wanted])
        self._changed()

    def brush_of(self, tool_id: str) -> Brush:
        """The brush of a tool that paints: the one in the settings while that tool is selected."""
        return self._session.settings.brush if tool_id == self._selected else self._brushes[tool_id]

    def use_presets(self, brushes: Iterable[Brush]) -> None:
        """Where a tool's brush has the name of one of these, and is still as it came, it is this one from now on."""
        came = {brush.name: brush for brush in self.presets}
        by_name = {brush.name: brush for brush in brushes}
        for tool_id, brush in self._brushes.items():
            if brush == came.get(brush.name):
                self._brushes[tool_id] = by_name.get(brush.name, brush)
        present = self._session.settings.brush
        if self._selected in self._brushes and present == came.get(present.name):
            self._session.set_brush(by_name.get(present.name, present))

    def push(self, tool_id: str) -> None:
        """Hold a tool for as long as a key is down."""
        self._pushed.append(self._tools[tool_id].spec.id)
        self._changed()

    def pop(self, tool_id: str) -> None:
        """Let go of a held tool; the gesture it is in goes on to its end."""
        if tool_id in self._pushed:
            self._pushed.remove(tool_id)
            self._changed()

    def _changed(self) -> None:
        if self._gesture is None:
            self._take_up(self._tools[self.active_id])
        self.changed.emit()

    def place_axes(self) -> None:
        """The next drag moves the axes of symmetry."""
        if self._axes.spec.id not in self._pushed:
            self.push(self._axes.spec.id)

    def _axes_placed(self) -> None:
        self.pop(self._axes.spec.id)

    def navigate(self, navigator: Navigator) -> None:
        """The view that hand and zoom move, and that drafts are made for."""
        self._hand.navigator = self._zoom.navigator = self._turn.navigator = navigator
        self.moving.seen = self.transforming.seen = navigator.seen

    # The pointer

    @property
    def in_gesture(self) -> bool:
        return self._gesture is not None

    def press(self, event: PointerEvent) -> None:
        if self._gesture is not None:
            return
        if not self._may_use(self._tool_for(event)):
            self._session.message.emit("Press OK or Cancel in the filter's window first")
            return
        tool = self._take_up(self._tool_for(event))
        self._gesture = tool, event.button
        self.gestures += 1
        tool.press(event)

    def move(self, event: PointerEvent) -> None:
        if self._gesture is not None:
            self._gesture[0].move(event)

    def release(self, event: PointerEvent) -> None:
        """Ends the gesture when it is the button that began it."""
        if self._gesture is not None and event.button == self._gesture[1]:
            tool = self._gesture[0]
            self._gesture = None
            tool.release(event)

    def hover(self, event: PointerEvent) -> None:
        self._take_up(self._tool_for(event)).hover(event)

    def leave(self) -> None:
        """The pointer has left the view."""
        self._near.leave()

    def cancel(self) -> None:
        """Esc: the open gesture never was."""
        if self._gesture is not None:
            tool = self._gesture[0]
            self._gesture = None
            tool.cancel()

    def finish(self) -> None:
        """End the open gesture where it stands, and confirm what is pending; the rest of the pointer's way is ignored
        until it is lifted."""
        self._finish_gesture()
        self.confirm()

    def _finish_gesture(self) -> None:
        if self._gesture is not None:
            tool = self._gesture[0]
            self._gesture = None
            tool.finish()

    def _may_use(self, tool: Tool) -> bool:
        return self.interlude is None or tool.spec.group == "look"

    @property
    def pending(self) -> bool:
        """The selected tool, or what holds the document beside it, has something open that Enter confirms."""
        return self.interlude is not None or self._tools[self._selected].pending

    def confirm(self) -> None:
        if self.interlude is not None:
            self.interlude.confirm()
        elif self.pending:
            self._tools[self._selected].confirm()

    def dismiss(self) -> None:
        if self.interlude is not None:
            self.interlude.dismiss()
        elif self.pending:
            self._tools[self._selected].dismiss()

    def nudge(self, dx: int, dy: int) -> bool:
        """An arrow key for the selected tool; False when it means nothing to it."""
        free = self._gesture is None and self.interlude is None
        return free and self._tools[self._selected].nudge(dx, dy)

    def undo(self) -> None:
        """Finish an open stroke, then take back the last step."""
        self.finish()
        self._session.undo()

    def redo(self) -> None:
        self.finish()
        self._session.redo()

    def delete(self) -> None:
        """The Delete key, for the tool in the hand; not in the middle of a gesture."""
        if self._gesture is None and self.interlude is None:
            self._tools[self.active_id].delete()

    def flush(self) -> None:
        """Once per display frame: the open gesture, or what is pending, publishes what it has gathered."""
        if self._gesture is not None:
            self._gesture[0].flush()
        if self.pending:
            self._tools[self._selected].flush()

    @property
    def busy(self) -> bool:
        """The selected tool waits for something that is made in the background: `flush` must be called again."""
        return self._tools[self._selected].busy

    @property
    def restless(self) -> bool:
        """The open gesture goes on while the pointer rests."""
        return self._gesture is not None and self._gesture[0].restless

    def rest(self, seconds: float) -> None:
        """The pointer has rested for so long since its last event or the last call."""
        if self._gesture is not None:
            self._gesture[0].rest(seconds)

    def overlay(self) -> tuple[Shape, ...]:
        """What to draw over the canvas: the edge of the selection, and what the tool under the pointer shows."""
        return (*self.edge.overlay(), *self._near.overlay())

    def _take_up(self, tool: Tool) -> Tool:
        """Another tool comes under the pointer: the one before shows nothing any more."""
        if tool is not self._near:
            self._near.leave()
            self._near = tool
        return tool

    def _tool_for(self, event: PointerEvent) -> Tool:
        if event.button == "middle":
            return self._hand
        tool = self._tools[self.active_id]
        if tool.spec.cursor == "brush" and event.button == "right" and event.modifiers & Modifier.ALT:
            return self._brush_size
        if tool.spec.group == "paint" and event.modifiers & self.picker_modifier:
            return self._tools["picker"]
        if tool.spec.cursor == "brush" and event.pointer == "eraser":
            return self._eraser if self.erasing.value.pen_end == "eraser" else self._pen_end
        return tool

    def _on_document_replaced(self) -> None:
        if self._session.document is not self._document:
            self._document = self._session.document
            self.cancel()
