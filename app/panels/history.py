"""History: every step back to the first, the present one marked; a click goes there. Says what it holds in memory.

GUI thread only. It asks the document nothing while a stroke is drawn.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from app.session import Session
from app.theme import MARGIN_PX, Theme
from app.tools.toolbox import Toolbox
from canvas.history import HistoryReport

ROW_PX = 22
#: The list follows at this pace, so that a stroke never waits for it.
_FOLLOW_MS = 60


class HistoryPanel(QWidget):
    def __init__(self, session: Session, toolbox: Toolbox, theme: Theme) -> None:
        super().__init__()
        self._session, self._toolbox, self._theme = session, toolbox, theme
        self._shown: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.list = QListWidget()
        self.list.setObjectName("steps")
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda item: self.go_to(self.list.row(item)))
        self.report = QLabel()
        self.report.setProperty("small", True)
        self.report.setContentsMargins(MARGIN_PX, 2, MARGIN_PX, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(self.report)
        self._timer = QTimer(self, singleShot=True, interval=_FOLLOW_MS)
        self._timer.timeout.connect(self.show_steps)
        session.document_changed.connect(lambda _old, _new: self._later())
        session.document_replaced.connect(self._later)
        theme.changed.connect(self._repaint)
        self.show_steps()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 90)

    def go_to(self, row: int) -> None:
        """Undo or redo until the step of that row is the newest; row 0 is the document as it was opened."""
        self._toolbox.finish()
        self._session.go_to_step(row)
        self.show_steps()

    def _later(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def showEvent(self, event: object) -> None:
        self.show_steps()

    def _repaint(self) -> None:
        self._shown = None
        self.show_steps()

    def show_steps(self) -> None:
        """Take over the steps as they are now; while a stroke is drawn, later."""
        document = self._session.document
        if document.in_gesture:
            self._later()
            return
        shown = document.undo_labels, document.redo_labels
        if shown != self._shown:
            self._shown = shown
            self._fill(*shown)
        self.report.setText(_report_text(document.history_report()))

    def _fill(self, done: tuple[str, ...], undone: tuple[str, ...]) -> None:
        first = "Earlier steps are forgotten" if self._session.document.forgotten_steps else "Start"
        self.list.clear()
        for i, label in enumerate((first, *done, *reversed(undone))):
            item = QListWidgetItem(label)
            item.setSizeHint(QSize(0, ROW_PX))
            if i > len(done):
                item.setForeground(self._theme.tokens.text_disabled)
            self.list.addItem(item)
        self.list.setCurrentRow(len(done))
        self.list.scrollToItem(self.list.item(len(done)))


def _report_text(report: HistoryReport) -> str:
    """ "12 steps, 34 MB", or with what was moved to disk: "300 steps, 512 MB + 90 MB on disk" """
    count = f"{report.undo_steps} step" + ("" if report.undo_steps == 1 else "s")
    spilled = f" + {round(report.disk_bytes / 1e6)} MB on disk" if report.disk_bytes else ""
    return f"{count}, {round(report.memory_bytes / 1e6)} MB{spilled}"
