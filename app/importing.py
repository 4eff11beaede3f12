"""Pictures from outside as layers: at their full depth, where they are meant to be, with how they were made.

Any thread; no Qt. Imports the decoders of pictures, which nobody has to wait for who opens a window.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from canvas.formats.flat import read_image_rgba, read_surface
from canvas.formats.notes import Notes
from canvas.formats.recipes.found import stored
from canvas.formats.recipes.reading import read_recipe, with_found_recipe
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.snapshot import Snapshot
from canvas.state import DocumentState
from canvas.tiles import Surface
from inference.condition_set import Placement
from inference.result import Result

#: Results are journalled: one that would be mostly text keeps the fields of its recipe alone.
_MAX_RECIPE_CHARS = 256 << 10


def picture_layer(path: Path, layer: Layer, state: DocumentState, at: tuple[float, float] | None) -> Layer:
    """`layer` with the picture of a flat image file, its recipe, and the file's name where it has none.

    The picture's middle lies as near to the point `at` as the edges of the canvas let it; without a point its top left
    is that of the canvas. Raises FormatError.
    """
    surface, width, height = read_surface(path)
    (told,) = with_found_recipe(DocumentState(width, height, (Layer("", surface=surface),)), path, Notes()).layers
    assert isinstance(told, Layer)
    if at is not None:
        surface = placed(surface, width, height, state, at)
    return replace(layer, name=layer.name or path.stem, surface=surface, recipe=told.recipe)


def result_of(path: Path, snapshot: Snapshot) -> Result | None:
    """The picture of a flat file as a result that lies over the whole canvas, as far as its shape lets it; None when it
    does not say how it was made. Raises FormatError."""
    found = read_recipe(path)
    if found is None or not found.can_be_followed:
        return None
    rgba = read_image_rgba(path)
    alpha = rgba[..., 3:].astype(np.uint16)
    # On white, as what has no transparency is shown.
    pixels = ((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    rect = _fitted(pixels.shape[1], pixels.shape[0], snapshot.state.rect)
    recipe = stored(found)
    if len(recipe) > _MAX_RECIPE_CHARS:
        recipe = stored(replace(found, texts=()))
    return Result(pixels, Placement(rect), "final", snapshot, recipe)


def _fitted(width: int, height: int, area: Rect) -> Rect:
    """The largest rectangle of that shape in the middle of `area`."""
    factor = min(area.width / width, area.height / height)
    w, h = max(1, round(width * factor)), max(1, round(height * factor))
    x, y = area.x0 + (area.width - w) // 2, area.y0 + (area.height - h) // 2
    return Rect(x, y, x + w, y + h)


def placed(surface: Surface, width: int, height: int, state: DocumentState, at: tuple[float, float]) -> Surface:
    """A picture of that size, whose top left is at (0, 0), with its middle `at` a point.

    One that fits onto the canvas lies on it with all of it, and a larger one covers it.
    """
    x = _between(at[0] - width / 2, state.width - width)
    y = _between(at[1] - height / 2, state.height - height)
    return surface if (x, y) == (0, 0) else Surface.from_pixels(surface.read(Rect(0, 0, width, height)), x, y)


def _between(value: float, end: int) -> int:
    return round(min(max(value, min(0, end)), max(0, end)))
