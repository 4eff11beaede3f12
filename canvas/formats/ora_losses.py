"""What an OpenRaster file would not keep of a document: short phrases for the artist, what matters most first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from canvas.blend_modes import FILLS_APART, BlendMode
from canvas.formats.colour_profiles import can_be_embedded, describe
from canvas.formats.options import WriteOptions
from canvas.formats.ora_seen import fitting, shows_through_alone
from canvas.formats.properties import PPI_KEY, PROFILE_KEY, icc_profile
from canvas.layers import Adjustment, Group, LabelColour, Layer, Node
from canvas.roles import Paint
from canvas.state import DocumentState
from canvas.tiles import from_rgba8, to_rgba8

#: Every so many pixels of a tile are looked at for colours between those of 8 bits.
_LOOK_EVERY = 16
_NAMES_SHOWN = 3


def losses(state: DocumentState, options: WriteOptions) -> tuple[str, ...]:
    """What of `state` the file would not keep, a short phrase each."""
    return (*_looks(state, options), *_data(state, options))


def _looks(state: DocumentState, options: WriteOptions) -> Iterator[str]:
    """What looks different in other programs, and also here where nothing is carried along."""
    nodes = list(state.walk())
    elsewhere = "in other programs, " if options.roles else ""
    adjustments = [node for node in nodes if isinstance(node, Adjustment) and node.visible]
    if adjustments:
        yield f"{elsewhere}{_count(adjustments, 'adjustment')}"
    filled = [node for node in nodes if node.fill != 1.0 and node.blend in FILLS_APART]
    if filled:
        yield f"{elsewhere}the fill of {_count(filled, 'layer')}"
    groups = [node for node in nodes if _blends_otherwise(node)]
    if groups:
        yield f"{elsewhere}how {_count(groups, 'pass-through group')} blend{'s' if len(groups) == 1 else ''}"
    if not options.roles and any(node.mask is not None or node.clip for node in nodes):
        yield "masks and clipping, which become part of the pixels"
    cut = [node for node in nodes if isinstance(node, Layer) and _is_cut(node, state)]
    if cut:
        yield f"what lies outside the canvas of {_count(cut, 'layer')}"


def _data(state: DocumentState, options: WriteOptions) -> Iterator[str]:
    nodes = list(state.walk())
    made = any(isinstance(node, Layer) and node.recipe is not None for node in nodes)
    if not options.roles:
        roles = [node for node in nodes if not isinstance(node.role, Paint)]
        if roles:
            yield f"the roles of {_count(roles, 'layer')}"
        if any(text for key, text in state.metadata.items() if key not in (PROFILE_KEY, PPI_KEY)):
            yield "the prompt and other settings of the document"
        if state.selection is not None:
            yield "the selection"
        if any(node.label is not LabelColour.NONE or (isinstance(node, Layer) and node.alpha_locked) for node in nodes):
            yield "layer colours and alpha locks"
    if made and not (options.roles and options.recipes):
        yield "the recipes of layers"
    profile = icc_profile(state)
    if profile is not None and not can_be_embedded(profile):
        yield f"the colour profile {describe(profile)}; colours become sRGB"
    if options.depth == 8 and any(isinstance(node, Layer) and _is_finer_than_8_bits(node) for node in nodes):
        yield "shades finer than 8 bits (16 bits keep them)"


def _blends_otherwise(node: Node) -> bool:
    """A pass-through group that is not wholly there: others compose it by itself first."""
    if not isinstance(node, Group) or node.blend is not BlendMode.PASS_THROUGH or not node.visible:
        return False
    masked = node.mask is not None and node.mask.enabled
    return (masked or node.opacity * node.fill < 1.0) and not shows_through_alone(node)


def _is_cut(layer: Layer, state: DocumentState) -> bool:
    bounds = layer.surface.content_bounds()
    return fitting(bounds, state) != bounds


def _is_finer_than_8_bits(layer: Layer) -> bool:
    few = (tile[::_LOOK_EVERY, ::_LOOK_EVERY] for tile in layer.surface.tiles.values())
    return any((from_rgba8(to_rgba8(pixels)) != pixels).any() for pixels in few)


def _count(nodes: Sequence[Node], what: str) -> str:
    names = ", ".join(f"“{node.name}”" for node in nodes[:_NAMES_SHOWN])
    more = " …" if len(nodes) > _NAMES_SHOWN else ""
    return f"{len(nodes)} {what}{'s' if len(nodes) > 1 else ''} ({names}{more})"
