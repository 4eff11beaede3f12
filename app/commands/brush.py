"""The Edit menu's Brush submenu: erasing with the brush in the hand, and how opaque it is. GUI thread only."""

from __future__ import annotations

from dataclasses import replace

from app import layer_intents
from app.commands.command import Command, CommandGroup

OPACITIES = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
OPACITY_STEP = 0.1

COMMANDS = (
    Command("brush.erase", "Erase with the brush", "Edit/Brush", "toggle_erase", checked="is_erasing"),
    Command("brush.more_opaque", "More opaque brush", "Edit/Brush", "more_opaque", 1, mid_stroke=True),
    Command("brush.less_opaque", "Less opaque brush", "Edit/Brush", "less_opaque", 1, mid_stroke=True),
    *(
        Command(
            f"brush.opacity_{percent}", f"Opacity {percent} %", "Edit/Brush", "set_opacity", 2, mid_stroke=True,
            arguments=(percent,),
        )
        for percent in OPACITIES
    ),
)  # fmt: skip


class BrushCommands(CommandGroup):
    @property
    def is_erasing(self) -> bool:
        return self._toolbox.erasing.value.with_brush

    def toggle_erase(self) -> None:
        """The same brush takes away what it laid, and back; from any other tool the brush comes to the hand first."""
        if self._toolbox.selected_id == "brush":
            self._toolbox.erasing.set(with_brush=not self.is_erasing)
        else:
            self._toolbox.erasing.set(with_brush=True)
            self._toolbox.select("brush")

    def more_opaque(self) -> None:
        self._take(self._session.settings.brush.opacity + OPACITY_STEP)

    def less_opaque(self) -> None:
        self._take(self._session.settings.brush.opacity - OPACITY_STEP)

    def set_opacity(self, percent: int) -> None:
        """Of the brush; with a tool in the hand that has none, of the chosen layers, as in Photoshop."""
        if self._toolbox.cursor == "brush":
            self._take(percent / 100)
        elif not self._toolbox.in_gesture:
            layer_intents.set_opacity(self._session, layer_intents.targets(self._session), percent / 100)

    def _take(self, opacity: float) -> None:
        opacity = min(1.0, max(OPACITY_STEP / 10, round(opacity, 2)))
        self._session.set_brush(replace(self._session.settings.brush, opacity=opacity))
