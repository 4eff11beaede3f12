"""What an OpenRaster element says to this program alone, as JSON in one attribute beside the text of `carried`.

Other programs change what they understand. So each element also says what was written for them: as long as that still
stands there, the exact values count; else theirs do. The same holds for pixels, by the checksum of their entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from canvas.blend_modes import BlendMode
from canvas.filters.storing import filter_from_dict, filter_to_dict
from canvas.filters.values import PointFilter
from canvas.formats.carried import Field
from canvas.layers import Adjustment, LabelColour, Layer, Node
from canvas.roles import Paint

Json: TypeAlias = dict[str, Any]
Written: TypeAlias = tuple[str, str, str]
#: Attributes of an element: for `carried.with_carried`, for this module, and which `ora_stack.Part` it is. Of the root
#: element: for `carried.with_carried_document`, and where the selection lies.
NODE, LOOK, PART, DOCUMENT, SELECTION = "node", "look", "part", "document", "selection"

#: Nothing lies further away, in pixels.
_FAR = 2**31


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture in the archive, where it lies on the canvas, and its checksum."""

    source: str
    x: int
    y: int
    crc: int
    size: int

    def to_json(self) -> list[Any]:
        return [self.source, self.x, self.y, self.crc, self.size]

    @staticmethod
    def from_json(value: object) -> Entry | None:
        """None for what is no entry."""
        if not isinstance(value, list) or len(value) != 5 or not isinstance(value[0], str):
            return None
        numbers = [n for n in value[1:] if type(n) is int and abs(n) < 2**40]
        if len(numbers) != 4 or max(map(abs, numbers[:2])) >= _FAR:
            return None
        return Entry(value[0], *numbers)


@dataclass(frozen=True, slots=True)
class KeptMask:
    """`values`: a grey picture, None where all is `outside`. `hides`: other programs see what it does."""

    values: Entry | None
    outside: bool
    enabled: bool
    hides: bool

    def to_json(self) -> Json:
        values = None if self.values is None else self.values.to_json()
        return {"values": values, "outside": self.outside, "enabled": self.enabled, "hides": self.hides}

    @staticmethod
    def from_json(value: object) -> KeptMask | None:
        if not isinstance(value, dict):
            return None
        flags = [value.get(key) for key in ("outside", "enabled", "hides")]
        if not all(isinstance(flag, bool) for flag in flags):
            return None
        return KeptMask(Entry.from_json(value.get("values")), bool(flags[0]), bool(flags[1]), bool(flags[2]))


@dataclass(frozen=True, slots=True)
class Look:
    """`written`: composite operation, opacity and isolation as other programs read them.

    `seen`: the picture that they see where it is another one than the node's own, which is `pixels`, if it has any.
    """

    blend: BlendMode
    opacity: float
    fill: float
    clip: bool
    label: LabelColour
    alpha_locked: bool
    written: Written
    filter: PointFilter | None = None
    seen: Entry | None = None
    pixels: Entry | None = None
    mask: KeptMask | None = None


def look_json(node: Node, written: Written, seen: Entry | None, pixels: Entry | None, mask: KeptMask | None) -> Json:
    """The value of the attribute LOOK; what every layer has is left out."""
    data: Json = {"blend": node.blend.key, "opacity": node.opacity, "written": list(written)}
    if node.fill != 1.0:
        data["fill"] = node.fill
    if node.clip:
        data["clip"] = True
    if node.label is not LabelColour.NONE:
        data["label"] = node.label.value
    if isinstance(node, Layer) and node.alpha_locked:
        data["alpha_locked"] = True
    if isinstance(node, Adjustment):
        data["filter"] = filter_to_dict(node.filter)
    for name, entry in (("seen", seen), ("pixels", pixels)):
        if entry is not None:
            data[name] = entry.to_json()
    if mask is not None:
        data["mask"] = mask.to_json()
    return data


def look_from_json(data: Mapping[str, Any]) -> Look | None:
    """Inverse of `look_json`; None where the text is not one of ours or damaged."""
    try:
        written = data["written"]
        opacity, fill = float(data["opacity"]), float(data.get("fill", 1.0))
        if not (0.0 <= opacity <= 1.0 and 0.0 <= fill <= 1.0):
            return None
        return Look(
            BlendMode.from_key(data["blend"]),
            opacity,
            fill,
            data.get("clip") is True,
            LabelColour(data.get("label", "none")),
            data.get("alpha_locked") is True,
            (str(written[0]), str(written[1]), str(written[2])),
            filter_from_dict(data["filter"]) if isinstance(data.get("filter"), dict) else None,
            Entry.from_json(data.get("seen")),
            Entry.from_json(data.get("pixels")),
            KeptMask.from_json(data.get("mask")),
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def carried_fields(node: Node, *, recipes: bool) -> tuple[Field, ...]:
    """What of a node its text holds. Instructions are written hidden; whether the artist saw them is carried."""
    fields: tuple[Field, ...] = ("id", "role", "recipe") if recipes else ("id", "role")
    return fields if isinstance(node.role, Paint) else (*fields, "visible")
