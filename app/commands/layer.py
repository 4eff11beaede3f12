"""The Layer menu: making, ordering and changing layers. GUI thread only.

What can be done to several layers is done to all that are chosen.
"""

from __future__ import annotations

from app import layer_intents, mask_intents
from app.commands.command import Command, CommandGroup
from app.commands.filter import ADJUSTMENTS
from canvas.blend_modes import BlendMode
from canvas.layers import Group, LabelColour, Layer
from canvas.roles import Control, InpaintMask, Paint, Pose

#: In percent, as the digits of a keyboard give it.
OPACITIES = tuple(range(10, 101, 10))

COMMANDS = (
    Command("layer.add_paint", "Paint layer", "Layer/Add", "add_paint", term="paint"),
    Command("layer.add_sketch", "Sketch to follow", "Layer/Add", "add_sketch", 1, term="scribble"),
    Command("layer.add_lineart", "Line art to follow", "Layer/Add", "add_lineart", 1, term="lineart"),
    Command("layer.add_canny", "Edges to follow", "Layer/Add", "add_canny", 1, term="canny"),
    Command("layer.add_depth", "Depth", "Layer/Add", "add_depth", 1, term="depth"),
    Command("layer.add_segmentation", "Segmentation", "Layer/Add", "add_segmentation", 1, term="segmentation"),
    Command("layer.add_tile", "Colours to keep", "Layer/Add", "add_tile", 1, term="tile"),
    Command("layer.add_pose", "Pose", "Layer/Add", "add_pose", 1, term="pose"),
    Command("layer.add_mask", "Mask", "Layer/Add", "add_mask", 1, term="mask"),
    Command("layer.add_reference", "Reference from file…", "Layer/Add", "file.open_as_reference", 1, term="reference"),
    Command("layer.add_group", "Group", "Layer/Add", "add_group", 2),
    *ADJUSTMENTS,
    Command("layer.duplicate", "Duplicate", "Layer", "duplicate", 1, ready="has_node"),
    Command("layer.via_copy", "Layer via copy", "Layer", "edit.layer_via_copy", 1, ready="has_pixels"),
    Command("layer.via_cut", "Layer via cut", "Layer", "edit.layer_via_cut", 1, ready="has_pixels"),
    Command("layer.delete", "Delete", "Layer", "delete", 1, ready="has_node"),
    Command("layer.rename", "Rename", "Layer", "rename", 1, ready="has_node"),
    Command("layer.group", "Put into a group", "Layer", "group", 2, ready="has_node"),
    Command("layer.ungroup", "Ungroup", "Layer", "ungroup", 2, ready="has_group"),
    Command("layer.merge_down", "Merge down", "Layer/Merge", "merge_down", ready="has_node"),
    Command("layer.merge_chosen", "Merge chosen layers", "Layer/Merge", "merge_chosen", ready="has_several"),
    Command("layer.merge_group", "Merge group", "Layer/Merge", "merge_group", ready="has_group"),
    Command("layer.merge_visible", "Merge visible", "Layer/Merge", "merge_visible", 1, ready="has_node"),
    Command("layer.stamp_visible", "Stamp visible", "Layer/Merge", "stamp_visible", 1, ready="has_node"),
    Command("layer.flatten", "Flatten image", "Layer/Merge", "flatten", 2, ready="has_node"),
    Command("layer.up", "Move up", "Layer/Arrange", "move_up", ready="has_node"),
    Command("layer.down", "Move down", "Layer/Arrange", "move_down", ready="has_node"),
    Command("layer.to_top", "Move to the top", "Layer/Arrange", "move_to_top", ready="has_node"),
    Command("layer.to_bottom", "Move to the bottom", "Layer/Arrange", "move_to_bottom", ready="has_node"),
    Command("layer.above", "Go to the layer above", "Layer/Arrange", "go_above", 1, ready="has_node"),
    Command("layer.below", "Go to the layer below", "Layer/Arrange", "go_below", 1, ready="has_node"),
    Command("layer.mask_reveal", "Reveal all", "Layer/Layer mask", "add_revealing", ready="has_node"),
    Command("layer.mask_hide", "Hide all", "Layer/Layer mask", "add_hiding", ready="has_node"),
    Command(
        "layer.mask_reveal_selection", "Reveal selection", "Layer/Layer mask", "add_revealing_selection",
        ready="has_selection",
    ),
    Command(
        "layer.mask_hide_selection", "Hide selection", "Layer/Layer mask", "add_hiding_selection",
        ready="has_selection",
    ),
    Command("layer.mask_paint", "Paint on mask", "Layer/Layer mask", "toggle_plane", 1, ready="has_mask",
            checked="is_on_mask"),
    Command("layer.mask_enabled", "Mask on", "Layer/Layer mask", "toggle_mask", 1, ready="has_mask",
            checked="is_mask_on"),
    Command("layer.mask_invert", "Invert mask", "Layer/Layer mask", "invert_mask", 1, ready="has_mask"),
    Command("layer.mask_select", "Select what the mask shows", "Layer/Layer mask", "select_mask", 1, ready="has_mask"),
    Command("layer.mask_apply", "Apply mask", "Layer/Layer mask", "apply_mask", 2, ready="has_mask"),
    Command("layer.mask_delete", "Delete mask", "Layer/Layer mask", "delete_mask", 2, ready="has_mask"),
    Command("layer.toggle_visible", "Visible", "Layer", "toggle_visible", 4, ready="has_node", checked="is_visible"),
    Command("layer.toggle_lock", "Locked", "Layer", "toggle_lock", 4, ready="has_node", checked="is_locked"),
    Command(
        "layer.toggle_alpha_lock", "Alpha locked", "Layer", "toggle_alpha_lock", 4,
        ready="has_pixels", checked="is_alpha_locked",
    ),
    Command("layer.toggle_clip", "Clip to below", "Layer", "toggle_clip", 4, ready="has_node", checked="is_clipped"),
    *(
        Command(
            f"layer.blend_{mode.name.lower()}", mode.label, "Layer/Blend mode", "set_blend", section,
            ready="has_node", arguments=(mode,),
        )
        for section, modes in enumerate(layer_intents.BLEND_MODES) for mode in modes
    ),
    *(
        Command(
            f"layer.opacity_{percent}", f"Opacity {percent} %", "Layer/Opacity", "set_opacity", ready="has_node",
            arguments=(percent,),
        )
        for percent in OPACITIES
    ),
    *(
        Command(
            f"layer.label_{label}", f"{label.capitalize()} label" if label is not LabelColour.NONE else "No label",
            "Layer/Label", "set_label", int(label is not LabelColour.NONE), ready="has_node", arguments=(label,),
        )
        for label in LabelColour
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

    @property
    def is_clipped(self) -> bool:
        node = self._session.active_node
        return node is not None and node.clip

    @property
    def has_group(self) -> bool:
        return isinstance(self._session.active_node, Group)

    @property
    def has_several(self) -> bool:
        return len(self._session.chosen) > 1

    @property
    def has_mask(self) -> bool:
        node = self._session.active_node
        return node is not None and node.mask is not None

    @property
    def is_mask_on(self) -> bool:
        node = self._session.active_node
        return node is not None and node.mask is not None and node.mask.enabled

    @property
    def is_on_mask(self) -> bool:
        return self._session.plane == "mask"

    # Making and taking away

    def add_paint(self) -> None:
        layer_intents.add_layer(self._session, "Layer", Paint())

    def add_sketch(self) -> None:
        layer_intents.add_layer(self._session, "Sketch", Control("scribble"))

    def add_lineart(self) -> None:
        layer_intents.add_layer(self._session, "Line art", Control("lineart"))

    def add_canny(self) -> None:
        layer_intents.add_layer(self._session, "Edges", Control("canny"))

    def add_depth(self) -> None:
        layer_intents.add_layer(self._session, "Depth", Control("depth"))

    def add_segmentation(self) -> None:
        layer_intents.add_layer(self._session, "Areas", Control("segmentation"))

    def add_tile(self) -> None:
        layer_intents.add_layer(self._session, "Colours", Control("tile"))

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

    def rename(self) -> None:
        if self.has_node:
            self._desk.rename_active()

    def group(self) -> None:
        layer_intents.group(self._session)

    def ungroup(self) -> None:
        layer_intents.ungroup(self._session)

    def merge_down(self) -> None:
        layer_intents.merge_down(self._session)

    def merge_chosen(self) -> None:
        layer_intents.merge_chosen(self._session)

    def merge_group(self) -> None:
        layer_intents.merge_group(self._session)

    def merge_visible(self) -> None:
        layer_intents.merge_visible(self._session)

    def stamp_visible(self) -> None:
        layer_intents.stamp_visible(self._session)

    def flatten(self) -> None:
        layer_intents.flatten(self._session)

    # Order

    def move_up(self) -> None:
        layer_intents.move_by(self._session, 1)

    def move_down(self) -> None:
        layer_intents.move_by(self._session, -1)

    def move_to_top(self) -> None:
        layer_intents.arrange(self._session, "top")

    def move_to_bottom(self) -> None:
        layer_intents.arrange(self._session, "bottom")

    def go_above(self) -> None:
        self._go(-1)

    def go_below(self) -> None:
        self._go(1)

    def _go(self, rows: int) -> None:
        ids = [node.id for node in layer_intents.top_down(self._session.document.state)]
        if self._session.active in ids:
            at = ids.index(self._session.active) + rows
            self._session.activate(ids[min(len(ids) - 1, max(0, at))])

    # Masks

    def add_revealing(self) -> None:
        mask_intents.add(self._session, "reveal")

    def add_hiding(self) -> None:
        mask_intents.add(self._session, "hide")

    def add_revealing_selection(self) -> None:
        mask_intents.add(self._session, "reveal selection")

    def add_hiding_selection(self) -> None:
        mask_intents.add(self._session, "hide selection")

    def toggle_plane(self) -> None:
        mask_intents.toggle_plane(self._session)

    def toggle_mask(self) -> None:
        mask_intents.toggle_enabled(self._session, layer_intents.targets(self._session))

    def invert_mask(self) -> None:
        mask_intents.invert(self._session)

    def select_mask(self) -> None:
        mask_intents.select(self._session, layer_intents.active_id(self._session))

    def apply_mask(self) -> None:
        mask_intents.apply(self._session)

    def delete_mask(self) -> None:
        mask_intents.delete(self._session)

    # Values

    def toggle_visible(self) -> None:
        layer_intents.set_visible(self._session, layer_intents.targets(self._session), on=not self.is_visible)

    def toggle_lock(self) -> None:
        layer_intents.set_locked(self._session, layer_intents.targets(self._session), on=not self.is_locked)

    def toggle_alpha_lock(self) -> None:
        layer_intents.set_alpha_locked(self._session, layer_intents.targets(self._session), on=not self.is_alpha_locked)

    def toggle_clip(self) -> None:
        layer_intents.set_clip(self._session, layer_intents.targets(self._session), on=not self.is_clipped)

    def set_blend(self, mode: BlendMode) -> None:
        layer_intents.set_blend(self._session, layer_intents.targets(self._session), mode)

    def set_opacity(self, percent: int) -> None:
        layer_intents.set_opacity(self._session, layer_intents.targets(self._session), percent / 100)

    def set_label(self, label: LabelColour) -> None:
        layer_intents.set_label(self._session, layer_intents.targets(self._session), label)
