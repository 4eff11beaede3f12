"""Square thumbnails in rows that wrap and scroll; one is chosen. A click shows, a double click keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)  # fmt: skip
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QToolTip, QWidget

from app.theme import MARGIN_PX, Theme

#: About as wide as a thumbnail is; as many as fit share the width.
_SIDE_PX = 64
_GAP_PX = 6
#: Height of the line that is shown while there are none.
_EMPTY_PX = 16


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
    """`picture`: square, any size. `tip`: plain text or rich text for the hover."""

    picture: QPixmap
    tip: str


class ThumbnailRow(QScrollArea):
    """`clicked(index)`, `double_clicked(index)`, `dragged(index)` once a thumbnail is drawn away. Arrow keys move the
    choice, Enter is a double click."""

    clicked = Signal(int)
    double_clicked = Signal(int)
    dragged = Signal(int)

    def __init__(self, theme: Theme, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = _Grid(theme, empty_text, self)
        self.setWidget(self._grid)
        self.setWidgetResizable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusProxy(self._grid)

    @property
    def chosen(self) -> int | None:
        return self._grid.chosen

    def set_thumbnails(self, thumbnails: Sequence[Thumbnail], chosen: int | None) -> None:
        self._grid.show_thumbnails(tuple(thumbnails), chosen)

    def cell(self, index: int) -> QRect:
        """Where a thumbnail lies, in coordinates of `viewport()`."""
        return self._grid.cell(index).translated(self._grid.pos())

    def sizeHint(self) -> QSize:
        return QSize(4 * (_SIDE_PX + _GAP_PX) + 2 * MARGIN_PX, _SIDE_PX + MARGIN_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(_SIDE_PX + 2 * MARGIN_PX, (_SIDE_PX if self._grid.count else _EMPTY_PX) + MARGIN_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._grid.fit()
        super().resizeEvent(event)


class _Grid(QWidget):
    def __init__(self, theme: Theme, empty_text: str, area: ThumbnailRow) -> None:
        super().__init__(area)
        self._theme = theme
        self._empty_text = empty_text
        self._area = area
        self._thumbnails: tuple[Thumbnail, ...] = ()
        self._pressed: tuple[int, QPointF] | None = None
        self.chosen: int | None = None
        self.setObjectName("panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def count(self) -> int:
        return len(self._thumbnails)

    def show_thumbnails(self, thumbnails: tuple[Thumbnail, ...], chosen: int | None) -> None:
        self._thumbnails = thumbnails
        self.chosen = chosen
        self.fit()
        self.update()
        self._area.updateGeometry()

    def fit(self) -> None:
        rows = -(-len(self._thumbnails) // self._columns()) or 1
        height = rows * (self._side() + _GAP_PX) - _GAP_PX + MARGIN_PX
        self.resize(self._area.viewport().width(), max(height, self._area.viewport().height()))

    def _room(self) -> int:
        # Of the whole area: the scroll bar comes and goes in the margin and moves nothing.
        return self._area.width() - 2 * MARGIN_PX + _GAP_PX

    def _columns(self) -> int:
        return max(1, round(self._room() / (_SIDE_PX + _GAP_PX)))

    def _side(self) -> int:
        return max(16, self._room() // self._columns() - _GAP_PX)

    def cell(self, index: int) -> QRect:
        row, column = divmod(index, self._columns())
        side = self._side()
        return QRect(MARGIN_PX + column * (side + _GAP_PX), row * (side + _GAP_PX), side, side)

    def _at(self, point: QPointF) -> int | None:
        return next((i for i in range(len(self._thumbnails)) if self.cell(i).contains(point.toPoint())), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = index, event.position()
            self._area.clicked.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        index, start = self._pressed
        way = event.position() - start
        if way.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self._area.dragged.emit(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self._area.double_clicked.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns(), Qt.Key.Key_Down: self._columns(),
        }.get(Qt.Key(event.key()))  # fmt: skip
        if step is not None and self._thumbnails:
            index = 0 if self.chosen is None else min(len(self._thumbnails) - 1, max(0, self.chosen + step))
            self._area.clicked.emit(index)
            self._area.ensureVisible(self.cell(index).center().x(), self.cell(index).center().y())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            self._area.double_clicked.emit(self.chosen)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if index is None else self._thumbnails[index].tip, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), tokens.panel)
        if not self._thumbnails:
            painter.setPen(tokens.text_dim)
            box = QRectF(self.rect()).adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(box, flags, self._empty_text)
        for index, thumbnail in enumerate(self._thumbnails):
            cell = QRectF(self.cell(index))
            if not cell.intersects(QRectF(event.rect())):
                continue
            shape = QPainterPath()
            shape.addRoundedRect(cell, 3, 3)
            painter.save()
            painter.setClipPath(shape)
            painter.drawPixmap(cell, thumbnail.picture, QRectF(thumbnail.picture.rect()))
            painter.restore()
            if index == self.chosen:
                painter.setPen(QPen(tokens.accent, 2))
                painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), 3, 3)
        painter.end()
