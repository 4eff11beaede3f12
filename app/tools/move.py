"""Move: shifts the active layer by whole pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.session import Session
from app.tools.pointer import PointerEvent
from app.tools.targets import active_id
from app.tools.tool import Tool, ToolSpec
from canvas import edits
from canvas.document import Document
from canvas.layers import LayerId
from canvas.roles import Pose
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels, Surface, TileKey


@dataclass(frozen=True, slots=True)
class _Drag:
    document: Document
    state: DocumentState
    layer_id: LayerId
    start: PointerEvent


class MoveTool(Tool):
    spec = ToolSpec("move", "Move layer", "move", "V", "select", "move", "Drag to move the active layer.")

    def __init__(self, session: Session) -> None:
        self._session = session
        self._drag: _Drag | None = None
        self._wanted = (0, 0)
        self._done = (0, 0)

    def press(self, event: PointerEvent) -> None:
        if event.button != "left":
            return
        document = self._session.document
        try:
            layer_id = active_id(self._session)
            moved(document.state, layer_id, 0, 0)
        except edits.EditError as reason:
            self._session.message.emit(str(reason))
            return
        document.begin("Move layer")
        self._drag = _Drag(document, document.state, layer_id, event)
        self._wanted = self._done = (0, 0)

    def move(self, event: PointerEvent) -> None:
        if self._drag is not None:
            self._wanted = round(event.x - self._drag.start.x), round(event.y - self._drag.start.y)

    def flush(self) -> None:
        drag = self._drag
        if drag is not None and self._wanted != self._done:
            self._done = self._wanted
            drag.document.update(moved(drag.state, drag.layer_id, *self._done))

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        self.flush()
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.document.commit()
            self._session.gesture_ended()

    def cancel(self) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and drag.document.in_gesture:
            drag.document.rollback()
            self._session.gesture_ended()


def moved(state: DocumentState, layer_id: LayerId, dx: int, dy: int) -> DocumentState:
    """The document with the pixels or figures of one layer moved. Raises EditError when that cannot be."""
    node = state.find(layer_id)
    if isinstance(node.role, Pose):
        return edits.set_figures(state, layer_id, tuple(figure.moved(dx, dy) for figure in node.role.figures))
    layer = edits.paintable_layer(state, layer_id)
    return edits.set_pixels(state, layer_id, shifted(layer.surface, dx, dy))


def shifted(surface: Surface, dx: int, dy: int) -> Surface:
    """The same pixels `dx` further right and `dy` further down. Whole tiles are shared, others put together anew."""
    key_x, x = divmod(dx, TILE_PX)
    key_y, y = divmod(dy, TILE_PX)
    if not x and not y:
        moved_keys = {(tx + key_x, ty + key_y): tile for (tx, ty), tile in surface.tiles.items()}
        return surface if not (key_x or key_y) else Surface(moved_keys, surface.channels)
    tiles: dict[TileKey, Pixels] = {}
    for (tx, ty), tile in surface.tiles.items():
        for part_x, target_x, source_x in _parts(x):
            for part_y, target_y, source_y in _parts(y):
                piece = tile[source_y, source_x]
                key = tx + key_x + part_x, ty + key_y + part_y
                if key not in tiles:
                    if not piece.any():
                        continue
                    tiles[key] = np.zeros((TILE_PX, TILE_PX, surface.channels), np.uint16)
                tiles[key][target_y, target_x] = piece
    for tile in tiles.values():
        tile.flags.writeable = False
    return Surface(tiles, surface.channels)


def _parts(offset: int) -> tuple[tuple[int, slice, slice], ...]:
    """Along one axis: the tiles that a tile moved by 0 <= offset < TILE_PX lands in, with target and source slices."""
    first = (0, slice(offset, TILE_PX), slice(0, TILE_PX - offset))
    return (first,) if offset == 0 else (first, (1, slice(0, offset), slice(TILE_PX - offset, TILE_PX)))
