"""The table of commands as Qt's actions: menus and keys. `app.commands` carries them out, `app.shortcuts` knows their
keys. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.commands import COMMANDS
from app.commands.command import Command
from app.glossary import Glossary
from app.shortcuts import Scheme

MENUS = ("File", "Edit", "Image", "View", "Layer", "Select", "Filter", "AI", "Window", "Help")


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
