"""Layer records of a PSD: the flat list of layers, groups and ends of groups, with what PSD has a word for.

Structures are psd-tools' records. Layers of an instruction (control, pose, mask, reference, region) are written hidden,
so that what shows is the picture; a pose layer holds its drawing. An adjustment that Photoshop does not have leaves an
empty layer in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from psd_tools.constants import BlendMode as PsdBlend
from psd_tools.constants import ChannelID, Clipping, SectionDivider, SheetColorType, Tag
from psd_tools.psd.layer_and_mask import ChannelInfo, LayerFlags, LayerRecord, MaskData, MaskFlags
from psd_tools.psd.tagged_blocks import TaggedBlock

from canvas.blend_modes import BlendMode
from canvas.formats.options import WriteOptions
from canvas.formats.pixels import surface_from_rgba8
from canvas.formats.psd_adjustments import write_filter
from canvas.formats.psd_carried import BLOCK_KEY, carried_text, foreign_number
from canvas.geometry import EMPTY, Rect
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerMask, Node
from canvas.pose import draw_openpose
from canvas.roles import Paint, Pose
from canvas.state import MAX_SIDE_PX, DocumentState
from canvas.tiles import Surface

#: UTF-16 units of a name.
MAX_NAME: Final = 255
#: In this order: alpha, red, green, blue.
PIXEL_CHANNELS: Final = (
    ChannelID.TRANSPARENCY_MASK, ChannelID.CHANNEL_0, ChannelID.CHANNEL_1, ChannelID.CHANNEL_2,
)  # fmt: skip
_TRANSPARENCY_LOCK, _FULL_LOCK = 1, 1 << 31


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer record with where its channels come from. `pixels` is None for groups and their end marks.

    `text`: what only Underdraw reads of it, "" for end marks and where that was not wanted. `number`: its layer id.
    """

    record: LayerRecord
    pixels: Surface | None
    rect: Rect
    mask: LayerMask | None
    mask_rect: Rect
    number: int
    text: str


def entries(state: DocumentState, options: WriteOptions) -> list[Entry]:
    """All records as the file has them, from bottom to top; a group is an end mark, its children, then itself."""
    given = {node.id: foreign_number(node.id) for node in state.walk()}
    fresh = max((number for number in given.values() if number is not None), default=0)
    taken: set[int] = set()
    made: list[Entry] = []

    def number_of(node: Node | None) -> int:
        nonlocal fresh
        number = None if node is None else given[node.id]
        if not number or number in taken:
            fresh += 1
            number = fresh
        taken.add(number)
        return number

    def add(record: LayerRecord, node: Node | None) -> None:
        surface = None if node is None else _surface_of(node, state)
        rect = EMPTY if surface is None else fitting(surface.content_bounds(), state)
        mask = None if node is None else node.mask
        mask_rect = EMPTY if mask is None else _mask_rect(mask, state)
        record.left, record.top, record.right, record.bottom = rect.x0, rect.y0, rect.x1, rect.y1
        if mask is not None:
            _add_mask(record, mask, mask_rect)
        # Some readers refuse a file whose layers have no ids.
        number = number_of(node)
        record.tagged_blocks.set_data(Tag.LAYER_ID, number)
        text = carried_text(node, options) if node is not None and options.roles else ""
        if text:
            data = text.encode()
            block = TaggedBlock(key=BLOCK_KEY, data=data + b"\0" * (-len(data) % 4))
            record.tagged_blocks[BLOCK_KEY] = block
        made.append(Entry(record, surface, rect, mask, mask_rect, number, text))

    def add_nodes(nodes: Sequence[Node]) -> None:
        for node in clipping_kept(nodes):
            if isinstance(node, Group):
                add(_end_mark(), None)
                add_nodes(node.children)
            add(_record(node), node)

    add_nodes(state.layers)
    return made


def clipping_kept(nodes: Sequence[Node]) -> list[Node]:
    """Siblings in an order in which hidden instruction layers do not come between a layer and what is clipped to it.

    A clipped layer that has no layer of the picture below it is not clipped, here as in the picture.
    """
    ordered: list[Node] = []
    instructions: list[Node] = []
    for node in nodes:
        if not isinstance(node.role, Paint):
            instructions.append(node)
        elif node.clip and any(isinstance(other.role, Paint) for other in ordered):
            ordered.append(node)
        else:
            ordered += [*instructions, replace(node, clip=False)]
            instructions.clear()
    return ordered + instructions


