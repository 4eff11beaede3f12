"""The View menu: zoom, rotation, mirror, pixel grid, second views. GUI thread only.

Commands act on the view in use: that of the window which has the keyboard.
"""

from __future__ import annotations

from dataclasses import replace

from app.commands.command import Command, CommandGroup, View
from canvas.edits import EditError
from canvas.geometry import EMPTY, Rect
from canvas.layers import Group, Layer, Node

ROTATION_STEP_DEG = 15.0
ZOOM_STEP = 2.0**0.5
_PRESETS = (6, 12, 25, 50, 100, 200, 400, 800, 1600, 3200)

COMMANDS = (
    Command("view.zoom_in", "Zoom in", "View", "zoom_in", mid_stroke=True),
    Command("view.zoom_out", "Zoom out", "View", "zoom_out", mid_stroke=True),
    Command("view.zoom_fit", "Fit to window", "View", "zoom_fit", mid_stroke=True),
    Command("view.zoom_width", "Fit width", "View", "zoom_width", mid_stroke=True),
    Command("view.zoom_actual", "100 %", "View", "zoom_actual", mid_stroke=True),
    *(
        Command(f"view.zoom_{p}", f"{p} %", "View/Zoom", "zoom_to", mid_stroke=True, arguments=(p / 100,))
        for p in _PRESETS
    ),
    Command("view.zoom_selection", "Selection", "View/Zoom", "zoom_selection", 1, ready="has_selection"),
    Command("view.zoom_layer", "Active layer", "View/Zoom", "zoom_layer", 1, ready="has_node"),
    Command("view.rotate_left", "Rotate view left", "View", "rotate_left", 1, mid_stroke=True),
    Command("view.rotate_right", "Rotate view right", "View", "rotate_right", 1, mid_stroke=True),
    Command("view.rotate_reset", "Reset rotation", "View", "rotate_reset", 1, mid_stroke=True),
    Command("view.mirror", "Mirror view", "View", "mirror", 1, checked="mirrored", mid_stroke=True),
    Command("view.pixel_grid", "Pixel grid", "View", "toggle_pixel_grid", 2, checked="has_pixel_grid", mid_stroke=True),
    Command("view.opengl", "Paint the canvas with OpenGL", "View", "toggle_opengl", 4, checked="has_opengl"),
    Command("view.new", "New view", "View", "new_view", 3),
)  # fmt: skip


class ViewCommands(CommandGroup):
    @property
    def has_opengl(self) -> bool:
        return self._desk.paints_with_opengl()

    def toggle_opengl(self) -> None:
        self._desk.toggle_opengl()

    @property
    def _in_use(self) -> View:
        return self._desk.view_in_use()

    def zoom_in(self) -> None:
        self._in_use.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        self._in_use.zoom_by(1 / ZOOM_STEP)

    def zoom_fit(self) -> None:
        self._in_use.fit()

    def zoom_width(self) -> None:
        view = self._in_use
        view.set_viewport(view.viewport.fitted_to_width(self._session.document.state.rect))

    def zoom_actual(self) -> None:
        self._in_use.actual_size()

    def zoom_to(self, zoom: float) -> None:
        view = self._in_use
        view.set_viewport(view.viewport.at_zoom(zoom))

    def zoom_selection(self) -> None:
        selection = self._session.document.state.selection
        bounds = EMPTY if selection is None else selection.content_bounds()
        self._frame(bounds, "Nothing is selected; select something to look at it")

    def zoom_layer(self) -> None:
        node = self._session.active_node
        bounds = EMPTY if node is None else _bounds(node)
        self._frame(bounds, "The layer is empty; paint on it or choose another one")

    def _frame(self, bounds: Rect, empty: str) -> None:
        view, part = self._in_use, bounds & self._session.document.state.rect
        if not part:
            raise EditError(empty)
        view.set_viewport(view.viewport.framed(part))

    def rotate_left(self) -> None:
        self._in_use.turn(-ROTATION_STEP_DEG)

    def rotate_right(self) -> None:
        self._in_use.turn(ROTATION_STEP_DEG)

    def rotate_reset(self) -> None:
        view = self._in_use
        view.turn(-view.viewport.rotation_deg)

    def mirror(self) -> None:
        self._in_use.mirror()

    @property
    def mirrored(self) -> bool:
        return self._in_use.viewport.mirrored

    def toggle_pixel_grid(self) -> None:
        look = self._session.look
        self._session.set_look(replace(look, pixel_grid=not look.pixel_grid))

    @property
    def has_pixel_grid(self) -> bool:
        return self._session.look.pixel_grid

    def new_view(self) -> None:
        self._desk.new_view()


def _bounds(node: Node) -> Rect:
    """Around what is painted on a layer or on any layer of a group."""
    if isinstance(node, Layer):
        return node.surface.content_bounds()
    bounds = EMPTY
    for child in node.children if isinstance(node, Group) else ():
        bounds |= _bounds(child)
    return bounds
