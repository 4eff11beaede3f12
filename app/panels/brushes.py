"""Brushes: the presets to choose from, narrowed down by tag and by typing, and what can be done with them.

GUI thread only. What is done to presets is `app.brush_shelf`'s. `BrushPopup` is the same under the pen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from app.brush_files import SUFFIXES
from app.brush_shelf import BrushShelf
from app.dialogs.chooser import Chooser, FileKind
from app.panels.brush_grid import BrushGrid, Section
from app.panels.brush_pictures import BrushPictures
from app.session import Session, Settings
from app.theme import CONTROL_PX, MARGIN_PX, Theme
from app.widgets.buttons import IconButton
from app.widgets.field import TextField
from app.widgets.name_editor import edit_name
from app.widgets.scale import PERCENT, Scale
from app.widgets.slider import ValueSlider
from app.widgets.tag_row import TagRow
from canvas.brush import MAX_SIZE_PX, Brush
from canvas.formats.errors import FormatError

_IMPORTED = FileKind("Brushes of Underdraw, Photoshop and GIMP", SUFFIXES)
_EXPORTED = FileKind("Underdraw brushes", SUFFIXES[:1])
_SIZE = Scale(1, MAX_SIZE_PX, unit=" px", curve="log")
_POPUP_PX = QSize(404, 380)
_ALL, _STARRED = "", "\1"


class BrushBrowser(QWidget):
    """A field to search, a row of tags, and the presets that they leave; favourites come first."""

    def __init__(self, shelf: BrushShelf, pictures: BrushPictures, theme: Theme) -> None:
        super().__init__()
        self._shelf = shelf
        self.search = TextField()
        self.search.setPlaceholderText("Find a brush")
        self.search.setAccessibleName("Find a brush")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self._show())
        self.tags = TagRow(theme, "Tags")
        self.tags.chosen.connect(lambda _tag: self._show())
        self.grid = BrushGrid(shelf, pictures, theme)
        top = QVBoxLayout()
        top.setContentsMargins(0, 0, 8, 0)  # the grid keeps as much for its scroll bar
        top.setSpacing(6)
        top.addWidget(self.search)
        top.addWidget(self.tags)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.grid, 1)
        self._disconnect = shelf.changed.connect(self._follow)
        self._shown: tuple[Section, ...] | None = None
        self._follow()

    @property
    def shown_names(self) -> tuple[str, ...]:
        """The presets that are shown, each once."""
        sections = self._shown or ()
        return tuple(dict.fromkeys(brush.name for section in sections for brush in section.brushes))

    def forget(self) -> None:
        """The browser is closed for good."""
        self._disconnect()

    def _follow(self) -> None:
        tags = [(tag, tag[:1].upper() + tag[1:]) for tag in self._shelf.tags]
        self.tags.set_choices([(_ALL, "All"), (_STARRED, "★"), *tags])
        self._show()

    def _show(self) -> None:
        tag, words = self.tags.key, self.search.text()
        starred = tuple(b for b in self._shelf.found("", words) if self._shelf.is_favourite(b.name))
        sections: tuple[Section, ...]
        if tag == _STARRED:
            sections = (Section("", starred),)
        elif tag == _ALL and starred and not words:
            sections = (Section("Favourites", self._shelf.favourites), Section("All", self._shelf.brushes))
        else:
            sections = (Section("", self._shelf.found(tag, words)),)
        if sections == self._shown:
            self.grid.refresh()
            return
        self._shown = sections
        empty = "No brush is like that." if words else "Brushes with a star stand here. Hover over one to give it one."
        self.grid.show_sections(sections, empty)


class BrushesPanel(QWidget):
    """`edit`: opens the brush editor."""

    def __init__(
        self,
        session: Session,
        shelf: BrushShelf,
        pictures: BrushPictures,
        theme: Theme,
        chooser: Chooser,
        edit: Callable[[], object],
    ) -> None:
        super().__init__()
        self._session, self._shelf, self._chooser, self._edit = session, shelf, chooser, edit
        self._folder = Path.home()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.browser = BrushBrowser(shelf, pictures, theme)
        self.browser.grid.picked.connect(shelf.choose)
        self.browser.grid.starred.connect(lambda name: self._try(lambda: shelf.toggle_favourite(name)))
        self.browser.grid.menu_wanted.connect(lambda name, where: self.menu(name).popup(where))
        self.name = QLabel()
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.reset = IconButton(theme, "revert", "Back to the preset as it was saved")
        self.reset.clicked.connect(shelf.reset)
        self.overwrite = IconButton(theme, "keep", "Save the changes in the preset")
        self.overwrite.clicked.connect(lambda: self._try(shelf.overwrite))
        self.save_as = IconButton(theme, "plus", "Save the brush in the hand as a new preset")
        self.save_as.clicked.connect(self.ask_name)
        self.more = IconButton(theme, "more", "Edit, rename, delete, import and export")
        self.more.clicked.connect(
            lambda: self.menu(shelf.brush.name).popup(self.more.mapToGlobal(QPoint(0, self.more.height())))
        )
        bottom = QHBoxLayout()
        bottom.setContentsMargins(0, 0, MARGIN_PX - 4, 0)
        bottom.setSpacing(2)
        bottom.addWidget(self.name, 1)
        for button in (self.reset, self.overwrite, self.save_as, self.more):
            bottom.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 0, 4, 8)
        column.setSpacing(6)
        column.addWidget(self.browser, 1)
        column.addLayout(bottom)
        shelf.changed.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(300, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 170)

    def _show(self) -> None:
        shelf = self._shelf
        name = shelf.brush.name
        dirty = shelf.preset is not None and shelf.is_dirty(name)
        self.name.setText(f"{name} •" if dirty else name)
        self.name.setToolTip("Changed since it was saved" if dirty else "")
        self.reset.setEnabled(dirty)
        self.overwrite.setEnabled(dirty)

    # Intents

    def menu(self, name: str) -> QMenu:
        """What can be done with a preset, and with files of brushes."""
        shelf, menu = self._shelf, QMenu(self)
        in_hand, dirty = name == shelf.brush.name, shelf.is_dirty(name)
        star = menu.addAction("Favourite", lambda: self._try(lambda: shelf.toggle_favourite(name)))
        star.setCheckable(True)
        star.setChecked(shelf.is_favourite(name))
        menu.addAction("Edit brush…", lambda: self._edit_preset(name))
        menu.addSeparator()
        menu.addAction("Reset", shelf.reset).setEnabled(in_hand and dirty)
        menu.addAction("Save changes", lambda: self._try(shelf.overwrite)).setEnabled(in_hand and dirty)
        menu.addAction("Save as new…", self.ask_name).setEnabled(in_hand)
        menu.addAction("Tags…", partial(self.ask_tags, name))
        own, built_in = shelf.is_own(name), shelf.is_built_in(name)
        if not built_in:
            menu.addAction("Rename…", partial(self.ask_new_name, name))
        if own:
            text = "Bring the original back" if built_in else "Delete"
            menu.addAction(text, lambda: self._try(lambda: shelf.delete(name)))
        menu.addSeparator()
        menu.addAction("Import…", self.import_brushes)
        menu.addAction("Export this brush…", lambda: self.export_brushes((name,)))
        menu.addAction("Export what is shown…", lambda: self.export_brushes(self.browser.shown_names))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _edit_preset(self, name: str) -> None:
        self._shelf.choose(name)
        self._edit()

    def ask_name(self) -> None:
        """Let the artist type the name of a new preset."""
        self._ask(self._shelf.brush.name, self._shelf.save_as)

    def ask_new_name(self, name: str) -> None:
        self._ask(name, lambda typed: self._shelf.rename(name, typed))

    def ask_tags(self, name: str) -> None:
        """Let the artist type the tags of a preset, with commas between."""
        present = next((brush.tags for brush in self._shelf.brushes if brush.name == name), ())

        def take(typed: str) -> None:
            tags = dict.fromkeys(" ".join(part.casefold().split()) for part in typed.split(","))
            self._shelf.retag(name, tuple(tag for tag in tags if tag))

        self._ask(", ".join(present), take)

    def _ask(self, text: str, take: Callable[[str], object]) -> None:
        box = self.name.geometry()
        place = QRect(box.left(), box.center().y() - CONTROL_PX // 2, self.width() - box.left() - MARGIN_PX, CONTROL_PX)
        edit_name(self, place, text, lambda typed: self._try(lambda: take(typed)))

    def import_brushes(self) -> None:
        path = self._chooser.open_file("Import brushes", self._folder, (_IMPORTED,))
        if path is not None:
            self._folder = path.parent
            self._try(lambda: self._import(path))

    def _import(self, path: Path) -> None:
        added = self._shelf.import_file(path)
        count = "1 brush" if len(added) == 1 else f"{len(added)} brushes"
        self._session.message.emit(f"Imported {count} from {path.name}")
        if added:
            self._shelf.choose(added[0].name)
            self.browser.grid.show_current()

    def export_brushes(self, names: tuple[str, ...]) -> None:
        stem = names[0] if len(names) == 1 else "Brushes"
        suffix = _EXPORTED.suffixes[0]
        path = self._chooser.save_file("Export brushes", self._folder / f"{stem}{suffix}", _EXPORTED)
        if path is not None:
            path = path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)
            self._folder = path.parent
            self._try(lambda: self._shelf.export(set(names), path))

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except FormatError as reason:
            self._session.message.emit(str(reason))


class BrushPopup(QWidget):
    """The presets with size, opacity and flow, under the pen. A click on a preset takes it and closes."""

    def __init__(self, session: Session, shelf: BrushShelf, pictures: BrushPictures, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("panel")
        self._session, self._shelf, self._theme = session, shelf, theme
        self.browser = BrushBrowser(shelf, pictures, theme)
        self.browser.grid.picked.connect(self._take)
        self.browser.grid.starred.connect(self._star)
        self.size_px = self._slider("Size", _SIZE, lambda brush, v: replace(brush, size_px=v))
        self.opacity = self._slider("Opacity", PERCENT, lambda brush, v: replace(brush, opacity=v / 100))
        self.flow = self._slider("Flow", PERCENT, lambda brush, v: replace(brush, flow=v / 100))
        sliders = QHBoxLayout()
        sliders.setContentsMargins(0, 0, 8, 0)
        sliders.setSpacing(4)
        for slider in (self.size_px, self.opacity, self.flow):
            sliders.addWidget(slider)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 2, 10)
        column.setSpacing(8)
        column.addLayout(sliders)
        column.addWidget(self.browser, 1)
        self.setFixedSize(_POPUP_PX)
        self._disconnect = session.settings_changed.connect(self._show)
        self._show(session.settings)
        self.browser.search.setFocus()

    def _slider(self, name: str, scale: Scale, changed: Callable[[Brush, float], Brush]) -> ValueSlider:
        slider = ValueSlider(self._theme, name, scale, 100)
        slider.changed.connect(lambda value: self._session.set_brush(changed(self._session.settings.brush, value)))
        return slider

    def open_at(self, where: QPoint) -> None:
        """Around a point of the screen, inside of it."""
        screen = QGuiApplication.screenAt(where) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        left = min(where.x() - self.width() // 2, room.right() - self.width())
        top = min(where.y() - self.height() // 2, room.bottom() - self.height())
        self.move(max(room.left(), left), max(room.top(), top))
        self.show()
        self.browser.grid.show_current()

    def _take(self, name: str) -> None:
        self._shelf.choose(name)
        self.close()

    def _star(self, name: str) -> None:
        try:
            self._shelf.toggle_favourite(name)
        except FormatError as reason:
            self._session.message.emit(str(reason))

    def _show(self, settings: Settings) -> None:
        brush = settings.brush
        self.size_px.set_value(brush.size_px)
        self.opacity.set_value(brush.opacity * 100)
        self.flow.set_value(brush.flow * 100)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Enter takes what the search has left when it is a single preset.
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in enter:
            names = self.browser.shown_names
            if len(names) == 1:
                self._take(names[0])
                return True
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._disconnect()
        self._disconnect = lambda: None
        self.browser.forget()
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.panel)
        painter.setPen(self._theme.tokens.focus)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
