"""Flat pictures in: PNG, JPEG, WebP, AVIF, TIFF, GIF and BMP, at their full depth, with their colours as sRGB.

Frames of an animation and pages come as layers from the bottom up, of which the first is visible, as it is what other
programs show. Any thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from canvas.formats.colour_profiles import applicable, can_be_embedded, describe
from canvas.formats.colour_spaces import cicp_profile, gamma_profile
from canvas.formats.flat_pictures import (
    Opened,
    Picture,
    check_pictures,
    rgba8,
    surface_of,
    told_in_a_sentence,
    upright,
)
from canvas.formats.job import Job
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.pillow_pictures import open_with_pillow, orientation
from canvas.formats.png_codec import SIGNATURE, PngInfo, PngReader, decode_png
from canvas.formats.properties import with_icc_profile, with_ppi
from canvas.formats.tiff_pictures import open_tiff
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import Pixels8, Surface

#: Pillow's readers for strangers' files; TIFF is opened apart, by what our own decoder cannot read.
_READERS = ("JPEG", "WEBP", "AVIF", "GIF", "BMP")
_TIFF_HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def read(path: Path, limits: Limits, notes: Notes | None = None, job: Job | None = None) -> DocumentState:
    """A document as large as the largest picture in the file, each a layer. A single one is called "Background".

    8-bit and 16-bit opaque values stay exact where they are sRGB already. Raises FormatError and Cancelled.
    """
    notes, job = notes or Notes(), job or Job()
    layers: list[Layer] = []
    width = height = 1
    with told_in_a_sentence(path), _opened(path, limits, notes, job) as opened:
        for i, picture in enumerate(opened.pictures):
            before = layers[-1].surface.tiles if layers else None
            if picture.pixels.dtype == np.uint16:
                notes.depth = 16
            # The first half of each picture's share is that of its decoder.
            part = job.part((i + 0.5) / opened.count, (i + 1) / opened.count)
            layers.append(Layer(picture.name, surface=surface_of(picture, part, before), visible=not layers))
            width, height = max(width, picture.width), max(height, picture.height)
    if len(layers) > 1:
        notes.add(f"Its {len(layers)} {opened.parts} came as layers, of which the first is visible")
    state = DocumentState(width, height, tuple(layers))
    profile = opened.profile
    if profile is not None and not can_be_embedded(profile):
        notes.add(f"Saving cannot bring its colours back to {describe(profile)}")
        profile = None
    return with_ppi(with_icc_profile(state, profile), opened.ppi)


def read_image_rgba(path: Path, limits: Limits | None = None) -> Pixels8:
    """The first picture in the file, upright: straight sRGB, uint8 RGBA (h, w, 4).

    Without `limits`, those of this machine hold. Raises FormatError.
    """
    return rgba8(_first(path, limits or Limits.of_this_machine(), Notes(), Job()))


def read_surface(
    path: Path, limits: Limits | None = None, notes: Notes | None = None, job: Job | None = None
) -> tuple[Surface, int, int]:
    """The first picture in the file at its full depth, with its top left at (0, 0), and its width and height.

    Without `limits`, those of this machine hold. Raises FormatError and Cancelled.
    """
    job = job or Job()
    picture = _first(path, limits or Limits.of_this_machine(), notes or Notes(), job)
    return surface_of(picture, job.part(0.5, 1.0)), picture.width, picture.height


def _first(path: Path, limits: Limits, notes: Notes, job: Job) -> Picture:
    with told_in_a_sentence(path), _opened(path, limits, notes, job) as opened:
        return next(opened.pictures)


@contextmanager
def _opened(path: Path, limits: Limits, notes: Notes, job: Job) -> Iterator[Opened]:
    with path.open("rb") as file:
        head = file.read(len(SIGNATURE))
        file.seek(0)
        if head == SIGNATURE:
            info = PngReader(file).info
            file.seek(0)
            if info.frames <= 1:
                yield _png(file, path, limits, notes, job)
                return
            if info.depth == 16:
                notes.add("Its frames have 16 bits a channel and came with 8")
        elif head.startswith(_TIFF_HEADS):
            yield open_tiff(file, path, limits, notes, job)
            return
        with Image.open(file, formats=("PNG",) if head == SIGNATURE else _READERS) as image:
            yield open_with_pillow(image, path, limits, notes)


def _png(file: BinaryIO, path: Path, limits: Limits, notes: Notes, job: Job) -> Opened:
    check = partial(check_pictures, path, limits, count=1)
    info, pixels = decode_png(file, check, job.part(0.0, 0.5))
    profile = applicable(_png_profile(info), "GRAY" if info.colour_type in (0, 4) else "RGB", notes)
    turned = upright(pixels, orientation(info.exif))
    return Opened(1, iter((Picture(turned, profile=profile),)), profile, info.ppi)


def _png_profile(info: PngInfo) -> bytes | None:
    """What says most exactly how the colours look (PNG specification, third edition, section 4.3)."""
    if info.cicp is not None and (named := cicp_profile(*info.cicp)) is not None:
        return named
    if info.profile is not None or info.srgb or info.gamma is None:
        return info.profile
    return gamma_profile(info.gamma, info.chromaticities)
