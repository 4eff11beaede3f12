"""The Edit menu: history, filling, brush size, colours. GUI thread only."""

from __future__ import annotations

from dataclasses import replace

from app import layer_intents
from app.commands.command import Command, CommandGroup
from canvas.brush import MAX_SIZE_PX
from canvas.roles import Pose

BRUSH_STEP = 1.15

COMMANDS = (
    Command("edit.undo", "Undo", "Edit", "undo", ready="can_undo"),
    Command("edit.redo", "Redo", "Edit", "redo", ready="can_redo"),
    Command("edit.fill", "Fill with foreground colour", "Edit", "fill", 1, ready="has_pixels"),
    Command("edit.fill_background", "Fill with background colour", "Edit", "fill_background", 1, ready="has_pixels"),
    Command("edit.clear", "Clear", "Edit", "clear", 1, ready="has_pixels"),
    Command("edit.brush_larger", "Larger brush", "Edit", "brush_larger", 2, mid_stroke=True),
    Command("edit.brush_smaller", "Smaller brush", "Edit", "brush_smaller", 2, mid_stroke=True),
    Command("edit.swap_colours", "Swap colours", "Edit", "swap_colours", 3, mid_stroke=True),
    Command("edit.reset_colours", "Black and white", "Edit", "reset_colours", 3, mid_stroke=True),
)  # fmt: skip


class EditCommands(CommandGroup):
    @property
    def can_undo(self) -> bool:
        return bool(self._session.document.undo_labels)

    @property
    def can_redo(self) -> bool:
        return bool(self._session.document.redo_labels)

    def undo(self) -> None:
        if not self.can_undo:
            self._session.message.emit("There is nothing to undo")
        self._toolbox.undo()

    def redo(self) -> None:
        if not self.can_redo:
            self._session.message.emit("There is nothing to redo")
        self._toolbox.redo()

    def fill(self) -> None:
        layer_intents.fill(self._session, self._session.settings.colour)

    def fill_background(self) -> None:
        layer_intents.fill(self._session, self._session.settings.background)

    def clear(self) -> None:
        """Erase the pixels of the layer; on a pose layer what the tool in the hand has chosen."""
        node = self._session.active_node
        if node is not None and isinstance(node.role, Pose):
            self._toolbox.delete()
        else:
            layer_intents.clear(self._session)

    def brush_larger(self) -> None:
        self._scale_brush(BRUSH_STEP)

    def brush_smaller(self) -> None:
        self._scale_brush(1 / BRUSH_STEP)

    def _scale_brush(self, factor: float) -> None:
        """By `factor`, and by a pixel at least."""
        brush = self._session.settings.brush
        wanted = brush.size_px * factor
        step = max(1.0, abs(wanted - brush.size_px))
        size = round(brush.size_px + (step if factor > 1 else -step))
        self._session.set_brush(replace(brush, size_px=float(min(MAX_SIZE_PX, max(1, size)))))

    def swap_colours(self) -> None:
        self._session.swap_colours()

    def reset_colours(self) -> None:
        """Black to paint with, white behind it."""
        self._session.set_colour((1.0, 1.0, 1.0))
        self._session.swap_colours()
        self._session.set_colour((0.0, 0.0, 0.0))
