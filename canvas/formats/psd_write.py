"""Layered PSD and PSB with our own merged picture, 8 or 16 bits a channel, written layer by layer.

Follows Adobe's "Photoshop File Formats Specification". psd-tools' high-level `save` is not used, for it renders the
picture again. Bands of rows are packed by several threads; of pixels only those of few bands are in memory. What was
written is followed from end to end before it takes the place of the old file.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

import cv2
import numpy as np
from psd_tools.constants import Tag
from psd_tools.psd.header import FileHeader
from psd_tools.psd.layer_and_mask import LayerRecords

from canvas.compositor import compile_program
from canvas.formats import psd_resources
from canvas.formats.atomic import replacing
from canvas.formats.colour_profiles import can_be_embedded, srgb_profile
from canvas.formats.errors import cannot_save
from canvas.formats.job import Job
from canvas.formats.options import DEFAULT_OPTIONS, Depth, WriteOptions
from canvas.formats.picture import bands
from canvas.formats.properties import icc_profile, ppi
from canvas.formats.provenance import texts_of
from canvas.formats.psd_carried import SELECTION_NAME, with_carried_xmp
from canvas.formats.psd_checking import check_file
from canvas.formats.psd_packing import Channel, PackedRows, packed_rows, plain_rows, write_planes
from canvas.formats.psd_planes import Planes, converted, layer_planes, mask_planes, on_white, picture_planes
from canvas.formats.psd_records import PIXEL_CHANNELS, Entry, entries
from canvas.formats.psd_resources import Resource
from canvas.formats.threads import in_threads
from canvas.geometry import Rect
from canvas.layers import LayerMask
from canvas.state import DocumentState
from canvas.tiles import Pixels8

PSB_EXTENSION = ".psb"
#: What readers of a PSD take: lengths are 32 bits, and many of them signed.
_MAX_PSD_BYTES = 2**31 - 1
_RAW = struct.pack(">H", 0)
#: What a plane beyond the colours is called where it is the picture's own transparency.
_TRANSPARENCY_NAME = "Transparency"
_THUMBNAIL_PX = 256
#: Shares of the work: the merged picture, and then the layers.
_PICTURE_SHARE, _LAYERS_SHARE = 0.15, 0.98

_Strip: TypeAlias = tuple[Entry, LayerMask | None, Rect]
"""A band of an entry's pixels, or of its mask."""


@dataclass(frozen=True, slots=True)
class _How:
    """`path`: for sentences. `version` 2 is PSB. `profile`: what its colours are in. `folder`: where what does not fit
    into memory may wait."""

    path: Path
    version: int
    depth: Depth
    profile: bytes

    @property
    def folder(self) -> Path:
        return self.path.resolve().parent

    def length(self, value: int) -> bytes:
        """A length that has 64 bits in a PSB."""
        return struct.pack(">I" if self.version == 1 else ">Q", value)

    def check_size(self, size_bytes: int) -> None:
        if self.version == 1 and size_bytes > _MAX_PSD_BYTES:
            raise cannot_save(
                self.path, "the layers need more than the 2 GB a PSD may have", "merge layers or save as .psb"
            )


@dataclass(frozen=True, slots=True)
class _Picture:
    """The merged picture. `planes`: red, green, blue; alpha where it is `transparent`; the selection. `names`: of those
    beyond the colours."""

    planes: list[Channel]
    transparent: bool
    names: tuple[str, ...]
    thumbnail: Pixels8

    @property
    def size_bytes(self) -> int:
        return sum(plane.size for plane in self.planes)


def write(state: DocumentState, path: Path, options: WriteOptions = DEFAULT_OPTIONS, job: Job | None = None) -> None:
    """Write `state` as PSD, or as PSB where `path` ends so. `losses` says what it does not keep.

    Raises FormatError, and Cancelled; the old file then is as it was.
    """
    job = job or Job()
    version = 2 if path.suffix.lower() == PSB_EXTENSION else 1
    how = _How(path, version, options.depth, _profile(state))
    with replacing(path, keep_previous=options.keep_previous) as temporary:
        made = entries(state, options)
        with temporary.open("wb") as file, ExitStack() as open_channels:
            picture = _picture(state, how, open_channels, job.part(0.0, _PICTURE_SHARE))
            _write_file(file, state, options, how, picture, made, job)
        _check(temporary, path, len(made))
        job.reach(1.0)


