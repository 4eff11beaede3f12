"""Pages of a TIFF as pictures, by our own decoder where it can, else by Pillow. Any thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from canvas.formats import tiff_tags as tags
from canvas.formats.colour_profiles import Space, applicable, cmyk_to_srgb
from canvas.formats.errors import cannot_open
from canvas.formats.flat_pictures import MAX_PICTURES, Opened, Picture, check_pictures, upright
from canvas.formats.job import Job
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.pillow_pictures import samples
from canvas.formats.pixels import Samples, as_8_bits
from canvas.formats.tiff_pixels import BLACK_IS_ZERO, CMYK, WHITE_IS_ZERO, Layout, decode, layout
from canvas.formats.tiff_tags import TiffPage

_CENTIMETRES = 3
#: Colour filter array, and linear raw.
_RAW = (32803, 34892)
_MAX_NAME = 80


def open_tiff(file: BinaryIO, path: Path, limits: Limits, notes: Notes, job: Job) -> Opened:
    """All pages but thumbnails. `file` must stay open while pictures are taken."""
    found = tags.pages(file, 2 * MAX_PICTURES + 1)
    wanted = [page for page in found if not page.reduced] or found[:1]
    widest, highest = max(page.width for page in wanted), max(page.height for page in wanted)
    check_pictures(path, limits, widest, highest, len(wanted))
    first = wanted[0]
    if first.number(tags.PHOTOMETRIC, -1) in _RAW:
        raise cannot_open(path, "it holds the raw data of a camera", "develop it in a raw converter first")
    if any(page.has_layers for page in wanted):
        notes.add("Photoshop's layers in it were left out; save it as PSD there to have them")

    def pictures() -> Iterator[Picture]:
        for i, page in enumerate(wanted):
            limits.check_size(path, page.width, page.height)
            profile = applicable(page.data(tags.ICC_PROFILE), _space(page), notes)
            part = job.part(i / len(wanted), (i + 0.5) / len(wanted))
            form = layout(page)
            name = "Background" if len(wanted) == 1 else _name(page, i)
            if form is None:
                pixels = _by_pillow(page, path, profile, notes)
            else:
                pixels = _decoded(file, page, form, profile, notes, part)
            yield Picture(pixels, name, None if _space(page) == "CMYK" else profile)

    profile = applicable(first.data(tags.ICC_PROFILE), _space(first), Notes())
    return Opened(len(wanted), pictures(), profile, _ppi(first), "pages")


def _decoded(file: BinaryIO, page: TiffPage, form: Layout, profile: bytes | None, notes: Notes, job: Job) -> Samples:
    """Upright, ink as sRGB."""
    pixels = upright(decode(file, form, page.numbers(tags.COLOUR_MAP), job), page.number(tags.ORIENTATION, 1))
    if form.extra:
        notes.add(f"{form.extra} extra channel{'s' if form.extra > 1 else ''} of a page came not along")
    if form.dtype is not None and form.dtype.kind == "f":
        notes.add("Its floating-point colours came with 16 bits; what is brighter than white was cut")
    if form.photometric != CMYK:
        return pixels
    if profile is None:
        notes.add("It is CMYK without a colour profile, so its colours are not exactly those of print")
    ink = as_8_bits(pixels)
    rgb = cmyk_to_srgb(np.ascontiguousarray(ink[..., :4]), profile)
    return rgb if form.alpha is None else np.dstack([rgb, ink[..., 4]])


def _by_pillow(page: TiffPage, path: Path, profile: bytes | None, notes: Notes) -> Samples:
    with Image.open(path, formats=("TIFF",)) as image:
        image.seek(page.index)
        # Pillow turns it upright itself.
        image.load()
        return samples(image, path, profile, notes)


def _space(page: TiffPage) -> Space:
    photometric = page.number(tags.PHOTOMETRIC, -1)
    if photometric == CMYK:
        return "CMYK"
    return "GRAY" if photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO) else "RGB"


def _name(page: TiffPage, index: int) -> str:
    data = page.data(tags.PAGE_NAME) or b""
    given = " ".join(data.split(b"\0")[0].decode("utf-8", "replace").split())
    return given[:_MAX_NAME] or f"Page {index + 1}"


def _ppi(page: TiffPage) -> float | None:
    value = page.fraction(tags.X_RESOLUTION)
    unit = page.number(tags.RESOLUTION_UNIT, 2)
    if value is None or unit not in (2, _CENTIMETRES):
        return None
    return value * (2.54 if unit == _CENTIMETRES else 1.0)
