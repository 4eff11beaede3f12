"""Small squares of colour: a palette in rows, a strip of recent colours, and the pair of foreground and background."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.colours import Colour, hex_of, is_same
from app.icons import paint_icon
from app.palettes import Palette, Swatch
from app.theme import Theme
from app.widgets.colour_wheel import to_qcolor

_SIDE_PX = 18
_GAP_PX = 3
_LEAST_PX = 11
#: Around each colour, for those that are nearly that of the panel.
_EDGE = QColor(128, 128, 128, 90)


class _Cells(QWidget):
    """Colours in cells. A click emits `chosen(colour)`, a right click `menu_wanted(index, global position)`, with
    index -1 beside all cells. Heirs say where the cells are."""

    chosen = Signal(tuple)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._swatches: tuple[Swatch, ...] = ()
        self._present: Colour | None = None

    def set_swatches(self, swatches: Sequence[Swatch]) -> None:
        if tuple(swatches) != self._swatches:
            self._swatches = tuple(swatches)
            self.updateGeometry()
            self.update()

    def show_present(self, colour: Colour) -> None:
        """Mark the cells of the colour that the artist paints with."""
        if colour != self._present:
            self._present = colour
            self.update()

    def cell(self, index: int) -> QRect:
        raise NotImplementedError

    def _at(self, point: QPoint) -> int:
        return next((i for i in range(len(self._swatches)) if self.cell(i).contains(point)), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().toPoint())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self._swatches[index].colour)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self._at(event.pos()), event.globalPos())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._at(event.pos())
            QToolTip.showText(event.globalPos(), _tip(self._swatches[index]) if index >= 0 else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, swatch in enumerate(self._swatches):
            cell = QRectF(self.cell(index))
            if not cell.intersects(QRectF(event.rect())):
                continue
            painter.setPen(QPen(_EDGE, 1))
            painter.setBrush(to_qcolor(swatch.colour))
            painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
            if self._present is not None and is_same(swatch.colour, self._present):
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for colour, inset in ((QColor("#1d1d1d"), 1.5), (QColor("#ffffff"), 0.5)):
                    painter.setPen(QPen(colour, 1))
                    painter.drawRoundedRect(cell.adjusted(inset, inset, -inset, -inset), 2, 2)
        painter.end()


def _tip(swatch: Swatch) -> str:
    words = " / ".join(word for word in (swatch.group, swatch.name) if word)
    return f"{words}  {hex_of(swatch.colour)}" if words else hex_of(swatch.colour)


class Swatches(_Cells):
    """A palette in rows that fill the width; a group of its own begins a new row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._wanted_columns = 0
        self._places: tuple[int, list[tuple[int, int]]] = (-1, [])

    def set_palette(self, palette: Palette) -> None:
        self._places = (-1, [])
        self._wanted_columns = palette.columns
        self.set_swatches(palette.swatches)

    def _columns(self, width: int) -> int:
        """As many as fit, or the nearest multiple of what the palette was made with while cells stay large enough."""
        fitting = max(1, round((width + _GAP_PX) / (_SIDE_PX + _GAP_PX)))
        if self._wanted_columns:
            rows = max(1, round(fitting / self._wanted_columns))
            wanted = rows * self._wanted_columns
            if (width + _GAP_PX) / wanted - _GAP_PX >= _LEAST_PX:
                return wanted
        return fitting

    def _laid_out(self, width: int) -> list[tuple[int, int]]:
        """(row, column) of each swatch at a width of the widget."""
        columns = self._columns(width)
        if self._places[0] != columns:
            places: list[tuple[int, int]] = []
            row, column = 0, 0
            for before, swatch in zip((None, *self._swatches), self._swatches, strict=False):
                if column == columns or (before is not None and swatch.group != before.group and column):
                    row, column = row + 1, 0
                places.append((row, column))
                column += 1
            self._places = columns, places
        return self._places[1]

    def cell(self, index: int) -> QRect:
        row, column = self._laid_out(self.width())[index]
        pitch = (self.width() + _GAP_PX) / self._columns(self.width())
        left, right = round(column * pitch), round((column + 1) * pitch) - _GAP_PX
        return QRect(left, row * (_SIDE_PX + _GAP_PX), right - left, _SIDE_PX)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._laid_out(width)
        rows = places[-1][0] + 1 if places else 1
        return rows * (_SIDE_PX + _GAP_PX) - _GAP_PX

    def sizeHint(self) -> QSize:
        return QSize(7 * (_SIDE_PX + _GAP_PX) - _GAP_PX, self.heightForWidth(max(1, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(3 * (_SIDE_PX + _GAP_PX) - _GAP_PX, _SIDE_PX)


class ColourStrip(_Cells):
    """`count` colours in one row across the width, those that are not there yet as empty cells."""

    def __init__(self, theme: Theme, count: int, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._count = count
        self.setFixedHeight(16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_colours(self, colours: Sequence[Colour]) -> None:
        self.set_swatches([Swatch(colour) for colour in colours[: self._count]])

    def cell(self, index: int) -> QRect:
        pitch = (self.width() + 1) / self._count
        left, right = round(index * pitch), round((index + 1) * pitch) - 1
        return QRect(left, 0, right - left, self.height())

    def sizeHint(self) -> QSize:
        return QSize(self._count * 8, 16)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.field)
        for index in range(len(self._swatches), self._count):
            painter.drawRoundedRect(QRectF(self.cell(index)), 2, 2)
        painter.end()
        super().paintEvent(event)


class ColourPair(QWidget):
    """The foreground colour over the background colour; a click swaps them, the small corner resets them."""

    swapped = Signal()
    reset = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pair: tuple[Colour, Colour] = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
        self.setFixedSize(48, 38)
        self.setAccessibleName("Foreground and background colour")

    def set_pair(self, foreground: Colour, background: Colour) -> None:
        if (foreground, background) != self._pair:
            self._pair = (foreground, background)
            self.update()

    def _is_reset(self, point: QPoint) -> bool:
        return point.x() < 17 and point.y() >= 27

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            (self.reset if self._is_reset(event.position().toPoint()) else self.swapped).emit()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            pair = f"Foreground {hex_of(self._pair[0])} over background {hex_of(self._pair[1])}; click to swap them"
            text = "Black over white" if self._is_reset(event.pos()) else pair
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.hairline, 1))
        for colour, box in ((self._pair[1], QRectF(20.5, 12.5, 25, 25)), (self._pair[0], QRectF(0.5, 0.5, 26, 26))):
            painter.setBrush(to_qcolor(colour))
            painter.drawRoundedRect(box, 3, 3)
        for paper, box in ((True, QRectF(6.5, 31.5, 6, 6)), (False, QRectF(2.5, 28.5, 6, 6))):
            painter.setPen(QPen(tokens.icon, 1))
            painter.setBrush(QColor("#ffffff") if paper else QColor("#000000"))
            painter.drawRect(box)
        paint_icon(painter, "swap", QPointF(38, 5), tokens.text_dim, 12)
        painter.end()
