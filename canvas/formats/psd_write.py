"""Layered PSD with our own merged picture, 8 bits a channel, written layer by layer.

Structures are psd-tools' records; its high-level `save` is not used, for it renders the picture again. Follows Adobe's
"Photoshop File Formats Specification". Layers of an instruction (control, pose, mask, reference, region) are written
hidden, so that what shows is the picture; a pose layer holds its drawing. An adjustment that Photoshop does not have
leaves an empty layer in its place, and its effect in the merged picture.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
from psd_tools.constants import BlendMode as PsdBlend
from psd_tools.constants import ChannelID, Clipping, Resource, SectionDivider, SheetColorType, Tag
from psd_tools.psd.color_mode_data import ColorModeData
from psd_tools.psd.header import FileHeader
from psd_tools.psd.image_resources import ImageResource, ImageResources, VersionInfo
from psd_tools.psd.layer_and_mask import ChannelInfo, LayerFlags, LayerRecord, LayerRecords, MaskData, MaskFlags

from canvas.blend_modes import BlendMode
from canvas.compositor import composite
from canvas.formats.atomic import replacing
from canvas.formats.errors import cannot_save
from canvas.formats.picture import bands
from canvas.formats.pixels import surface_from_rgba8
from canvas.formats.planes import pack_rows, straight_planes
from canvas.formats.provenance import xmp_packet
from canvas.formats.psd_adjustments import write_filter
from canvas.formats.threads import in_threads
from canvas.geometry import EMPTY, Rect
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerMask, Node
from canvas.pose import draw_openpose
from canvas.roles import Paint, Pose
from canvas.state import MAX_SIDE_PX, DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels8, Surface, tile_rect

#: What readers take: lengths are 32 bits, and many of them signed.
_MAX_BYTES = 2**31 - 1
_MAX_NAME = 255
_RAW, _RLE = struct.pack(">H", 0), struct.pack(">H", 1)
_PIXEL_CHANNELS = (ChannelID.TRANSPARENCY_MASK, ChannelID.CHANNEL_0, ChannelID.CHANNEL_1, ChannelID.CHANNEL_2)
_TRANSPARENCY_LOCK, _FULL_LOCK = 1, 1 << 31


@dataclass(frozen=True, slots=True)
class _Entry:
    """One layer record with where its channels come from. `pixels` is None for groups and their end marks."""

    record: LayerRecord
    pixels: Surface | None
    rect: Rect
    mask: LayerMask | None
    mask_rect: Rect


def write(state: DocumentState, path: Path) -> None:
    """Write `state` as PSD. Lost: roles, recipes, selection, and precision beyond 8 bits. Raises FormatError."""
    with replacing(path) as temporary:
        with temporary.open("wb") as file:
            _write_file(file, state, path)
        _check_lengths(temporary, path)


def _write_file(file: BinaryIO, state: DocumentState, path: Path) -> None:
    merged = _pack_merged(state)
    FileHeader(channels=len(merged), width=state.width, height=state.height).write(file)
    ColorModeData().write(file)
    _resources(state).write(file)
    section = _reserve_length(file)
    if state.layers:
        layer_info = _reserve_length(file)
        entries = _entries(state)
        # A negative count says that the merged picture's fourth plane is its transparency.
        file.write(struct.pack(">h", -len(entries) if len(merged) == 4 else len(entries)))
        records = LayerRecords([entry.record for entry in entries])
        records_at = file.tell()
        records.write(file)
        for entry in entries:
            _write_channels(file, entry)
            if file.tell() > _MAX_BYTES:
                raise cannot_save(
                    path, "the layers need more than the 2 GB a PSD may have", "merge layers or save as .udraw"
                )
        file.write(b"\0" * (-(file.tell() - layer_info) % 4))
        _fill_length(file, layer_info)
        end = file.tell()
        # Once more, now with the channels' lengths.
        file.seek(records_at)
        records.write(file)
        file.seek(end)
    else:
        file.write(struct.pack(">I", 0))
    file.write(struct.pack(">I", 0))
    _fill_length(file, section)
    file.write(_RLE)
    for plane in merged:
        file.writelines(plane.lengths)
    for plane in merged:
        file.writelines(plane.rows)


def _resources(state: DocumentState) -> ImageResources:
    version = VersionInfo(has_composite=True, writer="Underdraw", reader="Underdraw")
    values = {Resource.VERSION_INFO: version, Resource.XMP_METADATA: xmp_packet(state).encode()}
    return ImageResources([(key, ImageResource(key=key, data=data)) for key, data in values.items()])


def _reserve_length(file: BinaryIO) -> int:
    """Room for a 32-bit length; the position after it."""
    file.write(struct.pack(">I", 0))
    return file.tell()


def _fill_length(file: BinaryIO, start: int) -> None:
    end = file.tell()
    file.seek(start - 4)
    file.write(struct.pack(">I", end - start))
    file.seek(end)


# Layer records


def _entries(state: DocumentState) -> list[_Entry]:
    """All records as the file has them, from bottom to top; a group is an end mark, its children, then itself."""
    entries: list[_Entry] = []

    def add(record: LayerRecord, pixels: Surface | None, rect: Rect, mask: LayerMask | None, mask_rect: Rect) -> None:
        # Some readers refuse a file whose layers have no ids.
        record.tagged_blocks.set_data(Tag.LAYER_ID, len(entries) + 1)
        entries.append(_Entry(record, pixels, rect, mask, mask_rect))

    def add_nodes(nodes: Sequence[Node]) -> None:
        for node in _clipping_kept(nodes):
            if isinstance(node, Group):
                add(_end_mark(), None, EMPTY, None, EMPTY)
                add_nodes(node.children)
            surface = _surface_of(node, state)
            rect = EMPTY if surface is None else _fitting(surface.content_bounds(), state)
            mask_rect = EMPTY if node.mask is None else _mask_rect(node.mask, state)
            add(_record(node, rect, mask_rect), surface, rect, node.mask, mask_rect)

    add_nodes(state.layers)
    return entries


def _clipping_kept(nodes: Sequence[Node]) -> list[Node]:
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


def _surface_of(node: Node, state: DocumentState) -> Surface | None:
    if not isinstance(node, Layer):
        return None
    if isinstance(node.role, Pose):
        drawing = draw_openpose(node.role.figures, state.rect, state.rect.size)
        alpha = np.where(drawing.any(axis=2), 255, 0).astype(np.uint8)
        return surface_from_rgba8(np.dstack([drawing, alpha]))
    return node.surface


def _fitting(bounds: Rect, state: DocumentState) -> Rect:
    """What lies outside the canvas is kept, unless the layer would be larger than a PSD may be."""
    return bounds if max(bounds.size) <= MAX_SIDE_PX else bounds & state.rect


def _mask_rect(mask: LayerMask, state: DocumentState) -> Rect:
    bounds = mask.surface.content_bounds() if mask.outside == 0 else mask.surface.tile_bounds()
    # Readers take a mask without pixels for no mask, but one that hides everything has to hide.
    return _fitting(bounds, state) or Rect(0, 0, 1, 1)


def _record(node: Node, rect: Rect, mask_rect: Rect) -> LayerRecord:
    blend = BlendMode.NORMAL if not isinstance(node, Group) and node.blend is BlendMode.PASS_THROUGH else node.blend
    alpha_locked = isinstance(node, Layer) and node.alpha_locked
    record = LayerRecord(
        top=rect.y0,
        left=rect.x0,
        bottom=rect.y1,
        right=rect.x1,
        channel_info=[ChannelInfo(id=channel) for channel in _PIXEL_CHANNELS],
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
    if node.mask is not None:
        record.channel_info.append(ChannelInfo(id=ChannelID.USER_LAYER_MASK))
        record.mask_data = MaskData(
            top=mask_rect.y0,
            left=mask_rect.x0,
            bottom=mask_rect.y1,
            right=mask_rect.x1,
            background_color=255 if node.mask.outside else 0,
            flags=MaskFlags(mask_disabled=not node.mask.enabled),
        )
    blocks = record.tagged_blocks
    blocks.set_data(Tag.UNICODE_LAYER_NAME, _name(node.name))
    if isinstance(node, Group):
        kind = SectionDivider.OPEN_FOLDER
        blocks.set_data(Tag.SECTION_DIVIDER_SETTING, kind, signature=b"8BIM", blend_mode=record.blend_mode)
    if isinstance(node, Adjustment):
        write_filter(blocks, node.filter)
    if node.label is not LabelColour.NONE:
        blocks.set_data(Tag.SHEET_COLOR_SETTING, SheetColorType(list(LabelColour).index(node.label)))
    if node.locked or alpha_locked:
        blocks.set_data(Tag.PROTECTED_SETTING, _FULL_LOCK * node.locked | _TRANSPARENCY_LOCK * alpha_locked)
    return record


def _end_mark() -> LayerRecord:
    """The record below a group's children."""
    name = "</Layer group>"
    record = LayerRecord(
        channel_info=[ChannelInfo(id=channel) for channel in _PIXEL_CHANNELS],
        flags=LayerFlags(pixel_data_irrelevant=True),
        name=name,
    )
    record.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, name)
    record.tagged_blocks.set_data(Tag.SECTION_DIVIDER_SETTING, SectionDivider.BOUNDING_SECTION_DIVIDER)
    return record


