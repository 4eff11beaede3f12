"""The main window: menu, tool options, tools, canvas, panels and status line in their places, and how they are kept.

It composes widgets and hands commands on; what they do is in `app.commands`, what they show in the panels. Must not
import anything heavy: the window has to be there before the engine's libraries are.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QByteArray, QPoint, QSettings, Qt
from PySide6.QtGui import QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QMenuBar,
    QSizePolicy,
    QToolBar,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from app import pen_settings
from app.actions import Actions
from app.canvas_choice import CanvasChoice
from app.canvas_view import drops
from app.canvas_view.view import CanvasView
from app.clipboard import Clipboard, QtClipboard
from app.commands import COMMANDS, Commands
from app.commands.command import Command, Means, View
from app.dialogs.chooser import Chooser, QtChooser
from app.dialogs.command_palette import CommandPalette, Deed
from app.dialogs.help_pages import GlossaryPage, about_page, guide_page, shortcuts_page
from app.dialogs.new_document import NewDocument
from app.dialogs.shortcut_editor import ShortcutEditor
from app.example_desk import ExampleDesk
from app.export_options import ExportOptions
from app.file_desk import FileDesk, fill_recent
from app.folders import own_folder
from app.glossary import load_glossary
from app.journal import Journal
from app.key_map import KeyMap
from app.opening import Opened, Opening
from app.options_bar import OptionsBar
from app.panels.brush_docks import BrushDocks
from app.panels.colour_docks import ColourDocks
from app.panels.direction import DirectionPanel
from app.panels.history import HistoryPanel
from app.panels.layers import LayersPanel
from app.panels.navigator import NavigatorPanel
from app.panels.references import ReferencesPanel
from app.panels.results import ResultsPanel
from app.recent import RecentFiles
from app.recipe_offer import RecipeOffer
from app.recovery_desk import RecoveryDesk
from app.reference_board import ReferenceBoard
from app.session import Session
from app.shortcuts import SCHEMES, ShortcutBook, key_text, load_scheme
from app.status_line import StatusLine
from app.theme import MARGIN_PX, THEME_NAMES, Theme
from app.tool_bar import ToolBar
from app.tools.toolbox import Toolbox
from app.views import Views
from app.widgets.buttons import IconButton
from app.widgets.notice import Notice
from app.widgets.panel_dock import PanelDock
from canvas.edits import EditError
from canvas.formats.errors import FormatError
from models.catalogue import ModelInfo

log = logging.getLogger(__name__)

PANEL_PX = 300
MENU_PX = 26
#: How the panels that can grow share the height.
LAYERS_TO_RESULTS = (400, 105)
#: Raised when docks or bars change, so that an older saved layout is not forced onto them.
LAYOUT_VERSION = 1
#: Panels that an artist brings in from the Window menu.
HIDDEN_AT_FIRST = ("history", "navigator", "palettes", "references", "brushes")
_ROW_MENU = (
    "layer.duplicate", "layer.delete", "layer.rename", None, "layer.group", "layer.ungroup", "layer.merge_down",
    "layer.merge_visible", "layer.flatten", None, "layer.mask_reveal", "layer.mask_hide", "layer.mask_invert",
    "layer.mask_apply", "layer.mask_delete", None, "layer.toggle_clip", "layer.toggle_alpha_lock", "layer.toggle_lock",
)  # fmt: skip


class MainWindow(QMainWindow):
    """`settings` keeps theme, keys and layout. `chooser` asks for files; the platform's dialogs when None.

    `clock`: seconds; the one that `view` measures the age of the image with.
    """

    def __init__(
        self,
        session: Session,
        toolbox: Toolbox,
        view: CanvasView,
        theme: Theme,
        models: Sequence[ModelInfo],
        settings: QSettings,
        chooser: Chooser | None = None,
        clock: Callable[[], float] = perf_counter,
        clipboard: Clipboard | None = None,
    ) -> None:
        super().__init__()
        self._session = session
        self._toolbox = toolbox
        self._theme = theme
        self._settings = settings
        self._hidden: list[QWidget] = []
        self._pages: list[QWidget] = []
        self._recent_deeds: list[str] = []
        saved_theme = str(settings.value("theme", theme.name))
        if saved_theme in THEME_NAMES and saved_theme != theme.name:
            theme.use(saved_theme)
        toolbox.pen.put(pen_settings.read(str(settings.value("pen", ""))))
        toolbox.pen.changed.connect(lambda pen: settings.setValue("pen", pen_settings.as_text(pen)))
        self._glossary = load_glossary()
        self.view = view
        self._chooser = chooser or QtChooser(self)
        session.roles_folder = own_folder(settings, "roles")
        recent, exports = RecentFiles(settings), ExportOptions(settings)
        means = Means(session, toolbox, view, self, self._chooser, clipboard or QtClipboard(), recent, exports)
        self.commands = Commands(means)
        self._recent = recent
        self.actions_ = Actions(self, self.run, self.commands.answer, self._glossary)
        self.notice = Notice(theme)
        self.files = FileDesk(self, session, theme, view, self._try)
        self.recipes = RecipeOffer(session, theme, models, self.show_form, self.commands.file.new_of_size)
        self.examples = ExampleDesk(session, toolbox, theme, self.files, settings, self.commands.file.settle_changes)
        self.recovery: RecoveryDesk | None = None
        #: The artist has closed the window, and has said what is to become of the document.
        self.settled = False

        self.setMinimumSize(900, 560)
        self.resize(1400, 880)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setCorner(Qt.Corner.TopRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.key_map = KeyMap(self, self.actions_, toolbox, view.keys, ShortcutBook(settings), clock)
        self.setAcceptDrops(True)
        self._build_canvas()
        self._build_menus()
        self._build_bars()
        self._build_panels(models)
        self.status = StatusLine(session, theme, self._glossary, view.age, clock)
        self.status.add_note(self.files.saving_note)
        self.setStatusBar(self.status)
        self.views = Views(self, view, self.key_map, theme, lambda: self.commands.file.document_name)
        self.canvas_choice = CanvasChoice(settings, os.environ, lambda: self.views.every, session.message.emit)
        self._connect()
        self._default_layout = self.saveState(LAYOUT_VERSION)
        self._restore_layout()
        for problem in self.colours.shelf.problems:
            self.notice.tell(problem)
        self._show_title()
        view.setFocus()

    # Building

    def _build_canvas(self) -> None:
        self._middle = QWidget()
        column = self._middle_column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self.examples.bar)
        column.addWidget(self.files.notes)
        column.addWidget(self.recipes.bar)
        column.addWidget(self.notice)
        self.setCentralWidget(self._middle)

    def _build_menus(self) -> None:
        bar = QMenuBar()
        bar.setNativeMenuBar(False)
        bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        word = QLabel("Underdraw")
        word.setProperty("wordmark", True)
        self.title = QLabel()
        self.title.setProperty("dim", True)
        top = QWidget()
        top.setObjectName("menuRow")
        top.setFixedHeight(MENU_PX)
        row = QHBoxLayout(top)
        row.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 1)
        row.setSpacing(8)
        row.addWidget(word)
        row.addWidget(bar, 1)
        row.addWidget(self.title)
        self._menus = self.actions_.fill(bar)
        recent = QMenu("Open recent", bar)
        fill_recent(recent, self._recent, self.open_recent, self.commands.file.clear_recent)
        files = self._menus["File"]
        after_open = files.actions()[files.actions().index(self.actions_["file.open"]) + 1]
        files.insertMenu(after_open, recent)
        self._menu_row = top
        self.setMenuWidget(top)

    def _build_bars(self) -> None:
        self.brushes = BrushDocks(
            self._session, self._toolbox, self._theme, self._chooser, self._settings, self.show_form
        )
        self.options = OptionsBar(
            self._session, self._toolbox, self._theme, self._glossary, self.commands.ai.toggle_live
        )
        self.brushes.use_button(self.options.brush.preset)
        self.tools = ToolBar(self._toolbox, self._theme, lambda tool: self.key_map.book.scheme.of_tool(tool))
        self._add_bar("optionsBar", "Tool options", self.options, Qt.ToolBarArea.TopToolBarArea)
        self._add_bar("toolBar", "Tools", self.tools, Qt.ToolBarArea.LeftToolBarArea)

    def _add_bar(self, name: str, title: str, content: QWidget, area: Qt.ToolBarArea) -> None:
        bar = QToolBar(title)
        bar.setObjectName(name)
        bar.setMovable(False)
        bar.setFloatable(False)
        bar.addWidget(content)
        self.addToolBar(area, bar)

    def _build_panels(self, models: Sequence[ModelInfo]) -> None:
        session, theme, glossary = self._session, self._theme, self._glossary
        row_menu = [None if name is None else self.actions_[name] for name in _ROW_MENU]
        self.colours = ColourDocks(session, self._toolbox, theme, self._chooser, self._settings)
        self.colour = self.colours.panel
        board = ReferenceBoard(session)
        self.references = ReferencesPanel(session, self._toolbox, board, theme, self._chooser)
        self.layers = LayersPanel(session, theme, glossary, row_menu)
        self.direction = DirectionPanel(session, theme, glossary, models, self.commands.ai)
        self.results = ResultsPanel(session, theme, self.commands.ai.keep)
        self.docks = {
            name: PanelDock(theme, name, title, panel)
            for name, title, panel in (
                ("colour", "Colour", self.colour),
                ("layers", "Layers", self.layers),
                ("direction", "Direction", self.direction),
                ("results", "Results", self.results),
                ("history", "History", HistoryPanel(session, self._toolbox, theme)),
                ("navigator", "Navigator", NavigatorPanel(session, theme, self.view)),
                ("palettes", "Palettes", self.colours.palettes),
                ("references", "References", self.references),
                ("brushes", "Brushes", self.brushes.panel),
            )
        }
        for dock in self.docks.values():
            self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        for name in HIDDEN_AT_FIRST:
            self.docks[name].hide()
        docks = list(self.docks.values())
        self.resizeDocks(docks, [PANEL_PX] * len(docks), Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks["layers"], self.docks["results"]], LAYERS_TO_RESULTS, Qt.Orientation.Vertical)
        for button in self.references.header_buttons:
            self.docks["references"].header.add_button(button)
        header = self.docks["layers"].header
        add = IconButton(theme, "plus", "Add a layer")
        add.clicked.connect(lambda: self._menus["Layer/Add"].popup(add.mapToGlobal(QPoint(0, add.height()))))
        header.add_button(add)
        for icon_name, command_id in (("duplicate", "layer.duplicate"), ("trash", "layer.delete")):
            button = IconButton(theme, icon_name, f"{self.actions_[command_id].text()} the active layer")
            button.clicked.connect(self.actions_[command_id].trigger)
            header.add_button(button)

    def _connect(self) -> None:
        session, view = self._session, self.view
        view.viewport_changed.connect(lambda viewport: self.status.show_zoom(viewport.zoom))
        self.status.zoom.typed.connect(lambda zoom: view.set_viewport(view.viewport.at_zoom(zoom)))
        view.pointer_moved.connect(self.status.show_position)
        view.palette_wanted.connect(self.brushes.open_palette)
        if self.brushes.problems:
            self.notice.tell(" ".join(self.brushes.problems))
        view.open_files = self.open_files
        self.examples.prompt = self.direction.prompt
        self._toolbox.reference.ask_for_picture = self.commands.file.ask_picture
        session.document_changed.connect(lambda _old, _new: self._show_title())
        session.document_replaced.connect(self._show_title)
        session.direction_changed.connect(lambda _direction: self._show_title())
        session.saved.connect(lambda _path: self._on_saved())
        session.saving.failed.connect(self.notice.insist)
        session.results_changed.connect(self._show_result_count)
        for dock in self.docks.values():
            dock.height_changed.connect(self._fit_panels)
            dock.visibilityChanged.connect(self._fit_panels)
            dock.topLevelChanged.connect(self._fit_panels)
        window = self._menus["Window"]
        window.addSeparator()
        for dock in self.docks.values():
            window.addAction(dock.toggleViewAction())
        window.addAction("Reset layout", self.reset_layout)
        window.addSeparator()
        self._add_choices(window, "Theme", THEME_NAMES, str.capitalize, self._theme.name, self.use_theme)
        key_map = self.key_map
        self._add_choices(
            window, "Shortcuts", SCHEMES, lambda name: load_scheme(name).name, key_map.book.name, key_map.use
        )
        key_map.changed.connect(self.tools.show_keys)

    def _add_choices(
        self,
        menu: QMenu,
        title: str,
        names: Sequence[str],
        text: Callable[[str], str],
        present: str,
        use: Callable[[str], None],
    ) -> None:
        choices = menu.addMenu(title)
        group = QActionGroup(self)
        for name in names:
            action = choices.addAction(text(name))
            action.setCheckable(True)
            action.setChecked(name == present)
            action.triggered.connect(lambda _on=False, n=name: use(n))
            group.addAction(action)

    # Carrying out

    def run(self, command: Command) -> None:
        """Carry out a command of the table; what cannot be done is said in the window."""
        if not command.mid_stroke:
            self._toolbox.finish()
        self._try(command.text.rstrip("…"), lambda: self.commands.carry_out(command))

    def _try(self, what: str, do: Callable[[], object]) -> None:
        try:
            do()
        except EditError as reason:
            self.status.tell(str(reason))
        except FormatError as reason:
            self.notice.tell(str(reason))
        except Exception as fault:
            log.exception("%s failed", what)
            self.notice.tell(f"“{what}” did not work because of a fault in Underdraw: {fault}. Nothing was lost.")
        else:
            self.notice.done()

    def _on_saved(self) -> None:
        self.notice.hide()
        self._show_title()

    # Desk: what commands ask of the window

    def show_new_document(self, create: Callable[[int, int], None]) -> None:
        self._show_page(NewDocument(self._theme, create, self))

    def show_guide(self, name: str) -> None:
        self._show_page(guide_page(name, self))

    def show_example(self, name: str) -> None:
        self.examples.show(name)

    def show_first_document(self) -> None:
        self._try("Open the first document", self.examples.show_at_first_start)

    def show_glossary(self) -> None:
        self._show_page(GlossaryPage(self._glossary, self._theme, self))

    def show_shortcuts(self) -> None:
        self._show_page(shortcuts_page(self.key_map.book.scheme, self._toolbox.tools, self._theme, self))

    def show_shortcut_editor(self) -> None:
        self._show_page(ShortcutEditor(self.key_map, self._toolbox.tools, self._theme, self))

    def show_palette(self) -> None:
        palette = CommandPalette(self._deeds(), self._recent_deeds, self._theme, self)
        self._pages.append(palette)
        palette.destroyed.connect(lambda: self._pages.remove(palette) if palette in self._pages else None)
        palette.open_over(self)

    def _deeds(self) -> tuple[Deed, ...]:
        """Everything that can be ordered: commands, tools, panels to show."""
        scheme = self.key_map.book.scheme
        return (
            *(
                Deed(c.text.rstrip("…"), c.menu.replace("/", " / "), key_text(scheme.of(c.id)), partial(self.run, c))
                for c in COMMANDS
            ),
            *(
                Deed(spec.label, "Tools", key_text(scheme.of_tool(spec)), partial(self._toolbox.select, spec.id))
                for spec in self._toolbox.tools
            ),
            *(Deed(dock.windowTitle(), "Panels", "", partial(show_panel, dock)) for dock in self.docks.values()),
        )

    def show_form(self, build: Callable[[Theme, QWidget], QWidget]) -> None:
        self._show_page(build(self._theme, self))

    def show_opening(self, opening: Opening, take: Callable[[Opened], None]) -> None:
        self.files.show_opening(opening, take)

    def wait_for_saving(self) -> None:
        self.files.wait_for_saving()

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open what was named on the command line or dropped."""
        self._try("Open", lambda: self.commands.file.open_paths(paths))

    def open_recent(self, path: Path) -> None:
        self._toolbox.finish()
        self._try("Open recent", lambda: self.commands.file.open_recent(path))

    def show_brush_palette(self) -> None:
        self.brushes.open_palette()

    def show_brush_editor(self) -> None:
        self.brushes.open_editor()

    def use_journal(self, journal: Journal, *, quietly: bool) -> None:
        """Offer what `journal` finds; `quietly` when the artist came for something else."""
        settle = self.commands.file.settle_changes
        self.recovery = RecoveryDesk(
            self, self._session, journal, self._theme, self.files, self.notice, self._chooser, settle, quietly=quietly
        )
        self._middle_column.insertWidget(1, self.recovery.bar)

    def show_earlier(self) -> None:
        if self.recovery is None:
            self._session.message.emit("No journal is kept, so there are no earlier versions")
        else:
            self.recovery.show_all()

    def show_recipe(self) -> None:
        self.recipes.show_details()

    def show_about(self) -> None:
        self._show_page(about_page(self))

    def _show_page(self, page: QWidget) -> None:
        self._pages.append(page)
        page.destroyed.connect(lambda: self._pages.remove(page) if page in self._pages else None)
        page.show()

    def rename_active(self) -> None:
        self.docks["layers"].show()
        self.docks["layers"].set_open(True)
        self.layers.start_renaming()

    def panels_hidden(self) -> bool:
        return bool(self._hidden)

    def toggle_panels(self) -> None:
        """Leave the canvas alone in the window, or bring back what was there."""
        if self._hidden:
            for widget in self._hidden:
                widget.show()
            self._hidden = []
            return
        bars = self.findChildren(QToolBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        key = key_text(self.key_map.book.scheme.of("window.panels")[:1])
        # Without a key, only the menu brings the panels back.
        parts = (*self.docks.values(), *bars, self.status, *([self._menu_row] if key else []))
        self._hidden = [w for w in parts if w.isVisibleTo(self)]
        for widget in self._hidden:
            widget.hide()
        self.view.setFocus()
        if key:
            self.views.hint.tell(f"{key} brings the panels back")

    def is_full_screen(self) -> bool:
        return self.isFullScreen()

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def view_in_use(self) -> View:
        return self.views.in_use

    def paints_with_opengl(self) -> bool:
        return self.canvas_choice.chosen == "opengl"

    def toggle_opengl(self) -> None:
        self.canvas_choice.toggle_opengl()

    def new_view(self) -> None:
        self.views.open().view.palette_wanted.connect(self.brushes.open_palette)

    # Keeping

    def use_theme(self, name: str) -> None:
        self._theme.use(name)
        self._settings.setValue("theme", name)
        for widget in self.findChildren(QWidget):
            widget.update()

    def reset_layout(self) -> None:
        for dock in self.docks.values():
            dock.set_open(True)
        self.restoreState(self._default_layout, LAYOUT_VERSION)

    def _restore_layout(self) -> None:
        geometry, layout = self._settings.value("geometry"), self._settings.value("layout")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(layout, QByteArray):
            self.restoreState(layout, LAYOUT_VERSION)
        pixel_grid = bool(self._settings.value("pixel_grid", True, bool))
        self._session.set_look(replace(self._session.look, pixel_grid=pixel_grid))
        for name in str(self._settings.value("collapsed", "")).split():
            if name in self.docks:
                self.docks[name].set_open(False)

    def _save_layout(self) -> None:
        if self._hidden:
            self.toggle_panels()
        self._settings.setValue("geometry", self.saveGeometry())
        self._settings.setValue("layout", self.saveState(LAYOUT_VERSION))
        self.colours.keep()
        self.brushes.keep()
        self._settings.setValue("pixel_grid", self._session.look.pixel_grid)
        collapsed = [name for name, dock in self.docks.items() if not dock.is_open]
        self._settings.setValue("collapsed", " ".join(collapsed))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._toolbox.finish()
        may_close: list[bool] = []
        self._try("Close", lambda: may_close.append(self.commands.file.settle_changes()))
        if may_close != [True]:
            event.ignore()
            return
        self.settled = True
        self.files.close()
        self._save_layout()
        self.views.close()
        event.accept()

    # Drops beside the canvas

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if drops.can_take(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._toolbox.finish()
        tool, as_document = self._toolbox.active_id, drops.wants_document(event)
        drops.take(event.mimeData(), self._session, tool, self.open_files, None, as_document=as_document)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._to_canvas(event, self.view.keyPressEvent)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._to_canvas(event, self.view.keyReleaseEvent)

    def _to_canvas(self, event: QKeyEvent, handle: Callable[[QKeyEvent], None]) -> None:
        """The canvas's own keys work wherever the focus is, unless who has it wanted them."""
        if not self.view.hasFocus():
            handle(event)

    # Showing

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_panels()

    def _fit_panels(self) -> None:
        """Let the panels scroll while the window is too low for all of them."""
        docked = [dock for dock in self.docks.values() if dock.isVisibleTo(self) and not dock.isFloating()]
        too_low = sum(dock.natural_height + 1 for dock in docked) > self._middle.height()
        for dock in docked:
            if too_low:
                dock.squeeze()
            else:
                dock.relax()

    def _show_title(self) -> None:
        session = self._session
        width, height = session.document.state.rect.size
        state: str = session.on_disk.since if session.origin else "new"
        if session.modified:
            state = "unsaved"
        elif session.on_disk.unkept:
            state = "saved in part"
        text = f"{self.commands.file.document_name}  {width} × {height} • {state}"
        if text != self.title.text():
            self.title.setText(text)
            unkept = "\n".join(session.on_disk.unkept)
            self.title.setToolTip(f"{session.path}\nwithout:\n{unkept}" if unkept else str(session.path or ""))
            self.setWindowTitle(f"{self.commands.file.document_name}[*] - Underdraw")
            self.setWindowModified(session.modified)
            self.views.show_name()

    def _show_result_count(self) -> None:
        count = len(self._session.results)
        self.docks["results"].header.set_note(str(count) if count else "")


def show_panel(dock: PanelDock) -> None:
    """Bring a panel into sight, opened."""
    dock.show()
    dock.raise_()
    dock.set_open(True)
