"""Forms that change the selection by an amount: the canvas shows the edge it would have, Cancel leaves it as it was.

They do not block the window: the view can be moved, and what is painted meanwhile counts. GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import selection_intents
from app.session import Session
from app.theme import Theme
from app.tools.selection_edge import SelectionEdge
from app.widgets.scale import Scale
from app.widgets.slider import ValueSlider
from canvas import selection
from canvas.edits import EditError
from canvas.state import DocumentState
from canvas.tiles import Surface

#: A slider that is dragged is followed this often; large selections take longer than a display frame.
PREVIEW_MS = 30
WIDTH_PX = 300


@dataclass(frozen=True, slots=True)
class Amount:
    """A slider of a form; `tip` is one sentence on hover."""

    name: str
    scale: Scale
    default: float
    tip: str = ""


class SelectionForm(QDialog):
    """`compute(state, *amounts)` gives the selection; it may raise EditError, which the form shows."""

    def __init__(
        self,
        theme: Theme,
        session: Session,
        edge: SelectionEdge,
        title: str,
        amounts: Sequence[Amount],
        compute: Callable[..., Surface],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._edge, self._compute = session, edge, compute
        self._document = session.document
        self.sliders = [ValueSlider(theme, a.name, a.scale, a.default) for a in amounts]
        self.note = QLabel()
        self.note.setProperty("dim", True)
        self.note.setWordWrap(True)
        self._late = QTimer(self, singleShot=True, interval=PREVIEW_MS)
        self._late.timeout.connect(self.show_preview)
        self.accept_button = QPushButton("OK")
        self.accept_button.setProperty("primary", True)
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self.accept)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)

        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.accept_button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(8)
        for slider, amount in zip(self.sliders, amounts, strict=True):
            slider.setToolTip(amount.tip)
            slider.changed.connect(lambda _value: self._late.start())
            self._column.addWidget(slider)
        self._column.addWidget(self.note)
        self._column.addSpacing(4)
        self._column.addLayout(buttons)
        self.setFixedWidth(WIDTH_PX)
        self.accept_button.setFocus()  # Enter is OK; on a slider it would ask for a number
        self._disconnect = [
            session.document_changed.connect(lambda _old, _new: self._late.start()),
            session.document_replaced.connect(self._on_document_replaced),
        ]
        self.show_preview()

    def wanted(self, state: DocumentState) -> Surface:
        """The selection that the form describes. Raises EditError."""
        return self._compute(state, *(slider.value for slider in self.sliders))

    def show_preview(self) -> None:
        """Have the canvas show the edge of the selection that OK would make."""
        state = self._session.document.state
        try:
            made = self.wanted(state)
        except EditError as reason:
            self._tell(str(reason), possible=False)
            return
        self._edge.preview(made)
        empty = selection.is_empty(made, state.rect)
        self._tell("No pixel would be selected." if empty else "", possible=True)

    def _tell(self, text: str, *, possible: bool) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self.accept_button.setEnabled(possible)
        if not possible:
            self._edge.preview(None)

    def accept(self) -> None:
        state = self._session.document.state
        try:
            made = self.wanted(state)
        except EditError as reason:
            self._tell(str(reason), possible=False)
            return
        self._end()
        selection_intents.put(self._session, made, self.windowTitle())
        super().accept()

    def reject(self) -> None:
        self._end()
        super().reject()

    def _end(self) -> None:
        for disconnect in self._disconnect:
            disconnect()
        self._disconnect = []
        self._late.stop()
        self._edge.preview(None)

    def _on_document_replaced(self) -> None:
        """Another document ends the form."""
        if self._session.document is not self._document:
            self.reject()
