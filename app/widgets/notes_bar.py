"""A quiet bar that tells what of an opened file is not as it was there. It stays until it is closed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.theme import MARGIN_PX, Theme
from app.widgets.bar import Bar
from app.widgets.buttons import IconButton, TextButton

#: So many are told in the bar itself, the rest under Details.
SHOWN = 2
#: More would leave no room for the canvas.
_MOST_LINES = 12


class NotesBar(Bar):
    """Hidden while there is nothing to tell."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "waiting", dot_y=11, parent=parent)
        self.label, self.details = QLabel(), QLabel()
        for label in (self.label, self.details):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.details.setProperty("dim", True)
        self.more = TextButton(theme, "Details")
        self.more.setCheckable(True)
        self.more.toggled.connect(self.details.setVisible)
        close = IconButton(theme, "close", "Close this message")
        close.clicked.connect(self.hide)
        words = QVBoxLayout()
        words.setContentsMargins(0, 3, 0, 3)
        words.setSpacing(4)
        words.addWidget(self.label)
        words.addWidget(self.details)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_PX + 12, 3, 8, 3)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def tell(self, notes: Sequence[str]) -> None:
        """Show them; nothing when there are none."""
        first = " ".join(f"{_bare(note)}." for note in notes[:SHOWN])
        left = len(notes) - SHOWN
        self.label.setText(f"Opened with changes. {first}{f' And {left} more.' if left > 0 else ''}")
        lines = [f"•  {_bare(note)}" for note in notes[:_MOST_LINES]]
        if len(notes) > _MOST_LINES:
            lines.append(f"and {len(notes) - _MOST_LINES} more")
        self.details.setText("\n".join(lines))
        self.more.setVisible(left > 0)
        self.more.setChecked(False)
        self.details.hide()
        self.setVisible(bool(notes))


def _bare(note: str) -> str:
    return note.strip().rstrip(".")
