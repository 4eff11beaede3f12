"""A session and its tools without a window, for tests that work on selections."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.session import Session
from app.tools.pointer import Modifier, PointerEvent
from app.tools.toolbox import Toolbox
from canvas import edits, selection
from canvas.compositor import composite
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.tiles import ONE, Surface

SIDE = 256
NONE, SHIFT, ALT = Modifier.NONE, Modifier.SHIFT, Modifier.ALT


class Board:
    """A session and its tools."""

    def __init__(self) -> None:
        self.session = Session(edits.new_document(SIDE, SIDE))
        self.toolbox = Toolbox(self.session)
        self.messages: list[str] = []
        self.session.message.connect(self.messages.append)
        self.time_s = 10.0
        self.activate("Paint")

    def activate(self, name: str) -> None:
        self.session.activate(next(n.id for n in self.session.document.state.walk() if n.name == name))

    def layer(self, name: str) -> Layer:
        node = next(n for n in self.session.document.state.walk() if n.name == name)
        assert isinstance(node, Layer)
        return node

    def event(self, x: float, y: float, keys: Modifier = NONE, **fields: object) -> PointerEvent:
        self.time_s += 1.0
        values = {"button": "left", **fields}
        return PointerEvent(x, y, view_x=x, view_y=y, modifiers=keys, time_s=self.time_s, **values)  # type: ignore[arg-type]

    def drag(
        self,
        points: Sequence[tuple[float, float]],
        keys: Modifier = NONE,
        later: Modifier | None = None,
        **fields: object,
    ) -> None:
        """`later`: the modifiers from the second point on."""
        self.toolbox.press(self.event(*points[0], keys, **fields))
        for point in points[1:]:
            self.toolbox.move(self.event(*point, keys if later is None else later, **fields))
            self.toolbox.flush()
        self.toolbox.release(self.event(*points[-1], keys if later is None else later, **fields))

    def click(self, x: float, y: float, keys: Modifier = NONE, **fields: object) -> None:
        self.drag([(x, y)], keys, **fields)

    @property
    def chosen(self) -> Surface | None:
        return self.session.document.state.selection

    @property
    def bounds(self) -> Rect:
        assert self.chosen is not None
        return self.chosen.content_bounds()

    def selected(self, x: int, y: int) -> bool:
        assert self.chosen is not None
        return selection.coverage_at(self.chosen, x, y) >= 0.5

    def pixel(self, x: int, y: int) -> list[int]:
        pixel: list[int] = composite(self.session.document.state, Rect(x, y, x + 1, y + 1))[0, 0].tolist()
        return pixel


def paint_boxes(board: Board) -> None:
    """Two red boxes on the paint layer."""
    red = np.tile(np.array([ONE, 0, 0, ONE], np.uint16), (40, 40, 1))
    edit = Surface.blank().edit()
    edit.write(Rect(20, 20, 60, 60), red)
    edit.write(Rect(150, 150, 190, 190), red)
    surface = edit.freeze()
    board.session.document.edit("Boxes", lambda s: edits.set_pixels(s, board.layer("Paint").id, surface))
