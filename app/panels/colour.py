"""Colour: the wheel, the pair of foreground and background, a palette or sliders, and the colours painted with."""

from __future__ import annotations

from colorsys import hsv_to_rgb

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.colour_history import KEPT, ColourHistory
from app.colours import Colour, Hsv, colour_of_hex, hex_of, hsv_of
from app.panels.palettes import PaletteView
from app.session import Session, Settings
from app.theme import MARGIN_PX, Theme
from app.widgets.buttons import IconButton
from app.widgets.colour_sliders import HsvSliders, RgbSliders
from app.widgets.colour_wheel import ColourWheel
from app.widgets.field import TextField
from app.widgets.segments import HEIGHT_PX, Segments
from app.widgets.swatches import ColourPair, ColourStrip

_WHEEL_PX = 126
#: The pages beside the wheel: key and word.
PAGES = (("palette", "Palette"), ("hsv", "HSV"), ("rgb", "RGB"))
_PAGE_PX = 74


class ColourPanel(QWidget):
    """Holds hue, saturation and value of the foreground colour, so that greys keep the hue that was chosen."""

    def __init__(self, session: Session, theme: Theme, palette: PaletteView, history: ColourHistory) -> None:
        super().__init__()
        self._session = session
        self._history = history
        self._hsv: Hsv = (0.0, 0.0, 0.0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.wheel = ColourWheel(_WHEEL_PX)
        self.wheel.changed.connect(lambda _colour: self._choose(self.wheel.hsv))
        self.pair = ColourPair(theme)
        self.pair.swapped.connect(session.swap_colours)
        self.pair.reset.connect(session.reset_colours)
        self.hex = TextField()
        self.hex.setFixedWidth(72)
        self.hex.setMaxLength(7)
        self.hex.setAccessibleName("Colour as hexadecimal number")
        self.hex.setToolTip("The colour as red, green and blue from 00 to ff; type or paste one like #d9874a")
        self.hex.editingFinished.connect(self._take_hex)
        self.hex.returnPressed.connect(self.hex.clearFocus)
        self.pages = Segments(theme, "Palette or sliders", PAGES)
        self.pages.chosen.connect(self.show_page)
        self.palette_ = palette
        self._more = IconButton(theme, "more", "Choose, import and change palettes", HEIGHT_PX)
        self._more.clicked.connect(self._open_palette_menu)
        self.hsv, self.rgb = HsvSliders(theme), RgbSliders(theme)
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(_PAGE_PX)
        for page in (palette, self.hsv, self.rgb):
            self._stack.addWidget(page)
        for sliders in (self.hsv, self.rgb):
            sliders.changed.connect(self._choose)
        self.recent = ColourStrip(theme, KEPT)
        self.recent.chosen.connect(session.set_colour)
        self.recent.menu_wanted.connect(lambda index, _at: self._to_background(index))
        self.recent.setAccessibleName("Colours painted with")
        self._lay_out()

        session.settings_changed.connect(self._show)
        history.changed.connect(self._show_recent)
        self._show(session.settings)
        self._show_recent()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(self.pair)
        first.addStretch(1)
        first.addWidget(self.hex, 0, Qt.AlignmentFlag.AlignVCenter)
        switch = QHBoxLayout()
        switch.setSpacing(2)
        switch.addWidget(self.pages, 1)
        switch.addWidget(self._more)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addLayout(first)
        side.addLayout(switch)
        side.addWidget(self._stack)
        top = QHBoxLayout()
        top.setSpacing(MARGIN_PX)
        top.addWidget(self.wheel, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addLayout(side, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.recent)

    @property
    def page(self) -> str:
        """ "palette", "hsv" or "rgb"."""
        return self.pages.key

    def show_page(self, page: str) -> None:
        """Raises ValueError for a page that is not there."""
        self.pages.show_key(page)
        self._stack.setCurrentIndex([key for key, _ in PAGES].index(page))

    def _choose(self, hsv: Hsv) -> None:
        self._hsv = hsv
        self._session.set_colour(hsv_to_rgb(*hsv))

    def _show(self, settings: Settings) -> None:
        self._hsv = hsv_of(settings.colour, self._hsv)
        self.wheel.set_hsv(self._hsv)
        self.hsv.show_hsv(self._hsv)
        self.rgb.show_hsv(self._hsv)
        self.pair.set_pair(settings.colour, settings.background)
        self.hex.show_text(hex_of(settings.colour))
        self.recent.show_present(settings.colour)

    def _show_recent(self) -> None:
        self.recent.set_colours(self._history.colours)

    def _to_background(self, index: int) -> None:
        if index >= 0:
            self._session.set_background(self._history.colours[index])

    def _open_palette_menu(self) -> None:
        self.palette_.menu().popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _take_hex(self) -> None:
        colour: Colour | None = colour_of_hex(self.hex.text())
        if colour is None:
            self.hex.setText(hex_of(self._session.settings.colour))
        elif hex_of(colour) != hex_of(self._session.settings.colour):
            self._session.set_colour(colour)
