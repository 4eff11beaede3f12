"""A text area that completes words from those a model was taught, and quietly marks the ones that it ignores."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QStandardItem,
    QStandardItemModel,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QCompleter,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTextEdit,
    QToolTip,
)

from app.theme import CONTROL_PX, SMALL_PX, Theme, text_font
from app.widgets.field import TextArea
from models.vocabulary import Vocabulary

IGNORED = "This model was not taught this word and ignores it"
#: Letters typed before words are offered.
_ENOUGH = 2
_LAST_WORD = re.compile(r"[^\W\d_][\w'-]*$")
_GROUP = Qt.ItemDataRole.UserRole
_PAD_PX, _GAP_PX = 8, 20
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class _Offer(QStyledItemDelegate):
    """A word, and its group at the right in dim small letters."""

    def __init__(self, theme: Theme, parent: QListView) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = self._theme.tokens
        box, parent = option.rect, self.parent()
        if isinstance(parent, QListView) and index == parent.currentIndex():
            painter.fillRect(box, tokens.chosen)
        box = box.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
        painter.setFont(text_font())
        painter.setPen(tokens.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, index.data())
        painter.setFont(text_font(SMALL_PX))
        painter.setPen(tokens.text_dim)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, index.data(_GROUP))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        metrics = option.fontMetrics
        words = metrics.horizontalAdvance(index.data()) + metrics.horizontalAdvance(index.data(_GROUP))
        return QSize(words + _GAP_PX + 2 * _PAD_PX, CONTROL_PX)


class PromptArea(TextArea):
    """Tab or Enter takes the offered word, Escape declines it. Without a vocabulary it is a plain text area."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._vocabulary = Vocabulary()
        self._words = QStandardItemModel(self)
        self.completer = QCompleter(self._words, self)
        self.completer.setWidget(self)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.popup = QListView()
        self.popup.setObjectName("popup")
        self.popup.setAccessibleName("Words the model knows")
        self.completer.setPopup(self.popup)
        self.popup.setItemDelegate(_Offer(theme, self.popup))
        self.completer.activated.connect(self._take)
        self.textChanged.connect(self._mark)
        self.cursorPositionChanged.connect(self._mark)
        theme.changed.connect(self._mark)

    @property
    def vocabulary(self) -> Vocabulary:
        return self._vocabulary

    def set_vocabulary(self, vocabulary: Vocabulary) -> None:
        if self._vocabulary == vocabulary:
            return
        self._vocabulary = vocabulary
        self._words.clear()
        for word, group in vocabulary.entries():
            item = QStandardItem(word)
            item.setData(group, _GROUP)
            self._words.appendRow(item)
        self._mark()

    def ignored_words(self) -> list[str]:
        """The words marked now: not taught, and not still being typed."""
        text = self.toPlainText()
        return [text[first:end] for first, end in self._ignored()]

    def word_before_cursor(self) -> str:
        """The letters of the word that ends at the cursor; "" within or after anything else."""
        cursor = self.textCursor()
        text = self.toPlainText()
        at = cursor.position()
        if cursor.hasSelection() or (at < len(text) and text[at].isalnum()):
            return ""
        found = _LAST_WORD.search(text[:at])
        return found[0] if found else ""

    def add_word(self, word: str) -> None:
        """Put `word` behind the text, as a part of its own; one step of undo."""
        text = self.toPlainText()
        ended = text.rstrip(" ")
        before = "" if not ended or ended.endswith("\n") else " " if ended.endswith(",") else ", "
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(text) - len(ended))
        cursor.beginEditBlock()
        cursor.insertText(before + word)
        cursor.endEditBlock()
        self.setTextCursor(cursor)

    # Marks

    def _ignored(self) -> list[tuple[int, int]]:
        at = self.textCursor().position()
        spans = self._vocabulary.ignored(self.toPlainText())
        return [span for span in spans if not (self.hasFocus() and span[1] == at)]

    def _mark(self) -> None:
        """Marks are selections beside the text, so that neither undo nor `textChanged` hears of them."""
        look = QTextCharFormat()
        look.setForeground(self._theme.tokens.text_dim)
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        look.setUnderlineColor(self._theme.tokens.text_dim)
        marks = []
        for first, end in self._ignored():
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(first)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            mark.cursor, mark.format = cursor, look
            marks.append(mark)
        self.setExtraSelections(marks)
        words = ", ".join(self.ignored_words())
        self.setAccessibleDescription(f"Ignored by this model: {words}" if words else "")

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self.cursorForPosition(event.pos()).position()
            if any(first <= at <= end for first, end in self._ignored()):
                QToolTip.showText(event.globalPos(), IGNORED, self)
                return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()

    # Completion

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup = self.popup
        taking = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
        commands = bool(event.modifiers() & _COMMANDS)
        if popup.isVisible() and not commands and event.key() in (*taking, Qt.Key.Key_Escape):
            if event.key() in taking:
                self._take(popup.currentIndex().data() or self.completer.currentCompletion())
            popup.hide()
            return
        super().keyPressEvent(event)
        if event.text() and not commands:
            self._offer()
        elif commands:
            popup.hide()

    def _offer(self) -> None:
        word = self.word_before_cursor()
        self.completer.setCompletionPrefix(word)
        offered = self.completer.completionCount()
        done = offered == 1 and self.completer.currentCompletion().casefold() == word.casefold()
        if len(word) < _ENOUGH or not offered or done:
            self.popup.hide()
            return
        popup = self.popup
        popup.setCurrentIndex(self.completer.completionModel().index(0, 0))
        box = self.cursorRect()
        width = popup.sizeHintForColumn(0) + popup.verticalScrollBar().sizeHint().width() + 12
        self.completer.complete(QRect(box.left(), box.top() + 4, max(120, width), box.height()))

    def _take(self, word: str) -> None:
        cursor = self.textCursor()
        cursor.movePosition(
            QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(self.word_before_cursor())
        )
        cursor.insertText(word)
        self.setTextCursor(cursor)
