"""How a picture came about, as text that picture files embed: A1111 parameters, XMP, our own JSON, others' own words.

Formats: the `parameters` text of AUTOMATIC1111's web UI, which most tools read; IPTC NewsCodes Digital Source Type and
the AI properties of the IPTC Photo Metadata Standard 2025.1. Only layers that show count. Never pixels, never paths.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape

from canvas.formats.carried import NAMESPACE
from canvas.formats.options import WriteOptions
from canvas.formats.recipes import a1111, own
from canvas.formats.recipes.found import RECIPE_KEY, found_in, parts_of, recipe_object
from canvas.formats.recipes.marked import SOURCE_TYPE_URI, term_meant, term_of_all
from canvas.formats.recipes.other_programs import USER_COMMENT
from canvas.formats.recipes.xmp import IPTC
from canvas.layers import Group, Layer, Node
from canvas.roles import Paint, Region
from canvas.state import DocumentState

#: The property of our namespace that holds `metadata_json` in XMP.
RECIPES_PROPERTY = "recipes"
_DIRECTION_KEY = "direction"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#: Keys of texts that have a place of their own, in every file.
_NOT_CARRIED = frozenset({a1111.KEY, own.KEY, USER_COMMENT, "AIPromptInformation"})


@dataclass(frozen=True, slots=True)
class Made:
    """A visible layer that was made, or a part of one. `recipe`: what it was made from, as in `Layer.recipe`."""

    layer: str
    recipe: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EmbeddedTexts:
    """What a picture file says about how it was made; None where it says nothing.

    `parameters`: A1111's text, of the topmost made layer; what another program wrote stands as it was. `own`:
    `metadata_json`. `xmp`: a packet that says all of it. `short_xmp`: one without our JSON, for files that hold `own`
    in another place. `carried`: texts of other programs, key and text, for files that have texts with keys.
    """

    parameters: str | None = None
    own: str | None = None
    xmp: str | None = None
    short_xmp: str | None = None
    carried: tuple[tuple[str, str], ...] = ()


def texts_of(state: DocumentState, options: WriteOptions) -> EmbeddedTexts:
    """The texts for a file of that picture, as far as `options` want them."""
    made = made_layers(state) if options.recipes else ()
    mine = metadata_json(state) if made else None
    return EmbeddedTexts(
        a1111_parameters(made[-1].recipe) if made else None,
        mine,
        xmp_packet(state, options, {} if mine is None else {RECIPES_PROPERTY: mine}),
        xmp_packet(state, options),
        _carried(made),
    )


def to_be_written(state: DocumentState, options: WriteOptions) -> DocumentState:
    """`state` as a file of `options` may hold it: without recipes, prompts of regions and the direction when these are
    not wanted. What is left of a recipe then says, if that is wanted, that a program made the layer."""
    if options.recipes:
        return state
    metadata = {key: text for key, text in state.metadata.items() if key not in (_DIRECTION_KEY, RECIPE_KEY)}
    marked = RECIPE_KEY in state.metadata and options.mark_ai
    if marked:
        metadata[RECIPE_KEY] = _mark(state.metadata[RECIPE_KEY])
    layers = tuple(_without_prompts(node, options) for node in state.layers)
    return replace(state, layers=layers, metadata=MappingProxyType(metadata))


def _without_prompts(node: Node, options: WriteOptions) -> Node:
    if isinstance(node.role, Region):
        node = replace(node, role=Region())
    if isinstance(node, Group):
        return replace(node, children=tuple(_without_prompts(child, options) for child in node.children))
    if isinstance(node, Layer) and node.recipe is not None:
        return replace(node, recipe=_mark(node.recipe) if options.mark_ai else None)
    return node


def _mark(recipe: str) -> str:
    return json.dumps({"source_type": term_meant(recipe_object(recipe))})


# What is seen


def made_layers(state: DocumentState) -> tuple[Made, ...]:
    """What was made of all that shows, from bottom to top; a layer of several parts is several."""
    return tuple(Made(*part) for name, recipe in _recipes(state) for part in parts_of(name, recipe))


def _recipes(state: DocumentState) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if RECIPE_KEY in state.metadata:
        yield "", recipe_object(state.metadata[RECIPE_KEY])
    for layer in _shown(state.layers):
        if layer.recipe is not None:
            yield layer.name, recipe_object(layer.recipe)


def source_type(state: DocumentState) -> str:
    """The IPTC term: did people, an engine, or both make what is seen?"""
    painted = any(layer.recipe is None and layer.surface.tiles for layer in _shown(state.layers))
    return term_of_all([recipe for _, recipe in _recipes(state)], painted=painted)


def _shown(nodes: Sequence[Node]) -> Iterator[Layer]:
    for node in nodes:
        if node.visible and node.opacity > 0 and isinstance(node.role, Paint):
            if isinstance(node, Group):
                yield from _shown(node.children)
            elif isinstance(node, Layer):
                yield node


# Texts


def metadata_json(state: DocumentState) -> str:
    """All recipes of what is seen, from bottom to top."""
    return own.text_for([(made.layer, made.recipe) for made in made_layers(state)])


def a1111_parameters(recipe: Mapping[str, Any]) -> str:
    """The `parameters` text of one recipe: prompt, negative prompt, and one line of settings. One that another program
    wrote comes out unchanged."""
    found = found_in(recipe)
    written = dict(found.texts).get(a1111.KEY)
    return written if written is not None else a1111.text_for(found)


def _carried(made: Sequence[Made]) -> tuple[tuple[str, str], ...]:
    """What other programs said, the topmost layer's words where two use the same key."""
    texts: dict[str, str] = {}
    for entry in reversed(made):
        said = {key: text for key, text in found_in(entry.recipe).texts if key not in _NOT_CARRIED}
        if not said.keys() & texts.keys():
            texts |= said
    return tuple(texts.items())


def xmp_packet(
    state: DocumentState, options: WriteOptions, properties: Mapping[str, str] = MappingProxyType({})
) -> str | None:
    """XMP that names the source type and, with recipes, the system and the prompt; None when there is nothing to say.

    `properties`: further texts of our namespace, by names without prefix.
    """
    made = made_layers(state) if options.recipes else ()
    elements = [_element(f"ud:{name}", text) for name, text in properties.items()]
    mark = ""
    if options.mark_ai:
        mark = f' Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE_URI}{source_type(state)}"'
    if made:
        found = found_in(made[-1].recipe)
        system = f"{found.source}, {found.model}" if found.model else found.source
        prompt = f"{found.prompt}\nNegative prompt: {found.negative}" if found.negative else found.prompt
        elements.append(_element("Iptc4xmpExt:AISystemUsed", system))
        if prompt:
            elements.append(_element("Iptc4xmpExt:AIPromptInformation", prompt))
        comment = dict(found.texts).get(USER_COMMENT)
        if comment is not None:
            item = f'<rdf:li xml:lang="x-default">{_escaped(comment)}</rdf:li>'
            elements.append(f"<exif:UserComment><rdf:Alt>{item}</rdf:Alt></exif:UserComment>")
    if not mark and not elements:
        return None
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{_RDF}">'
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        f'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:Iptc4xmpExt="{IPTC}" xmlns:ud="{NAMESPACE}" '
        f'xmp:CreatorTool="Underdraw"{mark}>{"".join(elements)}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{_escaped(text)}</{name}>"


def _escaped(text: str) -> str:
    """Text of an element; what XML cannot hold, such as control characters, is left out."""
    return escape("".join(c for c in text if c in "\t\n\r" or _is_character(ord(c))), {"\r": "&#13;"})


def _is_character(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
