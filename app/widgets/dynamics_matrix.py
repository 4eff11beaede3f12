"""Which inputs drive which parameters of a brush, as a table with the shape of each curve in its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import RADIUS_PX, SMALL_PX, Theme, text_font
from canvas.brush import Brush, Input, Parameter
from canvas.curves import evaluated

_ROW_PX = 26
_HEAD_PX = 24
_NAME_PX = 92
_CELL_PX = 66
_GAP_PX = 3


class DynamicsMatrix(QWidget):
    """`rows`, `columns`: the parameters and inputs in order, with their names. `picked(parameter, input)`: a field was
    clicked, empty or not."""

    picked = Signal(object, object)

    def __init__(self, theme: Theme, rows: Sequence[Parameter], columns: Mapping[Input, str]) -> None:
        super().__init__()
        self._theme = theme
        self._rows, self._columns = tuple(rows), dict(columns)
        self._brush: Brush | None = None
        self._hovered: tuple[Parameter, Input] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What drives what")

    def show_brush(self, brush: Brush) -> None:
        if brush != self._brush:
            self._brush = brush
            self.update()

    def cell(self, parameter: Parameter, by: Input) -> QRectF:
        """Where a field lies."""
        column, row = list(self._columns).index(by), self._rows.index(parameter)
        left, top = _NAME_PX + column * (_CELL_PX + _GAP_PX), _HEAD_PX + row * _ROW_PX
        return QRectF(left, top, _CELL_PX, _ROW_PX - _GAP_PX)

    def _at(self, point: QPointF) -> tuple[Parameter, Input] | None:
        places = ((parameter, by) for parameter in self._rows for by in self._columns)
        return next((place for place in places if self.cell(*place).contains(point)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(*place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self._at(event.position())
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(_NAME_PX + len(self._columns) * (_CELL_PX + _GAP_PX), _HEAD_PX + len(self._rows) * _ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(SMALL_PX))
        painter.setPen(tokens.text_dim)
        for column, name in enumerate(self._columns.values()):
            box = QRectF(_NAME_PX + column * (_CELL_PX + _GAP_PX), 0, _CELL_PX, _HEAD_PX - 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
        painter.setFont(text_font())
        for parameter in self._rows:
            driven = any(self._curve(parameter, by) is not None for by in self._columns)
            row = self.cell(parameter, next(iter(self._columns)))
            painter.setPen(tokens.text if driven else tokens.text_dim)
            place = QRectF(0, row.top(), _NAME_PX - 6, row.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, parameter.value.capitalize())
            for by in self._columns:
                self._paint_cell(painter, parameter, by)
        painter.end()

    def _curve(self, parameter: Parameter, by: Input) -> tuple[tuple[float, float], ...] | None:
        return None if self._brush is None else self._brush.curve(parameter, by)

    def _paint_cell(self, painter: QPainter, parameter: Parameter, by: Input) -> None:
        tokens, box, curve = self._theme.tokens, self.cell(parameter, by), self._curve(parameter, by)
        hovered = (parameter, by) == self._hovered
        painter.setPen(QPen(tokens.focus, 1) if hovered else Qt.PenStyle.NoPen)
        painter.setBrush(tokens.field if curve is None else tokens.chosen)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
        if curve is None:
            return
        inner = box.adjusted(6, 5, -6, -5)
        xs = np.linspace(0.0, 1.0, 24)
        line = [
            QPointF(inner.left() + x * inner.width(), inner.bottom() - y * inner.height())
            for x, y in zip(xs, evaluated(curve, xs), strict=True)
        ]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tokens.accent, 1.5))
        painter.drawPolyline(QPolygonF(line))
