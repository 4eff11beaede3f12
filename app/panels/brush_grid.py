"""Presets as a grid: the stroke that each brush makes, its name, a star on favourites, a dot on changed ones.

GUI thread only. Only cells in sight are drawn and asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QWidget

from app.brush_shelf import BrushShelf
from app.icons import paint_icon
from app.panels.brush_pictures import BrushPictures
from app.theme import RADIUS_PX, SMALL_PX, Theme, text_font, title_font
from canvas.brush import Brush

#: About as wide as a cell is; as many as fit share the width.
CELL_PX = 88
_GAP_PX = 4
_SHAPE = 0.48
_NAME_PX = 18
_TITLE_PX = 24
_STAR_PX = 12


@dataclass(frozen=True, slots=True)
class Section:
    """Presets under a title; "" has none."""

    title: str
    brushes: tuple[Brush, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    brush: Brush
    box: QRect


class BrushGrid(QScrollArea):
    """`picked(name)`: a click or Enter. `starred(name)`: a click on the star. `menu_wanted(name, where)`: the right
    button on a preset, `where` on the screen."""

    picked = Signal(str)
    starred = Signal(str)
    menu_wanted = Signal(str, object)

    def __init__(self, shelf: BrushShelf, pictures: BrushPictures, theme: Theme) -> None:
        super().__init__()
        self._cells = _Cells(shelf, pictures, theme, self)
        self.setWidget(self._cells)
        self.setWidgetResizable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusProxy(self._cells)

    def show_sections(self, sections: Sequence[Section], empty_text: str) -> None:
        """Show these presets; the words when there are none."""
        self._cells.show_sections(tuple(section for section in sections if section.brushes), empty_text)

    def refresh(self) -> None:
        """What is shown of the presets has changed: the one in the hand, a star, a dot."""
        self._cells.update()

    def show_current(self) -> None:
        """Scroll to the preset in the hand."""
        self._cells.scroll_to_current()

    def cell(self, name: str) -> QRect:
        """Where a preset lies, in coordinates of `viewport()`; the first place of several."""
        return self._cells.place_of(name).translated(self._cells.pos())

    def sizeHint(self) -> QSize:
        return QSize(3 * (CELL_PX + _GAP_PX), 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(CELL_PX, 72)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._cells.arrange()
        super().resizeEvent(event)


class _Cells(QWidget):
    def __init__(self, shelf: BrushShelf, pictures: BrushPictures, theme: Theme, area: BrushGrid) -> None:
        super().__init__(area)
        self._shelf, self._pictures, self._theme, self._area = shelf, pictures, theme, area
        self._sections: tuple[Section, ...] = ()
        self._empty_text = ""
        self._titles: list[tuple[str, QRect]] = []
        self._cells: list[_Cell] = []
        self._hovered: int | None = None
        self._marked: int | None = None  # by the arrow keys
        self._columns = 1
        pictures.made.connect(self.update)
        self.setObjectName("panel")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Brush presets")

    # Measures

    def show_sections(self, sections: tuple[Section, ...], empty_text: str) -> None:
        self._sections, self._empty_text = sections, empty_text
        self._hovered = self._marked = None
        self.arrange()
        self.update()

    def arrange(self) -> None:
        """Lay the cells out on the width that there is; the scroll bar keeps to the margin."""
        width = max(CELL_PX, self._area.width() - 8)
        self._columns = max(1, (width + _GAP_PX) // (CELL_PX + _GAP_PX))
        side = (width + _GAP_PX) // self._columns - _GAP_PX
        height = round(side * _SHAPE) + _NAME_PX
        self._titles, self._cells, top = [], [], 0
        for section in self._sections:
            if section.title:
                self._titles.append((section.title, QRect(0, top, width, _TITLE_PX)))
                top += _TITLE_PX
            for number, brush in enumerate(section.brushes):
                row, column = divmod(number, self._columns)
                box = QRect(column * (side + _GAP_PX), top + row * (height + _GAP_PX), side, height)
                self._cells.append(_Cell(brush, box))
            top += -(-len(section.brushes) // self._columns) * (height + _GAP_PX)
        self.resize(self._area.viewport().width(), max(top, self._area.viewport().height()))

    def place_of(self, name: str) -> QRect:
        return next((cell.box for cell in self._cells if cell.brush.name == name), QRect())

    def scroll_to_current(self) -> None:
        box = self.place_of(self._shelf.brush.name)
        if not box.isNull():
            self._area.ensureVisible(box.center().x(), box.center().y(), 0, box.height())

    def _at(self, point: QPointF) -> int | None:
        return next((i for i, cell in enumerate(self._cells) if cell.box.contains(point.toPoint())), None)

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if index is None or event.button() != Qt.MouseButton.LeftButton:
            return
        name = self._cells[index].brush.name
        if _star_box(self._cells[index].box).contains(event.position()):
            self._area.starred.emit(name)
        else:
            self._area.picked.emit(name)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self._at(event.position())
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self._at(QPointF(event.pos()))
        if index is not None:
            self._area.menu_wanted.emit(self._cells[index].brush.name, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns, Qt.Key.Key_Down: self._columns,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if step is not None and self._cells:
            start = self._marked if self._marked is not None else self._index_of_current()
            index = 0 if start is None else min(len(self._cells) - 1, max(0, start + step))
            self._marked = index
            box = self._cells[index].box
            self._area.ensureVisible(box.center().x(), box.center().y(), 0, box.height())
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._marked is not None:
            self._area.picked.emit(self._cells[self._marked].brush.name)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if index is None else self._tip(self._cells[index].brush), self)
            return True
        own = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in own:
            event.accept()  # a window takes Enter and Space for the canvas otherwise
            return True
        return super().event(event)

    def _tip(self, brush: Brush) -> str:
        tags = f"<br>{escape(', '.join(brush.tags))}" if brush.tags else ""
        changed = "<br>changed since it was saved" if self._shelf.is_dirty(brush.name) else ""
        return f"<p><b>{escape(brush.name)}</b>, {brush.size_px:g} px{tags}{changed}</p>"

    def _index_of_current(self) -> int | None:
        current = self._shelf.brush.name
        return next((i for i, cell in enumerate(self._cells) if cell.brush.name == current), None)

    # The look

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), tokens.panel)
        if not self._cells:
            painter.setPen(tokens.text_dim)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(0, 4, -8, 0), flags, self._empty_text)
        painter.setFont(title_font())
        for title, box in self._titles:
            painter.setPen(tokens.text_dim)
            painter.drawText(QRectF(box), Qt.AlignmentFlag.AlignVCenter, title.upper())
        for index, cell in enumerate(self._cells):
            if cell.box.intersects(event.rect()):
                self._paint_cell(painter, index, cell)
        painter.end()

    def _paint_cell(self, painter: QPainter, index: int, cell: _Cell) -> None:
        tokens, shelf, name = self._theme.tokens, self._shelf, cell.brush.name
        current, hovered = name == shelf.brush.name, index == self._hovered
        box = QRectF(cell.box)
        card = QPainterPath()
        card.addRoundedRect(box, RADIUS_PX, RADIUS_PX)
        painter.fillPath(card, tokens.chosen if current else tokens.hover if hovered else tokens.raised)
        picture = cell.box.adjusted(0, 0, 0, -_NAME_PX)
        painter.save()
        painter.setClipPath(card)
        painter.fillRect(picture, tokens.field)
        pixmap = self._pictures.picture(cell.brush, picture.width(), picture.height(), self.devicePixelRatioF())
        if pixmap is not None:
            painter.drawPixmap(picture.topLeft(), pixmap)
        painter.restore()
        dirty = shelf.is_dirty(name)
        font = text_font(SMALL_PX)
        painter.setFont(font)
        painter.setPen(tokens.text if current or hovered else tokens.text_dim)
        line = QRectF(box.left() + 4, picture.bottom() + 1, box.width() - 8 - (9 if dirty else 0), _NAME_PX)
        text = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if dirty:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.accent)
            painter.drawEllipse(QPointF(box.right() - 8, line.center().y()), 2.5, 2.5)
        if shelf.is_favourite(name) or hovered:
            icon = "star-full" if shelf.is_favourite(name) else "star"
            colour = tokens.accent if shelf.is_favourite(name) else tokens.icon
            paint_icon(painter, icon, _star_box(cell.box).center(), colour, _STAR_PX)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if current:
            painter.setPen(QPen(tokens.accent, 1.5))
            painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), RADIUS_PX, RADIUS_PX)
        if index == self._marked and self.hasFocus():
            painter.setPen(QPen(tokens.text, 1))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)


def _star_box(cell: QRect) -> QRectF:
    """Where a click makes a favourite."""
    return QRectF(cell.right() - 18, cell.top() + 2, 18, 18)
