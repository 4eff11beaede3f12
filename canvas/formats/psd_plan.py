"""Which surfaces a PSD's layers and masks need: found before any is unpacked, so that all are unpacked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from canvas.formats.limits import Limits, surface_bytes
from canvas.formats.psd_channels import Rows, Shape, channel_rows
from canvas.formats.psd_colours import Colours
from canvas.formats.psd_entries import VECTOR_MASKS, Entry, Section, block, has_mask, is_drawn_shape
from canvas.formats.psd_fills import gradient_fill, solid_fill
from canvas.formats.psd_paths import vector_drawing, vector_mask
from canvas.formats.psd_sections import NO_PIXELS, REAL_MASK, TRANSPARENCY, USER_MASK, Extent, Header, Source
from canvas.formats.psd_surfaces import Drawing, mask_outside, masking, painting
from canvas.geometry import Rect
from canvas.tiles import Surface


@dataclass(frozen=True, slots=True)
class PlannedMask:
    """A mask whose surface will be the drawing of that number."""

    drawing: int
    outside: int
    enabled: bool


@dataclass(slots=True)
class Plan:
    """`drawings` for `psd_surfaces.surfaces`; `pixels` and `masks` say which of them belong to which entry.

    `made`: surfaces of entries that need no unpacking. `cropped` and `shapeless`: names of layers that reach too far
    out of the canvas, and of those whose vector mask cannot be drawn.
    """

    drawings: list[Drawing] = field(default_factory=list)
    made: dict[int, Surface] = field(default_factory=dict)
    pixels: dict[int, int] = field(default_factory=dict)
    masks: dict[int, PlannedMask] = field(default_factory=dict)
    cropped: list[str] = field(default_factory=list)
    shapeless: dict[int, str] = field(default_factory=dict)

    def needed_bytes(self) -> int:
        """The most that the surfaces may take in memory."""
        return sum(surface_bytes(*(each.rect & each.keep).size, each.channels) for each in self.drawings)


def plan(source: Source, header: Header, entries: Sequence[Entry], colours: Colours, limits: Limits) -> Plan:
    """What must be unpacked, and what can be made at once."""
    planner = _Planner(source, header, colours, limits, Plan())
    for i, entry in enumerate(entries):
        if entry.section is not Section.END:
            planner.add_mask(i, entry)
            if entry.section is Section.LAYER and entry.filter is None:
                planner.add_pixels(i, entry)
    return planner.plan


@dataclass(frozen=True, slots=True)
class _Planner:
    source: Source
    header: Header
    colours: Colours
    limits: Limits
    plan: Plan

    @property
    def canvas(self) -> Rect:
        return Rect(0, 0, self.header.width, self.header.height)

    def add_pixels(self, i: int, entry: Entry) -> None:
        """The pixels in the file, else those of a fill; a fill without its shape would cover the canvas."""
        drawing = self._painted(entry)
        if drawing is None and i not in self.plan.shapeless:
            drawing = gradient_fill(self.source, entry.record, self.canvas)
            colour = None if drawing is not None else solid_fill(self.source, entry.record, self.canvas)
            if colour is not None:
                self.plan.made[i] = colour
        if drawing is not None:
            self.plan.pixels[i] = self._number(drawing)
            if not drawing.keep.contains(drawing.rect):
                self.plan.cropped.append(entry.name)

    def add_mask(self, i: int, entry: Entry) -> None:
        """The mask in the file, else its vector mask, drawn; where the file has both as one, that."""
        record, mask = entry.record, entry.record.mask
        if mask is None or not has_mask(record):
            self._add_vector_mask(i, entry)
            return
        by_id = {channel.id: channel.data for channel in record.channels}
        real = REAL_MASK in by_id and mask.real is not None
        place = mask.real if real and mask.real is not None else mask.user
        data = by_id.get(REAL_MASK if real else USER_MASK)
        density = mask.vector_density if mask.from_vector else mask.user_density
        rows = None if data is None or not place.rect else partial(self._rows, (data,), place.rect)
        region = self.canvas | (record.rect & self._kept(record.rect))
        drawing = masking(place.rect, rows, place.outside, density, region)
        outside = mask_outside(place.outside, density)
        self.plan.masks[i] = PlannedMask(self._number(drawing), outside, not place.disabled)

    def _add_vector_mask(self, i: int, entry: Entry) -> None:
        key = next((key for key in VECTOR_MASKS if key in entry.record.blocks), None)
        # The pixels of shapes have their shape.
        if key is None or is_drawn_shape(entry.record):
            return
        data = block(self.source, entry.record, key)
        mask = None if data is None else vector_mask(data, self.canvas)
        if mask is None:
            self.plan.shapeless[i] = entry.name
        else:
            self.plan.masks[i] = PlannedMask(self._number(vector_drawing(mask, self.canvas)), 0, mask.enabled)

    def _painted(self, entry: Entry) -> Drawing | None:
        """The layer's colour channels and its alpha; None when it has no pixels."""
        rect = entry.record.rect
        by_id = {channel.id: channel.data for channel in entry.record.channels}
        wanted = [by_id.get(i) for i in range(self.colours.planes)]
        if TRANSPARENCY in by_id:
            wanted.append(by_id[TRANSPARENCY])
        channels = tuple(data for data in wanted if data is not None and data.length > NO_PIXELS)
        if not rect or len(channels) < len(wanted):
            return None
        return painting(rect, partial(self._rows, channels, rect), self.colours, self._kept(rect))

    def _rows(self, channels: tuple[Extent, ...], rect: Rect) -> list[Rows]:
        shape = Shape(*rect.size, self.header.depth)
        return [channel_rows(self.source, data, shape, self.header.version) for data in channels]

    def _kept(self, rect: Rect) -> Rect:
        """Layers are kept as far out of the canvas as a document may be large; larger ones on the canvas only."""
        return self.canvas if max(rect.size) > self.limits.side_px else self.canvas.grown(self.limits.side_px)

    def _number(self, drawing: Drawing) -> int:
        self.plan.drawings.append(drawing)
        return len(self.plan.drawings) - 1
