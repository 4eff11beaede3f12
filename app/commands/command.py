"""`Command`, a line of the table of commands, and `CommandGroup`, which carries out those of one menu. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from app.canvas_view.viewport import Viewport
from app.clipboard import Clipboard
from app.dialogs.chooser import Chooser
from app.export_options import ExportOptions
from app.opening import Opened, Opening
from app.recent import RecentFiles
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas.formats.recipes.found import has_recipe
from canvas.layers import Layer


@dataclass(frozen=True, slots=True)
class Command:
    """`id`: "group.name": the group of `Commands` that carries it out, and its name in shortcut files.

    `menu`: a title of `app.actions.MENUS`, or "Title/Submenu". `verb`: the method of the group that does it.
    `section`: a line is drawn between sections of a menu. `ready` and `checked`: properties of the group that say
    whether the command can be done now, and whether what it switches is on. `mid_stroke`: it may happen while a
    stroke is being drawn; before any other command the stroke is finished. `term`: its entry in the glossary.
    `arguments`: what the verb is called with.
    """

    id: str
    text: str
    menu: str
    verb: str
    section: int = 0
    ready: str = ""
    checked: str = ""
    mid_stroke: bool = False
    term: str = ""
    arguments: tuple[object, ...] = ()


class View(Protocol):
    """What commands ask of the canvas view."""

    def zoom_by(self, factor: float) -> None: ...
    def fit(self) -> None: ...
    def actual_size(self) -> None: ...
    def turn(self, degrees_clockwise: float) -> None: ...
    def mirror(self) -> None: ...
    def set_viewport(self, viewport: Viewport) -> None: ...
    @property
    def viewport(self) -> Viewport: ...


class Desk(Protocol):
    """What commands ask of the window."""

    def close(self) -> object: ...
    def toggle_panels(self) -> None: ...
    def panels_hidden(self) -> bool: ...
    def toggle_full_screen(self) -> None: ...
    def is_full_screen(self) -> bool: ...
    def view_in_use(self) -> View: ...
    def paints_with_opengl(self) -> bool: ...
    def toggle_opengl(self) -> None: ...
    def new_view(self) -> None: ...
    def rename_active(self) -> None: ...
    def show_new_document(self, create: Callable[[int, int], None]) -> None: ...
    def show_guide(self, name: str) -> None: ...
    def show_example(self, name: str) -> None: ...
    def show_glossary(self) -> None: ...
    def show_shortcuts(self) -> None: ...
    def show_shortcut_editor(self) -> None: ...
    def show_palette(self) -> None: ...
    def show_brush_palette(self) -> None: ...
    def show_brush_editor(self) -> None: ...
    def show_about(self) -> None: ...
    def show_recipe(self) -> None: ...
    def show_earlier(self) -> None:
        """Show the journals of documents that were left, to open them again."""

    def show_form(self, build: Callable[[Theme, QWidget], QWidget]) -> None: ...
    def show_opening(self, opening: Opening, take: Callable[[Opened], None]) -> None:
        """Show that a file is being read, and hand over what was read; what goes wrong is told."""

    def wait_for_saving(self) -> None:
        """Return when nothing is being written any more; the artist sees how far it is and may call it off."""


@dataclass(frozen=True, slots=True)
class Means:
    """What commands act on."""

    session: Session
    toolbox: Toolbox
    view: View
    desk: Desk
    chooser: Chooser
    clipboard: Clipboard
    recent: RecentFiles
    exports: ExportOptions


class CommandGroup:
    """The commands of one menu. Methods raise `FormatError` for files that cannot be read or written and `EditError`
    for steps that are not possible; the properties below answer for `ready` in every group."""

    def __init__(self, means: Means) -> None:
        self._session = means.session
        self._toolbox = means.toolbox
        self._view = means.view
        self._desk = means.desk
        self._chooser = means.chooser
        self._clipboard = means.clipboard

    @property
    def has_node(self) -> bool:
        return self._session.active_node is not None

    @property
    def has_pixels(self) -> bool:
        return isinstance(self._session.active_node, Layer)

    @property
    def has_recipe(self) -> bool:
        return has_recipe(self._session.document.state)

    @property
    def has_selection(self) -> bool:
        return self._session.document.state.selection is not None
