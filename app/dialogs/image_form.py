"""What the forms that change the whole picture share: two sides in pixels or percent, a note, and OK. GUI thread."""

from __future__ import annotations

from typing import Literal, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.theme import Theme
from app.widgets.scale import Scale
from app.widgets.segments import Segments
from app.widgets.slider import ValueSlider
from canvas.formats.limits import Limits, surface_bytes
from canvas.state import MAX_SIDE_PX

Unit: TypeAlias = Literal["px", "%"]

WIDTH_PX = 320
SIDE_PX = Scale(1, MAX_SIDE_PX, unit=" px", curve="log")
SHARE = Scale(1, 1000, unit=" %", decimals=1, curve="log")


class ImageForm(QDialog):
    """Non-modal. Heirs put their controls into `column` before `finish`, and do their work in `apply`."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(WIDTH_PX)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(8)
        self.note = QLabel()
        self.note.setProperty("dim", True)
        self.note.setWordWrap(True)
        self.ok = QPushButton("OK")
        self.ok.setProperty("primary", True)
        self.ok.setDefault(True)
        self.ok.clicked.connect(self.accept)

    def finish(self) -> None:
        """All controls are there."""
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.ok)
        self.column.addWidget(self.note)
        self.column.addSpacing(4)
        self.column.addLayout(buttons)

    def tell(self, sentence: str, *, possible: bool = True) -> None:
        """Show a note, or why OK cannot be had."""
        self.note.setText(sentence)
        self.ok.setEnabled(possible)

    def apply(self) -> None:
        """Do what the form says."""

    def accept(self) -> None:
        self.apply()
        super().accept()


class Sides(QWidget):
    """Width and height of something that is `base` large, in pixels or in percent of it."""

    def __init__(self, theme: Theme, base: tuple[int, int]) -> None:
        super().__init__()
        self._base = base
        self._unit: Unit = "px"
        self._size = (float(base[0]), float(base[1]))
        self.sliders = tuple(
            ValueSlider(theme, name, SIDE_PX, side) for name, side in zip(("Width", "Height"), base, strict=True)
        )
        self.units = Segments(theme, "Unit", (("px", "Pixels"), ("%", "Percent")))
        self.units.chosen.connect(self._take_unit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.units)
        for slider in self.sliders:
            column.addWidget(slider)

    @property
    def size_px(self) -> tuple[int, int]:
        width, height = (min(MAX_SIDE_PX, max(1, round(side))) for side in self._size)
        return width, height

    def typed(self, axis: int) -> float:
        """What the slider of an axis (0 width, 1 height) says, in pixels."""
        value = self.sliders[axis].value
        return value if self._unit == "px" else value * self._base[axis] / 100.0

    def show_size(self, width: float, height: float) -> None:
        """`width`, `height` in pixels."""
        self._size = width, height
        for axis, slider in enumerate(self.sliders):
            share = 100.0 * self._size[axis] / self._base[axis]
            slider.set_value(self._size[axis] if self._unit == "px" else share)

    def _take_unit(self, unit: Unit) -> None:
        self._unit = unit
        for slider in self.sliders:
            slider.scale = SIDE_PX if unit == "px" else SHARE
            slider.update()
        self.show_size(*self._size)


def grouped(number: int) -> str:
    """12345 -> "12 345", with a space that does not break."""
    return f"{number:,}".replace(",", "\u00a0")


def size_text(width: int, height: int) -> str:
    return f"{grouped(width)} × {grouped(height)} px"


def memory_note(pixel_bytes: int) -> tuple[str, bool]:
    """A sentence when so many bytes of layers are a lot for this machine, "" otherwise; and whether they fit."""
    most = Limits.of_this_machine().pixel_bytes
    if pixel_bytes > most:
        have = f"{most / 1e9:.1f} GB can be used"
        return f"The layers would need {pixel_bytes / 1e9:.1f} GB of memory and {have}; choose a smaller size.", False
    if pixel_bytes > most // 4:
        return f"The layers will take about {pixel_bytes / 1e9:.1f} GB of memory.", True
    return "", True


def canvas_bytes(width: int, height: int) -> int:
    """What one layer that fills a canvas takes."""
    return surface_bytes(width, height, 4)