def _profile(state: DocumentState) -> bytes:
    kept = icc_profile(state)
    return kept if kept is not None and can_be_embedded(kept) else srgb_profile()


def _write_file(
    file: BinaryIO,
    state: DocumentState,
    options: WriteOptions,
    how: _How,
    picture: _Picture,
    made: Sequence[Entry],
    job: Job,
) -> None:
    FileHeader(
        version=how.version, channels=len(picture.planes), width=state.width, height=state.height, depth=how.depth
    ).write(file)
    # No palette.
    file.write(struct.pack(">I", 0))
    file.write(psd_resources.section(_resources(state, options, how, picture, made)))
    section = _reserve_length(file, how)
    if how.depth == 8:
        layer_info = _reserve_length(file, how)
        if made:
            _write_layers(file, how, picture, made, job)
        _fill_length(file, layer_info, how)
        # No global layer mask.
        file.write(struct.pack(">I", 0))
    else:
        # As Photoshop has layers of 16 bits: in a block behind an empty section and no global layer mask.
        file.write(how.length(0) + struct.pack(">I", 0))
        if made:
            file.write(b"8BIMLr16")
            layer_info = _reserve_length(file, how)
            _write_layers(file, how, picture, made, job)
            _fill_length(file, layer_info, how)
        if picture.transparent:
            # Behind the layers: some readers look for them in the first block alone.
            file.write(b"8BIMMt16" + how.length(0))
    _fill_length(file, section, how)
    how.check_size(file.tell() + picture.size_bytes)
    write_planes(file, how.version, picture.planes)


def _resources(
    state: DocumentState, options: WriteOptions, how: _How, picture: _Picture, made: Sequence[Entry]
) -> Iterator[tuple[Resource, bytes]]:
    resolution = ppi(state)
    if resolution is not None:
        yield Resource.RESOLUTION, psd_resources.resolution(resolution)
    if picture.names:
        yield Resource.ALPHA_NAMES, psd_resources.alpha_names(picture.names)
        yield Resource.ALPHA_NAMES_UNICODE, psd_resources.alpha_names_unicode(picture.names)
    if picture.transparent:
        yield Resource.ALPHA_IDS, psd_resources.alpha_ids(len(picture.planes) - 3)
    yield Resource.THUMBNAIL, psd_resources.thumbnail(picture.thumbnail)
    yield Resource.ICC_PROFILE, how.profile
    yield Resource.VERSION, psd_resources.version("Underdraw")
    xmp = texts_of(state, options).xmp
    if options.roles:
        ours = [entry for entry in made if entry.text]
        names = [(entry.number, str(entry.record.tagged_blocks.get_data(Tag.UNICODE_LAYER_NAME))) for entry in ours]
        xmp = with_carried_xmp(xmp, state, {entry.number: entry.text for entry in ours}, names)
    if xmp is not None:
        yield Resource.XMP, xmp.encode()


def _reserve_length(file: BinaryIO, how: _How) -> int:
    """Room for a length; the position after it."""
    file.write(how.length(0))
    return file.tell()


def _fill_length(file: BinaryIO, start: int, how: _How) -> None:
    end = file.tell()
    length = how.length(end - start)
    file.seek(start - len(length))
    file.write(length)
    file.seek(end)


# Layers


def _write_layers(file: BinaryIO, how: _How, picture: _Picture, made: Sequence[Entry], job: Job) -> None:
    """The records and their channels."""
    start = file.tell()
    # A negative count says that the merged picture's fourth plane is its transparency.
    file.write(struct.pack(">h", -len(made) if picture.transparent else len(made)))
    records = LayerRecords([entry.record for entry in made])
    records_at = file.tell()
    records.write(file, version=how.version)
    with closing(_packed_strips(made, how, job.part(_PICTURE_SHARE, _LAYERS_SHARE))) as packed:
        for entry in made:
            lengths: list[int] = []
            if entry.rect:
                lengths += _write_channels(file, how, packed, entry.rect, (3, 0, 1, 2), picture)
            else:
                file.write(_RAW * len(PIXEL_CHANNELS))
                lengths += [len(_RAW)] * len(PIXEL_CHANNELS)
            if entry.mask is not None:
                lengths += _write_channels(file, how, packed, entry.mask_rect, (0,), picture)
            for info, length in zip(entry.record.channel_info, lengths, strict=True):
                info.length = length
    file.write(b"\0" * (-(file.tell() - start) % 4))
    end = file.tell()
    # Once more, now with the channels' lengths.
    file.seek(records_at)
    records.write(file, version=how.version)
    file.seek(end)


