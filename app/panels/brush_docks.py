"""`BrushDocks`: all that the window has about brushes, put together: presets, their pictures, panel, palette, editor.

GUI thread only. Own presets and favourites are files in a folder beside the settings.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSettings
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from app.brush_presets import BrushLibrary
from app.brush_shelf import BrushShelf
from app.dialogs.brush_editor import BrushEditor
from app.dialogs.chooser import Chooser
from app.folders import own_folder
from app.panels.brush_pictures import BrushPictures
from app.panels.brushes import BrushesPanel, BrushPopup
from app.session import Session
from app.theme import Theme
from app.tool_options.brush import PresetButton
from app.tools.toolbox import Toolbox

_BRUSH = "brushes/in_hand"


class BrushDocks:
    """`show_form`: opens a window beside the main one."""

    def __init__(
        self,
        session: Session,
        toolbox: Toolbox,
        theme: Theme,
        chooser: Chooser,
        settings: QSettings,
        show_form: Callable[[Callable[[Theme, QWidget], QWidget]], None],
    ) -> None:
        self._session, self._theme, self._settings, self._show_form = session, theme, settings, show_form
        self.shelf = BrushShelf(session, toolbox, BrushLibrary(own_folder(settings, "brushes")))
        self.pictures = BrushPictures(self.shelf, theme)
        self.panel = BrushesPanel(session, self.shelf, self.pictures, theme, chooser, self.open_editor)
        self.popup: BrushPopup | None = None
        self.editor: BrushEditor | None = None
        self._button: PresetButton | None = None
        last = str(settings.value(_BRUSH, ""))
        if any(brush.name == last for brush in self.shelf.brushes):
            self.shelf.choose(last)

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each file of brushes that could not be read, for the window to tell."""
        return self.shelf.problems

    def use_button(self, button: PresetButton) -> None:
        """Have a button show the preset in the hand and open the palette below itself."""
        self._button = button
        button.clicked.connect(lambda: self.open_palette_below(button))
        self.shelf.changed.connect(self._show)
        self.pictures.made.connect(self._show)
        self._session.settings_changed.connect(lambda _settings: self._show())
        self._show()

    def _show(self) -> None:
        button, preset = self._button, self.shelf.preset
        if button is None:
            return
        size = button.PICTURE
        shown = preset or self.shelf.brush
        picture = self.pictures.picture(shown, size.width(), size.height(), button.devicePixelRatioF())
        dirty = preset is not None and self.shelf.is_dirty(preset.name)
        button.show_preset(self.shelf.brush.name, picture, dirty=dirty)

    # Windows

    def open_palette(self, where: QPoint | None = None) -> None:
        """The presets around a place on the screen; around the pointer when None."""
        self._new_popup().open_at(QCursor.pos() if where is None else where)

    def open_palette_below(self, button: QWidget) -> None:
        popup = self._new_popup()
        corner = button.mapToGlobal(QPoint(0, button.height() + 2))
        popup.open_at(corner + QPoint(popup.width() // 2, popup.height() // 2))

    def _new_popup(self) -> BrushPopup:
        if self.popup is not None:
            self.popup.close()
        popup = self.popup = BrushPopup(self._session, self.shelf, self.pictures, self._theme)
        popup.destroyed.connect(lambda: self._forget(popup))
        return popup

    def open_editor(self) -> None:
        """One editor: asked for again, it comes to the front."""
        if self.editor is None:
            self._show_form(self._new_editor)
        else:
            self.editor.raise_()
            self.editor.activateWindow()

    def _new_editor(self, theme: Theme, parent: QWidget) -> QWidget:
        editor = self.editor = BrushEditor(self._session, self.shelf, theme, parent)
        editor.finished.connect(lambda _result: self._forget(editor))
        editor.destroyed.connect(lambda: self._forget(editor))
        return editor

    def _forget(self, window: QWidget) -> None:
        if self.popup is window:
            self.popup = None
        if self.editor is window:
            self.editor = None

    # Keeping

    def keep(self) -> None:
        """Write what the next start should find; the window is about to close."""
        self._settings.setValue(_BRUSH, self.shelf.brush.name)
        if self.popup is not None:
            self.popup.close()
        if self.editor is not None:
            self.editor.close()
        self.pictures.close()
