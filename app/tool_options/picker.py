"""Options of the colour picker: over how many pixels, from what, and whether the palette keeps it. GUI thread only."""

from __future__ import annotations

from typing import cast

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.session import Session
from app.theme import Theme
from app.tools.picker import SIDES_PX, PickerOptions, PickerTool
from app.tools.toolbox import Toolbox
from app.widgets.buttons import TextButton
from app.widgets.combo import Choice, Combo

_SOURCES = (
    Choice("seen", "What is seen", tip="The canvas as it looks now, with the result over it"),
    Choice("picture", "Paint alone", tip="The picture without the result"),
    Choice("layer", "Active layer", tip="The active layer or group, whatever lies above or below it"),
)


class PickerOptionsBar(QWidget):
    def __init__(self, session: Session, toolbox: Toolbox, theme: Theme) -> None:
        super().__init__()
        self._tool = cast(PickerTool, toolbox.tool("picker"))
        self.side = Combo(theme)
        self.side.setFixedWidth(132)
        self.side.set_choices([Choice(side, _side_text(side)) for side in SIDES_PX])
        self.side.setToolTip("One pixel, or the mean colour of a square around it")
        self.side.setAccessibleName("Sample size")
        self.source = Combo(theme)
        self.source.setFixedWidth(132)
        self.source.set_choices(_SOURCES)
        self.source.setToolTip("Where the colour is taken from; with Shift it is always the paint alone")
        self.source.setAccessibleName("Sample from")
        self.to_palette = TextButton(theme, "Add to palette")
        self.to_palette.setCheckable(True)
        self.to_palette.setToolTip("Each picked colour also joins the palette that the colour panel shows")
        options = self._tool.options
        self.side.chosen.connect(lambda side: options.set(side_px=side))
        self.source.chosen.connect(lambda source: options.set(source=source))
        self.to_palette.clicked.connect(lambda on: options.set(to_palette=on))

        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for text, widget in (("Sample", self.side), ("from", self.source)):
            label = QLabel(text)
            label.setProperty("dim", True)
            row.addWidget(label)
            row.addWidget(widget)
        row.addWidget(self.to_palette)
        row.addStretch(1)
        options.changed.connect(self._show)
        self._show(options.value)

    def _show(self, options: PickerOptions) -> None:
        self.side.show_key(options.side_px)
        self.source.show_key(options.source)
        self.to_palette.setChecked(options.to_palette)


def _side_text(side_px: int) -> str:
    return "One pixel" if side_px == 1 else f"{side_px} × {side_px} average"
