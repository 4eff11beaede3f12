"""The one table of commands. Menus, keys and the shortcut sheet are built from it; `app.commands` carries them out.

Keys are data in `resources/shortcuts`, one file for each habit of hand. GUI thread only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

import resources
from app.glossary import Glossary

SCHEMES = ("krita", "photoshop")
MENUS = ("File", "Edit", "View", "Layer", "Select", "AI", "Window", "Help")

Keys: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """`menu`: a title of MENUS, or "Title/Submenu". `verb`: the method of `Commands` that carries it out.

    `section`: a line is drawn between sections of a menu. `ready` and `checked`: properties of `Commands` that say
    whether the command can be done now, and whether what it switches is on. `mid_stroke`: it may happen while a
    stroke is being drawn; before any other command the stroke is finished. `term`: its entry in the glossary.
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


COMMANDS = (
    Command("file.new", "New…", "File", "new"),
    Command("file.open", "Open…", "File", "open"),
    Command("file.open_as_layer", "Open as layer…", "File", "open_as_layer", 1),
    Command("file.open_as_reference", "Open as reference…", "File", "open_as_reference", 1, term="reference"),
    Command("file.save", "Save", "File", "save", 2),
    Command("file.save_as", "Save as…", "File", "save_as", 2),
    Command("file.export_png", "Export PNG…", "File", "export_png", 3),
    Command("file.export_psd", "Export PSD…", "File", "export_psd", 3),
    Command("file.quit", "Quit", "File", "quit", 4),
    Command("edit.undo", "Undo", "Edit", "undo", ready="can_undo"),
    Command("edit.redo", "Redo", "Edit", "redo", ready="can_redo"),
    Command("edit.fill", "Fill with foreground colour", "Edit", "fill", 1, ready="has_pixels"),
    Command("edit.fill_background", "Fill with background colour", "Edit", "fill_background", 1, ready="has_pixels"),
    Command("edit.clear", "Clear", "Edit", "clear", 1, ready="has_pixels"),
    Command("edit.brush_larger", "Larger brush", "Edit", "brush_larger", 2, mid_stroke=True),
    Command("edit.brush_smaller", "Smaller brush", "Edit", "brush_smaller", 2, mid_stroke=True),
    Command("edit.swap_colours", "Swap colours", "Edit", "swap_colours", 3, mid_stroke=True),
    Command("edit.reset_colours", "Black and white", "Edit", "reset_colours", 3, mid_stroke=True),
    Command("view.zoom_in", "Zoom in", "View", "zoom_in", mid_stroke=True),
    Command("view.zoom_out", "Zoom out", "View", "zoom_out", mid_stroke=True),
    Command("view.zoom_fit", "Fit to window", "View", "zoom_fit", mid_stroke=True),
    Command("view.zoom_actual", "100 %", "View", "zoom_actual", mid_stroke=True),
    Command("view.rotate_left", "Rotate view left", "View", "rotate_left", 1, mid_stroke=True),
    Command("view.rotate_right", "Rotate view right", "View", "rotate_right", 1, mid_stroke=True),
    Command("view.rotate_reset", "Reset rotation", "View", "rotate_reset", 1, mid_stroke=True),
    Command("view.mirror", "Mirror view", "View", "mirror", 1, checked="mirrored", mid_stroke=True),
    Command("layer.add_paint", "Paint layer", "Layer/Add", "add_paint", term="paint"),
    Command("layer.add_sketch", "Sketch to follow", "Layer/Add", "add_sketch", 1, term="scribble"),
    Command("layer.add_lineart", "Line art to follow", "Layer/Add", "add_lineart", 1, term="lineart"),
    Command("layer.add_canny", "Edges to follow", "Layer/Add", "add_canny", 1, term="canny"),
    Command("layer.add_pose", "Pose", "Layer/Add", "add_pose", 1, term="pose"),
    Command("layer.add_mask", "Mask", "Layer/Add", "add_mask", 1, term="mask"),
    Command("layer.add_reference", "Reference from file…", "Layer/Add", "open_as_reference", 1, term="reference"),
    Command("layer.add_group", "Group", "Layer/Add", "add_group", 2),
    Command("layer.duplicate", "Duplicate", "Layer", "duplicate", 1, ready="has_node"),
    Command("layer.delete", "Delete", "Layer", "delete", 1, ready="has_node"),
    Command("layer.rename", "Rename", "Layer", "rename", 1, ready="has_node"),
    Command("layer.group", "Put into a group", "Layer", "group", 2, ready="has_node"),
    Command("layer.merge_down", "Merge down", "Layer", "merge_down", 2, ready="has_node"),
    Command("layer.up", "Move up", "Layer", "move_up", 3, ready="has_node"),
    Command("layer.down", "Move down", "Layer", "move_down", 3, ready="has_node"),
    Command("layer.above", "Go to the layer above", "Layer", "go_above", 3, ready="has_node"),
    Command("layer.below", "Go to the layer below", "Layer", "go_below", 3, ready="has_node"),
    Command("layer.toggle_visible", "Visible", "Layer", "toggle_visible", 4, ready="has_node", checked="is_visible"),
    Command("layer.toggle_lock", "Locked", "Layer", "toggle_lock", 4, ready="has_node", checked="is_locked"),
    Command(
        "layer.toggle_alpha_lock", "Alpha locked", "Layer", "toggle_alpha_lock", 4,
        ready="has_pixels", checked="is_alpha_locked",
    ),
    Command("select.all", "All", "Select", "select_all"),
    Command("select.none", "None", "Select", "select_none", ready="has_selection"),
    Command("ai.live", "Live", "AI", "toggle_live", checked="is_live", mid_stroke=True, term="live"),
    Command("ai.generate", "Generate", "AI", "generate", 1, term="generate"),
    Command("ai.cancel", "Cancel", "AI", "cancel", 1, mid_stroke=True),
    Command("ai.keep", "Keep result as layer", "AI", "keep", 2, ready="has_result", term="keep"),
    Command("ai.discard", "Discard shown result", "AI", "discard", 2, ready="has_result", term="result"),
    Command("ai.roll_seed", "New seed", "AI", "roll_seed", 3, term="seed"),
    Command("ai.lock_seed", "Lock seed", "AI", "toggle_seed_lock", 3, checked="seed_locked", term="seed_lock"),
    Command("window.panels", "Hide panels", "Window", "toggle_panels", checked="panels_hidden", mid_stroke=True),
    Command("help.glossary", "Glossary", "Help", "show_glossary", mid_stroke=True),
    Command("help.shortcuts", "Keyboard shortcuts", "Help", "show_shortcuts", mid_stroke=True),
    Command("help.about", "About Underdraw", "Help", "show_about", 1, mid_stroke=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key that works while it is held, with the canvas under the pen. `id` names it in the shortcut files."""

    id: str
    text: str


HELD_KEYS = (
    HeldKey("look.paint_only", "Hold: see the paint alone"),
    HeldKey("look.side_by_side", "Hold: see paint and result side by side"),
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """The keys of one habit of hand: `keys` by command id, in Qt's portable notation."""

    name: str
    keys: Mapping[str, Keys]

    def of(self, command_id: str) -> Keys:
        return self.keys.get(command_id, ())


def load_scheme(name: str) -> Scheme:
    """The scheme `resources/shortcuts/<name>.toml`. Raises ValueError naming what is wrong with it."""
    return read_scheme(resources.path("shortcuts", f"{name}.toml"))


def read_scheme(path: Path) -> Scheme:
    """The scheme in a file. Raises ValueError naming what is wrong with it."""
    data = tomllib.loads(path.read_text("utf-8"))
    known = {command.id for command in COMMANDS} | {held.id for held in HELD_KEYS}
    keys: dict[str, Keys] = {}
    owners: dict[str, str] = {}
    for command_id, value in data["keys"].items():
        if command_id not in known and not command_id.startswith("tool."):
            raise ValueError(f"shortcuts {path.name}: there is no command “{command_id}”")
        keys[command_id] = tuple(value) if isinstance(value, list) else (value,)
        for key in keys[command_id]:
            if not QKeySequence(key).toString():
                raise ValueError(f"shortcuts {path.name}: “{key}” is no key")
            if key in owners:
                raise ValueError(f"shortcuts {path.name}: “{key}” belongs to {owners[key]} and {command_id}")
            owners[key] = command_id
    return Scheme(str(data["name"]), MappingProxyType(keys))


class Actions:
    """The table as QActions of `window`. `run(command)` carries one out, `ask(property)` answers for ready and checked.

    Actions stay enabled while no menu is open, so that a key always reaches its command, which then says why it
    cannot be done; a menu greys what is not ready when it opens.
    """

    def __init__(
        self, window: QWidget, run: Callable[[Command], None], ask: Callable[[str], bool], glossary: Glossary
    ) -> None:
        self._ask = ask
        self._of: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(command.text, window)
            action.setCheckable(bool(command.checked))
            action.triggered.connect(lambda _checked=False, c=command: run(c))
            action.setToolTip(glossary.tip(command.term) if command.term else "")
            window.addAction(action)
            self._of[command.id] = action

    def __getitem__(self, command_id: str) -> QAction:
        return self._of[command_id]

    def use(self, scheme: Scheme) -> None:
        """Take the keys of `scheme`."""
        for command_id, action in self._of.items():
            action.setShortcuts([QKeySequence(key) for key in scheme.of(command_id)])

    def fill(self, bar: QMenuBar) -> Mapping[str, QMenu]:
        """Build the menus in the order of the table; their menus by title."""
        menus: dict[str, QMenu] = {title: bar.addMenu(title) for title in MENUS}
        sections: dict[str, int] = {}
        for command in COMMANDS:
            if command.menu not in menus:
                parent, _, title = command.menu.partition("/")
                menus[command.menu] = menus[parent].addMenu(title)
            menu = menus[command.menu]
            if command.section != sections.setdefault(command.menu, 0):
                menu.addSeparator()
                sections[command.menu] = command.section
            menu.addAction(self._of[command.id])
        for menu in menus.values():
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self.refresh)
            menu.aboutToHide.connect(self._enable)
        return menus

    def refresh(self) -> None:
        """Show what is ready and what is on."""
        for command in COMMANDS:
            action = self._of[command.id]
            if command.ready:
                action.setEnabled(self._ask(command.ready))
            if command.checked:
                action.setChecked(self._ask(command.checked))

    def _enable(self) -> None:
        for action in self._of.values():
            action.setEnabled(True)


def key_text(keys: Keys) -> str:
    """Keys as a person reads them on this computer: "Ctrl+Shift+Z, Ctrl+Y"."""
    native = QKeySequence.SequenceFormat.NativeText
    # A modifier alone is no sequence for Qt, but it can be held.
    return ", ".join(QKeySequence(key).toString(native) or key for key in keys)
