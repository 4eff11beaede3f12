"""Fill layers of a PSD, which have settings in place of pixels: one colour, or a gradient, over the whole canvas.

Where the file has pixels for such a layer (as it has for shapes), those are taken and nothing here is needed.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from canvas.fill import Colour, solid
from canvas.formats.psd_channels import Plane
from canvas.formats.psd_colours import Colours, lab_colour
from canvas.formats.psd_descriptors import SENSELESS, descriptor
from canvas.formats.psd_entries import block
from canvas.formats.psd_sections import Record, Source
from canvas.formats.psd_surfaces import Drawing, paint
from canvas.geometry import Rect
from canvas.tiles import Surface

_STEPS = 4096
_FULL_LOCATION = 4096
_AS_THEY_ARE = Colours(3, list)


@dataclass(frozen=True, slots=True)
class GradientFill:
    """`table` (4, _STEPS + 1): straight red, green, blue and alpha 0..65535 along the gradient.

    `kind`: Lnr, Rdl, Angl, Rflc or Dmnd. `angle` in degrees, counter-clockwise; `scale` 1 spans the canvas; `offset`:
    of the middle, as shares of the canvas.
    """

    table: npt.NDArray[np.uint16]
    kind: str
    angle: float
    scale: float
    offset: tuple[float, float]


def solid_fill(source: Source, record: Record, canvas: Rect) -> Surface | None:
    """The surface of a layer of one colour; None when it is none, or its colour is not known."""
    settings = descriptor(source, block(source, record, b"SoCo"))
    try:
        return None if settings is None else solid(canvas, _colour(settings[b"Clr "]))
    except SENSELESS:
        return None


def gradient_fill(source: Source, record: Record, canvas: Rect) -> Drawing | None:
    """What to paint for a layer of a gradient; None when it is none, or one of noise."""
    settings = descriptor(source, block(source, record, b"GdFl"))
    try:
        fill = None if settings is None else _gradient(settings)
    except SENSELESS:
        return None
    return None if fill is None else Drawing(canvas, list, partial(_paint, fill, canvas), canvas)


def _colour(colour: Any) -> Colour:
    """A colour of any of the classes that descriptors have, as straight sRGB 0..1."""
    kind = colour.classID

    def values(*keys: bytes) -> list[float]:
        found = [float(colour[key]) for key in keys]
        if not all(map(math.isfinite, found)):
            raise ValueError("a colour is no number")
        return found

    if kind == b"RGBC":
        return _clipped(value / 255 for value in values(b"Rd  ", b"Grn ", b"Bl  "))
    if kind == b"HSBC":
        hue, saturation, brightness = values(b"H   ", b"Strt", b"Brgh")
        saturation, brightness = _clipped((saturation / 100, brightness / 100, 0.0))[:2]
        return colorsys.hsv_to_rgb(hue / 360 % 1, saturation, brightness)
    if kind == b"Grsc":
        return _clipped([1 - values(b"Gry ")[0] / 100] * 3)
    if kind == b"CMYC":
        *inks, black = values(b"Cyn ", b"Mgnt", b"Ylw ", b"Blck")
        return _clipped((1 - ink / 100) * (1 - black / 100) for ink in inks)
    if kind == b"LbCl":
        return lab_colour(*values(b"Lmnc", b"A   ", b"B   "))
    raise ValueError(f"colours of class {kind!r} are not known")


def _clipped(values: Iterable[float]) -> Colour:
    red, green, blue = (min(max(value, 0.0), 1.0) for value in values)
    return red, green, blue


def _gradient(settings: Any) -> GradientFill | None:
    gradient = settings[b"Grad"]
    if gradient[b"GrdF"].enum != b"CstS":
        return None
    at = np.linspace(0.0, 1.0, _STEPS + 1)
    stops = sorted((float(stop[b"Lctn"]) / _FULL_LOCATION, _colour(stop[b"Clr "])) for stop in gradient[b"Clrs"])
    planes = [np.interp(at, [x for x, _ in stops], [colour[c] for _, colour in stops]) for c in range(3)]
    opacities = sorted((float(s[b"Lctn"]) / _FULL_LOCATION, float(s[b"Opct"]) / 100) for s in gradient.get(b"Trns", []))
    opaque = np.ones_like(at)
    planes.append(np.interp(at, [x for x, _ in opacities], [y for _, y in opacities]) if opacities else opaque)
    table = np.stack(planes)[:, :: -1 if bool(settings.get(b"Rvrs", False)) else 1]
    angle, scale = float(settings.get(b"Angl", 0.0)), float(settings.get(b"Scl ", 100.0)) / 100
    offset = settings.get(b"Ofst", {})
    middle = float(offset.get(b"Hrzn", 0.0)) / 100, float(offset.get(b"Vrtc", 0.0)) / 100
    if not (np.isfinite(table).all() and all(map(math.isfinite, (angle, scale, *middle))) and scale > 0):
        return None
    values = (np.clip(table, 0.0, 1.0) * 65535 + 0.5).astype(np.uint16)
    return GradientFill(values, settings[b"Type"].enum.decode("ascii").strip(), angle, scale, middle)


def _paint(fill: GradientFill, canvas: Rect, band: Rect, planes: list[Plane]) -> dict[tuple[int, int], Any]:
    """`planes`: none. The way along the gradient is as psd-tools found it to be in Photoshop's files."""
    quarter = fill.angle % 90 / 90
    length = max(fill.scale * ((1 - quarter) * canvas.width + quarter * canvas.height), 1e-3)
    middle_x, middle_y = canvas.width * (0.5 + fill.offset[0]), canvas.height * (0.5 + fill.offset[1])
    x = ((np.arange(band.x0, band.x1) + 0.5 - middle_x) * (2 / length)).astype(np.float32)[None]
    y = ((np.arange(band.y0, band.y1) + 0.5 - middle_y) * (2 / length)).astype(np.float32)[:, None]
    theta = math.radians(fill.angle)
    along = math.cos(theta) * x - math.sin(theta) * y
    if fill.kind == "Rdl":
        way = np.hypot(x, y)
    elif fill.kind == "Angl":
        way = (np.degrees(np.arctan2(y, x)) + fill.angle) % 360 / 360
    elif fill.kind == "Rflc":
        way = np.abs(along)
    elif fill.kind == "Dmnd":
        way = np.abs(along) + np.abs(math.sin(theta) * x + math.cos(theta) * y)
    else:
        way = (along + 1) / 2
    index = (np.clip(way, 0, 1) * _STEPS + 0.5).astype(np.intp)
    return paint(_AS_THEY_ARE, canvas, band, [*planes, *(fill.table[c][index] for c in range(4))])
