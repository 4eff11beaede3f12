"""The Help menu. GUI thread only."""

from __future__ import annotations

from app.commands.command import Command, CommandGroup

COMMANDS = (
    Command("help.glossary", "Glossary", "Help", "show_glossary", mid_stroke=True),
    Command("help.shortcuts", "Keyboard shortcuts", "Help", "show_shortcuts", mid_stroke=True),
    Command("help.about", "About Underdraw", "Help", "show_about", 1, mid_stroke=True),
)  # fmt: skip


class HelpCommands(CommandGroup):
    def show_glossary(self) -> None:
        self._desk.show_glossary()

    def show_shortcuts(self) -> None:
        self._desk.show_shortcuts()

    def show_about(self) -> None:
        self._desk.show_about()
