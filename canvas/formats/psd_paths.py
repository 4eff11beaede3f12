"""Vector masks of a PSD that the file has only as paths, drawn as masks of pixels.

Programs store a drawn copy with most vector masks; for shapes some leave it out. Paths follow the chapter "Path
resource format" of Adobe's specification; how subpaths are combined is what psd-tools found in Photoshop's files.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from canvas.formats.psd_channels import Plane
from canvas.formats.psd_surfaces import Drawing, Tiles, mask_tiles
from canvas.geometry import Rect

Outline: TypeAlias = npt.NDArray[np.float64]
"""Corners (n, 2), x first, in pixels."""

_RECORD_BYTES, _HEAD_BYTES = 26, 8
_CLOSED, _OPEN, _KNOTS, _IGNORED, _INITIAL_FILL = 0, 3, (1, 2, 4, 5), (6, 7), 8
_INVERTED, _DISABLED = 1, 4
_EXCLUDE, _UNION, _SUBTRACT, _INTERSECT, _SAME_SHAPE = 0, 1, 2, 3, -1
_UNIT = 1 << 24
#: Straight pieces of a curve of one pixel, and rows through a pixel: what the eye takes for smooth.
_PIECES, _SAMPLES = 3, 8
_MOST_PIECES, _MOST_CORNERS = 256, 500_000
_MOST_KNOTS = 50_000
#: How often shapes may cover the canvas, and how far up and down they may run in pixels, before it takes too long.
_MOST_COVERED, _MOST_CLIMBED_PX = 64, 1 << 20


@dataclass(frozen=True, slots=True)
class VectorMask:
    """`shapes`: how each is laid on those before it, and its outlines, between which even-odd decides."""

    shapes: tuple[tuple[int, tuple[Outline, ...]], ...]
    filled: bool
    inverted: bool
    enabled: bool


def vector_mask(data: bytes, canvas: Rect) -> VectorMask | None:
    """What is in a vector mask's block; None when it makes no sense, or would take too long to draw."""
    if len(data) < _HEAD_BYTES or len(data) > _HEAD_BYTES + _MOST_KNOTS * _RECORD_BYTES:
        return None
    flags = struct.unpack_from(">I", data, 4)[0]
    shapes: list[tuple[int, list[list[tuple[int, ...]]]]] = []
    filled = False
    for at in range(_HEAD_BYTES, len(data) - _RECORD_BYTES + 1, _RECORD_BYTES):
        (selector,) = struct.unpack_from(">H", data, at)
        if selector in (_CLOSED, _OPEN):
            (operation,) = struct.unpack_from(">h", data, at + 4)
            if operation != _SAME_SHAPE or not shapes:
                shapes.append((operation, []))
            shapes[-1][1].append([])
        elif selector in _KNOTS and shapes:
            shapes[-1][1][-1].append(struct.unpack_from(">6i", data, at + 2))
        elif selector == _INITIAL_FILL:
            filled = bool(struct.unpack_from(">H", data, at + 2)[0])
        elif selector not in _IGNORED:
            return None
    drawn = tuple((kind, tuple(_outline(knots, canvas) for knots in each if len(knots) > 1)) for kind, each in shapes)
    covered = sum((_around(outlines) & canvas).area for _, outlines in drawn)
    climbed = sum(float(np.abs(np.diff(each[:, 1])).sum()) for _, outlines in drawn for each in outlines)
    if covered > _MOST_COVERED * canvas.area or climbed > _MOST_CLIMBED_PX:
        return None
    return VectorMask(drawn, filled, bool(flags & _INVERTED), not flags & _DISABLED)


def vector_drawing(mask: VectorMask, canvas: Rect) -> Drawing:
    """The mask over the canvas, to be drawn."""
    return Drawing(canvas, list, partial(_draw, mask, canvas), canvas, 1)


