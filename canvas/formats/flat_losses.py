"""What one picture without layers would not keep of a document: short phrases for the artist. Pure; any thread."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal, TypeAlias

from canvas.blend_modes import BlendMode
from canvas.compositor import compile_program, run
from canvas.formats.colour_profiles import can_be_embedded, describe
from canvas.formats.options import APPROXIMATE_COLOURS, WriteOptions
from canvas.formats.properties import icc_profile
from canvas.formats.provenance import made_layers
from canvas.layers import Adjustment, Group, Layer
from canvas.roles import Paint
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, from_rgba8, tile_rect, to_rgba8

Lacks: TypeAlias = Literal["transparency", "exact colours"]

#: Every so many pixels of a tile are looked at for colours between those of 8 bits.
_LOOK_EVERY = 8
_NAMES_SHOWN = 3


def flat_losses(state: DocumentState, options: WriteOptions, *lacks: Lacks) -> tuple[str, ...]:
    """What of `state` a picture written with `options` does not hold; `lacks`: what its format cannot hold at all."""
    return tuple(_losses(state, options, lacks))


def _losses(state: DocumentState, options: WriteOptions, lacks: tuple[Lacks, ...]) -> Iterator[str]:
    nodes = list(state.walk())
    if len(nodes) > 1:
        yield f"{len(nodes)} layers, which become one picture"
    elif nodes and nodes[0].mask is not None:
        yield "the layer mask"
    roles = [node.name for node in nodes if not isinstance(node.role, Paint)]
    if roles:
        yield f"the roles of {len(roles)} layer{'s' if len(roles) > 1 else ''} ({_listed(roles)})"
    if "transparency" in lacks and not is_opaque(state):
        yield "transparency, which becomes the background colour"
    if any(not state.rect.contains(layer.surface.content_bounds()) for layer in nodes if isinstance(layer, Layer)):
        yield "what lies outside the canvas"
    if not options.recipes and made_layers(state):
        yield "how it was made"
    if _has_prompt(state):
        yield "the prompt and its settings"
    if state.selection is not None:
        yield "the selection"
    profile = icc_profile(state)
    if profile is not None and not can_be_embedded(profile):
        yield f"the colour profile {describe(profile)}; colours become sRGB"
    if "exact colours" in lacks:
        yield APPROXIMATE_COLOURS
    elif options.depth == 8 and _has_fine_shades(state):
        yield "shades finer than 8 bits"


def is_opaque(state: DocumentState) -> bool:
    """Nothing shows through the merged picture."""
    if any(_covers(node, state) for node in state.layers):
        return True
    program = compile_program(state)
    for key in state.rect.tile_keys(TILE_PX):
        (tile,) = run(program, key)
        part = tile_rect(key) & state.rect
        if tile is None or (tile[: part.height, : part.width, 3] != ONE).any():
            return False
    return True


def _covers(node: Layer | Group | Adjustment, state: DocumentState) -> bool:
    """A layer that is opaque all over: whatever is painted below and above it, the picture is opaque."""
    if (
        not isinstance(node, Layer)
        or not (node.visible and isinstance(node.role, Paint) and node.blend is BlendMode.NORMAL)
        or node.opacity * node.fill < 1
        or node.clip
        or (node.mask is not None and node.mask.enabled)
    ):
        return False
    for key in state.rect.tile_keys(TILE_PX):
        tile, part = node.surface.tiles.get(key), tile_rect(key) & state.rect
        if tile is None or (tile[: part.height, : part.width, 3] != ONE).any():
            return False
    return True


def _has_fine_shades(state: DocumentState) -> bool:
    return any(
        _between(tile[::_LOOK_EVERY, ::_LOOK_EVERY])
        for node in state.walk()
        if isinstance(node, Layer) and node.visible and isinstance(node.role, Paint)
        for tile in node.surface.tiles.values()
    )


def _between(pixels: Pixels) -> bool:
    """Whether there are colours that a straight 8-bit picture does not give."""
    return bool((from_rgba8(to_rgba8(pixels)) != pixels).any())


def _has_prompt(state: DocumentState) -> bool:
    try:
        direction = json.loads(state.metadata.get("direction", "{}"))
    except ValueError:
        return False
    return isinstance(direction, dict) and bool(direction.get("prompt") or direction.get("negative"))


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown} …"
