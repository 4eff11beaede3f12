"""XMP packets of strangers: the few properties that say how a picture was made. No entities, bounded. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from xml.etree import ElementTree

from canvas.formats.carried import NAMESPACE

_MAX_BYTES = 8 << 20
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
#: Properties that are looked for, by the names under which they are given back.
_WANTED: Mapping[str, str] = MappingProxyType(
    {
        "exif:UserComment": "{http://ns.adobe.com/exif/1.0/}UserComment",
        "CreatorTool": "{http://ns.adobe.com/xap/1.0/}CreatorTool",
        "Credit": "{http://ns.adobe.com/photoshop/1.0/}Credit",
        "DigitalSourceType": f"{{{IPTC}}}DigitalSourceType",
        "AISystemUsed": f"{{{IPTC}}}AISystemUsed",
        "AIPromptInformation": f"{{{IPTC}}}AIPromptInformation",
        "recipes": f"{{{NAMESPACE}}}recipes",
    }
)
#: What Python's parser raises for a packet that is none.
_BAD = (ElementTree.ParseError, ValueError, LookupError, RecursionError)


def properties(packet: bytes) -> Mapping[str, str]:
    """The texts of the wanted properties, whether they are attributes, elements or lists of one; {} for no XMP."""
    data = packet.strip(b"\0 \r\n\t")
    if len(data) > _MAX_BYTES or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return {}
    start = data.find(b"<x:xmpmeta")
    try:
        root = ElementTree.fromstring(data[start:] if start > 0 and not data.startswith(b"<?xpacket") else data)
    except _BAD:
        return {}
    found: dict[str, str] = {}
    for description in root.iter(f"{{{_RDF}}}Description"):
        for name, tag in _WANTED.items():
            text = description.get(tag) or _element_text(description.find(tag))
            if text and name not in found:
                found[name] = text
    return found


def _element_text(element: ElementTree.Element | None) -> str:
    if element is None:
        return ""
    item = element.find(f".//{{{_RDF}}}li")
    chosen = element if item is None else item
    return (chosen.text or chosen.get(f"{{{_RDF}}}resource") or "").strip()
