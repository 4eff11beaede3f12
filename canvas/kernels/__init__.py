"""Every per-pixel loop of the canvas, compiled to machine code. Kernels may run on any thread and release the GIL.

Tiles are premultiplied fixed point as in `canvas.tiles`. Importing this package is cheap; the first call of a kernel is
not, so call `warm` on a background thread when the app starts.
"""

from __future__ import annotations

from typing import Any

from canvas.kernels.blending import blend, masked, mix, over
from canvas.kernels.compiling import Kernel
from canvas.kernels.dabs import apply_stroke, rasterise
from canvas.kernels.resampling import add_area, to_premultiplied8, to_straight8

__all__ = [
    "add_area", "apply_stroke", "blend", "can_paint", "masked", "mix", "over", "rasterise",
    "to_premultiplied8", "to_straight8", "warm",
]  # fmt: skip

# What the first picture and the first stroke need.
_FIRST: tuple[Kernel[Any, Any], ...] = (over, to_premultiplied8, rasterise, apply_stroke)
_ALL: tuple[Kernel[Any, Any], ...] = (*_FIRST, add_area, to_straight8, masked, mix, blend)


def warm() -> None:
    """Load every kernel, compiling those that the cache on disk lacks. Safe on any thread and to call twice."""
    for each in _ALL:
        each.load()


def can_paint() -> bool:
    """Whether a plain picture can be shown and painted on without waiting for a kernel."""
    return all(each.loaded for each in _FIRST)
