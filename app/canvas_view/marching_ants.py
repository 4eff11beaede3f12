"""The dashes that march along the edge of a selection. GUI thread only.

The timer runs only while there is an edge to be seen, and a step repaints only the parts of the view that the edge
goes through.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QRegion, QTransform
from PySide6.QtWidgets import QWidget

from app.canvas_view.viewport import Viewport
from app.tools.shapes import Ants, Shape
from canvas.selection import runs

STEP_MS = 120
DASH_PX = 4.0
#: The region to repaint is put together from squares of this side.
_CELL_PX = 32
_NO_SIDES = np.zeros((0, 2, 2))


class MarchingAnts:
    """Belongs to one view: `show` says what its overlay holds, `paint` draws it, `march` is one step."""

    def __init__(self, view: QWidget) -> None:
        self._view = view
        self._ants: Ants | None = None
        self._path = QPainterPath()
        self._sides = _NO_SIDES
        self._region: tuple[Viewport, QRegion] | None = None
        self._phase = 0.0
        self._timer = QTimer(view, interval=STEP_MS)
        self._timer.timeout.connect(self.march)

    @property
    def marching(self) -> bool:
        return self._timer.isActive()

    def show(self, shapes: Iterable[Shape]) -> None:
        """Take the edge that is in `shapes`, if any; march while it is there and the view can be seen."""
        ants = next((shape for shape in shapes if isinstance(shape, Ants)), None)
        if ants is not self._ants:
            if ants is None or self._ants is None or ants.paths is not self._ants.paths:
                self._path, self._sides = _painter_path(ants), _sides(ants)
            self._ants, self._region = ants, None
        self.rest_or_march()

    def rest_or_march(self) -> None:
        """The view was shown or hidden."""
        wanted = self._ants is not None and self._view.isVisible()
        if wanted and not self._timer.isActive():
            self._timer.start()
        elif not wanted:
            self._timer.stop()

    def march(self) -> None:
        self._phase = (self._phase + 1.0) % (2 * DASH_PX)
        if self._region is not None:
            self._view.update(self._region[1])

    def paint(self, painter: QPainter, view: Viewport) -> None:
        """Light dashes over a dark line, one device pixel wide, in the upright transform of the view."""
        if self._ants is None:
            return
        dx, dy = self._ants.offset
        if self._region is None or self._region[0] != view:
            self._region = view, _region(self._sides + self._ants.offset, view, self._view.rect())
        painter.save()
        # Plain thin lines have a fast way of their own in Qt, dashes included; smoothed ones do not.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setTransform(QTransform(*view.matrix()), combine=True)
        painter.translate(dx, dy)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, dashed in ((QColor(20, 20, 20), False), (QColor(255, 255, 255), True)):
            pen = QPen(colour, 1.0)
            pen.setCosmetic(True)  # a device pixel; dashes are counted in these too
            if dashed:
                pen.setDashPattern([DASH_PX * view.pixel_ratio] * 2)
                pen.setDashOffset(self._phase * view.pixel_ratio)
            painter.setPen(pen)
            painter.drawPath(self._path)
        painter.restore()


def _painter_path(ants: Ants | None) -> QPainterPath:
    path = QPainterPath()
    for corners in () if ants is None else ants.paths:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners.tolist()]))
        path.closeSubpath()
    return path


def _sides(ants: Ants | None) -> npt.NDArray[np.float64]:
    """Both ends of every side of all paths, shape (n, 2, 2)."""
    if ants is None:
        return _NO_SIDES
    return np.concatenate([np.stack((path, np.roll(path, -1, 0)), 1) for path in ants.paths])


def _region(sides: npt.NDArray[np.float64], view: Viewport, bounds: QRect) -> QRegion:
    """The parts of the view that sides of an edge go through, in whole cells."""
    m11, m12, m21, m22, dx, dy = view.matrix()
    columns, rows = bounds.width() // _CELL_PX + 1, bounds.height() // _CELL_PX + 1
    touched = np.zeros((rows, columns), bool)
    x, y = sides[..., 0], sides[..., 1]
    seen = np.stack((m11 * x + m21 * y + dx, m12 * x + m22 * y + dy), -1)
    low = np.floor((seen.min(1) - 1) / _CELL_PX).astype(int)
    high = np.floor((seen.max(1) + 1) / _CELL_PX).astype(int)
    visible = (high >= 0).all(1) & (low[:, 0] < columns) & (low[:, 1] < rows)
    low, high = np.maximum(low[visible], 0), high[visible] + 1
    single = (high - low == 1).all(1)
    touched[low[single, 1], low[single, 0]] = True
    for (x0, y0), (x1, y1) in np.unique(np.stack((low[~single], high[~single]), 1), axis=0).tolist():
        touched[y0:y1, x0:x1] = True
    region = QRegion()
    for row in np.flatnonzero(touched.any(1)).tolist():
        for first, last in runs(touched[row]):
            region += QRect(first * _CELL_PX, row * _CELL_PX, (last - first) * _CELL_PX, _CELL_PX)
    return region
