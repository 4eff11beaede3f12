"""WebP: the merged picture with 8 bits a channel and transparency, small or without loss."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from canvas.formats.errors import cannot_save
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

__all__ = ["losses", "read", "write"]

#: What the format can say of a side.
MAX_SIDE_PX = 16383
#: Of a picture without loss `quality` is how hard to try: a little smaller for a lot of time.
_LOSSLESS_EFFORT = 40


def losses(state: DocumentState, options: WriteOptions) -> tuple[str, ...]:
    """What of `state` the file would not keep, a short phrase each."""
    return flat_losses(state, options) if options.lossless else flat_losses(state, options, "exact colours")


def write(state: DocumentState, path: Path, options: WriteOptions = DEFAULT_OPTIONS, job: Job | None = None) -> None:
    """Write the merged picture. Raises FormatError and Cancelled."""
    if max(state.width, state.height) > MAX_SIDE_PX:
        why = f"it has {state.width}x{state.height} pixels, and WebP takes {MAX_SIDE_PX} a side at most"
        raise cannot_save(path, why, "save it as AVIF or PNG")
    job = job or Job()
    pixels = as_8_bits(picture(state, 8, own_profile(state), None, job.part(0.0, 0.3)))
    texts = texts_of(state, options)
    encode = partial(
        encoded_by_pillow,
        pixels,
        "WEBP",
        lossless=options.lossless,
        quality=_LOSSLESS_EFFORT if options.lossless else options.quality,
        # Colour under full transparency costs little, and comes back.
        exact=options.lossless,
        icc_profile=embedded_profile(state),
        exif=exif(state, texts),
        xmp=(texts.xmp or "").encode(),
    )
    data = encoded(path, job.part(0.3, 0.9), encode)
    verify = partial(
        verified_by_pillow, kind="WEBP", size=pixels.shape[1::-1], exact=pixels if options.lossless else None
    )
    put_in_place(path, options, (data,), verify, job)
