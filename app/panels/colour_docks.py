"""`ColourDocks`: all that the window has about colours, put together: history, palettes and their panels. GUI thread.

What is kept from one start to the next stands in the settings; own palettes are files.
"""

from __future__ import annotations

from PySide6.QtCore import QSettings

from app.colour_history import ColourHistory
from app.dialogs.chooser import Chooser
from app.folders import own_folder
from app.palette_shelf import PaletteShelf
from app.panels.colour import PAGES, ColourPanel
from app.panels.palettes import PalettesPanel, PaletteView
from app.session import Session
from app.theme import Theme
from app.tools.picker import PickerTool
from app.tools.toolbox import Toolbox

_RECENT, _PALETTE, _PAGE = "colours/recent", "colours/palette", "colours/page"


class ColourDocks:
    def __init__(self, session: Session, toolbox: Toolbox, theme: Theme, chooser: Chooser, settings: QSettings) -> None:
        self._settings = settings
        self.history = ColourHistory(session, str(settings.value(_RECENT, "")))
        self.shelf = PaletteShelf(own_folder(settings, "palettes"), str(settings.value(_PALETTE, "")))
        self.panel = ColourPanel(session, theme, PaletteView(session, self.shelf, theme, chooser), self.history)
        self.palettes = PalettesPanel(session, self.shelf, theme, chooser)
        page = str(settings.value(_PAGE, ""))
        if page in dict(PAGES):
            self.panel.show_page(page)
        picker = toolbox.tool("picker")
        assert isinstance(picker, PickerTool)
        self._picker = picker
        picker.picked.connect(lambda colour: self.panel.palette_.add(colour) if self._to_palette else None)

    @property
    def _to_palette(self) -> bool:
        return self._picker.options.value.to_palette

    def keep(self) -> None:
        """Write what the next start should find."""
        self._settings.setValue(_RECENT, self.history.text)
        self._settings.setValue(_PALETTE, self.shelf.shown.name)
        self._settings.setValue(_PAGE, self.panel.page)