def _name(name: str) -> str:
    """What UTF-16 and Photoshop's limit leave of a name; only names of more than 255 units lose something."""
    units = name.encode("utf-16-be", "replace")[: 2 * _MAX_NAME]
    return units.decode("utf-16-be", "ignore")


def _legacy_name(name: str) -> str:
    """The name in the one-byte Macintosh alphabet, for readers from before Unicode."""
    return name.encode("macroman", "replace")[:_MAX_NAME].decode("macroman")


# Pixels


@dataclass(slots=True)
class _Plane:
    """One channel, packed: the length of each row as the file has it, the rows, and the smallest value."""

    lengths: list[bytes] = field(default_factory=list)
    rows: list[bytes] = field(default_factory=list)
    low: int = 255


def _write_channels(file: BinaryIO, entry: _Entry) -> None:
    """Write an entry's channels, and their lengths into its record."""
    channels: list[list[bytes]] = []
    if entry.pixels is not None and entry.rect:
        *colour, alpha = _pack(partial(_layer_planes, entry.pixels), entry.rect)
        channels += [_channel(plane) for plane in (alpha, *colour)]
    else:
        channels += [[_RAW] for _ in _PIXEL_CHANNELS]
    if entry.mask is not None:
        channels += [_channel(plane) for plane in _pack(partial(_mask_planes, entry.mask), entry.mask_rect)]
    for info, parts in zip(entry.record.channel_info, channels, strict=True):
        info.length = sum(map(len, parts))
        file.writelines(parts)


