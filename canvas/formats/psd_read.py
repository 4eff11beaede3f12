"""Layered PSD (and PSB) of 8 bits in RGB or grey, as far as psd-tools' records give it.

Layers that other programs draw (text, shapes, smart objects) come as the pixels stored with them; fill layers, and
adjustments of kinds that this program does not have, come empty, so that their place in the tree is not lost.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from psd_tools.compression import PSDDecompressionWarning
from psd_tools.constants import ChannelID, Clipping, ColorMode, Compression, SectionDivider, Tag
from psd_tools.psd import PSD
from psd_tools.psd.layer_and_mask import ChannelData, LayerRecord
from psd_tools.psd.tagged_blocks import SectionDividerSetting

from canvas.blend_modes import BlendMode
from canvas.formats.errors import FormatError, cannot_open, damaged, from_os_error
from canvas.formats.limits import Limits, surface_bytes
from canvas.formats.pixels import mask_surface, surface_from_rgba8
from canvas.formats.psd_adjustments import read_filter
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerMask, Node
from canvas.state import DocumentState
from canvas.tiles import ONE, Pixels8, Surface

_TRANSPARENCY_LOCK, _FULL_LOCK = 1, 1 << 31

_Record: TypeAlias = tuple[LayerRecord, Sequence[ChannelData]]


@dataclass(frozen=True, slots=True)
class _Source:
    """What decoding a channel needs beside its bytes."""

    version: int
    color_channels: int


def read(path: Path, limits: Limits) -> DocumentState:
    """The document in the file. Raises FormatError."""
    try:
        with path.open("rb") as file:
            psd = PSD.read(file)
        _check(psd, path, limits)
        with warnings.catch_warnings():
            # psd-tools would put black where a channel is damaged.
            warnings.simplefilter("error", PSDDecompressionWarning)
            return _state(psd)
    except FormatError:
        raise
    except OSError as error:
        if error.errno is None:
            raise damaged(path, str(error)) from error
        raise from_os_error(path, error, "open") from error
    except (
        ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, EOFError,
        RecursionError, struct.error, PSDDecompressionWarning,
    ) as error:  # fmt: skip
        raise damaged(path, str(error)) from error


def _records(psd: PSD) -> list[_Record]:
    info = psd.layer_and_mask_information.layer_info
    return [] if info is None else list(zip(info.layer_records, info.channel_image_data, strict=True))


def _check(psd: PSD, path: Path, limits: Limits) -> None:
    header = psd.header
    if header.depth != 8:
        raise cannot_open(path, f"it has {header.depth} bits a channel", "convert it to 8 bits where it was made")
    if header.color_mode not in (ColorMode.RGB, ColorMode.GRAYSCALE):
        mode = header.color_mode.name.lower()
        raise cannot_open(path, f"its colours are {mode}", "convert it to RGB where it was made")
    limits.check_size(path, header.width, header.height)
    needed_bytes = 0
    for record, _ in _records(psd):
        masks = [
            size
            for info, size in zip(record.channel_info, record.channel_sizes, strict=True)
            if info.id < ChannelID.TRANSPARENCY_MASK
        ]
        for width, height in ((record.width, record.height), *masks):
            if max(width, height) > limits.side_px:
                raise cannot_open(path, f"it has a layer of {width}x{height} pixels", "crop its layers to the canvas")
        needed_bytes += surface_bytes(record.width, record.height, 4)
        needed_bytes += sum(surface_bytes(width, height, 1) for width, height in masks)
    limits.check_bytes(path, needed_bytes)


def _state(psd: PSD) -> DocumentState:
    header = psd.header
    source = _Source(header.version, 3 if header.color_mode is ColorMode.RGB else 1)
    records = _records(psd)
    if not records:
        return DocumentState(header.width, header.height, (_merged_layer(psd, source),))
    return DocumentState(header.width, header.height, _tree(records, source))


def _tree(records: Sequence[_Record], source: _Source) -> tuple[Node, ...]:
    """The tree from the flat list: bottom to top, a group's end mark before its children and its record after them.

    Marks without a partner occur in files of other programs: they are ignored, and what they hold is kept.
    """
    levels: list[list[Node]] = [[]]
    for record, channels in records:
        kind = _section(record)
        if kind is SectionDivider.BOUNDING_SECTION_DIVIDER:
            levels.append([])
        elif kind not in (SectionDivider.OPEN_FOLDER, SectionDivider.CLOSED_FOLDER):
            levels[-1].append(_layer(record, channels, source))
        elif len(levels) > 1:
            children = tuple(levels.pop())
            levels[-1].append(_group(record, channels, children, source))
    return tuple(node for level in levels for node in level)


def _setting(record: LayerRecord) -> SectionDividerSetting | None:
    for tag in (Tag.SECTION_DIVIDER_SETTING, Tag.NESTED_SECTION_DIVIDER_SETTING):
        setting = record.tagged_blocks.get_data(tag)
        if setting is not None:
            return setting
    return None


def _section(record: LayerRecord) -> SectionDivider:
    setting = _setting(record)
    return SectionDivider.OTHER if setting is None else setting.kind


def _group(record: LayerRecord, channels: Sequence[ChannelData], children: tuple[Node, ...], source: _Source) -> Group:
    setting = _setting(record)
    blend = record.blend_mode if setting is None or setting.blend_mode is None else setting.blend_mode
    return Group(
        name=_name(record),
        children=children,
        opacity=_opacity(record),
        blend=BlendMode.from_key(blend.value.decode()),
        visible=record.flags.visible,
        locked=bool(_locks(record) & _FULL_LOCK),
        clip=record.clipping is Clipping.NON_BASE,
        mask=_mask(record, channels, source),
        label=_label(record),
    )


def _layer(record: LayerRecord, channels: Sequence[ChannelData], source: _Source) -> Layer | Adjustment:
    blend = BlendMode.from_key(record.blend_mode.value.decode())
    locks = _locks(record)
    point_filter = read_filter(record.tagged_blocks)
    if point_filter is not None:
        return Adjustment(
            name=_name(record),
            filter=point_filter,
            opacity=_opacity(record),
            blend=BlendMode.NORMAL if blend is BlendMode.PASS_THROUGH else blend,
            visible=record.flags.visible,
            locked=bool(locks & _FULL_LOCK),
            clip=record.clipping is Clipping.NON_BASE,
            mask=_mask(record, channels, source),
            label=_label(record),
        )
    return Layer(
        name=_name(record),
        surface=_surface(record, channels, source),
        opacity=_opacity(record),
        blend=BlendMode.NORMAL if blend is BlendMode.PASS_THROUGH else blend,
        visible=record.flags.visible,
        locked=bool(locks & _FULL_LOCK),
        alpha_locked=record.flags.transparency_protected or bool(locks & _TRANSPARENCY_LOCK),
        clip=record.clipping is Clipping.NON_BASE,
        mask=_mask(record, channels, source),
        label=_label(record),
    )


def _label(record: LayerRecord) -> LabelColour:
    """The label; the colours that newer Photoshops added become none."""
    number = int(record.tagged_blocks.get_data(Tag.SHEET_COLOR_SETTING, 0))
    return list(LabelColour)[number] if number < len(LabelColour) else LabelColour.NONE


def _name(record: LayerRecord) -> str:
    name = record.tagged_blocks.get_data(Tag.UNICODE_LAYER_NAME, record.name)
    return str(name).rstrip("\0")


def _opacity(record: LayerRecord) -> float:
    """Opacity and fill in one: they differ only for layer effects, and in eight modes on half-transparent pixels."""
    fill = int(record.tagged_blocks.get_data(Tag.BLEND_FILL_OPACITY, 255))
    return float(record.opacity) / 255 * (fill / 255)


def _locks(record: LayerRecord) -> int:
    return int(record.tagged_blocks.get_data(Tag.PROTECTED_SETTING, 0))


def _surface(record: LayerRecord, channels: Sequence[ChannelData], source: _Source) -> Surface:
    if not (record.width and record.height):
        return Surface.blank()
    out = np.full((record.height, record.width, 4), 255, np.uint8)
    for info, channel in zip(record.channel_info, channels, strict=True):
        if info.id == ChannelID.TRANSPARENCY_MASK:
            targets = slice(3, 4)
        elif 0 <= info.id < source.color_channels:
            targets = slice(info.id, info.id + 1) if source.color_channels == 3 else slice(0, 3)
        else:
            continue
        if not channel.data:
            return Surface.blank()
        out[..., targets] = _plane(channel, record.width, record.height, source)[..., None]
    return surface_from_rgba8(out, record.left, record.top)


def _mask(record: LayerRecord, channels: Sequence[ChannelData], source: _Source) -> LayerMask | None:
    """The layer mask; where there is also a vector mask, the two as one, which is what the file's real mask is."""
    data = record.mask_data
    by_id = {info.id: channel for info, channel in zip(record.channel_info, channels, strict=True)}
    real = by_id.get(ChannelID.REAL_USER_LAYER_MASK)
    if data is None or not (real or by_id.get(ChannelID.USER_LAYER_MASK)):
        return None
    if real is not None and data.real_flags is not None:
        plane = _plane(real, data.real_width, data.real_height, source)
        left, top, background, flags = data.real_left, data.real_top, data.real_background_color, data.real_flags
    else:
        plane = _plane(by_id[ChannelID.USER_LAYER_MASK], data.width, data.height, source)
        left, top, background, flags = data.left, data.top, data.background_color, data.flags
    outside = ONE if background else 0
    values = (plane.astype(np.uint32) * ONE + 127) // 255
    surface = mask_surface(values.astype(np.uint16)[..., None], left, top, outside)
    return LayerMask(surface, outside, enabled=not flags.mask_disabled)


def _plane(channel: ChannelData, width: int, height: int, source: _Source) -> Pixels8:
    if not (width and height):
        return np.zeros((0, 0), np.uint8)
    if channel.compression is Compression.RLE:
        # psd-tools fills rows that end early.
        lengths = np.frombuffer(channel.data, ">u2" if source.version == 1 else ">u4", height)
        if lengths.nbytes + int(lengths.sum(dtype=np.int64)) > len(channel.data):
            raise ValueError("a channel ends early")
    data = channel.get_data(width, height, 8, source.version, max_output_bytes=width * height)
    return np.frombuffer(data, np.uint8).reshape(height, width)


def _merged_layer(psd: PSD, source: _Source) -> Layer:
    """A file without layers: its picture. Further planes of it are saved selections, not transparency."""
    header = psd.header
    planes = [
        np.frombuffer(plane, np.uint8).reshape(header.height, header.width)
        for plane in psd.image_data.get_data(header, max_output_bytes=header.width * header.height * header.channels)
    ]
    opaque = np.full_like(planes[0], 255)
    colors = planes[:3] if source.color_channels == 3 else planes[:1] * 3
    return Layer("Background", surface=surface_from_rgba8(np.dstack([*colors, opaque])))
