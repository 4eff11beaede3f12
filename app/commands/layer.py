"""The Layer menu: making, ordering and changing layers. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable

from app import layer_intents
from app.commands.command import Command, CommandGroup
from app.session import Session
from canvas.layers import Layer, LayerId
from canvas.roles import Control, InpaintMask, Paint, Pose

COMMANDS = (
    Command("layer.add_paint", "Paint layer", "Layer/Add", "add_paint", term="paint"),
    Command("layer.add_sketch", "Sketch to follow", "Layer/Add", "add_sketch", 1, term="scribble"),
    Command("layer.add_lineart", "Line art to follow", "Layer/Add", "add_lineart", 1, term="lineart"),
    Command("layer.add_canny", "Edges to follow", "Layer/Add", "add_canny", 1, term="canny"),
    Command("layer.add_pose", "Pose", "Layer/Add", "add_pose", 1, term="pose"),
    Command("layer.add_mask", "Mask", "Layer/Add", "add_mask", 1, term="mask"),
    Command("layer.add_reference", "Reference from file…", "Layer/Add", "file.open_as_reference", 1, term="reference"),
    Command("layer.add_group", "Group", "Layer/Add", "add_group", 2),
    Command("layer.duplicate", "Duplicate", "Layer", "duplicate", 1, ready="has_node"),
    Command("layer.delete", "Delete", "Layer", "delete", 1, ready="has_node"),
    Command("layer.rename", "Rename", "Layer", "rename", 1, ready="has_node"),
    Command("layer.group", "Put into a group", "Layer", "group", 2, ready="has_node"),
    Command("layer.merge_down", "Merge down", "Layer", "merge_down", 2, ready="has_node"),
    Command("layer.up", "Move up", "Layer", "move_up", 3, ready="has_node"),
    Command("layer.down", "Move down", "Layer", "move_down", 3, ready="has_node"),
    Command("layer.above", "Go to the layer above", "Layer", "go_above", 3, ready="has_node"),
    Command("layer.below", "Go to the layer below", "Layer", "go_below", 3, ready="has_node"),
    Command("layer.toggle_visible", "Visible", "Layer", "toggle_visible", 4, ready="has_node", checked="is_visible"),
    Command("layer.toggle_lock", "Locked", "Layer", "toggle_lock", 4, ready="has_node", checked="is_locked"),
    Command(
        "layer.toggle_alpha_lock", "Alpha locked", "Layer", "toggle_alpha_lock", 4,
        ready="has_pixels", checked="is_alpha_locked",
    ),
)  # fmt: skip


class LayerCommands(CommandGroup):
    @property
    def is_visible(self) -> bool:
        node = self._session.active_node
        return node is not None and node.visible

    @property
    def is_locked(self) -> bool:
        node = self._session.active_node
        return node is not None and node.locked

    @property
    def is_alpha_locked(self) -> bool:
        node = self._session.active_node
        return isinstance(node, Layer) and node.alpha_locked

    def add_paint(self) -> None:
        layer_intents.add_layer(self._session, "Layer", Paint())

    def add_sketch(self) -> None:
        layer_intents.add_layer(self._session, "Sketch", Control("scribble"))

    def add_lineart(self) -> None:
        layer_intents.add_layer(self._session, "Line art", Control("lineart"))

    def add_canny(self) -> None:
        layer_intents.add_layer(self._session, "Edges", Control("canny"))

    def add_pose(self) -> None:
        layer_intents.add_layer(self._session, "Pose", Pose())
        self._toolbox.select("pose")

    def add_mask(self) -> None:
        layer_intents.add_layer(self._session, "Mask", InpaintMask())
        self._toolbox.select("mask")

    def add_group(self) -> None:
        layer_intents.add_group(self._session)

    def duplicate(self) -> None:
        layer_intents.duplicate(self._session)

    def delete(self) -> None:
        layer_intents.delete(self._session)

    def group(self) -> None:
        layer_intents.group(self._session)

    def merge_down(self) -> None:
        layer_intents.merge_down(self._session)

    def rename(self) -> None:
        if self.has_node:
            self._desk.rename_active()

    def move_up(self) -> None:
        layer_intents.move_by(self._session, 1)

    def move_down(self) -> None:
        layer_intents.move_by(self._session, -1)

    def go_above(self) -> None:
        self._go(-1)

    def go_below(self) -> None:
        self._go(1)

    def _go(self, rows: int) -> None:
        ids = [node.id for node in layer_intents.top_down(self._session.document.state)]
        if self._session.active in ids:
            at = ids.index(self._session.active) + rows
            self._session.activate(ids[min(len(ids) - 1, max(0, at))])

    def toggle_visible(self) -> None:
        self._on_active(layer_intents.toggle_visible)

    def toggle_lock(self) -> None:
        self._on_active(layer_intents.toggle_lock)

    def toggle_alpha_lock(self) -> None:
        self._on_active(layer_intents.toggle_alpha_lock)

    def _on_active(self, intent: Callable[[Session, LayerId], None]) -> None:
        intent(self._session, layer_intents.active_id(self._session))
