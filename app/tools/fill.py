"""Fill: pours the artist's colour over what is selected, or over the whole layer."""

from __future__ import annotations

from app.session import Session
from app.tools.pointer import PointerEvent
from app.tools.targets import active_id
from app.tools.tool import Tool, ToolSpec
from canvas import edits


class FillTool(Tool):
    spec = ToolSpec(
        "fill", "Fill", "fill", "G", "paint", "cross",
        "Click to fill the selection, or the whole layer, with the colour.",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self._session = session

    def press(self, event: PointerEvent) -> None:
        if event.button != "left":
            return
        colour = self._session.settings.colour
        try:
            target = active_id(self._session)
            self._session.document.edit("Fill", lambda state: edits.fill_layer(state, target, colour))
        except edits.EditError as reason:
            self._session.message.emit(str(reason))
