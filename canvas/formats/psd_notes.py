"""What of a PSD is not as its own program shows it, counted and named, in sentences for people."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from canvas.formats.notes import Notes
from canvas.formats.psd_descriptors import SENSELESS, descriptor, old_effects
from canvas.formats.psd_entries import FILLS, STROKES, VECTOR_MASKS, Entry, Section, block, has_mask
from canvas.formats.psd_sections import Sections, Source

_TEXT, _SMART = (b"TySh", b"tySh"), (b"SoLd", b"SoLE", b"PlLd", b"plLd")

_EFFECTS = (b"lfx2", b"lmfx", b"lfxs")
_ARTBOARDS = (b"artb", b"artd", b"abdd")
_NOT_BLENDED = b"\0\0\xff\xff"
_LINKS, _GUIDES, _COMPS, _PATHS, _PLUGINS = 1026, 1032, 1065, range(2000, 2998), range(4000, 5000)
#: Before the number of frames of an animation, in a descriptor.
_FRAMES = b"FrInVlLs"
_MOST_BYTES = 4 << 20
_NAMED = 3

_Test = Callable[[Source, Entry], bool]


def tell(source: Source, sections: Sections, entries: Sequence[Entry], notes: Notes) -> None:
    """Everything that the layers and resources have and a document has not."""
    shown = [entry for entry in entries if entry.section is not Section.END]
    for test, one, many in _FEATURES:
        found = [entry.name for entry in shown if test(source, entry)]
        if found:
            notes.add(f"{(one if len(found) == 1 else many).format(len(found))}: {listed(found)}")
    _tell_adjustments(shown, notes)
    _tell_resources(source, sections, len(entries), notes)


def listed(names: Iterable[str]) -> str:
    """The first few names, and how many more there are."""
    every = list(names)
    text = ", ".join(f"“{name}”" for name in every[:_NAMED])
    return text if len(every) <= _NAMED else f"{text} and {len(every) - _NAMED} more"


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _tell_adjustments(entries: Sequence[Entry], notes: Notes) -> None:
    missing = Counter(entry.kind for entry in entries if entry.kind is not None and entry.filter is None)
    if missing:
        kinds = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in missing.items())
        one = "adjustment that Underdraw does not have came as an empty layer"
        many = "adjustments that Underdraw does not have came as empty layers"
        notes.add(f"{counted(missing.total(), one, many)}: {kinds}")


def _tell_resources(source: Source, sections: Sections, records: int, notes: Notes) -> None:
    def data(key: int) -> bytes:
        extent = sections.resources.get(key)
        return b"" if extent is None or extent.length > _MOST_BYTES else source.read(extent.start, extent.length)

    links = data(_LINKS)
    groups = Counter(struct.unpack_from(f">{min(len(links) // 2, records)}H", links))
    linked = sum(count for group, count in groups.items() if group and count > 1)
    if linked:
        notes.add(f"{linked} linked layers are not linked any more")
    comps = descriptor(source, data(_COMPS) or None)
    number = _length(comps, b"list")
    if number:
        notes.add(f"{counted(number, 'layer comp was', 'layer comps were')} left out")
    frames = max((_frames(data(key)) for key in sections.resources if key in _PLUGINS), default=0)
    if frames > 1:
        notes.add(f"The {frames} frames of its animation were left out: its layers are as they were shown last")
    paths = sum(key in _PATHS for key in sections.resources)
    if paths:
        notes.add(f"{counted(paths, 'saved path was', 'saved paths were')} left out")
    guides = data(_GUIDES)
    if len(guides) >= 16 and (number := int(struct.unpack_from(">I", guides, 12)[0])):
        notes.add(f"{counted(number, 'guide was', 'guides were')} left out")


def _length(settings: Any, key: bytes) -> int:
    try:
        return 0 if settings is None else len(settings[key])
    except SENSELESS:
        return 0


def _frames(data: bytes) -> int:
    at = data.find(_FRAMES)
    return int(struct.unpack_from(">I", data, at + len(_FRAMES))[0]) if 0 <= at <= len(data) - len(_FRAMES) - 4 else 0


def _has(keys: Sequence[bytes]) -> _Test:
    return lambda _, entry: any(key in entry.record.blocks for key in keys)


_is_text, _has_vector, _has_fill, _is_stroked = _has(_TEXT), _has(VECTOR_MASKS), _has(FILLS), _has(STROKES)


def _is_shape(source: Source, entry: Entry) -> bool:
    return _has_vector(source, entry) and (_has_fill(source, entry) or _is_stroked(source, entry))


def _is_fill(source: Source, entry: Entry) -> bool:
    return _has_fill(source, entry) and not _has_vector(source, entry) and b"PtFl" not in entry.record.blocks


def _is_missing_fill(_: Source, entry: Entry) -> bool:
    return b"PtFl" in entry.record.blocks and not entry.record.rect


def _is_vector_masked(source: Source, entry: Entry) -> bool:
    return _has_vector(source, entry) and not _is_shape(source, entry)


def _has_effects(source: Source, entry: Entry) -> bool:
    key = next((key for key in _EFFECTS if key in entry.record.blocks), None)
    if key is None:
        return old_effects(source, block(source, entry.record, b"lrFX"))
    effects = descriptor(source, block(source, entry.record, key), versions=2)
    # What cannot be made sense of may be there all the same.
    return effects is None or (bool(effects.get(b"masterFXSwitch", True)) and _any_enabled(effects.values()))


def _any_enabled(values: Iterable[Any]) -> bool:
    """Of effects, each a descriptor, or a list of such where there may be several of a kind."""
    for value in values:
        if hasattr(value, "get"):
            if bool(value.get(b"enab", False)) and bool(value.get(b"present", True)):
                return True
        elif hasattr(value, "__iter__") and _any_enabled(value):
            return True
    return False


def _is_blended_if(_: Source, entry: Entry) -> bool:
    ranges = entry.record.ranges
    return ranges[: len(ranges) // 4 * 4] != _NOT_BLENDED * (len(ranges) // 4)


def _knocks_out(source: Source, entry: Entry) -> bool:
    return bool((block(source, entry.record, b"knko") or b"\0")[0])


def _is_restricted(source: Source, entry: Entry) -> bool:
    return len(block(source, entry.record, b"brst") or b"") >= 4


def _is_feathered(_: Source, entry: Entry) -> bool:
    mask = entry.record.mask
    return mask is not None and has_mask(entry.record) and max(mask.user_feather, mask.vector_feather) > 0


def _is_strangely_blended(_: Source, entry: Entry) -> bool:
    return entry.blend is None


#: What to look for in a layer, and what to say of one, and of several; then come their names.
_FEATURES: tuple[tuple[_Test, str, str], ...] = (
    (_is_text, "{} text layer came as pixels", "{} text layers came as pixels"),
    (_is_shape, "{} shape layer came as pixels", "{} shape layers came as pixels"),
    (_has(_SMART), "{} smart object came as pixels", "{} smart objects came as pixels"),
    (_is_fill, "{} fill layer came as pixels", "{} fill layers came as pixels"),
    (_is_missing_fill, "{} pattern fill came as an empty layer", "{} pattern fills came as empty layers"),
    (_is_vector_masked, "{} vector mask came as pixels", "{} vector masks came as pixels"),
    (_has_effects, "The effects of {} layer are not shown", "The effects of {} layers are not shown"),
    (
        _is_blended_if,
        "The blending ranges of {} layer were left out",
        "The blending ranges of {} layers were left out",
    ),
    (_knocks_out, "The knockout of {} layer was left out", "The knockout of {} layers was left out"),
    (
        _is_restricted,
        "{} layer shows in all colour channels, not in some",
        "{} layers show in all colour channels, not in some",
    ),
    (_is_feathered, "The feather of {} mask was left out", "The feather of {} masks was left out"),
    (
        _has(_ARTBOARDS),
        "{} artboard came as a group without edges or background",
        "{} artboards came as groups without edges or background",
    ),
    (
        _is_strangely_blended,
        "The blend mode of {} layer is not known: it became Normal",
        "The blend modes of {} layers are not known: they became Normal",
    ),
)
