"""Which colour lies at a place of the document: what is seen there, the picture alone, or the active layer. No Qt.

Colours are means of premultiplied pixels over a square, so that transparent pixels do not darken them.
"""

from __future__ import annotations

from math import floor
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from app.session import Colour, Session
from canvas.compositor import composite
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.roles import Reference
from canvas.snapshot import node_pixels
from canvas.tiles import ONE
from inference.result import Result

Source: TypeAlias = Literal["seen", "picture", "layer"]
"""seen: the canvas as it is looked at, an active reference or the result over the picture included."""

_Floats: TypeAlias = npt.NDArray[np.float64]


def sampled(session: Session, x: float, y: float, source: Source, side_px: int = 1) -> Colour | None:
    """The mean colour of the square of `side_px` (odd) around a document point; None where it is transparent or the
    point lies outside of the document."""
    area = _square(session, x, y, side_px)
    if not area:
        return None
    if source == "layer":
        node = session.active_node
        return None if node is None else _straight(node_pixels(node, area) / ONE)
    picture = composite(session.document.state, area) / ONE
    if source == "picture":
        return _straight(picture)
    reference = _active_reference(session, area)
    if reference is not None:
        return reference
    if session.result is not None and not session.look.paint_only:
        _lay_over(picture, area, session.result, session.look.opacity)
    return _straight(picture)


def _square(session: Session, x: float, y: float, side_px: int) -> Rect:
    """Within the document; empty when its middle is not."""
    document = session.document.state.rect
    column, row, reach = floor(x), floor(y), side_px // 2
    if not document.contains(Rect(column, row, column + 1, row + 1)):
        return Rect(0, 0, 0, 0)
    return Rect(column - reach, row - reach, column + reach + 1, row + reach + 1) & document


def _active_reference(session: Session, area: Rect) -> Colour | None:
    """The colour of the active layer when it is a reference in sight: it lies over everything else."""
    node = session.active_node
    if isinstance(node, Layer) and isinstance(node.role, Reference) and node.visible:
        return _straight(node.surface.read(area) / ONE)
    return None


def _lay_over(picture: _Floats, area: Rect, result: Result, opacity: float) -> None:
    """Blend the result, as it is shown, over premultiplied pixels of `area`, in place."""
    rect, alpha = result.placement.rect, result.placement.alpha
    part = area & rect
    if not part:
        return
    height, width = result.pixels.shape[:2]
    ys, xs = np.arange(part.y0, part.y1) - rect.y0, np.arange(part.x0, part.x1) - rect.x0
    rows = ((ys + 0.5) * height / rect.height).astype(np.intp)
    columns = ((xs + 0.5) * width / rect.width).astype(np.intp)
    over = np.ones((part.height, part.width, 4))
    over[..., :3] = result.pixels[np.ix_(rows, columns)] / 255
    cover = opacity if alpha is None else alpha.pixels[np.ix_(ys, xs)].astype(np.float64)[..., None] / 255 * opacity
    place = picture[part.y0 - area.y0 : part.y1 - area.y0, part.x0 - area.x0 : part.x1 - area.x0]
    place *= 1.0 - cover
    place += over * cover


def _straight(premultiplied: _Floats) -> Colour | None:
    *colour, alpha = premultiplied.reshape(-1, 4).mean(axis=0).tolist()
    if alpha <= 0.0:
        return None
    red, green, blue = (min(1.0, max(0.0, c / alpha)) for c in colour)
    return red, green, blue
