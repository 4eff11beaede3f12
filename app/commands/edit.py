"""The Edit menu: history, filling, brush size, colours, the pen. GUI thread only."""

from __future__ import annotations

from dataclasses import replace

from app import pixel_intents
from app.colours import LIGHTNESS_STEP, with_lightness
from app.commands.command import Command, CommandGroup
from app.dialogs.pen import PenDialog
from app.dialogs.tablet_tester import TabletTester
from app.picture_intents import add_pictures
from canvas.brush import MAX_SIZE_PX
from canvas.roles import Paint, Pose

BRUSH_STEP = 1.15

COMMANDS = (
    Command("edit.undo", "Undo", "Edit", "undo", ready="can_undo"),
    Command("edit.redo", "Redo", "Edit", "redo", ready="can_redo"),
    Command("edit.cut", "Cut", "Edit", "cut", 1, ready="has_pixels"),
    Command("edit.copy", "Copy", "Edit", "copy", 1, ready="has_pixels"),
    Command("edit.copy_merged", "Copy merged", "Edit", "copy_merged", 1),
    Command("edit.paste", "Paste", "Edit", "paste", 1),
    Command("edit.paste_in_place", "Paste in place", "Edit", "paste_in_place", 1),
    Command("edit.paste_into", "Paste into selection", "Edit", "paste_into", 1, ready="has_selection"),
    Command("edit.fill", "Fill with foreground colour", "Edit", "fill", 2, ready="has_pixels"),
    Command("edit.fill_background", "Fill with background colour", "Edit", "fill_background", 2, ready="has_pixels"),
    Command("edit.clear", "Clear", "Edit", "clear", 2, ready="has_pixels"),
    Command("edit.brush_larger", "Larger brush", "Edit", "brush_larger", 3, mid_stroke=True),
    Command("edit.brush_smaller", "Smaller brush", "Edit", "brush_smaller", 3, mid_stroke=True),
    Command("edit.brush_palette", "Brush palette", "Edit", "show_brush_palette", 3, mid_stroke=True),
    Command("edit.brush_editor", "Brush editor…", "Edit", "show_brush_editor", 3, mid_stroke=True),
    Command("edit.swap_colours", "Swap colours", "Edit", "swap_colours", 4, mid_stroke=True),
    Command("edit.reset_colours", "Black and white", "Edit", "reset_colours", 4, mid_stroke=True),
    Command("edit.colour_lighter", "Lighter colour", "Edit", "colour_lighter", 4, mid_stroke=True),
    Command("edit.colour_darker", "Darker colour", "Edit", "colour_darker", 4, mid_stroke=True),
    Command("edit.pen", "Pen…", "Edit", "show_pen", 5, mid_stroke=True),
    Command("edit.tablet_tester", "Tablet tester…", "Edit", "show_tablet_tester", 5, mid_stroke=True),
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
        pixel_intents.fill(self._session, self._session.settings.colour)

    def fill_background(self) -> None:
        pixel_intents.fill(self._session, self._session.settings.background)

    def clear(self) -> None:
        """Erase the pixels of the layer; on a pose layer what the tool in the hand has chosen."""
        node = self._session.active_node
        if node is not None and isinstance(node.role, Pose):
            self._toolbox.delete()
        else:
            pixel_intents.clear(self._session)

    def cut(self) -> None:
        pixel_intents.cut(self._session, self._clipboard)

    def copy(self) -> None:
        pixel_intents.copy(self._session, self._clipboard)

    def copy_merged(self) -> None:
        pixel_intents.copy_merged(self._session, self._clipboard)

    def paste(self) -> None:
        """A layer of what was copied; of files that were copied, a layer each."""
        seen = self._view.viewport.visible()
        paths = self._clipboard.files()
        if paths:
            area = seen & self._session.document.state.rect
            middle = (area.x0 + area.x1) / 2, (area.y0 + area.y1) / 2
            add_pictures(self._session, paths, Paint(), middle)
        else:
            pixel_intents.paste(self._session, self._clipboard, seen)

    def paste_in_place(self) -> None:
        pixel_intents.paste_in_place(self._session, self._clipboard)

    def paste_into(self) -> None:
        pixel_intents.paste_into(self._session, self._clipboard)

    def layer_via_copy(self) -> None:
        pixel_intents.layer_via_copy(self._session)

    def layer_via_cut(self) -> None:
        pixel_intents.layer_via_cut(self._session)

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

    def show_brush_palette(self) -> None:
        self._desk.show_brush_palette()

    def show_brush_editor(self) -> None:
        self._desk.show_brush_editor()

    def swap_colours(self) -> None:
        self._session.swap_colours()

    def reset_colours(self) -> None:
        self._session.reset_colours()

    def colour_lighter(self) -> None:
        self._move_lightness(LIGHTNESS_STEP)

    def colour_darker(self) -> None:
        self._move_lightness(-LIGHTNESS_STEP)

    def _move_lightness(self, step: float) -> None:
        self._session.set_colour(with_lightness(self._session.settings.colour, step))

    def show_pen(self) -> None:
        self._desk.show_form(lambda theme, parent: PenDialog(theme, self._toolbox.pen, parent))

    def show_tablet_tester(self) -> None:
        self._desk.show_form(lambda theme, parent: TabletTester(theme, self._toolbox.pen, parent))
