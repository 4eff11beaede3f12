"""Results: what the engine made, newest first. Hover for the recipe, click to see it, double-click to keep it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import cv2
import numpy as np
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QPixmap
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.canvas_view import drops
from app.drags import RESULT_MIME, DragFiles, drag, result_mime
from app.session import Session
from app.theme import Theme
from app.widgets.thumbnail_row import Thumbnail, ThumbnailRow
from canvas.formats.recipes.found import found_in, recipe_object
from canvas.formats.recipes.values import number
from inference.result import Result

_SIDE_PX = 64


def recipe_tip(recipe: str) -> str:
    """The parameters of a recipe as rich text for the hover. Recipes come with files too: any text will do."""
    data = recipe_object(recipe)
    found = found_in(data)
    if not found.says_something:
        return "<p>How it was made is not known.</p>"
    seed = "" if found.seed is None else f"seed {found.seed}"
    steps = "" if found.steps is None else f"{found.steps} steps"
    strength = number(data.get("strength"))
    lines = [
        found.prompt or "no prompt",
        f"without: {found.negative}" if found.negative else "",
        _listed(found.model, seed, steps, found.mode),
        _listed(
            "" if strength is None else f"strength {strength:.2f}",
            "" if found.guidance is None else f"guidance {found.guidance:.1f}",
            "" if found.size is None else f"{found.size[0]} × {found.size[1]}",
        ),
        *(f"{control.kind or control.model} {control.weight:.2f}" for control in found.controls),
        *(f"{value} reference" for name, value in found.other if name == "Reference"),
    ]
    return "<p>" + "<br>".join(escape(line) for line in lines if line) + "</p>"


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


class ResultsPanel(QWidget):
    """`keep`: called for a double click, after the result has been laid over the canvas.

    Results can be drawn out of the window, as a picture with its recipe; pictures with a recipe can be dropped.
    """

    def __init__(self, session: Session, theme: Theme, keep: Callable[[], None]) -> None:
        super().__init__()
        self._session = session
        self._keep = keep
        self._made: dict[int, tuple[Result, Thumbnail]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.strip = ThumbnailRow(theme, "Generate puts its pictures here.")
        self.strip.clicked.connect(self._choose)
        self.strip.double_clicked.connect(self._choose_and_keep)
        self.strip.dragged.connect(self._drag)
        self._files = DragFiles(session.message.emit)
        self.setAcceptDrops(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.strip)
        session.results_changed.connect(self._show)
        session.result_changed.connect(self._show)
        session.document_replaced.connect(self._show)
        self._show()

    def _show(self) -> None:
        results = self._session.results
        self._made = {id(result): self._made.get(id(result)) or (result, _thumbnail(result)) for result in results}
        shown = self._session.result
        chosen = next((i for i, result in enumerate(results) if result is shown), None)
        self.strip.set_thumbnails([self._made[id(result)][1] for result in results], chosen)

    def _choose(self, index: int) -> None:
        self._session.choose_result(self._session.results[index])

    def _drag(self, index: int) -> None:
        result = self._session.results[index]
        picture = self._made[id(result)][1].picture
        drag(self.strip, result_mime(result, index, self._files), picture.scaled(_SIDE_PX, _SIDE_PX))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # A picture that was drawn out of this strip is in it already.
        if drops.can_take(event.mimeData()) and not event.mimeData().hasFormat(RESULT_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        drops.take_as_results(event.mimeData(), self._session)

    def _choose_and_keep(self, index: int) -> None:
        self._choose(index)
        self._keep()


def _thumbnail(result: Result) -> Thumbnail:
    """The middle square of the image, at twice the shown size for sharp screens."""
    height, width = result.pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = result.pixels[top : top + side, left : left + side]
    small = np.ascontiguousarray(cv2.resize(square, (2 * _SIDE_PX, 2 * _SIDE_PX), interpolation=cv2.INTER_AREA))
    image = QImage(small.tobytes(), 2 * _SIDE_PX, 2 * _SIDE_PX, 6 * _SIDE_PX, QImage.Format.Format_RGB888).copy()
    return Thumbnail(QPixmap.fromImage(image), recipe_tip(result.recipe))