def _outline(knots: Sequence[tuple[int, ...]], canvas: Rect) -> Outline:
    """Cubic Bézier curves from knot to knot and back to the first, as corners."""
    size = np.array([canvas.width, canvas.height], np.float64)
    points = np.array(knots, np.float64).reshape(-1, 3, 2)[:, :, ::-1] / _UNIT * size
    start, leaving = points[:, 1], points[:, 2]
    arriving, end = np.roll(points[:, 0], -1, axis=0), np.roll(start, -1, axis=0)
    # How far a chord stays inside an arc falls with the square of their number.
    lengths = [np.hypot(*(b - a).T) for a, b in ((start, leaving), (leaving, arriving), (arriving, end))]
    pieces = min(_PIECES * float(np.sum(lengths, axis=0).max()) ** 0.5, _MOST_PIECES, _MOST_CORNERS / len(knots))
    t = np.linspace(0, 1, max(int(pieces), 1), endpoint=False)[None, :, None]
    s = 1 - t
    curve = s**3 * start[:, None] + 3 * s * s * t * leaving[:, None]
    curve = curve + 3 * s * t * t * arriving[:, None] + t**3 * end[:, None]
    corners: Outline = curve.reshape(-1, 2)
    return corners


def _around(outlines: Sequence[Outline]) -> Rect:
    if not outlines:
        return Rect(0, 0, 0, 0)
    low = np.floor(np.min([each.min(axis=0) for each in outlines], axis=0)).astype(int)
    high = np.ceil(np.max([each.max(axis=0) for each in outlines], axis=0)).astype(int)
    return Rect(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1)


def _draw(mask: VectorMask, canvas: Rect, band: Rect, _planes: list[Plane]) -> Tiles:
    shown = np.zeros((band.height, band.width))
    if mask.filled and not mask.shapes:
        shown[:] = 1
    for i, (kind, outlines) in enumerate(mask.shapes):
        if i == 0 and kind in (_SUBTRACT, _INTERSECT):
            shown[:] = 1
        part = _around(outlines) & band
        inside = np.s_[part.y0 - band.y0 : part.y1 - band.y0, part.x0 - band.x0 : part.x1 - band.x0]
        cover = _coverage(outlines, part)
        if kind == _EXCLUDE:
            shown[inside] += cover - 2 * shown[inside] * cover
        elif kind == _SUBTRACT:
            shown[inside] *= 1 - cover
        elif kind == _INTERSECT:
            met = shown[inside] * cover
            shown[:] = 0
            shown[inside] = met
        else:
            shown[inside] += cover - shown[inside] * cover
    values = ((1 - shown if mask.inverted else shown) * 255 + 0.5).astype(np.uint8)
    return mask_tiles(255, 0, canvas, band, [values])


def _coverage(outlines: Sequence[Outline], part: Rect) -> npt.NDArray[np.float64]:
    """The share 0..1 of each pixel of `part` that lies inside, exact along rows, of which several go through a pixel.

    Crossings of each such row are sorted; odd ones begin a span and even ones end it. A span's beginning adds to its
    pixel what lies right of it and the rest to the next one; the sum along the row is then what is covered.
    """
    steps = np.zeros((part.height, part.width + 2))
    rows, places = _crossings(outlines, part)
    order = np.lexsort((places, rows))
    rows, places = rows[order], np.clip(places[order], 0, part.width)
    # Outlines are closed: each row is crossed an even number of times.
    sign = np.where(np.arange(len(rows)) % 2, -1.0, 1.0) / _SAMPLES
    pixel = places.astype(np.intp)
    np.add.at(steps, (rows // _SAMPLES, pixel), sign * (1 - (places - pixel)))
    np.add.at(steps, (rows // _SAMPLES, pixel + 1), sign * (places - pixel))
    return np.clip(np.cumsum(steps, axis=1)[:, : part.width], 0, 1)


def _crossings(outlines: Sequence[Outline], part: Rect) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Where edges cross the sampled rows of `part`: number of the row from its top, and x from its left."""
    start = np.concatenate([np.empty((0, 2)), *outlines]) - (part.x0, part.y0)
    end = np.concatenate([np.empty((0, 2)), *(np.roll(each, -1, axis=0) for each in outlines)]) - (part.x0, part.y0)
    low, high = np.minimum(start[:, 1], end[:, 1]) * _SAMPLES, np.maximum(start[:, 1], end[:, 1]) * _SAMPLES
    first = np.clip(np.ceil(low - 0.5), 0, part.height * _SAMPLES).astype(np.intp)
    count = np.clip(np.ceil(high - 0.5), 0, part.height * _SAMPLES).astype(np.intp) - first
    edge = np.repeat(np.arange(len(start)), count)
    rows = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    share = ((rows + 0.5) / _SAMPLES - start[edge, 1]) / (end[edge, 1] - start[edge, 1])
    return rows, start[edge, 0] + share * (end[edge, 0] - start[edge, 0])
