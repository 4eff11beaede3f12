"""The settings of the active adjustment, in place: the same form that its filter has in a dialog. GUI thread only."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app import adjustment_intents, layer_intents
from app.dialogs.filters import form_for
from app.dialogs.filters.form import FilterForm
from app.filter_kinds import kind_of
from app.session import Session
from app.theme import Theme
from canvas import histograms
from canvas.filters.values import PointFilter
from canvas.layers import Adjustment, LayerId

#: The histogram waits until the artist has stopped for so long.
_HISTOGRAM_MS = 300


class AdjustmentSettings(QWidget):
    """Follows the session: shown with a form while the active node is an adjustment, else hidden and empty."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        self._of: tuple[LayerId, type] | None = None
        self.form: FilterForm[Any] | None = None
        self.note = QLabel()
        self.note.setProperty("dim", True)
        self.note.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.note)
        self._late = QTimer(self, singleShot=True, interval=_HISTOGRAM_MS)
        self._late.timeout.connect(self._show_histogram)
        session.active_changed.connect(self._follow)
        session.document_replaced.connect(self._follow)
        session.document_changed.connect(lambda _old, _new: self._follow())
        self._follow()

    @property
    def node(self) -> Adjustment | None:
        """The active adjustment."""
        node = self._session.active_node
        return node if isinstance(node, Adjustment) else None

    def _follow(self) -> None:
        node = self.node
        wanted = None if node is None else (node.id, type(node.filter))
        if wanted != self._of:
            self._of = wanted
            self._build(node)
        if node is not None and self.form is not None:
            self.form.set_value(node.filter)
            self.form.setEnabled(not node.locked)
            self._late.start()
        self.setVisible(node is not None)

    def _build(self, node: Adjustment | None) -> None:
        if self.form is not None:
            self.form.setParent(None)
            self.form.deleteLater()
            self.form = None
        self._late.stop()
        if node is None:
            return
        kind = kind_of(node.filter)
        self.form = None if kind is None else form_for(self._theme, kind.first)
        self.note.setVisible(self.form is None)
        if self.form is not None:
            self.form.changed.connect(self._take)
            self._column.addWidget(self.form)
        elif kind is None:
            self.note.setText("A newer version made this adjustment. It is kept, and shows nothing here.")
        else:
            self.note.setText(f"{kind.label} has no settings.")

    def _take(self, value: PointFilter) -> None:
        node, kind = self.node, kind_of(value)
        if node is not None and kind is not None:
            layer_intents.attempt(
                self._session, lambda: adjustment_intents.set_filter(self._session, node.id, kind.label, value)
            )
            self._follow()  # what could not be done is not shown

    def _show_histogram(self) -> None:
        node = self.node
        if node is None or self.form is None:
            return
        if self._session.document.in_gesture:
            self._late.start()
            return
        self.form.set_histogram(histograms.below(self._session.document.state, node.id))
