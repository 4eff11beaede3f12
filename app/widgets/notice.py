"""A quiet bar in the window for one sentence that must not be missed, such as why a file could not be opened."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.theme import MARGIN_PX, Theme
from app.widgets.bar import Bar
from app.widgets.buttons import IconButton


class Notice(Bar):
    """Hidden until `tell`; stays until it is closed or the next thing succeeds; after `insist` only until it is closed
    or hidden."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "broken", parent=parent)
        self._insisting = False
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = IconButton(theme, "close", "Close this message")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_PX + 12, 6, 8, 6)
        row.addWidget(self._label, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def sentence(self) -> str:
        return self._label.text()

    def tell(self, sentence: str) -> None:
        self._insisting = False
        self._label.setText(sentence)
        self.show()

    def insist(self, sentence: str) -> None:
        """Tell what has not been put right because something else succeeds."""
        self.tell(sentence)
        self._insisting = True

    def done(self) -> None:
        """Something has succeeded."""
        if not self._insisting:
            self.hide()
