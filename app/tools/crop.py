"""Crop: drag a rectangle, adjust it by its handles, Enter makes it the canvas. It may also reach beyond the canvas."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import TypeAlias

from app.session import Session
from app.signals import Signal
from app.tools.options import Held
from app.tools.pointer import Modifier, PointerEvent
from app.tools.shapes import Grip, Outline, Shade, Shape
from app.tools.tool import Cursor, Tool, ToolSpec
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.image_size import Outside, cropped

Box: TypeAlias = tuple[float, float, float, float]
"""x0, y0, x1, y1."""
Part: TypeAlias = tuple[int, int]
"""A corner (-1 or 1 twice), an edge (one 0) or the inside (0, 0), from the left and from the top."""

#: A handle is taken from this far, in logical pixels of the view.
REACH_PX = 10.0
#: A press that moved less than this in logical pixels draws no new rectangle.
_CLICK_PX = 3.0
_GRIPS: tuple[Part, ...] = ((-1, -1), (1, -1), (1, 1), (-1, 1), (0, -1), (1, 0), (0, 1), (-1, 0))


@dataclass(frozen=True, slots=True)
class CropOptions:
    """`ratio`: of width to height, "free", "original" or such as "3:2". `outside`: what becomes of layers beyond the
    new edges."""

    ratio: str = "free"
    outside: Outside = "keep"


@dataclass(frozen=True, slots=True)
class _Drag:
    """`part`: what is held; None draws a new rectangle."""

    start: PointerEvent
    box: Box
    part: Part | None


class CropTool(Tool):
    """`changed`: the rectangle, or what is under the pointer, is different now."""

    spec = ToolSpec(
        "crop", "Crop", "crop", "C", "select", "cross",
        "Drag a rectangle or its handles, Enter makes it the canvas, Esc cancels. Shift keeps the ratio.",
        "crop",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self.changed: Signal[()] = Signal()
        self.options = Held(CropOptions())
        self._session = session
        self._box: Box | None = None
        self._drag: _Drag | None = None
        self._hover: Part | None = None
        self.options.changed.connect(lambda _options: self._fit_ratio())
        session.document_replaced.connect(self._on_document_replaced)
        self._document = session.document

    @property
    def rect(self) -> Rect:
        """What the canvas would become; before anything was drawn the canvas itself."""
        canvas = self._session.document.state.rect
        if self._box is None:
            return canvas
        x0, y0, x1, y1 = (round(edge) for edge in self._box)
        return Rect(x0, y0, max(x1, x0 + 1), max(y1, y0 + 1))

    def set_rect(self, rect: Rect) -> None:
        """Take a rectangle that was typed."""
        self._take((rect.x0, rect.y0, rect.x1, rect.y1))

    def _take(self, box: Box | None) -> None:
        if box != self._box:
            self._box = box
            self.changed.emit()

    def _ratio(self) -> float | None:
        """Width by height, None for any."""
        ratio = self.options.value.ratio
        if ratio == "free":
            return None
        if ratio == "original":
            canvas = self._session.document.state.rect
            return canvas.width / canvas.height
        across, down = ratio.split(":")
        return int(across) / int(down)

    def _fit_ratio(self) -> None:
        """The largest rectangle of the chosen ratio in the present one."""
        ratio, rect = self._ratio(), self.rect
        if ratio is not None:
            width = min(rect.width, rect.height * ratio)
            height = width / ratio
            x, y = (rect.x0 + rect.x1) / 2, (rect.y0 + rect.y1) / 2
            self._take((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
        self.changed.emit()

    # The pointer

    def press(self, event: PointerEvent) -> None:
        if event.button == "left":
            self._drag = _Drag(event, self._present(), self._part_at(event))

    def _present(self) -> Box:
        if self._box is not None:
            return self._box
        canvas = self._session.document.state.rect
        return float(canvas.x0), float(canvas.y0), float(canvas.x1), float(canvas.y1)

    def move(self, event: PointerEvent) -> None:
        drag = self._drag
        if drag is None:
            return
        if drag.part is None:
            if hypot(event.view_x - drag.start.view_x, event.view_y - drag.start.view_y) < _CLICK_PX:
                return
            origin = drag.start.x, drag.start.y
            self._take(self._stretched((*origin, *origin), (1, 1), event.x, event.y, event))
        elif drag.part == (0, 0):
            dx, dy = event.x - drag.start.x, event.y - drag.start.y
            x0, y0, x1, y1 = drag.box
            self._take((x0 + dx, y0 + dy, x1 + dx, y1 + dy))
        else:
            x0, y0, x1, y1 = drag.box
            x = (x0 if drag.part[0] < 0 else x1) + event.x - drag.start.x
            y = (y0 if drag.part[1] < 0 else y1) + event.y - drag.start.y
            self._take(self._stretched(drag.box, drag.part, x, y, event))

    def _stretched(self, box: Box, part: Part, x: float, y: float, event: PointerEvent) -> Box:
        """`box` with a corner or an edge at (x, y); the opposite one, or with Alt the middle, stays."""
        x0, y0, x1, y1 = box
        centred = bool(event.modifiers & Modifier.ALT)
        anchor_x = (x0 + x1) / 2 if centred or not part[0] else (x1 if part[0] < 0 else x0)
        anchor_y = (y0 + y1) / 2 if centred or not part[1] else (y1 if part[1] < 0 else y0)
        across = x - anchor_x if part[0] else (x1 - x0) / 2
        down = y - anchor_y if part[1] else (y1 - y0) / 2
        ratio = self._ratio()
        if ratio is None and event.modifiers & Modifier.SHIFT:
            ratio = (x1 - x0) / (y1 - y0) if x1 > x0 and y1 > y0 else 1.0
        if ratio is not None:
            half_x, half_y = bool(part[0]) or 2, bool(part[1]) or 2  # an edge has half of its width on either side
            width, height = abs(across) * half_x, abs(down) * half_y
            if part[0] and part[1]:
                width = max(width, height * ratio)
            elif part[1]:
                width = height * ratio
            height = width / ratio
            across = (width if across >= 0 else -width) / half_x
            down = (height if down >= 0 else -height) / half_y
        left = anchor_x - across if centred or not part[0] else anchor_x
        top = anchor_y - down if centred or not part[1] else anchor_y
        xs, ys = (left, anchor_x + across), (top, anchor_y + down)
        return min(xs), min(ys), max(xs), max(ys)

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.finish()

    def finish(self) -> None:
        self._drag = None

    def cancel(self) -> None:
        drag, self._drag = self._drag, None
        if drag is not None:
            canvas = self._session.document.state.rect
            self._take(None if drag.box == (canvas.x0, canvas.y0, canvas.x1, canvas.y1) else drag.box)

    def hover(self, event: PointerEvent) -> None:
        self._hover = self._part_at(event)

    def leave(self) -> None:
        self._hover = None

    @property
    def cursor(self) -> Cursor:
        return "cross" if self._hover is None else "move" if self._hover == (0, 0) else "grip"

    def _part_at(self, event: PointerEvent) -> Part | None:
        reach = REACH_PX / max(event.scale, 1e-6)
        for part in _GRIPS:
            x, y = self._grip(part)
            if hypot(x - event.x, y - event.y) <= reach:
                return part
        x0, y0, x1, y1 = self._present()
        inside = self._box is not None and x0 <= event.x < x1 and y0 <= event.y < y1
        return (0, 0) if inside else None

    def _grip(self, part: Part) -> tuple[float, float]:
        x0, y0, x1, y1 = self._present()
        return (x0, (x0 + x1) / 2, x1)[part[0] + 1], (y0, (y0 + y1) / 2, y1)[part[1] + 1]

    # Between gestures

    @property
    def pending(self) -> bool:
        return self._box is not None and self.rect != self._session.document.state.rect

    def confirm(self) -> None:
        rect, outside = self.rect, self.options.value.outside
        self._drag = None
        self._take(None)
        try:
            self._session.document.edit("Crop", lambda state: cropped(state, rect, outside))
        except EditError as reason:
            self._session.message.emit(str(reason))

    def dismiss(self) -> None:
        self._drag = None
        self._take(None)

    def nudge(self, dx: int, dy: int) -> bool:
        if self._box is None:
            return False
        x0, y0, x1, y1 = self._box
        self._take((x0 + dx, y0 + dy, x1 + dx, y1 + dy))
        return True

    def _on_document_replaced(self) -> None:
        if self._session.document is not self._document:
            self._document = self._session.document
            self.dismiss()

    def overlay(self) -> tuple[Shape, ...]:
        rect, canvas = self.rect, self._session.document.state.rect
        corners = ((rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1))
        shapes: list[Shape] = []
        if self._box is not None:
            shapes.append(Shade(rect, rect | canvas))
            shapes += _thirds(rect)
        shapes.append(Outline(corners))
        shapes += [Grip(*self._grip(part), part == self._hover) for part in _GRIPS]
        return tuple(shapes)


def _thirds(rect: Rect) -> list[Shape]:
    """The lines of the rule of thirds."""
    lines: list[Shape] = []
    for share in (1 / 3, 2 / 3):
        x, y = rect.x0 + rect.width * share, rect.y0 + rect.height * share
        lines.append(Outline(((x, rect.y0), (x, rect.y1)), closed=False, dashed=True))
        lines.append(Outline(((rect.x0, y), (rect.x1, y)), closed=False, dashed=True))
    return lines
