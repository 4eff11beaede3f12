"""A text area that offers to complete the word being typed from a list of words a model knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QRect, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QCompleter, QListView

from app.widgets.field import TextArea

#: Letters typed before words are offered.
_ENOUGH = 2
_LAST_WORD = re.compile(r"[^\W\d_][\w'-]*$")


class PromptArea(TextArea):
    """Tab or Enter takes the offered word, Escape declines it. Without a vocabulary it is a plain text area."""

    def __init__(self) -> None:
        super().__init__()
        self._words = QStringListModel(self)
        self.completer = QCompleter(self._words, self)
        self.completer.setWidget(self)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.popup = QListView()
        self.popup.setObjectName("popup")
        self.completer.setPopup(self.popup)
        self.completer.activated.connect(self._take)

    def set_vocabulary(self, words: Sequence[str]) -> None:
        if self._words.stringList() != list(words):
            self._words.setStringList(sorted(words, key=str.casefold))

    def word_before_cursor(self) -> str:
        """The letters of the word that ends at the cursor; "" within or after anything else."""
        cursor = self.textCursor()
        text = self.toPlainText()
        at = cursor.position()
        if cursor.hasSelection() or (at < len(text) and text[at].isalnum()):
            return ""
        found = _LAST_WORD.search(text[:at])
        return found[0] if found else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup = self.popup
        taking = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
        if popup.isVisible() and event.key() in (*taking, Qt.Key.Key_Escape):
            if event.key() in taking:
                self._take(popup.currentIndex().data() or self.completer.currentCompletion())
            popup.hide()
            return
        super().keyPressEvent(event)
        if event.text():
            self._offer()

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
