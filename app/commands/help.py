"""The Help menu. GUI thread only."""

from __future__ import annotations

from app.commands.command import Command, CommandGroup
from app.examples.table import FIRST, examples

COMMANDS = (
    Command("help.find", "Find a command…", "Help", "find", mid_stroke=True),
    Command("help.painting", "Painting in Underdraw", "Help", "show_painting", mid_stroke=True),
    Command("help.files", "Files in Underdraw", "Help", "show_files", mid_stroke=True),
    Command("help.examples", "Examples in Underdraw", "Help", "show_examples", mid_stroke=True),
    Command("help.glossary", "Glossary", "Help", "show_glossary", mid_stroke=True),
    Command("help.shortcuts", "Keyboard shortcuts", "Help", "show_shortcuts", mid_stroke=True),
    Command("help.edit_shortcuts", "Edit keyboard shortcuts…", "Help", "edit_shortcuts", mid_stroke=True),
    Command("help.first", "Show the first document", "Help", "show_example", 1, arguments=(FIRST,)),
    *(
        Command(f"help.{each.name}", each.title, "Help/Examples", "show_example", arguments=(each.name,))
        for each in examples()
        if each.name != FIRST
    ),
    Command("help.about", "About Underdraw", "Help", "show_about", 2, mid_stroke=True),
)  # fmt: skip


class HelpCommands(CommandGroup):
    def find(self) -> None:
        self._desk.show_palette()

    def show_painting(self) -> None:
        self._desk.show_guide("painting")

    def show_files(self) -> None:
        self._desk.show_guide("files")

    def show_examples(self) -> None:
        self._desk.show_guide("examples")

    def show_example(self, name: str) -> None:
        self._desk.show_example(name)

    def show_glossary(self) -> None:
        self._desk.show_glossary()

    def show_shortcuts(self) -> None:
        self._desk.show_shortcuts()

    def edit_shortcuts(self) -> None:
        self._desk.show_shortcut_editor()

    def show_about(self) -> None:
        self._desk.show_about()
