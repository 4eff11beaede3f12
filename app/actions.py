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
from app.commands import COMMANDS
from app.commands.command import Command
from app.glossary import Glossary

SCHEMES = ("krita", "photoshop")
MENUS = ("File", "Edit", "View", "Layer", "Select", "AI", "Window", "Help")

Keys: TypeAlias = tuple[str, ...]


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
    """The table as QActions of `window`. `run(command)` carries one out.

    `ask(command, property)` answers for `ready` and `checked`. Actions stay enabled while no menu is open, so that a
    key always reaches its command, which then says why it cannot be done; a menu greys what is not ready when it opens.
    """

    def __init__(
        self, window: QWidget, run: Callable[[Command], None], ask: Callable[[Command, str], bool], glossary: Glossary
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
                action.setEnabled(self._ask(command, command.ready))
            if command.checked:
                action.setChecked(self._ask(command, command.checked))

    def _enable(self) -> None:
        for action in self._of.values():
            action.setEnabled(True)


def key_text(keys: Keys) -> str:
    """Keys as a person reads them on this computer: "Ctrl+Shift+Z, Ctrl+Y"."""
    native = QKeySequence.SequenceFormat.NativeText
    # A modifier alone is no sequence for Qt, but it can be held.
    return ", ".join(QKeySequence(key).toString(native) or key for key in keys)
