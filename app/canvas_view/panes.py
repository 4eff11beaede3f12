"""Which part of the widget shows what: one pane, or paint and result side by side. GUI thread only; plain values."""

from __future__ import annotations

from app.canvas_view.chosen_layers import figures
from app.canvas_view.result_picture import ResultPicture
from app.canvas_view.scene import Scene
from app.canvas_view.showing import LINES_OVER_RESULT, Pane, Showing
from app.canvas_view.viewport import Viewport
from app.session import Look
from canvas.state import DocumentState


def arrange(
    state: DocumentState,
    scene: Scene,
    viewport: Viewport,
    look: Look,
    result: ResultPicture | None,
    *,
    posing: bool,
    hasty: bool,
) -> tuple[Pane, ...]:
    """The panes of a widget that looks through `viewport`, from left to right. `posing`, `hasty`: as in `Showing`."""

    def showing(view: Viewport, shown: ResultPicture | None, opacity: float, instructions: float) -> Showing:
        posed = figures(state) if instructions else ()
        return Showing(view, state.rect, scene, shown, opacity, instructions, posed, posing, hasty)

    if look.side_by_side and result is not None:
        half = viewport.width / 2
        view = viewport.resized(half, viewport.height, viewport.pixel_ratio)
        if viewport.visible().contains(state.rect):
            view = view.fitted(state.rect)
        view = view.snapped()
        return Pane(0.0, showing(view, None, 1.0, 1.0)), Pane(half, showing(view, result, 1.0, 0.0))
    shown = None if look.paint_only else result
    softened = 1.0 if shown is None else LINES_OVER_RESULT
    return (Pane(0.0, showing(viewport.snapped(), shown, look.opacity, softened)),)