def _strips(made: Sequence[Entry]) -> Iterator[_Strip]:
    for entry in made:
        yield from ((entry, None, band) for band in bands(entry.rect))
        if entry.mask is not None:
            yield from ((entry, entry.mask, band) for band in bands(entry.mask_rect))


def _packed_strips(made: Sequence[Entry], how: _How, job: Job) -> Generator[list[PackedRows]]:
    """The planes of each strip, in the order of `_strips`, packed by several threads."""
    all_px = sum(band.area for _, _, band in _strips(made))
    done_px = 0
    for (_, _, band), parts in in_threads(lambda strip: _packed(strip, how), _strips(made)):
        done_px += band.area
        job.reach(done_px / all_px)
        yield parts


def _packed(strip: _Strip, how: _How) -> list[PackedRows]:
    entry, mask, band = strip
    if mask is not None:
        return packed_rows(mask_planes(mask, band, how.depth))
    assert entry.pixels is not None
    return packed_rows(converted(layer_planes(entry.pixels, band, how.depth), how.profile))


def _write_channels(
    file: BinaryIO,
    how: _How,
    packed: Iterator[list[PackedRows]],
    rect: Rect,
    order: Sequence[int],
    picture: _Picture,
) -> list[int]:
    """Write the channels of the next strips, those of `rect`, in an order of their planes; their lengths."""
    with ExitStack() as stack:
        channels = [stack.enter_context(Channel(how.folder)) for _ in order]
        for _ in bands(rect):
            for channel, part in zip(channels, next(packed), strict=True):
                channel.add(part)
        how.check_size(file.tell() + sum(channel.size for channel in channels) + picture.size_bytes)
        lengths = []
        for plane in order:
            start = file.tell()
            channels[plane].write(file, how.version)
            lengths.append(file.tell() - start)
        return lengths


# The merged picture


def _picture(state: DocumentState, how: _How, stack: ExitStack, job: Job) -> _Picture:
    program = compile_program(state)
    selection = None if state.selection is None else LayerMask(state.selection)

    # Where there are more planes than those of the picture, readers such as Pillow lose count of the lengths of rows.
    pack = packed_rows if selection is None else plain_rows

    def work(band: Rect) -> tuple[list[PackedRows], Pixels8]:
        planes = picture_planes(program, band, how.depth)
        small = _shrunken(planes, band, factor)
        parts = pack(on_white(converted(planes, how.profile)))
        if selection is not None:
            parts += pack(mask_planes(selection, band, how.depth))
        return parts, small

    factor = 1
    while max(state.rect.size) > _THUMBNAIL_PX * factor:
        factor *= 2
    planes = [stack.enter_context(Channel(how.folder)) for _ in range(4 if selection is None else 5)]
    small: list[Pixels8] = []
    for band, (parts, rows) in in_threads(work, bands(state.rect)):
        for plane, part in zip(planes, parts, strict=True):
            plane.add(part)
        small.append(rows)
        job.reach(band.y1 / state.height)
    # The fourth plane is taken for transparency by some readers, whatever is said about it: before a selection it is.
    transparent = planes[3].low < 255 or selection is not None
    names = (_TRANSPARENCY_NAME, SELECTION_NAME) if selection is not None else ()
    return _Picture(planes if transparent else planes[:3], transparent, names, np.concatenate(small))


def _shrunken(planes: Planes, band: Rect, factor: int) -> Pixels8:
    """A band's part of the thumbnail (height, width, 3): averages of some of its pixels, on white."""
    step = max(1, min(factor, *band.size) // 4)
    few = on_white(planes[:, step // 2 :: step, step // 2 :: step].copy())[:3]
    octets = few if few.dtype == np.uint8 else (few >> 8).astype(np.uint8)
    size = (-(-band.width // factor), -(-band.height // factor))
    rgb = np.ascontiguousarray(octets.transpose(1, 2, 0))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _check(temporary: Path, path: Path, layers: int) -> None:
    try:
        check_file(temporary, layers)
    except ValueError as error:
        raise cannot_save(path, "what was written reads back damaged", "choose another disk") from error
