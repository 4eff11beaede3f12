"""Colour picker: takes the colour that is seen, result included; with Shift that of the paint alone."""

from __future__ import annotations

from math import floor

import numpy as np

from app.session import Colour, Session
from app.tools.pointer import Modifier, PointerEvent
from app.tools.tool import Tool, ToolSpec
from canvas.compositor import composite
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.roles import Reference
from canvas.tiles import ONE
from inference.result import Result


class PickerTool(Tool):
    spec = ToolSpec(
        "picker", "Colour picker", "picker", "I", "look", "cross",
        "Click to take the colour you see; with Shift that of the paint under the image.",
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self._session = session
        self._picking = False

    def press(self, event: PointerEvent) -> None:
        self._picking = True
        self.move(event)

    def move(self, event: PointerEvent) -> None:
        if not self._picking:
            return
        paint_alone = bool(event.modifiers & Modifier.SHIFT)
        colour = paint_at(self._session, event.x, event.y) if paint_alone else seen_at(self._session, event.x, event.y)
        if colour is not None:
            self._session.set_colour(colour)

    def release(self, event: PointerEvent) -> None:
        self.move(event)
        self.cancel()

    def finish(self) -> None:
        self.cancel()

    def cancel(self) -> None:
        self._picking = False


def paint_at(session: Session, x: float, y: float) -> Colour | None:
    """The colour of the picture without the result; None where it is transparent or outside."""
    return _straight(*_paint(session, x, y))


def seen_at(session: Session, x: float, y: float) -> Colour | None:
    """The colour on the canvas as it is looked at: an active reference, else the result over the picture."""
    active = session.active_node
    if isinstance(active, Layer) and isinstance(active.role, Reference) and active.visible:
        pixel = active.surface.read(_pixel(x, y))[0, 0] / ONE
        if pixel[3] > 0:
            return _straight(pixel[:3], float(pixel[3]))
    rgb, alpha = _paint(session, x, y)
    if session.result is not None and not session.look.paint_only:
        over = _result(session.result, x, y)
        if over is not None:
            cover = over[1] * session.look.opacity
            rgb = rgb * (1.0 - cover) + over[0] * cover
            alpha = alpha * (1.0 - cover) + cover
    return _straight(rgb, alpha)


def _pixel(x: float, y: float) -> Rect:
    return Rect(floor(x), floor(y), floor(x) + 1, floor(y) + 1)


def _paint(session: Session, x: float, y: float) -> tuple[np.ndarray, float]:
    """Premultiplied colour and alpha of the picture, 0..1."""
    state = session.document.state
    rect = _pixel(x, y)
    if not state.rect.contains(rect):
        return np.zeros(3), 0.0
    pixel = composite(state, rect)[0, 0] / ONE
    return pixel[:3], float(pixel[3])


def _result(result: Result, x: float, y: float) -> tuple[np.ndarray, float] | None:
    """Straight colour and alpha of the result, 0..1; None outside of it."""
    rect, alpha = result.placement.rect, result.placement.alpha
    if not rect.contains(_pixel(x, y)):
        return None
    height, width = result.pixels.shape[:2]
    row, column = int((y - rect.y0) * height / rect.height), int((x - rect.x0) * width / rect.width)
    cover = 1.0 if alpha is None else float(alpha.pixels[floor(y) - rect.y0, floor(x) - rect.x0]) / 255
    return result.pixels[row, column] / 255, cover


def _straight(premultiplied: np.ndarray, alpha: float) -> Colour | None:
    if alpha <= 0.0:
        return None
    r, g, b = (min(1.0, max(0.0, float(c) / alpha)) for c in premultiplied)
    return r, g, b
