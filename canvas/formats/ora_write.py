"""Writing OpenRaster: the elements of `ora_seen` as pictures in an archive, and what only this program reads.

Pictures are composed, packed and written a band at a time on every core; the list of layers comes last, for it names
the checksums of the pictures. Any thread.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from canvas.compositor import compile_program, composite_program
from canvas.formats import png_kernels
from canvas.formats.atomic import replacing
from canvas.formats.carried import NAMESPACE, carried_document, carried_node
from canvas.formats.colour_profiles import can_be_embedded, from_srgb
from canvas.formats.errors import cannot_save
from canvas.formats.job import Job
from canvas.formats.options import Depth, WriteOptions
from canvas.formats.ora_own import DOCUMENT, LOOK, NODE, PART, SELECTION, Entry, KeptMask, carried_fields, look_json
from canvas.formats.ora_seen import Seen, Source, fitting, mask_values, seen
from canvas.formats.ora_stack import (
    MERGED_ENTRY,
    MIMETYPE,
    MYPAINT_EOTF,
    MYPAINT_NAMESPACE,
    OWN_FOLDER,
    PREFIX,
    STACK_ENTRY,
    THUMBNAIL_ENTRY,
    VERSION,
    opacity_text,
    own_name,
    written_of,
)
from canvas.formats.png import METADATA_KEY, PARAMETERS_KEY, XMP_KEY
from canvas.formats.png_codec import international_text_chunk, ppi_chunk, profile_chunk, text_chunk
from canvas.formats.png_kernels import Straight
from canvas.formats.png_stream import Damaged, read_header, srgb_chunks, write_png
from canvas.formats.preview import preview_png
from canvas.formats.properties import icc_profile, ppi, with_icc_profile
from canvas.formats.provenance import texts_of
from canvas.formats.xml_tree import BadXml, Element, parsed, written
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface

#: Entries are as old as the archive format allows, so that equal documents give equal files.
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Larger pictures may not fit into the lengths of a plain archive.
_LARGE_BYTES = 1 << 30
_PIECE_BYTES = 1 << 20
#: Shares of the work: pictures of layers, the merged one, and reading everything again.
_LAYERS_DONE, _MERGED_DONE = 0.8, 0.93


def write_file(state: DocumentState, path: Path, options: WriteOptions, job: Job) -> None:
    """Raises FormatError and Cancelled; the old file then stays."""
    with replacing(path, keep_previous=options.keep_previous) as temporary:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            sizes = _Writer(archive, state, options, job).write()
        _verify(temporary, path, sizes, job.part(_MERGED_DONE, 1.0))


@dataclass(frozen=True, slots=True)
class _Colours:
    """How pixels become those of a file: its depth, and the profile into which they are converted."""

    depth: Depth
    profile: bytes | None

    @property
    def chunks(self) -> list[bytes]:
        return srgb_chunks(self.depth) if self.profile is None else [profile_chunk(self.profile)]

    def rows(self, source: Source, y0: int, y1: int) -> Straight:
        """Rows of the source, counted from its top."""
        rect = source.rect
        pixels = source.read(Rect(rect.x0, rect.y0 + y0, rect.x1, rect.y0 + y1))
        straight: Straight
        if self.depth == 8:
            straight = np.empty(pixels.shape, np.uint8)
            png_kernels.straight8(pixels, straight)
        else:
            straight = np.empty(pixels.shape, np.uint16)
            png_kernels.straight16(pixels, straight)
        converted = None if self.profile is None else from_srgb(straight, self.profile)
        return straight if converted is None else converted


class _Writer:
    def __init__(self, archive: zipfile.ZipFile, state: DocumentState, options: WriteOptions, job: Job) -> None:
        self._archive, self._state, self._options, self._job = archive, state, options, job
        profile = icc_profile(state)
        embedded = profile if profile is not None and can_be_embedded(profile) else None
        self._colours = _Colours(options.depth, embedded)
        self._sizes: dict[str, tuple[int, int]] = {}
        self._layers = self._kept = 0
        self._done_px = self._all_px = 0
        self._active = state.metadata.get("active")

    def write(self) -> dict[str, tuple[int, int]]:
        """Write all entries; the size of each picture by its name."""
        self._entry("mimetype", MIMETYPE)
        elements = seen(self._state, adjustments=self._options.roles)
        self._all_px = max(1, sum(_cost(element) for element in _walk(elements)))
        image = self._image(elements)
        self._merged()
        self._entry(THUMBNAIL_ENTRY, preview_png(self._state))
        self._entry(STACK_ENTRY, written(image), zipfile.ZIP_DEFLATED)
        return self._sizes

    def _entry(self, name: str, data: bytes, method: int = zipfile.ZIP_STORED) -> None:
        self._archive.writestr(_info(name, method), data)

    def _image(self, elements: Sequence[Seen]) -> Element:
        state, own = self._state, self._options.roles
        image = Element("image", {"version": VERSION, "w": str(state.width), "h": str(state.height)})
        resolution = ppi(state)
        if resolution is not None:
            # MyPaint refuses files with anything but whole numbers here.
            image.attributes |= dict.fromkeys(("xres", "yres"), str(round(resolution)))
        image.attributes |= {"xmlns:mypaint": MYPAINT_NAMESPACE, "mypaint:eotf": MYPAINT_EOTF}
        if own:
            kept = with_icc_profile(state, None) if self._colours.profile is not None else state
            image.attributes[f"xmlns:{PREFIX}"] = NAMESPACE
            image.attributes[own_name(DOCUMENT)] = carried_document(kept)
            if state.selection is not None:
                selected = self._grey(LayerMask(state.selection), "selection")
                image.attributes[own_name(SELECTION)] = _json(
                    {} if selected is None else {"values": selected.to_json()}
                )
        stack = Element("stack", {"isolation": "isolate"})
        stack.children += [self._element(element) for element in reversed(elements)]
        image.children.append(stack)
        return image

    def _element(self, element: Seen) -> Element:
        xml = Element("layer" if element.children is None else "stack", {"name": element.name})
        attributes = xml.attributes
        attributes["opacity"] = opacity_text(element.opacity)
        attributes["visibility"] = "visible" if element.visible else "hidden"
        attributes["composite-op"] = element.operation
        if element.locked:
            attributes["edit-locked"] = "true"
        if element.node is not None and element.node.id == self._active:
            attributes["selected"] = "true"
        entry = None
        if element.children is None:
            entry = self._layer(element.source)
            attributes |= {"x": str(entry.x), "y": str(entry.y), "src": entry.source}
        else:
            attributes["isolation"] = "isolate" if element.isolated else "auto"
            xml.children += [self._element(child) for child in reversed(element.children)]
        if self._options.roles:
            self._describe(xml, element, entry)
        return xml

    def _describe(self, xml: Element, element: Seen, entry: Entry | None) -> None:
        """What the element is to this program, and what of it others do not see."""
        if element.part is not None:
            xml.attributes[own_name(PART)] = element.part
            if entry is not None:
                xml.attributes[own_name(LOOK)] = _json({"seen": entry.to_json()})
        node = element.node
        if node is None:
            return
        pixels = None
        if isinstance(node, Layer) and not element.own:
            pixels = self._pixels(node.surface)
        kept_mask = None
        if node.mask is not None:
            hides = not isinstance(node, Group) or any(child.part == "mask" for child in element.children or ())
            values = self._grey(node.mask, f"{self._kept:03d}-mask")
            kept_mask = KeptMask(values, bool(node.mask.outside), node.mask.enabled, hides)
            self._kept += 1
        is_own = element.own and element.source is not None
        look = look_json(node, written_of(xml), None if is_own else entry, pixels, kept_mask)
        fields = carried_fields(node, recipes=self._options.recipes)
        xml.attributes |= {own_name(NODE): carried_node(node, fields), own_name(LOOK): _json(look)}

    # Pictures

    def _layer(self, source: Source | None) -> Entry:
        name = f"data/layer{self._layers:03d}.png"
        self._layers += 1
        # A picture has one pixel at least, also where there is nothing to see.
        source = source or Source(Rect(0, 0, 1, 1), lambda rect: np.zeros((rect.height, rect.width, 4), np.uint16))
        return self._picture(name, source.rect, partial(self._colours.rows, source), self._colours.chunks)

    def _pixels(self, surface: Surface) -> Entry | None:
        rect = fitting(surface.content_bounds(), self._state)
        if not rect:
            return None
        source = Source(rect, surface.read)
        name = f"{OWN_FOLDER}{self._kept:03d}.png"
        self._kept += 1
        return self._picture(name, rect, partial(self._colours.rows, source), self._colours.chunks)

    def _grey(self, mask: LayerMask, name: str) -> Entry | None:
        """The values of a mask or selection; None where they are all the same."""
        bounds = mask.surface.tile_bounds() if mask.outside else mask.surface.content_bounds()
        rect = fitting(bounds, self._state)
        if not rect:
            return None
        white = 255 if self._options.depth == 8 else 65535

        def rows(y0: int, y1: int) -> Straight:
            values = mask_values(mask, Rect(rect.x0, rect.y0 + y0, rect.x1, rect.y0 + y1)).astype(np.uint32)
            scaled = ((values * white + ONE // 2) // ONE)[..., None]
            return scaled.astype(np.uint8) if white == 255 else scaled.astype(np.uint16)

        return self._picture(f"{OWN_FOLDER}{name}.png", rect, rows, ())

    def _merged(self) -> None:
        program = compile_program(self._state)
        texts = texts_of(self._state, self._options)
        chunks = self._colours.chunks
        resolution = ppi(self._state)
        if resolution is not None:
            chunks.append(ppi_chunk(resolution))
        if texts.parameters is not None:
            chunks.append(text_chunk(PARAMETERS_KEY, texts.parameters))
        if texts.own is not None:
            chunks.append(international_text_chunk(METADATA_KEY, texts.own))
        if texts.short_xmp is not None:
            chunks.append(international_text_chunk(XMP_KEY, texts.short_xmp))
        chunks += [text_chunk(key, text) for key, text in texts.carried]
        source = Source(self._state.rect, partial(composite_program, program))
        job = self._job.part(_LAYERS_DONE, _MERGED_DONE)
        self._picture(MERGED_ENTRY, source.rect, partial(self._colours.rows, source), chunks, job)

    def _picture(
        self,
        name: str,
        rect: Rect,
        rows: Callable[[int, int], Straight],
        chunks: Sequence[bytes],
        job: Job | None = None,
    ) -> Entry:
        if job is None:
            start = min(self._done_px / self._all_px, 1.0)
            self._done_px += rect.area
            end = min(self._done_px / self._all_px, 1.0)
            job = self._job.part(start * _LAYERS_DONE, end * _LAYERS_DONE)
        info = _info(name)
        with self._archive.open(info, "w", force_zip64=rect.area * 8 > _LARGE_BYTES) as file:
            write_png(file, rect.width, rect.height, rows, chunks, job, TILE_PX - rect.y0 % TILE_PX)
        self._sizes[name] = rect.size
        return Entry(name, rect.x0, rect.y0, info.CRC, info.file_size)


def _info(name: str, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = method
    info.external_attr = 0o644 << 16
    return info


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _walk(elements: Sequence[Seen]) -> Iterator[Seen]:
    for element in elements:
        yield element
        yield from _walk(element.children or ())


def _cost(element: Seen) -> int:
    """Pixels to write for an element, about."""
    shown = 0 if element.source is None else element.source.rect.area
    return shown if element.own else 2 * shown


def _verify(temporary: Path, path: Path, sizes: dict[str, tuple[int, int]], job: Job) -> None:
    """Read everything again: checksums, the sizes of all pictures, and the list of layers."""
    why, remedy = "what was written reads back damaged", "choose another disk"
    try:
        with zipfile.ZipFile(temporary) as archive:
            infos = archive.infolist()
            for i, info in enumerate(infos):
                with archive.open(info) as file:
                    head = file.read(_PIECE_BYTES)
                    # At the end of an entry its checksum is looked at.
                    while file.read(_PIECE_BYTES):
                        job.reach(i / len(infos))
                expected = sizes.get(info.filename)
                if expected is not None:
                    header = read_header(head)
                    if header is None or (header.width, header.height) != expected:
                        raise cannot_save(path, why, remedy)
                job.reach((i + 1) / len(infos))
            if {info.filename for info in infos} != {*sizes, "mimetype", THUMBNAIL_ENTRY, STACK_ENTRY}:
                raise cannot_save(path, why, remedy)
            parsed(archive.read(STACK_ENTRY))
    except BadXml as error:
        why = "its groups are too deep in each other, or its texts too long, for OpenRaster"
        raise cannot_save(path, why, "merge some groups or save as .udraw") from error
    except (zipfile.BadZipFile, Damaged) as error:
        raise cannot_save(path, why, remedy) from error
