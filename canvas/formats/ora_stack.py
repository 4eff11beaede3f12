"""The words of an OpenRaster `stack.xml`: composite operations, attributes of layers, and ours among them.

Follows the OpenRaster draft 0.0.5 (freedesktop.org) and, where programs differ, what Krita 5.1 and MyPaint 2.0 were
seen to read and write. Krita reads only the operations that it writes itself, so that its own names are used for what
the draft does not have; their formulas agree with ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import ceil, isfinite
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from canvas.blend_modes import BlendMode
from canvas.formats.carried import NAMESPACE
from canvas.formats.xml_tree import Element

MIMETYPE = b"image/openraster"
STACK_ENTRY, MERGED_ENTRY, THUMBNAIL_ENTRY = "stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png"
#: Where entries lie that only this program reads.
OWN_FOLDER = "underdraw/"
VERSION = "0.0.5"
PREFIX = "underdraw"
#: MyPaint blends in linear light unless a file says that it comes from a time when it did not.
MYPAINT_NAMESPACE, MYPAINT_EOTF = "http://mypaint.org/ns/openraster", "1.0"

OVER, ATOP, DST_IN, DST_OUT = "svg:src-over", "svg:src-atop", "svg:dst-in", "svg:dst-out"

Part: TypeAlias = Literal["clipping", "mask", "edges"]
"""What an element that is no node of the document is there for: to hold a layer with what is clipped to it, to hide
what the mask of the group around it hides, or to show a clipped layer along the half-transparent edges of its base."""
PARTS: tuple[Part, ...] = ("clipping", "mask", "edges")

OPERATIONS: Mapping[BlendMode, str] = MappingProxyType(
    {
        BlendMode.NORMAL: OVER,
        BlendMode.DISSOLVE: "krita:dissolve",
        BlendMode.DARKEN: "svg:darken",
        BlendMode.MULTIPLY: "svg:multiply",
        BlendMode.COLOR_BURN: "svg:color-burn",
        BlendMode.LINEAR_BURN: "krita:linear_burn",
        BlendMode.DARKER_COLOR: "krita:darker color",
        BlendMode.LIGHTEN: "svg:lighten",
        BlendMode.SCREEN: "svg:screen",
        BlendMode.COLOR_DODGE: "svg:color-dodge",
        BlendMode.LINEAR_DODGE: "svg:plus",
        BlendMode.LIGHTER_COLOR: "krita:lighter color",
        BlendMode.OVERLAY: "svg:overlay",
        BlendMode.SOFT_LIGHT: "svg:soft-light",
        BlendMode.HARD_LIGHT: "svg:hard-light",
        BlendMode.VIVID_LIGHT: "krita:vivid_light",
        BlendMode.LINEAR_LIGHT: "krita:linear light",
        BlendMode.PIN_LIGHT: "krita:pin_light",
        BlendMode.HARD_MIX: "krita:hard_mix_photoshop",
        BlendMode.DIFFERENCE: "svg:difference",
        # Krita does not know svg:exclusion.
        BlendMode.EXCLUSION: "krita:exclusion",
        BlendMode.SUBTRACT: "krita:subtract",
        BlendMode.DIVIDE: "krita:divide",
        BlendMode.HUE: "svg:hue",
        BlendMode.SATURATION: "svg:saturation",
        BlendMode.COLOR: "svg:color",
        BlendMode.LUMINOSITY: "svg:luminosity",
        BlendMode.PASS_THROUGH: OVER,
    }
)
#: Names of other programs, and of their earlier versions, for modes that are ours.
_SYNONYMS: Mapping[str, BlendMode] = MappingProxyType(
    {
        "svg:exclusion": BlendMode.EXCLUSION,
        "svg:add": BlendMode.LINEAR_DODGE,
        "color-dodge": BlendMode.COLOR_DODGE,
        "difference": BlendMode.DIFFERENCE,
        "krita:add": BlendMode.LINEAR_DODGE,
        "krita:linear_dodge": BlendMode.LINEAR_DODGE,
        "krita:burn": BlendMode.COLOR_BURN,
        "krita:dodge": BlendMode.COLOR_DODGE,
        "krita:diff": BlendMode.DIFFERENCE,
        "krita:darken": BlendMode.DARKEN,
        "krita:lighten": BlendMode.LIGHTEN,
        "krita:multiply": BlendMode.MULTIPLY,
        "krita:screen": BlendMode.SCREEN,
        "krita:overlay": BlendMode.OVERLAY,
        "krita:hard_light": BlendMode.HARD_LIGHT,
        "krita:soft_light": BlendMode.SOFT_LIGHT,
        "krita:soft_light_svg": BlendMode.SOFT_LIGHT,
        "krita:hard mix": BlendMode.HARD_MIX,
        "krita:hard_mix_sai": BlendMode.HARD_MIX,
        "krita:hue": BlendMode.HUE,
        "krita:saturation": BlendMode.SATURATION,
        "krita:color": BlendMode.COLOR,
        "krita:luminize": BlendMode.LUMINOSITY,
        "krita:normal": BlendMode.NORMAL,
    }
)
_MODES: Mapping[str, BlendMode] = MappingProxyType(
    {operation: mode for mode, operation in OPERATIONS.items() if mode is not BlendMode.PASS_THROUGH} | dict(_SYNONYMS)
)
#: Operations whose formula is another one than that of the mode that comes nearest.
_NEAR = frozenset({"krita:soft_light", "krita:hard mix", "krita:hard_mix_sai"})


def mode_of(operation: str) -> tuple[BlendMode, bool]:
    """The mode of a composite operation, or the nearest one; whether it is the same."""
    mode = _MODES.get(operation)
    return (BlendMode.NORMAL, not operation) if mode is None else (mode, operation not in _NEAR)


def opacity_text(opacity: float) -> str:
    """Rounded up in the sixth place: Krita cuts off what remains of 255 steps."""
    return f"{min(ceil(opacity * 1e6 - 1e-3) / 1e6, 1.0):.6f}".rstrip("0").rstrip(".")


def opacity_of(element: Element) -> float:
    """The attribute, 0..1; what is no number counts as 1."""
    try:
        value = float(element.attributes.get("opacity", "1").replace(",", "."))
    except ValueError:
        return 1.0
    return min(max(value, 0.0), 1.0) if isfinite(value) else 1.0


def whole_number(text: str | None, otherwise: int) -> int:
    """An integer, or a number near one; `otherwise` for anything else or beyond 32 bits."""
    try:
        value = float(text or "")
    except ValueError:
        return otherwise
    return round(value) if isfinite(value) and abs(value) < 2**31 else otherwise


def written_of(element: Element) -> tuple[str, str, str]:
    """Composite operation, opacity and isolation, as they stand there."""
    found = [element.attributes.get(name, "") for name in ("composite-op", "opacity", "isolation")]
    return found[0], found[1], found[2]


def is_true(element: Element, name: str) -> bool:
    return element.attributes.get(name, "").lower() in ("true", "1", "yes")


def is_visible(element: Element) -> bool:
    return element.attributes.get("visibility", "visible").lower() != "hidden"


# What only this program reads


def own_name(name: str) -> str:
    """An attribute of our namespace as this program writes it."""
    return f"{PREFIX}:{name}"


def own_prefix(image: Element) -> str | None:
    """The prefix that the root element gives to our namespace."""
    for name, value in image.attributes.items():
        if name.startswith("xmlns:") and value == NAMESPACE:
            return name.removeprefix("xmlns:")
    return None


def json_of(text: str | None) -> dict[str, Any]:
    """A JSON object of an attribute; empty where it is none."""
    try:
        data = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
