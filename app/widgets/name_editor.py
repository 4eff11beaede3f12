"""`edit_name`: a field that opens over a widget to give something a name. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.widgets.field import TextField


class NameField(TextField):
    """`done(name)` is called once, when Enter is pressed or the field is left; Escape calls nothing."""

    def __init__(self, name: str, done: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(name, parent)
        self._done: Callable[[str], None] | None = done
        self.editingFinished.connect(self._finish)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._done = None
            self._finish()
        else:
            super().keyPressEvent(event)

    def _finish(self) -> None:
        done, self._done = self._done, None
        self.hide()
        self.deleteLater()
        if done is not None:
            done(self.text())


def edit_name(over: QWidget, place: QRect, name: str, done: Callable[[str], None]) -> NameField:
    """Open a field over `place` of a widget, its text chosen."""
    field = NameField(name, done, over)
    field.setGeometry(place)
    field.selectAll()
    field.show()
    field.setFocus()
    return field
