"""A list to choose one thing from. What cannot be chosen is shown greyed, with the reason beneath it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.icons import paint_icon
from app.theme import CONTROL_PX, RADIUS_PX, SMALL_PX, Theme, text_font

_KEY = Qt.ItemDataRole.UserRole
_PROBLEM = Qt.ItemDataRole.UserRole + 1
#: The key of a line between choices.
_RULE = object()
_RULE_PX = 7
_PAD_PX = 8
_ARROW_PX = 12
#: The most that a reason may widen the list; what is longer shows on hover.
_PROBLEM_PX = 420


@dataclass(frozen=True, slots=True)
class Choice:
    """`problem`: why it cannot be chosen, one sentence; "" when it can. `tip`: shown on hover. `rule`: a line above."""

    key: Hashable
    text: str
    problem: str = ""
    tip: str = ""
    rule: bool = False


class _RowPainter(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        if index.data(_KEY) is _RULE:
            return QSize(0, _RULE_PX)
        problem = str(index.data(_PROBLEM) or "")
        name_px = QFontMetricsF(text_font()).horizontalAdvance(str(index.data()))
        problem_px = min(_PROBLEM_PX, QFontMetricsF(text_font(SMALL_PX)).horizontalAdvance(problem))
        return QSize(int(max(name_px, problem_px)) + 2 * _PAD_PX + 2, 38 if problem else 22)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = self._theme.tokens
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        problem = str(index.data(_PROBLEM) or "")
        chosen = bool(state & QStyle.StateFlag.State_Selected) and not problem
        painter.save()
        painter.fillRect(rect, tokens.chosen if chosen else tokens.panel)
        if index.data(_KEY) is _RULE:
            painter.fillRect(QRect(rect.left(), rect.center().y(), rect.width(), 1), tokens.hairline)
            painter.restore()
            return
        painter.setFont(text_font())
        painter.setPen(tokens.text_disabled if problem else tokens.text)
        box = QRectF(rect).adjusted(_PAD_PX, 0, -_PAD_PX, -16 if problem else 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        if problem:
            painter.setFont(text_font(SMALL_PX))
            below = QRectF(rect).adjusted(_PAD_PX, 18, -_PAD_PX, -2)
            metrics = QFontMetricsF(text_font(SMALL_PX))
            short = metrics.elidedText(problem, Qt.TextElideMode.ElideRight, below.width())
            painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, short)
        painter.restore()


class Combo(QComboBox):
    """`chosen(key)` is emitted for what the artist does, never for `show_key`. The wheel works only with the focus."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, height_px: int = CONTROL_PX, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(height_px)
        self.setMinimumContentsLength(1)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setItemDelegate(_RowPainter(theme, self))
        self.setMaxVisibleItems(30)
        self.activated.connect(lambda row: self.chosen.emit(self.itemData(row, _KEY)))

    def set_choices(self, choices: Iterable[Choice]) -> None:
        """Replace the list; the shown key stays if it is still there."""
        present = self.key
        model = QStandardItemModel(self)
        for choice in choices:
            if choice.rule:
                rule = QStandardItem()
                rule.setData(_RULE, _KEY)
                rule.setFlags(Qt.ItemFlag.NoItemFlags)
                model.appendRow(rule)
            item = QStandardItem(choice.text)
            item.setData(choice.key, _KEY)
            item.setData(choice.problem, _PROBLEM)
            item.setToolTip(choice.problem or choice.tip)
            item.setEnabled(not choice.problem)
            model.appendRow(item)
        self.setModel(model)
        self.show_key(present)

    @property
    def key(self) -> Hashable:
        """What is shown as chosen; None when that is nothing in the list."""
        return self.currentData(_KEY) if self.currentIndex() >= 0 else None

    def show_key(self, key: Hashable) -> None:
        for row in range(self.count()):
            if self.itemData(row, _KEY) == key:
                self.setCurrentIndex(row)
                return
        self.setCurrentIndex(-1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def showPopup(self) -> None:
        widest = max(
            (self.view().sizeHintForIndex(self.model().index(r, 0)).width() for r in range(self.count())), default=0
        )
        self.view().setMinimumWidth(max(self.width() - 2, widest + 12))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.focus if self.hasFocus() else tokens.hairline, 1))
        painter.setBrush(tokens.field)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
        ink = tokens.text if self.isEnabled() else tokens.text_disabled
        box = QRectF(self.rect()).adjusted(_PAD_PX, 0, -_PAD_PX - _ARROW_PX - 2, 0)
        text = QFontMetricsF(self.font()).elidedText(self.currentText(), Qt.TextElideMode.ElideRight, box.width())
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        arrow = QPointF(self.width() - _PAD_PX - _ARROW_PX / 2 + 1, self.height() / 2 + 0.5)
        paint_icon(painter, "down", arrow, ink, _ARROW_PX)
        painter.end()
