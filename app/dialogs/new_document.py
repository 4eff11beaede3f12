"""The form for a new document: its size, typed or from a list of usual ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.theme import CONTROL_PX, Theme
from app.widgets.combo import Choice, Combo
from app.widgets.scale import Scale
from app.widgets.slider import ValueSlider
from canvas.state import MAX_SIDE_PX

_SIDE = Scale(16, MAX_SIDE_PX, unit=" px", curve="log")


@dataclass(frozen=True, slots=True)
class Size:
    label: str
    width: int
    height: int


SIZES = (
    Size("Square, 768 × 768", 768, 768),
    Size("Square, 1024 × 1024", 1024, 1024),
    Size("Square, 2048 × 2048", 2048, 2048),
    Size("Full HD, 1920 × 1080", 1920, 1080),
    Size("4K, 3840 × 2160", 3840, 2160),
    Size("A4 at 300 dpi, 2480 × 3508", 2480, 3508),
    Size("Square, 4096 × 4096", 4096, 4096),
)
DEFAULT_SIZE = SIZES[1]


class NewDocument(QDialog):
    """Calls `create(width, height)` and closes."""

    def __init__(self, theme: Theme, create: Callable[[int, int], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New document")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._create = create
        self.sizes = Combo(theme, CONTROL_PX + 4)
        self.sizes.setAccessibleName("Usual sizes")
        self.sizes.set_choices(Choice(size, size.label) for size in SIZES)
        self.sizes.show_key(DEFAULT_SIZE)
        self.width_px = ValueSlider(theme, "Width", _SIDE, DEFAULT_SIZE.width)
        self.height_px = ValueSlider(theme, "Height", _SIDE, DEFAULT_SIZE.height)
        self.sizes.chosen.connect(self._take_size)
        self.width_px.changed.connect(self._show_size)
        self.height_px.changed.connect(self._show_size)
        accept = QPushButton("Create")
        accept.setProperty("primary", True)
        accept.setDefault(True)
        accept.clicked.connect(self.accept)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)

        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.sizes)
        column.addWidget(self.width_px)
        column.addWidget(self.height_px)
        column.addSpacing(8)
        column.addLayout(buttons)
        self.setFixedWidth(300)

    def accept(self) -> None:
        self._create(round(self.width_px.value), round(self.height_px.value))
        super().accept()

    def _take_size(self, size: object) -> None:
        assert isinstance(size, Size)
        self.width_px.set_value(size.width)
        self.height_px.set_value(size.height)

    def _show_size(self) -> None:
        shown = (round(self.width_px.value), round(self.height_px.value))
        self.sizes.show_key(next((size for size in SIZES if (size.width, size.height) == shown), None))
