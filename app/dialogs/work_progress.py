"""The note that a long edit is under way, with its progress and a way to call it off. GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.dialogs.filter_dialog import WorkLine
from app.long_edit import LongEdit
from app.theme import Theme

WIDTH_PX = 300
_LOOK_MS = 50


class WorkProgress(QDialog):
    """Confirms the edit when it is done, and closes when it has ended, however it did."""

    def __init__(self, theme: Theme, edit: LongEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(edit.label)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._edit = edit
        self.line = WorkLine(theme)
        self.label = QLabel(f"{edit.label}: making the new pixels")
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.label, 1)
        row.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.line)
        self.setFixedWidth(WIDTH_PX)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        edit.ended.connect(self._on_ended)

    def _look(self) -> None:
        self.line.show_share(min(self._edit.progress, 0.99))
        if self._edit.done:
            self._edit.confirm()

    def reject(self) -> None:
        self._edit.dismiss()

    def _on_ended(self, done: bool) -> None:
        self._timer.stop()
        self.done(int(QDialog.DialogCode.Accepted if done else QDialog.DialogCode.Rejected))
