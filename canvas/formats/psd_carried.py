"""What only Underdraw reads in a PSD: `carried` texts, in a block of each layer and once more in the XMP packet.

Photoshop drops blocks that it does not know, but keeps XMP of any namespace and the ids of layers: a layer's text is
found again by its id. Krita keeps XMP but not the ids: then the names tell which is which. Programs that drop XMP tend
to keep the blocks. Strangers' XMP is read without entities.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from canvas.formats.carried import NAMESPACE, Field, carried_document, carried_node, with_carried
from canvas.formats.options import WriteOptions
from canvas.formats.properties import with_icc_profile, with_ppi
from canvas.layers import LayerId, Node
from canvas.roles import Paint
from canvas.state import DocumentState

#: The key of a layer's tagged block; its data is UTF-8 text, with zeros behind it.
BLOCK_KEY: Final = b"uDrw"
#: Ids of layers from other programs' files, which they get back: `lyid:` and the number.
FOREIGN_ID_PREFIX: Final = "lyid:"
#: The saved alpha channel that holds the selection.
SELECTION_NAME: Final = "Selection"

_FIELDS: tuple[Field, ...] = ("id", "role", "recipe")
#: Instructions are written hidden, so that what shows is the picture; whether the artist saw them is carried.
_FIELDS_OF_INSTRUCTIONS: tuple[Field, ...] = (*_FIELDS, "visible")
#: Comparing names takes the product of both counts.
_MOST_COMPARED = 1000
_MAX_XMP_BYTES = 64 << 20
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_EMPTY_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"></rdf:RDF></x:xmpmeta>\n'
    '<?xpacket end="w"?>'
)
_END_OF_RDF = "</rdf:RDF>"


@dataclass(frozen=True, slots=True)
class Carried:
    """Texts of an XMP packet: for `carried.with_carried_document`, and for `restored` by number of the layer. `names`:
    those numbers and what the layers were called, in the order of the file."""

    document: str = ""
    layers: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    names: tuple[tuple[int, str], ...] = ()

    def numbers_by_name(self, names: Sequence[str]) -> list[int | None]:
        """For the layers of a file that has no numbers, in its order, which ones of ours they are."""
        found: list[int | None] = [None] * len(names)
        if max(len(names), len(self.names)) <= _MOST_COMPARED:
            matcher = SequenceMatcher(None, [name for _, name in self.names], names, autojunk=False)
            for ours, theirs, count in matcher.get_matching_blocks():
                for i in range(count):
                    found[theirs + i] = self.names[ours + i][0]
        return found


def carried_text(node: Node, options: WriteOptions) -> str:
    """What a layer's block and the packet say about it."""
    fields = _FIELDS if isinstance(node.role, Paint) else _FIELDS_OF_INSTRUCTIONS
    return carried_node(node, [name for name in fields if options.recipes or name != "recipe"])


def restored(node: Node, text: str) -> Node:
    """`node` with what its text says; damaged text changes nothing."""
    node = with_carried(node, text, _FIELDS)
    return node if isinstance(node.role, Paint) else with_carried(node, text, _FIELDS_OF_INSTRUCTIONS)


def foreign_number(layer_id: LayerId) -> int | None:
    """The number of a layer that came from another program's file."""
    digits = layer_id.removeprefix(FOREIGN_ID_PREFIX)
    return int(digits) if digits != layer_id and digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def with_carried_xmp(
    packet: str | None, state: DocumentState, texts: Mapping[int, str], names: Sequence[tuple[int, str]] = ()
) -> str:
    """The XMP packet, or a new one, with the document's text and those of its layers by number; `names` as in
    `Carried`."""
    # Profile and resolution have resources of their own.
    document = carried_document(with_ppi(with_icc_profile(state, None), None))
    layers = json.dumps({str(number): text for number, text in texts.items()}, sort_keys=True)
    values = {"document": document, "layers": layers, "names": json.dumps(list(names))}
    properties = "".join(f"<ud:{key}>{escape(value)}</ud:{key}>" for key, value in values.items())
    own = f'<rdf:Description rdf:about="" xmlns:ud="{NAMESPACE}">{properties}</rdf:Description>'
    head, end, tail = (packet or _EMPTY_XMP).rpartition(_END_OF_RDF)
    return head + own + end + tail


def carried_in_xmp(packet: bytes) -> Carried:
    """What `with_carried_xmp` put into a packet, whatever program wrote it since; nothing from a damaged one."""
    if len(packet) > _MAX_XMP_BYTES or b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        return Carried()
    try:
        root = ElementTree.fromstring(packet.strip(b"\0"))
        found = {name: _property(root, name) for name in ("document", "layers", "names")}
        data = json.loads(found["layers"]) if found["layers"] else {}
        listed = json.loads(found["names"]) if found["names"] else []
    except (ElementTree.ParseError, ValueError, RecursionError):
        return Carried()
    texts = data.items() if isinstance(data, dict) else ()
    layers = {int(key): text for key, text in texts if key.isdecimal() and len(key) < 11 and isinstance(text, str)}
    names = tuple(
        (pair[0], pair[1])
        for pair in (listed if isinstance(listed, list) else ())
        if isinstance(pair, list) and len(pair) == 2 and type(pair[0]) is int and isinstance(pair[1], str)
    )
    return Carried(found["document"], MappingProxyType(layers), names)


def _property(root: ElementTree.Element, name: str) -> str:
    """A property of our namespace, which programs write as an element or as an attribute."""
    tag = f"{{{NAMESPACE}}}{name}"
    for description in root.iter(f"{{{_RDF}}}Description"):
        text = description.get(tag) or description.findtext(tag)
        if text:
            return text
    return ""
