"""Results: what the engine made, newest first. Hover for the recipe, click to see it, double-click to keep it."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

import cv2
import numpy as np
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.session import Session
from app.theme import Theme
from app.widgets.thumbnail_row import Thumbnail, ThumbnailRow
from inference.result import Result

_SIDE_PX = 64


def recipe_tip(recipe: str) -> str:
    """The parameters of a recipe as rich text for the hover."""
    data = json.loads(recipe)
    lines = [escape(str(data.get("prompt") or "no prompt"))]
    if data.get("negative"):
        lines.append(f"without: {escape(str(data['negative']))}")
    lines.append(f"{escape(str(data['model']))}, seed {data['seed']}, {data['steps']} steps, {data['mode']}")
    width, height = data["size"]
    lines.append(f"strength {data['strength']:.2f}, guidance {data['guidance']:.1f}, {width} × {height}")
    lines += [f"{escape(c['kind'])} {c['weight']:.2f}" for c in data.get("controls", ())]
    lines += [f"{escape(r['kind'])} reference {r['weight']:.2f}" for r in data.get("references", ())]
    return "<p>" + "<br>".join(lines) + "</p>"


class ResultsPanel(QWidget):
    """`keep`: called for a double click, after the result has been laid over the canvas."""

    def __init__(self, session: Session, theme: Theme, keep: Callable[[], None]) -> None:
        super().__init__()
        self._session = session
        self._keep = keep
        self._made: dict[int, tuple[Result, Thumbnail]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.strip = ThumbnailRow(theme, "Generate puts its pictures here.")
        self.strip.clicked.connect(self._choose)
        self.strip.double_clicked.connect(self._choose_and_keep)
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
