"""The form of a filter that is being tried on the canvas, and the note that a longer one is under way. GUI thread only.

Neither blocks the window: the view can be moved and looked at. Any other command applies what the form shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QMainWindow, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.dialogs.filters.form import FilterForm
from app.filtering import Filtering
from app.theme import MARGIN_PX, Theme
from app.widgets.buttons import TextButton
from app.widgets.check import Check
from canvas import histograms
from canvas.filters.values import Filter
from canvas.geometry import Rect

WIDTH_PX = 300
#: A slice of work while the artist may be dragging a slider, and one while they wait for the result.
TRYING_S, WAITING_S = 0.025, 0.1
#: Work that is done within this time needs no word.
UNNOTICED_MS = 200


class WorkLine(QWidget):
    """A thin line as long as the share of the work that is done; empty when nothing is under way."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._share = 1.0
        self.setFixedHeight(2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float) -> None:
        if share != self._share:
            self._share = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._share < 1.0:
            painter = QPainter(self)
            painter.fillRect(self.rect(), self._theme.tokens.field)
            painter.fillRect(0, 0, round(self._share * self.width()), self.height(), self._theme.tokens.accent)
            painter.end()


class FilterWindow(QDialog):
    """Lends a `Filtering` time for as long as there is work, and closes when it has ended, however it did."""

    def __init__(
        self, theme: Theme, filtering: Filtering, in_sight: Callable[[], Rect], parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(filtering.label)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.filtering = filtering
        self._in_sight = in_sight
        self._applying = False
        self.line = WorkLine(theme)
        self._since = QElapsedTimer()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._work)
        filtering.ended.connect(self._on_ended)

    def showEvent(self, event: QShowEvent) -> None:
        """Come up in a corner of the canvas: its middle is what the artist looks at."""
        super().showEvent(event)
        window = self.parentWidget()
        canvas = window.centralWidget() if isinstance(window, QMainWindow) else None
        if canvas is not None and not event.spontaneous():
            corner = canvas.mapToGlobal(canvas.rect().topRight())
            self.move(corner.x() - self.frameGeometry().width() - MARGIN_PX, corner.y() + MARGIN_PX)

    def _go_on(self) -> None:
        """There is work to do."""
        if not self._timer.isActive():
            self._since.start()
            self._timer.start()

    def _work(self) -> None:
        self.filtering.look_at(self._in_sight())
        more = self.filtering.step(WAITING_S if self._applying else TRYING_S)
        noticed = more and self._since.elapsed() > UNNOTICED_MS
        self.line.show_share(self.filtering.progress if noticed else 1.0)
        if not more:
            self._timer.stop()
            if self._applying:
                self.filtering.confirm()

    def apply(self) -> None:
        """Do what is left, then make it one step."""
        self._applying = True
        self.filtering.show(on=True)
        self._go_on()

    def reject(self) -> None:
        self.filtering.dismiss()

    def _on_ended(self, applied: bool) -> None:
        self._timer.stop()
        self.done(int(QDialog.DialogCode.Accepted if applied else QDialog.DialogCode.Rejected))


class FilterDialog(FilterWindow):
    """`in_sight`: the part of the document that the artist looks at, which follows the sliders first."""

    def __init__(
        self,
        theme: Theme,
        filtering: Filtering,
        form: FilterForm[Any],
        in_sight: Callable[[], Rect],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, filtering, in_sight, parent)
        self.form = form
        form.set_histogram(histograms.of_target(filtering.subject.target))
        form.changed.connect(self._try)
        self.preview = Check(theme, "Preview")
        self.preview.setChecked(True)
        self.preview.setToolTip("Show the filter on the canvas, or what was there before")
        self.preview.clicked.connect(self._show_preview)
        reset = TextButton(theme, "Reset")
        reset.setToolTip("Back to the settings that the filter comes with")
        reset.clicked.connect(lambda: form.take(form.first))
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        self.ok = QPushButton("OK")
        self.ok.setProperty("primary", True)
        self.ok.setDefault(True)
        self.ok.clicked.connect(self.apply)

        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.preview)
        buttons.addWidget(reset)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.ok)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(form)
        column.addWidget(self.line)
        column.addLayout(buttons)
        self.setFixedWidth(WIDTH_PX)
        self._try(form.value)

    def apply(self) -> None:
        self.form.setEnabled(False)
        self.preview.setEnabled(False)
        self.ok.setEnabled(False)
        super().apply()

    def _try(self, value: Filter) -> None:
        self.filtering.use(value)
        if self.preview.isChecked():
            self._go_on()

    def _show_preview(self, on: bool) -> None:
        self.filtering.show(on=on)
        self._go_on()


class FilterProgress(FilterWindow):
    """For a filter without a form that takes its time."""

    def __init__(
        self, theme: Theme, filtering: Filtering, in_sight: Callable[[], Rect], parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, filtering, in_sight, parent)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(QLabel(f"{filtering.label} is being applied"), 1)
        row.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.line)
        self.setFixedWidth(WIDTH_PX)
        self.apply()
