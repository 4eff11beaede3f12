"""What is seen on the canvas and what lies over what, whoever paints it: plain values, no Qt. GUI thread only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.canvas_view.plane import Plane
from app.canvas_view.result_picture import ResultPicture
from app.canvas_view.scene import Scene
from app.canvas_view.sheet import Sheet
from app.canvas_view.viewport import Viewport
from canvas.geometry import Rect
from canvas.pose import Figure
from canvas.tiles import TILE_PX, Pixels8

#: The checkerboard behind the document: the side of its squares in logical pixels.
CHECKER_PX = 8
#: Instruction lines over a result are softened to this; what was drawn since is not.
LINES_OVER_RESULT = 0.45
#: From this many device pixels per document pixel on, pixels are shown as squares.
SQUARES_FROM_ZOOM, SQUARES_WHEN_TURNED = 2.0, 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Showing:
    """What to paint. `result`: None shows the paint alone. `opacity`: of the result, `instructions`: of the lines,
    masks and figures that are no part of the picture; 0 hides them and fresh ink. `posing`: figures are being posed.
    `hasty`: the view is moving, and speed counts more than smoothness."""

    view: Viewport
    document: Rect
    scene: Scene
    result: ResultPicture | None
    opacity: float
    instructions: float
    figures: tuple[Figure, ...]
    posing: bool
    hasty: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Pane:
    """A part of the widget that shows the document: `showing.view.width` logical pixels from `x` on."""

    x: float
    showing: Showing


@dataclass(frozen=True, slots=True, eq=False)
class Stratum:
    """Pixels (premultiplied BGRA) to be stretched over `rect` of the document. `source`: what they belong to."""

    source: Sheet | ResultPicture
    pixels: Pixels8
    rect: Rect
    opacity: float = 1.0


def strata(showing: Showing) -> Iterator[Stratum]:
    """Picture, result, fresh ink, mask tint and instruction lines, from the back to the front."""
    scene, result = showing.scene, showing.result
    yield from _plane(scene.picture)
    if result is not None:
        yield Stratum(result, result.pixels, result.rect, showing.opacity)
        if showing.instructions:
            yield from _fresh(scene.picture.sheet)
    if showing.instructions:
        yield from _plane(scene.reference)
        yield from _plane(scene.masks)
        yield from _plane(scene.lines, showing.instructions)
        if result is not None:
            yield from _fresh(scene.lines.sheet)
        yield from _plane(scene.quick_mask)
    yield from _plane(scene.layer_mask)


def _plane(plane: Plane, opacity: float = 1.0) -> Iterator[Stratum]:
    if not plane.empty and plane.sheet.pixels.size:
        yield Stratum(plane.sheet, plane.sheet.pixels, _covered(plane.sheet), opacity)


def _fresh(sheet: Sheet) -> Iterator[Stratum]:
    if sheet.inked and sheet.fresh is not None:
        yield Stratum(sheet, sheet.fresh, _covered(sheet))


def _covered(sheet: Sheet) -> Rect:
    t = sheet.tiles
    return Rect(t.x0 * TILE_PX, t.y0 * TILE_PX, t.x1 * TILE_PX, t.y1 * TILE_PX)


def is_smooth(showing: Showing, stratum: Stratum) -> bool:
    """Whether pixels are blended when they are scaled, rather than shown as squares."""
    view = showing.view
    if isinstance(stratum.source, ResultPicture):
        return True
    return not showing.hasty and view.zoom < (SQUARES_FROM_ZOOM if view.rotation_deg == 0 else SQUARES_WHEN_TURNED)


def is_opaque(showing: Showing) -> bool:
    """Whether the picture hides the checkerboard everywhere in view."""
    return showing.scene.picture.opaque
