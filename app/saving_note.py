"""What is seen of saving: a line in the status line with a way to call it off, and a window while one has to wait.
GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.dialogs.filter_dialog import WorkLine
from app.saving import Saving
from app.theme import Theme, text_font
from app.widgets.buttons import IconButton

WAITING_PX = 360
_LINE_PX, _BUTTON_PX = 60, 16
#: Room for what is being saved, here and there.
_WORDS_PX, _WAITING_WORDS_PX = 260, 220
_LOOK_MS = 40
#: The progress of a file that is as good as written: the rest is the disk's.
_ALMOST = 0.99


def elided(text: str, width_px: int) -> str:
    """`text`, its middle left out where it is wider than that."""
    return QFontMetricsF(text_font()).elidedText(text, Qt.TextElideMode.ElideMiddle, width_px)


class SavingNote(QWidget):
    """Hidden while saving takes too short a time to be noticed. `show_progress` is called now and then."""

    def __init__(self, theme: Theme, saving: Saving) -> None:
        super().__init__()
        self._saving = saving
        self.label = QLabel()
        self.line = WorkLine(theme)
        self.line.setFixedWidth(_LINE_PX)
        self.cancel = IconButton(theme, "close", "Stop saving; the file stays as it is", _BUTTON_PX)
        self.cancel.clicked.connect(saving.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.label)
        row.addWidget(self.line)
        row.addWidget(self.cancel)
        self.hide()

    def show_progress(self) -> None:
        """Show how far it is; nothing once it has ended."""
        saving = self._saving
        if saving.path is not None and saving.noticed:
            self.label.setText(elided(f"Saving {saving.path.name}", _WORDS_PX))
            self.line.show_share(min(saving.progress, _ALMOST))
        self.setVisible(saving.noticed)


class SavingWait(QDialog):
    """Something has to wait until everything is written: closes by itself then."""

    def __init__(self, theme: Theme, saving: Saving, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Saving")
        self._saving = saving
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.line = WorkLine(theme)
        self.cancel = QPushButton("Stop saving")
        self.cancel.setToolTip("The file stays as it was")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(saving.cancel)
        row = QHBoxLayout()
        row.addWidget(self.label, 1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.line)
        self.setFixedWidth(WAITING_PX)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._look()

    def _look(self) -> None:
        if not self._saving.busy:
            self._timer.stop()
            self.accept()
        elif self._saving.path is not None:
            self.label.setText(elided(f"Saving {self._saving.path.name}", _WAITING_WORDS_PX))
            self.line.show_share(min(self._saving.progress, _ALMOST))

    def reject(self) -> None:
        """Escape and the window's own button do not call it off: only the button that says so does."""
