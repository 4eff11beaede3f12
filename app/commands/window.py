"""The Window menu. GUI thread only."""

from __future__ import annotations

from app.commands.command import Command, CommandGroup

COMMANDS = (
    Command("window.panels", "Canvas only", "Window", "toggle_panels", checked="panels_hidden", mid_stroke=True),
    Command("window.full_screen", "Full screen", "Window", "toggle_full", checked="is_full", mid_stroke=True),
)  # fmt: skip


class WindowCommands(CommandGroup):
    @property
    def panels_hidden(self) -> bool:
        return self._desk.panels_hidden()

    def toggle_panels(self) -> None:
        self._desk.toggle_panels()

    @property
    def is_full(self) -> bool:
        return self._desk.is_full_screen()

    def toggle_full(self) -> None:
        self._desk.toggle_full_screen()
