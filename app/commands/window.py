"""The Window and Help menus. GUI thread only."""

from __future__ import annotations

from app.commands.command import Command, CommandGroup

COMMANDS = (
    Command("window.panels", "Hide panels", "Window", "toggle_panels", checked="panels_hidden", mid_stroke=True),
)  # fmt: skip


class WindowCommands(CommandGroup):
    @property
    def panels_hidden(self) -> bool:
        return self._desk.panels_hidden()

    def toggle_panels(self) -> None:
        self._desk.toggle_panels()
