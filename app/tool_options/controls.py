"""Controls that options bars are put together from: each edits one field of a tool's options. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.theme import Theme
from app.tools.options import Held
from app.widgets.buttons import IconButton, TextButton
from app.widgets.combo import Choice, Combo
from app.widgets.scale import PERCENT, Scale
from app.widgets.slider import ValueSlider

SLIDER_PX = 150


class OptionRow(QWidget):
    """A row of controls over one `Held` value; what each shows follows the value, whoever changes it."""

    def __init__(self, theme: Theme, options: Held[Any]) -> None:
        super().__init__()
        self._theme, self._options = theme, options
        self._shows: list[Callable[[Any], None]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        options.changed.connect(self.show_values)

    def finish(self) -> None:
        """All controls are there."""
        self._row.addStretch(1)
        self.show_values(self._options.value)

    def shows(self, show: Callable[[Any], None]) -> None:
        """Have `show` called with every new value."""
        self._shows.append(show)

    def show_values(self, value: Any) -> None:
        for show in self._shows:
            show(value)

    def slider(self, name: str, field: str, scale: Scale, tip: str) -> ValueSlider:
        """For a number; whole where the scale has no decimals and the value is a whole one."""
        whole = isinstance(getattr(self._options.value, field), int)
        made = self._slider(name, scale, getattr(self._options.value, field), tip)
        made.changed.connect(lambda v: self._options.set(**{field: round(v) if whole else v}))
        self._shows.append(lambda value: made.set_value(getattr(value, field)))
        return made

    def share(self, name: str, field: str, tip: str) -> ValueSlider:
        """For a value 0..1, shown in percent."""
        made = self._slider(name, PERCENT, getattr(self._options.value, field) * 100, tip)
        made.changed.connect(lambda v: self._options.set(**{field: v / 100}))
        self._shows.append(lambda value: made.set_value(getattr(value, field) * 100))
        return made

    def _slider(self, name: str, scale: Scale, default: float, tip: str) -> ValueSlider:
        made = ValueSlider(self._theme, name, scale, default)
        made.setToolTip(tip)
        made.setMaximumWidth(SLIDER_PX)
        self._row.addWidget(made, 1)
        return made

    def switch(self, text: str, field: str, tip: str, on: Any = True, off: Any = False) -> TextButton:
        """A button that is down while the field is `on`."""
        made = TextButton(self._theme, text)
        made.setCheckable(True)
        made.setToolTip(tip)
        made.clicked.connect(lambda down: self._options.set(**{field: on if down else off}))
        self._row.addWidget(made)
        self._shows.append(lambda value: made.setChecked(getattr(value, field) == on))
        return made

    def combo(self, name: str, field: str, choices: Sequence[Choice], width_px: int, tip: str) -> Combo:
        made = Combo(self._theme)
        made.setFixedWidth(width_px)
        made.set_choices(choices)
        made.setAccessibleName(name)
        made.setToolTip(tip)
        made.chosen.connect(lambda key: self._options.set(**{field: key}))
        self._row.addWidget(made)
        self._shows.append(lambda value: made.show_key(getattr(value, field)))
        return made

    def icons(self, field: str, choices: Sequence[tuple[str, str, str]]) -> list[IconButton]:
        """Small buttons side by side, one of them down: (key, icon, tip)."""
        group = QHBoxLayout()
        group.setSpacing(2)
        made = []
        for key, icon_name, tip in choices:
            button = IconButton(self._theme, icon_name, tip)
            button.setCheckable(True)
            button.clicked.connect(lambda _on=False, k=key: self._take(field, k))
            group.addWidget(button)
            made.append(button)
        self._row.addLayout(group)

        def show(value: Any) -> None:
            for (key, _, _), button in zip(choices, made, strict=True):
                button.setChecked(getattr(value, field) == key)

        self._shows.append(show)
        return made

    def _take(self, field: str, key: str) -> None:
        self._options.set(**{field: key})
        self.show_values(self._options.value)  # a click on the one that is down would leave none down
