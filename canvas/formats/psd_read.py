"""PSD and PSB of any program, opened as a document; what could not be kept is said in the notes.

`psd_sections` finds everything in the file, `psd_entries` understands the layers, `psd_tree` puts them together while
`psd_surfaces` unpacks their pixels, `psd_colours` makes sRGB of any colour mode, and `psd_notes` tells what is missing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from pathlib import Path

from canvas.formats.carried import with_carried_document, with_unique_ids
from canvas.formats.errors import FormatError, damaged, from_os_error
from canvas.formats.job import Cancelled, Job
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.properties import MAX_PROFILE_BYTES, with_icc_profile, with_ppi
from canvas.formats.psd_carried import Carried, carried_in_xmp
from canvas.formats.psd_colours import INDEXED, Colours, colours_of
from canvas.formats.psd_entries import Section, entry_of
from canvas.formats.psd_merged import left_out, looks_different, picture, selection
from canvas.formats.psd_notes import counted, listed, tell
from canvas.formats.psd_plan import plan
from canvas.formats.psd_resources import Resource
from canvas.formats.psd_sections import Damaged, Sections, Source, read_sections
from canvas.formats.psd_surfaces import surfaces
from canvas.formats.psd_tree import tree
from canvas.layers import Layer, Node
from canvas.state import DocumentState
from canvas.tiles import Surface

_TRANSPARENT_INDEX = 1047
_MAX_RESOURCE_BYTES = 64 << 20
_PALETTE_BYTES = 768


def read(path: Path, limits: Limits, notes: Notes | None = None, job: Job | None = None) -> DocumentState:
    """The document in the file. Raises FormatError, and Cancelled when `job` was called off."""
    try:
        with Source(path) as source:
            return _Opening(path, source, limits, notes or Notes(), job or Job()).document()
    except (FormatError, Cancelled):
        raise
    except OSError as error:
        raise from_os_error(path, error, "open") from error
    except (ValueError, LookupError, TypeError, ArithmeticError, struct.error) as error:
        raise damaged(path, str(error)) from error


@dataclass(frozen=True, slots=True)
class _Opening:
    """One file on its way to a document."""

    path: Path
    source: Source
    limits: Limits
    notes: Notes
    job: Job

    def document(self) -> DocumentState:
        sections = read_sections(self.source)
        header = sections.header
        self.limits.check_size(self.path, header.width, header.height)
        self.limits.check_bytes(self.path, header.width * header.height * header.channels * -(-header.depth // 8))
        if header.depth > 8:
            self.notes.depth = 16
            self.notes.remark(f"Its {header.depth} bits a channel are kept as 16")
        colours = self._colours(sections)
        saved = left_out(self.source, sections, colours)
        if saved:
            count = counted(len(saved), "saved channel was", "saved channels were")
            self.notes.add(f"{count} left out: {listed(saved)}")
        packet = _resource(self.source, sections, Resource.XMP)
        carried = Carried() if packet is None else carried_in_xmp(packet)
        state = DocumentState(header.width, header.height, self._layers(sections, colours, carried))
        state = with_icc_profile(with_ppi(state, _resolution(self.source, sections)), colours.profile)
        state = with_unique_ids(with_carried_document(state, carried.document))
        try:
            state = replace(state, selection=_selection(self.source, sections, colours))
            if sections.records and looks_different(self.source, sections, colours, state):
                self.notes.add("The picture saved in it looks different from its layers as they are shown here")
        except Damaged:
            self.notes.remark("Its merged picture is damaged; the layers are whole")
        return state

    def _colours(self, sections: Sections) -> Colours:
        header, palette = sections.header, sections.palette
        profile = _resource(self.source, sections, Resource.ICC_PROFILE, MAX_PROFILE_BYTES)
        transparent = _resource(self.source, sections, _TRANSPARENT_INDEX) if header.mode == INDEXED else None
        index = None if transparent is None or len(transparent) < 2 else struct.unpack_from(">H", transparent)[0]
        table = self.source.read(palette.start, min(palette.length, _PALETTE_BYTES))
        return colours_of(header, table, profile, index, self.notes)

    def _layers(self, sections: Sections, colours: Colours, carried: Carried) -> tuple[Node, ...]:
        """The tree; or the merged picture where there is none."""
        if not sections.records:
            (surface,) = surfaces([picture(self.source, sections, colours)], self.job)
            return (Layer("Background", surface=surface),)
        entries = [entry_of(self.source, record) for record in sections.records]
        if carried.layers and not any(entry.number for entry in entries):
            numbers = iter(carried.numbers_by_name([e.name for e in entries if e.section is not Section.END]))
            entries = [e if e.section is Section.END else replace(e, number=next(numbers)) for e in entries]
        planned = plan(self.source, sections.header, entries, colours, self.limits)
        self.limits.check_bytes(self.path, planned.needed_bytes())
        tell(self.source, sections, entries, self.notes)
        if planned.cropped:
            self.notes.add(f"What reached too far out of the canvas was cut off: {listed(planned.cropped)}")
        if planned.shapeless:
            names = listed(planned.shapeless.values())
            self.notes.add(f"Vector masks that could not be drawn were left out: {names}")
        return tree(entries, planned, surfaces(planned.drawings, self.job), carried.layers)


def _selection(source: Source, sections: Sections, colours: Colours) -> Surface | None:
    drawing = selection(source, sections, colours)
    return None if drawing is None else surfaces([drawing], Job())[0]


def _resource(source: Source, sections: Sections, key: int, most: int = _MAX_RESOURCE_BYTES) -> bytes | None:
    extent = sections.resources.get(key)
    return None if extent is None or extent.length > most else source.read(extent.start, extent.length)


def _resolution(source: Source, sections: Sections) -> float | None:
    """Pixels an inch; the file has a 16.16 number, and a unit that only says what to show people."""
    data = _resource(source, sections, Resource.RESOLUTION)
    return None if data is None or len(data) < 4 else struct.unpack_from(">I", data)[0] / 65536
