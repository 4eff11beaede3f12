"""How often each tone occurs: in what a filter is applied to, and in what an adjustment filters. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, sqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.compositor import Adjust, compile_program, run
from canvas.filters.targets import Target
from canvas.layers import LayerId
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, TileKey, tile_rect

Histogram: TypeAlias = npt.NDArray[np.float64]
"""Counts of 256 tones, shape (4, 256): all three channels together, red, green, blue."""

TONES = 256
#: Of larger pictures so many pixels are looked at, evenly spread: more would not be seen in 256 bars.
_SAMPLES = 1 << 19
#: Tiles of a composite are costly: so many at most.
_MAX_TILES = 64


def of_target(target: Target) -> Histogram:
    """The tones of what a filter would change, as far as it is opaque and selected."""
    keys = sorted(target.keys())
    return _counted(((target.pixels(tile_rect(key)), _selected(target, key)) for key in keys), len(keys))


def below(state: DocumentState, adjustment: LayerId) -> Histogram | None:
    """The tones that a shown adjustment filters; None for one that is not shown."""
    program = compile_program(state)
    place = next((i for i, op in enumerate(program) if isinstance(op, Adjust) and op.layer_id == adjustment), None)
    if place is None:
        return None
    keys = list(state.rect.tile_keys(TILE_PX))
    keys = keys[:: ceil(len(keys) / _MAX_TILES)]
    tiles = (run(program[:place], key)[-1] for key in keys)
    return _counted(((tile, None) for tile in tiles if tile is not None), len(keys))


def _selected(target: Target, key: TileKey) -> Pixels | None:
    return None if target.selection is None else target.selection.tiles[key]


def _counted(tiles: Iterable[tuple[Pixels, Pixels | None]], count: int) -> Histogram:
    step = max(1, ceil(sqrt(count * TILE_PX * TILE_PX / _SAMPLES)))
    out = np.zeros((4, TONES))
    for tile, selected in tiles:
        pixels = tile[::step, ::step].reshape(-1, 4).astype(np.uint32)
        alpha = np.maximum(pixels[:, 3], 1)
        weight = pixels[:, 3] / ONE
        if selected is not None:
            weight = weight * selected[::step, ::step].reshape(-1) / ONE
        for channel in range(3):
            tones = (pixels[:, channel] * (TONES - 1) + alpha // 2) // alpha
            out[channel + 1] += np.bincount(tones, weight, TONES)[:TONES]
    out[0] = out[1:].sum(0)
    return out
