"""The merged picture of a document, a band of tile rows at a time: no second copy of its size, and several threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np

from canvas.compositor import composite
from canvas.formats.colour_profiles import from_srgb
from canvas.formats.job import Job
from canvas.formats.options import Depth
from canvas.formats.pixels import Rgba, as_8_bits, straight_rgba16
from canvas.formats.planes import straight_rgba8
from canvas.formats.threads import in_threads
from canvas.geometry import Rect
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Pixels8


def bands(rect: Rect) -> Iterator[Rect]:
    """`rect` from top to bottom in strips that end where rows of tiles end."""
    y = rect.y0
    while y < rect.y1:
        end = min((y // TILE_PX + 1) * TILE_PX, rect.y1)
        yield Rect(rect.x0, y, rect.x1, end)
        y = end


def picture_rgba8(state: DocumentState) -> Pixels8:
    """The whole merged picture, straight 8-bit RGBA (height, width, 4)."""
    out = np.empty((state.height, state.width, 4), np.uint8)
    for band, pixels in in_threads(lambda band: straight_rgba8(composite(state, band)), bands(state.rect)):
        out[band.y0 : band.y1] = pixels
    return out


def picture(
    state: DocumentState, depth: Depth, profile: bytes | None, background: tuple[float, float, float] | None, job: Job
) -> Rgba:
    """The whole merged picture (height, width, 3 or 4), straight, of 8 or 16 bits: RGB when it is opaque.

    With `profile`, in its colours, computed with 16 bits; else sRGB. With `background` (straight sRGB, 0..1) laid on
    it, and opaque. 16-bit values are those of `pixels.straight_rgba16`. Raises Cancelled.
    """
    shape = state.height, state.width, 4
    out: Rgba = np.empty(shape, np.uint8) if depth == 8 else np.empty(shape, np.uint16)

    def made(band: Rect) -> Rgba:
        pixels = composite(state, band)
        if background is not None:
            pixels = _laid_on(pixels, background)
        if profile is None:
            return straight_rgba8(pixels) if depth == 8 else straight_rgba16(pixels)
        converted = from_srgb(straight_rgba16(pixels), profile)
        assert converted is not None, "the profile cannot be embedded"
        return as_8_bits(converted) if depth == 8 else converted

    opaque = True
    for band, pixels in in_threads(made, bands(state.rect)):
        out[band.y0 : band.y1] = pixels
        opaque = opaque and bool((pixels[..., 3] == np.iinfo(out.dtype).max).all())
        job.reach(band.y1 / state.height)
    return cast(Rgba, np.ascontiguousarray(out[..., :3])) if opaque else out


def _laid_on(pixels: Pixels, background: tuple[float, float, float]) -> Pixels:
    colour = np.array([round(min(max(value, 0.0), 1.0) * ONE) for value in background], np.uint32)
    bare = ONE - pixels[..., 3:].astype(np.uint32)
    out = np.full_like(pixels, ONE)
    out[..., :3] = np.minimum(pixels[..., :3] + ((bare * colour + ONE // 2) >> 15), ONE)
    return out
