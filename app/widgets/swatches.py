"""Small squares of colour: a palette in rows, and the pair of foreground and background."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from app.theme import Theme
from app.widgets.colour_wheel import Colour, hex_of, to_qcolor

_SIDE_PX = 18
_GAP_PX = 3


class Swatches(QWidget):
    """A palette; a click emits `chosen(colour)`."""

    chosen = Signal(tuple)

    def __init__(self, colours: Sequence[Colour], columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours = tuple(colours)
        self._columns = columns
        rows = -(-len(self._colours) // columns)
        pitch = _SIDE_PX + _GAP_PX
        self.setFixedSize(columns * pitch - _GAP_PX, max(1, rows) * pitch - _GAP_PX)

    def _cell(self, index: int) -> QRect:
        row, column = divmod(index, self._columns)
        pitch = _SIDE_PX + _GAP_PX
        return QRect(column * pitch, row * pitch, _SIDE_PX, _SIDE_PX)

    def _at(self, event: QMouseEvent | QHelpEvent) -> Colour | None:
        point = event.position().toPoint() if isinstance(event, QMouseEvent) else event.pos()
        return next((c for i, c in enumerate(self._colours) if self._cell(i).contains(point)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        colour = self._at(event)
        if colour is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(colour)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            colour = self._at(event)
            QToolTip.showText(event.globalPos(), hex_of(colour) if colour else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, colour in enumerate(self._colours):
            painter.setBrush(to_qcolor(colour))
            painter.drawRoundedRect(QRectF(self._cell(index)), 2, 2)
        painter.end()


class ColourPair(QWidget):
    """The foreground colour over the background colour; a click on either swaps them."""

    swapped = Signal()

    def __init__(self, theme: Theme, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pair: tuple[Colour, Colour] = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
        self.setFixedSize(44, 36)
        self.setToolTip(tip)
        self.setAccessibleName("Foreground and background colour")

    def set_pair(self, foreground: Colour, background: Colour) -> None:
        if (foreground, background) != self._pair:
            self._pair = (foreground, background)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.swapped.emit()

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.tokens.hairline, 1))
        for colour, box in ((self._pair[1], QRectF(18.5, 10.5, 24, 24)), (self._pair[0], QRectF(0.5, 0.5, 26, 26))):
            painter.setBrush(to_qcolor(colour))
            painter.drawRoundedRect(box, 3, 3)
        painter.end()
