"""XML of strangers as a small tree of values: no entities, no files from elsewhere, bounded in size, depth and number.

Names are as they are written, prefix and colon included: programs use prefixes that they never declare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

MAX_BYTES = 64 << 20
_MAX_DEPTH = 200
_MAX_ELEMENTS = 200_000


class BadXml(ValueError):
    """What it is about, in words that `errors.damaged` takes."""


@dataclass(slots=True)
class Element:
    """`tag` and `attributes` with their prefixes; text between tags is not kept."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)

    def all(self, tag: str) -> Iterator[Element]:
        """The children of that tag."""
        return (child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> Element | None:
        return next(self.all(tag), None)


def parsed(data: bytes) -> Element:
    """The root element. Raises BadXml."""
    if len(data) > MAX_BYTES:
        raise BadXml("its list of layers is too long")
    parser = expat.ParserCreate()
    parser.ordered_attributes = False
    parser.buffer_text = True
    top = Element("")
    path = [top]
    count = 0

    def begin(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal count
        count += 1
        if count > _MAX_ELEMENTS or len(path) > _MAX_DEPTH:
            raise BadXml("its layers are too many, or too deep in each other")
        element = Element(tag, dict(attributes))
        path[-1].children.append(element)
        path.append(element)

    def end(_: str) -> None:
        path.pop()

    def entity(*_: object) -> NoReturn:
        raise BadXml("its list of layers defines entities")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadXml(f"its list of layers is no XML: {error}") from error
    except (UnicodeError, LookupError) as error:
        raise BadXml(f"its list of layers has letters of an unknown kind: {error}") from error
    if len(top.children) != 1:
        raise BadXml("its list of layers is empty")
    return top.children[0]


def written(root: Element) -> bytes:
    """UTF-8, an element a line. What XML cannot hold of a text, such as control characters, is replaced."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']

    def add(element: Element, indent: str) -> None:
        attributes = "".join(
            f" {name}={quoteattr(_allowed(value), _SPACES)}" for name, value in element.attributes.items()
        )
        if not element.children:
            lines.append(f"{indent}<{element.tag}{attributes}/>")
            return
        lines.append(f"{indent}<{element.tag}{attributes}>")
        for child in element.children:
            add(child, indent + " ")
        lines.append(f"{indent}</{element.tag}>")

    add(root, "")
    return ("\n".join(lines) + "\n").encode("utf-8")


#: Readers turn plain ones into spaces.
_SPACES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def _allowed(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c in "\t\n\r" or _is_character(ord(c)) else "\ufffd" for c in text)


def _is_character(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