def _channel(plane: _Plane) -> list[bytes]:
    return [_RLE, *plane.lengths, *plane.rows]


def _pack(planes_of: Callable[[Rect], Pixels8], rect: Rect) -> list[_Plane]:
    """The planes of `rect`, a band of tile rows at a time: the pixels of few bands, not of a layer, are in memory.

    `planes_of` gives those of a band, shape (channels, height, width).
    """

    def packed(band: Rect) -> list[tuple[bytes, bytes, int]]:
        pixels = planes_of(band)
        rows = zip(pack_rows(pixels), pixels, strict=True)
        return [(lengths.astype(">u2").tobytes(), data, int(plane.min())) for (lengths, data), plane in rows]

    planes: list[_Plane] = []
    for _, parts in in_threads(packed, bands(rect)):
        planes = planes or [_Plane() for _ in parts]
        for plane, (lengths, rows, low) in zip(planes, parts, strict=True):
            plane.lengths.append(lengths)
            plane.rows.append(rows)
            plane.low = min(plane.low, low)
    return planes


def _layer_planes(surface: Surface, band: Rect) -> Pixels8:
    return straight_planes(surface.read(band))


def _mask_planes(mask: LayerMask, band: Rect) -> Pixels8:
    values = np.full((band.height, band.width), mask.outside, np.uint32)
    for key in band.tile_keys(TILE_PX):
        tile = mask.surface.tiles.get(key)
        if tile is not None:
            t = tile_rect(key)
            part = t & band
            values[part.y0 - band.y0 : part.y1 - band.y0, part.x0 - band.x0 : part.x1 - band.x0] = tile[
                part.y0 - t.y0 : part.y1 - t.y0, part.x0 - t.x0 : part.x1 - t.x0, 0
            ]
    return ((values * 255 + ONE // 2) // ONE).astype(np.uint8)[None]


def _pack_merged(state: DocumentState) -> list[_Plane]:
    """The picture's planes: three when it is opaque, else four."""
    planes = _pack(partial(_merged_planes, state), state.rect)
    return planes if planes[3].low < 255 else planes[:3]


def _merged_planes(state: DocumentState, band: Rect) -> Pixels8:
    planes = straight_planes(composite(state, band))
    alpha = planes[3].astype(np.uint16)
    if alpha.min() < 255:
        # The convention of Photoshop, which readers undo: colours of a transparent picture lie on white.
        planes[:3] = (planes[:3] * alpha + 255 * (255 - alpha) + 127) // 255
    return planes


# Verification


def _check_lengths(temporary: Path, path: Path) -> None:
    """Re-open what was written and follow its sections to the very end; a short or long file is not let through."""
    with temporary.open("rb") as file:
        header = FileHeader.read(file)
        for _ in ("colour mode", "resources", "layers"):
            (length,) = struct.unpack(">I", file.read(4))
            file.seek(length, 1)
        rows = header.height * header.channels
        lengths = np.frombuffer(file.read(2 + 2 * rows)[2:], ">u2")
        end = file.tell() + int(lengths.sum())
    if len(lengths) != rows or end != temporary.stat().st_size:
        raise cannot_save(path, "what was written reads back damaged", "choose another disk")
