"""What one record of a PSD says in its fields and tagged blocks, in this program's words.

Blocks that make no sense count as missing: a layer is worth more than its label.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from canvas.blend_modes import BlendMode
from canvas.filters.values import PointFilter
from canvas.formats.psd_carried import BLOCK_KEY
from canvas.formats.psd_descriptors import point_filter
from canvas.formats.psd_sections import REAL_MASK, USER_MASK, Record, Source
from canvas.layers import LabelColour

#: Blocks of adjustments, those that this program has and those that it does not, with what people call them.
ADJUSTMENTS: Mapping[bytes, str] = {
    b"levl": "levels", b"curv": "curves", b"hue2": "hue and saturation", b"hue ": "hue and saturation",
    b"brit": "brightness and contrast", b"blnc": "colour balance", b"post": "posterise", b"thrs": "threshold",
    b"nvrt": "invert", b"expA": "exposure", b"vibA": "vibrance", b"selc": "selective colour", b"mixr": "channel mixer",
    b"grdm": "gradient map", b"phfl": "photo filter", b"blwh": "black and white", b"clrL": "colour lookup",
}  # fmt: skip
VECTOR_MASKS = (b"vmsk", b"vsms")
#: Settings of fill layers and shapes, and of what is around shapes.
FILLS, STROKES = (b"SoCo", b"GdFl", b"PtFl"), (b"vstk", b"vscg")
#: Newer settings of an adjustment.
_EXTRA = b"CgEd"
_TRANSPARENCY_LOCK, _PIXELS_LOCK, _FULL_LOCK = 1, 2, 1 << 31
#: Larger ones hold pictures or the words of whole pages, not settings.
_MOST_BYTES = 1 << 20


class Section(Enum):
    """A group is the mark of its end, then its children, then its own record: the list goes from bottom to top."""

    LAYER = auto()
    GROUP = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """`blend` is None where the file names one that no program has. `number`: the layer's id in the file.

    `carried`: our own block. `kind`: what an adjustment is called, None for layers that are none; `filter`: the
    adjustment in this program's terms, None where there is none.
    """

    record: Record
    section: Section
    name: str
    blend: BlendMode | None
    fill: float
    label: LabelColour
    locked: bool
    alpha_locked: bool
    number: int | None
    carried: str | None
    kind: str | None
    filter: PointFilter | None

    @property
    def opacity(self) -> float:
        return self.record.opacity / 255


def block(source: Source, record: Record, key: bytes, most: int = _MOST_BYTES) -> bytes | None:
    """The data of one of the record's blocks; None where it is missing or too large to be what it is read for."""
    extent = record.blocks.get(key)
    return None if extent is None or extent.length > most else source.read(extent.start, extent.length)


def has_mask(record: Record) -> bool:
    """Whether the file has pixels of a mask, which may be a vector mask that its program drew."""
    return record.mask is not None and any(channel.id in (USER_MASK, REAL_MASK) for channel in record.channels)


def is_drawn_shape(record: Record) -> bool:
    """Whether the file has the pixels of a vector shape."""
    return bool(record.rect) and any(key in record.blocks for key in (*FILLS, *STROKES))


def entry_of(source: Source, record: Record) -> Entry:
    section, group_blend = _section(source, record)
    locks = _number(source, record, b"lspf", ">I") or 0
    kind = next((key for key in ADJUSTMENTS if key in record.blocks), None)
    carried = block(source, record, BLOCK_KEY)
    return Entry(
        record=record,
        section=section,
        name=_name(source, record),
        blend=_blend(group_blend or record.blend),
        fill=(255 if (fill := _number(source, record, b"iOpa", ">B")) is None else fill) / 255,
        label=_label(_number(source, record, b"lclr", ">H") or 0),
        locked=bool(locks & (_FULL_LOCK | _PIXELS_LOCK)),
        alpha_locked=record.transparency_protected or bool(locks & _TRANSPARENCY_LOCK),
        number=_number(source, record, b"lyid", ">I"),
        carried=None if carried is None else carried.rstrip(b"\0").decode("utf-8", "replace"),
        kind=None if kind is None else ADJUSTMENTS[kind],
        filter=None if kind is None else _filter(source, record),
    )


def _number(source: Source, record: Record, key: bytes, form: str) -> int | None:
    """The number that a block begins with."""
    data = block(source, record, key)
    if data is None or len(data) < struct.calcsize(form):
        return None
    return int(struct.unpack_from(form, data)[0])


def _section(source: Source, record: Record) -> tuple[Section, bytes | None]:
    """With the blend mode that a group has beside that of its record, where pass-through has no place."""
    for key in (b"lsct", b"lsdk"):
        kind = _number(source, record, key, ">I")
        if kind == 3:
            return Section.END, None
        if kind in (1, 2):
            data = block(source, record, key) or b""
            return Section.GROUP, data[8:12] if data[4:8] == b"8BIM" and len(data) >= 12 else None
    return Section.LAYER, None


def _blend(key: bytes) -> BlendMode | None:
    try:
        return BlendMode.from_key(key.decode("ascii"))
    except (KeyError, UnicodeDecodeError):
        return None


def _name(source: Source, record: Record) -> str:
    data = block(source, record, b"luni")
    if data is not None and len(data) >= 4:
        (units,) = struct.unpack_from(">I", data)
        return data[4 : 4 + 2 * units].decode("utf-16-be", "replace").rstrip("\0")
    try:
        return record.name.decode("utf-8").rstrip("\0")
    except UnicodeDecodeError:
        return record.name.decode("mac_roman").rstrip("\0")


def _label(number: int) -> LabelColour:
    """The label; the colours that newer Photoshops added become none."""
    return list(LabelColour)[number] if number < len(LabelColour) else LabelColour.NONE


def _filter(source: Source, record: Record) -> PointFilter | None:
    found = {key: block(source, record, key) for key in (*ADJUSTMENTS, _EXTRA)}
    return point_filter(source, {key: data for key, data in found.items() if data is not None})
