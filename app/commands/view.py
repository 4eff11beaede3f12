"""The View menu: zoom, rotation, mirror. GUI thread only."""

from __future__ import annotations

from app.commands.command import Command, CommandGroup

ROTATION_STEP_DEG = 15.0
ZOOM_STEP = 2.0**0.5

COMMANDS = (
    Command("view.zoom_in", "Zoom in", "View", "zoom_in", mid_stroke=True),
    Command("view.zoom_out", "Zoom out", "View", "zoom_out", mid_stroke=True),
    Command("view.zoom_fit", "Fit to window", "View", "zoom_fit", mid_stroke=True),
    Command("view.zoom_actual", "100 %", "View", "zoom_actual", mid_stroke=True),
    Command("view.rotate_left", "Rotate view left", "View", "rotate_left", 1, mid_stroke=True),
    Command("view.rotate_right", "Rotate view right", "View", "rotate_right", 1, mid_stroke=True),
    Command("view.rotate_reset", "Reset rotation", "View", "rotate_reset", 1, mid_stroke=True),
    Command("view.mirror", "Mirror view", "View", "mirror", 1, checked="mirrored", mid_stroke=True),
)  # fmt: skip


class ViewCommands(CommandGroup):
    def zoom_in(self) -> None:
        self._view.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        self._view.zoom_by(1 / ZOOM_STEP)

    def zoom_fit(self) -> None:
        self._view.fit()

    def zoom_actual(self) -> None:
        self._view.actual_size()

    def rotate_left(self) -> None:
        self._view.turn(-ROTATION_STEP_DEG)

    def rotate_right(self) -> None:
        self._view.turn(ROTATION_STEP_DEG)

    def rotate_reset(self) -> None:
        self._view.turn(-self._view.viewport.rotation_deg)

    def mirror(self) -> None:
        self._view.mirror()

    @property
    def mirrored(self) -> bool:
        return self._view.viewport.mirrored
