"""Colour: a wheel, the pair of foreground and background, a hex field and a palette."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.palettes import Palette
from app.session import Session, Settings
from app.theme import MARGIN_PX, Theme
from app.widgets.colour_wheel import Colour, ColourWheel, colour_of_hex, hex_of
from app.widgets.field import TextField
from app.widgets.swatches import ColourPair, Swatches

_WHEEL_PX = 104
_COLUMNS = 7


class ColourPanel(QWidget):
    def __init__(self, session: Session, theme: Theme, palette: Palette) -> None:
        super().__init__()
        self._session = session
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.wheel = ColourWheel(_WHEEL_PX)
        self.wheel.changed.connect(session.set_colour)
        self.pair = ColourPair(theme, "Foreground and background; click to swap them")
        self.pair.swapped.connect(session.swap_colours)
        self.hex = TextField()
        self.hex.setFixedWidth(76)
        self.hex.setMaxLength(7)
        self.hex.setAccessibleName("Colour as hexadecimal number")
        self.hex.setToolTip("The colour as red, green and blue from 00 to ff; type or paste one like #d9874a")
        self.hex.editingFinished.connect(self._take_hex)
        self.hex.returnPressed.connect(self.hex.clearFocus)
        self.swatches = Swatches(palette.colours, _COLUMNS)
        self.swatches.chosen.connect(session.set_colour)

        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.pair)
        top.addStretch(1)
        top.addWidget(self.hex, 0, Qt.AlignmentFlag.AlignVCenter)
        side = QVBoxLayout()
        side.setSpacing(10)
        side.addLayout(top)
        side.addWidget(self.swatches)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 8)
        row.setSpacing(MARGIN_PX)
        row.addWidget(self.wheel)
        row.addLayout(side)
        row.addStretch(1)

        session.settings_changed.connect(self._show)
        self._show(session.settings)

    def _show(self, settings: Settings) -> None:
        self.wheel.set_colour(settings.colour)
        self.pair.set_pair(settings.colour, settings.background)
        self.hex.show_text(hex_of(settings.colour))

    def _take_hex(self) -> None:
        colour: Colour | None = colour_of_hex(self.hex.text())
        if colour is None:
            self.hex.setText(hex_of(self._session.settings.colour))
        elif hex_of(colour) != hex_of(self._session.settings.colour):
            self._session.set_colour(colour)
