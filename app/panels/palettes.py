"""Palettes: the swatches of the shown one, its menu, and the dock that gives them room. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.colours import Colour
from app.dialogs.chooser import Chooser, FileKind
from app.palette_files import SUFFIXES
from app.palette_shelf import PaletteShelf
from app.palettes import Swatch
from app.session import Session, Settings
from app.theme import CONTROL_PX, MARGIN_PX, Theme
from app.widgets.buttons import IconButton
from app.widgets.combo import Choice, Combo
from app.widgets.name_editor import edit_name
from app.widgets.swatches import Swatches
from canvas.formats.errors import FormatError

_IMPORTED = FileKind("Palettes of GIMP, Krita and Adobe", SUFFIXES)
_EXPORTED = FileKind("GIMP palette", (".gpl",))
_NAME_PX = 132
_LEAST_PX = 60


class PaletteView(QScrollArea):
    """The swatches of the shelf's palette. A click takes a colour; the menu of a swatch changes it."""

    def __init__(self, session: Session, shelf: PaletteShelf, theme: Theme, chooser: Chooser) -> None:
        super().__init__()
        self._session, self._shelf, self._chooser = session, shelf, chooser
        self._folder = Path.home()
        self.setWidgetResizable(True)
        self.swatches = Swatches(theme)
        self.swatches.setObjectName("panel")
        self.swatches.chosen.connect(session.set_colour)
        self.swatches.menu_wanted.connect(self._open_swatch_menu)
        self.setWidget(self.swatches)
        shelf.changed.connect(self._show_palette)
        session.settings_changed.connect(self._show_colour)
        self._show_palette()
        self._show_colour(session.settings)

    def sizeHint(self) -> QSize:
        return QSize(self.swatches.sizeHint().width(), _LEAST_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, _LEAST_PX)

    def add_present(self) -> None:
        """The foreground colour joins the palette."""
        self.add(self._session.settings.colour)

    def add(self, colour: Colour) -> None:
        """A colour joins the palette."""
        self._try(partial(self._shelf.add, Swatch(colour)))

    def menu(self) -> QMenu:
        """What can be done with the palette and with palettes."""
        shelf, menu = self._shelf, QMenu(self)
        group = QActionGroup(menu)
        for name in shelf.names:
            action = menu.addAction(name, partial(shelf.show, name))
            action.setCheckable(True)
            action.setChecked(name == shelf.shown.name)
            group.addAction(action)
        menu.addSeparator()
        menu.addAction("Add the foreground colour", self.add_present)
        menu.addSeparator()
        menu.addAction("New palette", self._new)
        menu.addAction("Import…", self._import)
        menu.addAction("Export…", self._export)
        if shelf.is_own and not shelf.is_built_in:
            menu.addAction("Rename", self.rename)
        if shelf.is_own:
            menu.addAction("Bring the original back" if shelf.is_built_in else "Delete palette", self._discard)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def rename(self) -> None:
        """Let the artist type another name for an own palette."""
        place = QRect(0, 0, min(self.width(), _NAME_PX), CONTROL_PX)
        edit_name(self, place, self._shelf.shown.name, lambda name: self._try(lambda: self._shelf.rename(name)))

    def _open_swatch_menu(self, index: int, at: QPoint) -> None:
        menu = self.menu() if index < 0 else self.swatch_menu(index)
        menu.popup(at)

    def swatch_menu(self, index: int) -> QMenu:
        swatch, menu = self._shelf.shown.swatches[index], QMenu(self)
        menu.addAction("Use as background", partial(self._session.set_background, swatch.colour))
        menu.addSeparator()
        menu.addAction("Name", partial(self._rename_swatch, index))
        menu.addAction("Remove", lambda: self._try(lambda: self._shelf.remove(index)))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _rename_swatch(self, index: int) -> None:
        cell = self.swatches.cell(index)
        left = max(0, min(cell.left(), self.swatches.width() - _NAME_PX))
        place = QRect(left, max(0, cell.top() - 2), min(_NAME_PX, self.swatches.width()), CONTROL_PX)
        name = self._shelf.shown.swatches[index].name
        edit_name(self.swatches, place, name, lambda text: self._try(lambda: self._shelf.rename_swatch(index, text)))

    def _new(self) -> None:
        self._try(self._shelf.new)
        self.rename()

    def _import(self) -> None:
        path = self._chooser.open_file("Import palette", self._folder, (_IMPORTED,))
        if path is not None:
            self._folder = path.parent
            self._try(lambda: self._shelf.import_file(path))

    def _export(self) -> None:
        suggestion = self._folder / f"{self._shelf.shown.name}.gpl"
        path = self._chooser.save_file("Export palette", suggestion, _EXPORTED)
        if path is not None:
            self._folder = path.parent
            self._try(lambda: self._shelf.export(path if path.suffix.lower() == ".gpl" else path.with_suffix(".gpl")))

    def _discard(self) -> None:
        self._try(self._shelf.discard)

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except FormatError as reason:
            self._session.message.emit(str(reason))

    def _show_palette(self) -> None:
        self.swatches.set_palette(self._shelf.shown)

    def _show_colour(self, settings: Settings) -> None:
        self.swatches.show_present(settings.colour)


class PalettesPanel(QWidget):
    """A palette with all the room of a dock, its name above."""

    def __init__(self, session: Session, shelf: PaletteShelf, theme: Theme, chooser: Chooser) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._shelf = shelf
        self.view = PaletteView(session, shelf, theme, chooser)
        self.names = Combo(theme)
        self.names.setAccessibleName("Palette")
        self.names.chosen.connect(lambda name: shelf.show(str(name)))
        add = IconButton(theme, "plus", "Add the foreground colour")
        add.clicked.connect(self.view.add_present)
        more = IconButton(theme, "more", "Import, export, rename")
        more.clicked.connect(lambda: self.view.menu().popup(more.mapToGlobal(more.rect().bottomLeft())))
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.names, 1)
        top.addWidget(add)
        top.addWidget(more)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 8)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        shelf.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.names.set_choices([Choice(name, name) for name in self._shelf.names])
        self.names.show_key(self._shelf.shown.name)
