"""The Select menu. GUI thread only."""

from __future__ import annotations

from app import layer_intents
from app.commands.command import Command, CommandGroup

COMMANDS = (
    Command("select.all", "All", "Select", "select_all"),
    Command("select.none", "None", "Select", "select_none", ready="has_selection"),
)  # fmt: skip


class SelectCommands(CommandGroup):
    def select_all(self) -> None:
        layer_intents.select_all(self._session)

    def select_none(self) -> None:
        layer_intents.select_none(self._session)
