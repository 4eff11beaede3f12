"""`SecondView`: a window of its own with another view of the document. GUI thread only.

Both views show and take the same strokes; each has its own viewport. Closing the window ends its view.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.canvas_view.view import CanvasView
from app.signals import Signal


class SecondView(QWidget):
    """`view` belongs to this window from now on. `closed` once the window is."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__()
        self.closed: Signal[SecondView] = Signal()
        self.view = view
        self._name = ""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(240, 180)
        self.resize(640, 480)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(view)
        view.viewport_changed.connect(lambda _viewport: self._show_title())
        self._show_title()

    def show_document(self, name: str) -> None:
        """The document is called `name`."""
        self._name = name
        self._show_title()

    def _show_title(self) -> None:
        percent = round(self.view.viewport.zoom * 100)
        self.setWindowTitle(" - ".join(part for part in (self._name, f"{percent} %", "Underdraw") if part))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.view.dispose()
        event.accept()
        self.closed.emit(self)
