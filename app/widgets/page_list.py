"""A list of pages in titled groups, one of them chosen; a dot marks those with something to see."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import RADIUS_PX, Theme, text_font, title_font

_ROW_PX = 22
_TITLE_PX = 26
_PAD_PX = 10


class PageList(QWidget):
    """`pages`: pairs of group and title, those of a group together. `chosen(index)` for what the artist does."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, pages: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._theme = theme
        self._index = 0
        self._hovered: int | None = None
        self._marked: frozenset[int] = frozenset()
        self._rows: list[tuple[str, QRectF]] = []
        self._titles: list[tuple[str, QRectF]] = []
        top, group = 0.0, None
        for page_group, title in pages:
            if page_group != group:
                group = page_group
                self._titles.append((group, QRectF(0, top, 1, _TITLE_PX)))
                top += _TITLE_PX
            self._rows.append((title, QRectF(0, top, 1, _ROW_PX)))
            top += _ROW_PX
        self._height = int(top) + 6
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    @property
    def index(self) -> int:
        return self._index

    def show_index(self, index: int) -> None:
        self._index = index
        self.update()

    def mark(self, indices: frozenset[int]) -> None:
        """Put a dot on these."""
        if indices != self._marked:
            self._marked = indices
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(140, self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _at(self, y: float) -> int | None:
        return next((i for i, (_, box) in enumerate(self._rows) if box.top() <= y < box.bottom()), None)

    def _choose(self, index: int) -> None:
        if index != self._index:
            self._index = index
            self.update()
            self.chosen.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().y())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self._at(event.position().y())
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
        else:
            self._choose(min(len(self._rows) - 1, max(0, self._index + step)))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tokens.panel)
        painter.setFont(title_font())
        painter.setPen(tokens.text_dim)
        for title, box in self._titles:
            line = QRectF(_PAD_PX, box.top() + 3, self.width(), box.height() - 3)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, title.upper())
        painter.setFont(text_font())
        for index, (title, box) in enumerate(self._rows):
            row = QRectF(4, box.top(), self.width() - 8, box.height())
            if index == self._index or index == self._hovered:
                painter.setPen(tokens.focus if index == self._index and self.hasFocus() else Qt.PenStyle.NoPen)
                painter.setBrush(tokens.chosen if index == self._index else tokens.hover)
                painter.drawRoundedRect(row.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
            painter.setPen(tokens.text)
            painter.drawText(row.adjusted(_PAD_PX - 2, 0, -16, 0), Qt.AlignmentFlag.AlignVCenter, title)
            if index in self._marked:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tokens.accent)
                painter.drawEllipse(QPointF(row.right() - 10, row.center().y()), 2.5, 2.5)
        painter.end()
