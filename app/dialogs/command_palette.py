"""The command palette: type a few letters of anything Underdraw can do, press Enter. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.theme import Theme, text_font
from app.widgets.field import TextField

WIDTH_PX, ROWS, ROW_PX = 520, 12, 26


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done: `place` says where it is found otherwise, `keys` how it is done without looking."""

    text: str
    place: str
    keys: str
    do: Callable[[], object]


def match(wanted: str, text: str) -> int | None:
    """How well `text` answers what was typed, 0 is best; None when a letter is missing or out of order.

    Words that begin with what was typed come before letters found here and there.
    """
    needle, hay = wanted.casefold().split(), text.casefold()
    words = hay.split()
    if all(any(word.startswith(part) for word in words) for part in needle):
        return 0 if not needle or hay.startswith(needle[0]) else 1
    if all(part in hay for part in needle):
        return 2
    at, gaps = -1, 0
    for letter in "".join(needle):
        found = hay.find(letter, at + 1)
        if found < 0:
            return None
        gaps += found - at - 1 if at >= 0 else 0
        at = found
    return 3 + gaps


def found(wanted: str, deeds: Iterable[Deed], recent: Sequence[str]) -> list[Deed]:
    """What answers, the best first; among equals what was done lately, then in the order of the menus."""
    ranked = []
    for number, deed in enumerate(deeds):
        own = match(wanted, deed.text)
        ranks = [own, None if (other := match(wanted, f"{deed.place} {deed.text}")) is None else other + 2]
        best = min((rank for rank in ranks if rank is not None), default=None)
        if best is not None:
            age = recent.index(deed.text) if deed.text in recent else len(recent)
            ranked.append((best, age, number, deed))
    return [deed for *_, deed in sorted(ranked, key=lambda entry: entry[:3])]


class _Rows(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(WIDTH_PX - 20, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = self._theme.tokens
        deed = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        state: QStyle.StateFlag = option.state
        painter.fillRect(option.rect, tokens.chosen if state & QStyle.StateFlag.State_Selected else tokens.panel)
        box = QRectF(option.rect).adjusted(10, 0, -10, 0)
        painter.setFont(text_font())
        painter.setPen(tokens.text)
        used = painter.boundingRect(box, Qt.AlignmentFlag.AlignVCenter, deed.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, deed.text)
        painter.setPen(tokens.text_dim)
        painter.drawText(box.adjusted(used.width() + 10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, deed.place)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, deed.keys)
        painter.restore()


class CommandPalette(QFrame):
    """`recent`: texts of what was done through it, the newest first; it is kept up to date."""

    def __init__(self, deeds: Sequence[Deed], recent: list[str], theme: Theme, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setStyleSheet(
            f"#palette {{ background: {theme.tokens.panel.name()}; border: 1px solid {theme.tokens.hairline.name()}; }}"
        )
        self._deeds, self._recent = tuple(deeds), recent
        self.field = TextField()
        self.field.setPlaceholderText("What do you want to do?")
        self.field.textChanged.connect(self._show)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setItemDelegate(_Rows(theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda _item: self.carry_out())
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.setFixedSize(WIDTH_PX, 8 + 28 + 6 + ROWS * ROW_PX + 10)
        self._show("")

    def open_over(self, window: QWidget) -> None:
        """Show it in the upper middle of the window."""
        corner = window.mapToGlobal(QPoint((window.width() - self.width()) // 2, window.height() // 8))
        self.move(corner)
        self.show()
        self.field.setFocus()

    def _show(self, wanted: str) -> None:
        self.list.clear()
        for deed in found(wanted, self._deeds, self._recent):
            item = QListWidgetItem(deed.text)
            item.setData(Qt.ItemDataRole.UserRole, deed)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        step = {
            Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS - 1, Qt.Key.Key_PageUp: 1 - ROWS,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if step is not None:
            row = self.list.currentRow() + step
            self.list.setCurrentRow(min(self.list.count() - 1, max(0, row)))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.carry_out()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return True
        return False

    def carry_out(self) -> None:
        """Do the chosen deed and close."""
        item = self.list.currentItem()
        if item is None:
            return
        deed: Deed = item.data(Qt.ItemDataRole.UserRole)
        if deed.text in self._recent:
            self._recent.remove(deed.text)
        self._recent.insert(0, deed.text)
        self.close()
        deed.do()
