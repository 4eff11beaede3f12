"""A quiet bar that tells how a picture was made and offers to go on with it. It stays until it is closed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.theme import MARGIN_PX, Theme
from app.widgets.bar import Bar
from app.widgets.buttons import IconButton, TextButton


class RecipeBar(Bar):
    """`act` carries out what its first button says, `details` shows all there is."""

    def __init__(self, theme: Theme, details: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(theme, "accent", parent=parent)
        self._act: Callable[[], None] = lambda: None
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.action = TextButton(theme, "Restore")
        self.action.clicked.connect(lambda: self._act())
        self.details = TextButton(theme, "Details")
        self.details.setToolTip("Everything that it says, and what of it can be used here")
        self.details.clicked.connect(details)
        self.close_button = IconButton(theme, "close", "Close this message")
        self.close_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_PX + 12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.label, 1)
        for widget in (self.action, self.details, self.close_button):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def tell(self, sentence: str, action: str, tip: str, act: Callable[[], None]) -> None:
        self.label.setText(sentence)
        self.action.setText(action)
        self.action.setToolTip(tip)
        self.action.updateGeometry()
        self._act = act
        self.show()
