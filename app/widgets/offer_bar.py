"""A quiet bar in the window that offers something: a sentence, a button, and a way to be left alone with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.theme import MARGIN_PX, Theme
from app.widgets.bar import Bar
from app.widgets.buttons import IconButton, TextButton


class OfferBar(Bar):
    """Hidden until `offer`; gone when the offer is taken or the bar is closed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "accent", parent=parent)
        self._take: Callable[[], None] = lambda: None
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = TextButton(theme, "")
        self.button.clicked.connect(self._on_taken)
        close = IconButton(theme, "close", "Close this message")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_PX + 12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        row.addWidget(close)
        self.hide()

    def offer(self, sentence: str, button: str, take: Callable[[], None]) -> None:
        self.label.setText(sentence)
        self.button.setText(button)
        self.button.updateGeometry()
        self._take = take
        self.show()

    def _on_taken(self) -> None:
        self.hide()
        self._take()
