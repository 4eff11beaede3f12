"""Text fields that keep their keys: while one has the focus, plain keys are text and Enter and Tab are the field's own.

Without this, the window's single-key commands (Enter keeps the result, Tab hides the panels) would fire while typing.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

_COMMAND_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


def is_typing(event: QEvent) -> bool:
    """A key that a text field wants for itself, asked before commands get it."""
    return (
        isinstance(event, QKeyEvent)
        and event.type() == QEvent.Type.ShortcutOverride
        and not event.modifiers() & _COMMAND_MODIFIERS
        and event.key() not in range(Qt.Key.Key_F1, Qt.Key.Key_F35 + 1)
    )


class TextField(QLineEdit):
    """One line. Enter and leaving it emit `editingFinished`; Escape puts the text before the edit back and leaves."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._before = text

    def set_prefix(self, word: str) -> None:
        """Show a dim word in front of the text."""
        label = QLabel(word, self)
        label.setProperty("dim", True)
        label.ensurePolished()
        label.move(8, 1)
        label.setFixedHeight(self.height())
        self.setTextMargins(label.sizeHint().width() + 6, 0, 0, 0)

    def show_text(self, text: str) -> None:
        """Show `text` unless the artist is typing."""
        self._before = text
        if not self.hasFocus():
            self.setText(text)

    def event(self, event: QEvent) -> bool:
        if is_typing(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            untouched = self.text() == self._before
            self.setText(self._before)
            self.clearFocus()
            if untouched:
                event.ignore()  # there was nothing to take back: it was meant for what the field is part of
        else:
            super().keyPressEvent(event)


class TextArea(QPlainTextEdit):
    """A few lines. Tab and Escape leave it."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(4)

    def show_text(self, text: str) -> None:
        """Show `text` unless it is there already, so that the cursor stays where it is."""
        if self.toPlainText() != text:
            self.setPlainText(text)

    def event(self, event: QEvent) -> bool:
        if is_typing(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
        else:
            super().keyPressEvent(event)
