"""The Image menu, and turning and mirroring of layers. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.commands.command import Command, CommandGroup
from app.dialogs.canvas_size import CanvasSize
from app.dialogs.image_size import ImageSize, RotateImage
from app.dialogs.work_progress import WorkProgress
from app.long_edit import LongEdit
from app.theme import Theme
from app.tools.free_transform import FreeTransform
from canvas import image_size
from canvas.edits import EditError
from canvas.image_size import Anchor, Outside
from canvas.lifting import lift, lift_selection, placed
from canvas.state import DocumentState
from canvas.transform import Interpolation, Work

#: Work that is done within this time needs no word.
UNNOTICED_S = 0.2

COMMANDS = (
    Command("image.size", "Image size…", "Image", "image_size"),
    Command("image.canvas_size", "Canvas size…", "Image", "canvas_size"),
    Command("image.crop", "Crop to selection", "Image", "crop_to_selection", 1, ready="has_selection"),
    Command("image.trim", "Trim transparent edges", "Image", "trim", 1),
    Command("image.rotate_right", "Rotate 90° right", "Image", "rotate_right", 2),
    Command("image.rotate_left", "Rotate 90° left", "Image", "rotate_left", 2),
    Command("image.rotate_half", "Rotate 180°", "Image", "rotate_half", 2),
    Command("image.rotate", "Rotate by…", "Image", "rotate", 2),
    Command("image.flip_horizontal", "Flip horizontally", "Image", "flip_horizontal", 3),
    Command("image.flip_vertical", "Flip vertically", "Image", "flip_vertical", 3),
    Command("image.recipe", "How it was made…", "Image", "show_recipe", 4, ready="has_recipe"),
)

#: For the Layer menu.
LAYER_COMMANDS = (
    Command("layer.transform", "Free transform", "Layer/Transform", "image.transform_layers", ready="has_node"),
    Command("layer.warp", "Warp", "Layer/Transform", "image.warp_layers", ready="has_node"),
    Command("layer.rotate_right", "Rotate 90° right", "Layer/Transform", "image.turn_right", 1, ready="has_node"),
    Command("layer.rotate_left", "Rotate 90° left", "Layer/Transform", "image.turn_left", 1, ready="has_node"),
    Command("layer.rotate_half", "Rotate 180°", "Layer/Transform", "image.turn_half", 1, ready="has_node"),
    Command(
        "layer.flip_horizontal", "Flip horizontally", "Layer/Transform", "image.mirror_across", 2, ready="has_node"
    ),
    Command("layer.flip_vertical", "Flip vertically", "Layer/Transform", "image.mirror_down", 2, ready="has_node"),
)

#: For the Select menu.
SELECT_COMMANDS = (
    Command("select.transform", "Transform selection", "Select", "image.transform_selection", 5, ready="has_selection"),
)


class ImageCommands(CommandGroup):
    # The whole picture

    def image_size(self) -> None:
        def resize(width: int, height: int, interpolation: Interpolation) -> None:
            self._carry_out(
                "Image size", lambda state, work: image_size.scaled(state, width, height, interpolation, work)
            )

        self._show(lambda theme, parent: ImageSize(theme, self._session.document.state, resize, parent))

    def canvas_size(self) -> None:
        def resize(width: int, height: int, anchor: Anchor, outside: Outside) -> None:
            def change(state: DocumentState, _work: Work) -> DocumentState:
                return image_size.cropped(state, image_size.canvas_rect(state, width, height, anchor), outside)

            self._carry_out("Canvas size", change)

        self._show(lambda theme, parent: CanvasSize(theme, self._session.document.state, resize, parent))

    def rotate(self) -> None:
        def turn(degrees: float, interpolation: Interpolation) -> None:
            self._carry_out("Rotate image", lambda state, work: image_size.turned(state, degrees, interpolation, work))

        self._show(lambda theme, parent: RotateImage(theme, self._session.document.state, turn, parent))

    def crop_to_selection(self) -> None:
        self._carry_out("Crop to selection", lambda state, _work: image_size.cropped_to_selection(state))

    def trim(self) -> None:
        self._carry_out("Trim", lambda state, _work: image_size.cropped(state, image_size.picture_bounds(state)))

    def rotate_right(self) -> None:
        self._turn_image("Rotate image right", 1)

    def rotate_left(self) -> None:
        self._turn_image("Rotate image left", -1)

    def rotate_half(self) -> None:
        self._turn_image("Rotate image by 180°", 2)

    def _turn_image(self, label: str, quarters: int) -> None:
        self._carry_out(label, lambda state, work: image_size.turned_quarters(state, quarters, work))

    def flip_horizontal(self) -> None:
        self._carry_out("Flip image", lambda state, work: image_size.flipped(state, "horizontal", work))

    def flip_vertical(self) -> None:
        self._carry_out("Flip image", lambda state, work: image_size.flipped(state, "vertical", work))

    def show_recipe(self) -> None:
        self._desk.show_recipe()

    def _show(self, build: Callable[[Theme, QWidget], QWidget]) -> None:
        self._desk.show_form(build)

    def _carry_out(self, label: str, change: Callable[[DocumentState, Work], DocumentState]) -> None:
        """One step, off the window's thread; a note with its progress comes up when it takes its time."""
        self._toolbox.finish()
        try:
            edit = LongEdit(self._session, label, change)
        except EditError as reason:
            self._session.message.emit(str(reason))
            return
        self._toolbox.interlude = edit
        size = self._session.document.state.rect.size

        def on_ended(done: bool) -> None:
            self._toolbox.interlude = None
            if done and self._session.document.state.rect.size != size:
                # An image that was made for the other canvas lies nowhere on this one.
                self._session.clear_result()
                self._view.fit()

        edit.ended.connect(on_ended)
        if edit.wait(UNNOTICED_S):
            edit.confirm()
        else:
            self._desk.show_form(lambda theme, parent: WorkProgress(theme, edit, parent))

    # Layers

    def transform_layers(self) -> None:
        self._toolbox.transforming.options.set(mode="free")
        self._toolbox.select("transform")

    def warp_layers(self) -> None:
        self._toolbox.transforming.options.set(mode="warp")
        self._toolbox.select("transform")

    def transform_selection(self) -> None:
        """Take the transform tool to the edge of the selection alone."""
        lift_selection(self._session.document.state)
        self._toolbox.select("transform")
        self._toolbox.transforming.options.set(mode="free", target="selection")

    def turn_right(self) -> None:
        self._change_layers("Rotate layer right", lambda shape: shape.quarter(1))

    def turn_left(self) -> None:
        self._change_layers("Rotate layer left", lambda shape: shape.quarter(-1))

    def turn_half(self) -> None:
        self._change_layers("Rotate layer by 180°", lambda shape: shape.quarter(1).quarter(1))

    def mirror_across(self) -> None:
        self._change_layers("Flip layer", lambda shape: shape.flipped("horizontal"))

    def mirror_down(self) -> None:
        self._change_layers("Flip layer", lambda shape: shape.flipped("vertical"))

    def _change_layers(self, label: str, change: Callable[[FreeTransform], FreeTransform]) -> None:
        """Turn or mirror what is chosen about the middle of it all, without loss."""
        session = self._session
        lifted = lift(session.document.state, session.chosen)
        box = lifted.box
        shape = change(FreeTransform.of((box.x0, box.y0, box.x1, box.y1)))
        session.document.edit(label, lambda _state: placed(lifted, shape.mapping(), Interpolation.BICUBIC))
