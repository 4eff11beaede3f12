"""AVIF: the merged picture with 8 bits a channel and transparency, smallest, or without loss."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cv2
import numpy as np

from canvas.formats.flat import read
from canvas.formats.flat_losses import flat_losses
from canvas.formats.flat_writing import (
    embedded_profile,
    encoded,
    encoded_by_pillow,
    exif,
    own_profile,
    put_in_place,
    verified_by_pillow,
)
from canvas.formats.job import Job
from canvas.formats.options import DEFAULT_OPTIONS, WriteOptions
from canvas.formats.picture import picture
from canvas.formats.pixels import as_8_bits
from canvas.formats.provenance import texts_of
from canvas.state import DocumentState
from canvas.tiles import Pixels8

__all__ = ["losses", "read", "write"]

#: From this quality on colour has the full resolution: thin coloured lines stay clean.
_FULL_COLOUR_QUALITY = 90
#: Of 0 (hours) to 10: a step less doubles the time for a few percent.
_SPEED = 6


def losses(state: DocumentState, options: WriteOptions) -> tuple[str, ...]:
    """What of `state` the file would not keep, a short phrase each."""
    return flat_losses(state, options) if options.lossless else flat_losses(state, options, "exact colours")


def write(state: DocumentState, path: Path, options: WriteOptions = DEFAULT_OPTIONS, job: Job | None = None) -> None:
    """Write the merged picture. Raises FormatError and Cancelled."""
    job = job or Job()
    pixels = as_8_bits(picture(state, 8, own_profile(state), None, job.part(0.0, 0.2)))
    texts = texts_of(state, options)
    profile, about, xmp = embedded_profile(state), exif(state, texts), (texts.xmp or "").encode()
    if options.lossless:
        encode = partial(_lossless, pixels, profile, about, xmp)
    else:
        encode = partial(
            encoded_by_pillow,
            pixels,
            "AVIF",
            quality=options.quality,
            subsampling="4:4:4" if options.quality >= _FULL_COLOUR_QUALITY else "4:2:0",
            speed=_SPEED,
            icc_profile=profile,
            exif=about,
            xmp=xmp,
        )
    data = encoded(path, job.part(0.2, 0.9), encode)
    verify = partial(
        verified_by_pillow, kind="AVIF", size=pixels.shape[1::-1], exact=pixels if options.lossless else None
    )
    put_in_place(path, options, (data,), verify, job)


def _lossless(pixels: Pixels8, profile: bytes, about: bytes, xmp: bytes) -> bytes:
    """By OpenCV, whose quality 100 stores RGB as it is; Pillow's goes through YCbCr, which is off by up to 2."""
    kinds = {
        cv2.IMAGE_METADATA_ICCP: profile,
        cv2.IMAGE_METADATA_EXIF: about,
        cv2.IMAGE_METADATA_XMP: xmp,
    }
    given = {kind: np.frombuffer(data, np.uint8) for kind, data in kinds.items() if data}
    order = [2, 1, 0, 3][: pixels.shape[2]]
    settings = [cv2.IMWRITE_AVIF_QUALITY, 100, cv2.IMWRITE_AVIF_SPEED, _SPEED]
    done, data = cv2.imencodeWithMetadata(
        ".avif", np.ascontiguousarray(pixels[..., order]), [*given], [*given.values()], settings
    )
    if not done:
        raise ValueError("it gives nothing")
    return bytes(data)
