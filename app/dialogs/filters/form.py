"""What all forms of filter settings are: a widget that shows a filter and says how the artist changes it. GUI thread.

A form knows nothing of documents: the filter dialog and the settings of adjustment layers both show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.theme import Theme
from app.widgets.check import Check
from app.widgets.scale import Scale
from app.widgets.slider import ValueSlider
from canvas.filters.values import Filter
from canvas.histograms import Histogram

F = TypeVar("F", bound=Filter)
ROW_PX = 4


@dataclass(frozen=True, slots=True)
class Number:
    """A slider for the field `name` of a filter, which is `per_unit` times what the slider shows."""

    name: str
    label: str
    scale: Scale
    tip: str
    per_unit: float = 1.0

    def shown(self, value: object) -> float:
        return float(getattr(value, self.name)) / self.per_unit

    def kept(self, shown: float) -> float | int:
        """The field's value; whole where it is a plain whole number."""
        return int(shown) if self.per_unit == 1.0 and not self.scale.decimals else shown * self.per_unit


class FilterForm(QWidget, Generic[F]):
    """`changed(filter)` is emitted for what the artist does, never for `set_value`. Reset goes back to `first`."""

    changed = Signal(object)

    def __init__(self, theme: Theme, first: F) -> None:
        super().__init__()
        self._theme = theme
        self._value: F = first
        self.first = first
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(ROW_PX)
        self._shows: list[Callable[[F], None]] = []

    @property
    def value(self) -> F:
        return self._value

    def set_value(self, value: F) -> None:
        """Show a filter."""
        self._value = value
        self.refresh()

    def set_histogram(self, histogram: Histogram | None) -> None:
        """Show how often the tones occur that are filtered; most forms have no use for it."""

    def refresh(self) -> None:
        """Let every part show the present filter."""
        for show in self._shows:
            show(self._value)

    def take(self, value: F) -> None:
        """The artist wants this filter."""
        if value != self._value:
            self._value = value
            self.refresh()
            self.changed.emit(value)

    # Parts

    def shows(self, show: Callable[[F], None]) -> None:
        """Have `show` called with every filter that is shown."""
        self._shows.append(show)

    def number(self, number: Number) -> ValueSlider:
        """A row with a slider."""
        slider = self.slider(number.label, number.scale, number.shown(self.first), number.tip)
        slider.changed.connect(lambda shown: self._set(**{number.name: number.kept(shown)}))
        self.shows(lambda value: slider.set_value(number.shown(value)))
        self.column.addWidget(slider)
        return slider

    def slider(self, label: str, scale: Scale, default: float, tip: str) -> ValueSlider:
        slider = ValueSlider(self._theme, label, scale, default)
        slider.setToolTip(tip)
        slider.finished.connect(self.refresh)  # one that was dragged further than it may go comes back
        return slider

    def check(self, name: str, text: str, tip: str) -> Check:
        """A row with a box that is ticked while a field is true."""
        box = Check(self._theme, text)
        box.setToolTip(tip)
        box.clicked.connect(lambda on: self._set(**{name: on}))
        self.shows(lambda value: box.setChecked(bool(getattr(value, name))))
        self.row(box)
        return box

    def row(self, *widgets: QWidget) -> None:
        """Widgets side by side: those that can grow share what is left, else it stays free at the right."""
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(ROW_PX)
        grow = [w.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Expanding for w in widgets]
        for widget, share in zip(widgets, grow, strict=True):
            row.addWidget(widget, int(share))
        if not any(grow):
            row.addStretch(1)
        self.column.addLayout(row)

    def _set(self, **changes: Any) -> None:
        self.take(replace(self._value, **changes))
