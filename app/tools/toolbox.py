"""`Toolbox`: all tools, which one is in the hand, and where the pointer's gestures go. One thread: the session's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app import brush_presets
from app.session import Session
from app.signals import Signal
from app.tools.brush import BrushTool
from app.tools.eraser import EraserTool
from app.tools.fill import FillTool
from app.tools.hand import HandTool
from app.tools.mask import MaskTool
from app.tools.move import MoveTool
from app.tools.picker import PickerTool
from app.tools.pointer import Button, Modifier, PointerEvent
from app.tools.pose import PoseTool
from app.tools.reference import ReferenceTool
from app.tools.select_rectangle import RectangleSelectionTool
from app.tools.shapes import Shape
from app.tools.tool import Cursor, Navigator, Tool, ToolSpec
from app.tools.zoom import ZoomTool
from canvas.brush import Brush


class Toolbox:
    """One gesture runs at a time and stays with the tool that began it, whatever is selected meanwhile.

    The brush, the eraser and the mask tool each keep a brush of their own: it becomes `session.settings.brush` when
    the tool is selected. Before any other edit, call `finish`, so that an open stroke becomes its own undo step.
    """

    def __init__(self, session: Session) -> None:
        self.changed: Signal[()] = Signal()
        self._session = session
        self.presets: tuple[Brush, ...] = brush_presets.load()
        by_name = {brush.name: brush for brush in self.presets}
        self._brushes: dict[str, Brush] = {
            "brush": by_name["Ink pen"],
            "eraser": by_name["Eraser hard"],
            "mask": by_name["Hard round"],
        }
        self.reference = ReferenceTool(session)
        self._eraser = EraserTool(session, lambda: self.brush_of("eraser"))
        self._selection = RectangleSelectionTool(session)
        self._hand, self._zoom = HandTool(), ZoomTool()
        made: tuple[Tool, ...] = (
            BrushTool(session, lambda: self.brush_of("brush")), self._eraser, FillTool(session),
            self._selection, MoveTool(session),
            PoseTool(session), MaskTool(session, lambda: self.brush_of("mask")), self.reference,
            PickerTool(session), self._zoom, self._hand,
        )  # fmt: skip
        self._tools: Mapping[str, Tool] = MappingProxyType({tool.spec.id: tool for tool in made})
        self.tools: tuple[ToolSpec, ...] = tuple(tool.spec for tool in made)
        self._selected = "brush"
        self._near: Tool = self._tools["brush"]
        self._pushed: list[str] = []
        self._gesture: tuple[Tool, Button] | None = None
        self._document = session.document
        session.set_brush(self._brushes["brush"])
        session.document_replaced.connect(self._on_document_replaced)

    @property
    def active_id(self) -> str:
        """The tool in the hand: the temporary one while a key holds it."""
        return self._pushed[-1] if self._pushed else self._selected

    def tool(self, tool_id: str) -> Tool:
        """The tool itself, for those who set its options. Raises KeyError."""
        return self._tools[tool_id]

    @property
    def cursor(self) -> Cursor:
        return self._tools[self.active_id].spec.cursor

    def select(self, tool_id: str) -> None:
        """Take a tool. Raises KeyError for an unknown id."""
        wanted = self._tools[tool_id].spec.id
        if wanted == self._selected:
            return
        self.finish()
        if self._selected in self._brushes:
            self._brushes[self._selected] = self._session.settings.brush
        self._selected = wanted
        if wanted in self._brushes:
            self._session.set_brush(self._brushes[wanted])
        self._changed()

    def brush_of(self, tool_id: str) -> Brush:
        """The brush of a tool that paints: the one in the settings while that tool is selected."""
        return self._session.settings.brush if tool_id == self._selected else self._brushes[tool_id]

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

    def navigate(self, navigator: Navigator) -> None:
        """The view that hand and zoom move."""
        self._hand.navigator = self._zoom.navigator = navigator

    # The pointer

    @property
    def in_gesture(self) -> bool:
        return self._gesture is not None

    def press(self, event: PointerEvent) -> None:
        if self._gesture is not None:
            return
        tool = self._take_up(self._tool_for(event))
        self._gesture = tool, event.button
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
        """End the open gesture where it stands; the rest of the pointer's way is ignored until it is lifted."""
        if self._gesture is not None:
            tool = self._gesture[0]
            self._gesture = None
            tool.finish()

    def undo(self) -> None:
        """Finish an open stroke, then take back the last step."""
        self.finish()
        self._session.undo()

    def redo(self) -> None:
        self.finish()
        self._session.redo()

    def delete(self) -> None:
        """The Delete key, for the tool in the hand; not in the middle of a gesture."""
        if self._gesture is None:
            self._tools[self.active_id].delete()

    def flush(self) -> None:
        """Once per display frame: the open gesture publishes what it has gathered."""
        if self._gesture is not None:
            self._gesture[0].flush()

    def overlay(self) -> tuple[Shape, ...]:
        """What to draw over the canvas: the edge of the selection, and what the tool under the pointer shows."""
        shown = self._near
        return shown.overlay() if shown is self._selection else (*self._selection.overlay(), *shown.overlay())

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
        if tool.spec.group == "paint" and event.modifiers & Modifier.CTRL:
            return self._tools["picker"]
        if tool.spec.cursor == "brush" and event.pointer == "eraser":
            return self._eraser
        return tool

    def _on_document_replaced(self) -> None:
        if self._session.document is not self._document:
            self._document = self._session.document
            self.cancel()
