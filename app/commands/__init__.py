"""`Commands`: what an artist can order by menu or key. One module a menu: its lines of the table, and their verbs.

They drive the session, the toolbox and the view, and ask for files through a `Chooser`; they build no widgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from app.commands import ai, brush, edit, file, filter, help, image, layer, select, view, window
from app.commands.command import Command, CommandGroup, Means

#: The whole table; within a menu commands stand in this order.
COMMANDS: tuple[Command, ...] = (
    *file.COMMANDS, *edit.COMMANDS, *brush.COMMANDS, *image.COMMANDS, *view.COMMANDS,
    *layer.COMMANDS, *image.LAYER_COMMANDS,
    *select.COMMANDS, *image.SELECT_COMMANDS, *filter.COMMANDS, *ai.COMMANDS,
    *window.COMMANDS, *help.COMMANDS,
)  # fmt: skip


#: Who carries out the commands whose ids begin with a word.
GROUPS: Mapping[str, type[CommandGroup]] = MappingProxyType({
    "file": file.FileCommands,
    "edit": edit.EditCommands,
    "brush": brush.BrushCommands,
    "image": image.ImageCommands,
    "view": view.ViewCommands,
    "layer": layer.LayerCommands,
    "select": select.SelectCommands,
    "filter": filter.FilterCommands,
    "ai": ai.AiCommands,
    "window": window.WindowCommands,
    "help": help.HelpCommands,
})  # fmt: skip


class Commands:
    def __init__(self, means: Means) -> None:
        self._groups = {word: group(means) for word, group in GROUPS.items()}

    @property
    def file(self) -> file.FileCommands:
        return cast(file.FileCommands, self._groups["file"])

    @property
    def ai(self) -> ai.AiCommands:
        return cast(ai.AiCommands, self._groups["ai"])

    def carry_out(self, command: Command) -> None:
        """Raises FormatError and EditError."""
        word, verb = place(command)
        getattr(self._groups[word], verb)(*command.arguments)

    def answer(self, command: Command, question: str) -> bool:
        """What the property named by `ready` or `checked` says."""
        return bool(getattr(self._groups[command.id.partition(".")[0]], question))


def place(command: Command) -> tuple[str, str]:
    """The group that carries a command out, and the name of its method."""
    word, _, verb = command.verb.rpartition(".")
    return word or command.id.partition(".")[0], verb
