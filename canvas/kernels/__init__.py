"""Every per-pixel loop of the canvas, compiled to machine code. Kernels may run on any thread and release the GIL.

Tiles are premultiplied fixed point as in `canvas.tiles`. Importing this package is cheap; the first call of a kernel is
not, so call `warm` on a background thread when the app starts.
"""

from __future__ import annotations

from typing import Any

from canvas.kernels import filtering, flooding, gradients, packing, selecting, warping
from canvas.kernels.blending import blend, masked, mix, over
from canvas.kernels.compiling import Kernel
from canvas.kernels.dabs import lay_coloured, lay_stamps, place_stamps, shape_dabs, touched_tiles
from canvas.kernels.laying import lay_dabs
from canvas.kernels.resampling import add_area, shrink_into, to_premultiplied8, to_straight8
from canvas.kernels.smudging import smudge
from canvas.kernels.strokes import apply_paint, apply_stroke, apply_stroke_within, apply_value, wet_edges

__all__ = [
    "add_area", "all_loaded", "apply_paint", "apply_stroke", "apply_stroke_within", "apply_value", "blend",
    "can_paint", "filtering", "flooding", "gradients", "in_order", "lay_coloured", "lay_dabs", "lay_stamps",
    "masked", "mix", "over", "packing", "place_stamps", "selecting", "shape_dabs", "shrink_into", "smudge",
    "to_premultiplied8", "to_straight8", "touched_tiles", "warm", "warping", "wet_edges",
]  # fmt: skip

# What the first picture and the first stroke need.
_FIRST: tuple[Kernel[Any, Any], ...] = (
    over, to_premultiplied8, lay_dabs, place_stamps, touched_tiles, shape_dabs, lay_stamps,
    apply_stroke_within,
)  # fmt: skip
_ALL: tuple[Kernel[Any, Any], ...] = (
    *_FIRST, shrink_into, add_area, to_straight8, masked, mix, blend, lay_coloured, apply_paint, apply_value, wet_edges,
    smudge, *filtering.KERNELS, *selecting.KERNELS, *flooding.KERNELS, *gradients.KERNELS, *warping.KERNELS,
)  # fmt: skip


def in_order() -> tuple[Kernel[Any, Any], ...]:
    """Every kernel, those that the first picture and the first stroke need before the others."""
    return (*_ALL, *packing.KERNELS)


def warm() -> None:
    """Load every kernel, compiling those that the cache on disk lacks. Safe on any thread and to call twice."""
    for each in in_order():
        each.load()


def all_loaded() -> bool:
    """Whether anything can be composed without waiting for a kernel."""
    return all(each.loaded for each in _ALL)


def can_paint() -> bool:
    """Whether a plain picture can be shown and painted on without waiting for a kernel."""
    return all(each.loaded for each in _FIRST)
