"""A narrow field for a number that has no natural end: typed, stepped with the arrow keys or the wheel."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent

from app.theme import CONTROL_PX
from app.widgets.field import TextField
from app.widgets.scale import Scale

#: With Shift a step is so many times as far.
_FAR = 10


class NumberField(TextField):
    """`typed(value)` is emitted for what the artist does, never for `show_value`. `name`: a dim word in front."""

    typed = Signal(float)

    def __init__(self, name: str, scale: Scale, width_px: int, tip: str) -> None:
        super().__init__()
        self.scale = scale
        self._value: float | None = None
        self.setFixedSize(width_px, CONTROL_PX)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.set_prefix(name)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.editingFinished.connect(self._read)

    @property
    def value(self) -> float | None:
        """What is shown; None while there is nothing to show."""
        return self._value

    def show_value(self, value: float | None) -> None:
        self._value = None if value is None else self.scale.clamped(value)
        self.show_text("" if self._value is None else self.scale.text(self._value))
        self.setEnabled(value is not None)

    def _read(self) -> None:
        value = self.scale.read(self.text())
        if value is not None and value != self._value:
            self._choose(value)
        elif self._value is not None:
            self.setText(self.scale.text(self._value))

    def _choose(self, value: float) -> None:
        self._value = self.scale.clamped(value)
        self.setText(self.scale.text(self._value))
        self.typed.emit(self._value)

    def _step(self, steps: float) -> None:
        present = self.scale.read(self.text())
        if present is not None:
            self._choose(self.scale.moved(present, steps))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        far = _FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        match event.key():
            case Qt.Key.Key_Up:
                self._step(far)
            case Qt.Key.Key_Down:
                self._step(-far)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._read()
                self.clearFocus()
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            self._step(event.angleDelta().y() / 120)
            event.accept()
        else:
            event.ignore()
