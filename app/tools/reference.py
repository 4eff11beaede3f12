"""Reference: lays a picture file beside the painting as a layer whose style the engine follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.picture_intents import add_pictures
from app.session import Session
from app.tools.pointer import PointerEvent
from app.tools.tool import Tool, ToolSpec
from canvas.roles import Reference


class ReferenceTool(Tool):
    spec = ToolSpec(
        "reference", "Reference", "reference", "R", "instruct", "arrow",
        "Click to open a picture whose style the image follows, or drop one on the canvas.",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self._session = session
        #: Asks the artist for an image file; the window sets it. None when there is nobody to ask.
        self.ask_for_picture: Callable[[], Path | None] | None = None

    def release(self, event: PointerEvent) -> None:
        if self.ask_for_picture is None:
            self._session.message.emit("Drop a picture on the canvas to use it as a reference")
            return
        path = self.ask_for_picture()
        if path is not None:
            add_pictures(self._session, (path,), Reference())