def fitting(bounds: Rect, state: DocumentState) -> Rect:
    """What lies outside the canvas is kept, unless the layer would be larger than readers take, ours among them."""
    return bounds if max(bounds.size) <= MAX_SIDE_PX else bounds & state.rect


def utf16_units(name: str) -> bytes:
    """A name as the file has it, however long."""
    return name.encode("utf-16-be", "replace")


def _surface_of(node: Node, state: DocumentState) -> Surface | None:
    if not isinstance(node, Layer):
        return None
    if isinstance(node.role, Pose):
        drawing = draw_openpose(node.role.figures, state.rect, state.rect.size)
        alpha = np.where(drawing.any(axis=2), 255, 0).astype(np.uint8)
        return surface_from_rgba8(np.dstack([drawing, alpha]))
    return node.surface


def _mask_rect(mask: LayerMask, state: DocumentState) -> Rect:
    bounds = mask.surface.content_bounds() if mask.outside == 0 else mask.surface.tile_bounds()
    # Readers take a mask without pixels for no mask, but one that hides everything has to hide.
    return fitting(bounds, state) or Rect(0, 0, 1, 1)


def _record(node: Node) -> LayerRecord:
    blend = BlendMode.NORMAL if not isinstance(node, Group) and node.blend is BlendMode.PASS_THROUGH else node.blend
    alpha_locked = isinstance(node, Layer) and node.alpha_locked
    record = LayerRecord(
        channel_info=[ChannelInfo(id=channel) for channel in PIXEL_CHANNELS],
        blend_mode=PsdBlend(blend.key.encode()),
        opacity=round(node.opacity * 255),
        clipping=Clipping.NON_BASE if node.clip else Clipping.BASE,
        flags=LayerFlags(
            transparency_protected=alpha_locked,
            visible=node.visible and isinstance(node.role, Paint),
            pixel_data_irrelevant=not isinstance(node, Layer),
        ),
        name=_legacy_name(node.name),
    )
    blocks = record.tagged_blocks
    blocks.set_data(Tag.UNICODE_LAYER_NAME, _name(node.name))
    if isinstance(node, Group):
        kind = SectionDivider.OPEN_FOLDER
        blocks.set_data(Tag.SECTION_DIVIDER_SETTING, kind, signature=b"8BIM", blend_mode=record.blend_mode)
    if isinstance(node, Adjustment):
        write_filter(blocks, node.filter)
    if node.fill < 1.0:
        blocks.set_data(Tag.BLEND_FILL_OPACITY, round(node.fill * 255))
    if node.label is not LabelColour.NONE:
        blocks.set_data(Tag.SHEET_COLOR_SETTING, SheetColorType(list(LabelColour).index(node.label)))
    if node.locked or alpha_locked:
        blocks.set_data(Tag.PROTECTED_SETTING, _FULL_LOCK * node.locked | _TRANSPARENCY_LOCK * alpha_locked)
    return record


def _add_mask(record: LayerRecord, mask: LayerMask, rect: Rect) -> None:
    record.channel_info.append(ChannelInfo(id=ChannelID.USER_LAYER_MASK))
    record.mask_data = MaskData(
        top=rect.y0,
        left=rect.x0,
        bottom=rect.y1,
        right=rect.x1,
        background_color=255 if mask.outside else 0,
        flags=MaskFlags(mask_disabled=not mask.enabled),
    )


def _end_mark() -> LayerRecord:
    """The record below a group's children."""
    name = "</Layer group>"
    record = LayerRecord(
        channel_info=[ChannelInfo(id=channel) for channel in PIXEL_CHANNELS],
        flags=LayerFlags(pixel_data_irrelevant=True),
        name=name,
    )
    record.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, name)
    record.tagged_blocks.set_data(Tag.SECTION_DIVIDER_SETTING, SectionDivider.BOUNDING_SECTION_DIVIDER)
    return record


def _name(name: str) -> str:
    """What UTF-16 and Photoshop's limit leave of a name; only names of more than 255 units lose something."""
    return utf16_units(name)[: 2 * MAX_NAME].decode("utf-16-be", "ignore")


def _legacy_name(name: str) -> str:
    """The name in the one-byte Macintosh alphabet, for readers from before Unicode."""
    return name.encode("macroman", "replace")[:MAX_NAME].decode("macroman")
