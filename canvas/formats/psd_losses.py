"""What a PSD would not keep of a document: short phrases for the artist, what matters most first. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from psd_tools.psd.tagged_blocks import TaggedBlocks

from canvas.formats.colour_profiles import can_be_embedded, describe
from canvas.formats.options import WriteOptions
from canvas.formats.properties import PPI_KEY, PROFILE_KEY, icc_profile
from canvas.formats.psd_adjustments import write_filter
from canvas.formats.psd_records import MAX_NAME, clipping_kept, fitting, utf16_units
from canvas.geometry import Rect
from canvas.layers import Adjustment, Group, Layer, Node
from canvas.roles import Paint
from canvas.state import DocumentState, surfaces
from canvas.tiles import ONE, Surface, from_rgba8, to_rgba8

#: One of so many pixels each way is looked at for shades between those of 8 bits.
_LOOK_EVERY = 16


def losses(state: DocumentState, options: WriteOptions) -> tuple[str, ...]:
    """What of `state` the file would not keep, a short phrase each."""
    return tuple(_losses(state, options))


def _losses(state: DocumentState, options: WriteOptions) -> Iterator[str]:
    nodes = list(state.walk())
    unknown = [node.name for node in nodes if isinstance(node, Adjustment) and not _photoshop_has(node)]
    if unknown:
        yield f"{_count(unknown, 'adjustment')} that Photoshop does not have ({_listed(unknown)})"
    clipped = [node.name for node in nodes if isinstance(node, Group) and node.clip and isinstance(node.role, Paint)]
    if clipped:
        yield f"in Photoshop, which clips layers alone, the clipping of {_count(clipped, 'group')} ({_listed(clipped)})"
    cut = [node.name for node in nodes if any(fitting(r, state) != r for r in _bounds(node))]
    if cut:
        yield f"what lies outside the canvas of {_count(cut, 'layer')} ({_listed(cut)})"
    if not options.roles:
        roles = [node.name for node in nodes if not isinstance(node.role, Paint)]
        if roles:
            yield f"the roles of {_count(roles, 'layer')} ({_listed(roles)})"
        if any(isinstance(node, Layer) and node.recipe is not None for node in nodes):
            yield "the recipes of layers"
        if any(text for key, text in state.metadata.items() if key not in (PROFILE_KEY, PPI_KEY)):
            yield "the prompt and other settings of the document"
    elif not options.recipes and any(isinstance(node, Layer) and node.recipe is not None for node in nodes):
        yield "the recipes of layers"
    profile = icc_profile(state)
    if profile is not None and not can_be_embedded(profile):
        yield f"the colour profile {describe(profile)}; colours become sRGB"
    if options.depth == 8 and any(_finer_than_8_bits(surface) for surface in surfaces(state)):
        yield "shades finer than 8 bits (16 bits keep them)"
    long = [node.name for node in nodes if len(utf16_units(node.name)) > 2 * MAX_NAME]
    if long:
        yield f"the ends of {_count(long, 'name')} of more than {MAX_NAME} characters"
    if any(_reordered(siblings) for siblings in (state.layers, *(n.children for n in nodes if isinstance(n, Group)))):
        yield "the place of instruction layers between a layer and what is clipped to it"


def _photoshop_has(node: Adjustment) -> bool:
    return write_filter(TaggedBlocks(), node.filter)


def _bounds(node: Node) -> Iterator[Rect]:
    """What a node's surfaces take."""
    for surface in (
        *((node.surface,) if isinstance(node, Layer) else ()),
        *((node.mask.surface,) if node.mask is not None else ()),
    ):
        yield surface.content_bounds()


def _finer_than_8_bits(surface: Surface) -> bool:
    """Whether there are values that a straight 8-bit picture does not give; a few pixels of every tile tell."""
    if not surface.tiles:
        return False
    few = [tile[_LOOK_EVERY // 2 :: _LOOK_EVERY, _LOOK_EVERY // 2 :: _LOOK_EVERY] for tile in surface.tiles.values()]
    pixels = np.concatenate(few)
    if surface.channels == 4:
        return bool((from_rgba8(to_rgba8(pixels)) != pixels).any())
    wide = pixels.astype(np.uint32)
    octets = (wide * 255 + ONE // 2) >> 15
    return bool(((octets * ONE + 127) // 255 != wide).any())


def _reordered(siblings: tuple[Node, ...]) -> bool:
    return [node.id for node in clipping_kept(siblings)] != [node.id for node in siblings]


def _count(names: list[str], what: str) -> str:
    return f"{len(names)} {what}{'s' if len(names) > 1 else ''}"


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} …"
